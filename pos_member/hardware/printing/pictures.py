"""Paper as a PNG: what the virtual printer cuts, what a preview shows and a PDF embeds."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from pos_member.domain.documents import Document
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.templates import Template

#: Paper left white beside, above and below the print, in dots.
SIDE_MARGIN = 32
END_MARGIN = 40
#: The table the paper lies on, so that white paper has an edge on a white page.
DESK_MARGIN = 16
_DESK, _PAPER, _INK = 0, 1, 2
_COLOURS = (0xFFDDDBD6, 0xFFFFFFFF, 0xFF1A1A1A)


def render_png(document: Document, dots: int, dpi: int = 203, template: Template | None = None) -> bytes:
    """``document`` as it comes out of a printer ``dots`` wide, as PNG. Errors as ``raster.rasterise``."""
    return paper_png(rasterise(document, dots, dpi, template))


def paper_png(bitmap: Bitmap) -> bytes:
    """A piece of paper with ``bitmap`` printed on it, as PNG; one pixel per dot. Any thread, no application needed."""
    ink = np.frombuffer(bitmap.data, dtype=np.uint8).reshape(bitmap.height, bitmap.stride)
    dots = np.unpackbits(ink, axis=1)[:, : bitmap.width]
    paper = np.pad(dots + np.uint8(_PAPER), ((END_MARGIN,) * 2, (SIDE_MARGIN,) * 2), constant_values=_PAPER)
    desk = np.ascontiguousarray(np.pad(paper, DESK_MARGIN, constant_values=_DESK))
    height, width = desk.shape
    image = QImage(desk.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(list(_COLOURS))
    sink = QByteArray()
    buffer = QBuffer(sink)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    if not writer.write(image):
        raise RuntimeError(f"Qt could not write a PNG: {writer.errorString()}")
    buffer.close()
    return bytes(sink.data())
