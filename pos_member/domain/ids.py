"""Client-made, time-ordered ids (UUIDv7, RFC 9562): made offline, unique, and sorted by time."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable

from pos_member.domain.clock import Clock

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

#: Makes a new id. A port in its simplest form: tests hand in a counter.
NewId = Callable[[], str]


def uuid7(unix_ms: int, random_bits: int) -> str:
    """A UUIDv7 from milliseconds since 1970 and 74 random bits, as 36 lower-case characters."""
    value = (unix_ms & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | ((random_bits >> 62) & 0xFFF) << 64
    value |= 0b10 << 62 | (random_bits & ((1 << 62) - 1))
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_id(text: str) -> bool:
    """Whether ``text`` has the form of an id."""
    return _UUID.fullmatch(text) is not None


_RANDOM_BITS = 74
#: Within a millisecond the random part moves on by up to this many bits (RFC 9562, section 6.2, method 2).
_STEP_BITS = 32


class IdMaker:
    """Ids that only go forwards within a process, within a millisecond too, even when the clock goes back."""

    def __init__(self, clock: Clock, random_bits: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._lock = threading.Lock()
        self._last_ms = -1
        self._last_bits = 0

    def __call__(self) -> str:
        with self._lock:
            now_ms = int(self._clock.now().timestamp() * 1000)
            bits = self._last_bits + 1 + self._random_bits(_STEP_BITS)
            if now_ms > self._last_ms or bits >> _RANDOM_BITS:
                self._last_ms = max(now_ms, self._last_ms + 1)
                bits = self._random_bits(_RANDOM_BITS)
            self._last_bits = bits
            return uuid7(self._last_ms, bits)
