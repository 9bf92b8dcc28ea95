"""Readers and people at a window, in a time of their own: thousands of entries in seconds, stalls included.

``Loop`` does what an event loop does, with a clock that only it moves: keys arrive when they arrive, are handled when
the program is not held up, and the filter's timer is late when the program is. The window and the filter are real.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from pos_member.app.bursts import WindowBursts
from pos_member.domain.codes import make_coupon_code, make_member_number, make_receipt_code, make_staff_badge
from pos_member.domain.keyboards import typed_on
from pos_member.domain.readers import Layout
from pos_member.domain.rotating_codes import ROTATING_DIGITS
from pos_member.ui.wedge_filter import WedgeFilter
from tests.factories import gs1
from tests.hardware.scanning.test_keyboard_wedge import SCAN_CODES

KEY = "00112233445566778899aabbccddeeff"
STALL_MS = 500
LAYOUTS = (Layout.US, Layout.KEDMANEE, Layout.PATTACHOTE)
FOCI = ("line", "sell", "text", "table", "combo", "button", "dialog")
assert ROTATING_DIGITS == 24


@dataclass(frozen=True)
class Press:
    """A key on its way: when it was pressed (ms), what it makes and where it is (0: not told)."""

    at_ms: float
    char: str
    scan_code: int = 0
    shift: bool = False
    key: int = 0


class Clockwork:
    """In the place of the filter's QTimer."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.due_ms: float | None = None

    def start(self, ms: int) -> None:
        self.due_ms = self._loop.now_ms + ms

    def stop(self) -> None:
        self.due_ms = None


class Loop:
    """Handles keys and the timer in the order of an event loop, which stands still now and then."""

    def __init__(self) -> None:
        self.now_ms = 1_000_000.0
        self.timer = Clockwork(self)
        self.fire: Callable[[], None] = lambda: None

    def clock(self) -> float:
        return self.now_ms / 1000

    def run(self, keys: Sequence[Press], press: Callable[[Press], None], stalls: Sequence[float] = ()) -> None:
        """All the keys, and then until nothing is waited for."""
        waiting, stalls = list(keys), sorted(stalls)
        while waiting or self.timer.due_ms is not None:
            due = self.timer.due_ms
            nexts = [waiting[0].at_ms] if waiting else []
            self.now_ms = max(self.now_ms, min([*nexts, *([due] if due is not None else [])]))
            while stalls and stalls[0] <= self.now_ms:
                self.now_ms = max(self.now_ms, stalls.pop(0) + STALL_MS)
            # What was armed before this round comes first: the worst a real loop does.
            if due is not None and due <= self.now_ms:
                self.timer.due_ms = None
                self.fire()
            while waiting and waiting[0].at_ms <= self.now_ms:
                press(waiting.pop(0))


class Place(QWidget):
    """A window with everything that can have the focus, and a dialog over it."""

    def __init__(self) -> None:
        super().__init__()
        self.line, self.sell, self.text = QLineEdit(), QLineEdit(), QPlainTextEdit()
        self.table, self.combo, self.button = QTableWidget(4, 3), QComboBox(), QPushButton("ok")
        self.combo.setEditable(True)
        self.sell.setProperty("takes_scans", True)
        layout = QVBoxLayout(self)
        for widget in (self.line, self.sell, self.text, self.table, self.combo, self.button):
            layout.addWidget(widget)
        self.window_of_question = QDialog(self)
        self.dialog = QLineEdit(self.window_of_question)
        self.loop = Loop()
        self.wedge = WedgeFilter(WindowBursts(offset=0), 90, self, clock=self.loop.clock)
        self.wedge._timer = self.loop.timer  # type: ignore[assignment]
        self.loop.fire = self.wedge._quiet
        self.scans: list[str] = []
        self.wedge.scanned.connect(self.scans.append)
        self.wedge.watch(self)
        self.window_of_question.winId()
        self.wedge.watch(self.window_of_question)
        #: The texts of the presses that reached a widget, and how many releases did.
        self.seen: list[str] = []
        self.releases = 0
        for widget in (self, self.window_of_question, *self.findChildren(QWidget)):
            widget.installEventFilter(self)
        #: Real timestamps, or none, so that a key counts as pressed when it is handled.
        self.stamped = True
        self.at = "line"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if event.type() == QEvent.Type.KeyPress:
                self.seen.append(event.text())
            self.releases += event.type() == QEvent.Type.KeyRelease
            return True
        return False

    def focus(self, name: str) -> None:
        self.at = name
        widget: QWidget = getattr(self, name)
        if name == "dialog":
            self.window_of_question.open()
        else:
            self.window_of_question.hide()
        widget.setFocus()

    def press(self, key: Press) -> None:
        handle = (self.window_of_question if self.at == "dialog" else self).windowHandle()
        shift = Qt.KeyboardModifier.ShiftModifier if key.shift else Qt.KeyboardModifier.NoModifier
        code = key.key or (ord(key.char.upper()) if key.char.isascii() else int(Qt.Key.Key_unknown))
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code, shift, key.scan_code, 0, 0, key.char)
            event.setTimestamp(round(key.at_ms) if self.stamped else 0)
            QCoreApplication.sendEvent(handle, event)

    def forget(self) -> None:
        self.seen.clear()
        self.scans.clear()
        self.releases = 0
        self.loop.now_ms += 3_000


