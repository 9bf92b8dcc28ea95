"""A reader is heard wherever the focus is; a person's typing arrives untouched and in order."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pos_member.app.bursts import WindowBursts
from pos_member.domain.readers import BurstReport, Ending, ReaderKind, ReaderSetup
from pos_member.ui.wedge_filter import TAKES_SCANS, WedgeFilter
from tests.factories import gs1
from tests.ui.wedge import RealBursts

KEY = Qt.Key
CODE = "8850000000012"


class Bench(QWidget):
    """A window with two fields behind the filter."""

    def __init__(self) -> None:
        super().__init__()
        self.field, self.entry = QLineEdit(), QLineEdit()
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.entry)
        self.scans: list[str] = []
        self.returns = 0
        self.filter = WedgeFilter(RealBursts(), 90, self)
        self.filter.scanned.connect(self.scans.append)
        self.filter.watch(self)
        self.entry.setProperty(TAKES_SCANS, True)
        self.field.returnPressed.connect(self.entered)
        self.at_ms = 1_000

        self.releases = 0
        self.field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.releases += event.type() == QEvent.Type.KeyRelease
        return False

    def entered(self) -> None:
        self.returns += 1

    def send(self, char: str, gap_ms: int, key: Qt.Key | None = None, **modifiers: Qt.KeyboardModifier) -> None:
        """One key to the native window, with a time stamp of its own."""
        self.at_ms += gap_ms
        handle = self.windowHandle()
        code = key if key is not None else KEY(ord(char.upper())) if char.isascii() else KEY.Key_unknown
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code, modifiers.get("held", Qt.KeyboardModifier.NoModifier), char)
            event.setTimestamp(self.at_ms)
            QCoreApplication.sendEvent(handle, event)

    def burst(self, text: str, gap_ms: int = 5, *, enter: bool = True) -> None:
        for char in text:
            self.send(char, gap_ms)
        if enter:
            self.send("\r", gap_ms, KEY.Key_Return)


@pytest.fixture
def bench(themed: QApplication, qtbot: QtBot) -> Bench:
    made = Bench()
    qtbot.addWidget(made)
    made.show()
    made.field.setFocus()
    return made


def test_a_burst_is_a_scan_and_leaves_nothing_in_the_field(bench: Bench) -> None:
    bench.burst(CODE)
    assert bench.scans == [CODE] and bench.field.text() == "" and bench.returns == 0


def test_a_burst_without_enter_is_a_scan_after_silence(bench: Bench, qtbot: QtBot) -> None:
    bench.burst(CODE, enter=False)
    assert bench.scans == []
    qtbot.waitUntil(lambda: bench.scans == [CODE])
    assert bench.field.text() == ""


def test_a_person_s_keys_arrive_in_order_with_enter(bench: Bench) -> None:
    for char in "350":
        bench.send(char, 120)
    bench.send("\r", 120, KEY.Key_Return)
    assert bench.field.text() == "350" and bench.returns == 1 and bench.scans == []


def test_every_key_is_released_once_and_a_reader_s_never(bench: Bench) -> None:
    bench.burst(CODE)
    assert bench.releases == 0
    for char in "350":
        bench.send(char, 120)
    bench.send("\r", 120, KEY.Key_Return)
    assert bench.field.text() == "350" and bench.releases == 4


def test_few_keys_then_silence_reach_the_field(bench: Bench, qtbot: QtBot) -> None:
    bench.send("4", 200)
    bench.send("2", 20)
    qtbot.waitUntil(lambda: bench.field.text() == "42")
    assert bench.scans == []


def test_a_fast_word_into_a_waiting_field_is_typed(bench: Bench) -> None:
    bench.burst("abcdefgh")
    assert bench.field.text() == "abcdefgh" and bench.returns == 1 and bench.scans == []


def test_the_sell_field_takes_a_fast_phone_as_a_scan(bench: Bench) -> None:
    bench.entry.setFocus()
    bench.burst("0812345678")
    assert bench.scans == ["0812345678"] and bench.entry.text() == ""


def test_the_same_code_at_once_is_an_echo(bench: Bench) -> None:
    bench.burst(CODE)
    bench.burst(CODE)
    assert bench.scans == [CODE] and bench.field.text() == ""


def test_chords_and_cursor_keys_pass_and_what_was_held_comes_first(bench: Bench) -> None:
    bench.send("a", 300)
    bench.send("b", 20)
    bench.send("", 20, KEY.Key_Home)
    bench.send("c", 400)
    bench.send("\r", 20, KEY.Key_Return)
    assert bench.field.text() == "cab"


def test_a_click_delivers_what_was_held_to_where_it_was_typed(bench: Bench) -> None:
    bench.send("7", 300)
    assert bench.field.text() == ""
    QTest.mouseClick(bench.windowHandle(), Qt.MouseButton.LeftButton)
    assert bench.field.text() == "7"


def test_a_thousand_mixed_entries_lose_no_key(bench: Bench) -> None:
    """Slow typing and scans in turn: nothing leaks from one into the other."""
    typed = ""
    for number in range(200):
        bench.at_ms += 1_000
        text = f"{number % 97}."
        for char in text:
            bench.send(char, 130)
        bench.send("\r", 130, KEY.Key_Return)
        typed += text
        bench.at_ms += 1_000
        bench.burst(gs1(f"88500{number:07d}"))
    assert bench.field.text() == typed
    assert len(bench.scans) == 200 and bench.returns == 200


def reports(bench: Bench) -> list[BurstReport]:
    heard: list[BurstReport] = []
    bench.filter.heard.connect(heard.append)
    return heard


def test_what_was_received_and_what_it_was_taken_for_is_told(bench: Bench) -> None:
    heard = reports(bench)
    bench.burst(CODE, 5)
    bench.burst(CODE, 5)
    bench.at_ms += 1_000
    for char in "350":
        bench.send(char, 70)
    bench.send("\r", 70, KEY.Key_Return)
    assert [(each.taken, each.raw, each.text) for each in heard] == [
        ("scan", CODE, CODE),
        ("repeated", CODE, CODE),
        ("typed", "350", ""),
    ]
    assert heard[0].median_gap_us == 5_000 and heard[0].ending is Ending.ENTER
    assert [key.gap_us for key in heard[0].keys] == [0] + [5_000] * 12
    assert heard[2].median_gap_us == 70_000 and bench.field.text() == "350"


def test_a_reader_as_slow_as_a_person_is_told_key_by_key_with_its_gaps(bench: Bench) -> None:
    heard = reports(bench)
    for char in CODE:
        bench.send(char, 130)
    bench.send("\r", 130, KEY.Key_Return)
    keys = [key for each in heard for key in each.keys]
    assert {each.taken for each in heard} == {"typed"}
    assert "".join(key.char for key in keys) == CODE == bench.field.text()
    assert [key.gap_us for key in keys[1:]] == [130_000] * 12


def test_other_readers_from_now_on(bench: Bench) -> None:
    bench.send("7", 300)
    setups = (ReaderSetup("a", "", ReaderKind.KEYBOARD, prefix="~", suffix=";"),)
    bench.filter.use(WindowBursts(setups), 90)
    assert bench.field.text() == "7"
    bench.at_ms += 1_000
    bench.burst(f"~{CODE};")
    bench.burst(f"~{gs1('885000000099')};")
    assert bench.scans == [CODE, gs1("885000000099")] and bench.field.text() == "7"


def test_two_endings_are_one(bench: Bench) -> None:
    """Return and line feed: the second Enter answers no question."""
    bench.burst(CODE, 5)
    bench.send("\r", 5, KEY.Key_Enter)
    assert bench.returns == 0 and bench.scans == [CODE]
    bench.send("\r", 300, KEY.Key_Return)
    assert bench.returns == 1


def test_a_click_in_the_middle_of_a_burst_tears_nothing(bench: Bench) -> None:
    for char in CODE[:7]:
        bench.send(char, 5)
    QTest.mouseClick(bench.windowHandle(), Qt.MouseButton.LeftButton)
    bench.burst(CODE[7:])
    assert bench.scans == [CODE] and bench.field.text() == ""


def test_the_widget_with_the_focus_dies_in_the_middle_of_a_burst(bench: Bench) -> None:
    for char in CODE[:7]:
        bench.send(char, 5)
    bench.field.hide()
    bench.field.setParent(None)
    bench.field.deleteLater()
    QCoreApplication.sendPostedEvents(bench.field, QEvent.Type.DeferredDelete)
    bench.burst(CODE[7:])
    assert bench.scans == [CODE] and bench.entry.text() == ""


def test_a_dialog_that_opens_in_the_middle_of_a_burst_gets_nothing_of_it(bench: Bench, qtbot: QtBot) -> None:
    for char in CODE[:7]:
        bench.send(char, 5)
    dialog = QDialog(bench)
    inside = QLineEdit(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: QApplication.focusWindow() is dialog.windowHandle())
    for place, char in enumerate([*CODE[7:], "\r"]):
        event = QKeyEvent(
            QEvent.Type.KeyPress,
            KEY.Key_Return if char == "\r" else KEY(ord(char)),
            Qt.KeyboardModifier.NoModifier,
            char,
        )
        event.setTimestamp(bench.at_ms + 5 * (place + 1))
        QCoreApplication.sendEvent(dialog.windowHandle(), event)
    assert bench.scans == [CODE] and inside.text() == "" and dialog.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_key_held_for_a_menu_goes_to_the_menu(bench: Bench, qtbot: QtBot) -> None:
    menu = QMenu(bench)
    chosen: list[bool] = []
    menu.addAction("&7").triggered.connect(lambda: chosen.append(True))
    menu.popup(bench.mapToGlobal(bench.rect().center()))
    bench.send("7", 300)
    qtbot.waitUntil(lambda: bool(chosen))
    assert bench.field.text() == ""


def test_a_control_sequence_inside_a_burst_is_part_of_it_and_presses_nothing(bench: Bench) -> None:
    pressed: list[bool] = []
    QShortcut(QKeySequence("Ctrl+]"), bench).activated.connect(lambda: pressed.append(True))
    bench.activateWindow()
    bench.entry.setFocus()
    head, tail = "0108850999320007", "10ABC"
    for char in head:
        QTest.keyClick(bench.windowHandle(), char)
    QTest.keyClick(bench.windowHandle(), KEY.Key_BracketRight, Qt.KeyboardModifier.ControlModifier)
    for char in tail:
        QTest.keyClick(bench.windowHandle(), char)
    QTest.keyClick(bench.windowHandle(), KEY.Key_Return)
    assert bench.scans and bench.scans[0].startswith(head) and bench.scans[0].endswith(tail)
    assert not pressed and bench.entry.text() == ""
    QTest.keyClick(bench.windowHandle(), KEY.Key_BracketRight, Qt.KeyboardModifier.ControlModifier)
    assert pressed == [True]


def alt_typed(bench: Bench, text: str, gap_ms: int = 2) -> None:
    """A reader in Alt mode: Alt held, the character's number on the number pad, Alt let go."""
    handle, both = bench.windowHandle(), Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.KeypadModifier
    for char in text:
        steps = [(QEvent.Type.KeyPress, KEY.Key_Alt, Qt.KeyboardModifier.AltModifier, "")]
        for figure in f"{ord(char):04d}":
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                steps.append((kind, KEY(ord(figure)), both, figure))
        steps.append((QEvent.Type.KeyRelease, KEY.Key_Alt, Qt.KeyboardModifier.NoModifier, ""))
        for kind, key, held, made in steps:
            bench.at_ms += gap_ms if kind == QEvent.Type.KeyPress else 0
            event = QKeyEvent(kind, key, held, made)
            event.setTimestamp(bench.at_ms)
            QCoreApplication.sendEvent(handle, event)


