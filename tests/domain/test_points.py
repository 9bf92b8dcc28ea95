"""Lots: what is spendable, what ends, and which lot is drawn first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.points import Account, bucket_order, draw

TODAY = date(2026, 11, 21)
_buckets = st.dictionaries(
    st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2028, 12, 31))), st.integers(-100, 500), max_size=8
)


def _account(buckets: dict[date | None, int]) -> Account:
    return Account("m", buckets, None, 0, 0, 0, None)


@given(_buckets, st.data())
def test_drawing_takes_first_what_ends_first_and_no_more_than_a_lot_holds(
    buckets: dict[date | None, int], data: st.DataObject
) -> None:
    alive = {lot: n for lot, n in buckets.items() if n > 0 and (lot is None or lot >= TODAY)}
    wanted = data.draw(st.integers(0, sum(alive.values())))
    parts = draw(buckets, wanted, TODAY)
    assert sum(n for _, n in parts) == wanted
    lots = [lot for lot, _ in parts]
    assert lots == sorted(alive, key=bucket_order)[: len(lots)]
    for lot, n in parts[:-1]:
        assert n == alive[lot]
    assert all(0 < n <= alive[lot] for lot, n in parts)


@given(_buckets)
def test_more_than_the_lots_hold_is_an_error_of_the_caller(buckets: dict[date | None, int]) -> None:
    alive = sum(n for lot, n in buckets.items() if n > 0 and (lot is None or lot >= TODAY))
    with pytest.raises(ValueError):
        draw(buckets, alive + 1, TODAY)


@given(_buckets)
def test_what_is_spendable_can_be_drawn(buckets: dict[date | None, int]) -> None:
    spendable = _account(buckets).spendable(TODAY)
    assert sum(n for _, n in draw(buckets, spendable, TODAY)) == spendable


def test_a_lot_is_good_on_its_last_day() -> None:
    account = _account({TODAY: 10, TODAY - timedelta(days=1): 5, None: 3})
    assert account.spendable(TODAY) == 13
    assert account.balance == 18
    assert draw(account.buckets, 12, TODAY) == [(TODAY, 10), (None, 2)]


def test_points_about_to_end() -> None:
    account = _account({TODAY: 10, date(2026, 12, 31): 20, date(2027, 12, 31): 40, None: 3, date(2026, 11, 1): 7})
    assert account.expiring(TODAY, date(2026, 12, 31)) == (30, TODAY)
    assert account.expiring(TODAY + timedelta(days=1), date(2026, 12, 30)) == (0, None)


def test_a_debt_lowers_what_can_be_spent() -> None:
    assert _account({None: -30, TODAY: 50}).spendable(TODAY) == 20
    assert _account({None: -30}).spendable(TODAY) == 0
