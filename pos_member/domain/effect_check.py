"""What makes the effect of a program unusable, kind by kind; ``domain.program_check`` has the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.money import AMOUNT_MAX_SATANG, Rounding
from pos_member.domain.program import KNOWN_KINDS, Effect, EffectKind, Program

PERCENT_MAX_BP = 10_000
POINTS_MAX = 1_000_000
FACTOR_MAX = 100
COUPONS_PER_STEP_MAX = 20
WINNERS_MAX = 10_000
PIECES_MAX = 1_000
TIMES_MAX = 100_000
_FACTOR_DENOMINATOR_MAX = 1_000
#: No program may make more than this from the largest bill there is: sums of points stay far inside a JSON integer.
_POINTS_PER_BILL_MAX = 10**12


@dataclass(frozen=True)
class Problem:
    """One thing wrong: the field (``effect.step_satang``) and what it has to be, e.g. ``1 … 5000``."""

    where: str
    want: str

    def refusal(self, where: str = "") -> Refusal:
        """As what is raised; ``where`` goes before the field."""
        return Refusal(Reason.PAYLOAD_INVALID, where=f"{where}.{self.where}" if where else self.where, want=self.want)


Found = list[Problem]


def in_range(found: Found, where: str, value: int | None, least: int, most: int) -> None:
    """Note a value outside ``least`` … ``most``; ``None`` is not set, and fine."""
    if value is not None and not least <= value <= most:
        found.append(Problem(where, f"{least} … {most}"))


def check_effect(
    program: Program,
    definitions: Mapping[str, CouponDefinition] | None,
    currencies: Collection[str] | None,
    found: Found,
) -> None:
    """Add what is wrong with the effect; a kind this build does not know has no rules here."""
    effect = program.effect
    if effect.kind not in KNOWN_KINDS:
        return
    kind = EffectKind(effect.kind)
    _CHECKS[kind](effect, found)
    if kind in _WITH_COUPON and definitions is not None and effect.coupon not in definitions:
        found.append(Problem("effect.coupon", "the id of a coupon definition"))
    if effect.currency and kind not in _WITH_CURRENCY:
        found.append(Problem("effect.currency", "empty for this kind"))
    elif effect.currency and currencies is not None and effect.currency not in currencies:
        found.append(Problem("effect.currency", "the code of a currency of the settings"))
    if effect.carry and kind is not EffectKind.EARN_PER_STEP:
        found.append(Problem("effect.carry", "false for this kind"))
    elif effect.carry and program.rounding is not Rounding.DOWN:
        found.append(Problem("rounding", "down, where the remainder is carried"))


def _points(effect: Effect, found: Found) -> None:
    in_range(found, "effect.points", effect.points, 1, POINTS_MAX)


def _per_step(effect: Effect, found: Found) -> None:
    _points(effect, found)
    least = max(1, effect.points * AMOUNT_MAX_SATANG // _POINTS_PER_BILL_MAX)
    in_range(found, "effect.step_satang", effect.step_satang, least, AMOUNT_MAX_SATANG)


def _multiply(effect: Effect, found: Found) -> None:
    if not 1 < effect.factor <= FACTOR_MAX or effect.factor.denominator > _FACTOR_DENOMINATOR_MAX:
        found.append(Problem("effect.factor", f"> 1 … {FACTOR_MAX}"))


def _issue(effect: Effect, found: Found) -> None:
    in_range(found, "effect.step_satang", effect.step_satang, 0, AMOUNT_MAX_SATANG)
    in_range(found, "effect.count", effect.count, 1, COUPONS_PER_STEP_MAX)


def _maximum(effect: Effect, found: Found) -> None:
    in_range(found, "effect.maximum_satang", effect.maximum_satang, 1, AMOUNT_MAX_SATANG)


def _percent(effect: Effect, found: Found) -> None:
    in_range(found, "effect.percent_bp", effect.percent_bp, 1, PERCENT_MAX_BP)
    _maximum(effect, found)


def _amount(effect: Effect, found: Found) -> None:
    in_range(found, "effect.amount_satang", effect.amount_satang, 1, AMOUNT_MAX_SATANG)


def _discount_amount(effect: Effect, found: Found) -> None:
    _amount(effect, found)
    _maximum(effect, found)


def _fixed_price(effect: Effect, found: Found) -> None:
    in_range(found, "effect.buy", effect.buy, 0, PIECES_MAX)
    _amount(effect, found)
    _maximum(effect, found)


def _cheapest(effect: Effect, found: Found) -> None:
    in_range(found, "effect.buy", effect.buy, 1, PIECES_MAX)
    in_range(found, "effect.get", effect.get, 1, max(1, min(effect.buy, PIECES_MAX)))
    in_range(found, "effect.percent_bp", effect.percent_bp, 0, PERCENT_MAX_BP)
    _maximum(effect, found)


def _buy_get(effect: Effect, found: Found) -> None:
    in_range(found, "effect.buy", effect.buy, 1, PIECES_MAX)
    in_range(found, "effect.get", effect.get, 1, PIECES_MAX)
    in_range(found, "effect.percent_bp", effect.percent_bp, 0, PERCENT_MAX_BP)
    _maximum(effect, found)


def _reward(effect: Effect, found: Found) -> None:
    _points(effect, found)
    _amount(effect, found)


def _reward_product(effect: Effect, found: Found) -> None:
    _points(effect, found)
    in_range(found, "effect.get", effect.get, 0, PIECES_MAX)


def _reward_coupon(effect: Effect, found: Found) -> None:
    _points(effect, found)
    in_range(found, "effect.count", effect.count, 1, COUPONS_PER_STEP_MAX)


def _draw(effect: Effect, found: Found) -> None:
    in_range(found, "effect.step_satang", effect.step_satang, 0, AMOUNT_MAX_SATANG)
    in_range(found, "effect.count", effect.count, 1, PIECES_MAX)


def _referral(effect: Effect, found: Found) -> None:
    in_range(found, "effect.points", effect.points, 0, POINTS_MAX)
    in_range(found, "effect.referrer_points", effect.referrer_points, 0, POINTS_MAX)
    if not effect.points and not effect.referrer_points:
        found.append(Problem("effect.points", "points for one of the two"))


def _top_spender(effect: Effect, found: Found) -> None:
    in_range(found, "effect.count", effect.count, 1, WINNERS_MAX)


_CHECKS: dict[EffectKind, Callable[[Effect, Found], None]] = {
    EffectKind.EARN_PER_STEP: _per_step,
    EffectKind.EARN_IN_PROPORTION: _per_step,
    EffectKind.EARN_PER_UNIT: _points,
    EffectKind.EARN_FIXED: _points,
    EffectKind.MULTIPLY: _multiply,
    EffectKind.ADD_POINTS: _points,
    EffectKind.ISSUE_COUPON: _issue,
    EffectKind.DISCOUNT_PERCENT: _percent,
    EffectKind.DISCOUNT_AMOUNT: _discount_amount,
    EffectKind.FIXED_PRICE: _fixed_price,
    EffectKind.CHEAPEST_FREE: _cheapest,
    EffectKind.BUY_X_GET_Y: _buy_get,
    EffectKind.REWARD_DISCOUNT: _reward,
    EffectKind.REWARD_PRODUCT: _reward_product,
    EffectKind.REWARD_COUPON: _reward_coupon,
    EffectKind.DRAW_ENTRIES: _draw,
    EffectKind.REFERRAL: _referral,
    EffectKind.TOP_SPENDER: _top_spender,
}
_WITH_COUPON = frozenset({EffectKind.ISSUE_COUPON, EffectKind.REWARD_COUPON, EffectKind.TOP_SPENDER})
_WITH_CURRENCY = frozenset(
    {
        EffectKind.EARN_PER_STEP,
        EffectKind.EARN_IN_PROPORTION,
        EffectKind.EARN_PER_UNIT,
        EffectKind.EARN_FIXED,
        EffectKind.MULTIPLY,
        EffectKind.ADD_POINTS,
        EffectKind.REWARD_DISCOUNT,
        EffectKind.REWARD_PRODUCT,
        EffectKind.REWARD_COUPON,
    }
)
