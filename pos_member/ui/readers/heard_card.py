"""What came in from a keyboard, key by key, and what it was taken for, in words."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_member.domain.readers import BurstReport, ReaderSetup
from pos_member.ui.i18n import tr
from pos_member.ui.readers.cell_strip import cells_of_keys
from pos_member.ui.readers.hearing_box import HearingBox
from pos_member.ui.readers.runs import TYPED
from pos_member.ui.readers.words import (
    ending_words,
    layout_words,
    meaning_words,
    milliseconds,
    printable,
    short,
    thai_without_keys,
)
from pos_member.ui.widgets import Card, Text, column
from pos_member.ui.widgets.facts import Fact, FactList

#: Without a reader of its own: above this a gap is not a usual reader's.
_GAP_MAX_MS = 50


class HeardCard(Card):
    """``box`` has the focus while readers are tried."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(name="reader_heard", parent=parent)
        self.box = HearingBox(name="reader_box")
        self._advice = Text("strong", name="reader_advice", wrap=True)
        self._facts = FactList(name="reader_facts")
        layout = column(self, space="s", margin="m")
        layout.addWidget(self.box, 1)
        layout.addWidget(self._advice)
        layout.addWidget(self._facts)

    def retranslate(self) -> None:
        """What stays the same."""
        self.box.legend.show_text(tr("Character · number of the key · ms since the key before"))

    def show_report(self, report: BurstReport | None, setup: ReaderSetup | None, refused: str) -> None:
        """A run of keys and whose it was (None: no reader that was taught); ``refused``: why teaching did not work."""
        self._show_advice(report, refused)
        if report is None:
            self.box.head.show_text(tr("Scan a code, or type something to compare"), "none")
            self.box.strip.show_cells((), "")
            self._facts.show_facts([])
            return
        reader = report.taken != TYPED
        word = tr("This was a reader") if reader else tr("This was a person typing")
        if reader and setup is not None:
            word = tr("This was {reader}", reader=setup.name)
        self.box.head.show_text(word, "good" if reader else "info")
        gap = setup.gap_max_ms if setup is not None else _GAP_MAX_MS
        self.box.strip.show_cells(cells_of_keys(report, gap), printable(report.raw))
        facts = [Fact(tr("Came in"), short(report.raw))]
        if reader:
            facts += [
                Fact(tr("Code"), short(report.text), "good"),
                Fact(tr("It is"), meaning_words(report.text)),
                Fact(tr("Keyboard"), f"{layout_words(report)} · {_way(report)}"),
                Fact(tr("Around the code"), _around(setup, report)),
            ]
        pace = milliseconds(report.median_gap_us)
        facts.append(Fact(tr("From key to key"), tr("{pace} (median)", pace=pace)))
        self._facts.show_facts(facts)

    def _show_advice(self, report: BurstReport | None, refused: str) -> None:
        advice, tone = refused, "bad"
        if not advice and report is not None and report.taken != TYPED and thai_without_keys(report):
            advice = tr(
                "The system is on Thai and tells no physical keys: the code was worked back from letters. "
                "Better: English while scanning, or the reader on a serial port."
            )
            tone = "warn"
        self._advice.show_text(advice, tone)
        self._advice.setVisible(bool(advice))


def _way(report: BurstReport) -> str:
    return tr("read from the keys") if report.by_keys else tr("read from the characters")


def _around(setup: ReaderSetup | None, report: BurstReport) -> str:
    """What stood before and after the code, and what ended it."""
    ending = ending_words(report.ending)
    if setup is None or not (setup.prefix or setup.suffix):
        return ending
    return f"{printable(setup.prefix) or '–'} … {printable(setup.suffix) or '–'} · {ending}"
