"""Points and stamps for the bill: base points, multiplied points, points on top.

Counted on the money of ``Workings.open_earning``: after all discounts (or, on the basis GROSS, before bill discounts
and coupons; LIST, before all), less the part paid with points as the setting says, gift cards out. Each program rounds
once for the bill; the points are then spread over the lines in scope, and stored there, because a return reverses
stored figures.

Multipliers add, they do not compound: each gives (factor − 1) × the points that EARN_PER_STEP and EARN_IN_PROPORTION
programs gave on the lines in its scope. ×2 on Wednesdays and ×2 in the birthday month together give ×3, whichever is
looked at first. ADD_POINTS asks for such base points too and is not multiplied. Stamps are apart: a multiplier of one
currency sees that currency alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pos_member.domain.bill import MILLI
from pos_member.domain.capping import Capped, bought_milli, cap, left_of, points_value
from pos_member.domain.compiled import CompiledGroup, CompiledProgram, Stage
from pos_member.domain.explain import factor_text
from pos_member.domain.goals import due_now, paid
from pos_member.domain.limits import Left
from pos_member.domain.money import Rounding, allocate, round_ratio
from pos_member.domain.pricing import EarnResult
from pos_member.domain.program import Combine, EffectKind
from pos_member.domain.tally import TallyKind
from pos_member.domain.workings import Quote, Workings

#: Kinds whose points multipliers multiply.
_BASE = frozenset({EffectKind.EARN_PER_STEP, EffectKind.EARN_IN_PROPORTION})


@dataclass(frozen=True, slots=True)
class _Money:
    """The bill as one earning program sees it: lines, their prices, what of the sum counts, what limits leave."""

    lines: Sequence[int]
    weights: Sequence[int]
    amount: int
    left: Left


@dataclass(frozen=True, slots=True)
class _Carry(Quote):
    """A quote that changes the remainder carried to the next bill, by line (index → satang)."""

    remainder: Mapping[int, int] = field(default_factory=dict)


def apply_earning(w: Workings) -> None:
    """Points of the earning programs."""
    for group in w.rules.stages[Stage.EARN]:
        # In a group of which one runs, money must not earn with the winner and be carried by another.
        alone = _alone(group)

        def quote(compiled: CompiledProgram, alone: bool = alone) -> Quote | None:
            return _quote_earn(w, compiled, alone=alone)

        w.settle(group, quote, lambda compiled, offer: _earn(w, compiled, offer))


def apply_extra(w: Workings) -> None:
    """Points on top. All look at the base points alone, so none of them sees what another added."""
    for group in w.rules.stages[Stage.MULTIPLY]:
        w.settle(group, lambda compiled: _quote_factor(w, compiled), lambda compiled, offer: _earn(w, compiled, offer))
    for group in w.rules.stages[Stage.ADD]:
        w.settle(
            group, lambda compiled: _quote_addition(w, compiled), lambda compiled, offer: _earn(w, compiled, offer)
        )


def _alone(group: CompiledGroup) -> bool:
    return group.combine is Combine.SUM or len(group.programs) == 1


def _quote_earn(w: Workings, compiled: CompiledProgram, *, alone: bool) -> Quote | None:
    program, effect = compiled.program, compiled.program.effect
    if compiled.kind is EffectKind.EARN_FIXED and program.goal is not None:
        due = due_now(w, compiled, points_value(w, compiled, effect.points))
        if due is None:
            return None
        points = due.capped.times * effect.points
        found: dict[str, object] = {"points": points, "times": due.capped.times}
        return _quote(w, compiled, points, due.lines, due.weights, due.capped, "points_goal", found)
    money = _money(w, compiled)
    if money is None:
        return None
    if money.amount <= 0:
        w.explain(compiled, "nothing_left")
        return None
    match compiled.kind:
        case EffectKind.EARN_FIXED:
            capped = _capped(w, compiled, money, 1)
            if capped is None:
                return None
            points = effect.points
            return _quote(w, compiled, points, money.lines, money.weights, capped, "points_fixed", {"points": points})
        case EffectKind.EARN_PER_UNIT:
            return _quote_units(w, compiled, money)
        case EffectKind.EARN_IN_PROPORTION:
            return _quote_share(w, compiled, money)
        case _:
            return _quote_steps(w, compiled, money, alone=alone)


def _money(w: Workings, compiled: CompiledProgram) -> _Money | None:
    if w.now.member is None:
        w.explain(compiled, "needs_member")
        return None
    left = left_of(w, compiled)
    if left is None:
        return None
    reached = w.reached(compiled, w.earning_net, w.earning_gross, least=_least(w, compiled))
    return None if reached is None else _Money(*reached, left)


def _least(w: Workings, compiled: CompiledProgram) -> int:
    """Satang that must count before the first point, by the program's rounding; 0 where money alone does not say."""
    program, effect = compiled.program, compiled.program.effect
    step = effect.step_satang
    if compiled.kind is EffectKind.EARN_PER_STEP:
        # Halves count as a step when rounding says so.
        half = program.rounding is Rounding.HALF_UP and not effect.carry
        rounds_up = program.rounding is Rounding.UP and not effect.carry
        return 1 if rounds_up else (-(-step // 2) if half else step) - _carried(w, compiled)
    if compiled.kind is EffectKind.EARN_IN_PROPORTION:
        if program.rounding is Rounding.UP:
            return 1
        return -(-step // (2 * effect.points)) if program.rounding is Rounding.HALF_UP else -(-step // effect.points)
    return 0


def _carried(w: Workings, compiled: CompiledProgram) -> int:
    """Satang of a step begun on the bills before."""
    effect = compiled.program.effect
    if not effect.carry:
        return 0
    return min(max(0, w.limits.count(TallyKind.REMAINDER, compiled.program.id)), effect.step_satang - 1)


def _capped(w: Workings, compiled: CompiledProgram, money: _Money, times: int) -> Capped | None:
    """``times`` as far as limits and budget go; ``None`` (explained) where not once."""
    capped = cap(money.left, times, points_value(w, compiled, compiled.program.effect.points))
    if capped.times <= 0:
        w.explain(compiled, capped.why, capped.params)
        return None
    return capped


def _quote(
    w: Workings,
    compiled: CompiledProgram,
    points: int,
    lines: Sequence[int],
    weights: Sequence[int],
    capped: Capped,
    key: str,
    params: Mapping[str, object],
    remainder: Mapping[int, int] | None = None,
) -> Quote:
    """A quote in the words of the currency; a program that was cut short says by what."""
    key = capped.key("points", key)
    if compiled.program.effect.currency:
        key = capped.key("stamps", "stamps")
        params = {"stamps": points, **w.currency_names(compiled)}
    if remainder is None:
        return Quote(points, lines, weights, key, params, capped.times)
    return _Carry(points, lines, weights, key, params, capped.times, remainder)


def _quote_steps(w: Workings, compiled: CompiledProgram, money: _Money, *, alone: bool) -> Quote | None:
    program, effect = compiled.program, compiled.program.effect
    step, change = effect.step_satang, None
    if effect.carry:
        carried = _carried(w, compiled)
        steps, rest = divmod(carried + money.amount, step)
        # A sum below zero (the bill that left it came back) is worked off, not forgotten: only the change is noted.
        change = _by_line(money, rest - carried)
    else:
        steps = round_ratio(money.amount, step, program.rounding)
    if steps == 0:
        if change is not None and alone:
            _carry(w, compiled, change)
        w.near(compiled, w.to_add(compiled, _least(w, compiled), sum(money.weights)))
        return None
    capped = _capped(w, compiled, money, steps)
    if capped is None:
        return None
    points = capped.times * effect.points
    found = {"points": points, "steps": capped.times, "step_satang": step, "amount_satang": money.amount}
    return _quote(w, compiled, points, money.lines, money.weights, capped, "points_step", found, change)


def _by_line(money: _Money, amount: int) -> dict[int, int]:
    shares = allocate(amount, money.weights)
    return {i: share for i, share in zip(money.lines, shares, strict=True) if share}


def _carry(w: Workings, compiled: CompiledProgram, change: Mapping[int, int]) -> None:
    for i, share in change.items():
        w.limits.note(TallyKind.REMAINDER, compiled.program.id, "", share, line_no=i + 1)


def _quote_share(w: Workings, compiled: CompiledProgram, money: _Money) -> Quote | None:
    """In proportion, rounded once. Limits count steps begun, and no more money earns than they have steps for."""
    program, effect = compiled.program, compiled.program.effect
    step, amount, left = effect.step_satang, money.amount, money.left
    capped = Capped(-(-amount // step))
    if left.times is not None and left.times * step < amount:
        amount = left.times * step
        capped = cap(left, capped.times, 0)
    points = round_ratio(amount * effect.points, step, program.rounding)
    each = points_value(w, compiled, 1)
    if left.satang is not None and each and left.satang // each < points:
        points = left.satang // each
        capped = Capped(min(capped.times, -(-points * step // effect.points)), "shared", "budget_spent")
        if points == 0:
            w.explain(compiled, "budget_spent")
            return None
    if points == 0:
        w.near(compiled, w.to_add(compiled, _least(w, compiled), sum(money.weights)))
        return None
    found = {"points": points, "of_points": effect.points, "step_satang": step, "amount_satang": amount}
    return _quote(w, compiled, points, money.lines, money.weights, capped, "points_share", found)


def _quote_units(w: Workings, compiled: CompiledProgram, money: _Money) -> Quote | None:
    """Units of the goods in scope; what was given away (nothing left to pay) earns nothing."""
    program = compiled.program
    bought = [i for i, satang in zip(money.lines, money.weights, strict=True) if satang > 0]
    lines = w.bill.lines
    weights = [bought_milli(w, i) for i in bought] if w.free_units else [lines[i].quantity_milli for i in bought]
    units = round_ratio(sum(weights), MILLI, program.rounding)
    if units == 0:
        w.explain(compiled, "quantity", {"missing_quantity": 1})
        return None
    capped = _capped(w, compiled, money, units)
    if capped is None:
        return None
    points = capped.times * program.effect.points
    found = {"points": points, "units": capped.times}
    return _quote(w, compiled, points, bought, weights, capped, "points_unit", found)


def _quote_factor(w: Workings, compiled: CompiledProgram) -> Quote | None:
    found = _base(w, compiled)
    if found is None:
        return None
    money, weights = found
    base, effect = sum(weights), compiled.program.effect
    added = effect.factor.numerator - effect.factor.denominator
    points = round_ratio(base * added, effect.factor.denominator, compiled.program.rounding)
    if points <= 0:
        w.explain(compiled, "no_points_to_multiply" if base == 0 else "no_effect")
        return None
    capped, each = Capped(1), points_value(w, compiled, 1)
    if money.left.satang is not None and each and money.left.satang // each < points:
        points, capped = money.left.satang // each, Capped(1, "shared", "budget_spent")
        if points == 0:
            w.explain(compiled, "budget_spent")
            return None
    params = {"points": points, "base_points": base, "factor": factor_text(effect.factor)}
    return _quote(w, compiled, points, money.lines, weights, capped, "multiplied", params)


def _quote_addition(w: Workings, compiled: CompiledProgram) -> Quote | None:
    found = _base(w, compiled)
    if found is None:
        return None
    money, weights = found
    if not any(weights):
        w.explain(compiled, "no_points_to_add")
        return None
    capped = _capped(w, compiled, money, 1)
    if capped is None:
        return None
    points = compiled.program.effect.points
    return _quote(w, compiled, points, money.lines, weights, capped, "points_added", {"points": points})


def _base(w: Workings, compiled: CompiledProgram) -> tuple[_Money, list[int]] | None:
    """The goods in scope and the base points they earned, in the program's currency."""
    money = _money(w, compiled)
    if money is None:
        return None
    points = w.base_points.get(compiled.program.effect.currency, {})
    return money, [points.get(i, 0) for i in money.lines]


def _earn(w: Workings, compiled: CompiledProgram, offer: Quote) -> None:
    program = compiled.program
    currency = program.effect.currency
    base = w.base_points.setdefault(currency, {}) if compiled.kind in _BASE else None
    by_line: dict[int, int] = {}
    for i, share in zip(offer.lines, allocate(offer.worth, offer.weights), strict=True):
        if share:
            by_line[i + 1] = share
            if not currency:
                w.line_points[i] += share
            if base is not None:
                base[i] = base.get(i, 0) + share
    qualifying = not currency and compiled.stage is Stage.EARN and program.goal is None
    w.output.earns.append(EarnResult(program.id, offer.worth, by_line, currency, qualifying))
    if isinstance(offer, _Carry):
        _carry(w, compiled, offer.remainder)
    paid(w, compiled, offer.times)
    limited = program.limits.budget_satang is not None
    worth = {number: points_value(w, compiled, share) for number, share in by_line.items()} if limited else None
    w.limits.use(program, offer.times, worth)
