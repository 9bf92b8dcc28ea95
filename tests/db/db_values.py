"""Values for the tests of storage: one of everything, all fields filled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pos_member.domain.bill import (
    Bill,
    BillDiscount,
    BillLine,
    BillReturn,
    CouponUse,
    DiscountKind,
    ReturnLine,
    Tender,
    TenderKind,
)
from pos_member.domain.coupon import Coupon, CouponState
from pos_member.domain.member import Birthday, Identified, Member, MemberStatus
from pos_member.domain.points import PointEntry, PointKind
from tests.db_support import NOW

DAY = date(2026, 11, 21)
LOT = date(2027, 12, 31)


def member(n: int = 1, **changes: object) -> Member:
    made = Member(
        id=f"member-{n:06d}",
        number=f"29{n:011d}",
        phone=f"+6681{n:07d}",
        first_name="สมหญิง",
        last_name="ใจดี",
        birthday=Birthday(29, 2, 2000),
        status=MemberStatus.ACTIVE,
        tier="gold",
        home_branch_id="branch-1",
        enrolled_till_id="till-1",
        enrolled_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def entry(n: int, points: int, member_id: str = "member-000001", **changes: object) -> PointEntry:
    made = PointEntry(
        id=f"entry-{n}",
        member_id=member_id,
        kind=PointKind.EARN,
        points=points,
        bucket=LOT,
        bill_id=None,
        line_no=None,
        program_id="program-1",
        reason="",
        staff_id="staff-1",
        till_id="till-1",
        at=NOW,
        business_date=DAY,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def coupon(n: int = 1, **changes: object) -> Coupon:
    made = Coupon(
        code=f"8{n:015d}",
        definition_id="definition-1",
        state=CouponState.ISSUED,
        member_id="member-000001",
        issued_bill_id=None,
        issued_till_id="till-1",
        issued_branch_id="branch-1",
        issued_at=NOW + timedelta(microseconds=7),
        valid_from=DAY,
        valid_to=DAY + timedelta(days=30),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def line(line_no: int, gross: int = 10_000, discount: int = 0) -> BillLine:
    return BillLine(
        line_no=line_no,
        product_id=None if line_no == 3 else f"product-{line_no}",
        barcode=f"885000000000{line_no}",
        name_th="กาแฟ",
        name_en="Coffee",
        category_id="category-1",
        brand_id="brand-1",
        tags=("ร้อน", "hot") if line_no == 1 else (),
        quantity_milli=1_500,
        unit_price_satang=6_667,
        gross_satang=gross,
        discount_satang=discount,
        net_satang=gross - discount,
        points_earned=2,
    )


def bill(n: int = 1, **changes: object) -> Bill:
    bill_id = f"bill-{n:06d}"
    made = Bill(
        id=bill_id,
        number=f"B001-{n:06d}",
        receipt_code=f"5{n:019d}",
        till_id="till-1",
        branch_id="branch-1",
        staff_id="staff-1",
        shift_id=None,
        member_id="member-000001",
        identified=Identified.CARD,
        opened_at=NOW - timedelta(minutes=2),
        completed_at=NOW + timedelta(seconds=n, microseconds=n),
        business_date=DAY,
        lines=(line(1), line(2, discount=500), line(3)),
        discounts=(
            BillDiscount(DiscountKind.PROGRAM, "program-2", None, "ลด", "Off", 300),
            BillDiscount(DiscountKind.POINTS, "program-3", None, "แต้ม", "Points", 200, 100),
        ),
        tenders=(Tender(TenderKind.CASH, 20_000), Tender(TenderKind.CARD, 10_000, "ref")),
        gross_satang=30_000,
        discount_satang=500,
        total_satang=29_500,
        cash_rounding_satang=0,
        change_satang=500,
        vat_satang=1_930,
        points_earned=6,
        points_redeemed=100,
        point_entries=(
            entry(n * 100, 6, bill_id=bill_id, line_no=1),
            entry(n * 100 + 1, -100, kind=PointKind.REDEEM, bucket=None, bill_id=bill_id, reason="reward"),
        ),
        coupons_issued=(coupon(n, issued_bill_id=bill_id),),
        coupons_used=(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def use(code: str) -> CouponUse:
    return CouponUse(code, "definition-1", 2_000)


def bill_return(n: int = 1, of: int = 1, **changes: object) -> BillReturn:
    made = BillReturn(
        id=f"return-{n:06d}",
        number=f"R001-{n:06d}",
        receipt_code=f"6{n:019d}",
        bill_id=f"bill-{of:06d}",
        bill_number=f"B001-{of:06d}",
        till_id="till-1",
        branch_id="branch-1",
        staff_id="staff-1",
        approved_by="staff-2",
        shift_id=None,
        member_id="member-000001",
        completed_at=NOW + timedelta(hours=1),
        business_date=DAY,
        lines=(ReturnLine(2, 1_500, 9_500, 2), ReturnLine(1, 500, 3_333, 0)),
        refund_satang=12_833,
        withheld_satang=0,
        tender=TenderKind.CASH,
        points_taken_back=2,
        points_given_back=33,
        points_owed=0,
        point_entries=(
            entry(n * 100_000, -2, kind=PointKind.REVERSE, reverses_id="entry-100"),
            entry(n * 100_000 + 1, 33, kind=PointKind.REVERSE, bucket=None, reverses_id="entry-101"),
        ),
        coupons_restored=(),
        coupons_voided=(),
        reason="ชำรุด",
    )
    return replace(made, **changes)  # type: ignore[arg-type]
