"""A paper again: which bill, and which of its papers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from pos_member.domain.documents import DocumentKind
from pos_member.domain.money import format_baht
from pos_member.services.ports import BillSummary
from pos_member.ui.i18n import mark, tr
from pos_member.ui.moments import moment, signed
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Column, Field, Table, Text, column, row

_TO_THE_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class BillsTab(QWidget):
    """``wanted`` carries the id of a bill, return or member, and the kind of paper."""

    wanted = Signal(str, object)

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns = (
            Column[BillSummary](mark("Bill number"), lambda each: each.number, stretch=True),
            Column[BillSummary](mark("What"), _kind),
            Column[BillSummary](
                mark("Time"), lambda each: moment(shell, each.completed_at), lambda each: each.completed_at
            ),
            Column[BillSummary](
                mark("Points"), lambda each: signed(each.points_earned), lambda each: each.points_earned, right=True
            ),
            Column[BillSummary](
                mark("Total"), lambda each: format_baht(each.total_satang), lambda each: each.total_satang, right=True
            ),
        )
        self.text = Field(name="papers_text", length_max=64)
        self.table = Table(columns, name="papers_bills")
        self._number = Text("title", name="papers_number")
        self._about = Text("soft", name="papers_about", wrap=True)
        self._note = Text("soft", wrap=True)
        self.paper = Button("pay", name="papers_receipt", icon="receipt")
        self.coupon = Button(name="papers_coupon", icon="coupon")
        self.card = Button(name="papers_card", icon="card")
        self._shell = shell
        left = column(space="m")
        left.addWidget(self.text)
        left.addWidget(self.table, 1)
        detail = Card(name="papers_detail")
        inside = column(detail, space="m", margin="l")
        for widget in (self._number, self._about, self._note):
            inside.addWidget(widget)
        inside.addStretch(1)
        for button in (self.card, self.coupon, self.paper):
            inside.addWidget(button)
        sides = row(self, space="l")
        sides.addLayout(left, 3)
        sides.addWidget(detail, 2)
        self._connect()

    def _connect(self) -> None:
        self.text.changed.connect(self.table.filter)
        self.text.entered.connect(self.take)
        self.text.edit.installEventFilter(self)
        self.table.picked.connect(self._picked)
        self.table.chosen.connect(self._chosen)
        self.paper.clicked.connect(self.take)
        self.coupon.clicked.connect(self._coupon)
        self.card.clicked.connect(self._card)

    def retranslate(self) -> None:
        """Every text."""
        self.text.show_label(tr("Scan the receipt, or type part of the number"), tr("or choose one of the last bills"))
        self._note.show_text(tr("A copy carries the same code and says that it is a copy."))
        self.coupon.show_text(tr("Print the coupon again"), "Ctrl+K")
        self.card.show_text(tr("Print the member card again"), "Ctrl+M")
        self.table.retranslate()
        self._picked(self.table.current())

    def show_bills(self, rows: tuple[BillSummary, ...]) -> None:
        """The last bills and returns."""
        self.table.set_rows(rows)
        self._picked(self.table.current())

    def _picked(self, current: BillSummary | None) -> None:
        sold = current is not None and current.kind == "bill"
        self.paper.setEnabled(current is not None)
        self.coupon.setEnabled(sold)
        self.card.setEnabled(current is not None and current.member_id is not None)
        text = tr("Print the receipt again") if sold or current is None else tr("Print the return slip again")
        self.paper.show_text(text, "Enter")
        self._number.show_text(current.number if current is not None else tr("No bills yet"))
        if current is not None:
            whose = tr("Member") if current.member_id is not None else tr("No member")
            parts = (moment(self._shell, current.completed_at), whose, format_baht(current.total_satang))
            self._about.show_text(" · ".join(parts))

    def take(self) -> None:
        """Enter: the receipt or return slip of the bill under the cursor (the only one, when one is left)."""
        rows = self.table.shown_rows()
        current = self.table.current() or (rows[0] if rows else None)
        if current is not None:
            kind = DocumentKind.RECEIPT if current.kind == "bill" else DocumentKind.RETURN
            self.wanted.emit(current.id, kind)

    def _coupon(self) -> None:
        current = self.table.current()
        if current is not None:
            self.wanted.emit(current.id, DocumentKind.COUPON)

    def _card(self) -> None:
        current = self.table.current()
        if current is not None and current.member_id is not None:
            self.wanted.emit(current.member_id, DocumentKind.MEMBER_CARD)

    def _chosen(self, current: BillSummary) -> None:
        self.take()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TO_THE_LIST:
            QApplication.sendEvent(self.table, event)
            return True
        return False


def _kind(each: BillSummary) -> str:
    return tr("Sale") if each.kind == "bill" else tr("Return")
