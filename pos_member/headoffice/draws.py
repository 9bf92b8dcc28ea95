"""Lucky draws: the list is closed and its commitment published first, the seed comes later, the record stays.

The list holds the entries of bills up to the end of the program's window less those returned until then. It is closed
once; what is uploaded later is too late, so it says how many tills had been silent since the window's end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from pos_member.domain import codec
from pos_member.domain.clock import business_date
from pos_member.domain.draw_lots import DrawEntry, DrawList, DrawRecord, commit, draw_winners
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.matching import last_day
from pos_member.domain.member import MemberStatus
from pos_member.domain.program import EffectKind, Program
from pos_member.domain.tally import TallyKind
from pos_member.headoffice import rule_books, schema, times
from pos_member.headoffice.programs import named

LIST, RECORD = "draw_list", "draw"
_STATE_CLOSED, _STATE_HELD = "closed", "held"


@dataclass(frozen=True)
class Closed:
    """The list as it was closed. ``silent_tills``: with rights, not heard of since the window ended."""

    list: DrawList
    silent_tills: int
    closed_before: bool


def close_list(connection: Connection, code: str, seed_source: str, now: datetime) -> Closed:
    """Close the list of a program and store it; one that is closed stays as it is.

    Raises ``Refusal(PROGRAM_UNKNOWN | PROGRAM_OTHER_KIND | PROGRAM_STILL_RUNS | DRAW_EMPTY | PAYLOAD_INVALID)``.
    """
    program = named(connection, code, EffectKind.DRAW_ENTRIES)
    known = stored_list(connection, program.id)
    zone = rule_books.settings(connection).zone
    last = last_day(program.window)
    until = last or business_date(now, zone)
    silent = _silent(connection, until)
    if known is not None:
        return Closed(known, silent, closed_before=True)
    if last is not None and business_date(now, zone) <= last:
        raise Refusal(Reason.PROGRAM_STILL_RUNS, code=program.code, until=last)
    entries = list(_entries(connection, program, until).values())
    if not any(entry.entries > 0 for entry in entries):
        raise Refusal(Reason.DRAW_EMPTY, code=program.code)
    try:
        closed = commit(program.id, " ".join(seed_source.split()), entries)
    except ValueError as error:
        raise Refusal(Reason.PAYLOAD_INVALID, where="draw", want=str(error)) from error
    _store(connection, LIST, program.id, _STATE_CLOSED, now, codec.to_wire(closed))
    return Closed(closed, silent, closed_before=False)


def hold(connection: Connection, code: str, seed: str, prizes: int, now: datetime) -> DrawRecord:
    """Draw with the seed, once; asked again in the same way it shows the record.

    Raises ``Refusal(PROGRAM_UNKNOWN | PROGRAM_OTHER_KIND | DRAW_NOT_LISTED | DRAW_HELD | PAYLOAD_INVALID)``.
    """
    program = named(connection, code, EffectKind.DRAW_ENTRIES)
    closed = stored_list(connection, program.id)
    if closed is None:
        raise Refusal(Reason.DRAW_NOT_LISTED, code=program.code)
    if prizes < 1:
        raise Refusal(Reason.PAYLOAD_INVALID, where="prizes", want=">= 1")
    try:
        record = draw_winners(closed, seed, prizes)
    except ValueError as error:
        raise Refusal(Reason.PAYLOAD_INVALID, where="seed", want="a value") from error
    before = stored_record(connection, program.id)
    if before is not None:
        if (before.seed, before.prizes) != (record.seed, record.prizes):
            raise Refusal(Reason.DRAW_HELD, code=program.code, seed=before.seed, prizes=before.prizes)
        return before
    _store(connection, RECORD, program.id, _STATE_HELD, now, codec.to_wire(record))
    table = schema.office_run
    here = (table.c.kind == LIST) & (table.c.subject_id == program.id)
    connection.execute(update(table).where(here).values(state=_STATE_HELD))
    return record


def _entries(connection: Connection, program: Program, until: date) -> dict[str, DrawEntry]:
    """Entries by member; who has been erased takes no part."""
    table, member = schema.tally.c, schema.member.c
    query = select(table.member_id, func.sum(table.amount)).where(
        table.kind == TallyKind.ENTRIES.value,
        table.key == program.id,
        table.business_date <= until.isoformat(),
        table.member_id.is_not(None),
    )
    sums = {row[0]: int(row[1]) for row in connection.execute(query.group_by(table.member_id))}
    known = {row.id: row for row in connection.execute(select(member.id, member.number, member.status))}
    found = {}
    for member_id, entries in sums.items():
        person = known.get(member_id)
        if person is not None and person.status == MemberStatus.ERASED.value:
            continue
        found[member_id] = DrawEntry(member_id, "" if person is None else person.number, entries)
    return found


def _silent(connection: Connection, until: date) -> int:
    """Tills with rights that may still hold bills of the window."""
    table = schema.till.c
    unheard = table.last_contact_at.is_(None) | (table.last_contact_at <= f"{until.isoformat()}T99")
    query = select(func.count()).select_from(schema.till).where(table.revoked.is_(False), unheard)
    return int(connection.execute(query).scalar_one())


def silent_tills(connection: Connection, program: Program, today: date) -> int:
    """Tills with rights that may still hold bills of the program's window."""
    return _silent(connection, last_day(program.window) or today)


def entries_so_far(connection: Connection, program: Program, today: date) -> list[DrawEntry]:
    """The entries that a list closed now would hold, by member."""
    until = min(last_day(program.window) or today, today)
    found = _entries(connection, program, until)
    return [found[member_id] for member_id in sorted(found) if found[member_id].entries > 0]


def stored_record(connection: Connection, program_id: str) -> DrawRecord | None:
    """The draw as it was held; ``None`` before."""
    held = _run(connection, RECORD, program_id)
    return None if held is None else codec.from_wire(DrawRecord, held)


def stored_list(connection: Connection, program_id: str) -> DrawList | None:
    """The list as it was closed; ``None`` before."""
    held = _run(connection, LIST, program_id)
    return None if held is None else codec.from_wire(DrawList, held)


def _run(connection: Connection, kind: str, subject_id: str) -> object | None:
    table = schema.office_run
    here = (table.c.kind == kind) & (table.c.subject_id == subject_id)
    body = connection.execute(select(table.c.body).where(here)).scalar_one_or_none()
    found: object | None = None if body is None else json.loads(body)
    return found


def _store(connection: Connection, kind: str, subject_id: str, state: str, now: datetime, body: object) -> None:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    row = {"kind": kind, "subject_id": subject_id, "state": state, "at": times.stored(now), "body": text}
    connection.execute(insert(schema.office_run), [row])
