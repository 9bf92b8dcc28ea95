"""Bills and returns that hold everything programs make: stamps, pending points, tallies, referrals, coupons."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from pos_member.domain import codec
from pos_member.domain.bill import Basis, Bill, BillReturn
from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.events import EventKind
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointEntry, PointKind
from pos_member.domain.tally import Tally, TallyKind
from pos_member.headoffice import schema, till_facts
from pos_member.headoffice.acts import Act, read_act
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.parts import Told, parts_of
from pos_member.headoffice.portable import Database
from pos_member.headoffice.stamper import Stamper
from pos_member.headoffice.units import Units
from pos_member.headoffice.world import World
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    LOT,
    MEMBERS,
    make_bill,
    make_coupon,
    make_entry,
    make_return,
    new_id,
    rows,
    use,
)
from tests.headoffice.offices import seeded_url

TILLS = tuple(TillIdentity(new_id(), n + 1, BRANCHES[n % 2].id, f"T{n}", 1) for n in range(3))
TODAY = CLOCK.now().date()
MONTH = TODAY.isoformat()[:7]
TWICE = CouponDefinition("def-twice", "TWICE", "คูปองสองครั้ง", "Twice", CouponValueKind.AMOUNT, 1_000, uses_per_code=2)
ONCE = CouponDefinition("definition", "ONCE", "คูปอง", "Once", CouponValueKind.AMOUNT, 2_000)
CODE_TWICE, CODE_ONCE = "8000000000000017", "8000000000000025"
Event = tuple[TillIdentity, EventKind, Bill | BillReturn]


def entry(till: TillIdentity, member: int, kind: PointKind, points: int, bill: str | None, **more: Any) -> PointEntry:
    return replace(make_entry(till, MEMBERS[member].id, kind, points, bill), **more)


def tally(
    kind: TallyKind, key: str, amount: int, member: int | None = 0, period: str = "", line: int | None = None
) -> Tally:
    return Tally(kind, key, period, amount, None if member is None else MEMBERS[member].id, line)


def rich_bill(till: TillIdentity, n: int, member: int = 0, **changes: Any) -> Bill:
    """120 points (20 of them pending and not qualifying), 3 stamps, 50 for who brought the member, tallies."""
    bill_id = new_id()
    referrer = MEMBERS[3].id
    entries = (
        entry(till, member, PointKind.EARN, 100, bill_id, program_id="earn"),
        entry(till, member, PointKind.EARN, 20, bill_id, program_id="bonus", qualifying=False, spendable_from=LOT),
        entry(till, member, PointKind.EARN, 3, bill_id, program_id="stamps", currency="cup", qualifying=False),
        entry(till, 3, PointKind.EARN, 50, bill_id, program_id="friend", qualifying=False),
    )
    tallies = (
        tally(TallyKind.TIMES, "earn", 1, member, TODAY.isoformat()),
        tally(TallyKind.TIMES, "old", 1, member, "2001-01-01"),
        tally(TallyKind.PROGRESS, "mission", 40_000, member, MONTH, 1),
        tally(TallyKind.TOTAL, "limited", 2, None),
        tally(TallyKind.BUDGET, "limited", 1_500, None, line=1),
        tally(TallyKind.ENTRIES, "draw", 4, member),
    )
    values: dict[str, Any] = {
        "id": bill_id,
        "point_entries": entries,
        "tallies": tallies,
        "qualifying_satang": 40_000,
        "basis": Basis("digest", referred_by=referrer),
    }
    return make_bill(till, n, member=MEMBERS[member], points=120, redeem=0, **(values | changes))


def rich_return(bill: Bill, till: TillIdentity, *, owed: int = 0) -> BillReturn:
    """All of a ``rich_bill`` comes back; ``owed`` points and a stamp could not be taken."""
    back = []
    for each in bill.point_entries:
        if each.kind is PointKind.EARN:
            points = -each.points + (owed if each.program_id == "earn" else 0) + (1 if each.currency else 0)
            undone = {"kind": PointKind.REVERSE, "points": points, "reverses_id": each.id}
            back.append(replace(each, id=new_id(), **undone))
    return make_return(
        till,
        bill,
        complete=True,
        bill_date=bill.business_date,
        point_entries=tuple(back),
        tallies=tuple(replace(each, amount=-each.amount) for each in bill.tallies),
        qualifying_satang=bill.qualifying_satang,
        points_owed=owed,
        stamps_owed={"cup": 1},
    )


def story() -> list[list[Event]]:
    """What three tills did, each in its order; together they make every kind of figure and case."""
    one, two, three = TILLS
    kept = rich_bill(one, 1)
    gone = rich_bill(
        two,
        1,
        coupons_issued=(
            replace(make_coupon(two, CODE_TWICE), definition_id=TWICE.id),
            make_coupon(two, CODE_ONCE),
        ),
    )
    uses = [
        make_bill(one, n, member=None, points=0, redeem=0, coupons_used=tuple(map(use, codes)))
        for n, codes in ((2, [CODE_TWICE]), (3, [CODE_TWICE, CODE_ONCE]))
    ]
    third = make_bill(three, 1, member=None, points=0, redeem=0, coupons_used=(use(CODE_TWICE), use(CODE_ONCE)))
    spent = make_bill(three, 2, member=MEMBERS[0], points=0, redeem=180)
    debt = (
        entry(three, 0, PointKind.EARN, 30, None),
        entry(three, 0, PointKind.REVERSE, -10, None, reason="owed_repaid"),
        entry(three, 0, PointKind.REVERSE, -1, None, reason="owed_repaid", currency="cup"),
    )
    repaid = make_bill(three, 3, member=MEMBERS[0], points=30, redeem=0, point_entries=debt)
    undo = make_return(one, uses[0], coupons_restored=(CODE_TWICE,), complete=True, bill_date=TODAY)
    sold, back = EventKind.BILL_COMPLETED, EventKind.BILL_RETURNED
    return [
        [(one, sold, kept), (one, sold, uses[0]), (one, sold, uses[1]), (one, back, undo)],
        [(two, sold, gone), (two, back, rich_return(gone, two, owed=10))],
        [(three, sold, third), (three, sold, spent), (three, sold, repaid)],
    ]


@contextmanager
def empty_office(folder: Path, name: str = "facts") -> Iterator[Database]:
    """Head office's file with the company, its members and two coupon definitions."""
    database = open_database(seeded_url(folder / f"{name}.db"))
    try:
        with database.write() as connection:
            import_catalogue(connection, (TWICE, ONCE))
        yield database
    finally:
        database.close()


