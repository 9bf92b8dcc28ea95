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
from pos_member.domain.org import PointsExpiry, Settings
from pos_member.domain.points import Account, PointKind, sum_buckets
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
    assert outstanding((), entries) == -repaid


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
    for bucket, points in sum_buckets(entries).items():
        after[bucket] += points
    for bucket, points in after.items():
        ended = bucket is not None and bucket < TODAY
        assert points == (0 if ended else lots[bucket])
    assert all(e.kind is PointKind.EXPIRE and e.points for e in entries)
    assert expire_entries(after, TODAY, _context()) == ()
