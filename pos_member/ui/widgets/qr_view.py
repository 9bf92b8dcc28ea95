"""A QR symbol on the screen, black on white whatever the theme: readers want it so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

#: The white border a reader needs around the symbol, in modules.
QUIET_MODULES = 4


class QrView(QWidget):
    """Draws modules as large as whole pixels allow. ``side`` in px; hidden while there is nothing to draw."""

    def __init__(self, side: int, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._side = side
        self._modules: Sequence[Sequence[bool]] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(side, side)
        self.hide()

    def show_modules(self, modules: Sequence[Sequence[bool]], spoken: str) -> None:
        """Another symbol; ``spoken`` is what a screen reader says of it. An empty one hides the view."""
        self._modules = modules
        self.setAccessibleName(spoken)
        self.setVisible(bool(modules))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        if self._modules:
            across = len(self._modules) + 2 * QUIET_MODULES
            # Whole pixels of the device: a module that is drawn half grey is hard to read.
            module = max(1, self._side // across)
            begin = (self._side - module * len(self._modules)) // 2
            for y, cells in enumerate(self._modules):
                for x, dark in enumerate(cells):
                    if dark:
                        cell = QRect(begin + x * module, begin + y * module, module, module)
                        painter.fillRect(cell, Qt.GlobalColor.black)
        painter.end()