def act_of(event: Event, seq: int) -> Act:
    till, kind, payload = event
    return read_act(till.id, seq, kind.value, 1, codec.canonical_bytes(payload))


def take_in(database: Database, events: Sequence[Event], today: date = TODAY) -> None:
    """Apply events one by one, each in a transaction of its own, as uploads of one event would."""
    numbers: dict[str, Iterator[int]] = {}
    for event in events:
        later(database, event, next(numbers.setdefault(event[0].id, itertools.count(1))), today)


def later(database: Database, event: Event, seq: int, today: date = TODAY) -> None:
    """One more event of a till: stored, applied and published."""
    till, kind, payload = event
    at = "2026-11-21T12:00:00.000000Z"
    body = codec.canonical_bytes(payload)
    meta = {"till_id": till.id, "epoch": 1, "seq": seq, "event_id": payload.id, "kind": kind.value}
    rest = {"version": 1, "payload": body, "sha256": "", "chain": "", "created_at": at, "received_at": at}
    act = act_of(event, seq)
    parts = parts_of(Told(1, seq, payload.id, kind.value, act))
    with database.write() as connection:
        connection.execute(insert(schema.event), [meta | rest])
        till_facts.write(connection, till.id, [(seq, act)], at)
        world = World(connection, till.id, parts, datetime.combine(today, time(12), UTC))
        for part in parts:
            world.apply(part)
        world.flush()
    Stamper(Units(database), "facts").run(CLOCK.now())


def _told(row: Any) -> tuple[Any, ...]:
    """A row but for how often, and after which uploads, tills were told of it."""
    return tuple(value for name, value in row._mapping.items() if name not in ("n", "seen"))


def state(database: Database) -> dict[str, list[Any]]:
    """Everything that must not depend on the order of uploads."""
    found: dict[str, list[Any]] = {}
    for table in ("account", "coupon", "coupon_event", "quota", "bill_program"):
        found[table] = sorted(_told(row) for row in rows(database, table))
    found["tally"] = sorted((r.kind, r.key, r.amount, r.member_id or "") for r in rows(database, "tally"))
    opened = [row for row in rows(database, "exception") if row.state == "open"]
    found["exception"] = sorted((r.kind, r.subject_id, r.amount_satang, r.points, r.detail) for r in opened)
    return found
