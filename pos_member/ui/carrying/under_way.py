"""Work with a stick from the press of a button to its end: waiting for its lane, at work, asked to stop.

Its outcome is always told: a stop that came too late has stopped nothing, and the page must not say it had.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from pos_member.ui.tasks import Job

T = TypeVar("T")


class UnderWay:
    """One piece of work. ``begun`` and ``stopping`` may be read on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun = self._stop = False
        self.job: Job | None = None

    @property
    def begun(self) -> bool:
        """Whether the lane came to it."""
        return self._begun

    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop

    def work(self, do: Callable[[Callable[[int, int], None], Callable[[], bool]], T]) -> Callable[[Job], T | None]:
        """For ``run_long``: ``do(tell, stopping)``, unless it was stopped before it began."""

        def on_the_lane(job: Job) -> T | None:
            with self._lock:
                if self._stop:
                    return None
                self._begun = True
            return do(job.progress, self.stopping)

        return on_the_lane

    def stop(self) -> bool:
        """Ask it to stop. ``True``: it had not begun, and never will; else its outcome tells what became of it."""
        with self._lock:
            self._stop = True
            waited = not self._begun
        if waited and self.job is not None:
            self.job.cancel()
        return waited
