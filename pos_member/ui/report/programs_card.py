"""What each program did on the bills of the day."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_member.domain.money import format_baht
from pos_member.services.program_figures import ProgramRow
from pos_member.ui.i18n import mark, pick, tr
from pos_member.ui.widgets import Card, Column, Table, Text, column, row


def _figure(count: int) -> str:
    # A dash is read over: the figures that matter stand out.
    return f"{count:,}" if count else "–"


_COLUMNS = (
    Column[ProgramRow](mark("Program"), lambda each: pick(each.name_th, each.name_en), stretch=True),
    Column[ProgramRow](mark("Bills"), lambda each: _figure(each.times), lambda each: each.times, right=True),
    Column[ProgramRow](
        mark("Discounts"),
        lambda each: format_baht(each.discount_satang) if each.discount_satang else "–",
        lambda each: each.discount_satang,
        right=True,
    ),
    Column[ProgramRow](mark("Points"), lambda each: _figure(each.points), lambda each: each.points, right=True),
    Column[ProgramRow](mark("Stamps"), lambda each: _figure(each.stamps), lambda each: each.stamps, right=True),
    Column[ProgramRow](
        mark("Redeemed"), lambda each: _figure(each.points_spent), lambda each: each.points_spent, right=True
    ),
    Column[ProgramRow](mark("Coupons"), lambda each: _figure(each.coupons), lambda each: each.coupons, right=True),
    Column[ProgramRow](mark("Draw entries"), lambda each: _figure(each.entries), lambda each: each.entries, right=True),
)


class ProgramsCard(Card):
    """One row each, sortable."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(name="report_programs_card", parent=parent)
        self._title = Text("heading", name="report_programs_title")
        self._note = Text("soft", name="report_programs_note")
        self.table = Table(_COLUMNS, name="report_programs")
        head = row()
        head.addWidget(self._title)
        head.addWidget(self._note)
        head.addStretch(1)
        layout = column(self, space="m", margin="l")
        layout.addLayout(head)
        layout.addWidget(self.table, 1)

    def show_programs(self, rows: tuple[ProgramRow, ...]) -> None:
        """Another day."""
        self.table.set_rows(rows)
        self._show_note()

    def retranslate(self) -> None:
        """Every text."""
        self._title.show_text(tr("What each program did on the day"))
        self.table.retranslate()
        self._show_note()

    def _show_note(self) -> None:
        if self.table.rows_model.rows:
            self._note.show_text(tr("on the bills of the day; returns are not taken off"))
        else:
            self._note.show_text(tr("No program was in any bill of the day"))
