"""Members, consents and entries as they are stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.consent import Consent
from pos_member.domain.member import Member
from pos_member.domain.points import PointEntry
from pos_member.headoffice import portable, schema, times
from pos_member.headoffice.acts import CouponMove
from pos_member.headoffice.asking import among

_STATUSES = select(schema.member.c.id, schema.member.c.status).where(among(schema.member.c.id, "ids"))
_BODIES = select(schema.member.c.body).where(among(schema.member.c.id, "ids"))


def load_statuses(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Status by id."""
    found: dict[str, str] = {}
    for part in portable.chunks(ids):
        found.update(connection.execute(_STATUSES, {"ids": part}).tuples().all())
    return found


def load_members(connection: Connection, ids: Iterable[str]) -> dict[str, Member]:
    """Members as they are stored, by id."""
    found: dict[str, Member] = {}
    for part in portable.chunks(ids):
        for body in connection.execute(_BODIES, {"ids": part}).scalars():
            member = codec.from_wire(Member, orjson.loads(body))
            found[member.id] = member
    return found


def _text(value: object) -> str:
    return orjson.dumps(codec.to_wire(value)).decode()


def member_row(member: Member) -> dict[str, Any]:
    """A row of ``member``."""
    searched = {"number": member.number, "phone": member.phone, "status": member.status.value}
    return {"id": member.id, "body": _text(member), **searched}


def consent_row(consent: Consent) -> dict[str, Any]:
    """A row of ``consent``."""
    return {
        "member_id": consent.member_id,
        "id": consent.id,
        "purpose": consent.purpose.value,
        "granted": consent.granted,
        "at": times.stored(consent.at),
        "body": _text(consent),
    }


def entry_row(entry: PointEntry, till_id: str, seq: int) -> dict[str, Any]:
    """A row of ``point_entry``; ``seq`` is 0 for entries of head office itself."""
    return {
        "member_id": entry.member_id,
        "id": entry.id,
        "till_id": till_id,
        "seq": seq,
        "kind": entry.kind.value,
        "points": entry.points,
        "bucket": entry.bucket.isoformat() if entry.bucket else "",
        "bill_id": entry.bill_id,
        "business_date": entry.business_date.isoformat(),
        "currency": entry.currency,
        "program_id": entry.program_id,
        "reverses_id": entry.reverses_id,
        "at": times.stored(entry.at),
    }


def move_row(move: CouponMove, till_id: str) -> dict[str, Any]:
    """A row of ``coupon_event``."""
    return {
        "code": move.code,
        "kind": move.kind.value,
        "subject_id": move.subject_id,
        "till_id": till_id,
        "amount_satang": move.amount_satang,
        "at": times.stored(move.at),
    }
