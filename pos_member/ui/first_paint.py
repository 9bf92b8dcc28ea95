"""The moment the window has been painted for the first time: what is not needed for that comes after it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

#: A window that is not painted by then (covered, minimised) goes on all the same (ms).
_UNPAINTED_MS = 1_000


class FirstPaint(QObject):
    """Calls ``furnish`` once: behind the first paint of ``ground``, or at the first key where that comes sooner.

    ``furnish`` returns the filter that reads keys from then on, so that the first key is not lost to it.
    """

    def __init__(self, ground: QWidget, handle: QObject | None, furnish: Callable[[], QObject | None]) -> None:
        super().__init__(ground)
        self._ground = ground
        self._handle = handle
        self._furnish: Callable[[], QObject | None] | None = furnish
        ground.installEventFilter(self)
        if handle is not None:
            handle.installEventFilter(self)

    @property
    def over(self) -> bool:
        """Whether it has been called."""
        return self._furnish is None

    def hurry(self) -> None:
        """Somebody waits for it: it comes even if nothing is ever painted."""
        QTimer.singleShot(_UNPAINTED_MS if self._ground.isVisible() else 0, self.now)

    def now(self) -> QObject | None:
        """Call it, unless it was called."""
        furnish, self._furnish = self._furnish, None
        if furnish is None:
            return None
        self._ground.removeEventFilter(self)
        if self._handle is not None:
            self._handle.removeEventFilter(self)
        return furnish()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and watched is self._ground:
            # What comes now must not hold up the paint that is under way.
            QTimer.singleShot(0, self.now)
        elif event.type() == QEvent.Type.KeyPress and watched is self._handle:
            reads_keys = self.now()
            return reads_keys.eventFilter(watched, event) if reads_keys is not None else False
        return False
