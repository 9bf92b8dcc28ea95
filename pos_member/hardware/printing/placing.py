"""Where each block stands: blocks → placed blocks, one below the other, for one paper."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QPainter

from pos_member.hardware.printing import placing_codes as codes
from pos_member.hardware.printing.blocks import (
    Align,
    Banner,
    Bars,
    Block,
    Code128,
    Columns,
    Density,
    Frame,
    Picture,
    Qr,
    Rule,
    RuleKind,
    Ruler,
    Space,
    Style,
    Text,
)
from pos_member.hardware.printing.fonts import FAMILY
from pos_member.hardware.printing.placed import Placed, Scale, blank, fill, stacked
from pos_member.hardware.printing.placing_text import Typesetter


class Placer:
    """Turns blocks into placed blocks for one paper, ``family`` being loaded."""

    def __init__(self, dots: int, dpi: int, family: str = FAMILY) -> None:
        self._scale = Scale(dpi)
        self._type = Typesetter(dots, self._scale, family)

    def place_all(self, blocks: Iterable[Block], x: int, width: int) -> list[Placed]:
        """Every block in a column that begins at ``x``."""
        return [self.place(block, x, width) for block in blocks]

    def place(self, block: Block, x: int, width: int) -> Placed:
        """One block."""
        match block:
            case Text():
                return self._type.text(block, x, width)
            case Columns():
                return self._type.columns(block, x, width)
            case Rule():
                return self._rule(block, x, width)
            case Space():
                return blank(self._scale.dots(block.height))
            case Banner():
                return self._type.banner(block.text, block.style, x, width, gap=self._scale.dots(12))
            case Qr():
                texts = self.place_all(block.beside, *codes.room_beside(block, self._scale, x, width))
                return codes.place_qr(block, texts, self._scale, x, width)
            case Bars():
                return codes.place_ean13(block, self._scale, x, width)
            case Code128():
                return codes.place_code128(block, self._caption(block.caption, x, width), self._scale, x, width)
            case Picture():
                return codes.place_picture(block, self._scale, x, width)
            case Frame():
                return self._frame(block, x, width)
            case Ruler():
                return codes.place_ruler(self._scale, x, width)
            case Density():
                return codes.place_density(self._scale, x, width)

    def _caption(self, text: str, x: int, width: int) -> Placed:
        return self._type.text(Text(text, Style.SMALL, Align.CENTER), x, width) if text else blank(0)

    def _rule(self, block: Rule, x: int, width: int) -> Placed:
        above, thickness = self._scale.dots(12), 4 if block.kind is RuleKind.THICK else 2
        dash = self._scale.dots(15) if block.kind is RuleKind.DASHED else width

        def draw(painter: QPainter, y: int) -> None:
            for at in range(0, width, dash * 5 // 3):
                fill(painter, x + at, y + above, min(dash, width - at), thickness)

        return Placed(2 * above + thickness, draw)

    def _frame(self, block: Frame, x: int, width: int) -> Placed:
        # Open at the sides: two upright lines would make every row of the panel as wide as the paper.
        line, pad = self._scale.dots(6), self._scale.dots(10)
        banner = self._type.banner(block.title, Style.HEADING, x, width, gap=pad)
        foot = Placed(line, lambda painter, y: fill(painter, x, y, width, line))
        return stacked((banner, *self.place_all(block.blocks, x, width), blank(pad), foot))
