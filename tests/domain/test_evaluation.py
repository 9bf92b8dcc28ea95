"""Every effect, the order they run in, and what is charged."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pos_member.domain.coupon import CouponValueKind, Scope
from pos_member.domain.money import Rounding
from pos_member.domain.org import PointsPaidEarns
from pos_member.domain.pricing import MemberState
from pos_member.domain.program import Audience, Basis, Combine, Limits, Stacking, Trigger
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
    coupon,
    definition,
    keys,
    line,
    program,
    run,
)

POINT_25 = program(PER_STEP, "P25", points=1, step_satang=2_500)
REDEEM = program(REWARD, "R100", points=100, amount_satang=1_000)
C20 = definition()
NEXT = program(ISSUE, "NEXT", coupon=C20.id, step_satang=30_000)


def test_an_empty_bill_gives_nothing_and_misses_nothing() -> None:
    result = run(bill(), POINT_25, NEXT, REDEEM, definitions=(C20,))
    assert (result.total_satang, result.points_earned, result.coupons_to_issue) == (0, 0, ())
    assert result.nearest is None
    assert len(result.explanations) == 3


def test_points_per_step_spread_over_the_lines_and_are_stored_there() -> None:
    result = run(bill(line(60), line(40)), POINT_25)
    assert result.points_earned == 4
    assert result.earns[0].by_line == {1: 2, 2: 2}
    assert [one.points_earned for one in result.lines] == [2, 2]


@pytest.mark.parametrize(("rounding", "points"), [(Rounding.DOWN, 1), (Rounding.HALF_UP, 2), (Rounding.UP, 2)])
def test_steps_round_once_per_bill_by_the_programs_rounding(rounding: Rounding, points: int) -> None:
    """Two lines of 18.75 are one step and a half together; each alone would be three quarters."""
    rule = program(PER_STEP, points=1, step_satang=2_500, rounding=rounding)
    assert run(bill(line(18.75), line(18.75)), rule).points_earned == points


def test_a_near_miss_of_half_up_counts_to_the_half_step() -> None:
    result = run(bill(line(10)), program(PER_STEP, points=1, step_satang=2_500, rounding=Rounding.HALF_UP))
    assert result.nearest is not None
    assert result.nearest.missing_satang == 250


def test_the_limit_of_a_bill_counts_steps() -> None:
    rule = program(PER_STEP, points=3, step_satang=2_500, limits=Limits(per_bill=2))
    assert run(bill(line(1000)), rule).points_earned == 6


def test_points_per_unit_count_whole_units_of_the_goods_in_scope() -> None:
    rule = program(PER_UNIT, points=5, scope=Scope(tags=("coffee_beans",)))
    beans = line(350, 2, tags=("coffee_beans",))
    weighed = line(100, 1.5, tags=("coffee_beans",))
    result = run(bill(beans, line(60), weighed), rule)
    assert result.points_earned == 15  # 3.5 units are 3
    assert set(result.earns[0].by_line) == {1, 3}
    assert keys(run(bill(line(60)), rule))["id-P1"] == "scope"
    assert keys(run(bill(line(60, 0.4, tags=("coffee_beans",))), rule))["id-P1"] == "quantity"


def test_goods_given_away_earn_no_points_per_unit() -> None:
    rule = program(PER_UNIT, "UNIT", points=5)
    result = run(bill(line(0), line(10)), rule)
    assert result.earns[0].by_line == {2: 5}


def test_fixed_points_for_the_bill() -> None:
    rule = program(FIXED, points=10, trigger=Trigger(minimum_satang=20_000))
    assert run(bill(line(200)), rule).points_earned == 10
    near = run(bill(line(199)), rule)
    assert (near.points_earned, near.nearest and near.nearest.key) == (0, "near_points")


def test_two_multipliers_add_and_do_not_compound() -> None:
    double = program(MULTIPLY, "A", factor=Fraction(2))
    birthday = program(MULTIPLY, "B", factor=Fraction(2))
    result = run(bill(line(250)), POINT_25, double, birthday)
    assert result.points_earned == 30


def test_of_multipliers_in_a_best_group_the_larger_counts() -> None:
    best = Stacking(group="multipliers", combine=Combine.BEST)
    double = program(MULTIPLY, "A", factor=Fraction(2), stacking=best)
    triple = program(MULTIPLY, "B", factor=Fraction(3), stacking=best)
    assert run(bill(line(250)), POINT_25, double, triple).points_earned == 30


def test_a_multiplier_multiplies_step_points_of_the_goods_in_its_scope_only() -> None:
    fruit = line(100, category_id="fruit")
    double = program(MULTIPLY, "A", factor=Fraction(2), scope=Scope(categories=("fruit",)))
    unit = program(PER_UNIT, "U", points=50)
    result = run(bill(fruit, line(300)), POINT_25, unit, double)
    added = {earn.program_id: earn for earn in result.earns}["id-A"]
    assert (added.points, dict(added.by_line)) == (4, {1: 4})
    assert keys(run(bill(fruit), double))["id-A"] == "no_points_to_multiply"


def test_coupons_are_issued_for_every_step_up_to_the_limit() -> None:
    result = run(bill(line(950)), NEXT, definitions=(C20,))
    assert [(one.definition_id, one.count) for one in result.coupons_to_issue] == [(C20.id, 3)]
    assert result.nearest is not None
    assert (result.nearest.key, result.nearest.missing_satang) == ("near_coupon_again", 25_000)
    limited = program(ISSUE, coupon=C20.id, step_satang=30_000, limits=Limits(per_bill=2))
    capped = run(bill(line(950)), limited, definitions=(C20,))
    assert capped.coupons_to_issue[0].count == 2
    assert capped.nearest is None


def test_buy_forty_baht_more_for_a_coupon() -> None:
    result = run(bill(line(260)), NEXT, definitions=(C20,))
    assert result.coupons_to_issue == ()
    assert result.nearest is not None
    assert (result.nearest.key, result.nearest.missing_satang) == ("near_coupon", 4_000)
    assert result.nearest.params["missing_satang"] == 4_000


def test_one_coupon_a_bill_without_steps() -> None:
    rule = program(ISSUE, coupon=C20.id, count=2, trigger=Trigger(minimum_satang=10_000))
    assert run(bill(line(500)), rule, definitions=(C20,)).coupons_to_issue[0].count == 2
    assert run(bill(line(99)), rule, definitions=(C20,)).coupons_to_issue == ()


def test_a_bill_paid_by_its_coupon_gives_no_other_coupon() -> None:
    rule = program(ISSUE, coupon=C20.id)
    paid = run(bill(line(20), coupons=(coupon(C20),)), rule, definitions=(C20,))
    assert (paid.total_satang, paid.coupons_to_issue, keys(paid)[rule.id]) == (0, (), "nothing_left")
    assert run(bill(line(21), coupons=(coupon(C20),)), rule, definitions=(C20,)).coupons_to_issue[0].count == 1


def test_a_slip_in_a_program_does_not_print_the_roll_empty() -> None:
    rule = program(ISSUE, coupon=C20.id, step_satang=1)
    assert run(bill(line(5000)), rule, definitions=(C20,)).coupons_to_issue[0].count == 100


def test_line_discounts_come_before_bill_discounts_and_both_spread() -> None:
    fruit = program(
        PERCENT, "FRUIT", percent_bp=5_000, scope=Scope(categories=("fruit",)), stacking=Stacking(priority=9)
    )
    whole = program(AMOUNT, "WHOLE", amount_satang=3_000, stacking=Stacking(priority=1))
    result = run(bill(line(100, category_id="fruit"), line(100)), whole, fruit)
    assert [one.program_id for one in result.discounts] == ["id-FRUIT", "id-WHOLE"]
    assert [one.net_satang for one in result.lines] == [4_000, 8_000]


def test_a_percentage_stops_at_its_maximum() -> None:
    rule = program(PERCENT, percent_bp=1_000, maximum_satang=5_000)
    assert run(bill(line(1000)), rule).discount_satang == 5_000


def test_minimums_look_before_or_after_discounts() -> None:
    off = program(AMOUNT, "OFF", amount_satang=2_000)
    for basis, points in ((Basis.NET, 0), (Basis.GROSS, 10)):
        rule = program(FIXED, "FIX", points=10, trigger=Trigger(10_000, basis=basis))
        assert run(bill(line(100)), off, rule).points_earned == points


def test_a_minimum_quantity() -> None:
    rule = program(PERCENT, percent_bp=1_000, trigger=Trigger(minimum_quantity_milli=3_000))
    missed = run(bill(line(10, 1.5)), rule).explanations[0]
    assert (missed.key, missed.params["missing_quantity"]) == ("quantity", 2)
    assert run(bill(line(10, 3)), rule).discount_satang == 300


def test_the_first_of_a_group_that_has_an_effect_counts() -> None:
    first = Stacking(group="g", combine=Combine.FIRST, priority=1)
    absent = program(AMOUNT, "A", amount_satang=100, scope=Scope(tags=("x",)), stacking=first)
    small = program(AMOUNT, "B", amount_satang=100, scope=Scope(tags=("y",)), stacking=first)
    large = program(AMOUNT, "C", amount_satang=900, scope=Scope(tags=("y",)), stacking=first)
    result = run(bill(line(50, tags=("y",))), large, small, absent)
    assert result.discount_satang == 100
    assert keys(result) == {"id-A": "scope", "id-B": "discount", "id-C": "beaten"}


def test_a_coupon_takes_no_more_than_is_left_and_an_idle_one_is_not_used_up() -> None:
    two = definition(2_000, per_bill_max=3)
    laid = tuple(coupon(two, str(i)) for i in range(3))
    result = run(bill(line(30), coupons=laid), definitions=(two,))
    assert [(use.code, use.amount_satang) for use in result.coupons_used] == [("0", 2_000), ("1", 1_000)]
    assert result.coupons_idle == ("2",)
    assert result.total_satang == 0


def test_why_a_coupon_stays_idle() -> None:
    personal = definition(2_000, "OWN", bearer=False)
    result = run(bill(line(100), coupons=(coupon(personal, member_id="another"),)), definitions=(personal,))
    assert (result.coupons_idle, keys(result)) == (("1",), {"def-OWN": "coupon_other_member"})
    dear = definition(2_000, "MIN", minimum_spend_satang=15_000)
    near = run(bill(line(100), coupons=(coupon(dear),)), definitions=(dear,))
    assert near.nearest is not None
    assert (near.nearest.key, near.nearest.missing_satang) == ("coupon_minimum", 5_000)
    twice = run(bill(line(100), coupons=(coupon(C20, "1"), coupon(C20, "2"))), definitions=(C20,))
    assert twice.coupons_idle == ("2",)
    assert twice.explanations[1].key == "coupon_per_bill"
    fruit = definition(2_000, "FRUIT", scope=Scope(categories=("fruit",)))
    assert keys(run(bill(line(9), coupons=(coupon(fruit),)), definitions=(fruit,))) == {"def-FRUIT": "scope"}


def test_a_percentage_coupon_with_a_maximum_on_its_goods() -> None:
    tenth = definition(1_000, value_kind=CouponValueKind.PERCENT, value_max_satang=1_500, scope=Scope(brands=("b",)))
    result = run(bill(line(100, brand_id="b"), line(100), coupons=(coupon(tenth),)), definitions=(tenth,))
    assert [one.net_satang for one in result.lines] == [9_000, 10_000]
    result = run(bill(line(900, brand_id="b"), coupons=(coupon(tenth),)), definitions=(tenth,))
    assert result.discount_satang == 1_500


def test_a_coupon_of_a_definition_the_till_does_not_have_is_idle() -> None:
    odd = definition(2_000, "ODD", scope=Scope(tags=("nowhere",)))
    result = run(bill(line(100), coupons=(coupon(odd),)))
    assert (result.coupons_idle, result.total_satang) == (("1",), 10_000)


def test_a_reward_is_charged_only_for_what_it_takes_off() -> None:
    result = run(bill(line(25), rewards={REDEEM.id: 9}), REDEEM)
    assert (result.total_satang, result.points_redeemed) == (500, 200)
    (offer,) = result.rewards
    assert (offer.times_max, offer.times_chosen) == (2, 2)
    assert result.discounts[0].points == 200
    assert [one.points_paid_satang for one in result.lines] == [2_000]


def test_coupons_run_before_points() -> None:
    """A coupon costs nothing to use, points do: of 25 baht the coupon takes 20, and 5 do not hold a reward of 10."""
    result = run(bill(line(25), coupons=(coupon(C20),), rewards={REDEEM.id: 2}), REDEEM, definitions=(C20,))
    assert (result.total_satang, result.points_redeemed) == (500, 0)
    assert result.rewards[0].why_not == "nothing_left"


@pytest.mark.parametrize(
    ("points", "most", "times", "why"),
    [
        (1_000, 5_000, 10, ""),
        (1_000, 250, 2, ""),
        (250, 5_000, 2, ""),
        (99, 5_000, 0, "points_short"),
        (999, 0, 0, "points_limit"),
    ],
)
def test_how_often_a_reward_can_be_chosen(points: int, most: int, times: int, why: str) -> None:
    member = MemberState("m", spendable_points=points)
    result = run(bill(line(500), member=member), REDEEM, redeem_points_per_bill_max=most)
    (offer,) = result.rewards
    assert (offer.times_max, offer.times_chosen, offer.why_not) == (times, 0, why)
    assert result.total_satang == 50_000


def test_two_rewards_share_the_points() -> None:
    other = program(REWARD, "R500", points=500, amount_satang=6_000)
    member = MemberState("m", spendable_points=700)
    result = run(bill(line(500), member=member, rewards={other.id: 1, REDEEM.id: 5}), REDEEM, other)
    # R100 runs first by its code and takes 500 points; 200 do not buy the other.
    offers = {offer.program_id: offer for offer in result.rewards}
    assert (offers[REDEEM.id].times_chosen, offers[REDEEM.id].times_max) == (5, 7)
    assert (offers[other.id].times_chosen, offers[other.id].why_not) == (0, "points_short")
    assert offers[other.id].why_params == {"missing_points": 300}


def test_exclusive_rewards() -> None:
    one = Stacking(group="reward", combine=Combine.FIRST)
    a = program(REWARD, "A", points=100, amount_satang=1_000, stacking=one)
    b = program(REWARD, "B", points=200, amount_satang=2_500, stacking=one)
    result = run(bill(line(500), rewards={a.id: 1, b.id: 1}), a, b)
    assert result.points_redeemed == 100
    assert {offer.program_id: offer.why_not for offer in result.rewards} == {a.id: "", b.id: "beaten"}


def test_a_reward_has_its_limit_and_its_minimum() -> None:
    once = program(REWARD, points=100, amount_satang=1_000, limits=Limits(per_bill=1), trigger=Trigger(10_000))
    assert run(bill(line(500), rewards={once.id: 4}), once).points_redeemed == 100
    (offer,) = run(bill(line(50)), once).rewards
    assert (offer.times_max, offer.why_not, offer.why_params) == (0, "near_discount", {"missing_satang": 5_000})


@pytest.mark.parametrize(("setting", "points"), [(PointsPaidEarns.NONE, 9), (PointsPaidEarns.ALL, 10)])
def test_what_was_paid_with_points_earns_by_the_setting(setting: PointsPaidEarns, points: int) -> None:
    step = program(PER_STEP, points=1, step_satang=1_000)
    result = run(bill(line(100), rewards={REDEEM.id: 1}), step, REDEEM, points_paid_earns=setting)
    assert (result.points_earned, result.total_satang) == (points, 9_000)
    gross = program(PER_STEP, points=1, step_satang=1_000, trigger=Trigger(basis=Basis.GROSS))
    result = run(bill(line(100), rewards={REDEEM.id: 1}), gross, REDEEM, points_paid_earns=setting)
    assert result.points_earned == points


def test_a_bill_paid_with_points_alone_earns_nothing() -> None:
    fixed = program(FIXED, "FIX", points=10)
    result = run(bill(line(10), rewards={REDEEM.id: 1}), REDEEM, fixed, POINT_25)
    assert (result.total_satang, result.points_earned) == (0, 0)
    assert keys(result)["id-FIX"] == "nothing_left"


def test_without_a_member_no_points_move() -> None:
    everyone = Audience(members_only=False)
    earn = program(PER_STEP, "E", points=1, step_satang=100, audience=everyone)
    off = program(AMOUNT, "O", amount_satang=100, audience=everyone)
    result = run(bill(line(100), member=None, rewards={REDEEM.id: 1}), earn, off, REDEEM, NEXT, definitions=(C20,))
    assert (result.points_earned, result.points_redeemed, result.total_satang) == (0, 0, 9_900)
    assert keys(result) == {
        "id-E": "needs_member",
        "id-O": "discount",
        "id-R100": "needs_member",
        "id-NEXT": "needs_member",
    }
    assert result.rewards[0].why_not == "needs_member"


def test_everything_together_in_the_stated_order() -> None:
    fruit = program(PERCENT, "1", percent_bp=1_000, scope=Scope(categories=("fruit",)))
    whole = program(PERCENT, "2", percent_bp=1_000)
    result = run(
        bill(line(500, category_id="fruit"), line(500), coupons=(coupon(C20),), rewards={REDEEM.id: 2}),
        NEXT,
        POINT_25,
        REDEEM,
        whole,
        fruit,
        definitions=(C20,),
    )
    # 1000 − 50 (fruit) − 95 (10 % of 950) − 20 (coupon) − 20 (200 points) = 815
    assert [one.amount_satang for one in result.discounts] == [5_000, 9_500, 2_000, 2_000]
    assert result.total_satang == 81_500
    assert result.points_earned == 32
    assert result.coupons_to_issue[0].count == 2
