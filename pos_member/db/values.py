"""How values lie in the database: times as integer microseconds since 1970 UTC, days as ISO text, tuples as JSON.

Integers sort as times do and lose nothing; ISO text of a time does neither once some have a fraction and some not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import cast

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(at: datetime) -> int:
    """Microseconds since 1970 of an aware time. Raises ``TypeError`` for a naive one."""
    return (at - _EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    """The UTC time of ``to_us``."""
    return _EPOCH + timedelta(microseconds=us)


def to_us_or_none(at: datetime | None) -> int | None:
    """As ``to_us``; ``None`` stays."""
    return None if at is None else to_us(at)


def from_us_or_none(us: int | None) -> datetime | None:
    """As ``from_us``; ``None`` stays."""
    return None if us is None else from_us(us)


def to_day(day: date | None) -> str | None:
    """ISO text of a day; ``None`` stays."""
    return None if day is None else day.isoformat()


def from_day(text: str | None) -> date | None:
    """The day of ``to_day``."""
    return None if text is None else date.fromisoformat(text)


def to_texts(texts: Sequence[str]) -> str:
    """A tuple of texts as a JSON array."""
    return json.dumps(texts, ensure_ascii=False) if texts else "[]"


def from_texts(raw: str) -> tuple[str, ...]:
    """The tuple of ``to_texts``."""
    return () if raw == "[]" else tuple(cast(list[str], json.loads(raw)))
