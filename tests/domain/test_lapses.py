"""A bill after an account has ended: what had ended goes first, and what several tills did of it comes out even."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.expiry import add_months
from pos_member.domain.lapses import evened, is_lapse, lapse_entries
from pos_member.domain.ledger import EntryContext
from pos_member.domain.org import Currency, PointsExpiry, Settings
from pos_member.domain.points import Account, PointEntry, PointKind, balances
from tests.domain.returning import AT, PENDING_UNTIL, TODAY
from tests.domain.ringing import account, context, new_id

OWN = Settings(
    points_expiry=PointsExpiry.INACTIVITY,
    points_expiry_months=2,
    currencies=(
        Currency("CUP", "แสตมป์", "Stamps", PointsExpiry.INACTIVITY, 1),
        Currency("BOX", "กล่อง", "Boxes", PointsExpiry.NEVER),
    ),
)
LONG_AGO, LATELY = TODAY - timedelta(days=70), TODAY - timedelta(days=40)
LOT, PAST = date(2026, 12, 31), TODAY - timedelta(days=1)


def _lapsed(held: Account, own: Settings | None = OWN) -> list[tuple[str, int, date | None]]:
    entries = lapse_entries(held, TODAY, context(AT, TODAY), own)
    assert all(is_lapse(each) for each in entries)
    return [(each.currency, each.points, each.bucket) for each in entries]


def test_what_inactivity_had_ended_goes_each_currency_by_its_own_terms() -> None:
    wallets = {"CUP": {None: 7}, "BOX": {None: 3}}
    lots = {None: 100, LOT: 20, PAST: 9}
    # What ended by a day of its own is left for head office: no bill brings it back.
    gone = [("", -20, LOT), ("", -100, None), ("CUP", -7, None)]
    assert _lapsed(account(lots, wallets=wallets, last_visit=LONG_AGO)) == gone
    assert _lapsed(account(lots, wallets=wallets, last_visit=LATELY)) == [("CUP", -7, None)]
    assert _lapsed(account(lots, wallets=wallets, last_visit=TODAY)) == []
    assert _lapsed(account(lots, wallets=wallets)) == [], "who never came is not away"
    assert _lapsed(account(lots, wallets=wallets, last_visit=LONG_AGO), Settings()) == []


def test_the_last_day_still_counts() -> None:
    end = date(2026, 9, 21)
    assert _lapsed(account({None: 5}, last_visit=end)) == []
    assert _lapsed(account({None: 5}, last_visit=end - timedelta(days=1))) == [("", -5, None)]


def test_nothing_is_left_of_what_was_pending_and_nothing_is_taken_twice() -> None:
    held = account({None: 50}, pending={(PENDING_UNTIL, None): 20}, last_visit=LONG_AGO)
    entries = lapse_entries(held, TODAY, context(AT, TODAY), OWN)
    after = balances(entries).plus(held.buckets, held.pending)
    assert (after.buckets, after.pending) == ({}, {})
    assert lapse_entries(replace(held, buckets={}, pending={}), TODAY, context(AT, TODAY), OWN) == ()


@dataclass(frozen=True)
class _Bill:
    till: str
    at: datetime
    entries: tuple[PointEntry, ...]

    @property
    def day(self) -> date:
        return self.at.date()


def _known(bills: Sequence[_Bill]) -> Account:
    """What whoever knows ``bills`` holds for the account."""
    found = balances(each for bill in bills for each in bill.entries)
    last = max((bill.day for bill in bills), default=None)
    return account(found.buckets, wallets=found.wallets, last_visit=last)


def _sell(till: str, at: datetime, points: int, known: Sequence[_Bill]) -> _Bill:
    within = EntryContext("m", new_id(), "staff", till, at, at.date(), new_id)
    earned = [within.entry(PointKind.EARN, points, None, currency=currency) for currency in ("", "CUP")]
    return _Bill(till, at, (*lapse_entries(_known(known), at.date(), within, OWN), *earned))


def _even(bills: Sequence[_Bill], booked: list[PointEntry]) -> tuple[PointEntry, ...]:
    entries = [*(each for bill in bills for each in bill.entries), *booked]
    random.Random(1).shuffle(entries)
    found = balances(entries)
    held = account(found.buckets, wallets=found.wallets)
    return evened(entries, [(bill.at, bill.day) for bill in bills], held, OWN, _office())


def _office() -> EntryContext:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    return EntryContext("m", None, "head-office", "head-office", at, at.date(), new_id)


def _truth(bills: Sequence[_Bill], months: int, currency: str) -> int:
    """What is left: a bill ends what there was, if its till saw any of it and the member had indeed stayed away."""
    left, last = 0, None
    for bill in sorted(bills, key=lambda each: each.at):
        saw = any(is_lapse(each) and each.currency == currency for each in bill.entries)
        if saw and last is not None and add_months(last, months) < bill.day:
            left = 0
        left += next(each.points for each in bill.entries if each.kind is PointKind.EARN)
        last = bill.day
    return left


def _held(bills: Sequence[_Bill], booked: Sequence[PointEntry]) -> tuple[int, int]:
    found = balances([*(each for bill in bills for each in bill.entries), *booked])
    return sum(found.buckets.values()), sum(found.wallets.get("CUP", {}).values())


def test_two_tills_that_know_nothing_of_one_another_take_it_once() -> None:
    noon = datetime(2026, 1, 5, 5, tzinfo=UTC)
    first = _sell("a", noon, 100, [])
    both = [_sell(till, noon + timedelta(days=90, hours=n), 5, [first]) for n, till in enumerate(("a", "b"))]
    bills = [first, *both]
    assert _held(bills, []) == (-90, -90)
    booked = list(_even(bills, []))
    assert [(each.kind, each.points, each.currency, each.reverses_id) for each in booked] == [
        (PointKind.EXPIRE, 100, "", both[1].entries[0].id),
        (PointKind.EXPIRE, 100, "CUP", both[1].entries[1].id),
    ]
    assert _held(bills, booked) == (10, 10)
    assert _even(bills, booked) == ()


def test_who_was_at_another_till_in_between_has_lost_nothing() -> None:
    noon = datetime(2026, 1, 5, 5, tzinfo=UTC)
    first = _sell("a", noon, 100, [])
    between = _sell("b", noon + timedelta(days=45), 20, [first])
    late = _sell("a", noon + timedelta(days=80), 5, [first])
    assert [each.points for each in late.entries if is_lapse(each)] == [-100, -100]
    booked = list(_even([first, between, late], []))
    # Points end after two months, these stamps after one.
    assert _held([first, between, late], booked) == (125, 5)


def test_points_from_before_the_first_entry_on_record_count() -> None:
    noon = datetime(2026, 1, 5, 5, tzinfo=UTC)
    first = _sell("a", noon, 100, [])
    within = EntryContext("m", "later", "staff", "b", noon + timedelta(days=90), date(2026, 4, 5), new_id)
    lapse = lapse_entries(account({None: 130}, last_visit=first.day), date(2026, 4, 5), within, OWN)
    entries = [*first.entries, *lapse]
    visits = [(first.at, first.day), (within.at, within.business_date)]
    # 30 were brought along; after the lapse of 130 nothing is left, and the wallet was not known to that till.
    held = account({}, wallets={"CUP": {None: 100}})
    assert evened(entries, visits, held, OWN, _office()) == ()


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 200), st.integers(1, 50), st.integers(0, 255)),
        min_size=1,
        max_size=8,
        unique_by=lambda each: each[1],
    ),
    st.data(),
)
@settings(max_examples=200)
def test_whatever_tills_knew_and_in_whatever_order_their_bills_come_in(
    plan: list[tuple[str, int, int, int]], data: st.DataObject
) -> None:
    bills: list[_Bill] = []
    for till, day, points, seen in sorted(plan, key=lambda each: each[1]):
        known = [bill for n, bill in enumerate(bills) if bill.till == till or seen >> n & 1]
        bills.append(_sell(till, datetime(2026, 1, 5, 5, tzinfo=UTC) + timedelta(days=day), points, known))
    truth = (_truth(bills, 2, ""), _truth(bills, 1, "CUP"))
    arrived: list[_Bill] = []
    booked: list[PointEntry] = []
    for bill in data.draw(st.permutations(bills)):
        arrived.append(bill)
        if data.draw(st.booleans()):
            booked += _even(arrived, booked)
    booked += _even(bills, booked)
    assert _held(bills, booked) == truth
    assert _even(bills, booked) == ()
