"""Discount programs: on lines, free goods, on the bill; in this order, each on what the earlier ones left.

Each is counted on what is left in its scope, is never larger than that, its maximum or its budget, and is taken off the
lines it is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_member.domain.bill import BillDiscount, DiscountKind
from pos_member.domain.compiled import CompiledProgram, Stage
from pos_member.domain.explain import missed, percent_text
from pos_member.domain.limits import Left
from pos_member.domain.money import allocate, round_ratio
from pos_member.domain.pricing import Explanation
from pos_member.domain.program import EffectKind
from pos_member.domain.units import Run, Taken, beyond, bundles, cheapest, count_of, give, others, units_of
from pos_member.domain.workings import Quote, Workings

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class _Offer(Quote):
    """``lines`` and ``weights`` are what comes off; ``used``: lines that take part; ``given``: units free."""

    used: frozenset[int] = frozenset()
    given: Sequence[Run] = ()
    again: Explanation | None = None


@dataclass(slots=True)
class _Stage:
    """Which lines the programs of one stage have touched, and which an exclusive one has closed."""

    touched: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)


def apply_discounts(w: Workings, stage: Stage) -> None:
    """Run the discount programs of ``stage``: later ones compound on what the earlier left."""
    state = _Stage()
    for group in w.rules.stages[stage]:
        w.settle(
            group,
            lambda compiled: _quote(w, state, compiled),
            lambda compiled, offer: _take(w, state, compiled, offer),
        )


def _quote(w: Workings, state: _Stage, compiled: CompiledProgram) -> _Offer | None:
    reached = w.reached(compiled, w.net, w.base)
    if reached is None:
        return None
    left = w.limits.left(compiled.program)
    if left.spent:
        w.explain(compiled, left.key, left.params)
        return None
    lines = _open(state, compiled, reached[0])
    if not lines:
        w.explain(compiled, "exclusive")
        return None
    if compiled.kind in (EffectKind.DISCOUNT_PERCENT, EffectKind.DISCOUNT_AMOUNT):
        return _quote_money(w, compiled, lines, left)
    return _quote_units(w, state, compiled, lines, left)


def _open(state: _Stage, compiled: CompiledProgram, lines: Sequence[int]) -> Sequence[int]:
    """The lines that a program may take part in, by what is exclusive."""
    barred = state.touched if compiled.program.stacking.exclusive else state.closed
    return [i for i in lines if i not in barred] if barred else lines


def _cut(compiled: CompiledProgram, left: Left, amount: int) -> int:
    """No more than the program's maximum and what its budget has left."""
    most = compiled.program.effect.maximum_satang
    for cap in (most, left.satang):
        if cap is not None:
            amount = min(amount, cap)
    return amount


def _quote_money(w: Workings, compiled: CompiledProgram, lines: Sequence[int], left: Left) -> _Offer | None:
    weights = [w.net[i] for i in lines]
    to_pay = sum(weights)
    effect = compiled.program.effect
    if compiled.kind is EffectKind.DISCOUNT_PERCENT:
        amount = round_ratio(to_pay * effect.percent_bp, WHOLE_BP, compiled.program.rounding)
    else:
        amount = effect.amount_satang
    amount = min(_cut(compiled, left, amount), to_pay)
    if amount <= 0:
        w.explain(compiled, "nothing_left" if to_pay == 0 else "no_effect")
        return None
    params = {"amount_satang": amount, "of_satang": to_pay}
    return _Offer(amount, lines, allocate(amount, weights), "discount", params, used=frozenset(lines))


