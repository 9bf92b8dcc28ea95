"""Where each block stands and how it is drawn: sizes in dots, wrapping, columns, codes snapped to dots."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QTextLayout, QTextOption

from pos_member.hardware.printing import ean13, qr
from pos_member.hardware.printing.blocks import (
    Align,
    Banner,
    Bars,
    Block,
    Columns,
    Density,
    Frame,
    Qr,
    Rule,
    RuleKind,
    Ruler,
    Space,
    Style,
    Text,
)
from pos_member.hardware.printing.fonts import FACES, font
from pos_member.hardware.printing.wrapping import wrap

Draw = Callable[[QPainter, int], None]
BLACK = QColor(0, 0, 0)
WHITE = QColor(255, 255, 255)
_ALIGNMENTS = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTER: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}
LINE_SEPARATOR = "\u2028"
#: Where letters stand within the height of their line; above it two rows of marks find room.
BASELINE = 0.76
#: Small print of a fitted text is still print: below this share of its size it is wrapped instead.
FIT_MIN = 0.35
#: Figures of a row never push its label below this share of the width.
LABEL_MIN = 0.4
#: The column of quantities holds "12" or "1.25"; a wider one pushes its own row only.
LEAD_HANG = 62
BULLET, BULLET_HANG = "•", 26
#: Narrow paper takes slightly smaller type, or every second name would wrap.
NARROW_DOTS = 420
NARROW_SCALE = 0.9


@dataclass(frozen=True)
class Placed:
    """A block with its height in dots; ``draw(painter, y)`` puts it at a height on the paper."""

    height: int
    draw: Draw


@dataclass(frozen=True)
class Lines:
    """A wrapped paragraph."""

    layout: QTextLayout
    height: int
    width: float


class Placer:
    """Turns blocks into placed blocks for one paper."""

    def __init__(self, dots: int, dpi: int) -> None:
        self._per_tenth = dpi / 254
        self._type_scale = NARROW_SCALE if dots <= NARROW_DOTS else 1.0

    def place_all(self, blocks: Iterable[Block], x: int, width: int) -> list[Placed]:
        """Every block in a column that begins at ``x``."""
        return [self.place(block, x, width) for block in blocks]

    def place(self, block: Block, x: int, width: int) -> Placed:
        """One block."""
        match block:
            case Text():
                return self._text(block, x, width)
            case Columns():
                return self._columns(block, x, width)
            case Rule():
                return self._rule(block, x, width)
            case Space():
                return Placed(self._dots(block.height), lambda painter, y: None)
            case Banner():
                return self._banner(block.text, block.style, x, width, gap=self._dots(12))
            case Qr():
                return self._qr(block, x, width)
            case Bars():
                return self._bars(block, x, width)
            case Frame():
                return self._frame(block, x, width)
            case Ruler():
                return self._ruler(x, width)
            case Density():
                return self._density(x, width)

    def _dots(self, tenths: float) -> int:
        return max(1, round(tenths * self._per_tenth)) if tenths else 0

    def _pixels(self, style: Style, scale: float = 1.0) -> int:
        return max(8, round(FACES[style].size * self._per_tenth * self._type_scale * scale))

    # --- text ---------------------------------------------------------------------------------------------

    def _lines(self, text: str, style: Style, align: Align, width: int, scale: float = 1.0) -> Lines:
        pixels = self._pixels(style, scale)
        pitch = round(pixels * FACES[style].pitch / FACES[style].size)
        face = font(style, pixels)
        wrapped = wrap(text, width, QFontMetricsF(face).horizontalAdvance)
        layout = QTextLayout(LINE_SEPARATOR.join(wrapped), face)
        option = QTextOption(_ALIGNMENTS[align])
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        layout.setTextOption(option)
        layout.setCacheEnabled(True)
        layout.beginLayout()
        y, widest = 0, 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            # The metrics' own height differs by font version; the pitch is ours.
            line.setPosition(QPointF(0, y + pitch * BASELINE - line.ascent()))
            widest = max(widest, line.naturalTextWidth())
            y += pitch
        layout.endLayout()
        return Lines(layout, y, widest)

    def _width(self, text: str, style: Style) -> int:
        return math.ceil(QFontMetricsF(font(style, self._pixels(style))).horizontalAdvance(text))

    def _text(self, block: Text, x: int, width: int) -> Placed:
        indent = self._dots(block.indent)
        room = width - indent
        scale = 1.0
        if block.fit:
            wanted = self._width(block.text, block.style)
            scale = max(FIT_MIN, room / wanted) if wanted > room else 1.0
            while scale > FIT_MIN and self._lines(block.text, block.style, block.align, 10**6, scale).width > room:
                scale -= 0.02
        lines = self._lines(block.text, block.style, block.align, room, scale)
        if block.align is Align.CENTER and lines.layout.lineCount() > 1:
            return self._balanced(block, lines, x + indent, room)
        if block.style is Style.BIG:
            return self._roomy(lines, x + indent)
        return Placed(lines.height, _drawn(lines, x + indent))

    def _roomy(self, lines: Lines, x: int) -> Placed:
        """A line whose marks find room of their own: at this size they would reach far into what stands above."""
        ink = _ink_boxes(lines.layout)
        above = max(0, math.ceil(max((-box.top() for box in ink), default=0)))
        below = max(0, math.ceil(max((box.bottom() - lines.height for box in ink), default=0)))
        drawn = _drawn(lines, x)
        return Placed(above + lines.height + below, lambda painter, y: drawn(painter, y + above))

    def _balanced(self, block: Text, lines: Lines, x: int, room: int) -> Placed:
        """A centred paragraph in lines of like length, so that none is left with a single word."""
        narrowest, widest = room // 3, room
        while widest - narrowest > 8:
            middle = (narrowest + widest) // 2
            tried = self._lines(block.text, block.style, block.align, middle)
            if tried.height > lines.height:
                narrowest = middle
            else:
                widest, lines = middle, tried
        return Placed(lines.height, _drawn(lines, x + (room - round(lines.layout.lineAt(0).width())) // 2))

    def _columns(self, block: Columns, x: int, width: int) -> Placed:
        style, gap = block.style, self._dots(14)
        left = self._dots(block.indent)
        lead = None
        if block.lead:
            hang = self._dots((BULLET_HANG if block.lead == BULLET else LEAD_HANG) * self._type_scale)
            hang = max(hang, self._width(block.lead, style) + self._dots(8))
            lead = _drawn(self._lines(block.lead, style, Align.LEFT, hang), x + left)
            left += hang
        figures = block.cells[1:]
        if len(figures) > 1:
            share = round((width - left) * (1 - LABEL_MIN) / len(figures))
            rooms = [share] * len(figures)
        else:
            widest = round((width - left) * (1 - LABEL_MIN))
            rooms = [min(widest, self._width(cell, style) + 1) if cell else 0 for cell in figures]
        label_room = width - left - sum(rooms) - (gap if any(rooms) else 0)
        pieces = [(self._lines(block.cells[0], style, Align.LEFT, label_room), x + left)]
        right = x + width
        for cell, room in zip(reversed(figures), reversed(rooms), strict=True):
            right -= room
            if cell:
                pieces.append((self._lines(cell, style, Align.RIGHT, room), right))
        draws = [_drawn(lines, at) for lines, at in pieces]
        if lead is not None:
            draws.append(lead)
        return Placed(max(lines.height for lines, _ in pieces), _together(draws))

    def _banner(self, text: str, style: Style, x: int, width: int, gap: int = 0) -> Placed:
        above, below = self._dots(9), self._dots(3)
        lines = self._lines(text, style, Align.CENTER, width - 2 * above)
        height = above + lines.height + below

        def draw(painter: QPainter, y: int) -> None:
            painter.fillRect(QRect(x, y, width, height), BLACK)
            painter.setPen(WHITE)
            lines.layout.draw(painter, QPointF(x + above, y + above))

        return Placed(height + gap, draw)

    # --- lines and codes ----------------------------------------------------------------------------------

    def _rule(self, block: Rule, x: int, width: int) -> Placed:
        above, thickness = self._dots(12), 4 if block.kind is RuleKind.THICK else 2
        dash = self._dots(15) if block.kind is RuleKind.DASHED else width

        def draw(painter: QPainter, y: int) -> None:
            for at in range(0, width, dash * 5 // 3):
                painter.fillRect(QRect(x + at, y + above, min(dash, width - at), thickness), BLACK)

        return Placed(2 * above + thickness, draw)

    def _qr(self, block: Qr, x: int, width: int) -> Placed:
        rows = qr.modules(block.data)
        span = len(rows) + 2 * qr.QUIET_ZONE_MODULES
        module = max(2, min(self._dots(block.module), width // span))
        side = span * module
        beside = bool(block.beside) and width - side >= self._dots(180)
        left = x if beside else x + (width - side) // 2
        texts = self.place_all(block.beside, x + side if beside else x, width - side if beside else width)
        text_height = sum(text.height for text in texts)

        def draw(painter: QPainter, y: int) -> None:
            edge = qr.QUIET_ZONE_MODULES * module
            code_y = y + (max(0, text_height - side) // 2 if beside else text_height)
            _draw_modules(painter, rows, left + edge, code_y + edge, module)
            at = y + (max(0, side - text_height) // 2 if beside else 0)
            for text in texts:
                text.draw(painter, at)
                at += text.height

        return Placed(max(side, text_height) if beside else side + text_height, draw)

    def _bars(self, block: Bars, x: int, width: int) -> Placed:
        bars = ean13.modules(block.data)
        span = ean13.QUIET_LEFT_MODULES + ean13.MODULES + ean13.QUIET_RIGHT_MODULES
        # 0.33 mm is the standard's nominal module; three dots at 203 dpi read better from thermal paper.
        module = max(2, min(self._dots(3.7), width // span))
        left = x + (width - span * module) // 2 + ean13.QUIET_LEFT_MODULES * module
        height = self._dots(block.height)

        def draw(painter: QPainter, y: int) -> None:
            for at, bar in enumerate(bars):
                if bar:
                    painter.fillRect(QRect(left + at * module, y, module, height), BLACK)

        return Placed(height + self._dots(6), draw)

    def _frame(self, block: Frame, x: int, width: int) -> Placed:
        # Open at the sides: two upright lines would make every row of the panel as wide as the paper.
        line, pad = self._dots(6), self._dots(10)
        banner = self._banner(block.title, Style.HEADING, x, width, gap=pad)
        inner = self.place_all(block.blocks, x, width)
        height = banner.height + sum(child.height for child in inner) + pad + line

        def draw(painter: QPainter, y: int) -> None:
            banner.draw(painter, y)
            at = y + banner.height
            for child in inner:
                child.draw(painter, at)
                at += child.height
            painter.fillRect(QRect(x, y + height - line, width, line), BLACK)

        return Placed(height, draw)

    # --- the test page ------------------------------------------------------------------------------------

    def _ruler(self, x: int, width: int) -> Placed:
        per_mm = self._per_tenth * 10

        def draw(painter: QPainter, y: int) -> None:
            for mm in range(int(width / per_mm) + 1):
                length = self._dots(60 if mm % 10 == 0 else 40 if mm % 5 == 0 else 25)
                painter.fillRect(QRect(min(x + width - 2, x + round(mm * per_mm)), y, 2, length), BLACK)

        return Placed(self._dots(66), draw)

    def _density(self, x: int, width: int) -> Placed:
        height, field = self._dots(80), width // 5
        steps = (8, 4, 3, 2, 1)

        def draw(painter: QPainter, y: int) -> None:
            for at, step in enumerate(steps):
                for row in range(0, height, step):
                    painter.fillRect(QRect(x + at * field, y + row, field - 4, 1), BLACK)

        return Placed(height + self._dots(6), draw)


def _ink_boxes(layout: QTextLayout) -> list[QRectF]:
    """The box of every glyph where it really stands.

    ``QFontMetricsF.tightBoundingRect`` and ``QGlyphRun.boundingRect`` leave out where the font puts its marks.
    """
    return [
        run.rawFont().boundingRect(glyph).translated(at)
        for run in layout.glyphRuns()
        for glyph, at in zip(run.glyphIndexes(), run.positions(), strict=True)
    ]


def _drawn(lines: Lines, x: int) -> Draw:
    def draw(painter: QPainter, y: int) -> None:
        painter.setPen(BLACK)
        lines.layout.draw(painter, QPointF(x, y))

    return draw


def _together(draws: list[Draw]) -> Draw:
    def draw(painter: QPainter, y: int) -> None:
        for one in draws:
            one(painter, y)

    return draw


def _draw_modules(painter: QPainter, rows: tuple[bytes, ...], x: int, y: int, module: int) -> None:
    """Dark runs of each row as one rectangle: fewer calls, and no hairlines between modules."""
    for at, row in enumerate(rows):
        start = 0
        while (start := row.find(1, start)) >= 0:
            end = row.find(0, start)
            end = len(row) if end < 0 else end
            painter.fillRect(QRect(x + start * module, y + at * module, (end - start) * module, module), BLACK)
            start = end
