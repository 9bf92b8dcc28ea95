"""Past bills under draft programs: what they would have cost and given, against what the programs that ran gave.

Bills and returns come in the order of time. A member's state is simulated: it opens with what the till saw at the
first bill (``Bill.basis``, where that was recorded) and goes on with what the draft gives. So points earned in the
replay can be spent in it, missions move on, tiers rise. The same function evaluates as at the till.

What a replay cannot know: whether people would have bought otherwise. Coupons that were used are laid on again where
the draft has their definition, rewards that were chosen where the draft has that program. Points neither expire nor
wait (``points_pending_days``) during a replay, and what a referrer gets is counted but not spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pos_member.domain.bill import Bill, BillReturn, ChosenReward, DiscountKind, QuotaLeft
from pos_member.domain.compiled import CompiledRules
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.coupons_rules import issue
from pos_member.domain.evaluation import evaluate
from pos_member.domain.points import PointKind
from pos_member.domain.pricing import Evaluation, EvaluationInput, HeldCoupon, RuleBook, as_rung
from pos_member.domain.program import Program
from pos_member.domain.replay_figures import Figures, Report, face_values
from pos_member.domain.replay_member import Profile, SimulatedMember
from pos_member.domain.replay_returns import SimulatedBill, given, returned_figures
from pos_member.domain.tally import Tally, TallyKind


@dataclass(frozen=True)
class Past:
    """What ran: definitions (for the face value of coupons) and each branch's brand."""

    definitions: Mapping[str, CouponDefinition]
    brands: Mapping[str, str]


def needs_one_process(book: RuleBook) -> bool:
    """Whether something is shared between members (a total limit, a budget): then no part can be replayed alone."""
    programs = any(program.active and program.limits.needs_quota for program in book.programs)
    return programs or any(definition.total is not None for definition in book.definitions.values())


