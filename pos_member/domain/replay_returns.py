"""Returns in a replay: of what the draft gave with a bill they take back their share, by the rules of any return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count

from pos_member.domain.bill import Bill, BillDiscount, BillReturn, CouponGrant, DiscountKind, LineWeight
from pos_member.domain.coupon import CouponState
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import PointEntry, PointKind
from pos_member.domain.pricing import Evaluation
from pos_member.domain.replay_figures import Figures
from pos_member.domain.return_shares import share
from pos_member.domain.returns_rules import IssuedCoupon, ReturnPlan, plan_return


@dataclass
class SimulatedBill:
    """A bill as the draft would have made it, as it ran, and what came back of both so far."""

    bill: Bill
    ran: Bill
    definitions: Mapping[str, str]
    voided: set[str]
    returns: list[BillReturn]
    ran_returns: list[BillReturn]

    @classmethod
    def of(cls, ran: Bill, result: Evaluation) -> SimulatedBill:
        """From the bill that ran and its evaluation under the draft."""
        definitions: dict[str, str] = {}
        grants: list[CouponGrant] = []
        for due in result.coupons_to_issue:
            codes = tuple(f"{ran.id}:{len(definitions) + i}" for i in range(due.count))
            definitions |= dict.fromkeys(codes, due.definition_id)
            weights = tuple(LineWeight(line_no, weight) for line_no, weight in due.by_line.items())
            per_step = (due.step_satang, due.per_step, due.minimum_satang)
            grants.append(CouponGrant(due.program_id, codes, *per_step, weights, due.points))
        lines = tuple(
            replace(
                line,
                gross_satang=found.gross_satang,
                discount_satang=found.discount_satang,
                net_satang=found.net_satang,
                points_earned=found.points_earned,
                points_paid_satang=found.points_paid_satang,
            )
            for line, found in zip(ran.lines, result.lines, strict=True)
        )
        made = replace(
            ran,
            lines=lines,
            discounts=result.discounts,
            gross_satang=result.gross_satang,
            discount_satang=result.discount_satang,
            total_satang=result.total_satang,
            cash_rounding_satang=0,
            points_earned=result.points_earned,
            points_redeemed=result.points_redeemed,
            point_entries=_entries(ran, result),
            coupons_issued=(),
            coupons_used=result.coupons_used,
            tallies=result.tallies,
            grants=tuple(grants),
            qualifying_satang=result.qualifying_satang,
        )
        return cls(made, ran, definitions, set(), [], [])

    def take_back(self, document: BillReturn) -> ReturnPlan:
        """Plan the same return of the simulated bill, and note it."""
        states = [
            IssuedCoupon(code, CouponState.VOIDED_BY_RETURN if code in self.voided else CouponState.ISSUED)
            for code in self.definitions
        ]
        plan = plan_return(
            self.bill,
            self.returns,
            {line.line_no: line.quantity_milli for line in document.lines},
            account=None,
            today=document.business_date,
            # What was earned is taken back in full: a replay has no debts.
            owed_policy=OwedPolicy.UNLIMITED,
            issued=states,
        )
        self.voided.update(plan.coupons_voided)
        made = replace(
            document,
            lines=plan.lines,
            refund_satang=plan.refund_satang,
            withheld_satang=plan.withheld_satang,
            points_taken_back=plan.points_taken_back,
            points_given_back=plan.points_given_back,
            points_owed=0,
            point_entries=(),
            coupons_restored=plan.coupons_restored,
            coupons_voided=plan.coupons_voided,
            tallies=plan.tallies,
            complete=plan.complete,
            qualifying_satang=plan.qualifying_satang,
        )
        self.returns.append(made)
        self.ran_returns.append(document)
        return plan

    def so_far(self) -> tuple[SoFar, SoFar]:
        """What came back up to now: of the draft's bill, and of the one that ran."""
        return SoFar.of(self.bill, self.returns), SoFar.of(self.ran, self.ran_returns)


