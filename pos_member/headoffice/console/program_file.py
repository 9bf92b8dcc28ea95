"""A program file before it is taken in: what is wrong with it, what it would change, what the shop must have for it.

What would change is not guessed: the file is taken in as it would be, looked at, and all of it is undone.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from pos_member.config import resource
from pos_member.domain import codec
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.errors import Refusal
from pos_member.domain.org import Settings
from pos_member.domain.program import Program
from pos_member.domain.program_library import LibraryEntry, read_library
from pos_member.domain.program_lint import examine
from pos_member.headoffice import programs, schema
from pos_member.headoffice.console import program_text, settings_text
from pos_member.headoffice.console.program_text import Names, said_want
from pos_member.headoffice.console.program_views import read_names, settings_of
from pos_member.services.sync_ports import FeedEntity
from pos_member.wording import say

#: A file longer than this is no program file: the whole library is a tenth of it.
FILE_BYTES_MAX = 400_000
_PARTS = {"definitions": FeedEntity.COUPON_DEFINITION, "programs": FeedEntity.PROGRAM}
_SHOWN_CHARACTERS = 160
_ITEM = re.compile(r"(programs|definitions)\[(\d{1,6})\]")


@dataclass(frozen=True)
class Remark:
    """Something said about one field of the file. ``name``: of the program or coupon it belongs to."""

    where: str
    said: str
    name: str = ""


@dataclass(frozen=True)
class FieldChange:
    """One field of a program or coupon that would change, as JSON text; or one setting, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Planned:
    """What would happen to one program (``of``: ``program``) or coupon definition (``coupon``).

    ``fate``: ``new``, ``changed`` or ``same``; ``said``: what it will do, in words; ``was``: what it did, where those
    words change.
    """

    of: str
    fate: str
    code: str
    name: str
    said: str
    was: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Need:
    """A tier (``of``: ``tier``) or a stamp currency (``stamps``) that the file speaks of.

    ``known``: the shop's settings have it; ``brought``: the file's own settings do, and may be taken in with it.
    """

    of: str
    code: str
    name: str
    known: bool
    brought: bool


@dataclass(frozen=True)
class Preview:
    """A file looked at. With ``problems`` nothing else counts. ``mark`` names what was shown and is confirmed."""

    text: str
    problems: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    planned: tuple[Planned, ...] = ()
    needs: tuple[Need, ...] = ()
    #: What the file's settings would change of the shop's, where they are taken in too.
    settings: tuple[FieldChange, ...] = ()
    mark: str = ""

    @property
    def changes(self) -> bool:
        """Whether taking the file in would change anything."""
        return bool(self.settings) or any(each.fate != "same" for each in self.planned)


@cache
def library() -> tuple[LibraryEntry, ...]:
    """The ready-made programs that come with the product."""
    folder = resource("programs", "library")
    return read_library(path.read_bytes() for path in sorted(folder.glob("*.json")))


def library_text(name: str) -> str:
    """The program file of an entry as text to start from; empty for an unknown name."""
    found = next((entry for entry in library() if entry.name == name), None)
    return "" if found is None else json.dumps(found.written, ensure_ascii=False, indent=2)


