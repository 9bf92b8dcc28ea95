"""Bills as they are evaluated: what any sequence of their returns comes to."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Bill, QuotaLeft
from pos_member.domain.coupon import CouponState, Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.org import Currency, OwedPolicy, PointsExpiry, PointsPaidEarns
from pos_member.domain.points import Balances, PointKind, balances_by_member
from pos_member.domain.pricing import MemberState
from pos_member.domain.program import EffectKind, Goal, GoalMetric, Limits
from pos_member.domain.returns_rules import IssuedCoupon
from pos_member.domain.tally import Period, TallyKind, count_key, sums
from tests.domain.evaluating import (
    AMOUNT,
    FIXED,
    ISSUE,
    MULTIPLY,
    PER_STEP,
    PER_UNIT,
    PERCENT,
    REWARD,
    bill,
    book,
    definition,
    program,
)
from tests.domain.evaluating import line as draft_line
from tests.domain.returning import SOON, TODAY, Totals, in_sequence, plan_of, stored, whole
from tests.domain.ringing import account, complete

POLICIES = st.sampled_from([OwedPolicy.WITHIN_BALANCE, OwedPolicy.UNLIMITED])
C20 = definition()
CUP = Currency("CUP", "ตราถ้วย", "Cups", PointsExpiry.MONTHS, 6)
KIND = EffectKind
BOOK = book(
    program(PERCENT, "OFF", percent_bp=700, limits=Limits(per_member_month=3)),
    program(KIND.BUY_X_GET_Y, "THREE", buy=2, get=1, percent_bp=10_000, scope=Scope(tags=("sale",))),
    program(AMOUNT, "BUDGET", amount_satang=700, limits=Limits(total=9, budget_satang=5_000)),
    program(PER_STEP, "POINT", points=1, step_satang=300),
    program(PER_STEP, "CARRY", points=2, step_satang=7_700, carry=True),
    program(KIND.EARN_IN_PROPORTION, "SHARE", points=3, step_satang=1_000, limits=Limits(per_member_day=90)),
    program(MULTIPLY, "DOUBLE", factor=Fraction(2)),
    program(KIND.ADD_POINTS, "PLUS", points=7),
    program(FIXED, "CUP", points=1, currency="CUP", limits=Limits(per_member_day=5)),
    program(PER_UNIT, "UNIT", points=2, currency="CUP", scope=Scope(tags=("sale",))),
    program(FIXED, "MISSION", points=33, goal=Goal(GoalMetric.SPEND, 20_000, Period.MONTH)),
    program(REWARD, "REDEEM", points=100, amount_satang=1_000),
    program(KIND.REWARD_PRODUCT, "FREE", points=10, currency="CUP", get=1, scope=Scope(tags=("sale",))),
    program(KIND.REWARD_COUPON, "BUY", points=50, coupon=C20.id, count=2),
    program(ISSUE, "NEXT", coupon=C20.id, step_satang=10_000, limits=Limits(total=50)),
    program(KIND.DRAW_ENTRIES, "DRAW", count=1, step_satang=5_000),
    program(KIND.REFERRAL, "FRIEND", points=50, referrer_points=100),
    definitions=(C20,),
    currencies=(CUP,),
    points_pending_days=7,
    points_paid_earns=PointsPaidEarns.ALL,
)
RULES = compile_rules(BOOK)
QUOTAS = {"id-BUDGET": QuotaLeft(9, 1_000), "id-NEXT": QuotaLeft(3)}


def _sold(goods: list[Any], times: dict[str, int], *, first: bool = True) -> Bill:
    """A bill of a member who has points and stamps, and whom a friend brought along."""
    held = account({SOON: 150, None: 250}, wallets={"CUP": {SOON: 7, None: 8}})
    member = MemberState(
        "m",
        spendable_points=held.spendable(TODAY),
        stamps={"CUP": 15},
        visits=0 if first else 3,
        referred_by="friend",
        counts={count_key(TallyKind.REMAINDER, "id-CARRY", ""): 4_000},
    )
    ringing = replace(
        bill(*goods, member=member, rewards={f"id-{code}": n for code, n in times.items()}), quotas=QUOTAS
    )
    return complete(ringing, evaluate(ringing, RULES), BOOK, held, today=TODAY)


_goods = st.builds(
    lambda satang, quantity, tags: draft_line(satang / 100, quantity / 1000, tags=tags),
    st.integers(0, 50_000),
    st.one_of(st.just(2_000), st.integers(1, 5_000)),
    st.sampled_from([(), ("sale",), ("gift_card",)]),
)


_times = st.fixed_dictionaries({"REDEEM": st.integers(0, 3), "FREE": st.integers(0, 1), "BUY": st.integers(0, 1)})


@given(st.lists(_goods, min_size=1, max_size=5), _times, st.booleans(), POLICIES, st.data())
@settings(max_examples=120, deadline=None)
def test_bills_as_they_are_evaluated(
    goods: list[Any], times: dict[str, int], first: bool, policy: OwedPolicy, data: st.DataObject
) -> None:
    sold = _sold(goods, times, first=first)
    issued = [IssuedCoupon(coupon.code, CouponState.ISSUED) for coupon in sold.coupons_issued]
    in_parts, _ = in_sequence(sold, data, owed_policy=policy, issued=issued)
    plan = plan_of(sold, [], whole(sold), owed_policy=policy, issued=issued)
    at_once = Totals()
    at_once.add(stored(sold, plan), plan)
    assert in_parts.facts() == at_once.facts()
    assert in_parts.refunded == sold.total_satang
    assert in_parts.qualifying == sold.qualifying_satang
    for currency in ("", "CUP"):
        mine = [each for each in sold.point_entries if each.currency == currency and each.member_id == "m"]
        assert in_parts.due[currency] == sum(each.points for each in mine if each.kind is PointKind.EARN)
    assert in_parts.due[""] == sold.points_earned
    # Every sum of tallies is back where it was, and every lot of everybody.
    both = [*sold.tallies, *plan.tallies]
    for member_id in ("m", None):
        assert sums(tally for tally in both if tally.member_id == member_id) == {}
    if policy is OwedPolicy.UNLIMITED:
        lots = balances_by_member([*sold.point_entries, *stored(sold, plan).point_entries])
        assert all(found == Balances() for found in lots.values())


def test_the_book_above_leaves_nothing_out() -> None:
    """It does make what the test over it is about."""
    goods = [draft_line(100, 3, tags=("sale",)), draft_line(300), draft_line(500, tags=("gift_card",))]
    sold = _sold(goods, {"REDEEM": 1, "FREE": 1, "BUY": 1})
    kinds = {(each.kind, each.currency, each.member_id) for each in sold.point_entries}
    earn, redeem = PointKind.EARN, PointKind.REDEEM
    assert kinds == {
        (earn, "", "m"),
        (earn, "CUP", "m"),
        (earn, "", "friend"),
        (redeem, "", "m"),
        (redeem, "CUP", "m"),
    }
    assert {tally.kind for tally in sold.tallies} == set(TallyKind)
    assert {bool(grant.points) for grant in sold.grants} == {True, False}
    assert 0 < sold.qualifying_satang < sold.total_satang
    assert {each.spendable_from is not None for each in sold.point_entries if each.kind is earn} == {True, False}
