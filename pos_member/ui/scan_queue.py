"""Scans that came too early (the database is not open, nobody is signed in): kept, and handed on in order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A reader left in continuous mode must not fill the memory. Nobody scans as many in the time they are kept for.
KEPT_MAX = 200
#: A scan older than this belonged to another customer.
KEPT_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class Kept:
    """A scan and when it came."""

    text: str
    at: datetime


class ScanQueue:
    """First in, first out; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._kept: deque[Kept] = deque(maxlen=KEPT_MAX)

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, text: str, at: datetime) -> None:
        """One more."""
        self._kept.append(Kept(text, at))

    def take(self, now: datetime) -> list[Kept]:
        """All that are not too old; the queue is empty afterwards."""
        found = [kept for kept in self._kept if now - kept.at <= KEPT_FOR]
        self._kept.clear()
        return found
