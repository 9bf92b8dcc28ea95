"""Texts on paper: wrapping, columns, banners; sizes in dots, lines where we want them and not where Qt would."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QTextLayout, QTextOption

from pos_member.hardware.printing.blocks import Align, Columns, Style, Text
from pos_member.hardware.printing.fonts import FACES, FAMILY, font, outlines
from pos_member.hardware.printing.placed import BLACK, WHITE, Draw, Placed, Scale, together
from pos_member.hardware.printing.wrapping import wrap

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


#: From this em size on (dots) Qt draws letters as outlines, off by what it drew before: those we fill ourselves.
OUTLINED_PIXELS = 64


@dataclass(frozen=True)
class Lines:
    """A wrapped paragraph; ``filled`` with its own letters' outlines, as it is drawn where Qt would do so too."""

    layout: QTextLayout
    height: int
    width: float
    style: Style
    family: str
    filled: bool

    @cached_property
    def outline(self) -> QPainterPath:
        """The letters as one shape from the upper left corner, the same the first time and the hundredth."""
        outline, face = QPainterPath(), outlines(self.style, self.layout.font().pixelSize(), self.family)
        for run in self.layout.glyphRuns():
            for glyph, at in zip(run.glyphIndexes(), run.positions(), strict=True):
                outline.addPath(face.pathForGlyph(glyph).translated(at))
        outline.setFillRule(Qt.FillRule.WindingFill)
        return outline


class Typesetter:
    """Sets texts for one paper in one family."""

    def __init__(self, dots: int, scale: Scale, family: str = FAMILY) -> None:
        self._scale = scale
        self._family = family
        self._type_scale = NARROW_SCALE if dots <= NARROW_DOTS else 1.0

    def text(self, block: Text, x: int, width: int) -> Placed:
        """A paragraph."""
        indent = self._scale.dots(block.indent)
        room = width - indent
        scale = self._fit(block, room) if block.fit else 1.0
        lines = self._lines(block.text, block.style, block.align, room, scale)
        x += indent
        if block.align is Align.CENTER and lines.layout.lineCount() > 1:
            lines = self._balanced(block, lines, room, scale)
            x += (room - round(lines.layout.lineAt(0).width())) // 2
        if block.style is Style.BIG:
            return _with_room(lines, x)
        return Placed(lines.height, _drawn(lines, x))

    def columns(self, block: Columns, x: int, width: int) -> Placed:
        """A label on the left, wrapped; figures flush right on its first line, never upon it."""
        style, gap, left = block.style, self._scale.dots(14), self._scale.dots(block.indent)
        draws: list[Draw] = []
        if block.lead:
            hang = self._scale.dots((BULLET_HANG if block.lead == BULLET else LEAD_HANG) * self._type_scale)
            hang = max(hang, self._width(block.lead, style) + self._scale.dots(8))
            draws.append(_drawn(self._lines(block.lead, style, Align.LEFT, hang), x + left))
            left += hang
        rooms = self._rooms(block.cells[1:], style, width - left)
        label_room = width - left - sum(rooms) - (gap if any(rooms) else 0)
        label = self._lines(block.cells[0], style, Align.LEFT, label_room)
        height = label.height
        draws.append(_drawn(label, x + left))
        right = x + width
        for cell, room in zip(reversed(block.cells[1:]), reversed(rooms), strict=True):
            right -= room
            if cell:
                lines = self._lines(cell, style, Align.RIGHT, room)
                height = max(height, lines.height)
                draws.append(_drawn(lines, right))
        return Placed(height, together(draws))

    def banner(self, text: str, style: Style, x: int, width: int, gap: int = 0) -> Placed:
        """White on black, with ``gap`` dots of paper below."""
        above, below = self._scale.dots(9), self._scale.dots(3)
        lines = self._lines(text, style, Align.CENTER, width - 2 * above)
        height = above + lines.height + below
        letters = _drawn(lines, x + above, WHITE)

        def draw(painter: QPainter, y: int) -> None:
            painter.fillRect(QRect(x, y, width, height), BLACK)
            letters(painter, y + above)

        return Placed(height + gap, draw)

    def _pixels(self, style: Style, scale: float = 1.0) -> int:
        return max(8, round(FACES[style].size * self._scale.per_tenth * self._type_scale * scale))

    def _lines(self, text: str, style: Style, align: Align, width: int, scale: float = 1.0) -> Lines:
        pixels = self._pixels(style, scale)
        pitch = round(pixels * FACES[style].pitch / FACES[style].size)
        face = font(style, pixels, self._family)
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
        # Small print of the large style too: fitted or not, it is drawn one way.
        filled = style is Style.BIG or pixels >= OUTLINED_PIXELS
        return Lines(layout, y, widest, style, self._family, filled)

    def _width(self, text: str, style: Style) -> int:
        return math.ceil(QFontMetricsF(font(style, self._pixels(style), self._family)).horizontalAdvance(text))

    def _rooms(self, figures: tuple[str, ...], style: Style, width: int) -> list[int]:
        """Dots for each figure: their own where there is one, equal shares where a report has several."""
        most = width * (1 - LABEL_MIN)
        if len(figures) > 1:
            return [round(most / len(figures))] * len(figures)
        return [min(round(most), self._width(cell, style) + 1) if cell else 0 for cell in figures]

    def _fit(self, block: Text, room: int) -> float:
        """The share of its size at which ``block`` stands on one line of ``room`` dots, ``FIT_MIN`` at least."""
        wanted = self._width(block.text, block.style)
        scale = max(FIT_MIN, room / wanted) if wanted > room else 1.0
        while scale > FIT_MIN and self._lines(block.text, block.style, block.align, 10**6, scale).width > room:
            scale -= 0.02
        return scale

    def _balanced(self, block: Text, lines: Lines, room: int, scale: float) -> Lines:
        """A centred paragraph in lines of like length, so that none is left with a single word."""
        narrowest, widest = room // 3, room
        while widest - narrowest > 8:
            middle = (narrowest + widest) // 2
            tried = self._lines(block.text, block.style, block.align, middle, scale)
            if tried.height > lines.height:
                narrowest = middle
            else:
                widest, lines = middle, tried
        return lines


def _with_room(lines: Lines, x: int) -> Placed:
    """Large letters, with room of their own for marks: they would reach far into what stands above."""
    ink = lines.outline.boundingRect()
    above, below = max(0, math.ceil(-ink.top())), max(0, math.ceil(ink.bottom() - lines.height))
    letters = _drawn(lines, x)
    return Placed(above + lines.height + below, lambda painter, y: letters(painter, y + above))


def _drawn(lines: Lines, x: int, colour: QColor = BLACK) -> Draw:
    def draw(painter: QPainter, y: int) -> None:
        painter.setPen(colour)
        lines.layout.draw(painter, QPointF(x, y))

    def fill(painter: QPainter, y: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.fillPath(lines.outline.translated(x, y), colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    return fill if lines.filled else draw
