"""How much of the shop's line to head office a till may use, and when: its own setting, kept in ``till.json``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

KBIT_MAX = 1_000_000
#: Below this a batch of bills would not be through before head office gives up on it.
KBIT_MIN = 16
LARGE_MB_MAX = 10_000
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class LineSetup:
    """Limits in kbit/s (0: none). ``night_from`` and ``night_to``: ``22:00`` and ``06:00`` by the shop's clock, both
    empty for any time: outside it what is ``large_mb`` or more and can wait does wait. Bills never do.

    What a cashier asks head office with a customer waiting (a kilobyte or two at a time) is not held back.
    """

    upload_kbit: int = 0
    download_kbit: int = 0
    night_from: str = ""
    night_to: str = ""
    large_mb: int = 20

    def __post_init__(self) -> None:
        for kbit in (self.upload_kbit, self.download_kbit):
            if kbit and not KBIT_MIN <= kbit <= KBIT_MAX:
                raise ValueError(f"{kbit} kbit/s: from {KBIT_MIN} to {KBIT_MAX}, or 0 for none")
        if bool(self.night_from) != bool(self.night_to) or self.night_from == self.night_to != "":
            raise ValueError("a night has a beginning and another end")
        for text in (self.night_from, self.night_to):
            if text and _TIME.fullmatch(text) is None:
                raise ValueError(f"no time of day: {text!r}")
        if not 1 <= self.large_mb <= LARGE_MB_MAX:
            raise ValueError(f"{self.large_mb} MB: from 1 to {LARGE_MB_MAX}")

    @property
    def upload_bytes_s(self) -> int:
        """Bytes a second upwards; 0: no limit."""
        return self.upload_kbit * 125

    @property
    def download_bytes_s(self) -> int:
        """Bytes a second downwards; 0: no limit."""
        return self.download_kbit * 125

    def is_large(self, size_bytes: int) -> bool:
        """Whether a download of this size is one that waits for the night."""
        return size_bytes >= self.large_mb * 1_000_000

    def is_night(self, at: datetime, zone: str) -> bool:
        """Whether large things may come at ``at`` (aware); always where no night is set. The last minute is out."""
        if not self.night_from:
            return True
        first, last = time.fromisoformat(self.night_from), time.fromisoformat(self.night_to)
        here = at.astimezone(ZoneInfo(zone)).time()
        return first <= here < last if first < last else here >= first or here < last
