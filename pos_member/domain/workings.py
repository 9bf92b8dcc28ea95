"""The running figures of one evaluation, private to it, and how the programs of a group combine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pos_member.domain.bill import BillDiscount, CouponUse
from pos_member.domain.compiled import CompiledGroup, CompiledProgram, CompiledRules
from pos_member.domain.explain import closed, fired, missed
from pos_member.domain.limits import Limiter
from pos_member.domain.matching import Moment
from pos_member.domain.money import allocate
from pos_member.domain.org import PointsPaidEarns
from pos_member.domain.pricing import CouponIssue, EarnResult, EvaluationInput, Explanation, UsableReward
from pos_member.domain.program import Basis, Combine, EffectKind


@dataclass(frozen=True, slots=True)
class Quote:
    """What a program would do now. ``worth`` compares it within its group; ``key``/``params`` explain it."""

    worth: int
    lines: Sequence[int]
    weights: Sequence[int]
    key: str
    params: Mapping[str, object]


class Workings:
    """Figures per line (by index, satang): ``base`` after line discounts, ``net`` what is left to pay.

    ``points_paid`` is the part of a line paid by points; it is in neither ``net`` nor ``base``'s reductions.
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
        #: Points of EARN_PER_STEP programs only: what multipliers multiply.
        self.step_points = [0] * len(self.gross)
        self.earning_net: list[int] = []
        self.earning_gross: list[int] = []
        self.output = Output()
        self.limits = Limiter(bill, self.now.day)
        self._masks = [rules.scopes.mask(line) for line in bill.lines]
        self._all = range(len(self.gross))
        self._in_scope: dict[int, Sequence[int]] = {}

    def lines_in(self, scope: int, *, everything: bool = False) -> Sequence[int]:
        """Indices of the lines in the scope of that bit."""
        if everything:
            return self._all
        known = self._in_scope.get(scope)
        if known is None:
            bit = 1 << scope
            known = [i for i, mask in enumerate(self._masks) if mask & bit]
            self._in_scope[scope] = known
        return known

    def take(self, lines: Sequence[int], amount_satang: int) -> list[int]:
        """Take a discount off what is left of ``lines``, in proportion; the share of each of them."""
        net = self.net
        shares = allocate(amount_satang, [net[i] for i in lines])
        for i, share in zip(lines, shares, strict=True):
            net[i] -= share
        return list(shares)

    def close_line_discounts(self) -> None:
        """From here on ``base`` is what the lines cost before bill discounts and coupons."""
        self.base = list(self.net)

    def open_earning(self) -> None:
        """Fix the money that earns: after everything, the points-paid part by the setting."""
        if self.rules.settings.points_paid_earns is PointsPaidEarns.ALL:
            self.earning_net = [net + paid for net, paid in zip(self.net, self.points_paid, strict=True)]
            self.earning_gross = self.base
        else:
            self.earning_net = self.net
            self.earning_gross = [base - paid for base, paid in zip(self.base, self.points_paid, strict=True)]

    def explain(
        self,
        compiled: CompiledProgram,
        key: str,
        params: Mapping[str, object] | None = None,
        missing_satang: int = 0,
    ) -> None:
        """Note why ``compiled`` had no effect."""
        self.output.explanations.append(missed(compiled.program, key, params, missing_satang))

    def near(self, compiled: CompiledProgram, missing_satang: int) -> None:
        """Note a near miss, in the words of what would be won."""
        effect = compiled.program.effect
        if compiled.kind is EffectKind.ISSUE_COUPON:
            definition = self.rules.definitions[effect.coupon]
            names = {"coupon_th": definition.name_th, "coupon_en": definition.name_en}
            self.explain(compiled, "near_coupon", {"count": effect.count, **names}, missing_satang)
        elif compiled.kind in (EffectKind.EARN_PER_STEP, EffectKind.EARN_PER_UNIT, EffectKind.EARN_FIXED):
            self.explain(compiled, "near_points", {"points": effect.points}, missing_satang)
        else:
            self.explain(compiled, "near_discount", None, missing_satang)

    def reached(
        self, compiled: CompiledProgram, net: Sequence[int], gross: Sequence[int]
    ) -> tuple[Sequence[int], Sequence[int], int] | None:
        """Lines in scope, their money on the program's basis, its sum; ``None`` (explained) where it may not run."""
        key = compiled.gate.closed_by(self.now)
        if key:
            self.output.explanations.append(closed(compiled.program, key))
            return None
        lines = self.lines_in(compiled.scope, everything=compiled.everything)
        if not lines:
            self.explain(compiled, "scope")
            return None
        trigger = compiled.program.trigger
        money = net if trigger.basis is Basis.NET else gross
        weights = money if len(lines) == len(money) else [money[i] for i in lines]
        amount = sum(weights)
        if amount < trigger.minimum_satang:
            self.near(compiled, trigger.minimum_satang - amount)
            return None
        if trigger.minimum_quantity_milli:
            quantity = sum(self.bill.lines[i].quantity_milli for i in lines)
            if quantity < trigger.minimum_quantity_milli:
                missing = -((quantity - trigger.minimum_quantity_milli) // 1000)
                self.explain(compiled, "quantity", {"missing_quantity": missing})
                return None
        return lines, weights, amount

    def settle(
        self,
        group: CompiledGroup,
        quote: Callable[[CompiledProgram], Quote | None],
        apply: Callable[[CompiledProgram, Quote], None],
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

    def _apply(self, compiled: CompiledProgram, offer: Quote, apply: Callable[[CompiledProgram, Quote], None]) -> None:
        apply(compiled, offer)
        self.output.explanations.append(fired(compiled.program, offer.key, offer.params))


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
    #: Near misses of programs that fired and would fire once more.
    again: list[Explanation] = field(default_factory=list)
