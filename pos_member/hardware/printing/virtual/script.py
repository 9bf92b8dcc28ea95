"""Scripts of what goes wrong: JSON in, checked steps out.

``[{"when": {"job": 2, "row": 300}, "do": "paper_out", "for": {"ms": 5000}}, …]``; ``docs/printing.md`` has the words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.hardware.printing.virtual.faults import (
    COMBINATIONS,
    DEAF,
    NUMBERS,
    ONCE,
    STANDING,
    Do,
    Lasting,
    Step,
    When,
)

STEPS_MAX = 1_000
BYTES_MAX = 1 << 20
NUMBER_MAX = 1_000_000_000
NAME_MAX = 40
_SHAPE = '[{"when": {"row": 300}, "do": "paper_out", "for": {"ms": 5000}}]'
_KEYS = ("when", "do", "value", "for", "until")
_MOMENTS = tuple(When.__dataclass_fields__)
_LENGTHS = tuple(Lasting.__dataclass_fields__)
_SHOWN_MAX = 60


def read_script(path: Path) -> tuple[Step, ...]:
    """The steps of a file. Raises ``EnvironmentProblem(FILE_NOT_READABLE)`` and as ``parse_script``."""
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path)) from error
    return parse_script(raw)


def parse_script(raw: bytes) -> tuple[Step, ...]:
    """The steps of a script. Raises ``Refusal(PRINTER_SCRIPT_INVALID, step=, field=, value=, allowed=)``.

    ``step`` counts from 1; 0 where the whole file is meant.
    """
    if len(raw) > BYTES_MAX:
        _refuse(0, "JSON", f"{len(raw)} bytes", f"≤ {BYTES_MAX:,} bytes")
    try:
        data = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        _refuse(0, "JSON", str(error), _SHAPE)
    if not isinstance(data, list) or not 1 <= len(data) <= STEPS_MAX:
        _refuse(0, "JSON", data, _SHAPE)
    return tuple(_step(number, one) for number, one in enumerate(data, 1))


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(step: int, field: str, value: object, allowed: str) -> NoReturn:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(shown) > _SHOWN_MAX:
        shown = shown[:_SHOWN_MAX] + "…"
    raise Refusal(Reason.PRINTER_SCRIPT_INVALID, step=step, field=field, value=shown, allowed=allowed)


def _step(number: int, data: object) -> Step:
    if not isinstance(data, dict):
        _refuse(number, "step", data, '{"when": …, "do": …}')
    for key in data:
        if key not in _KEYS:
            _refuse(number, key, "…", ", ".join(_KEYS))
    do = _do(number, data.get("do"))
    when = _when(number, "when", data.get("when"))
    value = _value(number, do, data.get("value"))
    lasting = _lasting(number, do, data["for"]) if "for" in data else None
    until = _when(number, "until", data["until"]) if "until" in data else None
    if until is not None:
        if lasting is not None:
            _refuse(number, "until", data["until"], "for | until")
        given = {name for name in _MOMENTS if getattr(until, name) is not None}
        _check_end(number, "until", do, given - {"job", "paper"} or {"job"})
    return Step(when, do, value, lasting, until)


def _do(number: int, name: object) -> Do:
    if not isinstance(name, str) or name not in set(Do):
        _refuse(number, "do", name, ", ".join(Do))
    return Do(name)


def _whole(number: int, field: str, value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        _refuse(number, field, value, f"{low:,} – {high:,}")
    return value


def _value(number: int, do: Do, value: object) -> int | str | None:
    if do in NUMBERS:
        return _whole(number, "value", value, *NUMBERS[do])
    if value is None:
        return None
    if do is not Do.OTHER_PRINTER:
        _refuse(number, "value", value, ", ".join(NUMBERS | {Do.OTHER_PRINTER: None}))
    if not isinstance(value, str) or not 1 <= len(value) <= NAME_MAX or not (value.isascii() and value.isprintable()):
        _refuse(number, "value", value, f"A–Z a–z 0–9, 1 – {NAME_MAX}")
    return value


def _numbers(number: int, field: str, data: object, names: tuple[str, ...]) -> Mapping[str, int]:
    if not isinstance(data, dict) or not data:
        _refuse(number, field, data, ", ".join(f'{{"{name}": n}}' for name in names))
    for name in data:
        if name not in names:
            _refuse(number, f"{field}.{name}", data[name], ", ".join(names))
    return {
        name: _whole(number, f"{field}.{name}", value, 0 if name in ("ms", "after_ms") else 1, NUMBER_MAX)
        for name, value in data.items()
    }


def _when(number: int, field: str, data: object) -> When:
    numbers = _numbers(number, field, data, _MOMENTS)
    if frozenset(numbers) not in COMBINATIONS:
        _refuse(number, field, data, " | ".join(sorted("+".join(sorted(names)) for names in COMBINATIONS)))
    return When(**numbers)


def _lasting(number: int, do: Do, data: object) -> Lasting:
    numbers = _numbers(number, "for", data, _LENGTHS)
    if len(numbers) != 1:
        _refuse(number, "for", data, " | ".join(_LENGTHS))
    (name,) = numbers
    # The time that rows would take ends a standstill too.
    if not (name == "rows" and do is Do.OVERHEATED):
        _check_end(number, "for", do, {name})
    return Lasting(**numbers)


def _check_end(number: int, field: str, do: Do, names: set[str]) -> None:
    """Whether it can come to that end at all: while the head stands still there is no next row."""
    if do in ONCE:
        _refuse(number, field, do.value, "–")
    ends = {"ms", "after_ms", "bytes", "byte", "jobs", "job"}
    if do in DEAF:
        ends -= {"bytes", "byte"}
    if do is Do.OFF:
        ends -= {"jobs", "job"}
    if do in STANDING | DEAF and not names <= ends:
        allowed = ends & set(_LENGTHS if field == "for" else _MOMENTS)
        _refuse(number, field, ", ".join(sorted(names)), " | ".join(sorted(allowed)))
