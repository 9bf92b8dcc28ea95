"""Frozen dataclasses to JSON and back, strictly: one codec for events, documents, programs and the feed.

Wire form: ``date`` and ``datetime`` as ISO 8601 (times in UTC with ``Z``), enums by value, ``Fraction`` as
``"3/2"``, tuples as arrays. Reading refuses what does not fit (wrong type, missing or unknown field, an integer
beyond 2**53, NUL or a lone surrogate in a text) with ``Refusal(PAYLOAD_INVALID, where=…)``.

A field made by ``optional_field`` is left out while it holds its default: facts that do not use it keep the bytes they
had before it existed.

A dataclass that newer builds may extend says itself which part of an object it can read, by a static method
``readable_part(data) -> data`` (``Program`` does); for all others an unknown field is an error. What head office sends
is read by ``from_feed``, which leaves unknown fields out at any depth; an event is a fact and is read strictly.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

from pos_member.domain.codec_fast import Generator, NotStraight
from pos_member.domain.errors import Reason, Refusal


class UnknownValue(Refusal):
    """Refused only because it holds a value of an enum that a newer build may know."""


T = TypeVar("T")
INTEGER_MAX = 2**53
_Reader = Callable[[Any, str], Any]
#: JSON from bytes; ``ValueError`` for what is none.
Parse = Callable[[bytes], Any]

_OPTIONAL = "left out while default"
_AS_IS = frozenset({str, int, bool, type(None)})
_NOT_STRAIGHT = (NotStraight, KeyError, TypeError, ValueError, OverflowError, Refusal)
_NO_SUCH_FIELD = "no such field"


def optional_field(*, default: Any = dataclasses.MISSING, default_factory: Any = dataclasses.MISSING) -> Any:
    """A dataclass field that ``to_wire`` leaves out while it equals its default."""
    metadata = {_OPTIONAL: True}
    if default_factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=default_factory, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def to_wire(value: object) -> Any:
    """``value`` as plain JSON data. Raises ``TypeError`` for a type that has no wire form."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if dataclasses.is_dataclass(kind):
        return _fast().write(value)
    if isinstance(value, bool | int | str) and not isinstance(value, Enum):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, tuple | list):
        return [to_wire(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_wire(item) for key, item in value.items()}
    raise TypeError(f"no wire form for {kind.__name__}")


def canonical_bytes(value: object) -> bytes:
    """The one byte string of ``value``: sorted keys, no spaces, UTF-8. What is hashed and chained."""
    return json.dumps(to_wire(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_wire(cls: type[T], data: Any, where: str = "") -> T:
    """A ``cls`` from JSON data. Raises ``Refusal(PAYLOAD_INVALID, where=path, want=…)``."""
    return typing.cast(T, _read(cls, data, where, newer=False))


def from_feed(cls: type[T], data: Any, where: str = "") -> T:
    """As ``from_wire``, from a head office that may be newer: fields that this build does not know are left out.

    Where a rule must be read whole or not at all, its class says by a static method ``shell(data) -> data`` what is
    left of one with such fields (``Program``, ``CouponDefinition``). Raises as ``from_wire`` for all else that does not
    fit.
    """
    return typing.cast(T, _read(cls, data, where, newer=True))


def _read(cls: Any, data: Any, where: str, *, newer: bool) -> Any:
    """The straight way where it goes; the long way reads what is newer, and names what is wrong."""
    path = where or str(cls.__name__)
    if dataclasses.is_dataclass(cls):
        try:
            return _fast().reader(cls)(data)
        except _NOT_STRAIGHT:
            return _reader(typing.cast(typing.Hashable, cls), newer)(data, path)
    return _reader(cls, newer)(data, path)


def from_bytes(cls: type[T], raw: bytes, parse: Parse = json.loads) -> T:
    """As ``from_wire``, from UTF-8 JSON. ``parse``: another reader of JSON that raises ``ValueError`` as this one."""
    return from_wire(cls, _json(cls, raw, parse))


def from_feed_bytes(cls: type[T], raw: bytes) -> T:
    """As ``from_feed``, from UTF-8 JSON."""
    return from_feed(cls, _json(cls, raw))


def _json(cls: type, raw: bytes, parse: Parse = json.loads) -> Any:
    try:
        return parse(raw)
    except (ValueError, RecursionError):
        raise _bad(cls.__name__, "JSON") from None


def _bad(where: str, want: str) -> Refusal:
    return Refusal(Reason.PAYLOAD_INVALID, where=where, want=want)


def _read_str(data: Any, where: str) -> str:
    if not isinstance(data, str):
        raise _bad(where, "text")
    if "\x00" in data or not (data.isascii() or _encodable(data)):
        raise _bad(where, "text without NUL or lone surrogates")
    return data


def _encodable(text: str) -> bool:
    """Whether it holds no lone surrogate: what UTF-8 cannot say. Much faster than looking at each character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_int(data: Any, where: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or abs(data) > INTEGER_MAX:
        raise _bad(where, "integer")
    return data


def _read_bool(data: Any, where: str) -> bool:
    if not isinstance(data, bool):
        raise _bad(where, "true or false")
    return data


def _read_datetime(data: Any, where: str) -> datetime:
    try:
        value = datetime.fromisoformat(_read_str(data, where))
        return value.astimezone(UTC) if value.tzinfo is not None else _raise(_bad(where, "time with a zone"))
    except (ValueError, OverflowError):
        raise _bad(where, "time") from None


def _raise(error: Exception) -> Any:
    raise error


def _read_date(data: Any, where: str) -> date:
    try:
        return date.fromisoformat(_read_str(data, where))
    except ValueError:
        raise _bad(where, "date") from None


def _read_fraction(data: Any, where: str) -> Fraction:
    if isinstance(data, int) and not isinstance(data, bool):
        return Fraction(_read_int(data, where))
    text = _read_str(data, where)
    try:
        if len(text) > 40 or "e" in text.lower():
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise _bad(where, 'number such as "3/2" or "1.5"') from None


def _read_any(data: Any, where: str) -> Any:
    return data


_SCALARS: dict[Any, _Reader] = {
    str: _read_str,
    int: _read_int,
    bool: _read_bool,
    datetime: _read_datetime,
    date: _read_date,
    Fraction: _read_fraction,
    object: _read_any,
    Any: _read_any,
}


@cache
def _reader(kind: Any, newer: bool = False) -> _Reader:
    if kind in _SCALARS:
        return _SCALARS[kind]
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional(kind, newer)
    if origin is tuple:
        return _sequence(get_args(kind)[0], newer)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(get_args(kind)[1], newer)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if dataclasses.is_dataclass(kind):
        return _whole_or_shell(kind) if newer and hasattr(kind, "shell") else _dataclass(kind, newer)
    raise TypeError(f"no wire form for {kind!r}")


def _optional(kind: Any, newer: bool) -> _Reader:
    inner = [arg for arg in get_args(kind) if arg is not types.NoneType]
    if len(inner) != 1:
        raise TypeError(f"no wire form for {kind!r}")
    read = _reader(inner[0], newer)
    return lambda data, where: None if data is None else read(data, where)


def _sequence(item: Any, newer: bool) -> _Reader:
    read = _reader(item, newer)

    def run(data: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise _bad(where, "list")
        return tuple(read(value, f"{where}[{i}]") for i, value in enumerate(data))

    return run


def _mapping(item: Any, newer: bool) -> _Reader:
    read = _reader(item, newer)

    def run(data: Any, where: str) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise _bad(where, "object")
        return {_read_str(key, where): read(value, f"{where}.{key}") for key, value in data.items()}

    return run


def _enum(kind: type[Enum]) -> _Reader:
    values = {member.value: member for member in kind}

    def run(data: Any, where: str) -> Enum:
        want = " | ".join(str(value) for value in values)
        if isinstance(data, bool) or not isinstance(data, str | int):
            raise _bad(where, want)
        if data not in values:
            raise UnknownValue(Reason.PAYLOAD_INVALID, where=where, want=want)
        return values[data]

    return run


def _whole_or_shell(kind: Any) -> _Reader:
    read = _dataclass(kind, newer=False)

    def run(data: Any, where: str) -> Any:
        try:
            return read(data, where)
        except Refusal as refusal:
            if refusal.params.get("want") != _NO_SUCH_FIELD:
                raise
            return read(kind.shell(data), where)

    return run


def _dataclass(kind: Any, newer: bool) -> _Reader:
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind) if field.init}
    required = {
        name
        for name, field in fields.items()
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    readable_part = getattr(kind, "readable_part", None)
    # Readers of the fields are found at first use, so that a dataclass may contain itself.
    readers: dict[str, _Reader] = {}

    def run(data: Any, where: str) -> Any:
        if not isinstance(data, dict):
            raise _bad(where, "object")
        if not readers:
            readers.update({name: _reader(hints[name], newer) for name in fields})
        if readable_part is not None:
            data = readable_part(data)
        unknown = data.keys() - readers.keys()
        if unknown and not newer:
            raise _bad(f"{where}.{min(map(str, unknown))}", _NO_SUCH_FIELD)
        if unknown:
            data = {name: value for name, value in data.items() if name in readers}
        missing = required - data.keys()
        if missing:
            raise _bad(f"{where}.{min(missing)}", "a value")
        return kind(**{name: readers[name](value, f"{where}.{name}") for name, value in data.items()})

    return run


@cache
def _fast() -> Generator:
    return Generator(lambda kind, data: _reader(kind)(data, ""), to_wire)
