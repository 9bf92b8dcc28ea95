"""The lines of the bill and how much of each comes back."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pos_member.domain.money import format_baht
from pos_member.services.returns import ReturnableLine
from pos_member.ui.i18n import mark, pick, tr
from pos_member.ui.moments import moment, quantity_text
from pos_member.ui.returns.chosen import Chosen
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Column, Table, Text, column, row

_MORE = (Qt.Key.Key_Plus, Qt.Key.Key_Right)
_LESS = (Qt.Key.Key_Minus, Qt.Key.Key_Left)


class LinesCard(Card):
    """``changed`` after every change of a quantity; ``entered`` on Enter."""

    changed = Signal()
    entered = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(name="return_lines_card", parent=parent)
        self._shell = shell
        self._chosen: Chosen | None = None
        self._number = Text("heading", name="return_bill")
        self._about = Text("soft", name="return_about", wrap=True)
        columns = (
            Column[ReturnableLine](
                mark("Product"), lambda each: pick(each.line.name_th, each.line.name_en), stretch=True
            ),
            Column[ReturnableLine](mark("Sold"), lambda each: quantity_text(each.line.quantity_milli), right=True),
            Column[ReturnableLine](mark("Came back"), lambda each: quantity_text(each.returned_milli), right=True),
            Column[ReturnableLine](mark("Paid"), lambda each: format_baht(each.line.net_satang), right=True),
            Column[ReturnableLine](mark("Return now"), self._now, right=True),
        )
        self.table = Table(columns, name="return_lines")
        self.table.setSortingEnabled(False)
        self.table.installEventFilter(self)
        self.less = Button("step", name="return_less", icon="minus")
        self.more = Button("step", name="return_more", icon="plus")
        self.all = Button(name="return_all", icon="check")
        self.none = Button(name="return_none", icon="close")
        layout = column(self, space="m", margin="l")
        layout.addWidget(self._number)
        layout.addWidget(self._about)
        layout.addWidget(self.table, 1)
        acts = row(space="m")
        for button in (self.less, self.more, self.all, self.none):
            acts.addWidget(button)
        acts.addStretch(1)
        layout.addLayout(acts)
        self.less.clicked.connect(self._one_less)
        self.more.clicked.connect(self._one_more)
        self.all.clicked.connect(self._everything)
        self.none.clicked.connect(self._nothing)
        self.table.chosen.connect(self._enter)

    def retranslate(self) -> None:
        """Every text."""
        self.all.show_text(tr("All of it"), "Ctrl+A")
        self.none.show_text(tr("None, then choose"), "Delete")
        self.less.setAccessibleName(tr("One less of this line"))
        self.more.setAccessibleName(tr("One more of this line"))
        self.table.retranslate()
        self._show_head()

    def show_bill(self, chosen: Chosen | None) -> None:
        """Another bill."""
        self._chosen = chosen
        self._show_head()
        self.table.set_rows(chosen.found.lines if chosen is not None else ())

    def _show_head(self) -> None:
        if self._chosen is None:
            return
        found = self._chosen.found
        self._number.show_text(tr("Bill {number}", number=found.bill.number))
        who = found.member.who if found.member is not None else tr("No member")
        parts = [moment(self._shell, found.bill.completed_at), who, format_baht(found.bill.total_satang)]
        if found.earlier:
            parts.append(tr("returned {count} time(s) before", count=len(found.earlier)))
        self._about.show_text(" · ".join(parts))

    def _now(self, each: ReturnableLine) -> str:
        if self._chosen is None:
            return ""
        return f"{quantity_text(self._chosen.of(each))} / {quantity_text(each.left_milli)}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MORE:
                self._one_more()
                return True
            if event.key() in _LESS:
                self._one_less()
                return True
            if event.key() == Qt.Key.Key_Delete:
                self._nothing()
                return True
        return super().eventFilter(watched, event)

    def take_one(self, barcodes: Container[str]) -> ReturnableLine | bool | None:
        """As ``Chosen.take_one``; the cursor goes to the line."""
        found = self._chosen.take_one(barcodes) if self._chosen is not None else None
        if isinstance(found, ReturnableLine) and self._chosen is not None:
            self.table.selectRow(self._chosen.found.lines.index(found))
        if found is not None:
            self._changed()
        return found

    def _one_more(self) -> None:
        self._step(1)

    def _one_less(self) -> None:
        self._step(-1)

    def _step(self, pieces: int) -> None:
        current = self.table.current()
        if self._chosen is not None and current is not None:
            self._chosen.step(current, pieces)
            self._changed()

    def _everything(self) -> None:
        if self._chosen is not None:
            self._chosen.everything()
            self._changed()

    def _nothing(self) -> None:
        if self._chosen is not None:
            self._chosen.nothing()
            self._changed()

    def _changed(self) -> None:
        self.table.retranslate()
        self.changed.emit()

    def _enter(self, current: ReturnableLine) -> None:
        self.entered.emit()
