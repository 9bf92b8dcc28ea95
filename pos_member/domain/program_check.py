"""What makes a program or a coupon definition unusable: problems that point at the field.

Shape (types, unknown fields) is the codec's matter; here is meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.matching import minute_of
from pos_member.domain.money import AMOUNT_MAX_SATANG
from pos_member.domain.program import KNOWN_KINDS, Effect, EffectKind, Program, Window

PERCENT_MAX_BP = 10_000
POINTS_MAX = 1_000_000
FACTOR_MAX = 100
COUPONS_PER_STEP_MAX = 20
TIMES_MAX = 100_000
_FACTOR_DENOMINATOR_MAX = 1_000
#: No program may make more than this from the largest bill there is: sums of points stay far inside a JSON integer.
_POINTS_PER_BILL_MAX = 10**12


@dataclass(frozen=True)
class Problem:
    """One thing wrong: the field (``effect.step_satang``) and what it has to be, e.g. ``1 … 5000``."""

    where: str
    want: str


_Found = list[Problem]


def validate(program: Program, definitions: Mapping[str, CouponDefinition] | None = None) -> list[Problem]:
    """Everything wrong with ``program``, in the order of its fields; empty for a usable one.

    With ``definitions`` (by id) the coupon it issues must be among them. A kind this build does not know has no
    rules here, and so no problems in its effect.
    """
    found: _Found = []
    for name in ("id", "code"):
        if not getattr(program, name).strip():
            found.append(Problem(name, "a value"))
    if not (program.name_th.strip() or program.name_en.strip()):
        found.append(Problem("name_th", "a value"))
    _check_effect(program.effect, definitions, found)
    _check_window(program.window, found)
    _range(found, "trigger.minimum_satang", program.trigger.minimum_satang, 0, AMOUNT_MAX_SATANG)
    _range(found, "trigger.minimum_quantity_milli", program.trigger.minimum_quantity_milli, 0, AMOUNT_MAX_SATANG)
    if program.limits.per_bill is not None:
        _range(found, "limits.per_bill", program.limits.per_bill, 1, TIMES_MAX)
    return found


def validate_definition(definition: CouponDefinition) -> list[Problem]:
    """Everything wrong with a coupon definition."""
    found: _Found = []
    for name in ("id", "code"):
        if not getattr(definition, name).strip():
            found.append(Problem(name, "a value"))
    if not (definition.name_th.strip() or definition.name_en.strip()):
        found.append(Problem("name_th", "a value"))
    most = PERCENT_MAX_BP if definition.value_kind is CouponValueKind.PERCENT else AMOUNT_MAX_SATANG
    _range(found, "value", definition.value, 1, most)
    if definition.value_max_satang is not None:
        _range(found, "value_max_satang", definition.value_max_satang, 1, AMOUNT_MAX_SATANG)
    _range(found, "minimum_spend_satang", definition.minimum_spend_satang, 0, AMOUNT_MAX_SATANG)
    _range(found, "valid_days", definition.valid_days, 1, 36_500)
    _range(found, "valid_after_days", definition.valid_after_days, 0, 3_650)
    _range(found, "per_bill_max", definition.per_bill_max, 1, 100)
    return found


def _range(found: _Found, where: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        found.append(Problem(where, f"{least} … {most}"))


def _check_window(window: Window, found: _Found) -> None:
    if window.date_from is not None and window.date_to is not None and window.date_to < window.date_from:
        found.append(Problem("window.date_to", f">= {window.date_from.isoformat()}"))
    for i, day in enumerate(window.weekdays):
        _range(found, f"window.weekdays[{i}]", day, 1, 7)
    for name in ("hour_from", "hour_to"):
        text = getattr(window, name)
        try:
            if text:
                minute_of(text)
        except ValueError:
            found.append(Problem(f"window.{name}", "HH:MM"))
    if window.hour_from and window.hour_from == window.hour_to:
        found.append(Problem("window.hour_to", "another time than hour_from"))


def _check_effect(effect: Effect, definitions: Mapping[str, CouponDefinition] | None, found: _Found) -> None:
    if effect.kind not in KNOWN_KINDS:
        return
    _CHECKS[EffectKind(effect.kind)](effect, found)
    if effect.kind == EffectKind.ISSUE_COUPON and definitions is not None and effect.coupon not in definitions:
        found.append(Problem("effect.coupon", "the id of a coupon definition"))


def _points(effect: Effect, found: _Found) -> None:
    _range(found, "effect.points", effect.points, 1, POINTS_MAX)


def _per_step(effect: Effect, found: _Found) -> None:
    _points(effect, found)
    least = max(1, effect.points * AMOUNT_MAX_SATANG // _POINTS_PER_BILL_MAX)
    _range(found, "effect.step_satang", effect.step_satang, least, AMOUNT_MAX_SATANG)


def _multiply(effect: Effect, found: _Found) -> None:
    if not 1 < effect.factor <= FACTOR_MAX or effect.factor.denominator > _FACTOR_DENOMINATOR_MAX:
        found.append(Problem("effect.factor", f"> 1 … {FACTOR_MAX}"))


def _issue(effect: Effect, found: _Found) -> None:
    _range(found, "effect.step_satang", effect.step_satang, 0, AMOUNT_MAX_SATANG)
    _range(found, "effect.count", effect.count, 1, COUPONS_PER_STEP_MAX)


def _maximum(effect: Effect, found: _Found) -> None:
    if effect.maximum_satang is not None:
        _range(found, "effect.maximum_satang", effect.maximum_satang, 1, AMOUNT_MAX_SATANG)


def _percent(effect: Effect, found: _Found) -> None:
    _range(found, "effect.percent_bp", effect.percent_bp, 1, PERCENT_MAX_BP)
    _maximum(effect, found)


def _amount(effect: Effect, found: _Found) -> None:
    _range(found, "effect.amount_satang", effect.amount_satang, 1, AMOUNT_MAX_SATANG)


def _reward(effect: Effect, found: _Found) -> None:
    _points(effect, found)
    _amount(effect, found)


_CHECKS: dict[EffectKind, Callable[[Effect, _Found], None]] = {
    EffectKind.EARN_PER_STEP: _per_step,
    EffectKind.EARN_PER_UNIT: _points,
    EffectKind.EARN_FIXED: _points,
    EffectKind.MULTIPLY: _multiply,
    EffectKind.ISSUE_COUPON: _issue,
    EffectKind.DISCOUNT_PERCENT: _percent,
    EffectKind.DISCOUNT_AMOUNT: _amount,
    EffectKind.REWARD_DISCOUNT: _reward,
}
