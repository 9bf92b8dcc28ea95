"""Blocks → a 1-bit picture, with Qt's text shaping. The same blocks give the same bits in any thread.

Everything is measured in dots. Text is drawn grey and cut at a threshold, which gives fuller strokes on thermal
paper than Qt's own 1-bit text. Long papers are drawn in strips, so memory does not grow with the receipt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from pos_member.domain.documents import Document
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.blocks import Block
from pos_member.hardware.printing.font_gate import shop_family
from pos_member.hardware.printing.fonts import FAMILY, ensure_gui, load_fonts
from pos_member.hardware.printing.layout import lay_out
from pos_member.hardware.printing.placed import Placed
from pos_member.hardware.printing.placing import Placer
from pos_member.hardware.printing.templates import Template

#: Grey below this becomes black. Above the middle: thermal heads thin out fine strokes.
THRESHOLD = 150
STRIP_ROWS = 2_048
#: Marks may reach beyond their line: blocks this many rows outside a strip are drawn too.
STRIP_OVERHANG = 64
#: Blank paper at both ends, in tenths of a millimetre: marks of the first and the last line reach into it.
END_MARGIN = 20
#: 300 lines are about 1.6 m of paper; a document beyond this is a mistake, not a receipt.
HEIGHT_MAX = 120_000


def rasterise(document: Document, dots: int, dpi: int = 203, template: Template | None = None) -> Bitmap:
    """``document`` drawn ``dots`` wide at ``dpi`` by ``template`` (the shipped one by default).

    Any thread, once a GUI application exists. Raises ``EnvironmentProblem(FONTS_MISSING | TEMPLATE_INVALID)``.
    """
    ensure_gui()
    family = shop_family(template.font) if template is not None and template.font else FAMILY
    return rasterise_blocks(lay_out(document, template), dots, dpi, family)


def rasterise_blocks(blocks: Iterable[Block], dots: int, dpi: int = 203, family: str = FAMILY) -> Bitmap:
    """Blocks drawn one below the other, in a loaded ``family``. ``dots`` is the printable width, a multiple of 8."""
    if dots % 8 or not 64 <= dots <= 2_048:
        raise ValueError(f"{dots} dots is no width of a receipt printer")
    ensure_gui()
    load_fonts()
    placed = Placer(dots, dpi, family).place_all(blocks, 0, dots)
    margin = round(END_MARGIN * dpi / 254)
    height = 2 * margin + sum(block.height for block in placed)
    if height > HEIGHT_MAX:
        raise ValueError(f"a paper of {height} rows")
    strips = [_strip(placed, dots, top - margin, min(STRIP_ROWS, height - top)) for top in range(0, height, STRIP_ROWS)]
    return Bitmap(dots, b"".join(strips))


def _strip(placed: Sequence[Placed], dots: int, top: int, rows: int) -> bytes:
    image = QImage(dots, rows, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
    y = -top
    for block in placed:
        if y + block.height > -STRIP_OVERHANG and y < rows + STRIP_OVERHANG:
            block.draw(painter, y)
        y += block.height
    painter.end()
    grey = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(rows, image.bytesPerLine())[:, :dots]
    return np.packbits(grey < THRESHOLD, axis=1).tobytes()
