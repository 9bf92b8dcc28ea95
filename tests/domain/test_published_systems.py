"""Figures that other systems publish, for the effects that we have too. The source stands at each.

Paths of Microsoft are those of github.com/MicrosoftDocs/dynamics-365-unified-operations-public.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from pos_member.domain.coupon import CouponValueKind, Scope
from pos_member.domain.money import Rounding
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import PointKind
from pos_member.domain.pricing import MemberState
from pos_member.domain.program import Audience, EffectKind, Limits, Stacking, Trigger
from pos_member.domain.returns_rules import plan_return
from tests.domain.evaluating import (
    AT,
    MULTIPLY,
    PER_STEP,
    PERCENT,
    REWARD,
    bill,
    book,
    coupon,
    definition,
    keys,
    line,
    program,
    run,
)
from tests.domain.returning import LOT, PENDING_UNTIL, TODAY, bill_line, entry, hand_made, plan_of, stored
from tests.domain.ringing import account, complete


def test_dynamics_earning_rules_add() -> None:
    """Microsoft, "Loyalty overview" (articles/commerce/set-up-customer-loyalty-program.md): 10 points a dollar for gold
    and 5 for the affiliation "veteran" are 15 for a veteran who is gold, and 5 for one who is not."""
    gold = program(PER_STEP, "GOLD", points=10, step_satang=100, audience=Audience(tiers=("gold",)))
    veteran = program(PER_STEP, "VET", points=5, step_satang=100, audience=Audience(segments=("veteran",)))
    for tier, points in (("gold", 15), ("", 5)):
        member = MemberState("m", tier=tier, segments=("veteran",))
        assert run(bill(line(1), member=member), gold, veteran).points_earned == points


def test_dynamics_below_the_activity_amount_nothing_is_earned() -> None:
    """Microsoft, "Define loyalty schemes" (articles/commerce/tasks/define-loyalty-schemes.md): with an activity amount
    of 10.00 a transaction of 9.00 earns nothing."""
    result = run(bill(line(9)), program(PER_STEP, points=1, step_satang=1_000))
    assert result.points_earned == 0
    assert result.nearest is not None
    assert result.nearest.missing_satang == 100


def test_dynamics_unvested_points_are_taken_first() -> None:
    """Microsoft, "Loyalty overview": a return deducts unvested points first, then available ones (no figures there)."""
    sold = hand_made([bill_line(1, 10_000)], [entry(PointKind.EARN, 30, line_no=1)])
    holder = account({LOT: 70}, pending={(PENDING_UNTIL, LOT): 20})
    plan = plan_return(sold, [], {1: 1_000}, account=holder, today=TODAY, owed_policy=OwedPolicy.WITHIN_BALANCE)
    assert [(move.points, move.spendable_from) for move in plan.movements] == [(-20, PENDING_UNTIL), (-10, None)]


def test_dynamics_least_expensive_of_two() -> None:
    """Sana Commerce, "Mix and Match Discounts" for Dynamics 365: 180 and 40, 20 % off the least expensive: 212."""
    rule = program(EffectKind.CHEAPEST_FREE, buy=2, get=1, percent_bp=2_000)
    assert run(bill(line(180), line(40)), rule).total_satang == 21_200


def test_dynamics_mandatory_item() -> None:
    """Sana Commerce, "Mix and Match Discounts" for Dynamics 365: cleanser 25, moisturizer 30 at 40 % off, balm 8:
    51."""
    rule = program(
        EffectKind.BUY_X_GET_Y,
        buy=1,
        get=1,
        percent_bp=4_000,
        scope=Scope(tags=("cleanser",)),
        get_scope=Scope(tags=("moisturizer",)),
    )
    lines = (line(25, tags=("cleanser",)), line(30, tags=("moisturizer",)), line(8))
    assert run(bill(*lines), rule).total_satang == 5_100


def test_square_only_full_steps_count() -> None:
    """Square, LoyaltyProgramAccrualRuleSpendData (developer.squareup.com/reference): 1 point for every $10, so
    $105 is 10."""
    assert run(bill(line(105)), program(PER_STEP, points=1, step_satang=1_000)).points_earned == 10


@pytest.mark.parametrize(
    ("base", "factor", "points"), [(5, Fraction(3), 15), (4, Fraction(3, 2), 6), (5, Fraction(3, 2), 7)]
)
def test_square_promotions_multiply_the_base_points(base: int, factor: Fraction, points: int) -> None:
    """Square, LoyaltyPromotionIncentivePointsMultiplierData (developer.squareup.com/reference): 5 × 3 = 15,
    4 × 1.5 = 6; "fractional points are dropped", so 5 × 1.5 (our example) is 7."""
    result = run(
        bill(line(10)),
        program(PER_STEP, "BASE", points=base, step_satang=1_000),
        program(MULTIPLY, "MORE", factor=factor),
    )
    assert result.points_earned == points


def test_square_additional_points_need_base_points() -> None:
    """Square, LoyaltyPromotionIncentiveType POINTS_ADDITION ("Earn 10 additional points"), and "Manage Loyalty
    Promotions": only where the purchase meets an accrual rule too."""
    rules = (program(PER_STEP, "BASE", points=1, step_satang=1_000), program(EffectKind.ADD_POINTS, "TEN", points=10))
    assert run(bill(line(10)), *rules).points_earned == 11
    assert run(bill(line(9)), *rules).points_earned == 0


