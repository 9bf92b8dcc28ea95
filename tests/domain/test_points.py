"""Lots: what is spendable, what ends, and which lot is drawn first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.points import (
    OWED_REPAID,
    Account,
    PointEntry,
    PointKind,
    balances,
    balances_by_member,
    bucket_order,
    draw,
    immature,
)

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


SOON, LATER = date(2026, 11, 28), date(2027, 12, 31)


def test_pending_points_are_there_and_not_spendable() -> None:
    account = Account("m", {LATER: 100, None: 10}, None, 0, 0, 0, None, pending={(SOON, LATER): 60})
    assert account.unexpired(TODAY) == 110
    assert account.immature(TODAY) == 60
    assert account.spendable(TODAY) == 50
    assert account.spendable(SOON - timedelta(days=1)) == 50
    assert account.spendable(SOON) == 110, "from the first day of use on they are like any others"
    assert draw(account.buckets, 50, TODAY, account.pending) == [(LATER, 40), (None, 10)]
    with pytest.raises(ValueError):
        draw(account.buckets, 51, TODAY, account.pending)


_pending = st.dictionaries(
    st.tuples(
        st.dates(TODAY - timedelta(days=5), TODAY + timedelta(days=5)),
        st.one_of(st.none(), st.dates(TODAY - timedelta(days=9), TODAY + timedelta(days=30))),
    ),
    st.integers(1, 80),
    max_size=5,
)


@given(_buckets, _pending)
def test_what_is_spendable_can_be_drawn_and_never_touches_what_is_pending(
    buckets: dict[date | None, int], pending: dict[tuple[date, date | None], int]
) -> None:
    for (_, bucket), points in pending.items():
        buckets[bucket] = buckets.get(bucket, 0) + points
    account = Account("m", buckets, None, 0, 0, 0, None, pending=pending)
    drawn = dict(draw(buckets, account.spendable(TODAY), TODAY, pending))
    assert sum(drawn.values()) == account.spendable(TODAY)
    waiting = immature(pending, TODAY)
    assert all(buckets[lot] - n >= waiting.get(lot, 0) for lot, n in drawn.items())


def test_stamps_are_counted_apart() -> None:
    account = Account("m", {None: 7}, None, 0, 0, 0, None, wallets={"CUP": {TODAY: 4, LATER: 5, date(2026, 1, 1): 9}})
    assert account.spendable(TODAY, None, "CUP") == 9
    assert account.spendable(TODAY) == 7
    assert account.spendable(TODAY, None, "BOX") == 0
    assert account.expiring(TODAY, TODAY, None, "CUP") == (4, TODAY)


def _entry(points: int, bucket: date | None, **more: Any) -> PointEntry:
    values: dict[str, Any] = {"id": "e", "member_id": "m", "kind": PointKind.EARN, "reason": ""}
    values |= {"bill_id": None, "line_no": None, "program_id": None, "staff_id": "s", "till_id": "t"}
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return PointEntry(points=points, bucket=bucket, at=at, business_date=TODAY, **(values | more))


def test_figures_from_entries() -> None:
    found = balances(
        [
            _entry(100, LATER, spendable_from=SOON),
            _entry(-30, LATER, spendable_from=SOON, kind=PointKind.REVERSE),
            _entry(-10, LATER, spendable_from=SOON, kind=PointKind.REVERSE, reason=OWED_REPAID),
            _entry(5, None),
            _entry(-5, None, kind=PointKind.REDEEM),
            _entry(10, None, currency="CUP"),
            _entry(-1, None, currency="CUP", reason=OWED_REPAID, kind=PointKind.REVERSE),
            _entry(3, LATER, currency="BOX"),
            _entry(-3, LATER, currency="BOX", kind=PointKind.REDEEM),
        ]
    )
    assert found.buckets == {LATER: 60}
    assert found.pending == {(SOON, LATER): 60}
    assert found.wallets == {"CUP": {None: 9}}
    assert found.repaid == {"": 10, "CUP": 1}
    assert found.clean(SOON).pending == {}


_some_entries = st.lists(
    st.builds(
        _entry,
        st.integers(-50, 50),
        st.sampled_from([None, TODAY, LATER]),
        currency=st.sampled_from(["", "", "CUP"]),
        spendable_from=st.sampled_from([None, None, SOON]),
        member_id=st.sampled_from(["m", "n"]),
    ),
    max_size=12,
)


@given(_some_entries, st.data())
def test_figures_do_not_depend_on_the_order_nor_on_where_the_sum_is_split(
    entries: list[PointEntry], data: st.DataObject
) -> None:
    whole = balances(entries)
    assert balances(data.draw(st.permutations(entries))) == whole
    cut = data.draw(st.integers(0, len(entries)))
    first, second = balances(entries[:cut]), balances(entries[cut:])
    joined = second.plus(first.buckets, first.pending, first.wallets)
    assert (joined.buckets, joined.pending, joined.wallets) == (whole.buckets, whole.pending, whole.wallets)
    of_members = balances_by_member(entries)
    assert sum(sum(each.buckets.values()) for each in of_members.values()) == sum(whole.buckets.values())
    for member_id, each in of_members.items():
        assert each == balances(entry for entry in entries if entry.member_id == member_id)
