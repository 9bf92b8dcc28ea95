"""What one run saw of a snapshot's parts on their way to the disk: enough to know them again without opening them."""

from __future__ import annotations

import hashlib
import threading
import zlib
from typing import BinaryIO

#: So many parts may wait for the one before them; after more than that the whole is hashed from the disk instead.
_EARLY_MAX = 3


class Arrivals:
    """Of one snapshot. Thread-safe; parts may be sealed several at a time, and come again.

    A sum of what was written tells a page that changed on the disk since. It is no seal: that is in every page, and the
    library looks at it whenever it reads one.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._whole, self._following = hashlib.sha256(), 0
        self._early: dict[int, bytes] = {}
        self._sums: dict[int, int] = {}

    def note(self, number: int, plain: bytes, written: int) -> None:
        """Part ``number`` (from 0) is on the disk; ``written``: ``zlib.crc32`` of its sealed pages."""
        with self._turn:
            self._sums[number] = written
            if number == self._following or (number > self._following and len(self._early) < _EARLY_MAX):
                self._early[number] = plain
            while (ready := self._early.pop(self._following, None)) is not None:
                self._whole.update(ready)
                self._following += 1

    def sha256(self, parts: int) -> str | None:
        """Of the whole, in hex; ``None`` where this run did not see all of its ``parts``."""
        return self._whole.hexdigest() if self._following == parts else None

    def lie_there(self, file: BinaryIO, number: int, size: int, at_once: int) -> bool:
        """Whether the next ``size`` bytes of ``file`` are what was written of part ``number``."""
        found, left = 0, size
        while left and (piece := file.read(min(left, at_once))):
            found = zlib.crc32(piece, found)
            left -= len(piece)
        return not left and found == self._sums.get(number)
