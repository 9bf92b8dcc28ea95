"""When points and stamps end: every policy, and the expiry run."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.expiry import account_end, add_months, earn_bucket, first_day_of_use, parse_fixed_day
from pos_member.domain.ledger import earn_lot, expire_account, expire_entries
from pos_member.domain.org import Currency, PointsExpiry, Settings
from pos_member.domain.points import Account, PointKind, balances
from tests.domain.returning import AT
from tests.domain.ringing import account, context

TODAY = date(2026, 11, 21)
P = PointsExpiry


def _settings(policy: PointsExpiry, months: int = 0, **more: Any) -> Settings:
    return Settings(points_expiry=policy, points_expiry_months=months, **more)


@pytest.mark.parametrize(
    ("policy", "months", "more", "today", "last"),
    [
        (P.NEVER, 24, {}, TODAY, None),
        (P.INACTIVITY, 12, {}, TODAY, None),
        (P.MONTHS, 24, {}, TODAY, date(2028, 11, 21)),
        (P.MONTHS, 1, {}, date(2027, 1, 31), date(2027, 2, 28)),
        (P.MONTHS, 1, {}, date(2028, 1, 31), date(2028, 2, 29)),
        (P.MONTHS, 12, {}, date(2028, 2, 29), date(2029, 2, 28)),
        (P.MONTHS, 0, {}, TODAY, TODAY),
        (P.MONTHS, 10**6, {}, TODAY, date.max),
        (P.FIXED_DAY, 0, {"day": "12-31"}, TODAY, date(2026, 12, 31)),
        (P.FIXED_DAY, 0, {"day": "11-21"}, TODAY, TODAY),
        (P.FIXED_DAY, 0, {"day": "11-20"}, TODAY, date(2027, 11, 20)),
        (P.FIXED_DAY, 12, {"day": "03-31"}, TODAY, date(2028, 3, 31)),
        (P.FIXED_DAY, 0, {"day": "02-29"}, TODAY, date(2027, 2, 28)),
        (P.FIXED_DAY, 0, {"day": "02-29"}, date(2027, 3, 1), date(2028, 2, 29)),
        (P.FIXED_DAY, 0, {"day": "02-29"}, date(2027, 2, 28), date(2027, 2, 28)),
        (P.FIXED_DAY, 0, {"day": "02-29"}, date(2028, 2, 29), date(2028, 2, 29)),
        (P.FIXED_DAY, 0, {"day": "01-01"}, date(9999, 6, 1), date.max),
        (P.PERIOD_END, 0, {"period_months": 3}, TODAY, date(2026, 12, 31)),
        (P.PERIOD_END, 0, {"period_months": 3}, date(2026, 9, 30), date(2026, 9, 30)),
        (P.PERIOD_END, 3, {"period_months": 3}, TODAY, date(2027, 3, 31)),
        (P.PERIOD_END, 0, {"period_months": 6}, date(2026, 2, 1), date(2026, 6, 30)),
        (P.PERIOD_END, 0, {"period_months": 1}, date(2028, 2, 3), date(2028, 2, 29)),
        (P.PERIOD_END, 0, {"period_months": 5}, TODAY, date(2026, 12, 31)),
        (P.PERIOD_END, 0, {"period_months": 99}, date(2026, 1, 1), date(2026, 12, 31)),
        (P.PERIOD_END, 0, {"period_months": 0}, date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_the_last_day_of_a_lot(
    policy: PointsExpiry, months: int, more: dict[str, Any], today: date, last: date | None
) -> None:
    outer = {f"points_expiry_{name}": value for name, value in more.items()}
    assert earn_bucket(_settings(policy, months, **outer), today) == last
    stamps = Currency("CUP", "ตรา", "Stamps", policy, months, **{f"expiry_{name}": v for name, v in more.items()})
    assert earn_bucket(Settings(points_expiry=P.NEVER, currencies=(stamps,)), today, "CUP") == last


def test_stamps_of_a_currency_that_is_gone_never_end() -> None:
    assert earn_bucket(_settings(P.MONTHS, 1), TODAY, "GONE") is None


@pytest.mark.parametrize("text", ["", "13-01", "00-10", "04-31", "02-30", "1-1", "12/31", "12-31 ", "31-12"])
def test_a_day_that_is_none_is_said(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        earn_bucket(_settings(P.FIXED_DAY, points_expiry_day=text), TODAY)
    assert refused.value.reason is Reason.DATE_INVALID


def test_every_day_of_a_leap_year_is_a_day() -> None:
    for month in range(1, 13):
        for day in range(1, calendar.monthrange(2000, month)[1] + 1):
            assert parse_fixed_day(f"{month:02d}-{day:02d}") == (month, day)


@given(
    st.dates(max_value=date(9000, 1, 1)),
    st.sampled_from(P),
    st.integers(0, 240),
    st.sampled_from(["01-01", "02-29", "06-30", "12-31"]),
    st.integers(1, 12),
)
def test_a_lot_lasts_n_months_and_no_longer_than_its_policy_says(
    today: date, policy: PointsExpiry, months: int, day: str, period: int
) -> None:
    own = _settings(policy, months, points_expiry_day=day, points_expiry_period_months=period)
    last = earn_bucket(own, today)
    if policy in (P.NEVER, P.INACTIVITY):
        assert last is None
        return
    least = add_months(today, months)
    assert last is not None and last >= least >= today
    most = {
        P.MONTHS: 0,
        P.MONTHS_TO_MONTH_END: 30,
        P.YEAR_END: 365,
        P.FIXED_DAY: 366,
        P.PERIOD_END: 31 * period,
    }
    assert (last - least).days <= most[policy]


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(0, 600))
def test_months_are_counted_to_the_same_day_or_the_end_of_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == min(day.day, calendar.monthrange(later.year, later.month)[1])


def test_inactivity_ends_all_points_n_months_after_the_last_bill() -> None:
    own = _settings(P.INACTIVITY, 6)
    held = account({None: 100, date(2030, 1, 1): 20}, last_visit=date(2026, 8, 31))
    assert account_end(own, held.last_visit) == date(2027, 2, 28)
    assert held.spendable(date(2027, 2, 28), own) == 120
    assert held.spendable(date(2027, 3, 1), own) == 0
    assert held.spendable(date(2027, 3, 1)) == 120, "without the settings nobody knows"
    assert held.expiring(date(2027, 2, 1), date(2027, 2, 28), own) == (120, date(2027, 2, 28))
    assert held.expiring(date(2027, 2, 1), date(2027, 2, 27), own) == (0, None)
    assert account({None: 5}).spendable(date(2099, 1, 1), own) == 5, "who never came is not away"


@pytest.mark.parametrize(
    ("days", "currency", "first"),
    [(0, "", None), (7, "", date(2026, 11, 28)), (7, "CUP", None), (10**8, "", date.max)],
)
def test_the_first_day_of_use(days: int, currency: str, first: date | None) -> None:
    assert first_day_of_use(Settings(points_pending_days=days), TODAY, currency) == first


def test_a_lot_is_never_over_before_it_can_be_used() -> None:
    own = _settings(P.YEAR_END, 0, points_pending_days=14)
    assert earn_lot(own, date(2026, 12, 1)) == (date(2026, 12, 31), date(2026, 12, 15))
    assert earn_lot(own, date(2026, 12, 20)) == (date(2027, 12, 31), date(2027, 1, 3))


def _run(held: Account, today: date, own: Settings | None = None) -> tuple[list[Any], Account]:
    """The entries of a run, and the account after it."""
    entries = expire_account(held, today, context(AT, today), own)
    after = balances(entries).plus(held.buckets, held.pending, held.wallets)
    return list(entries), account(
        after.buckets, pending=after.pending, wallets=after.wallets, last_visit=held.last_visit
    )


_days = st.one_of(st.none(), st.dates(date(2026, 9, 1), date(2027, 2, 28)))
_lots = st.dictionaries(_days, st.integers(-40, 200), max_size=6)


@given(
    _lots,
    st.dictionaries(st.tuples(st.dates(date(2026, 11, 1), date(2026, 12, 31)), _days), st.integers(1, 50), max_size=4),
    st.dictionaries(st.sampled_from(["CUP", "BOX"]), _lots, max_size=2),
    st.one_of(st.none(), st.dates(date(2026, 6, 1), date(2026, 11, 21))),
    st.sampled_from([P.INACTIVITY, P.YEAR_END]),
)
def test_the_run_empties_what_has_ended_leaves_the_rest_and_does_it_once(
    lots: dict[date | None, int],
    pending: dict[tuple[date, date | None], int],
    wallets: dict[str, dict[date | None, int]],
    last_visit: date | None,
    policy: PointsExpiry,
) -> None:
    for (_, bucket), points in pending.items():
        lots[bucket] = lots.get(bucket, 0) + points
    own = _settings(policy, 2)
    held = account(lots, pending=pending, wallets=wallets, last_visit=last_visit)
    entries, after = _run(held, TODAY, own)
    away = policy is P.INACTIVITY and last_visit is not None and add_months(last_visit, 2) < TODAY
    for bucket, points in lots.items():
        ended = away or (bucket is not None and bucket < TODAY)
        assert after.buckets.get(bucket, 0) == (0 if ended else points)
    for currency, wallet in wallets.items():
        for bucket, points in wallet.items():
            ended = bucket is not None and bucket < TODAY
            assert after.wallets.get(currency, {}).get(bucket, 0) == (0 if ended else points)
    for (first, bucket), points in pending.items():
        ended = away or (bucket is not None and bucket < TODAY)
        assert after.pending.get((first, bucket), 0) == (0 if ended and first > TODAY else points)
    assert after.spendable(TODAY, own) == held.spendable(TODAY, own)
    assert all(entry.kind is PointKind.EXPIRE and entry.points for entry in entries)
    assert _run(after, TODAY, own)[0] == []


def test_a_pending_lot_that_ends_takes_its_pending_mark_with_it() -> None:
    last, first = TODAY - timedelta(days=1), TODAY + timedelta(days=5)
    entries = expire_entries({last: 30}, TODAY, context(AT, TODAY), pending={(first, last): 20})
    assert {(entry.points, entry.spendable_from) for entry in entries} == {(-10, None), (-20, first)}


def test_an_account_ends_by_inactivity_some_days_late() -> None:
    own = _settings(P.INACTIVITY, 1)
    held = account({None: 10, date(2026, 12, 20): 5}, last_visit=date(2026, 11, 15))
    days = {
        day: sum(entry.points for entry in expire_account(held, day, context(AT, day), own, 7))
        for day in (date(2026, 12, 15), date(2026, 12, 16), date(2026, 12, 21), date(2026, 12, 22), date(2026, 12, 23))
    }
    assert list(days.values()) == [0, 0, -5, -5, -15]
