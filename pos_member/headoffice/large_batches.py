"""Large batches are taken in a few at a time, each from its reading to its commit.

Side by side they would all be done when the last one is, and on the way hand the interpreter's lock to and fro.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Bodies beyond this size are large.
LARGE_BYTES = 100_000
#: Where there is one writer anyway, and where a server works on several batches.
_ONE_WRITER, _SERVER = 1, 3


def nobody_waits() -> None:
    """To leave no place: of a call that took none."""


class LargeBatches:
    """The places. Thread-safe. ``one_writer``: batches are written one after another whatever is done here;
    ``read_apart``: another process reads them, one while one is written."""

    def __init__(self, *, one_writer: bool, read_apart: bool = False) -> None:
        self._free = threading.BoundedSemaphore((_ONE_WRITER if one_writer else _SERVER) + read_apart)

    @contextmanager
    def place(self) -> Iterator[Callable[[], None]]:
        """A place until the end of the block, or until what it gives is called: the rest is waiting for the disk, and
        the next one is read meanwhile."""
        self._free.acquire()
        taken = True

        def leave() -> None:
            nonlocal taken
            if taken:
                taken = False
                self._free.release()

        try:
            yield leave
        finally:
            leave()
