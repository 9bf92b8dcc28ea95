"""What comes off the bill: line discounts, bill discounts, coupons, points rewards; in this order.

Each is counted on what is left in its scope, is never larger than that, and is spread over those lines in proportion.
"""

from __future__ import annotations

from collections import Counter

from pos_member.domain.bill import BillDiscount, CouponUse, DiscountKind
from pos_member.domain.compiled import CompiledGroup, CompiledProgram, Stage
from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.explain import fired, of_coupon
from pos_member.domain.money import Rounding, round_ratio
from pos_member.domain.pricing import HeldCoupon, UsableReward
from pos_member.domain.program import Combine, EffectKind
from pos_member.domain.workings import Quote, Workings

_WHOLE_BP = 10_000


def apply_discounts(w: Workings, stage: Stage) -> None:
    """Run the discount programs of ``stage``: later ones compound on what the earlier left."""
    for group in w.rules.stages[stage]:
        w.settle(group, lambda compiled: _quote(w, compiled), lambda compiled, offer: _take(w, compiled, offer))


def _quote(w: Workings, compiled: CompiledProgram) -> Quote | None:
    reached = w.reached(compiled, w.net, w.base)
    if reached is None:
        return None
    lines = reached[0]
    left = sum([w.net[i] for i in lines])
    effect = compiled.program.effect
    if compiled.kind is EffectKind.DISCOUNT_PERCENT:
        amount = round_ratio(left * effect.percent_bp, _WHOLE_BP, compiled.program.rounding)
    else:
        amount = effect.amount_satang
    if effect.maximum_satang is not None:
        amount = min(amount, effect.maximum_satang)
    amount = min(amount, left)
    if amount <= 0:
        w.explain(compiled, "nothing_left" if left == 0 else "no_effect")
        return None
    return Quote(amount, lines, (), "discount", {"amount_satang": amount, "of_satang": left})


def _take(w: Workings, compiled: CompiledProgram, offer: Quote) -> None:
    w.take(offer.lines, offer.worth)
    program = compiled.program
    w.output.discounts.append(
        BillDiscount(DiscountKind.PROGRAM, program.id, None, program.name_th, program.name_en, offer.worth)
    )


def apply_coupons(w: Workings) -> None:
    """Lay the coupons on what is left: percentages first, then amounts, else in the order they were shown.

    So the order of scanning does not change the price. One that has no effect is not used up.
    """
    taken: Counter[str] = Counter()
    for held in sorted(w.bill.coupons, key=lambda h: h.definition.value_kind is CouponValueKind.AMOUNT):
        definition, code = held.definition, held.coupon.code
        why_not, missing = _coupon_barred(w, held, taken[definition.id])
        scope = w.rules.scopes.numbers.get(definition.scope)
        lines = w.lines_in(scope) if scope is not None else ()
        left = sum(w.net[i] for i in lines)
        amount = 0 if why_not else _coupon_worth(definition, left)
        if amount <= 0:
            key = why_not or ("scope" if not lines else "nothing_left" if left == 0 else "no_effect")
            w.output.coupons_idle.append(code)
            w.output.explanations.append(of_coupon(definition, code, key, missing_satang=missing))
            continue
        taken[definition.id] += 1
        w.take(lines, amount)
        w.output.coupons_used.append(CouponUse(code, definition.id, amount))
        w.output.discounts.append(
            BillDiscount(DiscountKind.COUPON, None, code, definition.name_th, definition.name_en, amount)
        )
        w.output.explanations.append(of_coupon(definition, code, "coupon", amount_satang=amount))


def _coupon_barred(w: Workings, held: HeldCoupon, taken: int) -> tuple[str, int]:
    """The key of what keeps a coupon off this bill, and the satang missing to its minimum (prices before discounts)."""
    definition = held.definition
    member_id = w.bill.member.member_id if w.bill.member is not None else None
    if not definition.bearer and held.coupon.member_id != member_id:
        return "coupon_other_member", 0
    if taken >= definition.per_bill_max:
        return "coupon_per_bill", 0
    scope = w.rules.scopes.numbers.get(definition.scope)
    gross = sum(w.gross[i] for i in w.lines_in(scope)) if scope is not None else 0
    if gross and gross < definition.minimum_spend_satang:
        return "coupon_minimum", definition.minimum_spend_satang - gross
    return "", 0


def _coupon_worth(definition: CouponDefinition, left: int) -> int:
    if definition.value_kind is CouponValueKind.PERCENT:
        amount = round_ratio(left * definition.value, _WHOLE_BP, Rounding.DOWN)
    else:
        amount = definition.value
    if definition.value_max_satang is not None:
        amount = min(amount, definition.value_max_satang)
    return min(amount, left)


