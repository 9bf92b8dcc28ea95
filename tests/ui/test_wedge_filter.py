"""A reader is heard wherever the focus is; a person's typing arrives untouched and in order."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

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
    qtbot.waitUntil(lambda: bench.scans == [CODE], timeout=3_000)
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
    qtbot.waitUntil(lambda: bench.field.text() == "42", timeout=3_000)
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
