"""The virtual printer's window: paper comes out, lamps tell, switches work by mouse and key in both scripts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QTest

from pos_member.app.roll_window import PrinterBehindWindow
from pos_member.hardware.printing.simulator import Do, VirtualPrinter
from pos_member.ui import i18n
from pos_member.ui.roll_view import RollState, RollWindow, Switch
from pos_member.ui.widgets.basic import Button, Text

DOTS = 64
ROW = DOTS // 8
CUT = b"\x1dVB\x00"


@dataclass
class Paper:
    """A printer that stands still until a test moves it."""

    dots: int = DOTS
    wrong: set[Switch] = field(default_factory=set)
    cuts: int = 0
    rows: bytes = b""
    piece: bytes = b""
    printing: bool = False
    not_understood: int = 0

    def state(self) -> RollState:
        return RollState(
            "tcp://here:9100", frozenset(self.wrong), self.printing, True, self.cuts, 7, self.not_understood
        )

    def paper_since(self, cuts: int, row: int) -> tuple[int, int, bytes]:
        first = row if cuts == self.cuts else 0
        return self.cuts, first, self.rows[first * ROW :]

    def fallen(self) -> bytes:
        return self.piece

    def switch(self, which: Switch, wrong: bool) -> None:
        (self.wrong.add if wrong else self.wrong.discard)(which)


@pytest.fixture
def language(qapp) -> Iterator[None]:
    before = i18n.language()
    yield
    i18n.set_language(before)


def text(window: RollWindow, name: str) -> str:
    found = window.findChild(Text, name)
    assert found is not None
    return found.said()


def ink(window: RollWindow) -> int:
    """Black pixels of the roll above the printer's body."""
    shown = window.roll.grab().toImage()
    black = QColor(Qt.GlobalColor.black)
    return sum(
        shown.pixelColor(x, y) == black for x in range(0, shown.width(), 3) for y in range(0, shown.height() - 64, 3)
    )


def test_paper_comes_out_and_is_torn_off(qtbot, language):
    i18n.set_language("en")
    paper = Paper()
    window = RollWindow(paper)
    qtbot.addWidget(window)
    window.show()
    assert ink(window) == 0
    paper.rows, paper.printing = b"\xff" * ROW * 30, True
    window.refresh()
    assert window.roll.height_rows == 30
    few = ink(window)
    assert few > 0
    assert text(window, "roll_busy") == "Printing"
    paper.rows += b"\xff" * ROW * 30
    window.refresh()
    assert window.roll.height_rows == 60
    assert ink(window) > few
    paper.piece, paper.rows, paper.cuts, paper.printing = paper.rows, b"", 1, False
    window.refresh()
    assert window.roll.height_rows == 0
    assert ink(window) > few, "the piece hangs above, torn off"
    assert text(window, "roll_count") == "1 paper, 7 rows of dots"
    paper.not_understood = 2
    window.refresh()
    assert text(window, "roll_odd") == "2 commands not understood"


@pytest.mark.parametrize("tongue", ["th", "en"])
def test_every_switch_has_a_button_and_a_key_in_both_scripts(qtbot, language, tongue):
    i18n.set_language(tongue)
    paper = Paper()
    window = RollWindow(paper)
    qtbot.addWidget(window)
    window.show()
    keys = dict(zip(Switch, ("pย", "lส", "cแ", "b\u0e34", "j\u0e48", "dก", "oน"), strict=True))
    for which in Switch:
        lamp, button = f"roll_lamp_{which.value}", window.findChild(Button, f"roll_switch_{which.value}")
        assert button is not None
        well, offered = text(window, lamp), button.text()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert paper.wrong == {which}
        assert text(window, lamp) != well and button.text() != offered
        for typed in keys[which]:
            was = which in paper.wrong
            press = QKeyEvent(QKeyEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, typed)
            window.keyPressEvent(press)
            assert (which in paper.wrong) is not was
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert paper.wrong == set()
        assert text(window, lamp) == well


def test_the_window_of_a_real_virtual_printer(qtbot, tmp_path, language):
    with VirtualPrinter(out_dir=tmp_path, dots=DOTS) as printer:
        source = PrinterBehindWindow(printer)
        window = RollWindow(source)
        qtbot.addWidget(window)
        with socket.create_connection(("127.0.0.1", printer.port), 5) as line:
            line.sendall(b"\x1dv0\x00\x08\x00\x10\x00" + b"\xff" * 128 + CUT + b"\x1bJ\x05\x1bp\x00\x19\xfa")
            assert printer.wait_until(lambda: printer.rows == 21 and printer.kicks == 1)
            window.refresh()
            assert window.roll.height_rows == 5
            assert source.fallen() == b"\xff" * 128
            assert source.state().wrong == {Switch.DRAWER}
            for which in Switch:
                window.press(which)
                assert (which in source.state().wrong) is (which is not Switch.DRAWER)
            assert printer.off
            for which in Switch:
                if which in source.state().wrong:
                    window.press(which)
            assert source.state().wrong == set()
            assert not printer.off
        printer.do(Do.PAPER_LOW)
        assert source.state().wrong == {Switch.LOW}
