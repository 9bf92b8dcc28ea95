"""The printer's own letters: cells of 12 x 24 dots (font A) and 9 x 17 (font B), drawn once and kept.

They are drawn from the paper's fonts, squeezed into the cell: legible, the same on every machine, and clearly not the
letters of a receipt that was drawn as a picture. The machine's fonts are never used.
"""

from __future__ import annotations

import logging
import threading
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter

from pos_member.domain.errors import EnvironmentProblem
from pos_member.hardware.printing.fonts import FAMILY, load_fonts
from pos_member.hardware.printing.virtual.code_pages import BOX, is_mark

Dots = npt.NDArray[np.uint8]
#: Cells (width, height) of fonts A and B, the em drawn in them and the row of the base line.
CELLS = ((12, 24), (9, 17))
_EMS = (20, 14)
#: Thai stacks two marks above a letter: smaller, so that they fit into the cell.
_THAI_EMS = (16, 11)
_BASE_LINES = (19, 13)
#: Drawn this much larger and then averaged down: thin strokes survive the squeeze.
_FINE = 4
_INK_SHARE = 0.38
_NO_BREAK_SPACE = "\u00a0"
_log = logging.getLogger(__name__)


def letter(text: str, font: int, bold: bool) -> Dots:
    """One cell, 1 = black: a letter, or a letter with its stacked marks. Any thread, once an application exists.

    Where letters cannot be drawn (no application off the main thread, fonts missing) boxes stand for them, and the log
    says so: a printer goes on printing.
    """
    if text == BOX:
        return _box(font)
    if not text.strip():
        return np.zeros((CELLS[font][1], CELLS[font][0]), np.uint8)
    if not _able():
        return _box(font)
    return _drawn(text, font, bold)


@lru_cache(maxsize=1)
def _warn(why: str) -> None:
    _log.warning("virtual printer: letters print as boxes: %s", why)


def _able() -> bool:
    on_main = threading.current_thread() is threading.main_thread()
    if QGuiApplication.instance() is None and not on_main:
        _warn("no application to draw with")
        return False
    try:
        load_fonts()
    except EnvironmentProblem as problem:
        _warn(str(problem))
        return False
    return True


@lru_cache(maxsize=8)
def _box(font: int) -> Dots:
    width, height = CELLS[font]
    cell = np.zeros((height, width), np.uint8)
    cell[4 : height - 4, 1 : width - 2] = 1
    cell[5 : height - 5, 2 : width - 3] = 0
    return cell


@lru_cache(maxsize=4_096)
def _drawn(text: str, font: int, bold: bool) -> Dots:
    width, height = CELLS[font]
    # A mark alone would get a dotted circle to sit on; a space that does not break is a seat without ink.
    shown = _NO_BREAK_SPACE + text if is_mark(text[0]) else text
    face = QFont(FAMILY)
    thai = "\u0e01" <= text[0] <= "\u0e5b"
    face.setPixelSize((_THAI_EMS if thai else _EMS)[font] * _FINE)
    face.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Medium)
    face.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    across = QFontMetricsF(face).horizontalAdvance(shown)
    room = (width - 1) * _FINE
    image = QImage(width * _FINE, height * _FINE, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setFont(face)
    squeeze = min(1.0, room / across) if across else 1.0
    painter.translate((room - across * squeeze) / 2, _BASE_LINES[font] * _FINE)
    painter.scale(squeeze, 1.0)
    painter.drawText(QPointF(0, 0), shown)
    painter.end()
    grey = np.frombuffer(image.constBits(), np.uint8).reshape(height * _FINE, image.bytesPerLine())
    fine = 255 - grey[:, : width * _FINE].astype(np.uint32)
    ink = fine.reshape(height, _FINE, width, _FINE).sum(axis=(1, 3))
    cell: Dots = (ink > 255 * _FINE * _FINE * _INK_SHARE).astype(np.uint8)
    return cell
