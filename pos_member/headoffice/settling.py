"""What a person at the console may change: settle a case, take set-aside events in again, end a till's rights.

Each leaves a row in ``office_act`` in the same transaction: who did what to what, when and why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from pos_member.domain.errors import PosMemberError
from pos_member.headoffice import certificates, exceptions, reading, schema, till_facts, times
from pos_member.headoffice.exceptions import ExceptionState, Resolution
from pos_member.headoffice.outlines import has_effects
from pos_member.headoffice.quarantine import awaited_and_aside, poison_finding
from pos_member.sync.protocol import EventMeta, WireEvent

log = logging.getLogger(__name__)
WHO_CHARACTERS_MAX = 80
WHY_CHARACTERS_MAX = 500


class OfficeActKind(StrEnum):
    """What was done."""

    SETTLE = "settle"
    REAPPLY = "reapply"
    ENROL_CODE = "enrol_code"
    REVOKE = "revoke"
    DENIED = "denied"
    ALLOWED = "allowed"
    RIGHTS_WRITTEN_OFF = "rights_written_off"
    MEMBER_SEEN = "member_seen"
    PROGRAM_PUT = "program_put"
    PROGRAM_SWITCH = "program_switch"
    SEGMENT_SET = "segment_set"
    COUPONS_GIVEN = "coupons_given"
    DRAW = "draw"
    TOP_SPENDERS = "top_spenders"
    QUOTA_WRITTEN_OFF = "quota_written_off"
    PROMPTPAY_SET = "promptpay_set"
    CODE_KEY_MADE = "code_key_made"
    CODE_KEY_RETIRED = "code_key_retired"
    MEMBER_CODE = "member_code"
    MEMBER_CODES = "member_codes"
    MEMBER_SECRET = "member_secret"  # noqa: S105 - the name of an act
    BADGE_GIVEN = "badge_given"
    BADGE_TAKEN = "badge_taken"
    HEADOFFICE_RESTORED = "headoffice_restored"


@dataclass(frozen=True)
class Signature:
    """Who acts and why, as they typed it: one line each, never empty."""

    id: str
    who: str
    why: str
    at: datetime


def sign(new_id: Callable[[], str], who: str, why: str, at: datetime) -> Signature | None:
    """A signature of what was typed; ``None`` where one of the two says nothing."""
    name, reason = (" ".join(text.split()) for text in (who, why))
    if not name or not reason:
        return None
    return Signature(new_id(), name[:WHO_CHARACTERS_MAX], reason[:WHY_CHARACTERS_MAX], at)


def note(connection: Connection, act: OfficeActKind, kind: str, subject_id: str, by: Signature) -> None:
    """Write down that ``by`` did ``act`` to ``subject_id``."""
    row = {"id": by.id, "at": times.stored(by.at), "act": act.value, "subject_kind": kind, "subject_id": subject_id}
    connection.execute(insert(schema.office_act).values(**row, who=by.who, why=by.why))
    # Who and why are a person's words: they stay in the database.
    log.info("console: %s", act.value, extra={"fields": {"act": act.value, "kind": kind, "act_id": by.id}})


def settle(connection: Connection, kind: str, subject_id: str, resolution: Resolution, by: Signature) -> bool:
    """Settle an open case by hand, with what was decided. ``False``, and nothing is changed, where none is open."""
    table = schema.exception
    here = (table.c.kind == kind) & (table.c.subject_id == subject_id) & (table.c.state == ExceptionState.OPEN.value)
    shard = connection.execute(select(table.c.shard).where(here)).scalars().first()
    done = update(table).where(table.c.shard == shard, here)
    state = ExceptionState.SETTLED_BY_HAND.value
    done = done.values(state=state, resolution=resolution.value, changed_at=times.stored(by.at))
    if shard is None or connection.execute(done).rowcount != 1:
        return False
    note(connection, OfficeActKind.SETTLE, kind, subject_id, by)
    return True


def revoke(connection: Connection, till_id: str, by: Signature) -> bool:
    """Take a till's rights away; it may still upload. ``False`` where it is unknown or has none any more."""
    if not certificates.end_rights(connection, till_id, by.at):
        return False
    note(connection, OfficeActKind.REVOKE, "till", till_id, by)
    return True


def reapply(connection: Connection, till_id: str, event_bytes_max: int, by: Signature) -> tuple[int, int]:
    """Try every event of ``till_id`` that was set aside, in its order: ``(taken in, still set aside)``.

    Its own rows are written here; what it does to members and coupons waits for the second stage (``effects``), as
    after a push. Raises ``OperationalError`` when the database cannot be written: nothing is changed then.
    """
    # The same lock as a push: both write this till's facts.
    connection.execute(select(schema.till.c.id).where(schema.till.c.id == till_id).with_for_update())
    table, event = schema.quarantine, schema.event
    same = (event.c.till_id == table.c.till_id) & (event.c.epoch == table.c.epoch) & (event.c.seq == table.c.seq)
    query = select(event, table.c.taken_in).join(table, same).where(table.c.till_id == till_id)
    waiting = connection.execute(query.order_by(event.c.epoch, event.c.seq)).all()
    taken = sum(_taken_in(connection, row, event_bytes_max, by.at) for row in waiting)
    if waiting:
        note(connection, OfficeActKind.REAPPLY, "till", till_id, by)
    return taken, len(waiting) - taken


def _taken_in(connection: Connection, row: Row[Any], event_bytes_max: int, at: datetime) -> bool:
    meta = EventMeta(
        row.seq, row.event_id, row.kind, row.version, row.sha256, times.read(row.created_at), len(row.payload)
    )
    (read,) = reading.read_events(row.till_id, [WireEvent(meta, row.payload)], event_bytes_max)
    if read.act is None or awaited_and_aside(connection, row.till_id, [read.act]):
        return False
    try:
        with connection.begin_nested():
            if not row.taken_in:
                till_facts.write(connection, row.till_id, [(row.seq, read.act)], times.stored(at))
            keys = {"till_id": row.till_id, "epoch": row.epoch, "seq": row.seq}
            if has_effects(read.act):
                # Late: the till stopped counting this event as its own when it was acknowledged.
                connection.execute(insert(schema.effect), [keys | {"at": times.stored(at), "late": True}])
    except (OperationalError, PosMemberError):
        raise
    except Exception:
        log.exception("event %d of till %s does not apply", row.seq, row.till_id)
        return False
    table = schema.quarantine
    here = (table.c.till_id == row.till_id) & (table.c.epoch == row.epoch) & (table.c.seq == row.seq)
    connection.execute(delete(table).where(here))
    settled = poison_finding(row.till_id, row.epoch, row.seq, row.kind, "", present=False)
    exceptions.record(connection, [settled], times.stored(at))
    return True
