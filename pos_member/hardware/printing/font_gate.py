"""The gate before any font that a shop picks for its paper: Thai must come out right, and every sign must be there.

What goes wrong in fonts on sale: tone marks printed over vowels, marks with a cell of their own, no baht sign. All of
it is measured on what Qt makes of the font, not read out of the font's tables.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QImage,
    QPainter,
    QRawFont,
    QTextLayout,
)

from pos_member.config import resource
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.hardware.printing.font_files import renamed
from pos_member.hardware.printing.font_folder import current_folder, use_folder
from pos_member.hardware.printing.fonts import FAMILY, ensure_gui, load_content
from pos_member.hardware.printing.placed import BLACK
from pos_member.wording import say

__all__ = [
    "FontFault",
    "FontVerdict",
    "check_content",
    "check_font",
    "shop_family",
    "shop_verdict",
    "use_folder",
]

_log = logging.getLogger(__name__)

#: Em size of the drawings that are measured, in pixels.
PIXELS = 96
#: Larger files are not Thai fonts but collections of scripts.
BYTES_MAX = 4 * 1024 * 1024
LETTERS = "กนมทปฝฟผ"
UPPER_VOWELS = "ิีึืั"
TONES = "่้๊๋"
LOWER_MARKS = "ุู็์"
#: A mark brings at least this much ink, in square ems.
INK_MIN = 0.004
#: A mark may graze what stands beside or below it by this share of its own ink (ฝั๋ in Sarabun Bold: 0.10).
OVERLAP_MAX = 0.2
#: A mark may move the next letter by this share of an em (rounding of advances), no more.
WIDER_MAX = 0.02
_COMMON = "0123456789.,:;-−–+×@%/()฿•…· \u00a0*#&'\"!?=_" + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_THAI = "".join(chr(code) for code in (*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E4E), *range(0x0E50, 0x0E5A)))


class FontFault(StrEnum):
    """What a font cannot do."""

    UNREADABLE = "unreadable"
    CHARACTERS = "characters"
    MARK_WIDENS = "mark_widens"
    MARK_UNSEEN = "mark_unseen"
    MARKS_OVERPRINT = "marks_overprint"


@dataclass(frozen=True)
class FontVerdict:
    """``faults`` with an example each; none means that the font may be used. ``family`` is how it is loaded."""

    font: str
    family: str
    faults: tuple[tuple[FontFault, str], ...] = ()

    @property
    def fit(self) -> bool:
        """Whether papers may be printed in it."""
        return not self.faults

    def require(self) -> str:
        """The family. Raises ``Refusal(FONT_UNFIT, font=, fault=, example=, why_th=, why_en=)``: the first fault as a
        word of the code, all of them in words."""
        if self.faults:
            fault, example = self.faults[0]
            raise Refusal(
                Reason.FONT_UNFIT,
                font=self.font,
                fault=fault.value,
                example=example,
                why_th=self._in_words("th"),
                why_en=self._in_words("en"),
            )
        return self.family

    def _in_words(self, language: str) -> str:
        said = (say("paper", f"font_{fault.value}", language, {"example": text}) for fault, text in self.faults)
        return "; ".join(said)


def check_font(font: Path | str) -> FontVerdict:
    """Judge a font: a ``Path`` to a TrueType or OpenType file, or the name of an installed family. Any thread."""
    ensure_gui()
    if isinstance(font, Path):
        family = _load_file(font)
        name = font.name
    else:
        name, family = font, font if QFontInfo(QFont(font)).family().casefold() == font.casefold() else ""
    if not family:
        return FontVerdict(name, "", ((FontFault.UNREADABLE, name),))
    return FontVerdict(name, family, _faults(family))


def check_content(name: str, content: bytes) -> FontVerdict:
    """Judge a font file that was read already. Any thread, once a GUI application exists."""
    ensure_gui()
    family = _load(content) if len(content) <= BYTES_MAX else ""
    return FontVerdict(name, family, _faults(family) if family else ((FontFault.UNREADABLE, name),))


def shop_verdict(name: str) -> FontVerdict | None:
    """What the gate says of a font in the shop's folder; None where it is not there."""
    folder = current_folder()
    path = folder / name if folder is not None else None
    return check_font(path) if path is not None and path.is_file() else None


def shop_family(name: str) -> str:
    """The family to print with for a template's ``font``, once it has passed the gate; else the paper's own.

    A paper is never held up by a font: what is missing or unfit is logged, and the paper comes out in Sarabun.
    """
    folder = current_folder()
    if folder is None:
        _log.warning("the template's font %s is not used: there is no folder of fonts", name)
        return FAMILY
    path = folder / name
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        _log.warning("the template's font %s is not used: %s", name, error)
        return FAMILY
    return _judged(path, stamp)


