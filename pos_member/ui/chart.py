"""The day by hour: bars for today, a thin line for the same weekday last week. One painter for window and PDF.

Drawn by hand: two series of 24 figures need no chart library (QtCharts is deprecated and GPL, pyqtgraph costs
a third of a second at import), and the same code paints on a widget, a picture and a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_member.domain.money import SATANG_PER_BAHT
from pos_member.services.reports import DayReport, HourFigure
from pos_member.ui import theme
from pos_member.ui.i18n import tr

#: Hours always shown, so that a quiet morning does not change the scale of the day.
_OPEN_FROM, _OPEN_TO = 8, 20
_GRID_LINES = 4


@dataclass(frozen=True)
class ChartLook:
    """Colours and font of a chart; lengths in units of the painter."""

    bar: QColor
    bar_peak: QColor
    before: QColor
    grid: QColor
    text: QColor
    font: QFont
    pen_width: float


def hours_shown(hours: Sequence[HourFigure], before: Sequence[HourFigure]) -> range:
    """The span of hours worth drawing: opening hours, widened to whatever was sold outside them."""
    busy = [figure.hour for figure in (*hours, *before) if figure.sales_satang]
    return range(min([_OPEN_FROM, *busy]), max([_OPEN_TO, *busy]) + 1)


def nice_top(value: int) -> int:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ baht at or above ``value`` satang: a scale people can read. ≥ 100 baht."""
    top = 100 * SATANG_PER_BAHT
    while True:
        for factor in (4, 8, 10, 20):
            if top * factor // 4 >= value:
                return top * factor // 4
        top *= 10


def short_baht(satang: int) -> str:
    """``950`` ``1.2k`` ``12k``: an amount for an axis, in baht."""
    baht = satang // SATANG_PER_BAHT
    if baht < 1_000:
        return f"{baht}"
    if baht < 10_000 and baht % 1_000:
        return f"{baht // 1_000}.{baht % 1_000 // 100}k"
    return f"{baht // 1_000:,}k"


def paint_hours(
    painter: QPainter, area: QRectF, hours: Sequence[HourFigure], before: Sequence[HourFigure], look: ChartLook
) -> None:
    """Paint the chart into ``area``. ``before`` may be empty (no figures of last week)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(look.font)
    metrics = QFontMetricsF(look.font, painter.device())
    shown = hours_shown(hours, before)
    sales = {figure.hour: figure.sales_satang for figure in hours}
    old = {figure.hour: figure.sales_satang for figure in before}
    peak = max([*sales.values(), *old.values(), 0])
    top = nice_top(peak)
    left = metrics.horizontalAdvance("00.0k ")
    plot = area.adjusted(left, metrics.height() * 1.2, 0, -metrics.height() * 1.3)
    _paint_grid(painter, plot, top, look, metrics)
    slot = plot.width() / len(shown)
    for i, hour in enumerate(shown):
        middle = plot.left() + slot * (i + 0.5)
        value = sales.get(hour, 0)
        if value:
            _paint_bar(painter, plot, middle, slot, value, top, look, metrics, is_peak=value == max(sales.values()))
        painter.setPen(look.text)
        box = QRectF(middle - slot / 2, plot.bottom() + metrics.height() * 0.15, slot, metrics.height() * 1.1)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), f"{hour:02d}")
    if any(old.values()):
        _paint_before(painter, plot, [old.get(hour, 0) for hour in shown], slot, top, look)
    painter.restore()


def _paint_grid(painter: QPainter, plot: QRectF, top: int, look: ChartLook, metrics: QFontMetricsF) -> None:
    for step in range(_GRID_LINES + 1):
        y = plot.bottom() - plot.height() * step / _GRID_LINES
        painter.setPen(QPen(look.grid, look.pen_width))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(look.text)
        label = short_baht(top * step // _GRID_LINES)
        width = metrics.horizontalAdvance(label + " ")
        painter.drawText(QPointF(plot.left() - width, y + metrics.ascent() * 0.4), label)


def _paint_bar(
    painter: QPainter,
    plot: QRectF,
    middle: float,
    slot: float,
    value: int,
    top: int,
    look: ChartLook,
    metrics: QFontMetricsF,
    *,
    is_peak: bool,
) -> None:
    height = max(plot.height() * value / top, look.pen_width * 2)
    bar = QRectF(middle - slot * 0.34, plot.bottom() - height, slot * 0.68, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.bar_peak if is_peak else look.bar)
    painter.drawRoundedRect(bar, slot * 0.06, slot * 0.06)
    label = short_baht(value)
    if metrics.horizontalAdvance(label) <= slot * 1.05:
        painter.setPen(look.text)
        box = QRectF(middle - slot, bar.top() - metrics.height(), slot * 2, metrics.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), label)


def _paint_before(
    painter: QPainter, plot: QRectF, values: Sequence[int], slot: float, top: int, look: ChartLook
) -> None:
    points = [
        QPointF(plot.left() + slot * (i + 0.5), plot.bottom() - plot.height() * value / top)
        for i, value in enumerate(values)
    ]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.before, look.pen_width * 2, Qt.PenStyle.DashLine))
    painter.drawPolyline(points)


class HourChart(QWidget):
    """The chart as a widget. Its figures are also said as text to screen readers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hour_chart")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(4 * theme.active().px("touch", "target"))
        self._report: DayReport | None = None

    def show_report(self, report: DayReport | None) -> None:
        """Draw another day."""
        self._report = report
        busiest = max(report.hours, key=lambda figure: figure.sales_satang, default=None) if report else None
        if busiest is not None and busiest.sales_satang:
            self.setAccessibleName(tr("Sales by hour; busiest at {hour}:00", hour=f"{busiest.hour:02d}"))
        else:
            self.setAccessibleName(tr("Sales by hour"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._report is None:
            return
        look = theme.active()
        painter = QPainter(self)
        before = self._report.last_week.hours if self._report.last_week else ()
        chart_look = ChartLook(
            bar=look.colour("accent"),
            bar_peak=look.colour("accent"),
            before=look.colour("warn"),
            grid=look.colour("line"),
            text=look.colour("soft"),
            font=look.font("small"),
            pen_width=1.0,
        )
        paint_hours(painter, QRectF(self.rect()), self._report.hours, before, chart_look)
        painter.end()