def test_a_reader_in_alt_mode(bench: Bench) -> None:
    alt_typed(bench, CODE)
    bench.send("\r", 5, KEY.Key_Return)
    assert bench.scans == [CODE] and bench.field.text() == ""


def commit(bench: Bench, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QCoreApplication.sendEvent(bench.field, event)


def test_what_an_input_method_makes_of_a_reader_s_keys_is_a_burst(bench: Bench, qtbot: QtBot) -> None:
    bench.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusObject() is bench.field)
    for char in CODE:
        commit(bench, char)
    assert bench.field.text() == ""
    qtbot.waitUntil(lambda: bench.scans == [CODE])
    assert bench.field.text() == ""


def test_what_an_input_method_makes_of_a_person_s_keys_arrives(bench: Bench, qtbot: QtBot) -> None:
    bench.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusObject() is bench.field)
    commit(bench, "ก")
    commit(bench, "า")
    qtbot.waitUntil(lambda: bench.field.text() == "กา")
    # What is given back goes the way that texts come, and was not held a second time.
    assert QApplication.focusObject() is bench.field
    # A word chosen from a list is no key: it goes in at once, behind what was held.
    commit(bench, "ร")
    commit(bench, "กาแฟ")
    assert bench.field.text() == "การกาแฟ" and bench.scans == []


def test_a_release_is_known_by_its_key_whatever_shift_was_by_then(bench: Bench) -> None:
    """Shift goes up before the key does: its release has another sign, and is the reader's nevertheless."""
    handle = bench.windowHandle()
    for place, char in enumerate("ABC-1234567"):
        press = QKeyEvent(QEvent.Type.KeyPress, ord(char), Qt.KeyboardModifier.ShiftModifier, 30 + place, 0, 0, char)
        release = QKeyEvent(
            QEvent.Type.KeyRelease, ord(char) ^ 32, Qt.KeyboardModifier.NoModifier, 30 + place, 0, 0, char.lower()
        )
        for event in (press, release):
            event.setTimestamp(bench.at_ms + 4 * place)
            QCoreApplication.sendEvent(handle, event)
    bench.at_ms += 50
    bench.entry.setFocus()
    bench.send("\r", 1, KEY.Key_Return)
    assert bench.releases == 0 and len(bench.scans) == 1