@lru_cache(maxsize=32)
def _judged(path: Path, stamp: int) -> str:
    verdict = check_font(path)
    if verdict.fit:
        return verdict.family
    _log.warning("the template's font %s is not used: %s", path.name, verdict.faults[0])
    return FAMILY


def _load_file(path: Path) -> str:
    """The family of a font file, loaded under a name made of its content; empty where it is none."""
    try:
        if path.stat().st_size > BYTES_MAX:
            return ""
        return _load(path.read_bytes())
    except OSError:
        return ""


@lru_cache(maxsize=32)
def _load(content: bytes) -> str:
    family = f"Shop {hashlib.sha256(content).hexdigest()[:12]}"
    try:
        return family if load_content(family, renamed(content, family)) else ""
    except ValueError:
        return ""


@lru_cache(maxsize=32)
def _faults(family: str) -> tuple[tuple[FontFault, str], ...]:
    face = QFont(family)
    face.setPixelSize(PIXELS)
    face.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    raw = QRawFont.fromFont(face)
    lacking = "".join(sorted(char for char in _needed() if not raw.supportsCharacter(ord(char))))
    if lacking:
        return ((FontFault.CHARACTERS, lacking[:20]),)
    return tuple(found for found in (_widening(face), *_covering(face)) if found is not None)


@cache
def _needed() -> frozenset[str]:
    """Every character of the shipped papers, of Thai and of prices."""
    kinds = [kind for kind in DocumentKind if kind is not DocumentKind.DRAWER]
    texts = (resource("receipts", f"{kind.value}.json").read_text(encoding="utf-8") for kind in kinds)
    return frozenset(char for char in _COMMON + _THAI + "".join(texts) if char.isprintable() and not char.isspace())


def _widening(face: QFont) -> tuple[FontFault, str] | None:
    measure = QFontMetricsF(face).horizontalAdvance
    for letter in LETTERS:
        for mark in UPPER_VOWELS + TONES + LOWER_MARKS:
            if measure(f"{letter}{mark}{letter}") > measure(letter * 2) + WIDER_MAX * PIXELS:
                return FontFault.MARK_WIDENS, letter + mark
    return None


def _covering(face: QFont) -> tuple[tuple[FontFault, str] | None, ...]:
    """Marks that bring no ink, and marks that lie upon the letter or upon one another."""
    unseen = overprint = None
    for letter in LETTERS:
        bare = _ink(face, letter)
        for mark in UPPER_VOWELS + TONES + LOWER_MARKS:
            if _ink(face, letter + mark) - bare < INK_MIN * PIXELS * PIXELS:
                unseen = unseen or (FontFault.MARK_UNSEEN, letter + mark)
        for tone in TONES:
            for text in (letter + tone, f"{letter}{tone}ำ", *(letter + vowel + tone for vowel in UPPER_VOWELS)):
                if overprint is None and _overlap(face, text) > OVERLAP_MAX:
                    overprint = FontFault.MARKS_OVERPRINT, text
    return unseen, overprint


def _ink(face: QFont, text: str) -> int:
    """The black pixels of a text as it is drawn."""
    image, painter = _sheet()
    painter.setFont(face)
    painter.drawText(QPointF(PIXELS, PIXELS * 1.8), text)
    painter.end()
    return int(_black(image).sum())


def _overlap(face: QFont, text: str) -> float:
    """The share of a glyph that lies upon another, at its worst; 0 where the font has one glyph for all of it."""
    layout = QTextLayout(text, face)
    layout.beginLayout()
    layout.createLine().setLineWidth(PIXELS * 10)
    layout.endLayout()
    masks = []
    for run in layout.glyphRuns():
        for glyph, at in zip(run.glyphIndexes(), run.positions(), strict=True):
            outline = run.rawFont().pathForGlyph(glyph)
            # Outlines of one glyph may cross; what they enclose together is its ink.
            outline.setFillRule(Qt.FillRule.WindingFill)
            image, painter = _sheet()
            painter.fillPath(outline.translated(at + QPointF(PIXELS, PIXELS)), BLACK)
            painter.end()
            masks.append(_black(image))
    pairs = ((one, other) for at, one in enumerate(masks) for other in masks[:at] if one.any() and other.any())
    return max((float((one & other).sum() / min(one.sum(), other.sum())) for one, other in pairs), default=0.0)


def _sheet() -> tuple[QImage, QPainter]:
    image = QImage(PIXELS * 4, PIXELS * 3, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return image, painter


def _black(image: QImage) -> NDArray[np.bool_]:
    grey = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return grey[:, : image.width()] < 128
