"""What makes a program or a coupon definition unusable: problems that point at the field.

Shape (types, unknown fields) is the codec's matter; here is meaning.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.effect_check import (
    COUPONS_PER_STEP_MAX,
    FACTOR_MAX,
    PERCENT_MAX_BP,
    PIECES_MAX,
    POINTS_MAX,
    TIMES_MAX,
    Found,
    Problem,
    check_effect,
    in_range,
)
from pos_member.domain.matching import minute_of
from pos_member.domain.money import AMOUNT_MAX_SATANG
from pos_member.domain.program import KNOWN_KINDS, Audience, EffectKind, Goal, Limits, Program, Window

__all__ = [
    "COUPONS_PER_STEP_MAX",
    "FACTOR_MAX",
    "PERCENT_MAX_BP",
    "POINTS_MAX",
    "TEXT_MAX",
    "TIMES_MAX",
    "Problem",
    "validate",
    "validate_definition",
]

_DAYS_MAX = 36_500
#: Characters that texts may have: they go to every till, onto screens and paper.
TEXT_MAX = {"id": 80, "code": 60, "name_th": 200, "name_en": 200, "terms_th": 2_000, "terms_en": 2_000}
#: A birthday lies at most half a year away.
_BIRTHDAY_DAYS_MAX = 183
_WITH_GOAL = frozenset({EffectKind.EARN_FIXED, EffectKind.ISSUE_COUPON, EffectKind.DRAW_ENTRIES})
_DISCOUNTS = frozenset(
    {
        EffectKind.DISCOUNT_PERCENT,
        EffectKind.DISCOUNT_AMOUNT,
        EffectKind.FIXED_PRICE,
        EffectKind.CHEAPEST_FREE,
        EffectKind.BUY_X_GET_Y,
    }
)


def validate(
    program: Program,
    definitions: Mapping[str, CouponDefinition] | None = None,
    currencies: Collection[str] | None = None,
) -> list[Problem]:
    """Everything wrong with ``program``, in the order of its fields; empty for a usable one.

    With ``definitions`` (by id) the coupon it issues must be among them, with ``currencies`` (codes of stamp
    currencies) what it earns or costs. A kind this build does not know has no rules here, and so no problems in its
    effect, goal and stacking.
    """
    found: Found = []
    _check_names(program, found)
    check_effect(program, definitions, currencies, found)
    _check_window(program.window, found)
    _check_audience(program.audience, found)
    in_range(found, "trigger.minimum_satang", program.trigger.minimum_satang, 0, AMOUNT_MAX_SATANG)
    in_range(found, "trigger.minimum_quantity_milli", program.trigger.minimum_quantity_milli, 0, AMOUNT_MAX_SATANG)
    _check_limits(program.limits, found)
    if program.effect.kind in KNOWN_KINDS:
        _check_by_kind(program, EffectKind(program.effect.kind), found)
    if program.format < 1:
        found.append(Problem("format", "1 or more"))
    return found


def validate_definition(definition: CouponDefinition) -> list[Problem]:
    """Everything wrong with a coupon definition; of a kind this build does not know only its names are looked at."""
    found: Found = []
    _check_names(definition, found)
    if definition.value_kind is CouponValueKind.UNKNOWN:
        return found
    in_range(found, "value", definition.value, 1, _VALUE_MAX[definition.value_kind])
    in_range(found, "value_max_satang", definition.value_max_satang, 1, AMOUNT_MAX_SATANG)
    in_range(found, "minimum_spend_satang", definition.minimum_spend_satang, 0, AMOUNT_MAX_SATANG)
    in_range(found, "valid_days", definition.valid_days, 1, _DAYS_MAX)
    in_range(found, "valid_after_days", definition.valid_after_days, 0, 3_650)
    in_range(found, "per_bill_max", definition.per_bill_max, 1, 100)
    in_range(found, "uses_per_code", definition.uses_per_code, 1, TIMES_MAX)
    for name in ("per_member_day", "per_member_month", "per_member", "total"):
        in_range(found, name, getattr(definition, name), 1, _limit_max(name))
    in_range(found, "minimum_quantity_milli", definition.minimum_quantity_milli, 0, AMOUNT_MAX_SATANG)
    return found


_VALUE_MAX = {
    CouponValueKind.AMOUNT: AMOUNT_MAX_SATANG,
    CouponValueKind.PERCENT: PERCENT_MAX_BP,
    CouponValueKind.PRODUCT: PIECES_MAX,
    CouponValueKind.CHEAPEST: PIECES_MAX,
}


def _check_names(thing: Program | CouponDefinition, found: Found) -> None:
    named = thing.name_th.strip() or thing.name_en
    for where, value in (("id", thing.id), ("code", thing.code), ("name_th", named)):
        if not value.strip():
            found.append(Problem(where, "a value"))
    for where, most in TEXT_MAX.items():
        if len(getattr(thing, where, "")) > most:
            found.append(Problem(where, "a shorter text"))
    if "|" in thing.id:
        # It is a part of the names of sums (``tally.count_key``).
        found.append(Problem("id", "no |"))


def _check_window(window: Window, found: Found) -> None:
    if window.date_from is not None and window.date_to is not None and window.date_to < window.date_from:
        found.append(Problem("window.date_to", f">= {window.date_from.isoformat()}"))
    for i, day in enumerate(window.weekdays):
        in_range(found, f"window.weekdays[{i}]", day, 1, 7)
    for name in ("hour_from", "hour_to"):
        text = getattr(window, name)
        try:
            if text:
                minute_of(text)
        except ValueError:
            found.append(Problem(f"window.{name}", "HH:MM"))
    if window.hour_from and window.hour_from == window.hour_to:
        found.append(Problem("window.hour_to", "another time than hour_from"))


def _check_audience(audience: Audience, found: Found) -> None:
    for name in ("birthday_days_before", "birthday_days_after"):
        in_range(found, f"audience.{name}", getattr(audience, name), 0, _BIRTHDAY_DAYS_MAX)
    for i, visit in enumerate(audience.visits):
        in_range(found, f"audience.visits[{i}]", visit, 1, TIMES_MAX)
    in_range(found, "audience.every_visit", audience.every_visit, 1, TIMES_MAX)
    in_range(found, "audience.absent_days_min", audience.absent_days_min, 0, _DAYS_MAX)
    in_range(found, "audience.absent_days_max", audience.absent_days_max, audience.absent_days_min or 0, _DAYS_MAX)
    both = sorted(set(audience.segments) & set(audience.exclude_segments))
    if both:
        found.append(Problem("audience.exclude_segments", f"others than segments: {both[0]}"))


def _check_limits(limits: Limits, found: Found) -> None:
    for name in ("per_bill", "per_member_day", "per_member_month", "per_member_year", "per_member", "total"):
        in_range(found, f"limits.{name}", getattr(limits, name), 1, _limit_max(name))
    in_range(found, "limits.budget_satang", limits.budget_satang, 1, AMOUNT_MAX_SATANG)


def _limit_max(name: str) -> int:
    """In total a chain may give far more than one member takes."""
    return TIMES_MAX * 1_000 if name == "total" else TIMES_MAX


def _check_by_kind(program: Program, kind: EffectKind, found: Found) -> None:
    if program.stacking.exclusive and kind not in _DISCOUNTS:
        found.append(Problem("stacking.exclusive", "false for this kind"))
    if program.goal is not None:
        _check_goal(program, program.goal, kind, found)
    if kind is EffectKind.TOP_SPENDER:
        for name in ("date_from", "date_to"):
            if getattr(program.window, name) is None:
                found.append(Problem(f"window.{name}", "a date"))


def _check_goal(program: Program, goal: Goal, kind: EffectKind, found: Found) -> None:
    if kind not in _WITH_GOAL:
        found.append(Problem("goal", "none for this kind"))
        return
    in_range(found, "goal.target", goal.target, 1, AMOUNT_MAX_SATANG)
    in_range(found, "goal.times_max", goal.times_max, 1, TIMES_MAX)
    if program.effect.step_satang and kind is not EffectKind.EARN_FIXED:
        found.append(Problem("effect.step_satang", "0, with a goal"))
