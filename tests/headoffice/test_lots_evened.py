"""Two tills that are cut off draw the same lot below zero: the sum stays right, and nothing comes back when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from pos_member.domain.points import PointKind
from pos_member.domain.rights import RightKind, RightUse, Spending, SpendingRight
from pos_member.headoffice import expiring, lots_evened, rights_grants, rights_ledger
from pos_member.headoffice.lots_evened import OfficeMade
from pos_member.headoffice.rights_ledger import Kept
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.office_support import CLOCK, make_entry, new_id, open_exceptions, rows
from tests.headoffice.rights_support import MEMBER, MemoryTill, account, admit, give, memory_till, upload

SOON = CLOCK.now().date() + timedelta(days=2)
NEXT = CLOCK.now().date() + timedelta(days=90)
STEPS = ("one", "two", "late", "run")
#: In order, the run first, in between, and the late earning before and after it; both tills either way round.
ORDERS = [
    *(("one", "two", "late", "run"), ("two", "one", "late", "run"), ("one", "two", "run", "late")),
    *(("two", "one", "run", "late"), ("run", "one", "two", "late"), ("one", "run", "late", "two")),
]


def spend_soon(till: MemoryTill, right: SpendingRight) -> None:
    """Fifty points, out of the lot that ends first, as any till would."""
    bill_id = new_id()
    drawn = replace(make_entry(till.identity, MEMBER.id, PointKind.REDEEM, -50, bill_id), bucket=SOON, at=till.now)
    spending = Spending((RightUse(right.id, 50),))
    till.sell(bill_id=bill_id, provisional=50, spending=spending, point_entries=(drawn,))


def story(office: HeadOffice) -> dict[str, MemoryTill]:
    """Fifty points that end soon and fifty that end later; two tills hold fifty each; a third sold before it all."""
    now = CLOCK.now()
    tills = {name: memory_till(n, 1, now) for n, name in enumerate(("one", "two", "late"), 1)}
    for till in tills.values():
        admit(office.database, till)
    give(office, 50, SOON)
    give(office, 50, NEXT)
    for name in ("one", "two"):
        till = tills[name]
        right = SpendingRight(new_id(), MEMBER.id, till.id, 1, RightKind.TOUCH, 50, now, now + timedelta(hours=12))
        with office.database.write() as connection:
            rights_ledger.write(connection, [Kept(right)])
        spend_soon(till, right)
    bill_id = new_id()
    earned = replace(make_entry(tills["late"].identity, MEMBER.id, PointKind.EARN, 30, bill_id), bucket=SOON)
    tills["late"].sell(bill_id=bill_id, earn=30, point_entries=(earned,))
    return tills


def can_be_given(office: HeadOffice) -> int:
    """To a till that was never heard of before."""
    asks = memory_till(9, 1, CLOCK.now())
    with office.database.write() as connection:
        given = rights_grants.touch(connection, asks.id, 1, [MEMBER.id], CLOCK.now(), new_id)
        for right in given:  # it was only asked what there is
            rights_ledger.write(
                connection, [replace(kept, state=rights_ledger.RightState.LAPSED) for kept in [Kept(right)]]
            )
    return sum(right.points for right in given)


@pytest.mark.parametrize("later", [timedelta(days=4), timedelta(days=2, hours=11)], ids=["long after", "at night"])
@pytest.mark.parametrize("order", ORDERS, ids=["-".join(order) for order in ORDERS])
def test_what_two_tills_spent_is_gone_in_any_order(
    office: HeadOffice, order: tuple[str, ...], later: timedelta
) -> None:
    """Of 130 points 100 were spent. The thirty that a third till adds late belong to the lot that ended, which they
    make good in part: as many remain in the other. At night the lot has ended in the shop, and not yet in UTC."""
    tills = story(office)
    CLOCK.forward(later)
    done: set[str] = set()
    for step in order:
        done.add(step)
        if step == "run":
            expiring.expire(office.database, CLOCK.now(), new_id)
        else:
            upload(office, tills[step])
        most = 30 if "late" in done else 0
        if {"one", "two"} <= done:
            assert can_be_given(office) <= most
    expiring.expire(office.database, CLOCK.now(), new_id)
    assert account(office.database).buckets == {NEXT.isoformat(): 30}
    assert expiring.expire(office.database, CLOCK.now(), new_id) == expiring.Expired()
    assert not open_exceptions(office.database)
    moved = [row for row in rows(office.database, "point_entry") if row.kind == PointKind.TRANSFER.value]
    assert sum(row.points for row in moved) == 0 and {row.till_id for row in moved} == {"head_office"}
    assert sum(row.points for row in moved if row.bucket == SOON.isoformat()) == 20


def test_moves_follow_from_the_facts() -> None:
    today = SOON + timedelta(days=1)
    soon, following = SOON.isoformat(), NEXT.isoformat()

    def run(facts: list[tuple[str, int] | None]) -> tuple[dict[str, int], int]:
        """Lots and points moved after these facts; ``None`` is a run."""
        lots, made = {soon: 50, following: 50}, OfficeMade()
        for fact in [*facts, None]:
            if fact is not None:
                lots[fact[0]] = lots.get(fact[0], 0) + fact[1]
                continue
            for lot, points in lots_evened.moves(lots, made, today).items():
                lots[lot] += points
                made.moved[lot] = made.moved.get(lot, 0) + points
            made.ended[soon] = made.ended.get(soon, 0) - lots[soon]
            lots[soon] = 0
        assert sum(made.moved.values()) == 0
        return lots, made.moved.get(soon, 0)

    facts = [(soon, -50), (soon, -50), (soon, 20), None, None]
    assert {str(run(list(order))) for order in permutations(facts)} == {str(({soon: 0, following: 20}, 30))}
    # What there is nothing to cover with is the loss it was: it is reported, and ends with the lot.
    assert run([(soon, -50), (soon, -90)]) == ({soon: 0, following: 0}, 50)
    # A late bill that spent what the run had taken away: nothing was spent twice.
    assert run([None, (soon, -50)]) == ({soon: 0, following: 50}, 0)


def test_a_lot_that_made_another_good_may_be_overdrawn_itself() -> None:
    """Of 280 points 230 were spent: a till that was cut off drew the second lot, not knowing what had been moved out of
    it. Fifty remain in the third, whenever that bill comes."""
    first, second, third = (SOON.isoformat(), NEXT.isoformat(), (NEXT + timedelta(days=90)).isoformat())
    runs = {"run": SOON + timedelta(days=1), "later run": NEXT + timedelta(days=1)}

    def story(*told: str) -> dict[str, int]:
        """The lots after runs, and after the bills "two tills" and "cut off"."""
        lots, made = {first: 100, second: 80, third: 100}, OfficeMade()
        facts = {"two tills": (first, -150), "cut off": (second, -80), "given back": (first, 20)}
        for each in told:
            if each in facts:
                lots[facts[each][0]] += facts[each][1]
                continue
            for lot, points in lots_evened.moves(lots, made, runs[each]).items():
                lots[lot] += points
                made.moved[lot] = made.moved.get(lot, 0) + points
            for lot in (name for name in lots if lots_evened.has_ended(name, runs[each])):
                made.ended[lot] = made.ended.get(lot, 0) - lots[lot]
                lots[lot] = 0
        return lots

    end = ("later run", "later run")
    rest = {first: 0, second: 0, third: 50}
    assert story("two tills", "run", "cut off", *end) == rest
    assert story("two tills", "cut off", "run", *end) == rest
    assert story("two tills", "run", "later run", "cut off", *end) == rest
    assert story("cut off", "run", "two tills", *end) == rest
    assert story("two tills", "run", "cut off", "later run", "given back", *end) == {**rest, third: 70}
    assert story("two tills", "run", "cut off", "given back", *end) == {**rest, third: 70}
