"""Which bill: scan its receipt, type its number, or take one of the last."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from pos_member.domain.money import format_baht
from pos_member.services.ports import BillSummary
from pos_member.ui.i18n import mark, tr
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Column, Field, Table, column

_TO_THE_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class BillPicker(QWidget):
    """``wanted`` carries a receipt code or a bill number. ``name`` is the prefix of its widgets' names."""

    wanted = Signal(str)

    def __init__(self, shell: Shell, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns = (
            Column[BillSummary](mark("Bill number"), lambda row: row.number, stretch=True),
            Column[BillSummary](
                mark("Time"), lambda row: moment(shell, row.completed_at), lambda row: row.completed_at
            ),
            Column[BillSummary](mark("Who for"), _whose),
            Column[BillSummary](
                mark("Points given"), lambda row: f"{row.points_earned:,}", lambda row: row.points_earned, right=True
            ),
            Column[BillSummary](
                mark("Total"), lambda row: format_baht(row.total_satang), lambda row: row.total_satang, right=True
            ),
        )
        self.text = Field(name=f"{name}_text", role="entry", length_max=64)
        self.table = Table(columns, name=f"{name}_recent")
        layout = column(self, space="m")
        layout.addWidget(self.text)
        layout.addWidget(self.table, 1)
        self.text.changed.connect(self.table.filter)
        self.text.entered.connect(self.take)
        self.text.edit.installEventFilter(self)
        self.table.chosen.connect(self._chosen)

    def retranslate(self) -> None:
        """Every text."""
        self.text.show_label(tr("Scan the receipt, or type the bill number"), tr("or choose one of the last bills"))
        self.table.retranslate()

    def show_bills(self, rows: tuple[BillSummary, ...]) -> None:
        """The last bills (returns are not returned again)."""
        self.table.set_rows(tuple(row for row in rows if row.kind == "bill"))

    def take(self) -> None:
        """Enter in the field: what was typed, or the bill under the cursor."""
        typed = self.text.text()
        rows = self.table.shown_rows()
        if not typed or len(rows) == 1:
            current = rows[0] if len(rows) == 1 else self.table.current()
            if current is not None:
                self.wanted.emit(current.number)
        else:
            self.wanted.emit(typed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TO_THE_LIST:
            QApplication.sendEvent(self.table, event)
            return True
        return False

    def _chosen(self, row: BillSummary) -> None:
        self.wanted.emit(row.number)


def _whose(row: BillSummary) -> str:
    return tr("Member") if row.member_id is not None else tr("No member")