def _entries(ran: Bill, result: Evaluation) -> tuple[PointEntry, ...]:
    """Earned and redeemed points of the simulated bill, enough for a return to work on."""
    numbers = count()

    def entry(kind: PointKind, points: int, program_id: str | None, currency: str, **more: object) -> PointEntry:
        made = PointEntry(
            id=f"{ran.id}:{next(numbers)}",
            member_id=ran.member_id or "",
            kind=kind,
            points=points,
            bucket=None,
            bill_id=ran.id,
            line_no=None,
            program_id=program_id,
            reason="",
            staff_id=ran.staff_id,
            till_id=ran.till_id,
            at=ran.completed_at,
            business_date=ran.business_date,
            currency=currency,
        )
        return replace(made, **more)  # type: ignore[arg-type]

    entries = [
        entry(PointKind.REDEEM, -discount.points, discount.program_id, discount.currency)
        for discount in result.discounts
        if discount.points
    ]
    for earn in result.earns:
        more = {"qualifying": earn.qualifying, "member_id": earn.member_id or ran.member_id or ""}
        parts = earn.by_line.items() if earn.by_line else [(None, earn.points)]
        entries += [
            entry(PointKind.EARN, points, earn.program_id, earn.currency, line_no=line_no, **more)
            for line_no, points in parts
            if points
        ]
    return tuple(entries)


def given(discount: BillDiscount) -> int:
    """The satang a program gave; coupons and points were given before."""
    return discount.amount_satang if discount.kind is DiscountKind.PROGRAM else 0


@dataclass(frozen=True)
class SoFar:
    """What came back of a bill: goods at their price before discounts, what was refunded for them, and of the
    difference the part that programs had given."""

    gross_satang: int
    refund_satang: int
    given_satang: int

    @classmethod
    def of(cls, bill: Bill, returns: Iterable[BillReturn]) -> SoFar:
        """Cumulative, so that all returns of a bill come to exactly its sums."""
        quantities: dict[int, int] = {}
        refund = 0
        for back in (line for document in returns for line in document.lines):
            quantities[back.line_no] = quantities.get(back.line_no, 0) + back.quantity_milli
            refund += back.refund_satang
        gross = sum(
            share(line.gross_satang, quantities.get(line.line_no, 0), line.quantity_milli) for line in bill.lines
        )
        whole = bill.discount_satang
        part = sum(map(given, bill.discounts)) * max(0, gross - refund) // whole if whole else 0
        return cls(gross, refund, part)

    def figures(self, before: SoFar) -> Figures:
        """What this return takes off the sums, in money."""
        gross, refund = self.gross_satang - before.gross_satang, self.refund_satang - before.refund_satang
        return Figures(
            returns=1,
            gross_satang=-gross,
            discount_satang=refund - gross,
            sales_satang=-refund,
            given_satang=before.given_satang - self.given_satang,
        )


def returned_figures(
    held: SimulatedBill,
    before: tuple[SoFar, SoFar],
    plan: ReturnPlan,
    document: BillReturn,
    faces: Mapping[str, int],
    ran_faces: Mapping[str, int],
    point_satang: int,
) -> tuple[Figures, Figures]:
    """(draft, ran): what the return takes off the sums. ``before``: ``so_far`` without it."""
    now = held.so_far()
    draft, ran = now[0].figures(before[0]), now[1].figures(before[1])
    referrers = -sum(move.points for move in plan.movements if move.member_id is not None)
    draft.points = -(plan.points_taken_back + referrers)
    draft.points_satang = draft.points * point_satang
    draft.points_redeemed = -plan.points_given_back
    draft.stamps = -sum(plan.stamps_taken_back.values())
    draft.coupons = -len(plan.coupons_voided)
    draft.coupons_satang = -sum(faces.get(held.definitions[code], 0) for code in plan.coupons_voided)
    issued = {coupon.code: coupon.definition_id for coupon in held.ran.coupons_issued}
    ran.points = -(document.points_taken_back + document.points_owed)
    ran.points_satang = ran.points * point_satang
    ran.points_redeemed = -document.points_given_back
    ran.stamps = sum(entry.points for entry in document.point_entries if entry.currency and entry.points < 0)
    # A coupon that was used already is taken back by its value off the refund.
    voided = sum(ran_faces.get(issued.get(code, ""), 0) for code in document.coupons_voided)
    ran.coupons = -len({*document.coupons_voided, *document.coupons_withheld})
    ran.coupons_satang = -(voided + document.withheld_satang)
    return draft, ran