class Replay:
    """One replay, or the part of one that holds some members. ``returned``: ids of bills with a return to come."""

    def __init__(self, rules: CompiledRules, book: RuleBook, past: Past, returned: frozenset[str]) -> None:
        self.report = Report()
        self._rules = rules
        self._past = past
        self._returned = returned
        self._programs: dict[str, Program] = {program.id: program for program in book.programs}
        self._faces = face_values(rules.definitions)
        self._ran_faces = face_values(past.definitions)
        self._members: dict[str, SimulatedMember] = {}
        self._bills: dict[str, SimulatedBill] = {}
        self._pools = _pools(book)
        self._point_satang = rules.settings.point_value_satang

    def bill(self, bill: Bill, profile: Profile | None) -> None:
        """The next bill; ``profile`` of its member, ``None`` without one."""
        member = None
        if bill.member_id is not None:
            member = self._members.get(bill.member_id)
            if member is None:
                member = self._members[bill.member_id] = SimulatedMember.opened(
                    bill, profile or Profile(), self._rules.settings.tiers
                )
        result = evaluate(self._input(bill, member), self._rules)
        self._use(result.tallies)
        if member is not None:
            member.went_on(bill, result, self._rules.settings.tiers)
        draft, ran = self._drafted(result), self._ran(bill)
        self.report.book(bill.business_date, draft, ran)
        if bill.member_id is not None:
            self.report.gained(bill.member_id, bill.business_date, draft.cost_satang, ran.cost_satang)
        if bill.id in self._returned:
            self._bills[bill.id] = SimulatedBill.of(bill, result)

    def returned(self, document: BillReturn) -> None:
        """A return: of what the draft gave it takes back its share, as of what was given in fact."""
        held = self._bills.get(document.bill_id)
        if held is None:
            self.report.returns_outside += 1
            return
        before = held.so_far()
        plan = held.take_back(document)
        self._use(plan.tallies)
        member = self._members.get(document.member_id or "")
        if member is not None:
            member.gave_back(held.bill.business_date, plan)
        draft, ran = returned_figures(held, before, plan, document, self._faces, self._ran_faces, self._point_satang)
        self.report.book(document.business_date, draft, ran)
        if document.member_id is not None:
            self.report.gained(document.member_id, document.business_date, draft.cost_satang, ran.cost_satang)

    def _input(self, bill: Bill, member: SimulatedMember | None) -> EvaluationInput:
        coupons = []
        for use in bill.coupons_used:
            definition = self._rules.definitions.get(use.definition_id)
            if definition is None:
                self.report.coupons_left_out += 1
                continue
            coupon = issue(
                definition,
                code=use.code,
                member_id=bill.member_id,
                bill_id=None,
                till_id=bill.till_id,
                branch_id=bill.branch_id,
                at=bill.completed_at,
                today=bill.business_date,
            )
            coupons.append(HeldCoupon(coupon, definition))
        return EvaluationInput(
            lines=tuple(map(as_rung, bill.lines)),
            at=bill.completed_at,
            branch_id=bill.branch_id,
            brand_id=self._past.brands.get(bill.branch_id, ""),
            member=None if member is None else member.state(self._rules.settings.tiers, bill.business_date),
            coupons=tuple(coupons),
            rewards=self._rewards(bill),
            quotas={key: QuotaLeft(pool.times, pool.satang) for key, pool in self._pools.items()},
        )

    def _rewards(self, bill: Bill) -> tuple[ChosenReward, ...]:
        """The rewards that were chosen, where the draft has them."""
        chosen: dict[str, int] = {}
        for discount in bill.discounts:
            if discount.kind is not DiscountKind.POINTS or not discount.points:
                continue
            program = self._programs.get(discount.program_id or "")
            if program is None or program.effect.points <= 0:
                self.report.rewards_left_out += 1
                continue
            chosen[program.id] = chosen.get(program.id, 0) + discount.points // program.effect.points
        return tuple(ChosenReward(program_id, times) for program_id, times in chosen.items() if times)

    def _use(self, tallies: tuple[Tally, ...]) -> None:
        """Draw on what everybody shares; negative amounts give back."""
        for tally in tallies:
            pool = self._pools.get(tally.key)
            if pool is None:
                continue
            if tally.kind is TallyKind.TOTAL and pool.times is not None:
                pool.times -= tally.amount
            elif tally.kind is TallyKind.BUDGET and pool.satang is not None:
                pool.satang -= tally.amount

    def _drafted(self, result: Evaluation) -> Figures:
        """What the draft gives with a bill; its programs are booked on the way."""
        programs: dict[str, Figures] = {}

        def of(program_id: str) -> Figures:
            return programs.setdefault(program_id, Figures(bills=1))

        definitions = {use.code: use.definition_id for use in result.coupons_used}
        stamps = points = coupons = coupons_satang = 0
        for discount in result.discounts:
            figures = of(discount.program_id or definitions.get(discount.coupon_code or "", ""))
            figures.discount_satang += discount.amount_satang
            figures.given_satang += given(discount)
            figures.points_redeemed += 0 if discount.currency else discount.points
        for earn in result.earns:
            if earn.currency:
                of(earn.program_id).stamps += earn.points
                stamps += earn.points
            else:
                of(earn.program_id).points += earn.points
                of(earn.program_id).points_satang += earn.points * self._point_satang
                points += earn.points
        for due in result.coupons_to_issue:
            value = due.count * self._faces.get(due.definition_id, 0)
            of(due.program_id).coupons += due.count
            of(due.program_id).coupons_satang += value
            coupons += due.count
            coupons_satang += value
        for program_id, figures in programs.items():
            self.report.program(program_id).draft.add(figures)
        return Figures(
            bills=1,
            gross_satang=result.gross_satang,
            discount_satang=result.discount_satang,
            sales_satang=result.total_satang,
            given_satang=sum(map(given, result.discounts)),
            points=points,
            points_satang=points * self._point_satang,
            points_redeemed=result.points_redeemed,
            stamps=stamps,
            coupons=coupons,
            coupons_satang=coupons_satang,
        )

    def _ran(self, bill: Bill) -> Figures:
        """What was given in fact, as stored with the bill."""
        programs: dict[str, Figures] = {}

        def of(program_id: str) -> Figures:
            return programs.setdefault(program_id, Figures(bills=1))

        definitions = {use.code: use.definition_id for use in bill.coupons_used}
        for discount in bill.discounts:
            figures = of(discount.program_id or definitions.get(discount.coupon_code or "", ""))
            figures.discount_satang += discount.amount_satang
            figures.given_satang += given(discount)
            figures.points_redeemed += 0 if discount.currency else discount.points
        points = stamps = 0
        for entry in bill.point_entries:
            if entry.kind is not PointKind.EARN:
                continue
            figures = of(entry.program_id or "")
            if entry.currency:
                figures.stamps += entry.points
                stamps += entry.points
            else:
                figures.points += entry.points
                figures.points_satang += entry.points * self._point_satang
                points += entry.points
        granted = {code: grant.program_id for grant in bill.grants for code in grant.codes}
        for coupon in bill.coupons_issued:
            figures = of(granted.get(coupon.code) or coupon.program_id or coupon.definition_id)
            figures.coupons += 1
            figures.coupons_satang += self._ran_faces.get(coupon.definition_id, 0)
        for program_id, figures in programs.items():
            self.report.program(program_id).ran.add(figures)
        return Figures(
            bills=1,
            gross_satang=bill.gross_satang,
            discount_satang=bill.discount_satang,
            sales_satang=bill.gross_satang - bill.discount_satang,
            given_satang=sum(map(given, bill.discounts)),
            points=points,
            points_satang=points * self._point_satang,
            points_redeemed=bill.points_redeemed,
            stamps=stamps,
            coupons=len(bill.coupons_issued),
            coupons_satang=sum(self._ran_faces.get(coupon.definition_id, 0) for coupon in bill.coupons_issued),
        )


@dataclass
class _Pool:
    """What is left of a total limit and of a budget."""

    times: int | None
    satang: int | None


def _pools(book: RuleBook) -> dict[str, _Pool]:
    pools = {
        program.id: _Pool(program.limits.total, program.limits.budget_satang)
        for program in book.programs
        if program.limits.needs_quota
    }
    for definition in book.definitions.values():
        if definition.total is not None:
            pools[definition.id] = _Pool(definition.total, None)
    return pools
