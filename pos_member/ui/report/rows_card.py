"""The rows behind a figure: sortable, filtered while typing, ready to leave as CSV."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

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
    """A table of text. ``cut``: there were more than ``ROWS_MAX``."""

    what: What
    header: Row
    rows: tuple[Row, ...]
    cut: bool


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
        self.table.set_rows(found.rows)
        self._layout.addWidget(self.table, 1)
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
        if self.table is not None:
            self.table.filter(text.strip())


def _columns(found: Rows) -> tuple[Column[Row], ...]:
    return tuple(_column(title, at, found.rows) for at, title in enumerate(found.header))


def _column(title: str, at: int, rows: tuple[Row, ...]) -> Column[Row]:
    figures = bool(rows) and all(_NUMBER.fullmatch(each[at]) and len(each[at]) < _CODE_DIGITS for each in rows)
    show: Callable[[Row], str] = _cell(at)
    if not figures:
        return Column(title, show)
    return Column(title, show, lambda each: float(each[at]), right=True)


def _cell(at: int) -> Callable[[Row], str]:
    return lambda each: each[at]