def test_square_reward_tier_of_a_percentage() -> None:
    """Square, "Retrieve Loyalty Program" (developer.squareup.com/docs/loyalty-api/loyalty-programs): reward tiers of 15
    points for 10 % and 30 points for 25 % off the entire sale. Ours: points buy the coupon that does it."""
    for points, bp, left in ((15, 1_000, 9_000), (30, 2_500, 7_500)):
        off = definition(bp, value_kind=CouponValueKind.PERCENT)
        tier = program(EffectKind.REWARD_COUPON, points=points, coupon=off.id)
        asked = bill(line(1), member=MemberState("m", spendable_points=points), rewards={tier.id: 1})
        bought = run(asked, tier, definitions=(off,))
        assert (bought.points_redeemed, [one.count for one in bought.coupons_to_issue]) == (points, [1])
        assert run(bill(line(100), coupons=(coupon(off),)), definitions=(off,)).total_satang == left


def test_talon_one_a_rollback_may_go_below_zero() -> None:
    """Talon.One, "Using negative points" (docs.talon.one, profile-based loyalty programs): 50 active points, 70 rolled
    back, −20 where a negative balance is enabled (our ``unlimited``)."""
    sold = hand_made([bill_line(1, 10_000)], [entry(PointKind.EARN, 70, line_no=1)])
    left = {}
    for policy in OwedPolicy:
        plan = plan_return(sold, [], {1: 1_000}, account=account({LOT: 50}), today=TODAY, owed_policy=policy)
        left[policy] = (50 - plan.points_taken_back, plan.points_owed)
    assert left[OwedPolicy.UNLIMITED] == (-20, 0)
    assert left[OwedPolicy.WITHIN_BALANCE] == (0, 20)
    assert left[OwedPolicy.PENDING_ONLY] == (50, 0)


def test_voucherify_a_discount_can_take_a_bill_below_the_minimum_of_the_next() -> None:
    """Voucherify, "Stacking Rules" (support.voucherify.io/article/604): 10 % on 105 leaves 94.50, no 20 % from 100."""
    first = program(PERCENT, "TEN", percent_bp=1_000, stacking=Stacking(priority=1))
    second = program(PERCENT, "TWENTY", percent_bp=2_000, trigger=Trigger(10_000), stacking=Stacking(priority=2))
    result = run(bill(line(105)), first, second)
    assert result.total_satang == 9_450
    assert keys(result)["id-TWENTY"] == "near_discount"


def test_voucherify_the_other_order_compounds() -> None:
    """Voucherify, docs.voucherify.io/orchestrate/using-stacking-rules-and-categories: 20 % then 10 %: 84,
    then 75.60."""
    first = program(PERCENT, "TWENTY", percent_bp=2_000, trigger=Trigger(10_000), stacking=Stacking(priority=1))
    second = program(PERCENT, "TEN", percent_bp=1_000, stacking=Stacking(priority=2))
    result = run(bill(line(105)), first, second)
    assert ([one.amount_satang for one in result.discounts], result.total_satang) == ([2_100, 840], 7_560)


def test_flexprice_two_tenths_are_nineteen_percent() -> None:
    """Flexprice, "Billing calculation order" (docs.flexprice.io): two coupons of 10 % take 19 %."""
    tenth = definition(1_000, value_kind=CouponValueKind.PERCENT, per_bill_max=2)
    laid = (coupon(tenth, "1"), coupon(tenth, "2"))
    assert run(bill(line(100), coupons=laid), definitions=(tenth,)).discount_satang == 1_900


