"""A stored bill evaluated again: by what it was based on, under the same rules, it must come out the same.

Pure: head office and ``verify`` call it with what they hold. What a bill was based on is on the bill (``bill.Basis``),
but for the birthday, which is the member's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pos_member.domain.bill import Basis, Bill, ChosenReward, CouponGrant, DiscountKind, LineWeight
from pos_member.domain.claiming import as_claimed, claim_input, when_laid
from pos_member.domain.compiled import CompiledRules
from pos_member.domain.coupon import Coupon
from pos_member.domain.evaluation import evaluate
from pos_member.domain.events import BillClaimed
from pos_member.domain.ledger import EntryContext, earn_entries
from pos_member.domain.member import Birthday
from pos_member.domain.money import vat_included
from pos_member.domain.points import PointEntry, PointKind
from pos_member.domain.pricing import CouponIssue, Evaluation, EvaluationInput, HeldCoupon, MemberState, as_rung
from pos_member.domain.program import Program


@dataclass(frozen=True)
class Difference:
    """A figure of a stored bill that its own basis does not give."""

    what: str
    stored: object
    computed: object


def basis_of(bill: EvaluationInput, rules: CompiledRules) -> Basis:
    """What ``evaluate(bill, rules)`` saw besides the goods: to be kept on the bill."""
    member = bill.member
    if member is None:
        return Basis(rules.digest, quotas=dict(bill.quotas))
    return Basis(
        rules=rules.digest,
        tier=member.tier,
        tier_count=member.tier_count,
        spendable_points=member.spendable_points,
        stamps=dict(member.stamps),
        visits=member.visits,
        last_visit=member.last_visit,
        segments=member.segments,
        referred_by=member.referred_by,
        counts=dict(member.counts),
        quotas=dict(bill.quotas),
    )


def comparable(bill: Bill, rules: CompiledRules) -> bool:
    """Whether ``bill`` was made under these very rules and says what it was based on."""
    return bill.basis is not None and bill.basis.rules == rules.digest


def input_of(
    bill: Bill, rules: CompiledRules, *, brand_id: str, coupons: Mapping[str, Coupon], birthday: Birthday | None = None
) -> EvaluationInput:
    """What was evaluated for ``bill``. ``coupons``: those it used, by code; ``brand_id``: of its branch.

    Raises ``ValueError`` for a bill that is not ``comparable`` and for a coupon that is not in ``coupons``.
    """
    basis = bill.basis
    if basis is None or not comparable(bill, rules):
        raise ValueError(f"bill {bill.number} was made under other rules")
    missing = [use.code for use in bill.coupons_used if use.code not in coupons]
    if missing:
        raise ValueError(f"bill {bill.number} used a coupon that is not here")
    member = None
    if bill.member_id is not None:
        member = _member_of(basis, bill.member_id, birthday)
    return EvaluationInput(
        lines=tuple(map(as_rung, bill.lines)),
        at=bill.completed_at,
        branch_id=bill.branch_id,
        brand_id=brand_id,
        member=member,
        coupons=tuple(
            HeldCoupon(when_laid(coupons[use.code]), rules.definitions[use.definition_id])
            for use in bill.coupons_used
            if use.definition_id in rules.definitions
        ),
        rewards=tuple(_rewards(bill, rules)),
        quotas=basis.quotas,
    )


def _member_of(basis: Basis, member_id: str, birthday: Birthday | None) -> MemberState:
    return MemberState(
        member_id=member_id,
        tier=basis.tier,
        birthday=birthday,
        spendable_points=basis.spendable_points,
        visits=basis.visits,
        last_visit=basis.last_visit,
        segments=basis.segments,
        referred_by=basis.referred_by,
        tier_count=basis.tier_count,
        stamps=basis.stamps,
        counts=basis.counts,
    )


def recheck(
    bill: Bill,
    rules: CompiledRules,
    *,
    brand_id: str,
    coupons: Mapping[str, Coupon],
    birthdays: Sequence[Birthday | None] = (None,),
) -> tuple[Difference, ...]:
    """What of ``bill`` does not follow from its basis: money, points, coupons, tallies, tier. Nothing where all does.

    ``birthdays``: those the member has had here, the present one first; a bill that follows from any of them is right.
    Raises as ``input_of``.
    """
    found: list[tuple[Difference, ...]] = []
    for birthday in birthdays or (None,):
        given = input_of(bill, rules, brand_id=brand_id, coupons=coupons, birthday=birthday)
        differences = tuple(_differences(bill, evaluate(given, rules), rules))
        if not differences:
            return ()
        found.append(differences)
    return found[0]


def recheck_claim(
    bill: Bill,
    claim: BillClaimed,
    rules: CompiledRules,
    *,
    brand_id: str,
    coupons: Mapping[str, Coupon],
    birthdays: Sequence[Birthday | None] = (None,),
) -> tuple[Difference, ...]:
    """As ``recheck``, of points after the bill: what of ``claim`` does not follow from ``bill`` and the claim's basis.

    Raises ``ValueError`` for a claim of other rules or of a bill that has a member, and for a coupon that is not there.
    """
    basis = claim.basis
    if basis is None or basis.rules != rules.digest:
        raise ValueError(f"bill {bill.number} was claimed under other rules")
    if any(use.code not in coupons for use in bill.coupons_used):
        raise ValueError(f"bill {bill.number} used a coupon that is not here")
    claimed = as_claimed(bill, claim)
    found: list[tuple[Difference, ...]] = []
    for birthday in birthdays or (None,):
        member = _member_of(basis, claim.member_id, birthday)
        given = claim_input(
            bill, member, basis.quotas, brand_id=brand_id, coupons=coupons, definitions=rules.definitions
        )
        again = evaluate(given, rules)
        figures: tuple[tuple[str, object, object], ...] = (
            ("business date", claim.business_date, bill.business_date),
            ("points earned", claim.points_earned, again.points_earned),
            ("entries earned", _earned(claim.point_entries), _earns(claimed, again, rules)),
            ("counts", claim.tallies, again.tallies),
            ("tier", claim.tier_change, again.tier_change),
            ("money towards tiers", claim.qualifying_satang, again.qualifying_satang),
        )
        differences = tuple(Difference(what, stored, made) for what, stored, made in figures if stored != made)
        if not differences:
            return ()
        found.append(differences)
    return found[0]


def grants_of(issues: Iterable[CouponIssue], codes: Sequence[str]) -> tuple[CouponGrant, ...]:
    """The terms of the coupons issued, ``codes`` being given out in order."""
    grants: list[CouponGrant] = []
    start = 0
    for due in issues:
        grants.append(
            CouponGrant(
                program_id=due.program_id,
                codes=tuple(codes[start : start + due.count]),
                step_satang=due.step_satang,
                per_step=due.per_step,
                minimum_satang=due.minimum_satang,
                lines=tuple(LineWeight(line_no, due.by_line[line_no]) for line_no in sorted(due.by_line)),
                points=due.points,
            )
        )
        start += due.count
    return tuple(grants)


def _rewards(bill: Bill, rules: CompiledRules) -> Iterator[ChosenReward]:
    """The rewards on the bill, as often as they applied."""
    programs = _programs(rules)
    spent: Counter[str] = Counter()
    for discount in bill.discounts:
        if discount.kind is DiscountKind.POINTS and discount.program_id is not None:
            spent[discount.program_id] += discount.points
    for program_id, points in spent.items():
        program = programs.get(program_id)
        if program is not None and program.effect.points > 0:
            yield ChosenReward(program_id, points // program.effect.points)


def _programs(rules: CompiledRules) -> dict[str, Program]:
    groups = (group for stage in rules.stages.values() for group in stage)
    return {compiled.program.id: compiled.program for group in groups for compiled in group.programs}


def _differences(bill: Bill, again: Evaluation, rules: CompiledRules) -> Iterator[Difference]:
    for what, stored, computed in _figures(bill, again, rules):
        if stored != computed:
            yield Difference(what, stored, computed)
    for line, result in zip(bill.lines, again.lines, strict=True):
        stored_line = (line.gross_satang, line.discount_satang, line.net_satang, line.points_earned)
        computed_line = (result.gross_satang, result.discount_satang, result.net_satang, result.points_earned)
        if stored_line != computed_line or line.points_paid_satang != result.points_paid_satang:
            yield Difference(f"line {line.line_no}", stored_line, computed_line)


def _figures(bill: Bill, again: Evaluation, rules: CompiledRules) -> Iterator[tuple[str, object, object]]:
    """(what, stored, computed) of everything but the lines."""
    codes = [coupon.code for coupon in bill.coupons_issued]
    yield "gross", bill.gross_satang, again.gross_satang
    yield "discount", bill.discount_satang, again.discount_satang
    yield "total", bill.total_satang - bill.cash_rounding_satang, again.total_satang
    yield "VAT", bill.vat_satang, vat_included(bill.total_satang, rules.vat_rate_bp)
    yield "discounts", bill.discounts, again.discounts
    yield "points earned", bill.points_earned, again.points_earned
    yield "points redeemed", bill.points_redeemed, again.points_redeemed
    yield "entries earned", _earned(bill.point_entries), _earns(bill, again, rules)
    yield "entries spent", *_spent(bill, again)
    yield "coupons used", bill.coupons_used, again.coupons_used
    issued = [(coupon.program_id, coupon.definition_id) for coupon in bill.coupons_issued]
    due = [(each.program_id, each.definition_id) for each in again.coupons_to_issue for _ in range(each.count)]
    yield "coupons issued", issued, due
    yield "terms of coupons", bill.grants, grants_of(again.coupons_to_issue, codes)
    yield "counts", bill.tallies, again.tallies
    yield "tier", bill.tier_change, again.tier_change
    yield "money towards tiers", bill.qualifying_satang, again.qualifying_satang


Earned = tuple[str, str | None, int | None, str, bool, date | None, date | None]


def _earned(entries: Iterable[PointEntry]) -> Counter[Earned]:
    """Points earned by member, program, line, currency, kind and lot."""
    found: Counter[Earned] = Counter()
    for each in entries:
        if each.kind is PointKind.EARN:
            lot = (each.currency, each.qualifying, each.bucket, each.spendable_from)
            found[each.member_id, each.program_id, each.line_no, *lot] += each.points
    return found


def _earns(bill: Bill, again: Evaluation, rules: CompiledRules) -> Counter[Earned]:
    """As ``_earned``, computed. A bill without a member has no entries."""
    if bill.member_id is None:
        return Counter()
    context = EntryContext(
        bill.member_id, bill.id, bill.staff_id, bill.till_id, bill.completed_at, bill.business_date, lambda: ""
    )
    return _earned(earn_entries(again.earns, rules.settings, context))


def _spent(bill: Bill, again: Evaluation) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Points and stamps spent, by program and currency: (by the entries, computed)."""
    stored: Counter[tuple[str, str]] = Counter()
    for entry in bill.point_entries:
        if entry.kind is PointKind.REDEEM:
            stored[entry.program_id or "", entry.currency] -= entry.points
    computed: Counter[tuple[str, str]] = Counter()
    for discount in again.discounts:
        if discount.points:
            computed[discount.program_id or "", discount.currency] += discount.points
    return stored, computed
