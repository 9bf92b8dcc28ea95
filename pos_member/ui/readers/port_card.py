"""What comes through a serial port while it is listened to: the bytes, and the code they were taken for."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_member.domain.readers import SerialReport
from pos_member.ui.i18n import tr
from pos_member.ui.readers.cell_strip import CELLS_MAX, CellStrip, cells_of_bytes
from pos_member.ui.readers.words import meaning_words, short
from pos_member.ui.widgets import Badge, Button, Card, Text, column, row, scroller
from pos_member.ui.widgets.facts import Fact, FactList


class PortCard(Card):
    """``listen`` is its button; what it does is up to the part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(name="serial_heard", parent=parent)
        self._state = Badge(name="serial_state")
        self.listen = Button(name="serial_listen", icon="scan")
        self._head = Text("strong", name="serial_head", wrap=True)
        self.strip = CellStrip(name="serial_bytes")
        self._facts = FactList(name="serial_facts")
        self._legend = Text("small", name="serial_legend", wrap=True)
        layout = column(self, space="s", margin="m")
        top = row(space="m")
        top.addWidget(self._state)
        top.addStretch(1)
        top.addWidget(self.listen)
        layout.addLayout(top)
        layout.addWidget(self._head)
        held = QWidget()
        inside = column(held)
        inside.addWidget(self.strip)
        inside.addStretch(1)
        box = Card("sunken")
        within = column(box, space="s", margin="m")
        within.addWidget(scroller(held), 1)
        within.addWidget(self._legend)
        layout.addWidget(box, 1)
        layout.addWidget(self._facts)

    def retranslate(self) -> None:
        """What stays the same."""
        self._legend.show_text(tr("Character · byte in hexadecimal"))

    def show_port(self, wanted: bool, is_open: bool, trouble: str, report: SerialReport | None) -> None:
        """Whether somebody listens and the port is open; ``trouble``: why it is not; the last that came."""
        if wanted:
            self.listen.show_text(tr("Stop listening"), "Ctrl+T")
            word = tr("Listening") if is_open else tr("Opening the port …")
            self._state.show_state("good" if is_open else "info", word, "scan")
        else:
            self.listen.show_text(tr("Listen"), "Ctrl+T")
            self._state.show_state("neutral", tr("Not listening"), "scan")
        if trouble:
            self._head.show_text(trouble, "bad")
        elif wanted:
            self._head.show_text(tr("Scan any code with this reader."), "none")
        else:
            self._head.show_text(tr("Ctrl+T opens the port and shows what comes through it."), "none")
        raw = report.raw[-CELLS_MAX:] if report is not None else b""
        self.strip.show_cells(cells_of_bytes(raw), raw.hex(" "))
        facts = []
        if report is not None:
            found = report.text or tr("none: only whole codes count")
            facts.append(Fact(tr("Code"), short(found), "good" if report.text else "warn"))
            if report.text:
                facts.append(Fact(tr("It is"), meaning_words(report.text)))
        self._facts.show_facts(facts)
