"""When the camera is needed: while somebody is signed in and the window can be seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

#: A window that was put away for a moment keeps its camera: opening it again takes a second.
RELEASE_MS = 15_000
_TURNS = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange)


class CameraNeed(QObject):
    """Watches a window; ``somebody`` says who is signed in."""

    #: Whether the camera is needed from now on.
    changed = Signal(bool)

    def __init__(self, window: QWidget, parent: QObject | None = None, release_ms: int = RELEASE_MS) -> None:
        super().__init__(parent)
        self._window = window
        self._signed_in = False
        self._away = False
        self.needed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(release_ms)
        self._timer.timeout.connect(self._put_away)
        window.installEventFilter(self)

    def somebody(self, session: object) -> None:
        """Who is signed in now; None for nobody."""
        self._signed_in = session is not None
        self._judge()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TURNS and watched is self._window:
            hidden = event.type() == QEvent.Type.Hide or self._window.isMinimized()
            if not hidden:
                self._timer.stop()
                self._away = False
                self._judge()
            elif not self._away and not self._timer.isActive():
                self._timer.start()
        return False

    def _put_away(self) -> None:
        self._away = True
        self._judge()

    def _judge(self) -> None:
        needed = self._signed_in and not self._away
        if needed is not self.needed:
            self.needed = needed
            self.changed.emit(needed)
