"""The paper's own fonts, loaded from files, so that a receipt looks the same on every machine.

System fonts are never merged in: a character that Sarabun lacks (an emoji, a Chinese name) prints as a box.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QRawFont

from pos_member.config import fonts_folder
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing.blocks import Style

FAMILY = "Sarabun"
_FILE_OF_WEIGHT = {500: "Sarabun_500Medium.ttf", 600: "Sarabun_600SemiBold.ttf", 700: "Sarabun_700Bold.ttf"}
FILES = tuple(_FILE_OF_WEIGHT.values())
_WEIGHTS = {500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold, 700: QFont.Weight.Bold}


@dataclass(frozen=True)
class Face:
    """How a style is drawn: em size and distance of lines in tenths of a millimetre, weight of the type."""

    size: int
    pitch: int
    weight: int


FACES: dict[Style, Face] = {
    Style.SMALL: Face(26, 38, 500),
    Style.BODY: Face(30, 44, 500),
    Style.STRONG: Face(30, 44, 700),
    Style.HEADING: Face(37, 55, 700),
    Style.TITLE: Face(46, 68, 700),
    Style.TOTAL: Face(46, 66, 700),
    Style.CODE: Face(52, 68, 700),
    Style.BIG: Face(166, 172, 700),
}

_lock = threading.Lock()
_loaded: set[Path] = set()
_contents: dict[tuple[str, int], bytes] = {}
_application: QGuiApplication | None = None


def ensure_gui() -> None:
    """Make sure Qt can draw text: use the application there is, or make an offscreen one without a window.

    Where there is none yet, call it on the main thread; afterwards any thread may draw. A program that opens
    windows makes its own ``QApplication`` first. Raises ``RuntimeError`` off the main thread without one.
    """
    global _application
    if QGuiApplication.instance() is not None:
        return
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("ensure_gui() must first be called on the main thread")
    _application = QGuiApplication(["pos-member", "-platform", "offscreen"])


def load_fonts(folder: Path | None = None) -> None:
    """Load the paper's fonts once. Any thread. Raises ``EnvironmentProblem(FONTS_MISSING, folder=, file=)``."""
    place = folder if folder is not None else fonts_folder()
    with _lock:
        if place in _loaded:
            return
        ensure_gui()
        for weight, name in _FILE_OF_WEIGHT.items():
            path = place / name
            if not path.is_file() or QFontDatabase.addApplicationFont(str(path)) < 0:
                raise EnvironmentProblem(Reason.FONTS_MISSING, folder=str(place), file=name)
            _contents[FAMILY, weight] = path.read_bytes()
        _loaded.add(place)


def load_content(family: str, content: bytes) -> bool:
    """Load one font file that calls itself ``family``. Any thread. False where Qt cannot use it."""
    ensure_gui()
    with _lock:
        number = QFontDatabase.addApplicationFontFromData(content)
        if number < 0 or family not in QFontDatabase.applicationFontFamilies(number):
            return False
        for weight in _WEIGHTS:
            _contents[family, weight] = content
        return True


def outlines(style: Style, pixels: int, family: str = FAMILY) -> QRawFont:
    """The font of a style for its outlines alone, as ``font``; for the thread that asks.

    It has a face of its own. In the one that Qt draws with, an outline is off by the fraction of a pixel at which the
    last small letter was drawn, whichever that was (Qt 6.11, ``QFontEngineFT``).
    """
    content = _contents[family, FACES[style].weight]
    return QRawFont(QByteArray(content), pixels, QFont.HintingPreference.PreferNoHinting)


@lru_cache(maxsize=256)
def font(style: Style, pixels: int, family: str = FAMILY) -> QFont:
    """The font of a style at an em size in dots. ``load_fonts`` (or ``font_gate``) must have loaded ``family``."""
    made = QFont(family)
    made.setPixelSize(pixels)
    made.setWeight(_WEIGHTS[FACES[style].weight])
    made.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    # Hinting comes from the machine's settings otherwise, and with it widths and line breaks.
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def missing_characters(text: str) -> frozenset[str]:
    """The characters of ``text`` that the paper's font cannot draw; they print as boxes."""
    load_fonts()
    raw = QRawFont.fromFont(font(Style.BODY, 24))
    return frozenset(char for char in text if not char.isspace() and not raw.supportsCharacter(ord(char)))