class _Purse:
    """Points that may still be redeemed on this bill."""

    def __init__(self, w: Workings) -> None:
        member = w.bill.member
        self.spendable = max(0, member.spendable_points) if member is not None else 0
        self.allowed = max(0, w.rules.settings.redeem_points_per_bill_max)

    def spend(self, points: int) -> None:
        self.spendable -= points
        self.allowed -= points


def apply_rewards(w: Workings) -> None:
    """Turn chosen points into money off, and say for every reward how often it could be chosen.

    Only whole times count: ten baht for 100 points is never charged for the last five baht of a bill.
    """
    purse = _Purse(w)
    chosen = {reward.program_id: reward.times for reward in w.bill.rewards}
    applied: dict[str, int] = {}
    open_programs: list[CompiledProgram] = []
    for group in w.rules.stages[Stage.REWARD]:
        open_programs += _redeem_group(w, group, chosen, purse, applied)
    for compiled in open_programs:
        _offer(w, compiled, purse, applied.get(compiled.program.id, 0))


def _redeem_group(
    w: Workings, group: CompiledGroup, chosen: dict[str, int], purse: _Purse, applied: dict[str, int]
) -> list[CompiledProgram]:
    """Apply what was chosen of a group (one reward only, unless it sums); its programs that are on offer."""
    on_offer: list[CompiledProgram] = []
    winner: CompiledProgram | None = None
    for compiled in group.programs:
        barred = len(w.output.explanations)
        if w.reached(compiled, w.net, w.base) is None:
            reason = w.output.explanations[barred]
            w.output.rewards.append(_reward(compiled, 0, 0, reason.key, dict(reason.params)))
            continue
        if winner is not None and group.combine is not Combine.SUM:
            names: dict[str, object] = {"winner_th": winner.program.name_th, "winner_en": winner.program.name_en}
            w.explain(compiled, "beaten", names)
            w.output.rewards.append(_reward(compiled, 0, 0, "beaten", names))
            continue
        times = min(chosen.get(compiled.program.id, 0), _times(w, compiled, purse, 0)[0])
        if times > 0:
            winner = compiled
            applied[compiled.program.id] = times
            _redeem(w, compiled, times, purse)
        on_offer.append(compiled)
    return on_offer


def _times(w: Workings, compiled: CompiledProgram, purse: _Purse, used: int) -> tuple[int, str, dict[str, object]]:
    """How many times more a reward can apply; with the key and parameters of what limits it."""
    program = compiled.program
    effect = program.effect
    left = sum(w.net[i] for i in w.lines_in(compiled.scope, everything=compiled.everything))
    limits: list[tuple[int, str, dict[str, object]]] = [
        (purse.spendable // effect.points, "points_short", {"missing_points": effect.points - purse.spendable}),
        (purse.allowed // effect.points, "points_limit", {"points": w.rules.settings.redeem_points_per_bill_max}),
        (left // effect.amount_satang, "nothing_left", {}),
    ]
    if program.limits.per_bill is not None:
        limits.append((program.limits.per_bill - used, "limit", {"times": program.limits.per_bill}))
    return min(limits, key=lambda limit: limit[0])


def _redeem(w: Workings, compiled: CompiledProgram, times: int, purse: _Purse) -> None:
    program = compiled.program
    points, amount = times * program.effect.points, times * program.effect.amount_satang
    purse.spend(points)
    lines = w.lines_in(compiled.scope, everything=compiled.everything)
    for i, share in zip(lines, w.take(lines, amount), strict=True):
        w.points_paid[i] += share
    w.output.discounts.append(
        BillDiscount(DiscountKind.POINTS, program.id, None, program.name_th, program.name_en, amount, points)
    )


def _offer(w: Workings, compiled: CompiledProgram, purse: _Purse, used: int) -> None:
    more, why_not, params = _times(w, compiled, purse, used)
    effect = compiled.program.effect
    times_max = used + max(0, more)
    if times_max:
        why_not, params = "", {}
    w.output.rewards.append(_reward(compiled, times_max, used, why_not, params))
    points, amount = effect.points, effect.amount_satang
    if used:
        spent = {"times": used, "points": used * points, "amount_satang": used * amount}
        w.output.explanations.append(fired(compiled.program, "reward", spent))
    elif times_max:
        offer = {"times": times_max, "points": times_max * points, "amount_satang": times_max * amount}
        w.explain(compiled, "reward_open", offer)
    else:
        w.explain(compiled, why_not, params)


def _reward(
    compiled: CompiledProgram, times_max: int, times: int, why_not: str, params: dict[str, object]
) -> UsableReward:
    program = compiled.program
    return UsableReward(
        program_id=program.id,
        name_th=program.name_th,
        name_en=program.name_en,
        points_per_time=program.effect.points,
        amount_per_time_satang=program.effect.amount_satang,
        times_max=times_max,
        times_chosen=times,
        why_not=why_not,
        why_params=params,
    )
