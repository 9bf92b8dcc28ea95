"""A second evaluation, as slow and plain as docs/programs.md is: unit by unit, fraction by fraction.

Written from the page, not from the code; what they share are the data types. It knows percentages, amounts, bundles,
free goods, coupons, money off for points, and every way to earn; groups, exclusive discounts, limits of a bill,
maximums, budgets and minimums. No windows, audiences, missions, carries or tiers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from pos_member.domain.bill import DraftLine
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.money import Rounding
from pos_member.domain.org import PointsPaidEarns, Settings
from pos_member.domain.pricing import EvaluationInput, HeldCoupon
from pos_member.domain.program import Basis, Combine, EffectKind, Program

K = EffectKind
LINE, FREE, WHOLE = 1, 2, 3
#: (line, satang) of one piece.
Unit = tuple[int, int]


def rounded(value: Fraction, how: Rounding) -> int:
    if how is Rounding.DOWN:
        return floor(value)
    return ceil(value) if how is Rounding.UP else floor(value + Fraction(1, 2))


def spread(total: int, weights: dict[int, int]) -> dict[int, int]:
    """In proportion; what is left over goes to the largest fractions, the earlier line first."""
    whole = sum(weights.values())
    if whole == 0:
        return {line: total if i == 0 else 0 for i, line in enumerate(weights)}
    exact = {line: Fraction(total * weight, whole) for line, weight in weights.items()}
    parts = {line: floor(share) for line, share in exact.items()}
    for line in sorted(parts, key=lambda each: parts[each] - exact[each])[: total - sum(parts.values())]:
        parts[line] += 1
    return parts


@dataclass
class Offer:
    """What a program would take off, by line, or give."""

    off: dict[int, int]
    used: set[int] = field(default_factory=set)
    free: list[Unit] = field(default_factory=list)

    @property
    def worth(self) -> int:
        return sum(self.off.values())


@dataclass
class Figures:
    """What must agree."""

    total: int
    discounts: dict[str, int]
    lines: list[int]
    points: dict[str, int]
    coupons: dict[str, int]
    used: dict[str, int]
    redeemed: int


class Oracle:
    """One bill."""

    def __init__(self, bill: EvaluationInput, programs: Iterable[Program], settings: Settings) -> None:
        self.bill, self.settings = bill, settings
        self.programs = sorted(programs, key=lambda p: (p.stacking.priority, p.code, p.id))
        self.gross = [line.gross_satang for line in bill.lines]
        self.net = list(self.gross)
        self.base = self.gross
        self.paid = [0] * len(self.net)
        self.gone: dict[int, int] = {}
        self.points: dict[str, int] = {}
        self.discounts: dict[str, int] = {}
        self.used: dict[str, int] = {}
        self.coupons: dict[str, int] = {}
        self.redeemed = 0

    def lines(self, scope: Scope) -> list[int]:
        """By goods and price, so that what a division leaves over falls on the same goods however they were rung."""

        def inside(line: DraftLine) -> bool:
            if "gift_card" in line.tags and "gift_card" not in scope.tags:
                return False
            named = not scope.tags or bool(set(scope.tags) & set(line.tags))
            return named and not set(scope.exclude_tags) & set(line.tags)

        def place(i: int) -> tuple[object, ...]:
            line = self.bill.lines[i]
            return (line.product_id or "", line.tags, line.unit_price_satang, line.quantity_milli)

        return sorted((i for i, line in enumerate(self.bill.lines) if inside(line)), key=place)

    def run(self) -> Figures:
        for stage in (LINE, FREE, WHOLE):
            self.touched: set[int] = set()
            self.closed: set[int] = set()
            self.grouped([p for p in self.programs if self.stage(p) == stage], self.quote, self.take)
            if stage == FREE:
                self.base = list(self.net)
        for held in sorted(self.bill.coupons, key=self.coupon_order):
            self.coupon(held)
        self.rewards()
        self.earn()
        return Figures(sum(self.net), self.discounts, self.net, self.points, self.coupons, self.used, self.redeemed)

    def stage(self, program: Program) -> int:
        """A group of which one may run stands where its last program stands."""
        own = self.own_stage(program)
        if own and program.stacking.group and program.stacking.combine is not Combine.SUM:
            same = [p for p in self.programs if p.stacking.group == program.stacking.group]
            return max(self.own_stage(p) for p in same)
        return own

    def own_stage(self, program: Program) -> int:
        match program.effect.kind:
            case K.FIXED_PRICE:
                return LINE
            case K.CHEAPEST_FREE | K.BUY_X_GET_Y:
                return FREE
            case K.DISCOUNT_PERCENT | K.DISCOUNT_AMOUNT:
                return WHOLE if program.scope == Scope() else LINE
        return 0

    def grouped(
        self, programs: list[Program], quote: Callable[[Program], Offer | None], take: Callable[[Program, Offer], None]
    ) -> None:
        done: set[str] = set()
        for program in programs:
            name = program.stacking.group or program.id
            if name in done:
                continue
            done.add(name)
            group = [p for p in programs if (p.stacking.group or p.id) == name]
            if group[0].stacking.combine is Combine.SUM:
                for each in group:
                    offer = quote(each)
                    if offer is not None:
                        take(each, offer)
                continue
            offers = [(each, offer) for each in group if (offer := quote(each)) is not None]
            if offers:
                first = group[0].stacking.combine is Combine.FIRST
                take(*(offers[0] if first else max(offers, key=lambda pair: pair[1].worth)))

    def reached(self, program: Program, net: Sequence[int], base: Sequence[int], listed: Sequence[int]) -> bool:
        money = {Basis.NET: net, Basis.GROSS: base, Basis.LIST: listed}[program.trigger.basis]
        lines = self.lines(program.scope)
        pieces = sum(self.bill.lines[i].quantity_milli for i in lines)
        enough = sum(money[i] for i in lines) >= program.trigger.minimum_satang
        return bool(lines) and enough and pieces >= program.trigger.minimum_quantity_milli

    def budget(self, program: Program) -> int | None:
        if program.limits.budget_satang is None:
            return None
        quota = self.bill.quotas.get(program.id)
        return 0 if quota is None else quota.satang or 0

    def quote(self, program: Program) -> Offer | None:
        budget, effect = self.budget(program), program.effect
        if not self.reached(program, self.net, self.base, self.gross) or budget == 0:
            return None
        barred = self.touched if program.stacking.exclusive else self.closed
        lines = [i for i in self.lines(program.scope) if i not in barred]
        caps = [cap for cap in (effect.maximum_satang, budget) if cap is not None]
        if effect.kind in (K.DISCOUNT_PERCENT, K.DISCOUNT_AMOUNT):
            left = {i: self.net[i] for i in lines}
            amount = effect.amount_satang
            if effect.kind == K.DISCOUNT_PERCENT:
                amount = rounded(Fraction(sum(left.values()) * effect.percent_bp, 10_000), program.rounding)
            amount = min([amount, sum(left.values()), *caps])
            return Offer(spread(amount, left), set(lines)) if amount > 0 else None
        off, used, free = self.by_the_piece(program, lines, barred)
        full = sum(off.values())
        part = Fraction(1) if effect.kind == K.FIXED_PRICE else Fraction(effect.percent_bp or 10_000, 10_000)
        amount = min([rounded(full * part, program.rounding), *caps])
        if amount <= 0:
            return None
        return Offer(spread(amount, off), used, free if amount == full and effect.kind != K.FIXED_PRICE else [])

    def units(self, lines: Iterable[int]) -> list[Unit]:
        """What is still to pay for each piece, dearest first."""
        found: list[Unit] = []
        for i in lines:
            whole, rest = divmod(self.bill.lines[i].quantity_milli, 1_000)
            left = whole - self.gone.get(i, 0)
            if rest == 0 and left > 0 and self.net[i] > 0:
                each, more = divmod(self.net[i], left)
                found += [(i, each + (n < more)) for n in range(left)]
        return sorted((unit for unit in found if unit[1]), key=lambda unit: -unit[1])

    def by_the_piece(
        self, program: Program, lines: list[int], barred: set[int]
    ) -> tuple[dict[int, int], set[int], list[Unit]]:
        effect = program.effect
        units = self.units(lines)
        size, get = effect.buy or 1, effect.get or 1
        if effect.kind == K.BUY_X_GET_Y and effect.get_scope is None:
            size += get
        groups = [units[n : n + size] for n in range(0, len(units), size)]
        groups = groups[: program.limits.per_bill]
        off: dict[int, int] = {}
        used: set[int] = set()
        free: list[Unit] = []
        if effect.kind == K.BUY_X_GET_Y and effect.get_scope is not None:
            # The scopes of the tests do not overlap.
            due = (
                len(units) // size
                if program.limits.per_bill is None
                else min(len(units) // size, program.limits.per_bill)
            )
            there = self.units(i for i in self.lines(effect.get_scope) if i not in barred)
            free = there[::-1][: due * get]
            bought = units[: -(-len(free) // get) * size]
            used = {i for i, _ in (*bought, *free)}
        else:
            for group in groups:
                if effect.kind == K.FIXED_PRICE:
                    less = sum(each for _, each in group) - effect.amount_satang
                    if len(group) < size or less <= 0:
                        break
                    kinds: dict[Unit, int] = {}
                    for unit in group:
                        kinds[unit] = kinds.get(unit, 0) + unit[1]
                    shares = spread(less, dict(enumerate(kinds.values())))
                    for n, (i, _) in enumerate(kinds):
                        off[i] = off.get(i, 0) + shares[n]
                    used |= {i for i, _ in group}
                    continue
                given = group[size - get :] if len(group) == size else group[effect.buy :]
                if (effect.kind == K.CHEAPEST_FREE and len(group) < size) or not given:
                    break
                free += given[::-1]
                used |= {i for i, _ in group}
        for i, each in free:
            off[i] = off.get(i, 0) + each
        return off, used, free

    def take(self, program: Program, offer: Offer) -> None:
        for i, share in offer.off.items():
            self.net[i] -= share
        for i, _ in offer.free:
            self.gone[i] = self.gone.get(i, 0) + 1
        self.touched |= offer.used
        if program.stacking.exclusive:
            self.closed |= offer.used
        self.discounts[program.id] = offer.worth

    @staticmethod
    def coupon_order(held: HeldCoupon) -> tuple[int, str, str]:
        kinds = [CouponValueKind.PRODUCT, CouponValueKind.CHEAPEST, CouponValueKind.PERCENT, CouponValueKind.AMOUNT]
        return (kinds.index(held.definition.value_kind), held.definition.code, held.definition.id)

    def coupon(self, held: HeldCoupon) -> None:
        d: CouponDefinition = held.definition
        lines = self.lines(d.scope)
        taken = sum(1 for code in self.used if code.split("-")[0] == held.coupon.code.split("-")[0])
        if not lines or sum(self.gross[i] for i in lines) < d.minimum_spend_satang or taken >= d.per_bill_max:
            return
        units: list[Unit] = []
        if d.value_kind in (CouponValueKind.PRODUCT, CouponValueKind.CHEAPEST):
            units = self.units(lines)
            units = units[: d.value] if d.value_kind is CouponValueKind.PRODUCT else units[::-1][: d.value]
            left: dict[int, int] = {}
            for i, each in units:
                left[i] = left.get(i, 0) + each
            amount = sum(left.values())
        else:
            left = {i: self.net[i] for i in lines}
            amount = sum(left.values()) * d.value // 10_000 if d.value_kind is CouponValueKind.PERCENT else d.value
        full = sum(left.values())
        amount = min([amount, full, *([d.value_max_satang] if d.value_max_satang is not None else [])])
        if amount <= 0:
            return
        for i, share in spread(amount, left).items():
            self.net[i] -= share
        for i, _ in units if amount == full else ():
            self.gone[i] = self.gone.get(i, 0) + 1
        self.used[held.coupon.code] = amount

    def rewards(self) -> None:
        """Money off for points; each as often as chosen, as far as points and what is left to pay go."""
        has = self.bill.member.spendable_points if self.bill.member else 0
        allowed = self.settings.redeem_points_per_bill_max
        chosen = {reward.program_id: reward.times for reward in self.bill.rewards}
        for p in self.programs:
            if p.effect.kind != K.REWARD_DISCOUNT or not self.reached(p, self.net, self.base, self.gross):
                continue
            left = {i: self.net[i] for i in self.lines(p.scope)}
            most = [
                chosen.get(p.id, 0),
                min(has, allowed) // p.effect.points,
                sum(left.values()) // p.effect.amount_satang,
            ]
            times = min([*most, *([p.limits.per_bill] if p.limits.per_bill is not None else [])])
            if times > 0:
                for i, share in spread(times * p.effect.amount_satang, left).items():
                    self.net[i] -= share
                    self.paid[i] += share
                self.redeemed += times * p.effect.points
                has, allowed = has - times * p.effect.points, allowed - times * p.effect.points
                self.discounts[p.id] = times * p.effect.amount_satang

    def earn(self) -> None:
        full = self.settings.points_paid_earns is PointsPaidEarns.ALL
        out = [0 if full else paid for paid in self.paid]
        money = {
            Basis.NET: [net + (paid if full else 0) for net, paid in zip(self.net, self.paid, strict=True)],
            Basis.GROSS: [base - less for base, less in zip(self.base, out, strict=True)],
            Basis.LIST: [gross - less for gross, less in zip(self.gross, out, strict=True)],
        }
        member = self.bill.member is not None
        base: dict[int, int] = {}
        for p in self.programs:
            lines = self.lines(p.scope)
            worth = {i: money[p.trigger.basis][i] for i in lines}
            amount = sum(worth.values())
            if not self.reached(p, money[Basis.NET], money[Basis.GROSS], money[Basis.LIST]):
                continue
            if p.effect.kind == K.ISSUE_COUPON:
                times = amount // p.effect.step_satang if p.effect.step_satang else int(amount > 0)
                times = min(times, 100 // p.effect.count, p.limits.per_bill or times)
                if times and any(money[Basis.NET][i] for i in lines):
                    self.coupons[p.id] = times * p.effect.count
            if not member or amount <= 0 or p.effect.kind in (K.MULTIPLY, K.ADD_POINTS):
                continue
            points = self.earned(p, worth)
            if points:
                self.points[p.id] = points
                if p.effect.kind in (K.EARN_PER_STEP, K.EARN_IN_PROPORTION):
                    for i, share in spread(points, worth).items():
                        base[i] = base.get(i, 0) + share
        for p in self.programs if member else ():
            known = sum(base.get(i, 0) for i in self.lines(p.scope))
            worth_now = sum(money[p.trigger.basis][i] for i in self.lines(p.scope))
            if not self.reached(p, money[Basis.NET], money[Basis.GROSS], money[Basis.LIST]) or worth_now < 0:
                continue
            if p.effect.kind == K.MULTIPLY and known:
                more = rounded((p.effect.factor - 1) * known, p.rounding)
                if more:
                    self.points[p.id] = more
            elif p.effect.kind == K.ADD_POINTS and known:
                self.points[p.id] = p.effect.points

    def earned(self, p: Program, worth: dict[int, int]) -> int:
        amount, most = sum(worth.values()), p.limits.per_bill
        match p.effect.kind:
            case K.EARN_PER_STEP:
                times = rounded(Fraction(amount, p.effect.step_satang), p.rounding)
            case K.EARN_PER_UNIT:
                milli = sum(
                    max(0, self.bill.lines[i].quantity_milli - 1_000 * self.gone.get(i, 0))
                    for i in worth
                    if worth[i] > 0
                )
                times = rounded(Fraction(milli, 1_000), p.rounding)
            case K.EARN_FIXED:
                times = 1
            case K.EARN_IN_PROPORTION:
                if most is not None:
                    amount = min(amount, most * p.effect.step_satang)
                return rounded(Fraction(amount * p.effect.points, p.effect.step_satang), p.rounding)
            case _:
                return 0
        return (times if most is None else min(times, most)) * p.effect.points
