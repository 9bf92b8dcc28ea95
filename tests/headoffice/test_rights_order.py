"""The cases that come of spending do not depend on the order in which tills come online."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from pos_member.domain.chain import GENESIS
from pos_member.domain.points import PointKind
from pos_member.domain.rights import RightKind, RightUse, Spending, SpendingRight
from pos_member.headoffice import rights_ends, rights_grants, rights_ledger, schema, times
from pos_member.headoffice.epochs import Cause
from pos_member.headoffice.portable import Database
from pos_member.headoffice.rights_ledger import Kept
from pos_member.headoffice.schema_sync import till_epoch
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.office_support import CLOCK, make_entry, new_id, open_exceptions, open_office, use
from tests.headoffice.offices import open_seeded
from tests.headoffice.rights_support import MEMBER, MemoryTill, admit, give, memory_till, strict, take_in, upload

CODE = "8" * 16
#: Its tills, by the folder of the head office they start at.
STORIES: dict[Path, list[MemoryTill]] = {}


def story(office: HeadOffice) -> list[MemoryTill]:
    """Three tills that were cut off: what each spent is right by itself, or wrong in every way there is."""
    now = CLOCK.now()
    tills = [memory_till(n, 1, now) for n in (1, 2, 3)]
    for till in tills:
        admit(office.database, till)
    give(office, 200)
    rights = [
        SpendingRight(new_id(), MEMBER.id, till.id, 1, RightKind.TOUCH, 60, now, now + timedelta(hours=12))
        for till in tills
    ]
    with office.database.write() as connection:
        rights_ledger.write(connection, [Kept(right) for right in rights])
    one, two, three = tills
    for till, right in zip(tills, rights, strict=True):
        till.hold(right)
        till.sell(spend=40)
        till.now = now + timedelta(hours=20)
    earned = one.sell(earn=30)
    spent = Spending((RightUse(earned.id, 30),))
    one.sell(provisional=30, spending=spent, coupons_used=(use(CODE),))
    two.sell(provisional=20, spending=Spending((RightUse(rights[1].id, 20),)))  # lapsed
    two.sell(provisional=50, spending=Spending((RightUse(rights[0].id, 50),)))  # another till's, and more than is left
    two.sell(provisional=120, coupons_used=(use(CODE),))
    three.sell(provisional=10, spending=Spending((RightUse(new_id(), 10),)))  # nobody gave it
    bill_id = new_id()
    late = replace(
        make_entry(three.identity, MEMBER.id, PointKind.REDEEM, -5, bill_id),
        bucket=now.date() - timedelta(days=1),
        at=three.now,
    )
    three.sell(bill_id=bill_id, provisional=5, point_entries=(late,))
    return tills


def found(database: Database) -> dict[tuple[str, str], Any]:
    opened = open_exceptions(database)
    return {key: (row.points, row.amount_satang, row.detail, row.till_id) for key, row in opened.items()}


@pytest.mark.one_database("many head offices are made from one SQLite file")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed_=st.integers(0, 2**32))
def test_the_order_of_uploads_does_not_matter(tmp_path: Path, seed_: int) -> None:
    start = tmp_path / "start"
    if not start.exists():
        start.mkdir()
        office = open_seeded(start)
        STORIES[start] = story(office)
        office.database.close()
    outcomes = []
    for order in (random.Random(seed_), random.Random(seed_ + 1)):
        folder = tmp_path / new_id()
        shutil.copytree(start, folder)
        tills = [replace(till, queue=list(till.queue), held={}, own_seq={}) for till in STORIES[start]]
        office = open_office(folder)
        try:
            while waiting := [till for till in tills if till.queue]:
                upload(office, order.choice(waiting), order.randint(1, 3))
            outcomes.append(found(office.database))
        finally:
            office.database.close()
            shutil.rmtree(folder)
    assert outcomes[0] == outcomes[1]
    assert {kind for kind, _ in outcomes[0]} == {
        "right_lapsed",
        "right_foreign",
        "right_overused",
        "right_unknown",
        "provisional_overdrawn",
        "expired_used",
        "coupon_twice",
        "coupon_unknown",
    }


def copied(office: HeadOffice, till: MemoryTill) -> MemoryTill:
    """A copy of it that has its rights and its queue; head office knows the till."""
    admit(office.database, till)
    return replace(till, queue=list(till.queue), held=dict(till.held), own_seq=dict(till.own_seq))


def turn(office: HeadOffice, till: MemoryTill, epoch: int) -> None:
    """One of two copies has its turn in ``epoch``: it sends everything and says hello."""
    if epoch > 1:
        rights_ends.void_epoch(office.units, till.id, epoch - 1, None, CLOCK.now())
        with office.database.write() as connection:
            begun = {"epoch": epoch, "last_seq": 0, "chain": GENESIS}
            connection.execute(update(schema.till).where(schema.till.c.id == till.id).values(**begun))
        till.new_epoch(epoch)
    upload(office, till)
    now, seq = CLOCK.now(), till.seq
    rights_ends.heard(office.units, till.id, epoch, acked_seq=seq, head_seq=seq, applied_seq=seq, now=now)


@pytest.mark.parametrize("first", ["original", "copy"])
@pytest.mark.parametrize(("spent", "over"), [((30, 0), 0), ((60, 60), 40)])
def test_what_was_earned_before_a_till_was_copied_is_spent_whoever_is_heard_first(
    office: HeadOffice, first: str, spent: tuple[int, int], over: int
) -> None:
    """The bill that earned it was not sent yet: both copies send it, and head office takes its right for forgotten by
    the till when the first of them was heard."""
    one = memory_till(1, 1, CLOCK.now())
    earned = one.sell(earn=80)
    other = copied(office, one)
    for till, points in zip((one, other), spent, strict=True):
        if points:
            till.sell(spend=points)
    turns = (one, other) if first == "original" else (other, one)
    for epoch, till in enumerate(turns, 1 if first == "original" else 2):
        turn(office, till, epoch)
    cases = {key: row.points for key, row in open_exceptions(office.database).items() if key[0] != "overdraft"}
    assert cases == ({("right_overused", earned.id): over} if over else {})


@pytest.mark.parametrize("first", ["original", "copy"])
def test_a_right_that_was_over_with_a_bill_in_quarantine_is_spent_whoever_is_heard_first(
    office: HeadOffice, first: str
) -> None:
    """Nothing tells the copies apart: both spent of it in its time, together no more than there was."""
    now = CLOCK.now()
    one = memory_till(1, 1, now)
    right = SpendingRight(new_id(), MEMBER.id, one.id, 1, RightKind.TOUCH, 100, now, now + timedelta(hours=12))
    give(office, 100)
    with office.database.write() as connection:
        rights_ledger.write(connection, [Kept(right)])
    one.hold(right)
    other = copied(office, one)
    one.sell(spend=20)
    other.sell(spend=30)
    CLOCK.forward(timedelta(hours=48))
    if first == "copy":
        turn(office, other, 1)
        turn(office, one, 2)
    else:
        upload(strict(office), one, reason="too_large")
        turn(office, one, 1)
        turn(office, other, 2)
        assert [kind for kind, _ in open_exceptions(office.database)] == ["poison"]
        take_in(office, one)
    assert not open_exceptions(office.database)


def begun_by_a_copy(office: HeadOffice, till: MemoryTill, epoch: int) -> None:
    """Head office knows that this epoch began because the till was copied."""
    row = {"till_id": till.id, "epoch": epoch, "reason": Cause.CLONED.value, "database_id": new_id()}
    with office.database.write() as connection:
        at = times.stored(CLOCK.now())
        connection.execute(insert(till_epoch).values(**row, last_seq=0, chain=GENESIS, at=at))


def free_for(office: HeadOffice, till: MemoryTill) -> int:
    """Points that this till is given a right to now, which it gives back at once."""
    now = CLOCK.now()
    with office.database.write() as connection:
        made = rights_grants.touch(connection, till.id, 1, [MEMBER.id], now, new_id)
    rights_ends.release(office.units, till.id, [RightUse(right.id, 0) for right in made], now)
    CLOCK.forward(timedelta(minutes=30))  # else it gets none for having just given it back
    return sum(right.points for right in made)


def test_what_an_original_may_still_spend_goes_to_nobody_while_it_lasts(office: HeadOffice) -> None:
    """Its copy is heard first, sends the bill that earned the points, and lets go of its own right to them."""
    one, another = memory_till(1, 1, CLOCK.now()), memory_till(2, 1, CLOCK.now())
    admit(office.database, another)
    one.sell(earn=80)
    copy = copied(office, one)
    one.sell(spend=60)
    begun_by_a_copy(office, copy, 2)
    CLOCK.forward(timedelta(hours=1))
    copy.now = CLOCK.now()
    copy.sell(earn=7)  # what it earns by itself since then is its own to let go of
    turn(office, copy, 2)
    assert free_for(office, another) == 7
    turn(office, one, 3)  # it spent 60 of the 80, and the copy may have spent the rest
    assert free_for(office, another) == 7
    CLOCK.forward(timedelta(days=4))
    assert free_for(office, another) == 27
    assert not open_exceptions(office.database)


def test_what_an_original_may_still_spend_is_free_when_its_time_is_over(office: HeadOffice) -> None:
    one, another = memory_till(1, 1, CLOCK.now()), memory_till(2, 1, CLOCK.now())
    admit(office.database, another)
    one.sell(earn=80)
    copy = copied(office, one)
    begun_by_a_copy(office, copy, 2)
    turn(office, copy, 2)
    assert free_for(office, another) == 0
    CLOCK.forward(timedelta(days=4))
    seq = copy.seq
    rights_ends.heard(office.units, copy.id, 2, acked_seq=seq, head_seq=seq, applied_seq=seq, now=CLOCK.now())
    assert free_for(office, another) == 80
