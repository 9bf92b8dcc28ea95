"""The deny list: members and coupons that no till may let spend by itself (a lost phone, a leaked batch of coupons).

Every till learns of it through the feed. Head office may still let them spend, one bill at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, func, select

from pos_member.domain import codec
from pos_member.domain.codes import check_coupon_code
from pos_member.domain.errors import Reason, Refusal
from pos_member.headoffice import portable, schema, times
from pos_member.headoffice.asking import among
from pos_member.headoffice.feed import GLOBAL_SCOPE, Draft, publish
from pos_member.headoffice.schema_sync import denied
from pos_member.services.sync_ports import FeedDenied, FeedEntity

REASON_CHARACTERS_MAX = 200
#: More than this is not a list that somebody keeps by hand, and tills hold all of it.
DENIED_MAX = 20_000


class DeniedKind(StrEnum):
    """What is denied."""

    MEMBER = "member"
    COUPON = "coupon"


@dataclass(frozen=True)
class Denied:
    """One entry. ``shown``: the member's number, or the coupon's code."""

    kind: DeniedKind
    subject_id: str
    shown: str
    reason: str
    at: datetime


def add(connection: Connection, kind: DeniedKind, typed: str, reason: str, now: datetime) -> Denied:
    """Deny a member (by number) or a coupon (by code). Said again it changes the reason.

    Raises ``Refusal(MEMBER_NUMBER_UNKNOWN | COUPON_UNKNOWN | PAYLOAD_INVALID)``.
    """
    subject = subject_of(connection, kind, typed)
    told = " ".join(reason.split())[:REASON_CHARACTERS_MAX]
    if not told:
        raise Refusal(Reason.PAYLOAD_INVALID, where="reason", want="a reason")
    known = connection.execute(select(denied.c.subject_id)).scalars().all()
    if len(known) >= DENIED_MAX and subject not in known:
        raise Refusal(Reason.PAYLOAD_INVALID, where="deny", want=f"at most {DENIED_MAX}")
    row = {"subject_id": subject, "kind": kind.value, "reason": told, "at": times.stored(now)}
    portable.upsert(connection, denied, [row])
    publish(connection, [_draft(kind, subject, told)], times.stored(now))
    return Denied(kind, subject, typed, told, now)


def remove(connection: Connection, kind: DeniedKind, typed: str, now: datetime) -> bool:
    """Take an entry off the list; ``False`` where it was not on it. Raises as ``add``."""
    return allow(connection, kind, subject_of(connection, kind, typed), now)


def allow(connection: Connection, kind: DeniedKind, subject: str, now: datetime) -> bool:
    """As ``remove``, of the entry with this id."""
    here = (denied.c.subject_id == subject) & (denied.c.kind == kind.value)
    if connection.execute(delete(denied).where(here)).rowcount != 1:
        return False
    publish(connection, [_draft(kind, subject, "", deleted=True)], times.stored(now))
    return True


def count(connection: Connection) -> int:
    """How many there are."""
    return int(connection.execute(select(func.count()).select_from(denied)).scalar_one())


def listed(connection: Connection, most: int | None = None, typed: str = "") -> list[Denied]:
    """The list, newest first, or its ``most`` newest. ``typed``: a member's number or a coupon's code, for that one."""
    member = schema.member
    query = select(denied, member.c.number).outerjoin(member, member.c.id == denied.c.subject_id)
    if typed:
        query = query.where((denied.c.subject_id == _digits(typed)) | (member.c.number == _digits(typed)))
    rows = connection.execute(query.order_by(denied.c.at.desc(), denied.c.subject_id).limit(most)).all()
    return [
        Denied(DeniedKind(row.kind), row.subject_id, row.number or row.subject_id, row.reason, times.read(row.at))
        for row in rows
    ]


_MEMBERS = select(denied.c.subject_id).where(
    among(denied.c.subject_id, "ids"), denied.c.kind == DeniedKind.MEMBER.value
)


def denied_members(connection: Connection, member_ids: Iterable[str]) -> set[str]:
    """Of these members, those that are denied."""
    found = set[str]()
    for part in portable.chunks(member_ids):
        found |= set(connection.execute(_MEMBERS, {"ids": part}).scalars())
    return found


def kind_of(typed: str) -> DeniedKind:
    """What a person means by a number: a coupon's code is known by its digits, anything else is a member's."""
    return DeniedKind.COUPON if check_coupon_code(_digits(typed)) else DeniedKind.MEMBER


def _digits(typed: str) -> str:
    return "".join(typed.split()).replace("-", "")


def subject_of(connection: Connection, kind: DeniedKind, typed: str) -> str:
    """The id behind what was typed. Raises ``Refusal(MEMBER_NUMBER_UNKNOWN | COUPON_UNKNOWN)``."""
    cleaned = _digits(typed)
    if kind is DeniedKind.COUPON:
        # It need not be known here: the till that issued it may be cut off.
        if not check_coupon_code(cleaned):
            raise Refusal(Reason.COUPON_UNKNOWN)
        return cleaned
    number = schema.member.c.number
    found = connection.execute(select(schema.member.c.id).where(number == cleaned)).scalars().first()
    if found is None:
        raise Refusal(Reason.MEMBER_NUMBER_UNKNOWN, number=cleaned[:20])
    return str(found)


def _draft(kind: DeniedKind, subject: str, reason: str, *, deleted: bool = False) -> Draft:
    body = codec.to_wire(FeedDenied(kind.value, subject, reason))
    return Draft(FeedEntity.DENIED, f"{kind.value}:{subject}", body, deleted=deleted, scope=GLOBAL_SCOPE)
