"""Coupons laid on the bill: what each takes off, and why one that takes nothing is not used up.

Goods come first (units free), then percentages, then amounts; of one sort by the definition's code, and of one
definition in the order they were shown. So the order of scanning does not change the price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_member.domain.bill import BillDiscount, CouponUse, DiscountKind
from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.explain import of_coupon
from pos_member.domain.money import Rounding, allocate, round_ratio
from pos_member.domain.pricing import HeldCoupon
from pos_member.domain.units import Run, Taken, dearest, give, least_dear, units_of
from pos_member.domain.workings import Workings

_WHOLE_BP = 10_000
_SORTS = {
    CouponValueKind.PRODUCT: 0,
    CouponValueKind.CHEAPEST: 1,
    CouponValueKind.PERCENT: 2,
    CouponValueKind.AMOUNT: 3,
    CouponValueKind.UNKNOWN: 4,
}


@dataclass(frozen=True, slots=True)
class _Worth:
    """What a coupon takes off which line, the units it gives whole, and why it is worth nothing where it is."""

    lines: Sequence[int]
    shares: Sequence[int]
    given: Sequence[Run] = ()
    why_not: str = ""

    @property
    def amount(self) -> int:
        return sum(self.shares)


def apply_coupons(w: Workings) -> None:
    """Lay the coupons on what is left. One that has no effect is not used up."""
    for held in sorted(w.bill.coupons, key=_order):
        definition = held.definition
        scope = w.rules.scopes.numbers.get(definition.scope)
        lines = w.lines_in(scope) if scope is not None else ()
        key, told = _barred(w, held, lines)
        if not key:
            worth = _worth(w, definition, lines)
            if worth.amount > 0:
                _use(w, held, worth)
                continue
            key = worth.why_not
        w.output.coupons_idle.append(held.coupon.code)
        w.output.explanations.append(of_coupon(definition, held.coupon.code, key, told=told))


def _order(held: HeldCoupon) -> tuple[int, str, str]:
    definition = held.definition
    return (_SORTS[definition.value_kind], definition.code, definition.id)


def _use(w: Workings, held: HeldCoupon, worth: _Worth) -> None:
    definition, code, amount = held.definition, held.coupon.code, worth.amount
    w.take_shares(worth.lines, worth.shares)
    give(w, worth.given)
    w.limits.use_coupon(definition)
    w.output.coupons_used.append(CouponUse(code, definition.id, amount))
    w.output.discounts.append(
        BillDiscount(DiscountKind.COUPON, None, code, definition.name_th, definition.name_en, amount)
    )
    w.output.explanations.append(of_coupon(definition, code, "coupon", amount_satang=amount))


def _barred(w: Workings, held: HeldCoupon, lines: Sequence[int]) -> tuple[str, dict[str, object]]:
    """The key of what keeps a coupon off this bill and what is missing (its minimum is of prices before discounts)."""
    definition, coupon = held.definition, held.coupon
    if definition.value_kind is CouponValueKind.UNKNOWN:
        return "coupon_unknown_kind", {}
    member_id = w.bill.member.member_id if w.bill.member is not None else None
    if not definition.bearer and coupon.member_id != member_id:
        return "coupon_other_member", {}
    if definition.uses_per_code > 1 and coupon.uses >= definition.uses_per_code:
        return "coupon_used_up", {}
    left = w.limits.coupon_left(definition)
    if left.spent:
        return ("coupon_per_bill" if left.key == "limit" else left.key), dict(left.params)
    if not lines:
        return "scope", {}
    gross = sum(w.gross[i] for i in lines)
    if gross and gross < definition.minimum_spend_satang:
        return "coupon_minimum", {"missing_satang": definition.minimum_spend_satang - gross}
    quantity = sum(w.bill.lines[i].quantity_milli for i in lines)
    if quantity < definition.minimum_quantity_milli:
        return "coupon_quantity", {"missing_quantity": -((quantity - definition.minimum_quantity_milli) // 1000)}
    return "", {}


def _worth(w: Workings, definition: CouponDefinition, lines: Sequence[int]) -> _Worth:
    if definition.value_kind is CouponValueKind.PRODUCT:
        return _units(definition, dearest(units_of(w, lines), definition.value))
    if definition.value_kind is CouponValueKind.CHEAPEST:
        return _units(definition, least_dear(units_of(w, lines), definition.value))
    weights = [w.net[i] for i in lines]
    left = sum(weights)
    if definition.value_kind is CouponValueKind.PERCENT:
        amount = round_ratio(left * definition.value, _WHOLE_BP, Rounding.DOWN)
    else:
        amount = definition.value
    if definition.value_max_satang is not None:
        amount = min(amount, definition.value_max_satang)
    shares = allocate(min(amount, left), weights)
    return _Worth(lines, shares, why_not="nothing_left" if left == 0 else "no_effect")


def _units(definition: CouponDefinition, taken: Taken) -> _Worth:
    lines, weights = list(taken.money), list(taken.money.values())
    full = sum(weights)
    amount = full if definition.value_max_satang is None else min(full, definition.value_max_satang)
    return _Worth(lines, allocate(amount, weights), taken.given if amount == full else (), "no_units")
