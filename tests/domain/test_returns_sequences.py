"""Any sequence of partial returns, in any order, comes to what one full return gives: of everything a bill did."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.coupon import CouponState
from pos_member.domain.org import OwedPolicy
from pos_member.domain.returns_rules import IssuedCoupon
from pos_member.domain.tally import Tally, TallyKind
from tests.domain.returning import Totals, bill_line, bills, hand_made, in_sequence, plan_of, stored, whole

POLICIES = st.sampled_from([OwedPolicy.WITHIN_BALANCE, OwedPolicy.UNLIMITED])


@given(bills(), POLICIES, st.data())
@settings(max_examples=200)
def test_a_sequence_comes_to_one_full_return(sold: Bill, policy: OwedPolicy, data: st.DataObject) -> None:
    issued = [IssuedCoupon(coupon.code, CouponState.ISSUED) for coupon in sold.coupons_issued]
    in_parts, _ = in_sequence(sold, data, owed_policy=policy, issued=issued)
    plan = plan_of(sold, [], whole(sold), owed_policy=policy, issued=issued)
    at_once = Totals()
    at_once.add(stored(sold, plan), plan)
    assert in_parts.facts() == at_once.facts()


@given(bills(), st.data())
@settings(max_examples=200)
def test_a_full_return_undoes_the_bill(sold: Bill, data: st.DataObject) -> None:
    issued = [IssuedCoupon(coupon.code, CouponState.ISSUED) for coupon in sold.coupons_issued]
    found, past = in_sequence(sold, data, issued=issued)
    assert found.refunded == sold.total_satang
    moved: Counter[tuple[Any, ...]] = Counter()
    for each in sold.point_entries:
        moved[each.member_id, each.currency, each.bucket, each.spendable_from, each.qualifying] += each.points
    assert {key: -n for key, n in found.moved.items() if n} == {key: n for key, n in moved.items() if n}
    counted: Counter[tuple[Any, ...]] = Counter()
    for tally in sold.tallies:
        counted[tally.kind, tally.key, tally.period, tally.member_id, tally.line_no] += tally.amount
    assert {key: -n for key, n in found.tallies.items() if n} == {key: n for key, n in counted.items() if n}
    assert found.qualifying == sold.qualifying_satang
    assert found.visits == 1 and past[-1].complete
    assert set(found.voided) == {coupon.code for coupon in sold.coupons_issued}
    assert found.restored == Counter(use.code for use in sold.coupons_used)


@given(bills(), st.data())
@settings(max_examples=150)
def test_what_a_used_coupon_was_worth_is_withheld_once(sold: Bill, data: st.DataObject) -> None:
    """Over all returns no more than each was worth; and the same as of one full return while refunds cover it."""
    states = st.sampled_from([(CouponState.ISSUED, 0), (CouponState.CANCELLED, 0), (CouponState.REDEEMED, 900)])
    issued = [IssuedCoupon(coupon.code, *data.draw(states)) for coupon in sold.coupons_issued]
    found, past = in_sequence(sold, data, issued=issued)
    once = plan_of(sold, [], whole(sold), issued=issued)
    worth = {one.code: one.used_satang for one in issued}
    assert all(satang <= worth[code] for code, satang in found.withheld.items())
    withheld = sum(found.withheld.values())
    assert withheld <= once.withheld_satang
    assert found.refunded + withheld == sold.total_satang
    assert found.voided == Counter(once.coupons_voided)
    last = past[-1]
    if last.refund_satang > 0:
        assert withheld == once.withheld_satang == sum(worth.values())


@given(bills(), st.sampled_from([25, 50, 100, 7]), st.data())
@settings(max_examples=150)
def test_cash_comes_in_coins_and_settles_at_the_end(sold: Bill, step: int, data: st.DataObject) -> None:
    total = sold.total_satang // step * step if data.draw(st.booleans()) else sold.total_satang
    sold = replace(sold, total_satang=total)
    issued = [IssuedCoupon(coupon.code, CouponState.REDEEMED, 300) for coupon in sold.coupons_issued]
    found, past = in_sequence(sold, data, issued=issued, cash_step_satang=step)
    assert all(document.refund_satang % step == 0 for document in past)
    short = total - found.refunded - sum(found.withheld.values())
    assert 0 <= short < step
    if not issued and total % step == 0:
        assert short == 0
    exact, _ = in_sequence(sold, data, issued=issued)
    assert exact.refunded + sum(exact.withheld.values()) == total


def test_what_one_cash_refund_rounds_off_comes_with_the_next() -> None:
    """Three at 33.40 paid as 100.25: 33.50, 33.25, and the rest."""
    sold = hand_made([bill_line(1, 10_020, 3_000)], cash_rounding_satang=5)
    past: list[BillReturn] = []
    for _ in range(3):
        past.append(stored(sold, plan_of(sold, past, {1: 1_000}, cash_step_satang=25)))
    assert [document.refund_satang for document in past] == [3_350, 3_325, 3_350]


def test_a_limit_used_is_given_back_with_the_last_of_the_bill() -> None:
    tallies = hand_made(
        [bill_line(1, 10_000, 3_000), bill_line(2, 5_000)],
        tallies=(
            _tally(TallyKind.TIMES, 1, None),
            _tally(TallyKind.BUDGET, 1_000, 1),
            _tally(TallyKind.REMAINDER, -70, 2),
        ),
    )
    first = stored(tallies, plan_of(tallies, [], {1: 1_000}))
    assert [(one.kind, one.amount) for one in first.tallies] == [(TallyKind.BUDGET, -333)]
    second = stored(tallies, plan_of(tallies, [first], {1: 2_000, 2: 1_000}))
    assert [(one.kind, one.amount) for one in second.tallies] == [
        (TallyKind.TIMES, -1),
        (TallyKind.BUDGET, -667),
        (TallyKind.REMAINDER, 70),
    ]


def _tally(kind: TallyKind, amount: int, line_no: int | None) -> Any:
    return Tally(kind, "p", "", amount, "m", line_no)


@pytest.mark.parametrize(("lines", "qualifying", "month"), [({1: 1_000}, 3_333, -3_333), ({2: 1_000}, 0, 0)])
def test_gift_cards_do_not_count_towards_tiers_when_they_come_back(
    lines: dict[int, int], qualifying: int, month: int
) -> None:
    card = bill_line(2, 50_000, tags=("gift_card",))
    sold = hand_made([bill_line(1, 10_000, 3_000), card], qualifying_satang=10_000)
    plan = plan_of(sold, [], lines)
    assert (plan.qualifying_satang, plan.month.spend_satang, plan.month.visits) == (qualifying, month, 0)
    assert plan_of(sold, [], whole(sold)).month.visits == -1


def test_a_count_that_no_line_carries_comes_back_with_the_last_of_the_bill() -> None:
    """A gift card that a program named: it counted, and its line says nothing of it."""
    sold = hand_made([bill_line(1, 10_000, 2_000, tags=("gift_card",))], qualifying_satang=10_000)
    first = plan_of(sold, [], {1: 1_000})
    second = plan_of(sold, [stored(sold, first)], {1: 1_000})
    assert (first.qualifying_satang, second.qualifying_satang) == (0, 10_000)
