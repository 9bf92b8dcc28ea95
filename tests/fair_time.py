"""How long something took, without the time in which the machine had no processor for it.

"Told within a third of a second" is a promise of the product on a machine that lets it run; a test machine runs other
things as well. Linux counts, for each thread, how long it stood ready and was not let run: that is left out. Elsewhere
nothing is, and the promise is held to the wall clock.
"""

from __future__ import annotations

import time
from pathlib import Path

_THREADS = Path("/proc/self/task")


class FairTime:
    """Runs from its making on. Ask before a thread that was part of it ends: what that one waited is forgotten then."""

    def __init__(self) -> None:
        self._held_up = _held_up()
        self._began_s = time.monotonic()

    @property
    def passed_s(self) -> float:
        """By the wall clock."""
        return time.monotonic() - self._began_s

    @property
    def took_s(self) -> float:
        """Without the time in which threads of this process stood ready and were not let run."""
        passed_s = self.passed_s
        held_up_ns = sum(now - self._held_up.get(thread, 0) for thread, now in _held_up().items())
        return passed_s - held_up_ns / 1e9


def _held_up() -> dict[str, int]:
    """Nanoseconds so far of each thread of this process."""
    found = {}
    for thread in _THREADS.glob("*/schedstat"):
        try:
            found[thread.parent.name] = int(thread.read_text(encoding="ascii").split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended just now
    return found