@dataclass
class Figures:
    """What came of so many entries."""

    entries: int = 0
    lost: int = 0
    split: int = 0
    leaked: int = 0
    captured: int = 0
    disordered: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.split or self.leaked or self.captured or self.disordered)


def code_of(dice: random.Random, number: int) -> str:
    kind = number % 7
    if kind == 0:
        return make_member_number(KEY, 1 + number % 9_999, number)
    if kind == 1:
        return make_coupon_code(dice.randrange)
    if kind == 2:
        return make_receipt_code(1 + number % 9_999, number)
    if kind == 3:
        return make_staff_badge(dice.randrange)
    if kind == 4:
        return gs1(f"885{dice.randrange(10**4):04d}")
    return gs1(f"885{dice.randrange(10**9):09d}" if kind == 5 else f"0{dice.randrange(10**10):010d}")


def shown(char: str, layout: Layout, *, caps: bool, windows: bool) -> str:
    """What a key of a US keyboard makes. Caps Lock: all keys of a Thai layout on Windows, none of them on X11."""
    if layout is Layout.US:
        return char.swapcase() if caps and char.isalpha() else char
    return typed_on(char, layout, shifted=caps and windows)


def burst(dice: random.Random, text: str, start_ms: float, layout: Layout, caps: bool, how: str) -> list[Press]:
    """The keys of a reader. ``how``: ``x11``, ``windows``, or ``none`` where physical keys are not told."""
    gap_ms, at_ms, keys = dice.uniform(1, 30), start_ms, []
    hesitates = dice.randrange(1, len(text)) if dice.random() < 0.25 else -1
    for place, char in enumerate(text):
        code, shift = SCAN_CODES[char]
        at_ms += dice.uniform(55, 85) if place == hesitates else max(0.2, dice.gauss(gap_ms, gap_ms / 5))
        made = shown(char, layout, caps=caps, windows=how != "x11")
        native = {"x11": code + 8, "windows": code, "none": 0}[how]
        keys.append(Press(at_ms, made, native, shift))
    ending = dice.choice(("enter", "enter", "tab", "both", ""))
    for name in {"enter": ("enter",), "tab": ("tab",), "both": ("enter", "enter"), "": ()}[ending]:
        at_ms += max(0.2, dice.gauss(gap_ms, gap_ms / 5))
        enter = name == "enter"
        key = Qt.Key.Key_Return if enter else Qt.Key.Key_Tab
        keys.append(Press(at_ms, "\r" if enter else "\t", 0 if how == "none" else 28, key=int(key)))
    return keys


