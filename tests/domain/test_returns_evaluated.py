"""Bills as they are evaluated: what any sequence of their returns comes to."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.coupon import CouponState
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import PointKind
from pos_member.domain.pricing import MemberState
from pos_member.domain.program import Limits
from pos_member.domain.returns_rules import IssuedCoupon
from tests.domain.evaluating import FIXED, ISSUE, MULTIPLY, PER_STEP, PERCENT, REWARD, bill, book, definition, program
from tests.domain.evaluating import line as draft_line
from tests.domain.returning import SOON, TODAY, Totals, in_sequence, plan_of, stored, whole
from tests.domain.ringing import account, complete

POLICIES = st.sampled_from([OwedPolicy.WITHIN_BALANCE, OwedPolicy.UNLIMITED])
C20 = definition()
BOOK = book(
    program(PERCENT, "OFF", percent_bp=700, limits=Limits(per_member_month=3)),
    program(PER_STEP, "POINT", points=1, step_satang=300),
    program(MULTIPLY, "DOUBLE", factor=Fraction(2)),
    program(FIXED, "CUP", points=1, currency="CUP", limits=Limits(per_member_day=5)),
    program(REWARD, "REDEEM", points=100, amount_satang=1_000),
    program(ISSUE, "NEXT", coupon=C20.id, step_satang=10_000),
    definitions=(C20,),
)
_goods = st.builds(
    lambda satang, quantity, tags: draft_line(satang / 100, quantity / 1000, tags=tags),
    st.integers(0, 50_000),
    st.one_of(st.just(2_000), st.integers(1, 5_000)),
    st.sampled_from([(), ("sale",), ("gift_card",)]),
)


@given(st.lists(_goods, min_size=1, max_size=5), st.integers(0, 4), POLICIES, st.data())
@settings(max_examples=100)
def test_bills_as_they_are_evaluated(goods: list[Any], times: int, policy: OwedPolicy, data: st.DataObject) -> None:
    held = account({SOON: 150, None: 250})
    member = MemberState("m", spendable_points=held.spendable(TODAY))
    ringing = bill(*goods, member=member, rewards={"id-REDEEM": times})
    sold = complete(ringing, evaluate(ringing, compile_rules(BOOK)), BOOK, held, today=TODAY)
    issued = [IssuedCoupon(coupon.code, CouponState.ISSUED) for coupon in sold.coupons_issued]
    in_parts, _ = in_sequence(sold, data, owed_policy=policy, issued=issued)
    plan = plan_of(sold, [], whole(sold), owed_policy=policy, issued=issued)
    at_once = Totals()
    at_once.add(stored(sold, plan), plan)
    assert in_parts.facts() == at_once.facts()
    assert in_parts.refunded == sold.total_satang
    earned = sum(each.points for each in sold.point_entries if each.kind is PointKind.EARN and not each.currency)
    assert in_parts.due[""] == earned == sold.points_earned


def test_the_evaluated_book_leaves_nothing_out() -> None:
    """The book above does make what the test over it is about."""
    ringing = bill(draft_line(400), member=MemberState("m", spendable_points=400), rewards={"id-REDEEM": 1})
    held = account({None: 400})
    sold = complete(ringing, evaluate(ringing, compile_rules(BOOK)), BOOK, held, today=TODAY)
    kinds = {(each.kind, each.currency) for each in sold.point_entries}
    assert {(PointKind.EARN, ""), (PointKind.REDEEM, "")} <= kinds
    assert sold.coupons_issued and sold.grants[0].codes
