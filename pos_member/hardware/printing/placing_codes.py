"""Codes, pictures and test fields, every edge on a whole dot.

A module is a whole number of dots, two at least: thinner ones fill with ink, and the encoder may add a dot where a
single one stands alone (``encoder.make_safe``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from pos_member.hardware.printing import code128, ean13, logos, qr
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.blocks import Bars, Code128, Picture, Qr
from pos_member.hardware.printing.placed import Draw, Placed, Scale, blank, fill, stacked, together

MODULE_MIN = 2
#: 0.33 mm is EAN's nominal module; three dots at 203 dpi read better from thermal paper.
BAR_MODULE = 3.7
#: Texts stand beside a QR code only where they have this much room, else above it.
BESIDE_MIN = 180
#: What they would like (a coupon's value in large type on narrow paper), and how small a module may get for it.
BESIDE_WISHED, BESIDE_MODULE = 220, 8.5
#: Paper kept white below bars and pictures.
AFTER_BARS = 6
AFTER_PICTURE = 14


def place_qr(block: Qr, beside: Sequence[Placed], scale: Scale, x: int, width: int) -> Placed:
    """A QR code with ``beside`` (already placed for ``room_beside``) to its right or above it."""
    rows = qr.modules(block.data)
    module = qr_module(block, scale, width)
    side = (len(rows) + 2 * qr.QUIET_ZONE_MODULES) * module
    edge = qr.QUIET_ZONE_MODULES * module
    if not block.beside or width - side < scale.dots(BESIDE_MIN):
        left = x + (width - side) // 2 + edge
        return stacked((*beside, Placed(side, _square(rows, left, edge, module))))
    texts = stacked(tuple(beside))
    height = max(side, texts.height)
    code = _square(rows, x + edge, edge, module)
    return Placed(
        height, together([_lowered(code, (height - side) // 2), _lowered(texts.draw, _middle(height, texts))])
    )


def room_beside(block: Qr, scale: Scale, x: int, width: int) -> tuple[int, int]:
    """Where the texts of a QR code begin, and how wide they may be."""
    side = (len(qr.modules(block.data)) + 2 * qr.QUIET_ZONE_MODULES) * qr_module(block, scale, width)
    return (x, width) if width - side < scale.dots(BESIDE_MIN) else (x + side, width - side)


def qr_module(block: Qr, scale: Scale, width: int) -> int:
    """Dots of one module: as wished, smaller only as far as the paper's width and the texts beside it ask."""
    span = len(qr.modules(block.data)) + 2 * qr.QUIET_ZONE_MODULES
    module = min(block.dots or scale.dots(block.module), width // span)
    beside = (width - scale.dots(BESIDE_WISHED)) // span
    if block.beside and not block.dots and beside >= scale.dots(BESIDE_MODULE):
        module = min(module, beside)
    return max(MODULE_MIN, module)


def place_ean13(block: Bars, scale: Scale, x: int, width: int) -> Placed:
    """EAN-13 in the middle, with its quiet zones."""
    span = ean13.QUIET_LEFT_MODULES + ean13.MODULES + ean13.QUIET_RIGHT_MODULES
    module = max(MODULE_MIN, min(scale.dots(BAR_MODULE), width // span))
    left = x + (width - span * module) // 2 + ean13.QUIET_LEFT_MODULES * module
    height = scale.dots(block.height)
    return Placed(height + scale.dots(AFTER_BARS), _bars(ean13.modules(block.data), left, module, height))


def place_code128(block: Code128, caption: Placed, scale: Scale, x: int, width: int) -> Placed:
    """CODE128 in the middle above its caption; the caption alone where the paper is too narrow to be read from."""
    bars = code128.modules(block.data)
    span = len(bars) + 2 * code128.QUIET_MODULES
    if span * MODULE_MIN > width:
        return caption
    module = min(scale.dots(BAR_MODULE), width // span)
    left = x + (width - span * module) // 2 + code128.QUIET_MODULES * module
    height = scale.dots(block.height)
    return stacked((Placed(height, _bars(bars, left, module, height)), blank(scale.dots(AFTER_BARS)), caption))


def place_picture(block: Picture, scale: Scale, x: int, width: int) -> Placed:
    """A picture in the middle, dot for dot.

    It begins at a whole byte of the row, so that what ``logos`` has made safe for the printer stays so.
    """
    bitmap = logos.fitted(block.bitmap, width)
    left = x + (width - bitmap.width) // 2 // 8 * 8
    image = _image(bitmap)

    def draw(painter: QPainter, y: int) -> None:
        painter.drawImage(left, y, image)

    return Placed(bitmap.height + scale.dots(AFTER_PICTURE), draw)


def place_ruler(scale: Scale, x: int, width: int) -> Placed:
    """A millimetre scale: long strokes at tens, middle ones at fives."""
    per_mm = scale.per_tenth * 10

    def draw(painter: QPainter, y: int) -> None:
        for mm in range(int(width / per_mm) + 1):
            length = scale.dots(60 if mm % 10 == 0 else 40 if mm % 5 == 0 else 25)
            fill(painter, min(x + width - 2, x + round(mm * per_mm)), y, 2, length)

    return Placed(scale.dots(66), draw)


def place_density(scale: Scale, x: int, width: int) -> Placed:
    """Five fields from one row in eight to full black."""
    height, field = scale.dots(80), width // 5

    def draw(painter: QPainter, y: int) -> None:
        for at, step in enumerate((8, 4, 3, 2, 1)):
            for row in range(0, height, step):
                fill(painter, x + at * field, y + row, field - 4, 1)

    return Placed(height + scale.dots(6), draw)


def _middle(height: int, piece: Placed) -> int:
    return (height - piece.height) // 2


def _lowered(inner: Draw, rows: int) -> Draw:
    return lambda painter, y: inner(painter, y + rows)


def _bars(bars: bytes, left: int, module: int, height: int) -> Draw:
    def draw(painter: QPainter, y: int) -> None:
        for start, end in _runs(bars):
            fill(painter, left + start * module, y, (end - start) * module, height)

    return draw


def _square(rows: Sequence[bytes], left: int, above: int, module: int) -> Draw:
    """Dark runs of each row as one rectangle: fewer calls, and no hairlines between modules."""

    def draw(painter: QPainter, y: int) -> None:
        for at, row in enumerate(rows):
            for start, end in _runs(row):
                fill(painter, left + start * module, y + above + at * module, (end - start) * module, module)

    return draw


def _runs(modules: bytes) -> list[tuple[int, int]]:
    """(start, end) of every run of dark modules."""
    found, start = [], 0
    while (start := modules.find(1, start)) >= 0:
        end = modules.find(0, start)
        end = len(modules) if end < 0 else end
        found.append((start, end))
        start = end
    return found


def _image(bitmap: Bitmap) -> QImage:
    packed = np.frombuffer(bitmap.data, dtype=np.uint8).reshape(bitmap.height, bitmap.stride)
    grey = np.ascontiguousarray(np.where(np.unpackbits(packed, axis=1)[:, : bitmap.width], 0, 255).astype(np.uint8))
    image = QImage(grey.tobytes(), bitmap.width, bitmap.height, bitmap.width, QImage.Format.Format_Grayscale8)
    return image.copy(QRect(0, 0, bitmap.width, bitmap.height))
