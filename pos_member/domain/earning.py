"""What the bill gives: points, multiplied points, coupons for the next bill.

Counted on the money of ``Workings.open_earning``: after all discounts (or, on the basis GROSS, before bill discounts
and coupons). Each program rounds once for the bill; the points are then spread over the lines in scope, and stored
there, because a return reverses stored figures.

Multipliers add, they do not compound: each gives (factor − 1) × the points that EARN_PER_STEP programs gave on the
lines in its scope. ×2 on Wednesdays and ×2 in the birthday month together give ×3, whichever is looked at first.
"""

from __future__ import annotations

from collections.abc import Sequence

from pos_member.domain.bill import MILLI
from pos_member.domain.compiled import CompiledProgram, Stage
from pos_member.domain.explain import factor_text, missed
from pos_member.domain.money import Rounding, allocate, round_ratio
from pos_member.domain.pricing import CouponIssue, EarnResult
from pos_member.domain.program import EffectKind
from pos_member.domain.workings import Quote, Workings

#: A slip in a program (a coupon for every satang) must not print paper until the roll ends.
COUPONS_PER_BILL_MAX = 100


def apply_earning(w: Workings) -> None:
    """Points of the earning programs, then of the multipliers."""
    for group in w.rules.stages[Stage.EARN]:
        w.settle(group, lambda compiled: _quote_earn(w, compiled), lambda compiled, offer: _earn(w, compiled, offer))
    # Multipliers look at the base points alone, so none of them sees what another added.
    for group in w.rules.stages[Stage.MULTIPLY]:
        w.settle(group, lambda compiled: _quote_factor(w, compiled), lambda compiled, offer: _earn(w, compiled, offer))


def apply_issue(w: Workings) -> None:
    """Coupons to issue at completion."""
    for group in w.rules.stages[Stage.ISSUE]:
        w.settle(group, lambda compiled: _quote_issue(w, compiled), lambda compiled, offer: _issue(w, compiled, offer))


def _quote_earn(w: Workings, compiled: CompiledProgram) -> Quote | None:
    if w.now.member is None:
        w.explain(compiled, "needs_member")
        return None
    reached = w.reached(compiled, w.earning_net, w.earning_gross)
    if reached is None:
        return None
    lines, weights, amount = reached
    if amount <= 0:
        w.explain(compiled, "nothing_left")
        return None
    effect, limit = compiled.program.effect, compiled.program.limits.per_bill
    if compiled.kind is EffectKind.EARN_FIXED:
        return Quote(effect.points, lines, weights, "points_fixed", {"points": effect.points})
    if compiled.kind is EffectKind.EARN_PER_UNIT:
        return _quote_units(w, compiled, lines, weights)
    steps = round_ratio(amount, effect.step_satang, compiled.program.rounding)
    if steps == 0:
        # Halves count as a step when rounding says so.
        first = -(-effect.step_satang // 2) if compiled.program.rounding is Rounding.HALF_UP else effect.step_satang
        w.near(compiled, first - amount)
        return None
    if limit is not None:
        steps = min(steps, limit)
    points = steps * effect.points
    params = {"points": points, "steps": steps, "step_satang": effect.step_satang, "amount_satang": amount}
    return Quote(points, lines, weights, "points_step", params)


def _quote_units(w: Workings, compiled: CompiledProgram, lines: Sequence[int], money: Sequence[int]) -> Quote | None:
    """Units of the goods in scope; what was given away (nothing left to pay) earns nothing."""
    program = compiled.program
    paid = [i for i, satang in zip(lines, money, strict=True) if satang > 0]
    weights = [w.bill.lines[i].quantity_milli for i in paid]
    units = round_ratio(sum(weights), MILLI, program.rounding)
    if units == 0:
        w.explain(compiled, "quantity", {"missing_quantity": 1})
        return None
    if program.limits.per_bill is not None:
        units = min(units, program.limits.per_bill)
    points = units * program.effect.points
    return Quote(points, paid, weights, "points_unit", {"points": points, "units": units})


def _quote_factor(w: Workings, compiled: CompiledProgram) -> Quote | None:
    if w.now.member is None:
        w.explain(compiled, "needs_member")
        return None
    reached = w.reached(compiled, w.earning_net, w.earning_gross)
    if reached is None:
        return None
    lines = reached[0]
    weights = [w.step_points[i] for i in lines]
    base = sum(weights)
    factor = compiled.program.effect.factor
    added = factor.numerator - factor.denominator
    points = round_ratio(base * added, factor.denominator, compiled.program.rounding)
    if points <= 0:
        w.explain(compiled, "no_points_to_multiply" if base == 0 else "no_effect")
        return None
    params = {"points": points, "base_points": base, "factor": factor_text(factor)}
    return Quote(points, lines, weights, "multiplied", params)


def _earn(w: Workings, compiled: CompiledProgram, offer: Quote) -> None:
    shares = allocate(offer.worth, offer.weights)
    by_line: dict[int, int] = {}
    for i, share in zip(offer.lines, shares, strict=True):
        if share:
            by_line[i + 1] = share
            w.line_points[i] += share
            if compiled.kind is EffectKind.EARN_PER_STEP:
                w.step_points[i] += share
    w.output.earns.append(EarnResult(compiled.program.id, offer.worth, by_line))


def _quote_issue(w: Workings, compiled: CompiledProgram) -> Quote | None:
    reached = w.reached(compiled, w.earning_net, w.earning_gross)
    if reached is None:
        return None
    amount = reached[2]
    if amount <= 0 and not compiled.program.effect.step_satang:
        # Else a coupon could buy the next coupon for ever.
        w.explain(compiled, "nothing_left")
        return None
    effect, limit = compiled.program.effect, compiled.program.limits.per_bill
    most = COUPONS_PER_BILL_MAX // effect.count
    most = most if limit is None else min(most, limit)
    times = min(amount // effect.step_satang, most) if effect.step_satang else 1
    definition = w.rules.definitions[effect.coupon]
    names = {"coupon_th": definition.name_th, "coupon_en": definition.name_en}
    if times == 0:
        w.near(compiled, effect.step_satang - amount)
        return None
    if effect.step_satang and times < most:
        missing = effect.step_satang - amount % effect.step_satang
        again = missed(compiled.program, "near_coupon_again", {"count": effect.count, **names}, missing)
        w.output.again.append(again)
    count = times * effect.count
    # The best of a group is the largest count × value; a percentage compares by its figure.
    params = {"count": count, "amount_satang": amount, **names}
    return Quote(count * definition.value, (), (count,), "coupon_issued", params)


def _issue(w: Workings, compiled: CompiledProgram, offer: Quote) -> None:
    w.output.issues.append(CouponIssue(compiled.program.id, compiled.program.effect.coupon, offer.weights[0]))
