"""How fast bytes go: a bucket of what may be sent now, filled at the limit's pace (``LineSetup``)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pos_member.domain.line_setup import LineSetup

#: What may go at once after a pause: a second's worth, so that an answer of some kilobytes does not trickle.
_BURST_S = 1.0
_STEP_BYTES_MIN = 1 << 10
_STEP_BYTES_MAX = 1 << 16


class Pace:
    """A limit in bytes a second, 0 for none, of one direction of all of a till's lines together. Thread-safe.

    ``wait`` sleeps some seconds; it may return early (the till is being closed).
    """

    def __init__(
        self,
        bytes_s: Callable[[], int],
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._bytes_s = bytes_s
        self._clock = clock
        self._wait = wait or threading.Event().wait
        self._level = 0.0
        self._at = clock()
        self._lock = threading.Lock()

    def step(self) -> int:
        """How many bytes to handle at a time: some four steps a second under a limit."""
        limit = self._bytes_s()
        return min(_STEP_BYTES_MAX, max(_STEP_BYTES_MIN, limit // 4)) if limit else _STEP_BYTES_MAX

    def spend(self, count: int) -> float:
        """``count`` bytes go now; waits first until that keeps to the limit. Returns the seconds waited."""
        limit = self._bytes_s()
        with self._lock:
            seconds = self._owed_s(count, limit)
        if seconds:
            self._wait(seconds)
        return seconds

    def _owed_s(self, count: int, limit: int) -> float:
        now = self._clock()
        if not limit:
            self._level, self._at = 0.0, now
            return 0.0
        self._level = min(limit * _BURST_S, self._level + (now - self._at) * limit) - count
        self._at = now
        return max(0.0, -self._level / limit)


def both_ways(setup: Callable[[], LineSetup]) -> tuple[Pace, Pace]:
    """Up and down, each by what is set now."""
    return Pace(lambda: setup().upload_bytes_s), Pace(lambda: setup().download_bytes_s)


class PacedBody:
    """A body that is read at a pace; ``requests`` asks for its length and reads it in pieces."""

    def __init__(self, data: bytes, pace: Pace) -> None:
        self._data = memoryview(data)
        self._pace = pace
        self._at = 0

    def __len__(self) -> int:
        return len(self._data)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most ``size``, once they may go."""
        step = self._pace.step()
        upto = min(len(self._data), self._at + (step if size < 0 else min(size, step)))
        part = bytes(self._data[self._at : upto])
        self._at = upto
        if part:
            self._pace.spend(len(part))
        return part
