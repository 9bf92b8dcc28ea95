"""The running figures of one evaluation, private to it, and how the programs of a group combine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pos_member.domain.bill import BillDiscount, CouponUse, DraftLine
from pos_member.domain.compiled import CompiledGroup, CompiledProgram, CompiledRules
from pos_member.domain.explain import closed, fired, missed
from pos_member.domain.limits import Limiter
from pos_member.domain.matching import GIFT_CARD, Moment
from pos_member.domain.money import allocate, least_with_vat, without_vat
from pos_member.domain.org import PointsPaidEarns
from pos_member.domain.pricing import (
    CouponIssue,
    EarnResult,
    EvaluationInput,
    Explanation,
    GoalProgress,
    LateMember,
    UsableReward,
)
from pos_member.domain.program import Basis, Combine, EffectKind, VatBasis
from pos_member.domain.tiers import TierChange


@dataclass(frozen=True, slots=True)
class Quote:
    """What a program would do now. ``worth`` compares it within its group; ``key``/``params`` explain it.

    ``times``: how often its limits count it.
    """

    worth: int
    lines: Sequence[int]
    weights: Sequence[int]
    key: str
    params: Mapping[str, object]
    times: int = 1


_WHOLE_BP = 10_000
_GIVE_POINTS = frozenset(
    {EffectKind.EARN_PER_STEP, EffectKind.EARN_IN_PROPORTION, EffectKind.EARN_PER_UNIT, EffectKind.EARN_FIXED}
    | {EffectKind.ADD_POINTS, EffectKind.REFERRAL}
)
_Q = TypeVar("_Q", bound=Quote)


class Workings:
    """Figures per line (by index, satang): ``base`` after line discounts, ``net`` what is left to pay.

    ``points_paid`` is the part of a line paid by points; it is in neither ``net`` nor ``base``'s reductions.

    Lines are looked at in an order of their own (by goods and price), so that the satang and points left over from a
    division fall on the same goods in whatever order they were rung.
    """

    def __init__(self, bill: EvaluationInput, rules: CompiledRules) -> None:
        self.bill = bill
        self.rules = rules
        self.now = Moment.of(bill.at.astimezone(rules.zone), bill.branch_id, bill.brand_id, bill.member)
        self.gross = [line.gross_satang for line in bill.lines]
        self.base = self.gross
        self.net = list(self.gross)
        self.points_paid = [0] * len(self.gross)
        self.line_points = [0] * len(self.gross)
        #: Currency → line → points of EARN_PER_STEP and EARN_IN_PROPORTION programs: what multipliers multiply.
        self.base_points: dict[str, dict[int, int]] = {}
        self.earning_net: list[int] = []
        self.earning_gross: list[int] = []
        #: Prices before all discounts; from ``open_earning`` on less what was paid with points and does not earn.
        self.listed: Sequence[int] = self.gross
        self.output = Output()
        self.limits = Limiter(bill, self.now.day)
        self._masks = [rules.scopes.mask(line) for line in bill.lines]
        lines = bill.lines
        order = sorted(range(len(lines)), key=[_place(line) for line in lines].__getitem__)
        self._order: Sequence[int] = order
        self._all: Sequence[int] = [i for i in order if GIFT_CARD not in lines[i].tags]
        #: By line: units given away whole. They are neither bought goods nor given a second time.
        self.free_units: dict[int, int] = {}
        self._in_scope: dict[int, Sequence[int]] = {}

    def lines_in(self, scope: int, *, everything: bool = False) -> Sequence[int]:
        """Indices of the lines in the scope of that bit; ``everything`` is all but gift cards."""
        if everything:
            return self._all
        known = self._in_scope.get(scope)
        if known is None:
            bit = 1 << scope
            masks = self._masks
            known = [i for i in self._order if masks[i] & bit]
            self._in_scope[scope] = known
        return known

    def take(self, lines: Sequence[int], amount_satang: int) -> list[int]:
        """Take a discount off what is left of ``lines``, in proportion; the share of each of them."""
        net = self.net
        shares = allocate(amount_satang, [net[i] for i in lines])
        for i, share in zip(lines, shares, strict=True):
            net[i] -= share
        return list(shares)

    def take_shares(self, lines: Sequence[int], shares: Sequence[int]) -> None:
        """Take off ``lines`` what was worked out for each of them."""
        for i, share in zip(lines, shares, strict=True):
            self.net[i] -= share

    def close_line_discounts(self) -> None:
        """From here on ``base`` is what the lines cost before bill discounts and coupons."""
        self.base = list(self.net)

    def hand_over(self, late: LateMember) -> None:
        """From here on the bill is ``late.member``'s, and limits and quotas are those of now.

        What was charged stands. Rules that make other prices of the bill (they changed since) say nothing of how it
        came to them: then everything earns on what was paid.
        """
        self.bill = replace(self.bill, member=late.member, quotas=late.quotas)
        self.now = Moment.of(
            self.bill.at.astimezone(self.rules.zone), self.bill.branch_id, self.bill.brand_id, late.member
        )
        self.limits = Limiter(self.bill, self.now.day)
        self.output = Output()
        if tuple(self.net) != late.paid_satang:
            self.net, self.base = list(late.paid_satang), list(late.paid_satang)
            self.points_paid = [0] * len(self.net)
            self.free_units = {}

    def open_earning(self) -> None:
        """Fix the money that earns: after everything, with the part paid with points as the setting says.

        A fraction of that part is rounded down once for the bill, then spread over the lines.
        """
        paid = self.points_paid
        match self.rules.settings.points_paid_earns:
            case PointsPaidEarns.NONE:
                earning: Sequence[int] = [0] * len(paid)
            case PointsPaidEarns.ALL:
                earning = paid
            case PointsPaidEarns.FRACTION:
                bp = min(max(0, self.rules.settings.points_paid_earns_bp), _WHOLE_BP)
                shares = allocate(sum(paid) * bp // _WHOLE_BP, [paid[i] for i in self._order])
                spread = dict(zip(self._order, shares, strict=True))
                earning = [spread[i] for i in range(len(paid))]
        self.earning_net = [net + part for net, part in zip(self.net, earning, strict=True)]
        out = [whole - part for whole, part in zip(paid, earning, strict=True)]
        self.earning_gross = [base - part for base, part in zip(self.base, out, strict=True)]
        self.listed = [gross - part for gross, part in zip(self.gross, out, strict=True)]

    def counted(self, compiled: CompiledProgram, amount_satang: int) -> int:
        """What of prices with VAT counts for a program: all, or what is left without VAT."""
        if compiled.program.trigger.vat is VatBasis.INCLUDED:
            return amount_satang
        return without_vat(amount_satang, self.rules.vat_rate_bp)

    def to_add(self, compiled: CompiledProgram, target_satang: int, amount_satang: int) -> int:
        """What must still be bought, in prices with VAT, until ``target_satang`` counts; ``amount_satang`` is there."""
        if compiled.program.trigger.vat is VatBasis.EXCLUDED:
            target_satang = least_with_vat(target_satang, self.rules.vat_rate_bp)
        return target_satang - amount_satang

    def explain(
        self,
        compiled: CompiledProgram,
        key: str,
        params: Mapping[str, object] | None = None,
        missing_satang: int = 0,
    ) -> None:
        """Note why ``compiled`` had no effect."""
        self.output.explanations.append(missed(compiled.program, key, params, missing_satang))

    def currency_names(self, compiled: CompiledProgram) -> dict[str, object]:
        """What the program's stamps are called; a currency that the settings do not name, by its code."""
        code = compiled.program.effect.currency
        for known in self.rules.settings.currencies:
            if known.code == code:
                return {"currency_th": known.name_th, "currency_en": known.name_en}
        return {"currency_th": code, "currency_en": code}

    def near(self, compiled: CompiledProgram, missing_satang: int) -> None:
        """Note a near miss, in the words of what would be won."""
        effect = compiled.program.effect
        if compiled.kind is EffectKind.ISSUE_COUPON:
            definition = self.rules.definitions[effect.coupon]
            names = {"coupon_th": definition.name_th, "coupon_en": definition.name_en}
            self.explain(compiled, "near_coupon", {"count": effect.count, **names}, missing_satang)
        elif compiled.kind is EffectKind.DRAW_ENTRIES:
            self.explain(compiled, "near_entries", {"entries": effect.count}, missing_satang)
        elif compiled.kind in _GIVE_POINTS and effect.currency:
            named = {"stamps": effect.points, **self.currency_names(compiled)}
            self.explain(compiled, "near_stamps", named, missing_satang)
        elif compiled.kind is EffectKind.EARN_IN_PROPORTION:
            self.explain(compiled, "near_points", {"points": 1}, missing_satang)
        elif compiled.kind in _GIVE_POINTS:
            self.explain(compiled, "near_points", {"points": effect.points}, missing_satang)
        else:
            self.explain(compiled, "near_discount", None, missing_satang)

    def reached(
        self,
        compiled: CompiledProgram,
        net: Sequence[int],
        gross: Sequence[int],
        *,
        no_goods: str = "scope",
        least: int = 0,
        short: Callable[[int], None] | None = None,
    ) -> tuple[Sequence[int], Sequence[int], int] | None:
        """Lines in scope, their money on the program's basis, what of its sum counts (see ``counted``).

        ``None`` where it may not run, explained: with ``no_goods`` where nothing on the bill is in scope. Below the
        minimum a near miss is noted. ``least``: what must count before the program gives anything, where that may be
        more than its minimum; ``short`` explains in its stead (given the money in scope, with VAT).
        """
        key = compiled.gate.closed_by(self.now)
        if key:
            self.output.explanations.append(closed(compiled.program, key, self.now.member))
            return None
        lines = self.lines_in(compiled.scope, everything=compiled.everything)
        if not lines:
            self.explain(compiled, no_goods)
            return None
        trigger = compiled.program.trigger
        money = net if trigger.basis is Basis.NET else gross if trigger.basis is Basis.GROSS else self.listed
        weights = [money[i] for i in lines]
        amount = sum(weights)
        counted = self.counted(compiled, amount)
        if counted < trigger.minimum_satang:
            if short is not None:
                short(amount)
            else:
                self.near(compiled, self.to_add(compiled, max(trigger.minimum_satang, least), amount))
            return None
        if trigger.minimum_quantity_milli:
            quantity = sum(self.bill.lines[i].quantity_milli for i in lines)
            if quantity < trigger.minimum_quantity_milli:
                missing = -((quantity - trigger.minimum_quantity_milli) // 1000)
                self.explain(compiled, "quantity", {"missing_quantity": missing})
                return None
        return lines, weights, counted

    def settle(
        self,
        group: CompiledGroup,
        quote: Callable[[CompiledProgram], _Q | None],
        apply: Callable[[CompiledProgram, _Q], None],
    ) -> None:
        """Run a group: all of it one after the other, the best, or the first that has an effect.

        ``quote`` explains itself where it returns ``None``. Ties for the best go to the earlier program.
        """
        if group.combine is Combine.SUM or len(group.programs) == 1:
            for compiled in group.programs:
                offer = quote(compiled)
                if offer is not None:
                    self._apply(compiled, offer, apply)
            return
        offers = [(compiled, offer) for compiled in group.programs if (offer := quote(compiled)) is not None]
        if not offers:
            return
        first = group.combine is Combine.FIRST
        winner = offers[0] if first else max(offers, key=lambda pair: pair[1].worth)
        names = {"winner_th": winner[0].program.name_th, "winner_en": winner[0].program.name_en}
        for compiled, offer in offers:
            if compiled is winner[0]:
                self._apply(compiled, offer, apply)
            else:
                self.explain(compiled, "beaten", names)

    def _apply(self, compiled: CompiledProgram, offer: _Q, apply: Callable[[CompiledProgram, _Q], None]) -> None:
        apply(compiled, offer)
        self.output.explanations.append(fired(compiled.program, offer.key, offer.params))


def _place(line: DraftLine) -> tuple[object, ...]:
    """What tells lines apart, whatever their place on the bill; of two that are alike it does not matter which."""
    goods = (line.product_id or "", line.barcode, line.category_id, line.brand_id, line.tags)
    return (*goods, line.unit_price_satang, line.quantity_milli)


@dataclass(slots=True)
class Output:
    """What one evaluation has found so far."""

    explanations: list[Explanation] = field(default_factory=list)
    discounts: list[BillDiscount] = field(default_factory=list)
    coupons_used: list[CouponUse] = field(default_factory=list)
    coupons_idle: list[str] = field(default_factory=list)
    rewards: list[UsableReward] = field(default_factory=list)
    earns: list[EarnResult] = field(default_factory=list)
    issues: list[CouponIssue] = field(default_factory=list)
    #: Missions of the bill's member, by program id.
    goals: dict[str, GoalProgress] = field(default_factory=dict)
    tier_change: TierChange | None = None
    #: Near misses of programs that fired and would fire once more.
    again: list[Explanation] = field(default_factory=list)
