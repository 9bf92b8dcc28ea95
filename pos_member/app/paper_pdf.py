"""A paper as a PDF: one page as wide as its roll and as long as the paper, every dot at its true size."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from pos_member.hardware.printing.bitmap import Bitmap

#: Paper beside, above and below the print (mm): what a roll has, and what a tear leaves.
_SIDE_MM, _END_MM = 4.0, 5.0
_INCH_MM = 25.4
_WHITE, _BLACK = 0xFFFFFFFF, 0xFF000000
#: Viewers refuse pages beyond 200 inches; a longer paper goes on on the next page.
_PAGE_MM_MAX = 5_000.0


def paper_pdf(bitmap: Bitmap, dpi: int, title: str) -> bytes:
    """``bitmap`` (1 bit a dot, ``dpi`` dots an inch) as a PDF of its own width. Any thread, with an application.

    Raises ``RuntimeError`` where Qt cannot write it.
    """
    rows_max = int((_PAGE_MM_MAX - 2 * _END_MM) / _INCH_MM * dpi)
    tops = range(0, max(1, bitmap.height), rows_max)
    parts = [(top, min(rows_max, bitmap.height - top)) for top in tops]
    sink = QByteArray()
    buffer = QBuffer(sink)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(dpi)
    _set_page(writer, bitmap.width, parts[0][1], dpi)
    painter = QPainter()
    if not painter.begin(writer):
        raise RuntimeError("Qt could not begin the PDF")
    try:
        for at, (top, rows) in enumerate(parts):
            if at:
                _set_page(writer, bitmap.width, rows, dpi)
                writer.newPage()
            side, end = round(_SIDE_MM / _INCH_MM * dpi), round(_END_MM / _INCH_MM * dpi)
            painter.drawImage(QRect(side, end, bitmap.width, rows), _image(bitmap, top, rows))
    finally:
        painter.end()
    buffer.close()
    return bytes(sink.data())


def _set_page(writer: QPdfWriter, dots: int, rows: int, dpi: int) -> None:
    size = QSizeF(dots / dpi * _INCH_MM + 2 * _SIDE_MM, rows / dpi * _INCH_MM + 2 * _END_MM)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(size, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch),
            QPageLayout.Orientation.Portrait,
            QMarginsF(),
            QPageLayout.Unit.Millimeter,
        )
    )


def _image(bitmap: Bitmap, top: int, rows: int) -> QImage:
    data = bitmap.data[top * bitmap.stride : (top + rows) * bitmap.stride]
    image = QImage(data, bitmap.width, rows, bitmap.stride, QImage.Format.Format_Mono).copy()
    # A set bit is ink.
    image.setColorTable([_WHITE, _BLACK])
    return image
