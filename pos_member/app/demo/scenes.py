"""Pictures of what a customer holds before the camera, in place of a camera: a phone that shows a code, or a paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

from pos_member.hardware.printing.qr import modules

_WIDTH, _HEIGHT = 1280, 720
#: So many of one picture are a moment of standing still: five a second are taken from a folder.
_FRAMES = 40
_EMPTY_FRAMES = 8
_QUIET = 4
_COUNTER = (QColor(188, 178, 164), QColor(128, 118, 108))
_HAND_HELD_DEG = -6.0


def phone(folder: Path, text: str, *, late: bool = False) -> Path:
    """A folder that stands in for a camera: a phone, held a little askew over the counter, with ``text`` as a QR.

    ``late``: the counter is empty to begin with.
    """
    image = _counter()
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(_WIDTH / 2, _HEIGHT / 2)
        painter.rotate(_HAND_HELD_DEG)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(24, 26, 30))
        painter.drawRoundedRect(QRectF(-215, -400, 430, 800), 44, 44)
        painter.setBrush(QColor(250, 250, 248))
        painter.drawRoundedRect(QRectF(-197, -370, 394, 740), 26, 26)
        _code(painter, text, 330)
    return _frames(folder, image, _counter() if late else image)


def paper(folder: Path, picture: Path) -> Path:
    """A folder that stands in for a camera: the printed ``picture``, held before it."""
    image, held = _counter(), QImage(str(picture))
    width = _HEIGHT * 0.94 * held.width() / held.height()
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF((_WIDTH - width) / 2, _HEIGHT * 0.03, width, _HEIGHT * 0.94), held)
    return _frames(folder, image, image)


def _counter() -> QImage:
    image = QImage(_WIDTH, _HEIGHT, QImage.Format.Format_RGB32)
    light = QLinearGradient(0, 0, _WIDTH, _HEIGHT)
    for place, colour in enumerate(_COUNTER):
        light.setColorAt(place, colour)
    with QPainter(image) as painter:
        painter.fillRect(image.rect(), light)
    return image


def _code(painter: QPainter, text: str, side: float) -> None:
    rows = modules(text)
    size = side / (len(rows) + 2 * _QUIET)
    begin = -side / 2 + _QUIET * size
    # One path for all modules of a row: no seams between neighbours when the picture is turned.
    painter.setBrush(QColor(16, 16, 18))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                painter.drawRect(QRectF(begin + x * size, begin + y * size, size, size))


def _frames(folder: Path, image: QImage, begins: QImage) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture, first, end in (("a", begins, 0, _EMPTY_FRAMES), ("b", image, _EMPTY_FRAMES, _FRAMES)):
        one = folder / f"{name}-{first:02d}.png"
        picture.save(str(one))
        for at in range(first + 1, end):
            (folder / f"{name}-{at:02d}.png").hardlink_to(one)
    return folder
