"""Two readers, one card: what the camera and the reader in the hand both see counts once."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

from pos_member.domain.scan_meaning import ScanMeaning

#: How long the same code from another reader is the same scan (seconds).
SAME_SCAN_S = 0.5
_KEPT_MAX = 32


class Source(StrEnum):
    """Where a text came from. Each reader keeps its own repeats back; between two of them nobody else can."""

    KEYS = "keys"  # a reader that types
    LINE = "line"  # the camera, a serial reader


class ScanGate:
    """Lets a scan through, or not. ``monotonic``: seconds by a clock that nobody sets."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = monotonic
        self._passed: dict[tuple[str, str], tuple[Source, float]] = {}
        self._last: tuple[str, str] | None = None

    def passes(self, meaning: ScanMeaning, source: Source) -> bool:
        """Whether this is a scan of its own. A different code passes at once."""
        now = self._now()
        # Readers dress the same code differently; what it means is the same.
        code = (meaning.kind.value, meaning.code)
        before, at = self._passed.get(code, (source, now - SAME_SCAN_S))
        # Camera and serial reader come in by one way: there the same code twice in a row is the same card.
        twice = before is not source or (source is Source.LINE and self._last == code)
        if twice and 0 <= now - at < SAME_SCAN_S:
            return False
        self._passed.pop(code, None)
        self._passed[code] = (source, now)
        self._last = code
        while len(self._passed) > _KEPT_MAX:
            del self._passed[next(iter(self._passed))]
        return True
