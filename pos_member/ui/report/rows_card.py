"""The rows behind a figure: sortable, filtered while typing, ready to leave as CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_member.services.csv_text import csv_lines
from pos_member.services.exports import What
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.widgets import Card, Column, Field, Table, Text, column, row

#: More rows than a person reads; the CSV of the command line has no such end.
ROWS_MAX = 5_000
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CODE_DIGITS = 10
Row = tuple[str, ...]
TITLES: dict[str, str] = {
    "bills": mark("Bills and returns of the day"),
    "lines": mark("Lines sold on the day"),
    "points": mark("Points moved on the day"),
    "members": mark("Members enrolled on the day"),
    "coupons": mark("Coupons given out on the day"),
}


@dataclass(frozen=True)
class Rows:
    """A table of text. ``figures``: which columns hold numbers; ``cut``: there were more than ``ROWS_MAX``."""

    what: What
    header: Row
    rows: tuple[Row, ...]
    figures: tuple[bool, ...]
    #: What each row is searched in.
    texts: tuple[str, ...]
    cut: bool


def read_rows(what: What, header: Row, rows: Iterable[Row]) -> Rows:
    """The first ``ROWS_MAX`` of ``rows``, looked through once: not for the UI thread."""
    read = tuple(islice(rows, ROWS_MAX + 1))
    kept = read[:ROWS_MAX]
    figures = tuple(bool(kept) and all(_is_figure(each[at]) for each in kept) for at in range(len(header)))
    return Rows(what, header, kept, figures, tuple("\n".join(each).casefold() for each in kept), len(read) > ROWS_MAX)


def _is_figure(text: str) -> bool:
    # Barcodes and member numbers are names that happen to be digits.
    return len(text) < _CODE_DIGITS and _NUMBER.fullmatch(text) is not None


class RowsCard(Card):
    """Built anew for each set of columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(name="report_rows_card", parent=parent)
        self.shown: Rows | None = None
        self._title = Text("heading", name="report_rows_title")
        self._count = Text("soft", name="report_rows_count")
        self.filter = Field(name="report_rows_filter", length_max=80)
        self.table: Table[Row] | None = None
        head = row()
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch(1)
        self._layout: QVBoxLayout = column(self, space="m", margin="l")
        self._layout.addLayout(head)
        self._layout.addWidget(self.filter)
        self.filter.changed.connect(self._filter)

    def show_rows(self, found: Rows) -> None:
        """Other rows."""
        self.shown = found
        if self.table is not None:
            self.table.setObjectName("")
            self.table.hide()
            self.table.deleteLater()
        self.table = Table(_columns(found), name="report_rows")
        # Empty into the layout: a full table would be measured twice.
        self._layout.addWidget(self.table, 1)
        self.table.set_rows(found.rows)
        self.filter.set_text("")
        self.retranslate()
        self.table.setFocus()

    def retranslate(self) -> None:
        """Every text but the rows: those keep the language they were read in."""
        self.filter.show_label(tr("Only rows with"), tr("for example a cashier, a number, a barcode"))
        if self.shown is not None:
            self._title.show_text(tr_marked(TITLES[self.shown.what]))
            count = len(self.shown.rows)
            text = tr("the first {count} row(s)", count=count) if self.shown.cut else tr("{count} row(s)", count=count)
            self._count.show_text(text)

    def csv(self) -> str:
        """The rows as they stand: filtered, in the order shown."""
        if self.shown is None or self.table is None:
            return ""
        return "".join(csv_lines(self.shown.header, self.table.shown_rows()))

    def _filter(self, text: str) -> None:
        if self.table is None or self.shown is None:
            return
        wanted = text.strip().casefold()
        pairs = zip(self.shown.rows, self.shown.texts, strict=True)
        self.table.set_rows(tuple(each for each, said in pairs if wanted in said))


def _columns(found: Rows) -> tuple[Column[Row], ...]:
    return tuple(
        _column(title, at, figures) for at, (title, figures) in enumerate(zip(found.header, found.figures, strict=True))
    )


def _column(title: str, at: int, figures: bool) -> Column[Row]:
    show: Callable[[Row], str] = _cell(at)
    return Column(title, show, (lambda each: float(each[at])) if figures else None, right=figures)


def _cell(at: int) -> Callable[[Row], str]:
    return lambda each: each[at]
