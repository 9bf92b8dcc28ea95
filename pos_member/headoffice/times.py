"""Times as head office stores them: ISO 8601 in UTC, whole microseconds, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime


def stored(at: datetime) -> str:
    """``2026-11-21T12:00:00.000000Z``."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def read(text: str) -> datetime:
    """The reverse of ``stored``."""
    return datetime.fromisoformat(text)
