"""Ready-made programs for a shop to start from: a program file with names, an explanation, and examples that are run.

An example is a bill to try (``program_try``), the part of the answer it promises, and the sentence the cashier sees
for a program, in both languages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pos_member.domain.codec import from_wire
from pos_member.domain.program_files import ProgramFile, parse


@dataclass(frozen=True)
class Said:
    """The sentence of the program of that id."""

    program: str
    th: str
    en: str


@dataclass(frozen=True)
class Example:
    """A bill of a member (``None``: nobody), and what it gives: a part of the answer of ``try_programs``."""

    name_th: str
    name_en: str
    bill: Any
    gives: Any
    member: Any = None
    says: tuple[Said, ...] = ()


@dataclass(frozen=True)
class _Written:
    name: str
    order: int
    name_th: str
    name_en: str
    description_th: str
    description_en: str
    file: Any
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class LibraryEntry:
    """One entry. ``written`` is the program file as JSON data, to be copied; ``file`` the same, read."""

    name: str
    order: int
    name_th: str
    name_en: str
    description_th: str
    description_en: str
    written: Any
    file: ProgramFile
    examples: tuple[Example, ...]

    def needs(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Codes of the tiers and of the stamp currencies that the shop's settings must have."""
        tiers = self.file.settings.tiers
        return (
            tuple(level.code for level in tiers.levels) if tiers is not None else (),
            tuple(currency.code for currency in self.file.settings.currencies),
        )


def read_entry(raw: bytes) -> LibraryEntry:
    """An entry from its file. Raises ``Refusal(PAYLOAD_INVALID)``, ``ValueError`` for what is not JSON."""
    written = from_wire(_Written, json.loads(raw), "entry")
    return LibraryEntry(
        name=written.name,
        order=written.order,
        name_th=written.name_th,
        name_en=written.name_en,
        description_th=written.description_th,
        description_en=written.description_en,
        written=written.file,
        file=parse(written.file),
        examples=written.examples,
    )


def read_library(files: Iterable[bytes]) -> tuple[LibraryEntry, ...]:
    """The entries in the order in which they are shown."""
    return tuple(sorted(map(read_entry, files), key=lambda entry: (entry.order, entry.name)))
