"""Program files: the JSON in which head office writes programs and coupon definitions (docs/programs.md).

A file that does not fit is refused as a whole, with a message that points at the field. What a newer head office wrote
is not refused: a program of an unknown kind or a newer format is read and inert.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pos_member.domain.codec import from_wire, to_wire
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import Settings
from pos_member.domain.pricing import RuleBook
from pos_member.domain.program import PROGRAM_FORMAT, Combine, Program
from pos_member.domain.program_check import Problem, validate, validate_definition
from pos_member.domain.settings_check import check_settings, twice

__all__ = [
    "Problem",
    "ProgramFile",
    "parse",
    "parse_shape",
    "problems",
    "read_bytes",
    "read_program",
    "validate",
    "write",
]


#: Where editors look for the schema of a file; it means nothing here.
_SCHEMA = "$schema"


@dataclass(frozen=True)
class ProgramFile:
    """A program file. ``categories`` (id → parent's id or ``None``) and ``settings`` serve trying programs out."""

    programs: tuple[Program, ...]
    definitions: tuple[CouponDefinition, ...] = ()
    categories: Mapping[str, str | None] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    format: int = PROGRAM_FORMAT

    @property
    def book(self) -> RuleBook:
        """As a rule book, ready for ``compile_rules``."""
        definitions = {definition.id: definition for definition in self.definitions}
        return RuleBook(self.programs, definitions, dict(self.categories), self.settings)


def read_bytes(raw: bytes) -> ProgramFile:
    """``parse`` of UTF-8 JSON (a byte-order mark, as Windows editors write it, is allowed)."""
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refusal(Reason.PAYLOAD_INVALID, where="file", want="JSON") from None
    return parse(data)


def parse(data: Any, currencies: Collection[str] | None = None) -> ProgramFile:
    """A program file from JSON data; ``currencies`` as for ``problems``.

    Raises ``Refusal(PAYLOAD_INVALID, where="programs[2].effect.step_satang", want="1 … 10000000000")``.
    """
    file = parse_shape(data)
    for problem in problems(file, currencies)[:1]:
        raise problem.refusal()
    return file


def parse_shape(data: Any) -> ProgramFile:
    """As ``parse``, without asking what the file means: ``problems`` does."""
    if not isinstance(data, dict):
        raise Refusal(Reason.PAYLOAD_INVALID, where="file", want="object")
    known = {"format", "programs", "definitions", "categories", "settings", _SCHEMA}
    from_wire(str, data.get(_SCHEMA, ""), _SCHEMA)
    file_format = from_wire(int, data.get("format"), "format")
    unknown = sorted(data.keys() - known)
    if unknown and file_format <= PROGRAM_FORMAT:
        raise Refusal(Reason.PAYLOAD_INVALID, where=str(unknown[0])[:80], want="no such field")
    programs = data.get("programs")
    if not isinstance(programs, list):
        raise Refusal(Reason.PAYLOAD_INVALID, where="programs", want="list")
    return ProgramFile(
        programs=tuple(read_program(item, f"programs[{i}]", file_format) for i, item in enumerate(programs)),
        definitions=from_wire(tuple[CouponDefinition, ...], data.get("definitions", []), "definitions"),
        categories=from_wire(dict[str, str | None], data.get("categories", {}), "categories"),
        settings=from_wire(Settings, data.get("settings", {}), "settings"),
        format=file_format,
    )


def write(file: ProgramFile) -> bytes:
    """The file as UTF-8 JSON that ``read_bytes`` reads back equal."""
    return json.dumps(to_wire(file), ensure_ascii=False, indent=2).encode() + b"\n"


def read_program(data: Any, where: str = "program", file_format: int = PROGRAM_FORMAT) -> Program:
    """One program from JSON data, inert where its kind or format is not known here (``Program.readable_part``).

    Raises ``Refusal(PAYLOAD_INVALID)`` for the shape; what it means is checked by ``validate``.
    """
    if isinstance(data, dict) and file_format > PROGRAM_FORMAT:
        own = data.get("format")
        data = {**data, "format": max(own, file_format) if isinstance(own, int) else file_format}
    return from_wire(Program, data, where)


def problems(file: ProgramFile, currencies: Collection[str] | None = None) -> list[Problem]:
    """Everything wrong with what the file means, each pointing at its field.

    With ``currencies`` (codes) programs may name no other stamps.
    """
    definitions = {definition.id: definition for definition in file.definitions}
    found: list[Problem] = []
    for i, definition in enumerate(file.definitions):
        found += _at(f"definitions[{i}]", validate_definition(definition))
    for i, program in enumerate(file.programs):
        if program.format <= PROGRAM_FORMAT:
            found += _at(f"programs[{i}]", validate(program, definitions, currencies))
    found += twice("programs", [p.id for p in file.programs], "id")
    found += twice("programs", [p.code for p in file.programs], "code")
    found += twice("definitions", [d.id for d in file.definitions], "id")
    found += _torn_groups(file.programs)
    found += _at("settings", check_settings(file.settings))
    return found


def _at(where: str, found: Iterable[Problem]) -> list[Problem]:
    return [Problem(f"{where}.{problem.where}", problem.want) for problem in found]


def _torn_groups(programs: Iterable[Program]) -> list[Problem]:
    """A group combines in one way: programs of one name that disagree would depend on their order."""
    combine: dict[str, Combine] = {}
    found: list[Problem] = []
    for i, program in enumerate(programs):
        stacking = program.stacking
        if stacking.group and combine.setdefault(stacking.group, stacking.combine) is not stacking.combine:
            want = f"{combine[stacking.group].value}, as the others of group {stacking.group}"
            found.append(Problem(f"programs[{i}].stacking.combine", want))
    return found
