"""How values lie in the database: times as integer microseconds since 1970 UTC, days as ISO text, tuples as JSON.

Integers sort as times do and lose nothing; ISO text of a time does neither once some have a fraction and some not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar, cast

from pos_member.domain.codec import canonical_bytes, from_wire

T = TypeVar("T")

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
    return () if raw in ("[]", "") else tuple(cast(list[str], json.loads(raw)))


def to_json(value: object) -> str:
    """A value with a wire form as JSON; ``None`` and what is empty as nothing, so that plain rows stay small."""
    if value is None or (isinstance(value, tuple | Mapping) and not value):
        return ""
    return canonical_bytes(value).decode()


def from_json(cls: type[T], raw: str) -> T | None:
    """The ``cls`` of ``to_json``."""
    return from_wire(cls, json.loads(raw)) if raw else None


def from_json_list(cls: type[T], raw: str) -> tuple[T, ...]:
    """The tuple of ``cls`` of ``to_json``."""
    return tuple(from_wire(cls, each) for each in json.loads(raw)) if raw else ()


def from_json_counts(raw: str) -> dict[str, int]:
    """The whole numbers by name of ``to_json``."""
    return cast(dict[str, int], json.loads(raw)) if raw else {}
