"""Writers of one process take turns, and who is in no hurry lets the others go first.

SQLite has one writer at a time, and its own waiting is polling and unfair. Without an order a till with one sale stood
behind every till that was sending three days of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Who is in no hurry is let in after this like everybody else: putting off is not putting away.
PATIENCE_S = 2.0


class Turns:
    """One turn at a time. Thread-safe; not to be taken twice by one thread."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._hurried = 0
        self._patience_s = patience_s
        self._thread = threading.local()

    @contextmanager
    def later(self) -> Iterator[None]:
        """What this thread writes in the block is in no hurry."""
        before, self._thread.later = getattr(self._thread, "later", False), True
        try:
            yield
        finally:
            self._thread.later = before

    def take(self, timeout_s: float) -> bool:
        """Wait for a turn, no longer than ``timeout_s``; whether it came. Then ``give_back`` is owed."""
        give_up_at = time.monotonic() + timeout_s
        with self._changed:
            if getattr(self._thread, "later", False):
                soon = min(give_up_at, time.monotonic() + self._patience_s)
                if self._wait(lambda: not self._taken and not self._hurried, soon):
                    return True
            self._hurried += 1
            try:
                return self._wait(lambda: not self._taken, give_up_at)
            finally:
                self._hurried -= 1

    def _wait(self, free: Callable[[], bool], until: float) -> bool:
        came = self._changed.wait_for(free, max(0.0, until - time.monotonic()))
        self._taken = self._taken or came
        return came

    def give_back(self) -> None:
        """The turn is over."""
        with self._changed:
            self._taken = False
            self._changed.notify_all()