def read_upload(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a ``multipart/form-data`` form as text; a file counts where one was chosen.

    Bytes that are no UTF-8 become replacement characters, which the JSON reader or a reader's eye finds.
    """
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", errors="replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found: dict[str, str] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and name not in found:
            found[name] = content.decode("utf-8-sig", errors="replace")
    return found


def look_at(connection: Connection, text: str, language: str, today: date) -> Preview:
    """The file as it stands against the shop. Needs a connection that may write; leaves nothing written."""
    if len(text.encode(errors="replace")) > FILE_BYTES_MAX:
        return Preview("", (Remark("file", say("console", "file_too_long", language)),))
    try:
        data = json.loads(text.lstrip("\ufeff"))
        json.dumps(data, ensure_ascii=False).encode()
        copy.deepcopy(data)
    except UnicodeEncodeError:
        return Preview(text, (Remark("file", said_want("text without NUL or lone surrogates", language)),))
    except (ValueError, RecursionError) as error:
        return Preview(text, (Remark(_place(error), said_want("JSON", language)),))
    problems, warnings = _remarks(connection, data, language, today)
    if problems:
        return Preview(text, problems, warnings)
    before, settings = _bodies(connection), settings_of(connection)
    undone = connection.begin_nested()
    try:
        outcome = programs.put(connection, text.encode(), with_settings=True)
        after, with_file = _bodies(connection), settings_of(connection)
        names = read_names(connection, language)
    except Refusal as refused:
        where, want = str(refused.params.get("where", "file")), str(refused.params.get("want", ""))
        return Preview(text, (Remark(where, said_want(want, language), _owner(data, where, language)),), warnings)
    finally:
        undone.rollback()
    return Preview(
        text,
        (),
        warnings,
        _planned(data, before, after, names),
        _needs(data, settings, with_file, names),
        _settings(outcome.settings, settings, with_file, names),
        _mark(data, before, settings),
    )


def _place(error: Exception) -> str:
    return f"file:{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else "file"


def _remarks(
    connection: Connection, data: Any, language: str, today: date
) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
    whole, own = data, 0
    if isinstance(data, dict) and isinstance(data.get("definitions", []), list):
        own = len(data.get("definitions", []))
        whole = programs.with_known_definitions(connection, data)
    found = examine(whole, today)
    problems = tuple(
        Remark(each.where, said_want(each.want, language), _owner(data, each.where, language))
        for each in found.problems
    )
    outside = {f"definitions[{i}]" for i in range(own, len(whole.get("definitions", [])))} if whole is not data else ()
    warnings = tuple(
        Remark(
            each.where, say("program", f"warn_{each.key}", language, each.params), _owner(data, each.where, language)
        )
        for each in found.warnings
        # Of what the shop has already nothing is said, and what it must have is listed by itself.
        if each.where.partition(".")[0] not in outside and each.key not in ("tier_unknown", "currency_unknown")
    )
    return problems, warnings


def _owner(data: Any, where: str, language: str) -> str:
    """What the program or coupon of a field calls itself."""
    found = _ITEM.match(where)
    items = data.get(found[1]) if found and isinstance(data, dict) else None
    item = items[int(found[2])] if found and isinstance(items, list) and int(found[2]) < len(items) else None
    if not isinstance(item, dict):
        return ""
    names = [item.get(key) for key in (f"name_{language}", "name_th", "name_en", "code")]
    return next((name[:80] for name in names if isinstance(name, str) and name.strip()), "")


def _bodies(connection: Connection) -> dict[tuple[str, str], Any]:
    """Programs and definitions as they are stored."""
    table = schema.catalogue
    query = select(table.c.entity, table.c.id, table.c.body)
    rows = connection.execute(query.where(table.c.entity.in_([each.value for each in _PARTS.values()])))
    return {(row.entity, row.id): json.loads(row.body) for row in rows}


def _planned(
    data: dict[str, Any],
    before: Mapping[tuple[str, str], Any],
    after: Mapping[tuple[str, str], Any],
    names: Names,
) -> tuple[Planned, ...]:
    planned = []
    for part, entity in _PARTS.items():
        for item in data.get(part, []):
            key = (entity.value, item["id"])
            old, new = before.get(key), after[key]
            fate = "new" if old is None else "same" if old == new else "changed"
            said, was = _said(entity, new, names), _said(entity, old, names) if old is not None else ""
            planned.append(
                Planned(
                    of="program" if entity is FeedEntity.PROGRAM else "coupon",
                    fate=fate,
                    code=str(item["code"]),
                    name=names.own(str(item.get("name_th", "")), str(item.get("name_en", ""))),
                    said=said,
                    was="" if was == said else was,
                    changes=() if old is None else _changes(old, new),
                )
            )
    return tuple(planned)


def _said(entity: FeedEntity, wire: Any, names: Names) -> str:
    if entity is FeedEntity.PROGRAM:
        return program_text.sentence(codec.from_wire(Program, wire), names)
    return program_text.coupon(codec.from_wire(CouponDefinition, wire), names)


def _changes(old: dict[str, Any], new: dict[str, Any]) -> tuple[FieldChange, ...]:
    before, after = _flat(old), _flat(new)

    def shown(fields: dict[str, Any], name: str) -> str:
        return json.dumps(fields[name], ensure_ascii=False)[:_SHOWN_CHARACTERS] if name in fields else "–"

    listed = [name for name in {**before, **after} if before.get(name) != after.get(name) and name != "version"]
    return tuple(FieldChange(name, shown(before, name), shown(after, name)) for name in listed)


def _flat(wire: dict[str, Any]) -> dict[str, Any]:
    """Fields by their path, such as ``effect.step_satang``, as problems name them."""
    found: dict[str, Any] = {}
    for name, value in wire.items():
        if isinstance(value, dict) and value:
            found.update({f"{name}.{inner}": each for inner, each in _flat(value).items()})
        else:
            found[name] = value
    return found


def _settings(
    changed: tuple[str, ...], settings: Settings, with_file: Settings, names: Names
) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, settings_text.said(settings, name, names), settings_text.said(with_file, name, names))
        for name in changed
    )


def _needs(data: dict[str, Any], settings: Settings, with_file: Settings, names: Names) -> tuple[Need, ...]:
    read = [codec.from_wire(Program, item) for item in data.get("programs", [])]
    tiers = sorted({tier for program in read for tier in program.audience.tiers})
    stamps = sorted({program.effect.currency for program in read} - {""})
    found: list[Need] = []
    for of, used, called in (("tier", tiers, names.tiers), ("stamps", stamps, names.currencies)):
        held, then = _codes(settings, of), _codes(with_file, of)
        found += [Need(of, code, called.get(code, ""), code in held, code in then) for code in used]
    return tuple(found)


def _codes(settings: Settings, of: str) -> set[str]:
    if of == "stamps":
        return {each.code for each in settings.currencies}
    return {level.code for level in settings.tiers.levels} if settings.tiers is not None else set()


def _mark(data: dict[str, Any], before: Mapping[tuple[str, str], Any], settings: Settings) -> str:
    """Names the file and what it stands against: when either changes after the preview, it is shown again."""
    against = [sorted([*key, body] for key, body in before.items()), codec.to_wire(settings)]
    return hashlib.sha256(json.dumps([data, against], sort_keys=True).encode()).hexdigest()
