"""Times as head office stores them: ISO 8601 in UTC, whole microseconds, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime


def stored(at: datetime) -> str:
    """``2026-11-21T12:00:00.000000Z``."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    parts = utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond
    # In half the time of ``isoformat`` and of an f-string: twice for every bill of all tills.
    return "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ" % parts  # noqa: UP031


def read(text: str) -> datetime:
    """The reverse of ``stored``."""
    return datetime.fromisoformat(text)
