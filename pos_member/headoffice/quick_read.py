"""What tills send, read in one go: JSON to checked values without plain objects in between.

For every dataclass a mirror is made that ``msgspec`` fills and checks as it parses: types, unknown and missing fields,
integers within 2**53, enums, lone surrogates. From the mirror the dataclass is made. ``codec`` says what fits and names
what does not; this module only says yes quickly. Whatever it cannot take, for whatever reason, it leaves to ``codec``,
which reads it anew. Days and times go through the very functions of ``codec``, for parsers differ there.
"""

from __future__ import annotations

import dataclasses
import threading
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
import orjson

from pos_member.domain import codec
from pos_member.domain.codec import INTEGER_MAX
from pos_member.domain.codec_fast import NotStraight, moment

T = TypeVar("T")
_Maker = Callable[[Any], Any]
_INTEGER = Annotated[int, msgspec.Meta(ge=-INTEGER_MAX, le=INTEGER_MAX)]
#: Of a text that the strict codec refuses; where it is not meant as one, the codec says so.
_NUL, _ESCAPE = b"\\u0000", b"\\"
_LEFT = (NotStraight, msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


def read(cls: type[T], raw: bytes, as_found: tuple[str, ...] = ()) -> T:
    """As ``codec.from_bytes``. Raises ``Refusal(PAYLOAD_INVALID)`` as that does.

    ``as_found``: fields of ``cls`` that hold dataclasses without days and times. They are checked as all others, and
    may be left as values that have the same fields and are not of their class: for who only looks at them.
    """
    quick = _quick(cls, as_found)
    # One byte is found ten times faster than six, and most bills have none.
    if quick is None or (_ESCAPE in raw and _NUL in raw):
        return codec.from_bytes(cls, raw, orjson.loads)
    try:
        return typing.cast(T, quick(raw))
    except _LEFT:
        return codec.from_bytes(cls, raw, orjson.loads)


class _NoMirror(Exception):
    """This type is left to ``codec``."""


#: One at a time is made: while ``msgspec`` learns the fields of a mirror, a second thread that makes a decoder of it
#: gets one with fields that are not there yet, and reading by it ends the process.
_MAKING = threading.Lock()
_made: dict[tuple[Any, tuple[str, ...]], Callable[[bytes], Any] | None] = {}


def _quick(cls: Any, as_found: tuple[str, ...]) -> Callable[[bytes], Any] | None:
    try:
        return _made[cls, as_found]
    except KeyError:
        with _MAKING:
            if (cls, as_found) not in _made:
                _made[cls, as_found] = _made_quick(cls, as_found)
            return _made[cls, as_found]


def _made_quick(cls: Any, as_found: tuple[str, ...]) -> Callable[[bytes], Any] | None:
    try:
        decode, make = msgspec.json.Decoder(_mirror(cls)).decode, _maker(cls, as_found)
    except _NoMirror:
        return None
    return lambda raw: make(decode(raw))


@cache
def _mirror(kind: Any) -> type[msgspec.Struct]:
    """The mirror of a dataclass: days and times are texts in it, what is made anew where it is missing is unset."""
    special = any(hasattr(kind, name) for name in ("readable_part", "shell", "__post_init__", "__slots__"))
    if special or not all(field.init for field in dataclasses.fields(kind)):
        raise _NoMirror
    hints = typing.get_type_hints(kind)
    fields: list[Any] = []
    for field in dataclasses.fields(kind):
        form = _form(hints[field.name])
        if _required(field):
            fields.append((field.name, form))
        elif _same_in_mirror(field.default):
            fields.append((field.name, form, field.default))
        else:
            fields.append((field.name, Union[form, msgspec.UnsetType], msgspec.UNSET))  # noqa: UP007 - not two types
    return msgspec.defstruct(kind.__name__, fields, forbid_unknown_fields=True, kw_only=True, gc=False)


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _same_in_mirror(default: Any) -> bool:
    """Whether the mirror of this default is the default itself."""
    return default is None or default == () or isinstance(default, str | int | Enum)


def _form(hint: Any) -> Any:
    """What stands for ``hint`` in a mirror."""
    origin = get_origin(hint)
    if hint in (str, bool):
        return hint
    if hint is int:
        return _INTEGER
    if hint in (date, datetime):
        return str
    if origin in (Union, types.UnionType):
        return Union[_form(_inner(hint)), None]  # noqa: UP007 - not two types
    if origin is tuple:
        return tuple[_form(get_args(hint)[0]), ...]  # type: ignore[misc]
    if isinstance(origin, type) and issubclass(origin, Mapping) and get_args(hint)[0] is str:
        return dict[str, _form(get_args(hint)[1])]  # type: ignore[misc]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _mirror(hint)
    raise _NoMirror


def _inner(hint: Any) -> Any:
    inner = [each for each in get_args(hint) if each is not types.NoneType]
    if len(inner) != 1:
        raise _NoMirror
    return inner[0]


@cache
def _maker(kind: Any, as_found: tuple[str, ...] = ()) -> _Maker:
    """Makes the dataclass of its mirror."""
    hints = typing.get_type_hints(kind)
    space: dict[str, Any] = {"kind": kind, "UNSET": msgspec.UNSET}
    lines = ["def make(mirror):", " made = kind.__new__(kind)", " fields = made.__dict__"]
    for field in dataclasses.fields(kind):
        name = field.name
        told = "value" if name in as_found else _told(hints[name], "value", space)
        if _required(field) or _same_in_mirror(field.default):
            lines += [f" value = mirror.{name}", f" fields[{name!r}] = {told}"]
            continue
        factory = field.default_factory
        space[f"absent_{name}"] = field.default if factory is dataclasses.MISSING else factory
        absent = f"absent_{name}" if factory is dataclasses.MISSING else f"absent_{name}()"
        lines += [f" value = mirror.{name}", f" fields[{name!r}] = {absent} if value is UNSET else {told}"]
    lines.append(" return made")
    # As ``dataclasses`` makes ``__init__``: from names and types of our own classes alone, never from data.
    exec(compile("\n".join(lines), f"<mirror of {kind.__name__}>", "exec"), space)  # noqa: S102
    return typing.cast(_Maker, space["make"])


def _told(hint: Any, at: str, space: dict[str, Any]) -> str:
    """An expression for the value of ``hint`` that the variable ``at`` mirrors."""
    origin = get_origin(hint)
    if hint in (date, datetime):
        space["day"], space["moment"] = date.fromisoformat, moment
        return f"{'day' if hint is date else 'moment'}({at})"
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        maker = f"make_{hint.__name__}"
        space[maker] = _maker(hint)
        return f"{maker}({at})"
    if origin in (Union, types.UnionType):
        inner = _told(_inner(hint), at, space)
        return at if inner == at else f"(None if {at} is None else {inner})"
    if origin is tuple:
        inner = _told(get_args(hint)[0], f"{at}_", space)
        return at if inner == f"{at}_" else f"(tuple([{inner} for {at}_ in {at}]) if {at} else ())"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = _told(get_args(hint)[1], f"{at}_", space)
        return at if inner == f"{at}_" else f"{{key: {inner} for key, {at}_ in {at}.items()}}"
    return at
