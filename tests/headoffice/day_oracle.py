"""The days of tills judged one by one, as plainly as it can be said: what judging them all at once is held against."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, select

from pos_member.domain.chain import GENESIS
from pos_member.domain.codec import from_bytes
from pos_member.domain.day_certificate import DayClosed
from pos_member.headoffice import held_events, schema, times
from pos_member.headoffice.days import DayState, Difference, Sums, TillDay

FIGURES = ("bills", "total_satang", "returns", "refund_satang", "claims", "points_earned", "points_redeemed")
BILL, RETURN, CLAIM, EVENT = schema.bill, schema.bill_return, schema.bill_claim, schema.event
PARTS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (
        BILL,
        {
            "bills": func.count(),
            **{name: func.sum(BILL.c[name]) for name in ("total_satang", "points_earned", "points_redeemed")},
        },
    ),
    (RETURN, {"returns": func.count(), "refund_satang": func.sum(RETURN.c.refund_satang)}),
    (CLAIM, {"claims": func.count(), "points_earned": func.sum(CLAIM.c.points)}),
)


def judge(connection: Connection, till: Row[Any], day: date, zone: str, first: date, last: date) -> TillDay:
    """One day of one till, looked at among the days from ``first`` to ``last``, which are over."""
    held = sums(connection, till.id, day)
    told = certificate(connection, till.id, day, first, last)
    contact = times.read(till.last_contact_at) if till.last_contact_at else None
    who: dict[str, Any] = {"till_id": till.id, "number": till.number, "label": till.label, "branch_id": till.branch_id}
    who |= {"day": day, "held": held, "last_contact_at": contact, "revoked": till.revoked}
    if told is None:
        over = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)
        quiet = held.empty and contact is not None and contact >= over
        return TillDay(**who, state=DayState.NOTHING if quiet else DayState.UNCERTIFIED)
    said, after_seq = told
    missing = gaps(connection, till.id, said, after_seq)
    aside, unwritten = set_aside(connection, till.id, said, after_seq)
    as_said = Sums(*(getattr(said, name) for name in FIGURES))
    more = Sums() if held == as_said else later(connection, till.id, day, said)
    here = held - more
    differences = [
        Difference(name, getattr(as_said, name), getattr(here, name))
        for name in FIGURES
        if not unwritten and getattr(as_said, name) != getattr(here, name)
    ]
    chain = GENESIS if said.last_seq == 0 else held_events.chain_at(connection, till.id, said.epoch, said.last_seq)
    if not missing and chain != said.chain:
        differences.append(Difference("chain"))
    if missing:
        state = DayState.MISSING
    elif differences:
        state = DayState.DIFFERS
    elif not more.empty:
        state = DayState.GOES_ON
    else:
        state = DayState.SET_ASIDE if aside else DayState.COMPLETE
    found: dict[str, Any] = {"missing": missing, "set_aside": aside, "more": more, "differences": tuple(differences)}
    return TillDay(**who, state=state, said=said, **found)


def certificate(
    connection: Connection, till_id: str, day: date, first: date, last: date
) -> tuple[DayClosed, int] | None:
    table = schema.day_certificate
    same = (EVENT.c.till_id == table.c.till_id) & (EVENT.c.event_id == table.c.id) & (EVENT.c.epoch == table.c.epoch)
    query = select(table).join(EVENT, same).where(table.c.till_id == till_id)
    query = query.where(table.c.business_date.between((first - timedelta(days=60)).isoformat(), last.isoformat()))
    found, before = None, dict[int, int]()
    for row in connection.execute(query.order_by(table.c.epoch, table.c.seq)):
        if row.business_date == day.isoformat():
            found = from_bytes(DayClosed, row.body.encode()), before.get(row.epoch, 0)
        before[row.epoch] = row.last_seq
    return found


def gaps(connection: Connection, till_id: str, said: DayClosed, after_seq: int) -> tuple[tuple[int, int], ...]:
    found, expected = [], after_seq + 1
    for seq in sorted(held_events.span(connection, till_id, said.epoch, expected, said.last_seq)):
        if seq > expected:
            found.append((expected, seq - 1))
        expected = seq + 1
    if expected <= said.last_seq:
        found.append((expected, said.last_seq))
    return tuple(found[:5])


def set_aside(connection: Connection, till_id: str, said: DayClosed, after_seq: int) -> tuple[int, int]:
    table = schema.quarantine.c
    here = (table.till_id == till_id) & (table.epoch == said.epoch) & table.seq.between(after_seq + 1, said.last_seq)
    taken = connection.execute(select(table.taken_in).where(here)).scalars().all()
    return len(taken), sum(1 for each in taken if not each)


def sums(connection: Connection, till_id: str, day: date) -> Sums:
    found: dict[str, int] = {}
    for table, figures in PARTS:
        here = (table.c.till_id == till_id) & (table.c.business_date == day.isoformat())
        add(found, connection.execute(select(*figures.values()).where(here)).one(), figures)
    return Sums(**found)


def later(connection: Connection, till_id: str, day: date, said: DayClosed) -> Sums:
    after = (EVENT.c.epoch > said.epoch) | ((EVENT.c.epoch == said.epoch) & (EVENT.c.seq > said.last_seq))
    found: dict[str, int] = {}
    for table, figures in PARTS:
        same = (EVENT.c.till_id == table.c.till_id) & (EVENT.c.event_id == table.c.id)
        here = (table.c.till_id == till_id) & (table.c.business_date == day.isoformat())
        add(
            found,
            connection.execute(select(*figures.values()).select_from(table.join(EVENT, same)).where(here, after)).one(),
            figures,
        )
    return Sums(**found)


def add(into: dict[str, int], row: Row[Any], figures: dict[str, Any]) -> None:
    for name, value in zip(figures, row, strict=True):
        into[name] = into.get(name, 0) + int(value or 0)
