"""What the rows say of an announced fact: the event's payload built again from the tables, for ``verify``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, select

from pos_member.db import schema as s
from pos_member.db.repositories.bills import load_entries
from pos_member.db.repositories.claims import load_claims
from pos_member.db.repositories.members import consent_of, member_of
from pos_member.db.values import from_us
from pos_member.domain.codec import from_bytes
from pos_member.domain.events import (
    AuditRecord,
    BillClaimed,
    ConsentChanged,
    DayClosed,
    MemberEnrolled,
    MemberUpdated,
    Payload,
    PointsAdjusted,
    ShiftClosed,
    ShiftOpened,
)

T = TypeVar("T")


def as_stored(connection: Connection, payload: Payload, seq: int) -> Payload | None:
    """``payload`` of event ``seq`` with all that the tables hold of it; ``None`` where they hold nothing.

    What no table holds (the approver of an adjustment stands in its audit record) is kept from ``payload``. Bills and
    returns have readers of their own; they and cancelled coupons come back unchanged.
    """
    match payload:
        case MemberEnrolled():
            found = [member_of(row) for row in _rows(connection, s.member, seq)]
            consents = tuple(consent_of(row) for row in _rows(connection, s.consent, seq, "position"))
            return MemberEnrolled(found[0], consents) if len(found) == 1 else None
        case MemberUpdated():
            found = [member_of(row) for row in _rows(connection, s.member, seq)]
            return replace(payload, member=found[0]) if len(found) == 1 else None
        case ConsentChanged():
            decisions = [consent_of(row) for row in _rows(connection, s.consent, seq, "position")]
            return ConsentChanged(decisions[0]) if len(decisions) == 1 else None
        case PointsAdjusted():
            return replace(payload, entries=tuple(load_entries(connection, [seq])[seq]))
        case ShiftOpened():
            return _one(connection, s.shift, seq, shift_opened_of)
        case ShiftClosed():
            return _one(connection, s.shift_close, seq, shift_closed_of)
        case BillClaimed():
            claims = load_claims(connection, _rows(connection, s.bill_claim, seq))
            return claims[0] if len(claims) == 1 else None
        case AuditRecord():
            return _one(connection, s.audit, seq, _audit)
        case DayClosed():
            return _one(connection, s.day_close, seq, _day_closed)
    return payload


def _rows(connection: Connection, table: Table, seq: int, *order: str) -> list[Row[Any]]:
    return list(connection.execute(select(table).where(table.c.seq == seq).order_by(*order)))


def _one(connection: Connection, table: Table, seq: int, read: Callable[[Row[Any]], T]) -> T | None:
    rows = _rows(connection, table, seq)
    return read(rows[0]) if len(rows) == 1 else None


def shift_opened_of(row: Row[Any]) -> ShiftOpened:
    """The opening in a row of ``shift``."""
    day = date.fromisoformat(row.business_date)
    return ShiftOpened(row.id, row.staff_id, row.till_id, from_us(row.at_us), day, row.float_satang)


def shift_closed_of(row: Row[Any]) -> ShiftClosed:
    """The close in a row of ``shift_close``."""
    return ShiftClosed(
        id=row.id,
        shift_id=row.shift_id,
        staff_id=row.staff_id,
        at=from_us(row.at_us),
        business_date=date.fromisoformat(row.business_date),
        counted_satang=row.counted_satang,
        expected_satang=row.expected_satang,
        bills=row.bills,
        returns=row.returns,
    )


def _day_closed(row: Row[Any]) -> DayClosed:
    return from_bytes(DayClosed, row.body)


def _audit(row: Row[Any]) -> AuditRecord:
    return AuditRecord(
        id=row.id,
        act=row.act,
        staff_id=row.staff_id,
        approved_by=row.approved_by,
        till_id=row.till_id,
        at=from_us(row.at_us),
        subject_id=row.subject_id,
        detail=row.detail,
    )
