"""How long the UI thread was away: gaps of a fast timer, while the probe is on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer

_TICK_MS = 2
FRAME_MS = 16.0
BLOCKED_MS = 50.0


class LoopProbe(QObject):
    """Ticks every 2 ms on the UI thread. A gap beyond a tick is time in which no key or paint was handled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ticks = 0
        self.worst_ms = 0.0
        self.over_frame = 0
        self.over_blocked = 0
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin, or go on after ``stop``."""
        self._last = time.perf_counter()
        self._timer.start(_TICK_MS)

    def stop(self) -> None:
        """Do not look: what comes now is not the till's own work."""
        self._timer.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Screenshots and the script's own arithmetic are not the till's."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        gap_ms = (now - self._last) * 1000 - _TICK_MS
        self._last = now
        self.ticks += 1
        self.worst_ms = max(self.worst_ms, gap_ms)
        self.over_frame += gap_ms > FRAME_MS
        self.over_blocked += gap_ms > BLOCKED_MS
