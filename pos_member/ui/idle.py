"""Locks the till when nobody touches it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

_TOUCHED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.TouchBegin,
        QEvent.Type.Wheel,
    }
)


class IdleWatch(QObject):
    """Install it on the window's handle. ``idle`` comes once after ``seconds`` without a touch; 0 never locks."""

    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)

    def watch(self, seconds: int) -> None:
        """Begin (again) with this time."""
        self._timer.stop()
        self._timer.setInterval(seconds * 1000)
        if seconds > 0:
            self._timer.start()

    def stop(self) -> None:
        """Nobody is signed in: nothing to lock."""
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHED and self._timer.isActive():
            self._timer.start()
        return False
