"""Turns an evaluation into a completed bill, and a return plan into a return, without services or storage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from pos_member.domain.bill import Bill, BillLine, BillReturn, CouponGrant, LineWeight, Tender, TenderKind
from pos_member.domain.coupons_rules import issue
from pos_member.domain.ledger import EntryContext, earn_entries, redeem_entries, return_entries
from pos_member.domain.org import Settings
from pos_member.domain.points import Account
from pos_member.domain.pricing import Evaluation, EvaluationInput, RuleBook
from pos_member.domain.returns_rules import ReturnPlan

_numbers = count(1)


def new_id() -> str:
    return f"id-{next(_numbers)}"


def context(at: datetime, today: date, bill_id: str = "bill") -> EntryContext:
    return EntryContext("m", bill_id, "staff", "till", at, today, new_id)


def account(buckets: Mapping[date | None, int], owed: int = 0, **more: Any) -> Account:
    return Account("m", dict(buckets), None, 0, 0, 0, more.pop("last_visit", None), owed, **more)


def complete(
    bill: EvaluationInput,
    result: Evaluation,
    book: RuleBook,
    holder: Account,
    *,
    rounding_satang: int = 0,
    today: date,
    settings: Settings | None = None,
) -> Bill:
    """The bill as checkout stores it, paid in cash to the satang."""
    within = context(bill.at, today)
    own = settings or book.settings
    rewards = [(one.program_id, one.points, one.currency) for one in result.discounts if one.points and one.program_id]
    entries = (
        *redeem_entries(rewards, holder, within, own),
        *earn_entries(result.earns, own, within, holder.owed, holder.owed_stamps),
    )
    coupons = tuple(
        issue(
            book.definitions[one.definition_id],
            code=new_id(),
            member_id="m",
            bill_id="bill",
            till_id="till",
            branch_id="branch",
            at=bill.at,
            today=today,
        )
        for one in result.coupons_to_issue
        for _ in range(one.count)
    )
    codes = iter(coupon.code for coupon in coupons)
    grants = tuple(
        CouponGrant(
            one.program_id,
            tuple(next(codes) for _ in range(one.count)),
            one.step_satang,
            one.per_step,
            one.minimum_satang,
            tuple(LineWeight(number, satang) for number, satang in one.by_line.items()),
            one.points,
        )
        for one in result.coupons_to_issue
    )
    lines = tuple(
        BillLine(
            line_no=priced.line_no,
            product_id=line.product_id,
            barcode="",
            name_th="",
            name_en="",
            category_id=line.category_id,
            brand_id=line.brand_id,
            tags=line.tags,
            quantity_milli=line.quantity_milli,
            unit_price_satang=line.unit_price_satang,
            gross_satang=priced.gross_satang,
            discount_satang=priced.discount_satang,
            net_satang=priced.net_satang,
            points_earned=priced.points_earned,
            points_paid_satang=priced.points_paid_satang,
        )
        for line, priced in zip(bill.lines, result.lines, strict=True)
    )
    total = result.total_satang + rounding_satang
    return Bill(
        id="bill",
        number="1",
        receipt_code="1",
        till_id="till",
        branch_id="branch",
        staff_id="staff",
        shift_id=None,
        member_id="m",
        identified=None,
        opened_at=bill.at,
        completed_at=bill.at,
        business_date=today,
        lines=lines,
        discounts=result.discounts,
        tenders=(Tender(TenderKind.CASH, total),),
        gross_satang=result.gross_satang,
        discount_satang=result.discount_satang,
        total_satang=total,
        cash_rounding_satang=rounding_satang,
        change_satang=0,
        vat_satang=0,
        points_earned=result.points_earned,
        points_redeemed=result.points_redeemed,
        point_entries=entries,
        coupons_issued=coupons,
        coupons_used=result.coupons_used,
        tallies=result.tallies,
        grants=grants,
        qualifying_satang=result.qualifying_satang,
    )


def give_back(bill: Bill, plan: ReturnPlan, at: datetime, today: date) -> BillReturn:
    """The return as it is stored."""
    return BillReturn(
        id=new_id(),
        number="R1",
        receipt_code="R1",
        bill_id=bill.id,
        bill_number=bill.number,
        till_id="till",
        branch_id="branch",
        staff_id="staff",
        approved_by="other",
        shift_id=None,
        member_id=bill.member_id,
        completed_at=at,
        business_date=today,
        lines=plan.lines,
        refund_satang=plan.refund_satang,
        withheld_satang=plan.withheld_satang,
        tender=TenderKind.CASH,
        points_taken_back=plan.points_taken_back,
        points_given_back=plan.points_given_back,
        points_owed=plan.points_owed,
        point_entries=return_entries(plan.movements, context(at, today, bill.id)),
        coupons_restored=plan.coupons_restored,
        coupons_voided=plan.coupons_voided,
        tallies=plan.tallies,
        complete=plan.complete,
        qualifying_satang=plan.qualifying_satang,
        bill_date=bill.business_date,
        stamps_owed=plan.stamps_owed,
        coupons_withheld=plan.coupons_withheld,
        qualifying_points=-plan.month.points,
    )
