"""A block that knows its height and how to draw itself: what the placing modules hand to one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

#: ``draw(painter, y)`` puts ink at a height on the paper, in dots.
Draw = Callable[[QPainter, int], None]
BLACK = QColor(0, 0, 0)
WHITE = QColor(255, 255, 255)


@dataclass(frozen=True)
class Placed:
    """A block with its height in dots; ``draw(painter, y)`` puts it at a height on the paper."""

    height: int
    draw: Draw


class Scale:
    """From tenths of a millimetre to the dots of one paper."""

    def __init__(self, dpi: int) -> None:
        self.per_tenth = dpi / 254

    def dots(self, tenths: float) -> int:
        """A length in whole dots; only nothing is nothing."""
        return max(1, round(tenths * self.per_tenth)) if tenths else 0


def together(draws: Sequence[Draw]) -> Draw:
    """One drawing of several at the same height."""

    def draw(painter: QPainter, y: int) -> None:
        for one in draws:
            one(painter, y)

    return draw


def stacked(pieces: Sequence[Placed]) -> Placed:
    """One block of several, each below the one before."""

    def draw(painter: QPainter, y: int) -> None:
        for piece in pieces:
            piece.draw(painter, y)
            y += piece.height

    return Placed(sum(piece.height for piece in pieces), draw)


def blank(height: int) -> Placed:
    """Paper left white."""
    return Placed(height, lambda painter, y: None)


def fill(painter: QPainter, x: int, y: int, width: int, height: int) -> None:
    """A black rectangle, to the dot."""
    painter.fillRect(QRect(x, y, width, height), BLACK)
