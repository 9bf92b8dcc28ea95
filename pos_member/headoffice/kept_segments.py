"""Segments as they were sent: what a thousand tills ask for is read and packed once.

After a mass import every till reads the same segments within seconds; one costs tens of milliseconds to read and to
write out, and some kilobytes to keep. Bounded in bytes; what was asked for longest ago goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

#: Of one worker; packed, a segment takes 30 to 60 KB.
KEPT_BYTES_MAX = 32 << 20
#: A body as it is sent, with the headers that go with it.
Packed = tuple[bytes, dict[str, str]]
#: Number, mark of its last position (another history of head office has another one), encoding.
Key = tuple[int, str, str]


class KeptSegments:
    """Thread-safe. Several who ask for one that is not here wait for the first, who makes it."""

    def __init__(self, bytes_max: int = KEPT_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        self._making: dict[Key, threading.Lock] = {}
        self._kept: OrderedDict[Key, Packed] = OrderedDict()
        self._bytes = 0

    @property
    def kept_bytes(self) -> int:
        """How much is kept now."""
        return self._bytes

    def get(self, key: Key, make: Callable[[], Packed]) -> Packed:
        """What is kept under ``key``, or what ``make`` gives. Raises as ``make``; nothing is kept then."""
        with self._lock:
            if (known := self._known(key)) is not None:
                return known
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if (known := self._known(key)) is not None:
                    return known
            try:
                made = make()
                with self._lock:
                    self._keep(key, made)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made

    def _known(self, key: Key) -> Packed | None:
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
        return known

    def _keep(self, key: Key, made: Packed) -> None:
        gone = self._kept.pop(key, None)
        self._kept[key] = made
        self._bytes += len(made[0]) - (len(gone[0]) if gone else 0)
        while self._bytes > self._bytes_max:
            _, (body, _) = self._kept.popitem(last=False)
            self._bytes -= len(body)
