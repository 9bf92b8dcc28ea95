"""The day's figures as tiles: each opens the rows it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from pos_member.domain.money import format_baht
from pos_member.services.exports import What
from pos_member.services.reports import DayReport
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.widgets import Button, Text, column, grid, row

_ACROSS = 5


@dataclass(frozen=True)
class Figure:
    """One tile: its marked label, the number behind it, whether that is money, and the rows it opens."""

    key: str
    label: str
    value: Callable[[DayReport], int]
    money: bool
    rows: What


FIGURES = (
    Figure("net", mark("Net sales"), lambda day: day.net_satang, True, "bills"),
    Figure("bills", mark("Bills"), lambda day: day.bills, False, "bills"),
    Figure("discount", mark("Discounts"), lambda day: day.discount_satang, True, "lines"),
    Figure("refund", mark("Returned"), lambda day: day.refund_satang, True, "bills"),
    Figure("vat", mark("VAT inside"), lambda day: day.vat_satang, True, "bills"),
    Figure("served", mark("Members served"), lambda day: day.members_served, False, "bills"),
    Figure("enrolled", mark("Members enrolled"), lambda day: day.members_enrolled, False, "members"),
    Figure("issued", mark("Points given out"), lambda day: day.points_issued, False, "points"),
    Figure("redeemed", mark("Points used"), lambda day: day.points_redeemed, False, "points"),
    Figure("coupons", mark("Coupons given · used"), lambda day: day.coupons_issued, False, "coupons"),
)


def figure_text(figure: Figure, day: DayReport) -> str:
    """The number as shown."""
    if figure.key == "coupons":
        return f"{day.coupons_issued:,} · {day.coupons_used:,}"
    value = figure.value(day)
    return format_baht(value, trim=True) if figure.money else f"{value:,}"


class _Tile(Button):
    def __init__(self, figure: Figure) -> None:
        super().__init__("tile", name=f"report_{figure.key}")
        self.figure = figure
        self._label = Text("label")
        self._value = Text("big", name=f"report_{figure.key}_value")
        self._before = Text("small")
        layout = column(self, space="", margin="m")
        head = row(space="m")
        head.addWidget(self._label)
        head.addStretch(1)
        head.addWidget(self._before)
        layout.addLayout(head)
        layout.addWidget(self._value)
        for text in (self._label, self._value, self._before):
            text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_day(self, day: DayReport) -> None:
        label, value = tr_marked(self.figure.label), figure_text(self.figure, day)
        self._label.show_text(label)
        self._value.show_text(value)
        week = day.last_week
        before = tr("{figure} last week", figure=figure_text(self.figure, week)) if week and week.bills else ""
        self._before.show_text(before)
        self.setAccessibleName(f"{label} {value} {before}".strip())


class Tiles(QWidget):
    """``opened`` carries what the pressed figure is made of."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        cells = grid(self, space="m")
        self._tiles = [_Tile(figure) for figure in FIGURES]
        for at, tile in enumerate(self._tiles):
            cells.addWidget(tile, at // _ACROSS, at % _ACROSS)
            tile.clicked.connect(self._clicked)
        for at in range(_ACROSS):
            cells.setColumnStretch(at, 1)

    def show_day(self, day: DayReport) -> None:
        """Another day."""
        for tile in self._tiles:
            tile.show_day(day)

    def _clicked(self) -> None:
        tile = self.sender()
        if isinstance(tile, _Tile):
            self.opened.emit(tile.figure.rows)