def readers(place: Place, count: int, seed: int = 1) -> Figures:
    """``count`` bursts, each somewhere else, under another layout, at another pace, one in two with a stall."""
    dice, found = random.Random(seed), Figures()
    for number in range(count):
        how = ("x11", "windows", "none")[number % 3]
        layout, caps = LAYOUTS[number // 3 % 3], bool(number // 9 % 2)
        place.focus(FOCI[number % len(FOCI)])
        place.stamped = dice.random() < 0.5
        bursts = WindowBursts(offset=8 if how == "x11" else 0)
        place.wedge.use(bursts, bursts.silence_ms)
        code = code_of(dice, number)
        keys = burst(dice, code, place.loop.now_ms, layout, caps, how)
        # Not between two endings where keys have no time of their own: the second would be a person's, for all we know.
        last = len(keys) - 1 if place.stamped else len(code)
        stalls = [dice.uniform(keys[0].at_ms, keys[min(last, len(keys) - 1)].at_ms)] if number % 2 else []
        place.loop.run(keys, place.press, stalls)
        found.entries += 1
        heard = [_canonical(each) for each in place.scans]
        found.lost += _canonical(code) not in heard
        found.split += len(heard) > 1
        found.leaked += len(place.seen) + place.releases
        if heard != [_canonical(code)] or place.seen or place.releases:
            where = f"{number} {how} {layout} caps={caps} {place.at} stamped={place.stamped}"
            found.faults.append(f"{where} {code} → {heard} {place.seen}")
        place.forget()
    return found


def _canonical(text: str) -> str:
    return text.rjust(13, "0") if len(text) == 12 else text


# --- people -----------------------------------------------------------------------------------------------

_WORDS = ("สมหญิง", "กาแฟ", "ข้าวผัดกุ้ง", "จันทร์เพ็ญ", "coffee", "latte", "understanding", "beans 250g", "น้ำ")


def entry_of(dice: random.Random) -> str:
    """What people type at a till."""
    kind = dice.randrange(8)
    if kind == 0:
        return f"08{dice.randrange(10**8):08d}"
    if kind == 1:
        return f"{dice.randrange(1, 10**4)}.{dice.randrange(100):02d}"
    if kind == 2:
        return str(dice.randrange(1, 10**6))
    if kind == 3:
        return make_member_number(KEY, 3, dice.randrange(10**5))
    if kind == 4:
        return gs1(f"885{dice.randrange(10**9):09d}") if dice.random() < 0.5 else make_coupon_code(dice.randrange)
    return " ".join(dice.choice(_WORDS) for _ in range(dice.randint(1, 3)))


def hands(dice: random.Random, text: str, start_ms: float, paces: tuple[float, float], rolls: float) -> list[Press]:
    """So many ms a key, two or three keys rolled off now and then, a slip taken back, a pause to think."""
    pace_ms, at_ms, roll = dice.uniform(*paces), start_ms, 0
    keys: list[Press] = []
    for place, char in enumerate(text):
        if roll == 0 and place and dice.random() < rolls:
            roll = dice.choice((1, 1, 1, 2))
        if roll:
            roll -= 1
            at_ms += dice.uniform(20, 40)
        else:
            at_ms += max(40.0, dice.gauss(pace_ms, pace_ms / 6)) + (
                dice.uniform(200, 900) if dice.random() < 0.02 else 0
            )
        code, shift = SCAN_CODES.get(char, (30 + place % 10, False))
        keys.append(Press(at_ms, char, code, shift))
        if dice.random() < 0.02:
            for wrong, key in (("x", 0), ("\b", int(Qt.Key.Key_Backspace))):
                at_ms += max(60.0, dice.gauss(pace_ms, pace_ms / 6))
                keys.append(Press(at_ms, wrong, 45 if wrong == "x" else 14, key=key))
    if dice.random() < 0.7:
        at_ms += max(40.0, dice.gauss(pace_ms, pace_ms / 6))
        enter = dice.random() < 0.8
        key = Qt.Key.Key_Return if enter else Qt.Key.Key_Tab
        keys.append(Press(at_ms, "\r" if enter else "\t", 28 if enter else 15, key=int(key)))
    return keys


def people(
    place: Place, count: int, seed: int = 2, *, paces: tuple[float, float] = (60, 200), rolls: float = 0.12
) -> Figures:
    """``count`` entries by hand; none may become a scan, every key arrives once and in its order."""
    dice, found = random.Random(seed), Figures()
    bursts = WindowBursts(offset=0)
    place.wedge.use(bursts, bursts.silence_ms)
    for number in range(count):
        place.focus(FOCI[number % len(FOCI)])
        place.stamped = dice.random() < 0.8
        keys = hands(dice, entry_of(dice), place.loop.now_ms, paces, rolls)
        stalls = [dice.uniform(keys[0].at_ms, keys[-1].at_ms)] if dice.random() < 0.02 and place.stamped else []
        place.loop.run(keys, place.press, stalls)
        typed = [key.char for key in keys]
        found.entries += 1
        found.captured += len(place.scans)
        found.disordered += place.seen != typed or place.releases != len(typed)
        if place.scans or place.seen != typed or place.releases != len(typed):
            found.faults.append(f"{number} {place.at} {typed} → {place.scans} {place.seen} {place.releases}")
        place.forget()
    return found


def texts_of(place: Place) -> Iterable[str]:
    """What stands in the fields."""
    return (place.line.text(), place.sell.text(), place.text.toPlainText(), place.combo.currentText())
