"""Who is being served now: what can wait steps aside for uploads, for a moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Traffic:
    """Counts the calls that are under way. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy = 0

    @contextmanager
    def served(self) -> Iterator[None]:
        """One call, from its first byte read to its answer."""
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def step_aside(self, timeout_s: float) -> bool:
        """Wait until nothing is under way, no longer than ``timeout_s``; whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy == 0, timeout_s)
