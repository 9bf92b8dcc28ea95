"""Keyboard-wedge readers: one event filter before every widget, so that the scan field is always live.

Keys that may be part of a burst are held back; a burst becomes ``scanned``, anything else is delivered to the focus in
the order it was typed. What is a burst is decided outside (``ports.KeyBursts``); this is only the way in and out of Qt.

Every window of the program is watched from the moment it gets the keyboard: a dialog that opens in the middle of a code
gets nothing of it. Two things do not come by way of a window and are met at the widget with the focus: shortcuts, which
Qt tries first (a reader's Ctrl sequences must not press keys of the till), and texts of an input method.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QWindow
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.ui.ports import Burst, BurstDecision, KeyBursts
from pos_member.ui.wedge_events import (
    MODIFIERS,
    TERMINATORS,
    DeliveredText,
    Held,
    HeldKey,
    HeldText,
    committed,
    focus_of,
    is_chord,
    makes_a_character,
    physical,
)

#: Property of a field of the sell screen: what is scanned while it has the focus is a scan, whatever it looks like.
TAKES_SCANS = "takes_scans"
#: A burst of these goes into a waiting field as typed text: it is no code of ours (a slip's reference, a phone).
_MAY_BE_TYPED = (ScanKind.TEXT, ScanKind.PHONE)
_WATCHED = "wedge_watched"
#: A timer later than this (s) says that the program was busy, and that keys may still be on their way.
_BUSY_S = 0.03
_ALT = Qt.KeyboardModifier.AltModifier
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class WedgeFilter(QObject):
    """Give it the window (``watch``): Qt hands every real key to the window before any widget sees it."""

    scanned = Signal(str)
    #: A ``domain.readers.BurstReport``: what came and what it was taken for, for whoever sets a reader up.
    heard = Signal(object)

    def __init__(
        self,
        bursts: KeyBursts,
        silence_ms: int,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._bursts = bursts
        self._silence_ms = silence_ms
        self._pending: list[Held] = []
        #: What is to be done, in order: a key may open a dialog and stay in its event loop while others come.
        self._out: deque[Held | BurstDecision] = deque()
        self._swallowed: set[int] = set()
        self._serial = 0
        self._last_ms = 0.0
        self._arrived = self._due = 0.0
        self._focused: QObject | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._quiet)
        self._second_look = False
        self._alt_code = ""

    def watch(self, window: QWidget) -> None:
        """Filter the keys of ``window`` (top level), and of every other window that gets the keyboard later."""
        window.winId()  # makes the native window where there is none yet
        handle = window.windowHandle()
        if handle is not None:
            self._watch(handle)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._watch)
            app.focusObjectChanged.connect(self._focus_moved)
            self._focus_moved(app.focusObject())

    def use(self, bursts: KeyBursts, silence_ms: int) -> None:
        """Other readers from now on. What is held goes where it was typed."""
        self._act(self._bursts.flush())
        self._bursts = bursts
        self._silence_ms = silence_ms

    def _watch(self, window: QWindow | None) -> None:
        # A second time would move this filter before those that were put in front of it.
        if window is not None and not window.property(_WATCHED):
            window.setProperty(_WATCHED, True)
            window.installEventFilter(self)

    def _focus_moved(self, focused: QObject | None) -> None:
        if self._focused is not None and isValid(self._focused):
            self._focused.removeEventFilter(self)
        self._focused = None
        if focused is not None and not isinstance(focused, QWindow):
            focused.installEventFilter(self)
            self._focused = focused

    # --- ways in -------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._focused:
            if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
                return self._claims(event)
            if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
                return not isinstance(event, DeliveredText) and self._committed(event)
            return False
        if not isinstance(watched, QWindow):
            return False
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event, watched)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self._released(event, watched)
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin) and not self._bursts.running:
            self._act(self._bursts.flush())
        return False

    def _claims(self, event: QKeyEvent) -> bool:
        """A key before Qt looks for its shortcut: a reader's is none, and Alt with the number pad makes characters."""
        if self._bursts.running or self._alt_digit(event):
            event.accept()
            return True
        return False

    def _pressed(self, event: QKeyEvent, window: QWindow) -> bool:
        if event.key() in MODIFIERS and not event.text():
            return False
        if self._alt_digit(event):
            # A reader in "Alt mode" types Alt+0065 for A.
            self._alt_code += event.text()
            self._swallowed.add(physical(event))
            return True
        terminator = event.key() in TERMINATORS and not is_chord(event)
        chord = not terminator and (is_chord(event) or not makes_a_character(event))
        if chord and not self._bursts.running:
            self._act(self._bursts.flush())
            return False
        self._serial += 1
        held = HeldKey.of(event, window, self._serial)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        decisions = self._feed(
            held,
            event.timestamp(),
            scan_code=event.nativeScanCode(),
            terminator=terminator,
            shift=shift,
            auto_repeat=event.isAutoRepeat(),
            chord=chord,
        )
        if self._alone(decisions, held):
            # A person is typing and nothing is held: Qt delivers it itself.
            self._tell(decisions)
            return False
        self._swallowed.add(physical(event))
        self._pending.append(held)
        self._act(decisions)
        return True

    def _released(self, event: QKeyEvent, window: QWindow) -> bool:
        if event.key() == Qt.Key.Key_Alt and self._alt_code:
            self._alt_typed(event, window)
            return False
        key = physical(event)
        if key not in self._swallowed:
            return False
        if not event.isAutoRepeat():
            self._swallowed.discard(key)
        return True

    def _committed(self, event: QInputMethodEvent) -> bool:
        text, window = committed(event), QGuiApplication.focusWindow()
        if not text or window is None:
            if event.commitString():
                self._act(self._bursts.flush())
            return False
        self._serial += 1
        held = HeldText(text, window, self._serial)
        decisions = self._feed(held, 0)
        self._pending.append(held)
        self._act(decisions)
        return True

    def _alt_digit(self, event: QKeyEvent) -> bool:
        both = event.modifiers() & (_ALT | _KEYPAD) == _ALT | _KEYPAD
        return both and Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9

    def _alt_typed(self, event: QKeyEvent, window: QWindow) -> None:
        """Alt was let go after figures of the number pad: the character of that number."""
        code, self._alt_code = int(self._alt_code), ""
        if not 32 <= code < 127:
            return
        self._serial += 1
        text = chr(code)
        held = HeldKey(ord(text.upper()), Qt.KeyboardModifier.NoModifier, text, 0, 0, 0, window, self._serial)
        decisions = self._feed(held, event.timestamp())
        self._pending.append(held)
        self._act(decisions)

    def _feed(
        self,
        held: Held,
        stamp: int,
        *,
        scan_code: int = 0,
        terminator: bool = False,
        shift: bool = False,
        auto_repeat: bool = False,
        chord: bool = False,
    ) -> Sequence[BurstDecision]:
        self._arrived = self._clock()
        self._last_ms = float(stamp) or self._arrived * 1000
        return self._bursts.key(
            held.text,
            scan_code,
            self._last_ms,
            terminator,
            shift=shift,
            auto_repeat=auto_repeat,
            chord=chord,
            event=held,
        )

    # --- ways out ------------------------------------------------------------------------------------------

    def _alone(self, decisions: Sequence[BurstDecision], held: Held) -> bool:
        only = decisions[0] if len(decisions) == 1 and not self._out else None
        return only is not None and only.kind is Burst.RELEASE and list(only.events) == [held]

    def _tell(self, decisions: Sequence[BurstDecision]) -> None:
        for decision in decisions:
            if decision.report is not None:
                self.heard.emit(decision.report)

    def _act(self, decisions: Sequence[BurstDecision]) -> None:
        self._timer.stop()
        for decision in decisions:
            if decision.kind is Burst.HOLD:
                self._second_look = False
                self._wait(self._silence_ms)
            elif decision.kind is Burst.RELEASE:
                self._hand_out([each for each in decision.events if isinstance(each, HeldKey | HeldText)])
            elif decision.kind is Burst.SCAN:
                self._take(decision)
            else:
                self._pending.clear()
        self._tell(decisions)
        self._drain()

    def _take(self, decision: BurstDecision) -> None:
        held, self._pending = self._pending, []
        focus = focus_of(held[-1].window) if held else None
        waiting = isinstance(focus, QLineEdit | QPlainTextEdit) and not focus.property(TAKES_SCANS)
        if waiting and classify(decision.text).kind in _MAY_BE_TYPED:
            self._out.extend(held)
        else:
            self._out.append(decision)

    def _hand_out(self, keys: list[Held]) -> None:
        given = {each.serial for each in keys}
        self._pending = [each for each in self._pending if each.serial not in given]
        self._out.extend(keys)

    def _drain(self) -> None:
        while self._out:
            first = self._out.popleft()
            if isinstance(first, BurstDecision):
                self.scanned.emit(first.text)
            else:
                first.deliver()

    # --- silence -------------------------------------------------------------------------------------------

    def _wait(self, ms: int) -> None:
        self._due = self._clock() + ms / 1000
        self._timer.start(ms)

    def _quiet(self) -> None:
        if not self._second_look:
            # A busy loop delivers keys late: let those that already wait come first, and those behind them.
            self._second_look = True
            self._wait(self._silence_ms if self._clock() - self._due > _BUSY_S else 0)
            return
        self._second_look = False
        self._act(self._bursts.silence(self._last_ms + (self._clock() - self._arrived) * 1000))
