"""Rewards that the cashier chose: points or stamps for money off, for goods, for coupons.

Only whole times count: ten baht for 100 points is never charged for the last five baht of a bill, and goods that are
not on the bill cost nothing. Every reward says how often it could be chosen now, or why not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pos_member.domain.bill import BillDiscount, DiscountKind, LineWeight
from pos_member.domain.compiled import CompiledGroup, CompiledProgram, Stage
from pos_member.domain.coupons_rules import face_value_satang, still_of_use
from pos_member.domain.explain import fired
from pos_member.domain.issuing import COUPONS_PER_BILL_MAX
from pos_member.domain.limits import Left
from pos_member.domain.pricing import CouponIssue, UsableReward
from pos_member.domain.program import Combine, EffectKind
from pos_member.domain.units import Run, Taken, count_of, dearest, give, units_of
from pos_member.domain.workings import Workings

_Params = dict[str, object]


class _Purse:
    """Points and stamps that may still be spent on this bill; the most for one bill holds for points."""

    def __init__(self, w: Workings) -> None:
        member = w.bill.member
        self._spendable: dict[str, int] = {}
        if member is not None:
            self._spendable = {**member.stamps, "": member.spendable_points}
        #: What the till may let go of the points; ``None``: no less than there are.
        self.at_hand = None if member is None else member.points_at_hand
        self.at_hand_first = self.at_hand or 0
        self.allowed = max(0, w.rules.settings.redeem_points_per_bill_max)

    def spendable(self, currency: str) -> int:
        return max(0, self._spendable.get(currency, 0))

    def spend(self, currency: str, points: int) -> None:
        self._spendable[currency] = self._spendable.get(currency, 0) - points
        if not currency:
            self.allowed -= points
            self.at_hand = None if self.at_hand is None else self.at_hand - points


@dataclass(slots=True)
class _Applied:
    """What a reward has been used for: ``times`` and the money they took off."""

    times: int = 0
    amount: int = 0
    units: int = 0


@dataclass(slots=True)
class _State:
    w: Workings
    purse: _Purse
    chosen: Mapping[str, int]
    applied: dict[str, _Applied] = field(default_factory=dict)


def apply_rewards(w: Workings) -> None:
    """Apply the chosen rewards, and say for every reward how often it could be chosen."""
    state = _State(w, _Purse(w), {reward.program_id: reward.times for reward in w.bill.rewards})
    on_offer: list[CompiledProgram] = []
    for group in w.rules.stages[Stage.REWARD]:
        on_offer += _apply_group(state, group)
    for compiled in on_offer:
        _offer(state, compiled)


def _apply_group(state: _State, group: CompiledGroup) -> list[CompiledProgram]:
    """Apply what was chosen of a group (one reward only, unless it sums); its programs that are on offer."""
    w = state.w
    on_offer: list[CompiledProgram] = []
    winner: CompiledProgram | None = None
    for compiled in group.programs:
        barred = len(w.output.explanations)
        no_goods = "reward_scan" if compiled.kind is EffectKind.REWARD_PRODUCT else "scope"
        if w.reached(compiled, w.net, w.base, no_goods=no_goods) is None:
            reason = w.output.explanations[barred]
            w.output.rewards.append(_reward(compiled, 0, 0, 0, reason.key, dict(reason.params)))
            continue
        if winner is not None and group.combine is not Combine.SUM:
            names: _Params = {"winner_th": winner.program.name_th, "winner_en": winner.program.name_en}
            w.explain(compiled, "beaten", names)
            w.output.rewards.append(_reward(compiled, 0, 0, 0, "beaten", names))
            continue
        times = min(state.chosen.get(compiled.program.id, 0), _times(state, compiled)[0])
        if times > 0:
            winner = compiled
            state.applied[compiled.program.id] = _redeem(state, compiled, times)
        on_offer.append(compiled)
    return on_offer


def _times(state: _State, compiled: CompiledProgram, *, asking: bool = False) -> tuple[int, str, _Params]:
    """How many times more a reward can apply; with the key and parameters of what limits it.

    ``asking``: as if the till held rights over all of the member's points.
    """
    w, effect = state.w, compiled.program.effect
    left = w.limits.left(compiled.program)
    limits: list[tuple[int, str, _Params]] = []
    if left.times is not None:
        limits.append((left.times, left.key, dict(left.params)))
    has = state.purse.spendable(effect.currency)
    if effect.currency:
        short: _Params = {"missing_points": effect.points - has, **_currency(w, effect.currency)}
        limits.append((has // effect.points, "stamps_short", short))
    else:
        limits.append((has // effect.points, "points_short", {"missing_points": effect.points - has}))
        most = w.rules.settings.redeem_points_per_bill_max
        limits.append((state.purse.allowed // effect.points, "points_limit", {"points": most}))
        if state.purse.at_hand is not None and not asking:
            first = max(0, state.purse.at_hand_first)
            told: _Params = {"points": first} if first else {}
            key = "points_beyond_rights" if first else "points_online_only"
            limits.append((max(0, state.purse.at_hand) // effect.points, key, told))
    limits += _by_kind(w, compiled, left)
    return min(limits, key=lambda limit: limit[0])


def _by_kind(w: Workings, compiled: CompiledProgram, left: Left) -> list[tuple[int, str, _Params]]:
    effect = compiled.program.effect
    if compiled.kind is EffectKind.REWARD_DISCOUNT:
        to_pay = sum(w.net[i] for i in _lines(w, compiled))
        found: list[tuple[int, str, _Params]] = [(to_pay // effect.amount_satang, "nothing_left", {})]
        if left.satang is not None:
            found.append((left.satang // effect.amount_satang, left.key or "budget_spent", {}))
        return found
    if compiled.kind is EffectKind.REWARD_PRODUCT:
        runs = units_of(w, _lines(w, compiled))
        found = [(count_of(runs) // _size(compiled), "reward_scan", {})]
        if left.satang is not None:
            found.append((_within_budget(compiled, runs, left.satang), "budget_spent", {}))
        return found
    definition = w.rules.definitions[effect.coupon]
    if not still_of_use(definition, w.now.day):
        return [(0, "coupon_ended", {"valid_until": definition.valid_until})]
    found = [(COUPONS_PER_BILL_MAX // effect.count, "limit", {"times": COUPONS_PER_BILL_MAX // effect.count})]
    face = effect.count * face_value_satang(definition)
    if left.satang is not None and face:
        found.append((left.satang // face, "budget_spent", {}))
    return found


def _within_budget(compiled: CompiledProgram, runs: Sequence[Run], satang: int) -> int:
    """How many whole times the dearest goods cost no more than ``satang``."""
    low, high = 0, count_of(runs) // _size(compiled)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _value(dearest(runs, middle * _size(compiled))) <= satang
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _redeem(state: _State, compiled: CompiledProgram, times: int) -> _Applied:
    w, program = state.w, compiled.program
    effect = program.effect
    points = times * effect.points
    state.purse.spend(effect.currency, points)
    applied = _Applied(times)
    by_line: dict[int, int] = {}
    if compiled.kind is EffectKind.REWARD_COUPON:
        count = times * effect.count
        w.output.issues.append(CouponIssue(program.id, effect.coupon, count, points=points))
        w.limits.use(program, times, satang=count * face_value_satang(w.rules.definitions[effect.coupon]))
    else:
        if compiled.kind is EffectKind.REWARD_PRODUCT:
            taken = dearest(units_of(w, _lines(w, compiled)), times * _size(compiled))
            by_line, applied.units = dict(taken.money), taken.units
            w.take_shares(list(by_line), list(by_line.values()))
            give(w, taken.given)
        else:
            lines = _lines(w, compiled)
            by_line = dict(zip(lines, w.take(lines, times * effect.amount_satang), strict=True))
        for i, share in by_line.items():
            w.points_paid[i] += share
        applied.amount = sum(by_line.values())
        w.limits.use(program, times, {i + 1: share for i, share in by_line.items() if share})
    names = (program.name_th, program.name_en)
    on = tuple(LineWeight(i + 1, share) for i, share in sorted(by_line.items()) if share)
    w.output.discounts.append(
        BillDiscount(DiscountKind.POINTS, program.id, None, *names, applied.amount, points, effect.currency, on)
    )
    return applied


def _offer(state: _State, compiled: CompiledProgram) -> None:
    w, effect = state.w, compiled.program.effect
    more, why_not, params = _times(state, compiled)
    used = state.applied.get(compiled.program.id, _Applied())
    times_max = used.times + max(0, more)
    if times_max:
        why_not, params = "", {}
    per_time = _per_time(w, compiled, used)
    asking = used.times + max(0, _times(state, compiled, asking=True)[0])
    w.output.rewards.append(_reward(compiled, per_time, times_max, used.times, why_not, params, asking))
    if not times_max:
        w.explain(compiled, why_not, params)
        return
    times = used.times or times_max
    told: _Params = {"times": times, "points": times * effect.points, **_currency(w, effect.currency)}
    key = compiled.kind.value.removesuffix("_discount")
    if compiled.kind is EffectKind.REWARD_COUPON:
        definition = w.rules.definitions[effect.coupon]
        told |= {"count": times * effect.count, "coupon_th": definition.name_th, "coupon_en": definition.name_en}
    elif compiled.kind is EffectKind.REWARD_PRODUCT:
        units = _size(compiled) * times
        amount = used.amount if used.times else _value(dearest(units_of(w, _lines(w, compiled)), units))
        told |= {"units": units, "amount_satang": amount}
    else:
        told["amount_satang"] = times * effect.amount_satang
    stamps = "_stamps" if effect.currency else ""
    if used.times:
        w.output.explanations.append(fired(compiled.program, f"{key}{stamps}", told))
    else:
        w.explain(compiled, f"{key}_open{stamps}", told)


def _per_time(w: Workings, compiled: CompiledProgram, used: _Applied) -> int:
    """What one time takes off: for goods the dearest there are, or on average what the chosen ones took."""
    if compiled.kind is EffectKind.REWARD_DISCOUNT:
        return compiled.program.effect.amount_satang
    if compiled.kind is EffectKind.REWARD_COUPON:
        return 0
    if used.times:
        return used.amount // used.times
    return _value(dearest(units_of(w, _lines(w, compiled)), _size(compiled)))


def _lines(w: Workings, compiled: CompiledProgram) -> Sequence[int]:
    return w.lines_in(compiled.scope, everything=compiled.everything)


def _size(compiled: CompiledProgram) -> int:
    return compiled.program.effect.get or 1


def _value(taken: Taken) -> int:
    return sum(taken.money.values())


def _currency(w: Workings, code: str) -> _Params:
    """The names of a stamp currency; nothing for points, which the texts name."""
    if not code:
        return {}
    for currency in w.rules.settings.currencies:
        if currency.code == code:
            return {"currency_th": currency.name_th, "currency_en": currency.name_en}
    return {"currency_th": code, "currency_en": code}


def _reward(
    compiled: CompiledProgram,
    per_time: int,
    times_max: int,
    times: int,
    why_not: str,
    params: _Params,
    times_asking: int = 0,
) -> UsableReward:
    program = compiled.program
    if compiled.kind is EffectKind.REWARD_DISCOUNT:
        per_time = program.effect.amount_satang
    return UsableReward(
        program_id=program.id,
        name_th=program.name_th,
        name_en=program.name_en,
        points_per_time=program.effect.points,
        amount_per_time_satang=per_time,
        times_max=times_max,
        times_chosen=times,
        why_not=why_not,
        why_params=params,
        kind=compiled.kind.value,
        currency=program.effect.currency,
        times_asking=max(times_max, times_asking),
    )
