"""A serial port that is listened to while it is tried; it is let go whatever happens in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from pos_member.domain.readers import ReaderSetup, SerialReport

if TYPE_CHECKING:
    from pos_member.ui.ports import ReaderAdmin


class Listening(QObject):
    """``begin`` and ``end`` run on a lane; ``let_go`` may come first: what opens after it is closed at once."""

    #: A ``SerialReport``, on the window's thread.
    heard = Signal(object)
    _came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._ends: Callable[[], None] | None = None
        self._gone = False
        self._came.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def begin(self, admin: ReaderAdmin, setup: ReaderSetup) -> None:
        """Open the port. Raises ``EnvironmentProblem(READER_ABSENT | READER_BUSY)``."""
        ends = admin.listen(setup, self._hear)
        with self._lock:
            if not self._gone:
                self._ends = ends
                return
        ends()

    def let_go(self) -> None:
        """Nobody listens any more; any thread, does not wait."""
        with self._lock:
            self._gone = True

    def end(self) -> None:
        """Close the port."""
        with self._lock:
            self._gone = True
            ends, self._ends = self._ends, None
        if ends is not None:
            ends()

    def ended(self, nothing: None) -> None:
        """The port is closed: nothing is left to be kept."""
        self.deleteLater()

    def _hear(self, report: SerialReport) -> None:
        if not self._gone:
            self._came.emit(report)

    def _tell(self, report: SerialReport) -> None:
        if not self._gone:
            self.heard.emit(report)
