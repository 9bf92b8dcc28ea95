"""Entries of earning, redeeming, expiring; and how owed points are repaid."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.ledger import (
    OWED_REPAID,
    EntryContext,
    earn_bucket,
    earn_entries,
    expire_entries,
    outstanding,
    redeem_entries,
)
from pos_member.domain.org import Currency, PointsExpiry, Settings
from pos_member.domain.points import Account, PointKind, balances
from pos_member.domain.pricing import EarnResult

TODAY = date(2026, 11, 21)


def _context() -> EntryContext:
    numbers = count(1)
    at = datetime(2026, 11, 21, 5, tzinfo=UTC)
    return EntryContext("m", "bill", "staff", "till", at, TODAY, lambda: f"entry-{next(numbers)}")


def _account(buckets: dict[date | None, int]) -> Account:
    return Account("m", buckets, None, 0, 0, 0, None)


@pytest.mark.parametrize(
    ("policy", "months", "today", "last"),
    [
        (PointsExpiry.NEVER, 24, TODAY, None),
        (PointsExpiry.MONTHS_TO_MONTH_END, 24, TODAY, date(2028, 11, 30)),
        (PointsExpiry.MONTHS_TO_MONTH_END, 1, date(2027, 1, 31), date(2027, 2, 28)),
        (PointsExpiry.MONTHS_TO_MONTH_END, 1, date(2028, 1, 31), date(2028, 2, 29)),
        (PointsExpiry.MONTHS_TO_MONTH_END, 0, date(2026, 2, 28), date(2026, 2, 28)),
        (PointsExpiry.MONTHS_TO_MONTH_END, 12, date(2024, 2, 29), date(2025, 2, 28)),
        (PointsExpiry.MONTHS_TO_MONTH_END, 1, date(2026, 12, 31), date(2027, 1, 31)),
        (PointsExpiry.YEAR_END, 24, TODAY, date(2028, 12, 31)),
        (PointsExpiry.YEAR_END, 0, TODAY, date(2026, 12, 31)),
        (PointsExpiry.YEAR_END, 2, TODAY, date(2027, 12, 31)),
        (PointsExpiry.YEAR_END, 10**6, TODAY, date.max),
    ],
)
def test_the_last_day_of_a_lot(policy: PointsExpiry, months: int, today: date, last: date | None) -> None:
    assert earn_bucket(Settings(points_expiry=policy, points_expiry_months=months), today) == last


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(0, 240), st.sampled_from(PointsExpiry))
def test_points_never_end_before_they_are_earned(today: date, months: int, policy: PointsExpiry) -> None:
    last = earn_bucket(Settings(points_expiry=policy, points_expiry_months=months), today)
    assert last is None or last >= today


EARNS = (EarnResult("p1", 7, {1: 5, 3: 2}), EarnResult("p2", 4, {3: 4}))


def test_one_entry_for_each_program_and_line() -> None:
    entries = earn_entries(EARNS, Settings(points_expiry=PointsExpiry.NEVER), _context())
    assert [(e.kind, e.program_id, e.line_no, e.points, e.bucket) for e in entries] == [
        (PointKind.EARN, "p1", 1, 5, None),
        (PointKind.EARN, "p1", 3, 2, None),
        (PointKind.EARN, "p2", 3, 4, None),
    ]
    assert len({e.id for e in entries}) == 3
    assert {(e.member_id, e.bill_id, e.business_date) for e in entries} == {("m", "bill", TODAY)}


@pytest.mark.parametrize(("owed", "repaid"), [(0, 0), (4, 4), (11, 11), (50, 11), (-3, 0)])
def test_the_next_earn_repays_what_is_owed(owed: int, repaid: int) -> None:
    entries = earn_entries(EARNS, Settings(), _context(), owed)
    assert sum(e.points for e in entries) == 11 - repaid
    assert [(e.kind, e.points) for e in entries if e.reason == OWED_REPAID] == (
        [(PointKind.REVERSE, -repaid)] if repaid else []
    )
    assert len({e.bucket for e in entries}) == 1
    assert outstanding((), balances(entries)) == -repaid


def test_redeeming_draws_what_ends_first_reward_after_reward() -> None:
    lots = {date(2027, 12, 31): 100, date(2026, 12, 31): 150, None: 80, date(2026, 11, 20): 999}
    entries = redeem_entries([("r1", 100), ("r2", 200)], _account(lots), _context())
    assert [(e.program_id, e.points, e.bucket) for e in entries] == [
        ("r1", -100, date(2026, 12, 31)),
        ("r2", -50, date(2026, 12, 31)),
        ("r2", -100, date(2027, 12, 31)),
        ("r2", -50, None),
    ]
    assert {e.kind for e in entries} == {PointKind.REDEEM}


@pytest.mark.parametrize("lots", [{None: 99}, {date(2026, 11, 20): 500}, {None: 150, TODAY: -60}, {}])
def test_a_redemption_never_overdraws(lots: dict[date | None, int]) -> None:
    with pytest.raises(Refusal) as refused:
        redeem_entries([("r1", 50), ("r2", 50)], _account(lots), _context())
    assert refused.value.reason is Reason.POINTS_SHORT


def test_a_lot_ends_after_its_last_day() -> None:
    assert expire_entries({TODAY: 5}, TODAY, _context()) == ()
    assert [e.points for e in expire_entries({TODAY: 5}, TODAY + timedelta(days=1), _context())] == [-5]


_lots = st.dictionaries(st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31))), st.integers(-50, 500))


@given(_lots)
def test_the_expiry_run_brings_ended_lots_to_zero_and_leaves_the_others(lots: dict[date | None, int]) -> None:
    entries = expire_entries(lots, TODAY, _context())
    after = dict(lots)
    for bucket, points in balances(entries).buckets.items():
        after[bucket] += points
    for bucket, points in after.items():
        ended = bucket is not None and bucket < TODAY
        assert points == (0 if ended else lots[bucket])
    assert all(e.kind is PointKind.EXPIRE and e.points for e in entries)
    assert expire_entries(after, TODAY, _context()) == ()


CUP = Currency("CUP", "ตราถ้วย", "Cups", PointsExpiry.MONTHS, 6)
OWN = Settings(currencies=(CUP,), points_pending_days=7)


def test_points_are_pending_and_stamps_are_not() -> None:
    earns = (EarnResult("p", 7, {1: 7}), EarnResult("s", 2, {1: 2}, currency="CUP"))
    points, stamps = earn_entries(earns, OWN, _context())
    assert (points.points, points.currency, points.spendable_from) == (7, "", TODAY + timedelta(days=7))
    assert (stamps.points, stamps.currency, stamps.spendable_from) == (2, "CUP", None)
    assert stamps.bucket == date(2027, 5, 21)
    assert (points.qualifying, stamps.qualifying) == (True, False), "stamps never count towards a tier"


def test_the_referrer_gets_an_entry_of_their_own_which_repays_nothing() -> None:
    earns = (
        EarnResult("r", 50, {1: 20, 2: 30}, qualifying=False),
        EarnResult("r", 100, {1: 100}, qualifying=False, member_id="friend"),
    )
    entries = earn_entries(earns, Settings(), _context(), owed=500)
    assert [(e.member_id, e.points, e.line_no, e.kind) for e in entries] == [
        ("m", 20, 1, PointKind.EARN),
        ("m", 30, 2, PointKind.EARN),
        ("friend", 100, None, PointKind.EARN),
        ("m", -50, None, PointKind.REVERSE),
    ]
    assert not any(e.qualifying for e in entries[:3])


def test_points_that_no_line_carries_are_earned_all_the_same() -> None:
    entries = earn_entries((EarnResult("p", 10, {2: 4}), EarnResult("q", 5, {})), Settings(), _context())
    assert [(e.program_id, e.line_no, e.points) for e in entries] == [("p", 2, 4), ("p", None, 6), ("q", None, 5)]


def test_each_currency_repays_its_own_debt_out_of_the_pending_lot() -> None:
    earns = (EarnResult("p", 10, {1: 10}), EarnResult("s", 3, {1: 3}, currency="CUP"))
    entries = earn_entries(earns, OWN, _context(), 4, {"CUP": 9, "BOX": 2})
    repaid = [e for e in entries if e.reason == OWED_REPAID]
    assert [(e.currency, e.points, e.spendable_from) for e in repaid] == [
        ("", -4, TODAY + timedelta(days=7)),
        ("CUP", -3, None),
    ]
    found = balances(entries)
    assert list(found.pending.values()) == [6]
    assert (found.buckets, found.wallets) == ({date(2028, 12, 31): 6}, {})
    assert outstanding((), balances(entries), "CUP") == -3


def test_stamps_are_spent_apart_from_points_what_ends_first_first() -> None:
    wallets = {"CUP": {None: 5, date(2026, 12, 1): 4, date(2026, 11, 20): 9}}
    held = Account("m", {None: 100}, None, 0, 0, 0, None, wallets=wallets)
    entries = redeem_entries([("a", 30), ("b", 6, "CUP"), ("c", 2, "CUP")], held, _context())
    assert [(e.program_id, e.currency, e.points, e.bucket) for e in entries] == [
        ("a", "", -30, None),
        ("b", "CUP", -4, date(2026, 12, 1)),
        ("b", "CUP", -2, None),
        ("c", "CUP", -2, None),
    ]
    with pytest.raises(Refusal) as refused:
        redeem_entries([("a", 30), ("b", 10, "CUP")], held, _context())
    assert refused.value.params == {"spendable_points": 9, "currency": "CUP"}


def test_pending_points_cannot_be_redeemed_before_their_day() -> None:
    held = Account("m", {None: 100}, None, 0, 0, 0, None, pending={(TODAY + timedelta(days=1), None): 40})
    with pytest.raises(Refusal) as refused:
        redeem_entries([("a", 61)], held, _context())
    assert refused.value.params["spendable_points"] == 60
    assert [e.points for e in redeem_entries([("a", 60)], held, _context())] == [-60]


def test_points_of_who_stayed_away_cannot_be_redeemed() -> None:
    own = Settings(points_expiry=PointsExpiry.INACTIVITY, points_expiry_months=1)
    held = Account("m", {None: 100}, None, 0, 0, 0, date(2026, 10, 20))
    assert [e.points for e in redeem_entries([("a", 1)], held, _context())] == [-1]
    with pytest.raises(Refusal):
        redeem_entries([("a", 1)], held, _context(), own)
