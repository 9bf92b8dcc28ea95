"""The codec's straight way: one generated function per dataclass, with nothing but the checks.

``codec`` says what fits and names what does not; this module only says yes quickly. Whatever it cannot take, for
whatever reason, it leaves to ``codec`` by raising ``NotStraight``, and ``codec`` reads it anew. Head office reads every
field of every bill of all tills: that is where most of its time went.
"""

from __future__ import annotations

import dataclasses
import threading
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin

INTEGER_MAX = 2**53
_Reader = Callable[[Any], Any]
_Writer = Callable[[Any], Any]


class NotStraight(Exception):
    """Left to ``codec``: it does not fit, or takes a longer way."""


def moment(data: Any) -> datetime:
    """A time of the wire. Raises ``NotStraight``, ``TypeError`` or ``ValueError``."""
    value = datetime.fromisoformat(data)
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise NotStraight
    return value.astimezone(UTC)


class Generator:
    """Makes and keeps the functions. ``slow_read(kind, data)`` and ``slow_write(value)`` are ``codec``'s own.

    Thread-safe: one at a time makes them, for their names are counted; who finds one made already waits for nobody.
    """

    def __init__(self, slow_read: Callable[[Any, Any], Any], slow_write: Callable[[Any], Any]) -> None:
        self._slow_read = slow_read
        self._making = threading.RLock()
        self._names: dict[Any, str] = {}
        self._readers: dict[Any, _Reader] = {}
        self._space: dict[str, Any] = {
            "NotStraight": NotStraight,
            "moment": moment,
            "day": date.fromisoformat,
            "slow_write": slow_write,
            "UTC": UTC,
        }
        self._writers: dict[type, _Writer] = {}

    # --- reading -----------------------------------------------------------------------------------------------

    def reader(self, kind: Any) -> _Reader:
        """Reads a dataclass. Raises ``NotStraight``, or ``KeyError``, ``TypeError``, ``ValueError`` to the same end."""
        made = self._readers.get(kind)
        if made is None:
            with self._making:
                # What it reads within is made by now, too.
                made = self._readers[kind] = typing.cast(_Reader, self._space[self._reader_name(kind)])
        return made

    def _reader_name(self, kind: Any) -> str:
        name = self._names.get(kind)
        if name is None:
            name = self._names[kind] = f"read_{len(self._names)}"
            self._space[name] = self._made_reader(kind, name)
        return name

    def _made_reader(self, kind: Any, name: str) -> _Reader:
        if hasattr(kind, "readable_part") or hasattr(kind, "shell") or not _plain(kind):
            return lambda data: self._slow_read(kind, data)
        hints = typing.get_type_hints(kind)
        self._space[f"{name}_kind"] = kind
        lines = [f"def {name}(data):", " if type(data) is not dict: raise NotStraight", " left = len(data)"]
        lines += [f" made = {name}_kind.__new__({name}_kind)", " fields = made.__dict__"]
        for field in dataclasses.fields(kind):
            lines += self._read_field(name, field, hints[field.name])
        lines += [" if left: raise NotStraight", " return made"]
        return self._compiled(lines, name)

    def _read_field(self, name: str, field: dataclasses.Field[Any], hint: Any) -> list[str]:
        key = field.name
        check = self._check(hint, "value")
        read = [f"  {line}" for line in check] + [f"  fields[{key!r}] = value", "  left -= 1"]
        if field.default is not dataclasses.MISSING:
            self._space[f"{name}_{key}"] = field.default
            absent = f"{name}_{key}"
        elif field.default_factory is not dataclasses.MISSING:
            self._space[f"{name}_{key}"] = field.default_factory
            absent = f"{name}_{key}()"
        else:
            return [f" value = data[{key!r}]", " if True:", *read]
        return [f" if {key!r} in data:", f"  value = data[{key!r}]", *read, f" else: fields[{key!r}] = {absent}"]

    def _check(self, hint: Any, at: str) -> list[str]:
        """Statements that check what is in the variable ``at`` and leave its value there."""
        bad = "raise NotStraight"
        origin = get_origin(hint)
        if hint is str:
            lines = [f"if type({at}) is not str: {bad}", f"if not {at}.isascii(): {at}.encode()"]
            return [*lines, f"if '\\x00' in {at}: {bad}"]
        if hint is int:
            return [f"if type({at}) is not int or not {-INTEGER_MAX} <= {at} <= {INTEGER_MAX}: {bad}"]
        if hint is bool:
            return [f"if type({at}) is not bool: {bad}"]
        if hint is datetime:
            return [f"{at} = moment({at})"]
        if hint is date:
            return [f"{at} = day({at})"]
        if origin in (Union, types.UnionType):
            inner = [each for each in get_args(hint) if each is not types.NoneType]
            if len(inner) == 1:
                return [f"if {at} is not None:", *(f" {line}" for line in self._check(inner[0], at))]
        if origin is tuple:
            item = self._check(get_args(hint)[0], f"{at}_")
            lines = [f"if type({at}) is not list: {bad}", f"if not {at}: {at} = ()", "else:", f" {at}s = []"]
            lines += [f" for {at}_ in {at}:", *(f"  {line}" for line in item), f"  {at}s.append({at}_)"]
            return [*lines, f" {at} = tuple({at}s)"]
        if isinstance(hint, type) and issubclass(hint, Enum):
            values = f"enum_{len(self._space)}"
            self._space[values] = {each.value: each for each in hint}
            return [f"if type({at}) is not str and type({at}) is not int: {bad}", f"{at} = {values}[{at}]"]
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            return [f"{at} = {self._reader_name(hint)}({at})"]
        slow = f"slow_{len(self._space)}"
        self._space[slow] = lambda data, kind=hint: self._slow_read(kind, data)
        return [f"{at} = {slow}({at})"]

    # --- writing -----------------------------------------------------------------------------------------------

    def write(self, value: Any) -> Any:
        """The wire form of a dataclass."""
        kind = type(value)
        made = self._writers.get(kind)
        if made is None:
            with self._making:
                made = self._writers[kind] = self._made_writer(kind)
        return made(value)

    def _made_writer(self, kind: Any) -> _Writer:
        name = f"write_{len(self._space)}"
        hints = typing.get_type_hints(kind)
        self._space["write"] = self.write
        lines = [f"def {name}(value):", " wire = {}"]
        for field in dataclasses.fields(kind):
            key, depth = field.name, " "
            lines.append(f" item = value.{key}")
            if "left out while default" in field.metadata:
                default = f"default_{len(self._space)}"
                made = field.default_factory
                self._space[default] = field.default if made is dataclasses.MISSING else made()
                lines.append(f" if item != {default}:")
                depth = "  "
            lines.append(f"{depth}wire[{key!r}] = {_written(hints[key])}")
        lines.append(" return wire")
        return self._compiled(lines, name)

    def _compiled(self, lines: list[str], name: str) -> Callable[[Any], Any]:
        # As ``dataclasses`` makes ``__init__``: from names and types of our own classes alone, never from data.
        exec(compile("\n".join(lines), f"<codec {name}>", "exec"), self._space)  # noqa: S102
        return typing.cast(_Reader, self._space[name])


def _plain(kind: Any) -> bool:
    """Whether an instance is its fields and nothing else."""
    fields = dataclasses.fields(kind)
    return not hasattr(kind, "__post_init__") and not hasattr(kind, "__slots__") and all(each.init for each in fields)


def _written(hint: Any) -> str:
    """An expression for the wire form of ``item``; what is not of the kind declared takes the long way."""
    if hint is str:
        return "item if type(item) is str else slow_write(item)"
    if hint is int:
        return "item if type(item) is int else slow_write(item)"
    if hint is bool:
        return "item if type(item) is bool else slow_write(item)"
    origin = get_origin(hint)
    if origin is tuple:
        item = get_args(hint)[0]
        if item is str:
            return "[each if type(each) is str else slow_write(each) for each in item]"
        if isinstance(item, type) and dataclasses.is_dataclass(item):
            return "[write(each) for each in item]"
    if origin in (Union, types.UnionType) and set(get_args(hint)) - {types.NoneType} <= {str, int}:
        return "item if item is None or type(item) is str or type(item) is int else slow_write(item)"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "item.value"
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return "write(item)"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "slow_write(item) if item else {}"
    return "slow_write(item)"
