"""Points after the bill: a bill with the member who claimed it, and what is evaluated to know what it earns them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pos_member.domain.bill import Bill, QuotaLeft
from pos_member.domain.coupon import Coupon, CouponState
from pos_member.domain.coupon import CouponDefinition as Definition
from pos_member.domain.events import BillClaimed
from pos_member.domain.points import PointKind
from pos_member.domain.pricing import EvaluationInput, HeldCoupon, LateMember, MemberState, as_rung


def claim_input(
    bill: Bill,
    member: MemberState,
    quotas: Mapping[str, QuotaLeft],
    *,
    brand_id: str,
    coupons: Mapping[str, Coupon],
    definitions: Mapping[str, Definition],
) -> EvaluationInput:
    """What to evaluate for ``member`` to learn what ``bill`` earns them: the bill as it was paid, at its own time.

    ``coupons``: those the bill used, by code; ``brand_id``: of its branch; ``quotas``: what the till may give now.
    Raises ``ValueError`` for a bill that has a member.
    """
    if bill.member_id is not None:
        raise ValueError(f"bill {bill.number} has a member")
    return EvaluationInput(
        lines=tuple(map(as_rung, bill.lines)),
        at=bill.completed_at,
        branch_id=bill.branch_id,
        brand_id=brand_id,
        coupons=tuple(
            HeldCoupon(when_laid(coupons[use.code]), definitions[use.definition_id])
            for use in bill.coupons_used
            if use.code in coupons and use.definition_id in definitions
        ),
        quotas={} if bill.basis is None else bill.basis.quotas,
        late=LateMember(member, tuple(line.net_satang for line in bill.lines), quotas),
    )


def when_laid(coupon: Coupon) -> Coupon:
    """The coupon as it was when it was laid on the bill: what happened since must not speak against the bill."""
    return replace(coupon, state=CouponState.ISSUED, redeemed_bill_id=None, uses=0)


def as_claimed(bill: Bill, claim: BillClaimed) -> Bill:
    """``bill`` as if its member had been on it: what a return goes by. Raises ``ValueError`` for another bill's claim.

    Prices, discounts, tenders and coupons are the bill's; points, tallies and what counts towards tiers the claim's.
    """
    if claim.bill_id != bill.id:
        raise ValueError(f"a claim of another bill than {bill.number}")
    earned: dict[int | None, int] = {}
    for entry in claim.point_entries:
        if entry.kind is PointKind.EARN and not entry.currency:
            earned[entry.line_no] = earned.get(entry.line_no, 0) + entry.points
    return replace(
        bill,
        member_id=claim.member_id,
        identified=claim.identified,
        lines=tuple(replace(line, points_earned=earned.get(line.line_no, 0)) for line in bill.lines),
        points_earned=claim.points_earned,
        point_entries=claim.point_entries,
        tallies=(*bill.tallies, *claim.tallies),
        tier_change=claim.tier_change,
        basis=claim.basis,
        qualifying_satang=claim.qualifying_satang,
    )