@pytest.mark.parametrize(("baht", "points"), [(1_000, 10), (1_280, 12)])
def test_jpos_a_hundred_baht_is_a_point(baht: int, points: int) -> None:
    """jPOS (Thailand), กำหนดคะแนนสมาชิก (pingpongsoft.com/index.php/2021/04/20/1142): 1000 baht 10, 1280 baht 12."""
    assert run(bill(line(baht)), program(PER_STEP, points=1, step_satang=10_000)).points_earned == points


@pytest.mark.parametrize(("spent", "points"), [(100, 10), (200, 20), (150, 10)])
def test_ls_one_points_for_every_full_hundred_of_an_item(spent: int, points: int) -> None:
    """LS Retail, LS One 2013.2 help, "Calculating Points Example", rule 4: 100 is 10, 200 is 20, 150 only 10."""
    assert run(bill(line(spent)), program(PER_STEP, points=10, step_satang=10_000)).points_earned == points


@pytest.mark.parametrize(("spent", "points"), [(191.10, 191), (67.70, 68)])
def test_collect_rounds_to_the_nearest_point(spent: float, points: int) -> None:
    """Collect, "Are points for orders rounded up or down?" (help.collectapps.io): 191.10 is 191, 67.70 is 68."""
    rule = program(PER_STEP, points=1, step_satang=100, rounding=Rounding.HALF_UP)
    assert run(bill(line(spent)), rule).points_earned == points


@pytest.mark.parametrize(
    ("spent", "rounding", "points"),
    [
        (0.30, Rounding.UP, 1),
        (0.70, Rounding.DOWN, 0),
        (0.49, Rounding.HALF_UP, 0),
        (0.50, Rounding.HALF_UP, 1),
    ],
)
def test_tillpoint_rounding(spent: float, rounding: Rounding, points: int) -> None:
    """Tillpoint, "Main Rules" of the loyalty program (tillpoint.com): up, down and nearest, a point a pound."""
    rule = program(EffectKind.EARN_IN_PROPORTION, points=1, step_satang=100, rounding=rounding)
    assert run(bill(line(spent)), rule).points_earned == points


def test_rvca_a_partial_return_keeps_the_points_of_what_is_kept() -> None:
    """RVCA, "What Happens if I Return Items from a Loyalty Order?" (rvca.gorgias.help): 100 spent, 100 points; 75 come
    back, 25 points stay. 100 less 15 for 300 points: the whole order gives back 85 and the 300.

    Of a partial return RVCA keeps all 300 points; ours gives back the share of the goods, 225.
    """
    earn = program(PER_STEP, "EARN", points=1, step_satang=100)
    plain = run(bill(line(75), line(25)), earn)
    sold = complete(bill(line(75), line(25)), plain, book(earn), account({LOT: 0}), today=TODAY)
    assert (plain.points_earned, plan_of(sold, [], {1: 1_000}).points_taken_back) == (100, 75)

    reward = program(REWARD, "OFF", points=300, amount_satang=1_500, limits=Limits(per_bill=1))
    asked = bill(line(75), line(25), rewards={reward.id: 1})
    sold = complete(asked, run(asked, reward), book(reward), account({LOT: 300}), today=TODAY)
    whole = plan_of(sold, [], {1: 1_000, 2: 1_000})
    assert (whole.refund_satang, whole.points_given_back) == (8_500, 300)
    part = plan_of(sold, [], {1: 1_000})
    assert (part.refund_satang, part.points_given_back) == (6_375, 225)
    rest = plan_of(sold, [stored(sold, part)], {2: 1_000})
    assert (rest.refund_satang, rest.points_given_back) == (2_125, 75)


def test_oracle_points_that_ended_meanwhile_come_back_ended() -> None:
    """Oracle Siebel, "Cancelling Loyalty Members' Transactions" (docs.oracle.com): they are added back past their
    expiration date and cannot be used (no figures there)."""
    ended = date(2026, 11, 1)
    sold = hand_made([bill_line(1, 9_000)], [entry(PointKind.REDEEM, -100, bucket=ended)])
    holder = account({ended: 0})
    plan = plan_return(sold, [], {1: 1_000}, account=holder, today=AT.date(), owed_policy=OwedPolicy.UNLIMITED)
    after = account({ended: plan.movements[0].points})
    assert (plan.points_given_back, plan.movements[0].bucket, after.spendable(TODAY)) == (100, ended, 0)


def test_zenoti_a_removed_payment_takes_all_its_points() -> None:
    """Zenoti, "Points reversal in a tiered loyalty program" (help.zenoti.com): 100 accrued, 100 reversed, whatever the
    tier is now."""
    sold = hand_made([bill_line(1, 10_000)], [entry(PointKind.EARN, 100, line_no=1)])
    assert plan_of(sold, [], {1: 1_000}).points_taken_back == 100
