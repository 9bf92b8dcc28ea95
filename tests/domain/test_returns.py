"""Returns: never more than the bill took, however it comes back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.coupon import CouponState, Scope
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.ledger import earn_entries, outstanding
from pos_member.domain.org import OwedPolicy, PointsExpiry, Settings
from pos_member.domain.points import PointKind, balances
from pos_member.domain.pricing import EarnResult, MemberState
from pos_member.domain.returns_rules import IssuedCoupon, ReturnPlan, plan_return, returnable
from tests.domain.evaluating import (
    AT,
    ISSUE,
    PER_STEP,
    PERCENT,
    REWARD,
    bill,
    book,
    coupon,
    definition,
    line,
    program,
)
from tests.domain.ringing import account, complete, context, give_back

TODAY = date(2026, 11, 21)
SOON = date(2026, 12, 31)
C20 = definition()
BOOK = book(
    program(PERCENT, "OFF", percent_bp=700, scope=Scope(tags=("sale",))),
    program(PER_STEP, "POINT", points=1, step_satang=300),
    program(REWARD, "REDEEM", points=100, amount_satang=1_000),
    program(ISSUE, "NEXT", coupon=C20.id, step_satang=10_000),
    definitions=(C20,),
)
RULES = compile_rules(BOOK)


def _sold(*lines: Any, times: int = 0, lots: dict[date | None, int] | None = None, **more: Any) -> Bill:
    held = account(lots if lots is not None else {SOON: 150, None: 850})
    member = MemberState("m", spendable_points=held.spendable(TODAY))
    ringing = bill(*lines, member=member, coupons=more.pop("coupons", ()), rewards={"id-REDEEM": times})
    return complete(ringing, evaluate(ringing, RULES), BOOK, held, today=TODAY, **more)


def _plan(of: Bill, lines: dict[int, int], earlier: tuple[BillReturn, ...] = (), **more: Any) -> ReturnPlan:
    asked: dict[str, Any] = {
        "account": account({None: 10_000}),
        "today": TODAY,
        "owed_policy": OwedPolicy.WITHIN_BALANCE,
    }
    return plan_return(of, earlier, lines, **(asked | more))


def _everything(of: Bill) -> dict[int, int]:
    return {one.line_no: one.quantity_milli for one in of.lines}


def test_a_full_return_gives_everything_back() -> None:
    laid = (coupon(C20, "used-here"),)
    sold = _sold(line(100, tags=("sale",)), line(59.5, 2), times=3, coupons=laid)
    issued = [IssuedCoupon(one.code, CouponState.ISSUED) for one in sold.coupons_issued]
    plan = _plan(sold, _everything(sold), issued=issued)
    assert plan.complete
    assert plan.refund_satang == sold.total_satang
    assert plan.points_given_back == sold.points_redeemed == 300
    assert plan.points_taken_back == sold.points_earned > 0
    assert plan.coupons_restored == ("used-here",)
    assert plan.coupons_voided == tuple(one.code for one in sold.coupons_issued) != ()
    assert [one.points_reversed for one in plan.lines] == [one.points_earned for one in sold.lines]


def test_redeemed_points_go_back_to_the_lots_they_came_from() -> None:
    sold = _sold(line(100), times=3)
    plan = _plan(sold, _everything(sold))
    back = {move.bucket: move.points for move in plan.movements if move.points > 0}
    assert back == {SOON: 150, None: 150}
    redeemed = {entry.id for entry in sold.point_entries if entry.kind is PointKind.REDEEM}
    assert {move.reverses_id for move in plan.movements if move.points > 0} == redeemed


def test_a_lot_that_has_ended_meanwhile_comes_back_ended() -> None:
    sold = _sold(line(100), times=1)
    later = date(2027, 3, 1)
    plan = _plan(sold, _everything(sold), today=later, account=account({}))
    assert [(move.bucket, move.points) for move in plan.movements if move.points > 0] == [(SOON, 100)]
    after = account(balances(give_back(sold, plan, AT, later).point_entries).buckets)
    assert after.spendable(later) == 0


def test_points_come_back_with_the_line_they_paid_for() -> None:
    """A reward on fruit alone: the other line gives none of them back."""
    fruit = program(REWARD, "FRUIT", points=100, amount_satang=1_000, scope=Scope(tags=("fruit",)))
    rules = book(fruit)
    ringing = bill(line(10, tags=("fruit",)), line(90), rewards={fruit.id: 1})
    result = evaluate(ringing, compile_rules(rules))
    sold = complete(ringing, result, rules, account({None: 500}), today=TODAY)
    assert _plan(sold, {2: 1_000}).points_given_back == 0
    assert _plan(sold, {1: 1_000}).points_given_back == 100
    assert _plan(sold, {1: 1_000}).refund_satang == 0


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ({}, Reason.RETURN_NOTHING),
        ({1: 0}, Reason.RETURN_NOTHING),
        ({1: 1_001}, Reason.RETURN_EXCEEDS),
        ({1: -5}, Reason.RETURN_EXCEEDS),
        ({9: 1_000}, Reason.RETURN_EXCEEDS),
    ],
)
def test_what_cannot_come_back(lines: dict[int, int], reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        _plan(_sold(line(100)), lines)
    assert refused.value.reason is reason


def test_nothing_comes_back_twice() -> None:
    sold = _sold(line(100), line(50, 3))
    first = give_back(sold, _plan(sold, {1: 1_000, 2: 1_000}), AT, TODAY)
    assert returnable(sold, (first,)) == {1: 0, 2: 2_000}
    with pytest.raises(Refusal) as refused:
        _plan(sold, {1: 1_000}, (first,))
    assert refused.value.reason is Reason.RETURN_EXCEEDS


def test_each_return_of_a_line_refunds_what_that_part_cost() -> None:
    """Three for 100.00, one after the other: 33.33, 33.34, 33.33; the other line is not touched."""
    sold = _sold(line(33.3333, 3), line(500))
    sold = replace(sold, lines=(replace(sold.lines[0], net_satang=10_000), sold.lines[1]), total_satang=60_000)
    documents: tuple[BillReturn, ...] = ()
    for _ in range(3):
        documents = (*documents, give_back(sold, _plan(sold, {1: 1_000}, documents), AT, TODAY))
    assert [document.refund_satang for document in documents] == [3_333, 3_334, 3_333]


def test_used_coupons_are_withheld_on_the_full_return_and_unused_ones_voided() -> None:
    sold = _sold(line(300))
    codes = [one.code for one in sold.coupons_issued]
    states = (CouponState.REDEEMED, CouponState.ISSUED, CouponState.CANCELLED)
    issued = [
        IssuedCoupon(code, state, 2_000 if state is CouponState.REDEEMED else 0)
        for code, state in zip(codes, states, strict=True)
    ]
    plan = _plan(sold, _everything(sold), issued=issued)
    assert plan.coupons_voided == (codes[1],)
    assert (plan.withheld_satang, plan.refund_satang) == (2_000, 28_000)
    half = _plan(sold, {1: 500}, issued=issued)
    assert (half.coupons_voided, half.coupons_restored, half.withheld_satang) == ((codes[1],), (), 0)


def test_no_more_is_withheld_than_is_refunded() -> None:
    sold = _sold(line(100))
    issued = [IssuedCoupon("c", CouponState.REDEEMED, 99_999)]
    plan = _plan(sold, _everything(sold), issued=issued)
    assert (plan.withheld_satang, plan.refund_satang) == (10_000, 0)


@pytest.mark.parametrize("rounding", [-12, 0, 13])
def test_cash_rounding_comes_back_with_the_last_of_the_bill(rounding: int) -> None:
    sold = _sold(line(100.12), line(0.05), rounding_satang=rounding)
    first = give_back(sold, _plan(sold, {1: 1_000}), AT, TODAY)
    assert first.refund_satang <= sold.total_satang
    second = _plan(sold, {2: 1_000}, (first,))
    assert first.refund_satang + second.refund_satang == sold.total_satang


def test_within_balance_takes_what_is_there_and_remembers_the_rest() -> None:
    sold = _sold(line(300))
    assert sold.points_earned == 100
    lot = sold.point_entries[0].bucket
    plan = _plan(sold, _everything(sold), account=account({lot: 30, SOON: 20}))
    assert (plan.points_taken_back, plan.points_owed) == (50, 50)
    assert {move.bucket: -move.points for move in plan.movements} == {lot: 30, SOON: 20}
    document = give_back(sold, plan, AT, TODAY)
    assert outstanding((document,), balances(document.point_entries)) == 50
    again = earn_entries((EarnResult("p", 70, {1: 70}),), BOOK.settings, context(AT, TODAY), owed=50)
    assert sum(entry.points for entry in again) == 20
    assert outstanding((document,), balances((*document.point_entries, *again))) == 0


def test_talon_one_points_rolled_back_below_zero() -> None:
    """Talon.One, loyalty: 50 active points and a roll-back of 70 leave −20 (our policy ``unlimited``)."""
    sold = _sold(line(210))
    assert sold.points_earned == 70
    lot = sold.point_entries[0].bucket
    plan = _plan(sold, _everything(sold), account=account({lot: 50}), owed_policy=OwedPolicy.UNLIMITED)
    after = account({lot: 50 - plan.points_taken_back})
    assert (after.balance, after.spendable(TODAY), plan.points_owed) == (-20, 0, 0)


def test_pending_only_takes_nothing_back_where_points_are_spendable_at_once() -> None:
    sold = _sold(line(210))
    plan = _plan(sold, _everything(sold), owed_policy=OwedPolicy.PENDING_ONLY)
    assert (plan.points_taken_back, plan.points_owed, plan.lines[0].points_reversed) == (0, 0, 0)


def test_points_that_have_ended_are_not_taken_from_other_lots() -> None:
    sold = _sold(line(300))
    lot = sold.point_entries[0].bucket
    later = date(2030, 1, 1)
    plan = _plan(sold, _everything(sold), today=later, account=account({None: 500}))
    assert {move.bucket for move in plan.movements} == {lot}
    assert plan.points_owed == 0


def test_what_is_given_back_can_be_taken_back_in_the_same_return() -> None:
    sold = _sold(line(300), times=1, lots={None: 100})
    plan = _plan(sold, _everything(sold), account=account({}))
    assert (plan.points_given_back, plan.points_taken_back, plan.points_owed) == (100, 96, 0)


_goods = st.builds(
    lambda baht, quantity, tags: line(baht / 100, quantity / 1000, tags=tags),
    st.integers(0, 50_000),
    st.integers(1, 5_000),
    st.sampled_from([(), ("sale",)]),
)


@given(
    st.lists(_goods, min_size=1, max_size=5),
    st.integers(0, 4),
    st.integers(-24, 24),
    st.integers(0, 60),
    st.sampled_from([OwedPolicy.WITHIN_BALANCE, OwedPolicy.UNLIMITED]),
    st.data(),
)
@settings(max_examples=150)
def test_any_sequence_of_returns_adds_up_to_what_the_bill_took(
    goods: list[Any], times: int, rounding: int, spent: int, policy: OwedPolicy, data: st.DataObject
) -> None:
    held = account({SOON: 150, None: 250})
    own = Settings(points_expiry=PointsExpiry.YEAR_END)
    member = MemberState("m", spendable_points=held.spendable(TODAY))
    ringing = bill(*goods, member=member, rewards={"id-REDEEM": times})
    result = evaluate(ringing, RULES)
    rounding = max(rounding, -result.total_satang)
    sold = complete(ringing, result, BOOK, held, rounding_satang=rounding, today=TODAY, settings=own)
    lots = Counter(held.buckets)
    lots.update(balances(sold.point_entries).buckets)
    # Some of the points are spent elsewhere before the goods come back.
    elsewhere = min(spent, lots[None])
    lots[None] -= elsewhere
    start = sum(lots.values())

    documents: list[BillReturn] = []
    while any((left := returnable(sold, documents)).values()):
        chosen = {number: data.draw(st.integers(0, most)) for number, most in left.items() if most}
        if not any(chosen.values()):
            chosen = {number: most for number, most in left.items() if most}
        plan = _plan(sold, chosen, tuple(documents), account=account(lots), owed_policy=policy)
        assert sum(one.refund_satang for one in plan.lines) == plan.refund_satang + plan.withheld_satang
        assert all(one.refund_satang >= 0 for one in plan.lines)
        assert sum(move.points for move in plan.movements) == plan.points_given_back - plan.points_taken_back
        assert min(plan.refund_satang, plan.points_taken_back, plan.points_given_back, plan.points_owed) >= 0
        documents.append(give_back(sold, plan, AT, TODAY))
        lots.update(balances(documents[-1].point_entries).buckets)
        assert sum(document.refund_satang for document in documents) <= sold.total_satang
        if policy is OwedPolicy.WITHIN_BALANCE:
            assert min(lots.values()) >= 0
    assert sum(document.refund_satang for document in documents) == sold.total_satang
    assert sum(document.points_given_back for document in documents) == sold.points_redeemed
    taken = sum(document.points_taken_back for document in documents)
    assert taken + sum(document.points_owed for document in documents) == sold.points_earned
    assert sum(lots.values()) == start + sold.points_redeemed - taken
    reversed_points: Counter[int] = Counter()
    for document in documents:
        reversed_points.update({one.line_no: one.points_reversed for one in document.lines})
    assert all(reversed_points[one.line_no] == one.points_earned for one in sold.lines)
