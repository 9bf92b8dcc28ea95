"""One till as head office sees it, the codes that wait for a till, and looking a member up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from pos_member.domain import codec
from pos_member.domain.errors import Refusal
from pos_member.domain.member import Member, mask_name, mask_number, mask_phone, normalise_phone
from pos_member.domain.org import Branch
from pos_member.headoffice import schema, times
from pos_member.headoffice.console.figures import TillRow, read_tills

#: Events in quarantine that one page lists; the count is always whole.
SET_ASIDE_SHOWN_MAX = 100
FOUND_MAX = 10


@dataclass(frozen=True)
class SetAside:
    """An event in quarantine. ``size_bytes``: of the payload as it came."""

    seq: int
    kind: str
    version: int
    reason: str
    detail: str
    size_bytes: int
    at: datetime


@dataclass(frozen=True)
class TillView:
    """A till's page. ``events`` and ``bills``: held here; ``last_event_at``: when the newest came in."""

    row: TillRow
    enrolled_at: datetime
    epoch: int
    events: int
    bills: int
    last_event_at: datetime | None
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True)
class WaitingCode:
    """An enrolment code that nobody has used yet; what it is, only the one who asked for it knows."""

    branch_id: str
    expires_at: datetime


@dataclass(frozen=True)
class MemberFound:
    """A member, masked: enough to recognise the person who is asking, too little to find anyone else."""

    id: str
    name: str
    number: str
    phone: str
    status: str
    points: int
    visits: int
    last_visit: date | None
    home_branch_id: str


def till_view(
    connection: Connection, till_id: str, branches: dict[str, Branch], now: datetime, day: date
) -> TillView | None:
    """The page of a till; ``None`` where nobody knows it."""
    found = read_tills(connection, branches, now, day, till_id)
    if not found:
        return None
    row = connection.execute(select(schema.till).where(schema.till.c.id == till_id)).one()
    event, bill = schema.event.c, schema.bill.c
    events = select(func.count()).select_from(schema.event).where(event.till_id == till_id)
    bills = select(func.count()).select_from(schema.bill).where(bill.till_id == till_id)
    newest = select(event.received_at).where(
        event.till_id == till_id, event.epoch == row.epoch, event.seq == row.last_seq
    )
    at = connection.execute(newest).scalar_one_or_none()
    return TillView(
        row=found[0],
        enrolled_at=times.read(row.enrolled_at),
        epoch=row.epoch,
        events=connection.execute(events).scalar_one(),
        bills=connection.execute(bills).scalar_one(),
        last_event_at=times.read(at) if at else None,
        set_aside=_set_aside(connection, till_id),
    )


def _set_aside(connection: Connection, till_id: str) -> tuple[SetAside, ...]:
    table, event = schema.quarantine, schema.event
    same = (event.c.till_id == table.c.till_id) & (event.c.epoch == table.c.epoch) & (event.c.seq == table.c.seq)
    size = func.length(event.c.payload).label("size_bytes")
    query = select(table, event.c.version, size).join(event, same).where(table.c.till_id == till_id)
    rows = connection.execute(query.order_by(table.c.epoch, table.c.seq).limit(SET_ASIDE_SHOWN_MAX))
    return tuple(
        SetAside(row.seq, row.kind, row.version, row.reason, row.detail, row.size_bytes, times.read(row.at))
        for row in rows
    )


def waiting_codes(connection: Connection, now: datetime) -> tuple[WaitingCode, ...]:
    """Codes that can still be used, the next to end first."""
    table = schema.enrol_code
    still = table.c.till_id.is_(None) & (table.c.expires_at > times.stored(now))
    rows = connection.execute(select(table).where(still).order_by(table.c.expires_at))
    return tuple(WaitingCode(row.branch_id, times.read(row.expires_at)) for row in rows)


def find_members(connection: Connection, typed: str, day: date) -> tuple[MemberFound, ...]:
    """Members with exactly this number or phone and the points good on ``day``; names are not searched."""
    table = schema.member
    digits = "".join(each for each in typed if each.isdigit())[:20]
    asked = table.c.number == digits
    try:
        asked |= table.c.phone == normalise_phone(typed)
    except Refusal:  # no phone number: then it can only be a member number
        asked = table.c.number == digits
    if not digits:
        return ()
    bodies = connection.execute(select(table.c.body).where(asked).order_by(table.c.id).limit(FOUND_MAX)).scalars()
    return tuple(_found(connection, codec.from_wire(Member, json.loads(body)), day) for body in bodies)


def _found(connection: Connection, member: Member, day: date) -> MemberFound:
    row = connection.execute(select(schema.account).where(schema.account.c.member_id == member.id)).one_or_none()
    lots = json.loads(row.buckets) if row else {}
    return MemberFound(
        id=member.id,
        name=mask_name(member.first_name, member.last_name),
        number=mask_number(member.number),
        phone=mask_phone(member.phone),
        status=member.status.value,
        points=sum(points for last, points in lots.items() if not last or last >= day.isoformat()),
        visits=row.visits if row else 0,
        last_visit=date.fromisoformat(row.last_visit) if row and row.last_visit else None,
        home_branch_id=member.home_branch_id,
    )
