"""Python's cycle collector, on the UI thread only.

The collector runs on whichever thread happens to allocate. Where that is a lane, a forgotten cycle with a widget in it
would be destroyed off the UI thread, and Qt crashes. So it is switched off and driven by a timer here.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1_000
#: The whole heap is looked at once in so many rounds; the young generations take well under a millisecond.
_FULL_EVERY = 300


class UiGarbage(QObject):
    """Make one when the application starts. ``stop`` gives the collector back (tests)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._rounds = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_EVERY_MS)

    def collect(self) -> None:
        """One round: the young, now and then the older, rarely all."""
        self._rounds += 1
        counts, limits = gc.get_count(), gc.get_threshold()
        if self._rounds % _FULL_EVERY == 0:
            gc.collect()
        elif counts[1] > limits[1]:
            gc.collect(1)
        elif counts[0] > limits[0]:
            gc.collect(0)

    def settle(self) -> None:
        """What is there now stays: the program itself, which no later round needs to look at again."""
        gc.freeze()

    def stop(self) -> None:
        """Back to Python's own ways."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
