"""The day report on A4, one page while its programs fit on it, for reading; figures to work with leave as CSV."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from pos_member.domain.clock import business_date, format_date, format_time
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.money import format_baht
from pos_member.services.program_figures import ProgramRow
from pos_member.services.reports import DayReport
from pos_member.services.views import Header
from pos_member.ui import theme
from pos_member.ui.chart import ChartLook, paint_hours
from pos_member.ui.i18n import wrappable
from pos_member.wording import say

#: The page is laid out in tenths of a millimetre: an A4 sheet inside 15 mm margins is 1800 × 2670.
_DPI = 254
_MARGIN_MM = 15
_WIDTH = 1800.0
_HEIGHT = 2670.0
_TILES_ACROSS = 3
_TILE_HEIGHT = 170.0
_CHART_HEIGHT = 620.0
_ROW_HEIGHT = 64.0
_NAME_WIDTH = 640.0
_FIGURE_WIDTH = 150.0
_PROGRAM_HEAD = 120.0
#: Right edges of the columns of figures.
_PROGRAM_RIGHTS = (790.0, 990.0, 1150.0, 1310.0, 1480.0, 1640.0, _WIDTH)
_PROGRAM_HEADS = (
    *("report_times", "report_discount", "report_points", "report_stamps", "report_spent"),
    *("report_coupons_issued", "report_entries"),
)
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)

Say = Callable[[str], str]


def write_report_pdf(report: DayReport, header: Header, path: Path, language: str) -> None:
    """Write the report to ``path``. Works without a window (makes a ``QGuiApplication`` when there is none).

    Raises ``EnvironmentProblem(FILE_NOT_WRITABLE, path=…)``; an existing file is replaced only by a whole one.
    """
    application = _application()
    theme.load_fonts()
    scratch = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(b"")
        _Page(report, header, language).write(scratch)
        if scratch.stat().st_size == 0:
            raise OSError("nothing was written")
        scratch.replace(path)
    except OSError:
        # Where the folder is gone or read-only there is nothing of ours to take away.
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None
    finally:
        del application


def _application() -> object:
    existing = QGuiApplication.instance()
    if existing is not None:
        return existing
    if sys.platform.startswith("linux"):
        # Drawing a page needs fonts, not a screen.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication(sys.argv[:1])


class _Page:
    def __init__(self, report: DayReport, header: Header, language: str) -> None:
        self._report = report
        self._header = header
        self._thai = language == "th"
        self._language = language
        # Paper is light whatever the window is.
        self._look = theme.Theme.load("light")

    def _say(self, key: str) -> str:
        return say("services", key, self._language)

    def write(self, path: Path) -> None:
        writer = QPdfWriter(str(path))
        writer.setResolution(_DPI)
        margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
        writer.setPageLayout(
            QPageLayout(
                QPageSize(QPageSize.PageSizeId.A4),
                QPageLayout.Orientation.Portrait,
                margins,
                QPageLayout.Unit.Millimeter,
            )
        )
        writer.setTitle(f"{self._say('report_heading')} {self._report.day.isoformat()}")
        painter = QPainter()
        if not painter.begin(writer):
            raise OSError("the page could not be begun")
        try:
            y = self._paint_head(painter)
            y = self._paint_tiles(painter, y)
            y = self._paint_chart(painter, y)
            y = self._paint_cashiers(painter, y)
            self._paint_programs(painter, writer, y)
        finally:
            painter.end()

    def _font(self, height: int, weight: int = 400) -> QFont:
        font = QFont(theme.FAMILY)
        font.setPixelSize(height)
        font.setWeight(QFont.Weight(weight))
        return font

    def _text(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        *,
        height: int,
        colour: str = "text",
        weight: int = 400,
        right: bool = False,
    ) -> None:
        painter.setFont(self._font(height, weight))
        painter.setPen(self._look.colour(colour))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_head(self, painter: QPainter) -> float:
        header, thai = self._header, self._thai
        branch = header.branch_name_th if thai else header.branch_name_en
        organisation = header.organisation_name_th if thai else header.organisation_name_en
        day = format_date(self._report.day, self._language)
        self._text(painter, QRectF(0, 0, 1200, 100), self._say("report_heading"), height=64, weight=700)
        self._text(painter, QRectF(0, 0, _WIDTH, 100), day, height=52, weight=600, right=True)
        zone = header.settings.zone
        at = f"{format_date(business_date(self._report.generated_at, zone), self._language)} "
        at += format_time(self._report.generated_at, zone)
        self._text(
            painter,
            QRectF(0, 95, 1300, 60),
            f"{organisation} · {branch} · {header.till_label}",
            height=34,
            colour="soft",
        )
        self._text(painter, QRectF(0, 95, _WIDTH, 60), at, height=34, colour="soft", right=True)
        painter.setPen(QPen(self._look.colour("accent"), 6))
        painter.drawLine(0, 175, int(_WIDTH), 175)
        return 215.0

    def _tiles(self) -> list[tuple[str, str, str]]:
        """(label, figure, last week's figure) of each tile."""
        report, before = self._report, self._report.last_week

        def money(name: str) -> tuple[str, str, str]:
            old = format_baht(getattr(before, f"{name}_satang")) if before else ""
            return self._say(f"report_{name}"), format_baht(getattr(report, f"{name}_satang")), old

        def count(name: str) -> tuple[str, str, str]:
            old = f"{getattr(before, name):,}" if before else ""
            return self._say(f"report_{name}"), f"{getattr(report, name):,}", old

        return [
            *(money("net"), count("bills"), count("members_served")),
            *(money("sales"), money("discount"), money("refund")),
            *(money("vat"), count("members_enrolled"), count("returns")),
            *(count("points_issued"), count("points_redeemed"), count("points_expired")),
            *(count("coupons_issued"), count("coupons_used"), count("coupons_voided")),
        ]

    def _paint_tiles(self, painter: QPainter, y: float) -> float:
        width = (_WIDTH - 30 * (_TILES_ACROSS - 1)) / _TILES_ACROSS
        week = self._say("report_last_week")
        tiles = self._tiles()
        for i, (label, figure, before) in enumerate(tiles):
            box = QRectF((i % _TILES_ACROSS) * (width + 30), y + (i // _TILES_ACROSS) * (_TILE_HEIGHT + 18), width, 0)
            box.setHeight(_TILE_HEIGHT)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("accent_soft" if i < _TILES_ACROSS else "sunken"))
            painter.drawRoundedRect(box, 14, 14)
            inner = box.adjusted(26, 14, -26, -12)
            top = QRectF(inner.left(), inner.top(), inner.width(), 46)
            self._text(painter, top, label, height=32, colour="soft")
            self._text(painter, inner.adjusted(0, 40, 0, -34), figure, height=52, weight=600)
            if before:
                foot = QRectF(inner.left(), inner.bottom() - 38, inner.width(), 40)
                self._text(painter, foot, f"{week} {before}", height=28, colour="faint")
        rows = -(-len(tiles) // _TILES_ACROSS)
        return y + rows * (_TILE_HEIGHT + 18) + 20

    def _paint_chart(self, painter: QPainter, y: float) -> float:
        self._text(painter, QRectF(0, y, 1200, 60), self._say("report_sales"), height=38, weight=600)
        look = self._look
        chart_look = ChartLook(
            bar=look.colour("accent"),
            bar_peak=look.colour("accent"),
            before=look.colour("warn"),
            grid=QColor(look.colour("line")),
            text=look.colour("soft"),
            font=self._font(26),
            pen_width=3.0,
        )
        before = self._report.last_week.hours if self._report.last_week else ()
        if any(figure.sales_satang for figure in before):
            painter.setPen(QPen(look.colour("warn"), 6, Qt.PenStyle.DashLine))
            painter.drawLine(int(_WIDTH) - 420, int(y) + 32, int(_WIDTH) - 330, int(y) + 32)
            self._text(
                painter, QRectF(_WIDTH - 315, y, 315, 60), self._say("report_last_week"), height=28, colour="soft"
            )
        area = QRectF(0, y + 60, _WIDTH, _CHART_HEIGHT)
        paint_hours(painter, area, self._report.hours, before, chart_look)
        return y + 60 + _CHART_HEIGHT + 40

    def _paint_cashiers(self, painter: QPainter, y: float) -> float:
        # Right edges of the four columns of figures.
        rights = (880.0, 1180.0, 1470.0, _WIDTH)
        heads = ("report_cashier", "report_bills", "report_sales", "report_returns", "report_members_enrolled")

        def row(cells: tuple[str, ...], weight: int, colour: str, top: float) -> None:
            self._text(painter, QRectF(0, top, 760, _ROW_HEIGHT), cells[0], height=34, weight=weight, colour=colour)
            for right, cell in zip(rights, cells[1:], strict=True):
                box = QRectF(right - 380, top, 380, _ROW_HEIGHT)
                self._text(painter, box, cell, height=34, weight=weight, colour=colour, right=True)

        row(tuple(self._say(key) for key in heads), 600, "soft", y)
        painter.setPen(QPen(self._look.colour("line"), 3))
        painter.drawLine(0, int(y + _ROW_HEIGHT), int(_WIDTH), int(y + _ROW_HEIGHT))
        for i, person in enumerate(self._report.cashiers, start=1):
            name = person.name_th if self._thai else person.name_en
            figures = (f"{person.bills:,}", format_baht(person.sales_satang), f"{person.returns:,}")
            row((name, *figures, f"{person.members_enrolled:,}"), 400, "text", y + i * _ROW_HEIGHT)
        return y + (len(self._report.cashiers) + 1) * _ROW_HEIGHT + 40

    def _paint_programs(self, painter: QPainter, writer: QPdfWriter, y: float) -> None:
        """A row each; on a page of their own, and on further ones, where there is no room."""
        cells = [self._program_cells(each) for each in self._report.programs]
        if not cells:
            return
        measure = QFontMetricsF(self._font(30), writer)
        heights = [self._name_height(measure, row[0]) for row in cells]
        if y + _PROGRAM_HEAD + sum(heights) > _HEIGHT:
            writer.newPage()
            y = self._paint_head(painter)
        y = self._paint_program_heads(painter, y)
        for row, height in zip(cells, heights, strict=True):
            if y + height > _HEIGHT:
                writer.newPage()
                y = self._paint_program_heads(painter, self._paint_head(painter))
            painter.setFont(self._font(30))
            painter.setPen(self._look.colour("text"))
            painter.drawText(QRectF(0, y, _NAME_WIDTH, height), _WRAPPED, wrappable(row[0]))
            for right, text in zip(_PROGRAM_RIGHTS, row[1:], strict=True):
                self._text(painter, QRectF(right - 200, y, 200, _ROW_HEIGHT), text, height=30, right=True)
            y += height

    def _paint_program_heads(self, painter: QPainter, y: float) -> float:
        painter.setFont(self._font(28, 600))
        painter.setPen(self._look.colour("soft"))
        # The heads stand on the line, in as many lines as they need.
        name = QRectF(0, y, _NAME_WIDTH, _PROGRAM_HEAD - 8)
        painter.drawText(name, int(Qt.AlignmentFlag.AlignBottom), self._say("report_program"))
        flags = int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextWordWrap)
        for right, key in zip(_PROGRAM_RIGHTS, _PROGRAM_HEADS, strict=True):
            box = QRectF(right - _FIGURE_WIDTH, y, _FIGURE_WIDTH, _PROGRAM_HEAD - 8)
            painter.drawText(box, flags, wrappable(self._say(key)))
        below = y + _PROGRAM_HEAD
        painter.setPen(QPen(self._look.colour("line"), 3))
        painter.drawLine(0, int(below), int(_WIDTH), int(below))
        return below

    def _program_cells(self, each: ProgramRow) -> tuple[str, ...]:
        counts = (each.times, each.points, each.stamps, each.points_spent, each.coupons, each.entries)
        times, *rest = (f"{count:,}" if count else "–" for count in counts)
        money = format_baht(each.discount_satang) if each.discount_satang else "–"
        return (each.name_th if self._thai else each.name_en, times, money, *rest)

    @staticmethod
    def _name_height(measure: QFontMetricsF, name: str) -> float:
        box = measure.boundingRect(QRectF(0, 0, _NAME_WIDTH, 1_000), _WRAPPED, wrappable(name))
        return max(_ROW_HEIGHT, box.height() + 12)
