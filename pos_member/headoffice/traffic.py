"""Who is being served now: what can wait steps aside for uploads, for a moment, and for large ones longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Traffic:
    """Counts the calls that are under way. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._all, self._large = _Calls(), _Calls()

    @contextmanager
    def served(self, *, large: bool = False) -> Iterator[None]:
        """One call, from its first byte read to its answer. ``large``: others of its kind most likely follow."""
        of = (self._all, self._large) if large else (self._all,)
        with self._changed:
            for calls in of:
                calls.busy += 1
        try:
            yield
        finally:
            with self._changed:
                for calls in of:
                    calls.busy -= 1
                    calls.ended_at = time.monotonic()
                self._changed.notify_all()

    def step_aside(self, timeout_s: float, quiet_s: float = 0.0, large_s: float = 0.0) -> bool:
        """Wait until nothing was under way for ``quiet_s``, no longer than ``timeout_s``, or ``large_s`` as long as
        there are large ones among it; whether it came to that.

        Who sends one call after another is not done in the moment between two of them.
        """
        began = time.monotonic()
        with self._changed:
            while True:
                now = time.monotonic()
                if self._all.quiet(now, quiet_s):
                    return True
                longest_s = timeout_s if self._large.quiet(now, quiet_s) else max(timeout_s, large_s)
                if now >= began + longest_s:
                    return False
                # Also looked at when the large ones may have become quiet while small ones go on.
                moments = [began + longest_s, self._all.quiet_at(quiet_s), self._large.quiet_at(quiet_s)]
                self._changed.wait(min(moment for moment in moments if moment > now) - now)


class _Calls:
    """Of one kind."""

    def __init__(self) -> None:
        self.busy = 0
        self.ended_at = float("-inf")

    def quiet_at(self, quiet_s: float) -> float:
        """When none was under way for so long, if nothing comes; minus infinity where one is."""
        return float("-inf") if self.busy else self.ended_at + quiet_s

    def quiet(self, now: float, quiet_s: float) -> bool:
        """Whether none was under way for so long."""
        return not self.busy and now >= self.quiet_at(quiet_s)
