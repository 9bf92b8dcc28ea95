"""A reader of the few JSON Schema keywords that our schema uses; a keyword it does not know is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
#: Keywords that say nothing about whether a document fits.
_NOTES = frozenset({"title", "description", "default", "examples", "format", "$schema", "$defs"})


def complaints(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "") -> Iterator[str]:
    """Paths at which ``value`` does not fit ``schema``."""
    if "$ref" in schema:
        yield from complaints(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, where)
    for keyword, told in schema.items():
        if keyword in _NOTES or keyword in ("$ref", "then", "else"):
            continue
        yield from _CHECKS[keyword](value, told, schema, root, where)


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether there is nothing to complain about."""
    return next(complaints(value, schema, root), None) is None


def _is(value: Any, name: str) -> bool:
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, _TYPES[name])


def _type(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if not any(_is(value, name) for name in ([told] if isinstance(told, str) else told)):
        yield where


def _properties(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    for name, inner in told.items():
        if isinstance(value, dict) and name in value:
            yield from complaints(value[name], inner, root, f"{where}.{name}".lstrip("."))


def _required(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{where}.{name}".lstrip(".") for name in told if name not in value)


def _additional(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    for name in value if isinstance(value, dict) else ():
        if name in schema.get("properties", {}):
            continue
        if told is False:
            yield f"{where}.{name}".lstrip(".")
        else:
            yield from complaints(value[name], told, root, f"{where}.{name}".lstrip("."))


def _names(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    for name in value if isinstance(value, dict) else ():
        yield from complaints(name, told, root, f"{where}.{name}".lstrip("."))


def _items(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    for i, item in enumerate(value if isinstance(value, list) else ()):
        yield from complaints(item, told, root, f"{where}[{i}]")


def _bound(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield where


def _pattern(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if isinstance(value, str) and re.search(told, value) is None:
        yield where


def _long(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if isinstance(value, str) and len(value) > told:
        yield where


def _if(value: Any, told: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    branch = "then" if fits(value, told, root) else "else"
    if branch in schema:
        yield from complaints(value, schema[branch], root, where)


_CHECKS: dict[str, Any] = {
    "type": _type,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "minimum": _bound,
    "maximum": _bound,
    "pattern": _pattern,
    "maxLength": lambda value, told, schema, root, where: (
        [where] if isinstance(value, str) and len(value) > told else []
    ),
    "if": _if,
    "enum": lambda value, told, schema, root, where: [] if value in told else [where],
    "const": lambda value, told, schema, root, where: [] if value == told else [where],
    "allOf": lambda value, told, schema, root, where: [
        found for inner in told for found in complaints(value, inner, root, where)
    ],
    "anyOf": lambda value, told, schema, root, where: (
        [] if any(fits(value, inner, root) for inner in told) else [where]
    ),
}
