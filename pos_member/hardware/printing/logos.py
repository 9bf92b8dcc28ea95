"""A shop's logo: a PNG or JPEG made into dots that a thermal head can print, and kept inside the template.

Everything after decoding is our own arithmetic in whole numbers, so that a logo is the same on every machine.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter

from pos_member.domain.errors import Reason, Refusal
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.encoder import make_safe
from pos_member.hardware.printing.fonts import ensure_gui

#: What a telephone's camera makes is taken; beyond it a file is a mistake or meant to fill the memory.
BYTES_MAX = 8 * 1024 * 1024
PIXELS_MAX = 25_000_000
#: A long thin file of few pixels would need gigabytes to be made smaller.
SIDE_MAX = 8_000
LIMIT = "8 MB, 25 Mpx, 8,000 × 8,000 px"
#: A taller logo would spend more paper than the bill (at 203 dpi 40 mm).
ROWS_MAX = 320
WIDTH_MAX = 832
#: Lighter than this is paper; what lies around the logo is cut away.
PAPER_GREY = 245
#: The darkest and the lightest hundredths of the picture become black and white.
CLIPPED_PERCENT = 2
#: Less difference than this between dark and light is a blank sheet.
CONTRAST_MIN = 24
#: Dots spread on thermal paper: middle greys are drawn lighter by this exponent.
SPREAD = 0.8
_CHUNK = 256

Grey = NDArray[np.float64]


def prepare(image: bytes, dots: int) -> Bitmap:
    """``image`` (PNG or JPEG) as a picture of at most ``dots`` by ``ROWS_MAX`` dots; never made larger.

    Transparent parts are paper. Holds nothing the encoder would change. Raises ``Refusal(LOGO_UNFIT, limit=)``.
    """
    whole = _decoded(image)
    if int(whole.max()) - int(whole.min()) < CONTRAST_MIN:
        raise _unfit()
    grey = _trimmed(whole)
    dark, light = (float(level) for level in np.percentile(grey, (CLIPPED_PERCENT, 100 - CLIPPED_PERCENT)))
    if light - dark < CONTRAST_MIN:
        # One even tone within its outline: it stands against the paper.
        light = 255.0
    height, width = grey.shape
    share = min(1.0, min(dots, WIDTH_MAX) / width, ROWS_MAX / height)
    small = _resized(grey, max(1, int(height * share)), max(1, int(width * share)))
    stretched = np.clip((small - dark) / (light - dark), 0.0, 1.0)
    return _dithered(np.rint(stretched**SPREAD * 255))


@lru_cache(maxsize=16)
def fitted(bitmap: Bitmap, width: int) -> Bitmap:
    """``bitmap``, made narrower where it is wider than ``width`` dots."""
    if bitmap.width <= width:
        return bitmap
    packed = np.frombuffer(bitmap.data, dtype=np.uint8).reshape(bitmap.height, bitmap.stride)
    grey = 255.0 * (1 - np.unpackbits(packed, axis=1)[:, : bitmap.width])
    return _dithered(np.rint(_resized(grey, max(1, bitmap.height * width // bitmap.width), width)))


def to_text(bitmap: Bitmap) -> str:
    """The value of a template's ``logo``: base64 of its rows. ``width`` stands beside it."""
    return base64.b64encode(bitmap.data).decode("ascii")


@lru_cache(maxsize=16)
def from_text(text: str, width: int) -> Bitmap:
    """The picture in a template. Raises ``ValueError`` where it is none."""
    if not 8 <= width <= WIDTH_MAX:
        raise ValueError(f"a logo is 8 to {WIDTH_MAX} dots wide")
    try:
        bitmap = Bitmap(width, base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"the logo is no picture of {width} dots: {error}") from error
    if not 1 <= bitmap.height <= ROWS_MAX:
        raise ValueError(f"a logo has 1 to {ROWS_MAX} rows, not {bitmap.height}")
    return bitmap


def _unfit() -> Refusal:
    return Refusal(Reason.LOGO_UNFIT, limit=LIMIT)


def _decoded(image: bytes) -> NDArray[np.uint8]:
    """Rows of grey on white paper. The size is read from the head of the file before anything is unpacked."""
    if not 0 < len(image) <= BYTES_MAX:
        raise _unfit()
    ensure_gui()
    buffer = QBuffer()
    buffer.setData(QByteArray(image))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    pixels = size.width() * size.height() if size.isValid() else 0
    if bytes(reader.format().data()) not in (b"png", b"jpeg") or not 0 < pixels <= PIXELS_MAX:
        raise _unfit()
    if max(size.width(), size.height()) > SIDE_MAX:
        raise _unfit()
    picture = reader.read()
    if picture.isNull():
        raise _unfit()
    paper = QImage(picture.size(), QImage.Format.Format_RGB32)
    paper.fill(QColor("white"))
    painter = QPainter(paper)
    painter.drawImage(0, 0, picture)
    painter.end()
    grey = paper.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), dtype=np.uint8).reshape(grey.height(), grey.bytesPerLine())
    result: NDArray[np.uint8] = rows[:, : grey.width()].copy()
    return result


def _trimmed(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    ink = grey < PAPER_GREY
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        raise _unfit()
    return grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _resized(grey: NDArray[np.generic], height: int, width: int) -> Grey:
    """Every new pixel is the mean of the area it covers. All sums are whole numbers, so no order of adding matters."""
    across = _shares(grey.shape[1], width).T
    # In strips: a photograph as floating point would take a hundred megabytes.
    wide = np.concatenate([grey[at : at + _CHUNK].astype(np.float64) @ across for at in range(0, len(grey), _CHUNK)])
    result: Grey = _shares(grey.shape[0], height) @ wide / float(grey.shape[0] * grey.shape[1])
    return result


def _shares(old: int, new: int) -> Grey:
    """``new`` by ``old``: how much of each old pixel lies in each new one, in units of 1/``new`` of a pixel."""
    ends = np.arange(new + 1) * old
    edges = np.arange(old + 1) * new
    low = np.maximum(ends[:-1, None], edges[None, :-1])
    high = np.minimum(ends[1:, None], edges[None, 1:])
    shares: Grey = np.maximum(high - low, 0).astype(np.float64)
    return shares


def _dithered(grey: Grey) -> Bitmap:
    """Error diffusion by Floyd and Steinberg, every second row from the right, in sixteenths of a level."""
    height, width = grey.shape
    rows = (grey.astype(np.int64) * 16).tolist()
    black = np.zeros((height, width), dtype=np.uint8)
    ahead = [0] * (width + 2)
    for y, row in enumerate(rows):
        carried, ahead, error = ahead, [0] * (width + 2), 0
        step = -1 if y % 2 else 1
        for x in range(width)[::step]:
            level = row[x] + carried[x + 1] + error
            lit = level >= 2048
            black[y, x] = not lit
            off = level - (4080 if lit else 0)
            error = off * 7 // 16
            ahead[x + 1 - step] += off * 3 // 16
            ahead[x + 1] += off * 5 // 16
            ahead[x + 1 + step] += off // 16
    return Bitmap(width, make_safe(np.packbits(black, axis=1).tobytes()))