def _quote_units(
    w: Workings, state: _Stage, compiled: CompiledProgram, lines: Sequence[int], left: Left
) -> _Offer | None:
    runs = units_of(w, lines)
    if not runs:
        w.explain(compiled, "no_units")
        return None
    effect = compiled.program.effect
    offered = (
        None if compiled.get_scope is None else units_of(w, _open(state, compiled, w.lines_in(compiled.get_scope)))
    )
    taken = _taken(compiled, runs, offered, left.times)
    bought = count_of(runs)
    full = sum(taken.money.values())
    bp = effect.percent_bp or WHOLE_BP
    if compiled.kind is EffectKind.FIXED_PRICE or bp == WHOLE_BP:
        amount = full
    else:
        amount = round_ratio(full * bp, WHOLE_BP, compiled.program.rounding)
    amount = _cut(compiled, left, amount)
    if amount <= 0:
        key, told = _missing(compiled, bought) if taken.groups == 0 else ("no_effect", {})
        w.explain(compiled, key, told)
        return None
    # By the order of the runs, so that what a division leaves over falls on the same goods however they were rung.
    touched = list(taken.money)
    params: dict[str, object] = {"amount_satang": amount, "units": taken.units}
    if compiled.kind is EffectKind.FIXED_PRICE:
        key, params = "fixed_price", params | {"buy": effect.buy or 1, "price_satang": effect.amount_satang}
    elif bp == WHOLE_BP:
        key = "units_free"
    else:
        key, params = "units_cheaper", params | {"percent": percent_text(bp)}
    return _Offer(
        amount,
        touched,
        allocate(amount, [taken.money[i] for i in touched]),
        key,
        params,
        taken.groups,
        used=taken.used,
        given=taken.given if amount == full else (),
        again=_again(compiled, runs, offered, taken, left.times),
    )


def _taken(compiled: CompiledProgram, runs: Sequence[Run], offered: Sequence[Run] | None, most: int | None) -> Taken:
    effect = compiled.program.effect
    if compiled.kind is EffectKind.FIXED_PRICE:
        return bundles(runs, effect.buy or 1, effect.amount_satang, most)
    if compiled.kind is EffectKind.CHEAPEST_FREE:
        return cheapest(runs, effect.buy, effect.get or 1, most)
    if offered is None:
        return beyond(runs, effect.buy, effect.get or 1, most)
    return others(runs, offered, effect.buy, effect.get or 1, most)


def _missing(compiled: CompiledProgram, bought: int) -> tuple[str, dict[str, object]]:
    """Why units were not given: too few bought, the free ones not on the bill yet, or nothing to make cheaper."""
    effect = compiled.program.effect
    size = effect.buy or 1
    if compiled.kind is EffectKind.FIXED_PRICE:
        if bought >= size:
            return "not_cheaper", {"price_satang": effect.amount_satang}
        return "near_bundle", {"missing_quantity": size - bought, "buy": size, "price_satang": effect.amount_satang}
    get = effect.get or 1
    if bought >= size:
        return "free_waiting", {"missing_quantity": get}
    told: dict[str, object] = {"missing_quantity": size - bought, "units": get}
    if effect.percent_bp in (0, WHOLE_BP):
        return "near_free", told
    return "near_cheaper", told | {"percent": percent_text(effect.percent_bp)}


def _again(
    compiled: CompiledProgram, runs: Sequence[Run], offered: Sequence[Run] | None, taken: Taken, most: int | None
) -> Explanation | None:
    """What a program that gave units would give besides: goods due that are not on the bill, or once more."""
    effect = compiled.program.effect
    bought, get = count_of(runs), effect.get or 1
    if compiled.kind is EffectKind.BUY_X_GET_Y:
        if offered is None:
            waiting = taken.groups * get - taken.units
        elif {run.line for run in runs} & {run.line for run in offered}:
            # What more would be free depends on which of the goods in both scopes counts as bought.
            waiting = 0
        else:
            due = bought // effect.buy if most is None else min(bought // effect.buy, most)
            waiting = due * get - taken.units
        if waiting > 0:
            return missed(compiled.program, "free_waiting", {"missing_quantity": waiting})
    if compiled.kind is EffectKind.FIXED_PRICE or (most is not None and taken.groups >= most):
        return None
    group = effect.buy + get if compiled.kind is EffectKind.BUY_X_GET_Y and offered is None else effect.buy
    key, told = _missing(compiled, bought - group * (bought // group))
    return missed(compiled.program, key, told)


def _take(w: Workings, state: _Stage, compiled: CompiledProgram, offer: _Offer) -> None:
    w.take_shares(offer.lines, offer.weights)
    give(w, offer.given)
    state.touched |= offer.used
    if compiled.program.stacking.exclusive:
        state.closed |= offer.used
    if offer.again is not None:
        w.output.again.append(offer.again)
    program = compiled.program
    by_line = {i + 1: share for i, share in zip(offer.lines, offer.weights, strict=True) if share}
    w.limits.use(program, offer.times, by_line)
    w.output.discounts.append(
        BillDiscount(DiscountKind.PROGRAM, program.id, None, program.name_th, program.name_en, offer.worth)
    )
