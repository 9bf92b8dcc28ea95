"""One event of every kind with every field filled, and one as bare as it can be: what the golden files hold.

``python -m tests.domain.golden_make`` writes those that are missing. A file that is there is never written again: it is
what shipped.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from pos_member.domain import codec, events
from pos_member.domain.events import EventKind

FOLDER = Path(__file__).parent / "golden_events"
_SCALARS: dict[Any, Any] = {
    str: "ข้อความ text",
    int: 7,
    bool: True,
    datetime: datetime(2026, 11, 21, 7, 5, 3, 250_000, tzinfo=UTC),
    date: date(2026, 11, 21),
    Fraction: Fraction(3, 2),
}


def filled(kind: Any, name: str = "") -> Any:
    """A value of a type with nothing left out: tuples of one, the last value of an enum, no ``None``."""
    if kind in _SCALARS:
        return name if kind is str and name else _SCALARS[kind]
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return filled(next(arg for arg in typing.get_args(kind) if arg is not types.NoneType), name)
    if origin is tuple:
        return (filled(typing.get_args(kind)[0], name),)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {"key": filled(typing.get_args(kind)[1], name)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        made = {each.name: filled(hints[each.name], each.name) for each in dataclasses.fields(kind) if each.init}
        return typing.cast(Any, kind)(**made)
    raise TypeError(kind)


def bare(kind: Any) -> Any:
    """As ``filled``, with every optional field at its default and every tuple empty: the shortest form on the wire."""
    whole = filled(kind)
    hints = typing.get_type_hints(kind)
    empty: dict[str, Any] = {}
    for each in dataclasses.fields(kind):
        if each.default is not dataclasses.MISSING:
            empty[each.name] = each.default
        elif each.default_factory is not dataclasses.MISSING:
            empty[each.name] = each.default_factory()
        elif typing.get_origin(hints[each.name]) is tuple:
            empty[each.name] = ()
        elif types.NoneType in typing.get_args(hints[each.name]):
            empty[each.name] = None
    return dataclasses.replace(whole, **empty)


def name_of(kind: EventKind, version: int, form: str) -> str:
    return f"{kind.value}.v{version}.{form}.json"


def write_missing() -> list[Path]:
    """Files for what has none yet."""
    FOLDER.mkdir(exist_ok=True)
    made = []
    for (kind, version), cls in events.PAYLOADS.items():
        for form, value in (("full", filled(cls)), ("bare", bare(cls))):
            path = FOLDER / name_of(kind, version, form)
            if not path.exists():
                path.write_bytes(codec.canonical_bytes(value))
                made.append(path)
    return made


if __name__ == "__main__":
    write_missing()
