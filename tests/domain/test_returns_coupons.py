"""Coupons that a bill gave, when part of it comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pos_member.domain.bill import Bill, BillReturn, CouponGrant, LineWeight
from pos_member.domain.coupon import CouponState
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import PointKind
from pos_member.domain.returns_rules import IssuedCoupon, ReturnPlan, plan_return
from tests.domain.returning import TODAY, bill_line, entry, hand_made, stored, whole
from tests.domain.ringing import account

ISSUED, USED, BACK = CouponState.ISSUED, CouponState.REDEEMED, CouponState.REVERSED


def _sold(count: int = 3, step: int = 10_000, minimum: int = 0, **more: Any) -> Bill:
    """Ten pieces at 30.00 and something outside the scope; a coupon for every 100.00 of the pieces."""
    codes = tuple(f"c{i}" for i in range(1, count + 1))
    grant = CouponGrant("next", codes, step, 1 if step else 0, minimum, (LineWeight(1, 30_000),), more.pop("points", 0))
    return hand_made([bill_line(1, 30_000, 10_000), bill_line(2, 5_000)], more.pop("entries", ()), grants=(grant,))


def _plan(sold: Bill, past: list[BillReturn], lines: dict[int, int], states: Any = ()) -> ReturnPlan:
    """``states``: code → (state, satang used); the others are unused."""
    known = dict(states)
    issued = [IssuedCoupon(one.code, *known.get(one.code, (ISSUED, 0))) for one in sold.coupons_issued]
    return plan_return(
        sold,
        past,
        lines,
        account=account({None: 10_000}),
        today=TODAY,
        owed_policy=OwedPolicy.UNLIMITED,
        issued=issued,
    )


@pytest.mark.parametrize(
    ("pieces", "voided"),
    [
        (1, ("c3",)),
        (3, ("c3",)),
        (4, ("c2", "c3")),
        (6, ("c2", "c3")),
        (7, ("c1", "c2", "c3")),
        (10, ("c1", "c2", "c3")),
    ],
)
def test_the_goods_that_are_kept_support_so_many_coupons(pieces: int, voided: tuple[str, ...]) -> None:
    plan = _plan(_sold(), [], {1: pieces * 1_000})
    assert (plan.coupons_voided, plan.withheld_satang) == (voided, 0)


def test_goods_outside_the_scope_void_nothing() -> None:
    assert _plan(_sold(), [], {2: 1_000}).coupons_voided == ()


@pytest.mark.parametrize(("pieces", "voided"), [(3, ()), (4, ("c1", "c2", "c3")), (10, ("c1", "c2", "c3"))])
def test_without_steps_all_stay_while_the_minimum_is_met(pieces: int, voided: tuple[str, ...]) -> None:
    assert _plan(_sold(step=0, minimum=21_000), [], {1: pieces * 1_000}).coupons_voided == voided


def test_with_steps_all_go_once_the_minimum_is_missed() -> None:
    sold = _sold(minimum=25_000)
    assert _plan(sold, [], {1: 1_000}).coupons_voided == ("c3",)
    assert _plan(sold, [], {1: 2_000}).coupons_voided == ("c1", "c2", "c3")


def test_without_steps_and_minimum_they_stay_while_any_of_the_goods_do() -> None:
    sold = _sold(step=0)
    assert _plan(sold, [], {1: 9_999, 2: 1_000}).coupons_voided == ()
    assert _plan(sold, [], {1: 10_000}).coupons_voided == ("c1", "c2", "c3")


def test_unused_ones_go_first_then_the_value_of_used_ones_is_withheld() -> None:
    sold = _sold()
    states = {"c3": (USED, 2_000), "c1": (USED, 1_500)}
    first = _plan(sold, [], {1: 1_000}, states)
    assert (first.coupons_voided, first.withheld_satang) == (("c2",), 0)
    past = [stored(sold, first)]
    second = _plan(sold, past, {1: 3_000}, {**states, "c2": (CouponState.VOIDED_BY_RETURN, 0)})
    assert (second.coupons_voided, second.coupons_withheld, second.refund_satang) == ((), {"c3": 2_000}, 7_000)
    past.append(stored(sold, second))
    third = _plan(sold, past, {1: 6_000, 2: 1_000}, {**states, "c2": (CouponState.VOIDED_BY_RETURN, 0)})
    assert (third.coupons_voided, third.coupons_withheld) == ((), {"c1": 1_500})
    assert sum(document.withheld_satang for document in [*past, stored(sold, third)]) == 3_500


def test_what_a_refund_cannot_cover_is_withheld_from_the_next() -> None:
    sold = _sold()
    states = dict.fromkeys(("c1", "c2", "c3"), (USED, 5000))
    first = _plan(sold, [], {1: 1_000}, states)
    assert (first.coupons_withheld, first.refund_satang) == ({"c3": 3_000}, 0)
    second = _plan(sold, [stored(sold, first)], {1: 1_000}, states)
    assert (second.coupons_withheld, second.refund_satang) == ({"c3": 2_000}, 1_000)


def test_one_that_was_withheld_in_full_is_paid_for() -> None:
    """The bill that used it comes back afterwards: it is usable again and stays so."""
    sold = _sold()
    first = _plan(sold, [], {1: 1_000}, dict.fromkeys(("c1", "c2", "c3"), (USED, 2000)))
    assert first.coupons_withheld == {"c3": 2_000}
    rest = _plan(sold, [stored(sold, first)], {1: 9_000, 2: 1_000}, {"c3": (BACK, 0), "c1": (USED, 2_000)})
    assert rest.coupons_voided == ("c2",)
    assert rest.coupons_withheld == {"c1": 2_000}


def test_cancelled_and_expired_ones_count_before_the_customers_own() -> None:
    states = {"c1": (CouponState.CANCELLED, 0), "c2": (CouponState.EXPIRED, 0)}
    assert _plan(_sold(), [], {1: 6_000}, states).coupons_voided == ()
    assert _plan(_sold(), [], {1: 7_000}, states).coupons_voided == ("c3",)


def test_one_that_may_be_used_more_than_once_is_voided_and_its_use_withheld() -> None:
    sold = _sold(count=1)
    plan = _plan(sold, [], whole(sold), {"c1": (ISSUED, 700)})
    assert (plan.coupons_voided, plan.coupons_withheld) == (("c1",), {"c1": 700})


def test_coupons_bought_with_points_go_with_the_last_of_the_bill() -> None:
    paid = [entry(PointKind.REDEEM, -60, program_id="next"), entry(PointKind.REDEEM, -40, program_id="other")]
    sold = _sold(points=60, entries=paid)
    first = _plan(sold, [], {1: 10_000})
    assert first.coupons_voided == ()
    assert first.points_given_back == 34, "of the other reward, by what was paid for the goods"
    last = _plan(sold, [stored(sold, first)], {2: 1_000})
    assert last.coupons_voided == ("c1", "c2", "c3")
    assert last.points_given_back == 66


def test_a_return_that_does_not_name_its_coupons_counts_towards_what_is_due() -> None:
    sold = _sold()
    states = dict.fromkeys(("c1", "c2", "c3"), (USED, 2000))
    first = replace(stored(sold, _plan(sold, [], {1: 1_000}, states)), coupons_withheld={})
    assert first.withheld_satang == 2_000
    rest = _plan(sold, [first], {1: 9_000, 2: 1_000}, states)
    assert rest.withheld_satang == 4_000


def test_coupons_without_their_terms_go_with_the_last_of_the_bill() -> None:
    sold = replace(_sold(), grants=())
    assert _plan(sold, [], {1: 10_000}).coupons_voided == ()
    assert _plan(sold, [], whole(sold)).coupons_voided == ("c1", "c2", "c3")
