"""Tables of frozen rows: sorted, filtered, read by keyboard, figures to the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from pos_member.ui import theme
from pos_member.ui.i18n import tr_marked

R = TypeVar("R")
_Index = QModelIndex | QPersistentModelIndex
#: Rows looked at for the width of a column.
_ROWS_MEASURED = 40
_TONES = ("good", "warn", "bad", "info")


@dataclass(frozen=True)
class Column(Generic[R]):
    """``title`` is a marked literal; ``show`` gives the text, ``sort`` what to sort by (the text if None).

    ``figures`` > 0 fixes the width to so many figures: cheaper than measuring every row, and it does not jump.
    ``tone`` colours a cell's text: ``good warn bad info``, anything else leaves it.
    """

    title: str
    show: Callable[[R], str]
    sort: Callable[[R], Any] | None = None
    right: bool = False
    stretch: bool = False
    figures: int = 0
    tone: Callable[[R], str] | None = None


class RowsModel(QAbstractTableModel, Generic[R]):
    """Rows as they are; texts are made when a cell is looked at."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: tuple[R, ...] = ()

    def set_rows(self, rows: Sequence[R]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def retranslate(self) -> None:
        """Titles and texts anew."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self.columns) - 1))
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.columns) - 1))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column, item = self.columns[index.column()], self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.show(item)
        if role == Qt.ItemDataRole.UserRole:
            return column.sort(item) if column.sort is not None else column.show(item)
        if role == Qt.ItemDataRole.ForegroundRole and column.tone is not None:
            tone = column.tone(item)
            return theme.active().colour(f"{tone}_ink") if tone in _TONES else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr_marked(self.columns[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class Table(QTableView, Generic[R]):
    """A table of rows. Enter or a double click gives ``chosen`` the row; ``picked`` follows the cursor."""

    chosen = Signal(object)
    picked = Signal(object)

    def __init__(self, columns: Sequence[Column[R]], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.rows_model: RowsModel[R] = RowsModel(columns)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.rows_model)
        self._proxy.setSortRole(Qt.ItemDataRole.UserRole)
        self._proxy.setFilterKeyColumn(-1)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._proxy)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.active().px("touch", "target"))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        # Qt measures 1000 rows of every column by itself, on the UI thread.
        head.setResizeContentsPrecision(_ROWS_MEASURED)
        for at, each in enumerate(columns):
            mode = QHeaderView.ResizeMode.Stretch if each.stretch else QHeaderView.ResizeMode.ResizeToContents
            if each.figures:
                mode = QHeaderView.ResizeMode.Fixed
                measure = QFontMetrics(theme.active().font())
                width = measure.horizontalAdvance("0") * each.figures + 2 * theme.active().px("space", "m") + 6
                head.resizeSection(at, width)
            head.setSectionResizeMode(at, mode)
        self.setSortingEnabled(True)
        # Rows come in the order they are given until a head is clicked.
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.doubleClicked.connect(self._activated)
        self.selectionModel().currentRowChanged.connect(self._moved)

    def set_rows(self, rows: Sequence[R], cursor: int = 0) -> None:
        """Other rows; the cursor goes to the first, or to ``cursor``."""
        self.rows_model.set_rows(rows)
        if rows:
            self.selectRow(cursor)

    def filter(self, text: str) -> None:
        """Only rows that show ``text`` somewhere."""
        self._proxy.setFilterFixedString(text)

    def current(self) -> R | None:
        """The row under the cursor."""
        index = self.currentIndex()
        return self.rows_model.rows[self._proxy.mapToSource(index).row()] if index.isValid() else None

    def shown_rows(self) -> tuple[R, ...]:
        """The rows as they stand now: filtered, in the order shown."""
        return tuple(
            self.rows_model.rows[self._proxy.mapToSource(self._proxy.index(at, 0)).row()]
            for at in range(self._proxy.rowCount())
        )

    def retranslate(self) -> None:
        """Titles and texts anew."""
        self.rows_model.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # What is under the cursor stays in sight when the table gets shorter.
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() is not None:
            self.chosen.emit(self.current())
            return
        super().keyPressEvent(event)

    def _activated(self) -> None:
        if self.current() is not None:
            self.chosen.emit(self.current())

    def _moved(self) -> None:
        self.picked.emit(self.current())
