"""The printer's time: the machine's own, or one that stands still until it is told to go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

MS = 1_000_000
SECOND = 1_000_000_000


class Clock(Protocol):
    """Nanoseconds since some moment, and how long to sleep until another."""

    def now(self) -> int:
        """Nanoseconds; never goes back."""
        ...

    def wait_s(self, until: int) -> float | None:
        """Seconds to wait until ``until``; None = until woken."""
        ...

    def on_change(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` whenever waiting may have become shorter than was said."""
        ...


class RealClock:
    """The machine's monotonic clock."""

    def now(self) -> int:
        """Nanoseconds."""
        return time.monotonic_ns()

    def wait_s(self, until: int) -> float | None:
        """Seconds left, not less than none."""
        return max(0, until - time.monotonic_ns()) / SECOND

    def on_change(self, wake: Callable[[], None]) -> None:
        """It goes by itself: nobody needs waking."""


class ManualClock:
    """Time for tests: it moves by ``advance`` alone, so that a slow head costs no waiting. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self._wakers: list[Callable[[], None]] = []

    def now(self) -> int:
        """Nanoseconds since it was made, as far as it was moved."""
        with self._lock:
            return self._now

    def wait_s(self, until: int) -> float | None:
        """None: whoever waits is woken by ``advance``; 0 where the moment has come."""
        return 0 if until <= self.now() else None

    def on_change(self, wake: Callable[[], None]) -> None:
        """Called after each ``advance``, on the thread that advances."""
        with self._lock:
            self._wakers.append(wake)

    def advance(self, ms: int) -> None:
        """Move on by ``ms`` milliseconds."""
        if ms < 0:
            raise ValueError("time does not go back")
        with self._lock:
            self._now += ms * MS
            wakers = tuple(self._wakers)
        for wake in wakers:
            wake()
