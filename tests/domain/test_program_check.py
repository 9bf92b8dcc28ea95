"""What is wrong with a program or a definition, field by field, at the edges of what is allowed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pos_member.domain.coupon import CouponValueKind
from pos_member.domain.money import Rounding
from pos_member.domain.program import Audience, EffectKind, Goal, GoalMetric, Limits, Stacking, Window
from pos_member.domain.program_check import Problem, validate, validate_definition
from tests.domain.evaluating import definition, program

C20 = definition()
YEAR = Window(date_from=date(2026, 1, 1), date_to=date(2026, 12, 31))
#: A usable program of each kind.
USABLE: dict[EffectKind, dict[str, Any]] = {
    EffectKind.EARN_PER_STEP: {"points": 1, "step_satang": 2_500},
    EffectKind.EARN_IN_PROPORTION: {"points": 1, "step_satang": 2_500},
    EffectKind.EARN_PER_UNIT: {"points": 1},
    EffectKind.EARN_FIXED: {"points": 1},
    EffectKind.MULTIPLY: {"factor": 2},
    EffectKind.ADD_POINTS: {"points": 1},
    EffectKind.ISSUE_COUPON: {"coupon": C20.id},
    EffectKind.DISCOUNT_PERCENT: {"percent_bp": 10_000},
    EffectKind.DISCOUNT_AMOUNT: {"amount_satang": 1},
    EffectKind.FIXED_PRICE: {"amount_satang": 1},
    EffectKind.CHEAPEST_FREE: {"buy": 3, "get": 3},
    EffectKind.BUY_X_GET_Y: {"buy": 1, "get": 5},
    EffectKind.REWARD_DISCOUNT: {"points": 1, "amount_satang": 1},
    EffectKind.REWARD_PRODUCT: {"points": 1},
    EffectKind.REWARD_COUPON: {"points": 1, "coupon": C20.id},
    EffectKind.DRAW_ENTRIES: {"count": 1},
    EffectKind.REFERRAL: {"referrer_points": 1},
    EffectKind.TOP_SPENDER: {"coupon": C20.id, "count": 10, "window": YEAR},
}


def wrong(kind: EffectKind | str, **more: Any) -> list[str]:
    own = USABLE.get(kind, {}) if isinstance(kind, EffectKind) else {}
    found = validate(program(kind, **(own | more)), {C20.id: C20}, {"cup"})
    return [problem.where for problem in found]


@pytest.mark.parametrize("kind", EffectKind)
def test_every_kind_has_a_usable_form_and_an_unusable_one(kind: EffectKind) -> None:
    assert wrong(kind) == []
    bare = validate(program(kind, percent_bp=-1, count=0, factor=1), {})
    assert bare


@pytest.mark.parametrize(
    ("kind", "more", "where"),
    [
        (EffectKind.FIXED_PRICE, {"amount_satang": 0}, "effect.amount_satang"),
        (EffectKind.FIXED_PRICE, {"buy": 1_001}, "effect.buy"),
        (EffectKind.FIXED_PRICE, {"maximum_satang": 0}, "effect.maximum_satang"),
        (EffectKind.DISCOUNT_AMOUNT, {"maximum_satang": 0}, "effect.maximum_satang"),
        (EffectKind.CHEAPEST_FREE, {"get": 4}, "effect.get"),
        (EffectKind.CHEAPEST_FREE, {"get": 0}, "effect.get"),
        (EffectKind.CHEAPEST_FREE, {"buy": 0, "get": 1}, "effect.buy"),
        (EffectKind.CHEAPEST_FREE, {"percent_bp": 10_001}, "effect.percent_bp"),
        (EffectKind.BUY_X_GET_Y, {"buy": 0}, "effect.buy"),
        (EffectKind.BUY_X_GET_Y, {"get": 1_001}, "effect.get"),
        (EffectKind.BUY_X_GET_Y, {"maximum_satang": -1}, "effect.maximum_satang"),
        (EffectKind.REWARD_PRODUCT, {"points": 0}, "effect.points"),
        (EffectKind.REWARD_PRODUCT, {"get": -1}, "effect.get"),
        (EffectKind.REWARD_COUPON, {"count": 21}, "effect.count"),
        (EffectKind.REWARD_COUPON, {"coupon": "nowhere"}, "effect.coupon"),
        (EffectKind.TOP_SPENDER, {"coupon": "nowhere"}, "effect.coupon"),
        (EffectKind.TOP_SPENDER, {"window": Window(date_from=date(2026, 1, 1))}, "window.date_to"),
        (EffectKind.DRAW_ENTRIES, {"step_satang": -1}, "effect.step_satang"),
        (EffectKind.REFERRAL, {"referrer_points": 0}, "effect.points"),
        (EffectKind.EARN_IN_PROPORTION, {"step_satang": 0}, "effect.step_satang"),
        (EffectKind.EARN_PER_UNIT, {"currency": "tea"}, "effect.currency"),
        (EffectKind.DISCOUNT_PERCENT, {"currency": "cup"}, "effect.currency"),
        (EffectKind.EARN_FIXED, {"carry": True}, "effect.carry"),
        (EffectKind.EARN_PER_STEP, {"carry": True, "rounding": Rounding.UP}, "rounding"),
        (EffectKind.EARN_PER_STEP, {"goal": Goal(GoalMetric.SPEND, 1)}, "goal"),
        (EffectKind.EARN_FIXED, {"goal": Goal(GoalMetric.SPEND, 0)}, "goal.target"),
        (EffectKind.EARN_FIXED, {"goal": Goal(GoalMetric.BILLS, 1, times_max=0)}, "goal.times_max"),
        (EffectKind.ISSUE_COUPON, {"goal": Goal(GoalMetric.BILLS, 1), "step_satang": 5}, "effect.step_satang"),
        (EffectKind.EARN_FIXED, {"stacking": Stacking(exclusive=True)}, "stacking.exclusive"),
        (EffectKind.EARN_FIXED, {"limits": Limits(per_member_year=0)}, "limits.per_member_year"),
        (EffectKind.EARN_FIXED, {"limits": Limits(total=0)}, "limits.total"),
        (EffectKind.EARN_FIXED, {"limits": Limits(budget_satang=0)}, "limits.budget_satang"),
        (EffectKind.EARN_FIXED, {"audience": Audience(birthday_days_before=184)}, "audience.birthday_days_before"),
        (EffectKind.EARN_FIXED, {"audience": Audience(visits=(1, 0))}, "audience.visits[1]"),
        (EffectKind.EARN_FIXED, {"audience": Audience(every_visit=0)}, "audience.every_visit"),
        (
            EffectKind.EARN_FIXED,
            {"audience": Audience(absent_days_min=9, absent_days_max=8)},
            "audience.absent_days_max",
        ),
        (
            EffectKind.EARN_FIXED,
            {"audience": Audience(segments=("a",), exclude_segments=("a",))},
            "audience.exclude_segments",
        ),
        (EffectKind.EARN_FIXED, {"format": 0}, "format"),
        (EffectKind.EARN_FIXED, {"id": "a|b"}, "id"),
        (EffectKind.EARN_FIXED, {"code": "A" * 61}, "code"),
        (EffectKind.EARN_FIXED, {"name_th": "ก" * 201}, "name_th"),
    ],
)
def test_the_field_that_is_wrong_is_named(kind: EffectKind, more: dict[str, Any], where: str) -> None:
    assert wrong(kind, **more) == [where]


def test_what_is_allowed_at_the_edges() -> None:
    for kind, more in (
        (EffectKind.EARN_PER_STEP, {"carry": True}),
        (EffectKind.EARN_PER_UNIT, {"currency": "cup"}),
        (EffectKind.REWARD_PRODUCT, {"currency": "cup", "get": 1_000}),
        (EffectKind.CHEAPEST_FREE, {"percent_bp": 0, "buy": 1_000, "get": 1_000}),
        (EffectKind.DISCOUNT_PERCENT, {"stacking": Stacking(exclusive=True)}),
        (EffectKind.EARN_FIXED, {"goal": Goal(GoalMetric.BILLS, 1, times_max=None)}),
        (EffectKind.EARN_FIXED, {"audience": Audience(absent_days_min=9, absent_days_max=9, every_visit=1)}),
        (EffectKind.EARN_FIXED, {"limits": Limits(total=100_000_000, budget_satang=1)}),
    ):
        assert wrong(kind, **more) == []
    assert wrong("of_tomorrow", stacking=Stacking(exclusive=True), goal=Goal(GoalMetric.SPEND, 0)) == []
    assert validate(program(EffectKind.REWARD_COUPON, points=1, coupon="x", currency="y")) == []


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"value_kind": CouponValueKind.PRODUCT, "value": 1_001}, "value"),
        ({"value_kind": CouponValueKind.CHEAPEST, "value": 0}, "value"),
        ({"uses_per_code": 0}, "uses_per_code"),
        ({"terms_th": "ก" * 2_001}, "terms_th"),
        ({"per_member_day": 0}, "per_member_day"),
        ({"per_member_month": 0}, "per_member_month"),
        ({"per_member": 0}, "per_member"),
        ({"total": 0}, "total"),
        ({"minimum_quantity_milli": -1}, "minimum_quantity_milli"),
    ],
)
def test_definitions(more: dict[str, Any], where: str) -> None:
    assert [problem.where for problem in validate_definition(definition(**more))] == [where]
    assert validate_definition(definition(value_kind=CouponValueKind.PRODUCT, value=1_000)) == []


def test_of_an_unknown_coupon_only_the_names_are_looked_at() -> None:
    odd = definition(0, value_kind=CouponValueKind.UNKNOWN, valid_days=0)
    assert validate_definition(odd) == []
    assert validate_definition(definition(0, value_kind=CouponValueKind.UNKNOWN, id=" ")) == [Problem("id", "a value")]
