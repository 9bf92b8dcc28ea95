"""Who owes whom for redeemed points."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.clearing import UNATTRIBUTED, NetDebt, Transfer, net, totals, transfers
from pos_member.domain.points import PointEntry, PointKind

DAY = date(2026, 11, 21)
LOT, OTHER = date(2028, 12, 31), date(2027, 12, 31)
#: Till → branch: two brands, A with two branches.
BRANCHES = {"t1": "A1", "t2": "A2", "t3": "B1", "office": UNATTRIBUTED}
BRANDS = {"A1": "A", "A2": "A", "B1": "B", UNATTRIBUTED: UNATTRIBUTED}
K = PointKind


def _entry(number: int, till: str, kind: PointKind, points: int, **more: Any) -> PointEntry:
    values: dict[str, Any] = {"bucket": LOT, "bill_id": f"b{number}", "line_no": None, "program_id": None}
    values |= {"reason": "", "staff_id": "s", "business_date": DAY + timedelta(days=number)}
    at = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(days=number)
    return PointEntry(f"e{number}", "m", kind, points, till_id=till, at=at, **(values | more))


def _rows(*entries: PointEntry, **more: Any) -> list[Transfer]:
    return list(transfers(entries, BRANCHES.__getitem__, point_value_satang=10, **more))


def _short(rows: list[Transfer]) -> list[tuple[str, str, int]]:
    return [(row.from_branch, row.to_branch, row.points) for row in rows if row.kind is K.REDEEM]


def test_the_earliest_points_of_the_lot_are_used_first() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 100),
        _entry(2, "t2", K.EARN, 50),
        _entry(3, "t1", K.EARN, 70, bucket=OTHER),
        _entry(4, "t3", K.REDEEM, -120),
        _entry(5, "t2", K.REDEEM, -30),
    )
    assert _short(rows) == [("A1", "B1", 100), ("A2", "B1", 20), ("A2", "A2", 30)]
    assert rows[0] == Transfer(K.REDEEM, "A1", "B1", 100, 1_000, "b4", DAY + timedelta(days=4))
    assert totals(rows) == {("A1", "B1"): (100, 1_000), ("A2", "B1"): (20, 200), ("A2", "A2"): (30, 300)}


def test_redeemed_points_that_come_back_undo_what_they_used_last_first() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 100),
        _entry(2, "t2", K.EARN, 50),
        _entry(3, "t3", K.REDEEM, -120),
        _entry(4, "t3", K.REVERSE, 40, reverses_id="e3"),
        _entry(5, "t1", K.REDEEM, -30),
    )
    # 20 of A2 and 20 of A1 came back; A1's are the earliest again.
    assert _short(rows)[2:] == [("A2", "B1", -20), ("A1", "B1", -20), ("A1", "A1", 20), ("A2", "A1", 10)]
    assert {row.bill_id for row in rows[2:4]} == {"b3"}


def test_a_return_takes_back_the_points_of_its_own_bill() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 100),
        _entry(2, "t2", K.EARN, 50),
        _entry(3, "t2", K.REVERSE, -50, reverses_id="e2", bill_id="b2"),
        _entry(4, "t3", K.REDEEM, -100),
    )
    assert _short(rows) == [("A1", "B1", 100)]
    assert rows[0] == Transfer(K.REVERSE, "A2", "A2", 50, 0, "b2", DAY + timedelta(days=3))


def test_points_of_a_returned_bill_that_were_spent_are_paid_by_those_that_made_up_for_them() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 100),
        _entry(2, "t3", K.REDEEM, -60),
        _entry(3, "t2", K.EARN, 80),
        _entry(4, "t1", K.REVERSE, -100, reverses_id="e1", bill_id="b1"),
        _entry(5, "t3", K.REVERSE, 60, reverses_id="e2"),
    )
    assert _short(rows) == [("A1", "B1", 60), ("A1", "B1", -60), ("A2", "B1", 60), ("A2", "B1", -60)]
    reversed_rows = [(row.from_branch, row.points) for row in rows if row.kind is K.REVERSE]
    assert reversed_rows == [("A1", 40), ("A1", 60)]
    assert totals(rows[:-1]) == {("A2", "B1"): (60, 600)}


def test_what_made_up_for_part_of_a_redemption_comes_back_first() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 100),
        _entry(2, "t3", K.REDEEM, -60),
        _entry(3, "t2", K.EARN, 80),
        _entry(4, "t1", K.REVERSE, -70, reverses_id="e1", bill_id="b1"),
        _entry(5, "t3", K.REVERSE, 20, reverses_id="e2"),
    )
    assert _short(rows) == [("A1", "B1", 60), ("A1", "B1", -30), ("A2", "B1", 30), ("A2", "B1", -20)]


def test_what_made_up_for_points_that_ended_is_nobodys_to_pay() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 100),
        _entry(2, "office", K.EXPIRE, -100),
        _entry(3, "t2", K.EARN, 100),
        _entry(4, "t1", K.REVERSE, -30, reverses_id="e1"),
        _entry(5, "t3", K.REDEEM, -70),
    )
    assert _short(rows) == [("A2", "B1", 70)]


def test_a_repayment_takes_from_the_lot_it_stands_beside() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 100),
        _entry(2, "t2", K.EARN, 50),
        _entry(3, "t2", K.REVERSE, -20, bill_id="b2", reason="owed_repaid"),
        _entry(4, "t3", K.REDEEM, -130),
    )
    assert _short(rows) == [("A1", "B1", 100), ("A2", "B1", 30)]


def test_expired_and_corrected_points_are_of_who_issued_them() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 100),
        _entry(2, "t2", K.ADJUST, 10),
        _entry(3, "t3", K.ADJUST, -30),
        _entry(4, "office", K.EXPIRE, -80),
    )
    assert [(row.kind, row.from_branch, row.to_branch, row.points, row.satang) for row in rows] == [
        (K.ADJUST, "A1", "A1", 30, 0),
        (K.EXPIRE, "A1", "A1", 70, 0),
        (K.EXPIRE, "A2", "A2", 10, 0),
    ]
    assert net(rows) == ()


def test_a_balance_brought_over_is_nobodys_until_it_is_used_up() -> None:
    opening = {LOT: 60, OTHER: -10}
    rows = _rows(_entry(1, "t1", K.EARN, 100), _entry(2, "t3", K.REDEEM, -90), opening=opening)
    assert _short(rows) == [(UNATTRIBUTED, "B1", 60), ("A1", "B1", 30)]


def test_a_redemption_without_a_lot_waits_for_points_of_its_bucket() -> None:
    rows = _rows(
        _entry(1, "t3", K.REDEEM, -50),
        _entry(2, "t1", K.EARN, 30),
        _entry(3, "t2", K.EARN, 15),
        _entry(4, "t1", K.REDEEM, -10),
        _entry(5, "t2", K.EARN, 10, bucket=OTHER),
    )
    assert _short(rows) == [
        ("A1", "B1", 30),
        ("A2", "B1", 15),
        (UNATTRIBUTED, "B1", 5),
        (UNATTRIBUTED, "A1", 10),
    ]


def test_an_overdrawn_lot_is_filled_before_anybody_pays() -> None:
    rows = _rows(
        _entry(1, "t1", K.EARN, 20),
        _entry(2, "t1", K.REVERSE, -50, reverses_id="e0"),
        _entry(3, "t2", K.EARN, 40),
        _entry(4, "t1", K.EARN, 10),
        _entry(5, "t3", K.REDEEM, -20),
    )
    assert _short(rows) == [("A2", "B1", 10), ("A1", "B1", 10)]


def test_stamps_are_cleared_apart() -> None:
    entries = (
        _entry(1, "t1", K.EARN, 10, currency="CUP"),
        _entry(2, "t1", K.EARN, 10),
        _entry(3, "t2", K.REDEEM, -10, currency="CUP"),
    )
    assert _rows(*entries) == []
    assert _short(_rows(*entries, currency="CUP")) == [("A1", "A2", 10)]


def test_debts_are_set_off_per_pair_of_branches_and_of_brands() -> None:
    def row(giver: str, taker: str, points: int, kind: PointKind = K.REDEEM) -> Transfer:
        return Transfer(kind, giver, taker, points, points * 10, None, DAY)

    rows = [
        row("A1", "B1", 100),
        row("B1", "A1", 130),
        row("A2", "B1", 50),
        row("A1", "A2", 7),
        row("A2", "A2", 999),
        row("B1", "A2", 5, K.EXPIRE),
    ]
    assert net(rows) == (NetDebt("A1", "A2", 7, 70), NetDebt("A2", "B1", 50, 500), NetDebt("B1", "A1", 30, 300))
    assert net(rows, BRANDS.__getitem__) == (NetDebt("A", "B", 20, 200),)
    assert net([row("A1", "B1", 5), row("B1", "A1", 5)]) == ()


@st.composite
def _histories(draw: st.DrawFn) -> list[PointEntry]:
    """Entries as they can come, overdrafts included; each redemption is undone at most once over."""
    entries: list[PointEntry] = []
    left: dict[str, int] = {}
    for number in range(draw(st.integers(0, 25))):
        till, bucket = draw(st.sampled_from(["t1", "t2", "t3", "office"])), draw(st.sampled_from([LOT, OTHER, None]))
        kind = draw(st.sampled_from([K.EARN, K.EARN, K.REDEEM, K.REDEEM, K.REVERSE, K.ADJUST, K.EXPIRE]))
        points = draw(st.integers(1, 90))
        more: dict[str, Any] = {"bucket": bucket}
        undoable = [each for each in entries if left.get(each.id)]
        if kind is K.REVERSE and undoable:
            undone = draw(st.sampled_from(undoable))
            points = min(points, left[undone.id])
            left[undone.id] -= points
            sign = 1 if undone.kind is K.REDEEM else -1
            more = {"bucket": undone.bucket, "reverses_id": undone.id, "bill_id": undone.bill_id}
        elif kind is K.REVERSE:
            continue
        else:
            sign = {K.EARN: 1, K.REDEEM: -1}.get(kind) or draw(st.sampled_from([1, -1]))
        entries.append(_entry(number, till, kind, sign * points, **more))
        if kind in (K.EARN, K.REDEEM):
            left[entries[-1].id] = points
    return entries


@given(_histories(), st.dictionaries(st.sampled_from([LOT, OTHER, None]), st.integers(-50, 50)))
@settings(max_examples=300)
def test_all_that_was_redeemed_is_cleared_and_no_more(
    entries: list[PointEntry], opening: dict[date | None, int]
) -> None:
    rows = _rows(*entries, opening=opening)
    redeemed = {each.id: each for each in entries if each.kind is K.REDEEM}
    by_branch: Counter[str] = Counter()
    for each in entries:
        if each.kind is K.REDEEM:
            by_branch[BRANCHES[each.till_id]] -= each.points
        elif each.reverses_id in redeemed:
            by_branch[BRANCHES[redeemed[each.reverses_id].till_id]] -= each.points
    cleared: Counter[str] = Counter()
    for row in rows:
        if row.kind is K.REDEEM:
            cleared[row.to_branch] += row.points
            assert row.satang == row.points * 10
    assert {b: n for b, n in cleared.items() if n} == {b: n for b, n in by_branch.items() if n}


@given(_histories())
@settings(max_examples=200)
def test_no_branch_pays_for_more_than_it_issued(entries: list[PointEntry]) -> None:
    issued: Counter[str] = Counter()
    redeemed = {each.id for each in entries if each.kind is K.REDEEM}
    for each in entries:
        if each.points > 0 and each.reverses_id not in redeemed:
            issued[BRANCHES[each.till_id]] += each.points
    used: Counter[str] = Counter()
    for row in _rows(*entries):
        used[row.from_branch] += row.points
    assert all(used[branch] <= issued[branch] for branch in ("A1", "A2", "B1"))


@given(_histories())
def test_what_pairs_owe_each_other_is_what_the_rows_come_to(entries: list[PointEntry]) -> None:
    rows = _rows(*entries)
    position: Counter[str] = Counter()
    for row in rows:
        if row.kind is K.REDEEM:
            position[row.from_branch] -= row.satang
            position[row.to_branch] += row.satang
    for debt in net(rows):
        assert debt.points > 0 and debt.satang == debt.points * 10 and debt.payer != debt.payee
        position[debt.payer] += debt.satang
        position[debt.payee] -= debt.satang
    assert not any(position.values())
