"""How far along: a row of stamps, and a thin bar. Both say it to a screen reader as well."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from pos_member.ui import theme

#: More stamps than this are read as figures, not counted as dots.
DOTS_MAX = 12
_STEPS = 1_000


class StampDots(QWidget):
    """Filled dots for the stamps a member has, rings for those still missing."""

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.filled = self.total = 0
        self.hide()

    def show_stamps(self, count: int, target: int) -> None:
        """``count`` of ``target``; hidden where a row of dots would not be read at a glance."""
        self.filled, self.total = min(count, target), target
        self.setVisible(0 < target <= DOTS_MAX)
        self.setAccessibleName(f"{count:,}/{target:,}")
        self.updateGeometry()
        self.update()

    def redress(self) -> None:
        """The theme changed."""
        self.update()

    def sizeHint(self) -> QSize:
        side, gap = self._lengths()
        return QSize(max(1, self.total * (side + gap) - gap), side + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.active()
        side, gap = self._lengths()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("accent"), 1.5))
        for at in range(self.total):
            dot = QRectF(at * (side + gap) + 1, (self.height() - side) / 2 + 1, side - 2, side - 2)
            painter.setBrush(look.colour("accent") if at < self.filled else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot)

    def _lengths(self) -> tuple[int, int]:
        look = theme.active()
        return look.px("space", "l"), look.px("space", "xs")


class ThinBar(QProgressBar):
    """A bar without a figure in it; the words stand beside it."""

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "thin")
        self.setTextVisible(False)
        self.setRange(0, _STEPS)

    def show_part(self, done: int, whole: int, said: str) -> None:
        """``done`` of ``whole``, in any unit; ``said`` is what a screen reader says."""
        self.setValue(_STEPS * max(0, min(done, whole)) // whole if whole > 0 else 0)
        theme.mark(self, full=whole > 0 and done >= whole)
        self.setAccessibleName(said)
