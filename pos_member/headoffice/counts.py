"""What happened since the start, counted by every worker, told by any of them.

Workers behind one socket share a file in memory: each counts in a row of its own, and whoever is asked adds them up.
A worker that is started anew goes on in the row of the one before, so that what was counted never goes back.
"""

from __future__ import annotations

import mmap
import threading
from bisect import bisect_left
from pathlib import Path

from pos_member.headoffice.calls import NAMES, Lane

STATUSES = ("2xx", "3xx", "4xx", "429", "500", "503", "cut")
#: Upper ends of the classes of how long a request took.
BUCKETS_MS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
FATES = ("applied", "duplicate", "quarantined")
#: Numbers of one row.
CELLS = 1_024
_BYTES = 8


def status_class(status: int) -> str:
    """One of ``STATUSES``; 0 is a request that was cut off."""
    if status == 0:
        return "cut"
    return str(status) if status in (429, 500, 503) else f"{status // 100}xx"


def _cells() -> dict[str, int]:
    """Where each number stands."""
    names = [f"requests:{call}:{status}" for call in NAMES for status in STATUSES]
    names += [f"took:{call}:{n}" for call in NAMES for n in range(len(BUCKETS_MS) + 1)]
    names += [f"took_ms:{call}" for call in NAMES]
    names += [f"{what}:{lane}" for lane in Lane for what in ("at_work", "waiting", "refused")]
    names += [f"events:{fate}" for fate in FATES]
    names += ["connections", "begun_anew"]
    assert len(names) <= CELLS  # told at the first import
    return {name: n for n, name in enumerate(names)}


_AT = _cells()
#: What is so now, and not a sum: a worker that starts has none of it.
_NOW = [name for name in _AT if name.startswith(("at_work", "waiting", "connections"))]


class Counts:
    """Counters of one worker, in row ``row`` of the file ``path``; without one, of this process alone. Thread-safe."""

    def __init__(self, path: Path | None = None, row: int = 0) -> None:
        self._lock = threading.Lock()
        self._start = row * CELLS
        if path is None:
            self._memory = mmap.mmap(-1, CELLS * _BYTES)
        else:
            with path.open("r+b") as file:
                self._memory = mmap.mmap(file.fileno(), 0)
        self._numbers = memoryview(self._memory).cast("q")
        for name in _NOW:
            self._numbers[self._start + _AT[name]] = 0

    @staticmethod
    def make(path: Path, rows: int) -> None:
        """An empty file for ``rows`` workers."""
        path.write_bytes(bytes(rows * CELLS * _BYTES))

    def add(self, name: str, by: int = 1) -> None:
        """Count. Raises ``KeyError`` for a name that is none."""
        at = self._start + _AT[name]
        with self._lock:
            self._numbers[at] += by

    def request(self, call: str, status: int, took_ms: int) -> None:
        """A request is over."""
        self.add(f"requests:{call}:{status_class(status)}")
        self.add(f"took:{call}:{bisect_left(BUCKETS_MS, took_ms)}")
        self.add(f"took_ms:{call}", took_ms)

    def total(self, name: str) -> int:
        """The sum over all workers."""
        return sum(self._numbers[_AT[name] :: CELLS])
