"""Every program and why it gave something to this bill or not: searched by typing, beside the bill."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QListView, QWidget

from pos_member.domain.pricing import Evaluation
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.sell.why_row import WhyRow
from pos_member.ui.wedge_filter import TAKES_SCANS
from pos_member.ui.why import Standing, Why, reasons
from pos_member.ui.widgets import Button, Card, Field, IconLabel, Text, column, row

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
STANDINGS = {
    Standing.FIRED: mark("in this bill"),
    Standing.USABLE: mark("can be used"),
    Standing.NEAR: mark("something is missing"),
    Standing.OPEN: mark("not this time"),
    Standing.SHUT: mark("does not apply"),
}
_CODES = frozenset({ScanKind.MEMBER, ScanKind.PHONE, ScanKind.PRODUCT, ScanKind.COUPON, ScanKind.RECEIPT})
_Index = QModelIndex | QPersistentModelIndex


class WhyModel(QAbstractListModel):
    """Rows as they are; the delegate draws them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Why, ...] = ()

    def set_rows(self, rows: tuple[Why, ...]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        each = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return each
        if role == Qt.ItemDataRole.ToolTipRole:
            return each.name
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{each.name}, {tr_marked(STANDINGS[each.standing])}: {each.said}"
        return None


class WhyList(QListView):
    """The rows, each as tall as its sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("why_list")
        self.rows_model = WhyModel()
        self.setModel(self.rows_model)
        self.setItemDelegate(WhyRow(STANDINGS, self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Sentences wrap at another width.
        self.scheduleDelayedItemsLayout()


class WhyPanel(Card):
    """``closed``: Esc, Enter or the button. A scan while it is open is the bill's, wherever the focus is.

    ``coded`` carries one that came so slowly that it was taken for typing: a code, no word of any row, and Enter.
    """

    closed = Signal()
    coded = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("card", name="why_panel", parent=parent)
        self._all: tuple[Why, ...] = ()
        self._head = Text("heading", name="why_head", elide=True)
        self._close = Button("quiet", name="why_close", icon="close")
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._count = Text("small", name="why_count", elide=True)
        self.search = Field(name="why_search", length_max=80)
        self.search.edit.setProperty(TAKES_SCANS, True)
        self.list = WhyList()
        head = row(space="s")
        head.addWidget(IconLabel("help", "accent"))
        head.addWidget(self._head, 1)
        head.addWidget(self._close)
        layout = column(self, space="s", margin="m")
        layout.addLayout(head)
        layout.addWidget(self.search)
        layout.addWidget(self._count)
        layout.addWidget(self.list, 1)
        self._close.clicked.connect(self.closed)
        self.search.changed.connect(self._filter)
        self.search.entered.connect(self._entered)
        self.search.edit.installEventFilter(self)
        self.setFocusProxy(self.search.edit)

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Another bill, or the same one further on. What was typed stays."""
        self._all = reasons(evaluation) if evaluation is not None else ()
        self._filter(self.search.text())

    def rows(self) -> tuple[Why, ...]:
        """What is listed now."""
        return self.list.rows_model.rows

    def retranslate(self) -> None:
        """Every text but the rows: those come with ``show_evaluation``."""
        self._head.show_text(tr("Why this bill gets what it gets"))
        self._close.setAccessibleName(tr("Back to the bill"))
        self._close.setToolTip(f"{tr('Back to the bill')}  Esc")
        self.search.show_label(tr("Type part of a name or of a reason"), tr("for example: tea, Wednesday"))
        self._show_count()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _MOVES:
            QApplication.sendEvent(self.list, event)
            return True
        return False

    def _entered(self) -> None:
        text = self.search.text()
        if self.rows() or classify(text).kind not in _CODES:
            self.closed.emit()
            return
        self.search.set_text("")
        self.coded.emit(text)

    def _filter(self, text: str) -> None:
        self.list.rows_model.set_rows(tuple(each for each in self._all if each.holds(text)))
        self._show_count()

    def _show_count(self) -> None:
        shown = self.rows()
        if not shown:
            self._count.show_text(tr("Nothing fits this") if self._all else tr("This shop has no programs yet"))
            return
        fired = sum(1 for each in shown if each.standing is Standing.FIRED)
        self._count.show_text(tr("{count} program(s), {fired} of them in this bill", count=len(shown), fired=fired))
