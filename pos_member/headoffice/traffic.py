"""Who is being served now: what can wait steps aside for uploads, for a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Traffic:
    """Counts the calls that are under way. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy = 0
        self._ended_at = float("-inf")

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
                self._ended_at = time.monotonic()
                self._changed.notify_all()

    def step_aside(self, timeout_s: float, quiet_s: float = 0.0) -> bool:
        """Wait until nothing was under way for ``quiet_s``, no longer than ``timeout_s``; whether it came to that.

        Who sends one call after another is not done in the moment between two of them.
        """
        give_up_at = time.monotonic() + timeout_s
        with self._changed:
            while True:
                now = time.monotonic()
                quiet_at = self._ended_at + quiet_s
                if not self._busy and now >= quiet_at:
                    return True
                if now >= give_up_at:
                    return False
                self._changed.wait((give_up_at if self._busy else min(give_up_at, quiet_at)) - now)
