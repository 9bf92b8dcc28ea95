"""Screens built before they are asked for, a piece at a time, while nobody types.

The first opening of a screen would hold the window up for the time it takes to build (20 to 70 ms of computing). So
the pieces are built one per quiet moment once the window is up; whoever is quicker than that gets the screen built at
once, as before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer

#: Nobody touched anything for so long, and then one piece.
_QUIET_MS = 300
#: What is urgent waits only for the end of a reader's burst: a piece built inside one would tear it apart.
_BURST_MS = 120
#: Between two pieces: what came meanwhile is handled and painted first.
_PAUSE_MS = 25
_TOUCHED = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin})


class BuildAhead(QObject):
    """``begin`` once the window is up. Install it on the window's handle, so that it sees who types.

    ``busy`` says whether something more urgent is under way.
    """

    def __init__(self, busy: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._busy = busy
        self._pieces: deque[Callable[[], object]] = deque()
        self._urgent = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._build)

    def begin(self, urgent: list[Callable[[], object]], pieces: list[Callable[[], object]]) -> None:
        """Build ``urgent`` at once, but a piece at a time; ``pieces`` in quiet moments."""
        self._urgent = len(urgent)
        self._pieces.extend((*urgent, *pieces))
        self._timer.start(0)

    @property
    def left(self) -> int:
        """How many pieces are still to be built."""
        return len(self._pieces)

    def stop(self) -> None:
        """No more: the window closes."""
        self._pieces.clear()
        self._timer.stop()

    def _build(self) -> None:
        if not self._pieces:
            return
        if self._urgent <= 0 and self._busy():
            self._timer.start(_QUIET_MS)
            return
        self._pieces.popleft()()
        self._urgent -= 1
        if self._pieces:
            self._timer.start(_PAUSE_MS if self._urgent <= 0 else 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._pieces and event.type() in _TOUCHED:
            self._timer.start(_QUIET_MS if self._urgent <= 0 else _BURST_MS)
        return False
