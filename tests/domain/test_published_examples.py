"""Figures that other systems publish, for the effects that we have too. The source stands at each."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pos_member.domain.coupon import CouponValueKind
from pos_member.domain.money import Rounding
from pos_member.domain.program import Audience, Combine, Stacking, Trigger
from tests.domain.evaluating import (
    AMOUNT,
    MULTIPLY,
    PER_STEP,
    PERCENT,
    bill,
    coupon,
    definition,
    keys,
    line,
    program,
    run,
)

EVERYONE = Audience(members_only=False)


def test_odoo_points_count_on_the_price_after_the_order_discount() -> None:
    """Odoo, addons/loyalty + sale_loyalty tests: 100 with a 10 % order discount earns 90 at 1 point per unit."""
    result = run(
        bill(line(100)),
        program(PERCENT, "TEN", percent_bp=1_000),
        program(PER_STEP, "POINT", points=1, step_satang=100),
    )
    assert (result.total_satang, result.points_earned) == (9_000, 90)


@pytest.mark.parametrize(("price", "left"), [(25, 0), (425, 17_600)])
def test_odoo_a_fixed_discount_never_goes_below_zero(price: int, left: int) -> None:
    """Odoo, addons/sale_loyalty tests: a 249 discount on 25 leaves 0, on 425 leaves 176."""
    assert run(bill(line(price)), program(AMOUNT, amount_satang=24_900)).total_satang == left


def test_odoo_ten_times_ten_percent_compound() -> None:
    """Odoo, addons/sale_loyalty tests: ten 10 % promotions on 100 leave 34.87; ours, each rounded, too."""
    ten = [program(PERCENT, f"T{i}", percent_bp=1_000, rounding=Rounding.HALF_UP) for i in range(10)]
    assert run(bill(line(100)), *ten).total_satang == 3_487


def test_odoo_a_gift_card_and_a_percentage_do_not_depend_on_their_order() -> None:
    """Odoo, addons/sale_loyalty tests: gift card 50 and 10 % on 100 leave 40, whichever was entered first."""
    fifty = definition(5_000)
    tenth = definition(1_000, "TENTH", value_kind=CouponValueKind.PERCENT)
    laid = (coupon(fifty, "1"), coupon(tenth, "2"))
    for order in (laid, laid[::-1]):
        assert run(bill(line(100), coupons=order), definitions=(fifty, tenth)).total_satang == 4_000


def test_dynamics_two_earning_rules_add() -> None:
    """Dynamics 365 Commerce, loyalty overview: 10 points a dollar and 5 points a dollar give 15."""
    result = run(
        bill(line(1)),
        program(PER_STEP, "TEN", points=10, step_satang=100),
        program(PER_STEP, "FIVE", points=5, step_satang=100),
    )
    assert result.points_earned == 15


def test_dynamics_below_the_activity_amount_nothing_is_earned() -> None:
    """Dynamics 365 Commerce, loyalty overview: an earning line with an activity amount gives nothing below it."""
    result = run(bill(line(99)), program(PER_STEP, points=10, step_satang=10_000))
    assert result.points_earned == 0
    assert result.nearest is not None
    assert result.nearest.missing_satang == 100


def test_square_only_full_steps_count() -> None:
    """Square, Loyalty API spend-based accrual: 1 point for every 10 on 105 is 10."""
    assert run(bill(line(105)), program(PER_STEP, points=1, step_satang=1_000)).points_earned == 10


@pytest.mark.parametrize(("base", "factor", "points"), [(5, Fraction(3), 15), (4, Fraction(3, 2), 6)])
def test_square_promotions_multiply_the_base_points(base: int, factor: Fraction, points: int) -> None:
    """Square, Loyalty promotions: 5 base points × 3 are 15 in all; 4 × 1.5 are 6."""
    result = run(
        bill(line(10)),
        program(PER_STEP, "BASE", points=base, step_satang=1_000),
        program(MULTIPLY, "MORE", factor=factor),
    )
    assert result.points_earned == points


def test_voucherify_a_discount_can_take_a_bill_below_the_minimum_of_the_next() -> None:
    """Voucherify, stacking: on 105, after 10 % the "20 % from 100" no longer applies."""
    first = program(PERCENT, "TEN", percent_bp=1_000, stacking=Stacking(priority=1))
    second = program(PERCENT, "TWENTY", percent_bp=2_000, trigger=Trigger(10_000), stacking=Stacking(priority=2))
    result = run(bill(line(105)), first, second)
    assert result.total_satang == 9_450
    assert keys(result)["id-TWENTY"] == "near_discount"


def test_voucherify_the_other_order_compounds() -> None:
    """Voucherify, stacking: on 105, 20 % and then 10 % is 75.60."""
    first = program(PERCENT, "TWENTY", percent_bp=2_000, trigger=Trigger(10_000), stacking=Stacking(priority=1))
    second = program(PERCENT, "TEN", percent_bp=1_000, stacking=Stacking(priority=2))
    assert run(bill(line(105)), first, second).total_satang == 7_560


def test_jpos_a_hundred_baht_is_a_point() -> None:
    """jPOS (Thailand), member points: 1,280 baht at 100 baht a point is 12."""
    assert run(bill(line(1280)), program(PER_STEP, points=1, step_satang=10_000)).points_earned == 12


def test_odoo_of_exclusive_promotions_the_best_counts() -> None:
    """Odoo, global discounts: of two order-wide percentages only the better one is given."""
    better = Stacking(group="global", combine=Combine.BEST)
    result = run(
        bill(line(100), member=None),
        program(PERCENT, "TEN", percent_bp=1_000, stacking=better, audience=EVERYONE),
        program(PERCENT, "TWENTY", percent_bp=2_000, stacking=better, audience=EVERYONE),
    )
    assert result.total_satang == 8_000
    assert keys(result) == {"id-TEN": "beaten", "id-TWENTY": "discount"}
