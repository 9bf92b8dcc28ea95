"""A bill and a return with everything that programs leave on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pos_member.domain.bill import (
    Basis,
    Bill,
    BillDiscount,
    BillReturn,
    CouponGrant,
    DiscountKind,
    LineWeight,
    QuotaLeft,
)
from pos_member.domain.points import PointKind
from pos_member.domain.tally import Tally, TallyKind
from pos_member.domain.tiers import TierChange
from tests.db.db_values import DAY, LOT, bill, bill_return, coupon, entry

WHO = "member-000001"
REFERRER = "member-000002"
PENDING = DAY + timedelta(days=7)
STAMP_LOT = date(2027, 6, 30)


def full_bill(n: int = 1, **changes: object) -> Bill:
    """Every field that a program of the second format can fill, filled."""
    plain = bill(n)
    made = replace(
        plain,
        discounts=(
            *plain.discounts,
            BillDiscount(
                DiscountKind.POINTS,
                "program-4",
                None,
                "แสตมป์",
                "Stamps",
                0,
                10,
                "coffee",
                (LineWeight(1, 0), LineWeight(2, 7)),
            ),
        ),
        point_entries=(
            *plain.point_entries,
            entry(n * 100 + 2, 40, bill_id=plain.id, line_no=2, spendable_from=PENDING),
            entry(n * 100 + 3, 12, bill_id=plain.id, qualifying=False, program_id="double"),
            entry(n * 100 + 4, 3, bill_id=plain.id, currency="coffee", bucket=STAMP_LOT, qualifying=False),
            entry(n * 100 + 5, 50, REFERRER, bill_id=plain.id, qualifying=False, program_id="friends"),
            entry(n * 100 + 6, -10, bill_id=plain.id, currency="coffee", bucket=STAMP_LOT, kind=PointKind.REDEEM),
        ),
        coupons_issued=(coupon(n, issued_bill_id=plain.id, program_id="program-6"),),
        tallies=(
            Tally(TallyKind.TIMES, "program-2", DAY.isoformat(), 2, WHO),
            Tally(TallyKind.TIMES, "program-2", "", 2, WHO),
            Tally(TallyKind.PROGRESS, "mission", "2026-11", 9_500, WHO, 2),
            Tally(TallyKind.REMAINDER, "program-1", "", -300, WHO),
            Tally(TallyKind.TOTAL, "program-2", "", 2),
            Tally(TallyKind.BUDGET, "program-2", "", 200, None, 1),
            Tally(TallyKind.BUDGET, "program-2", "", 300, None, 2),
        ),
        grants=(
            CouponGrant("program-6", (coupon(n).code,), 30_000, 1, 0, (LineWeight(1, 10_000), LineWeight(2, 9_500))),
            CouponGrant("program-7", (), 0, 0, 5_000, (), points=100),
        ),
        tier_change=TierChange("", "silver"),
        basis=Basis(
            rules="digest-1",
            tier="silver",
            tier_count=700,
            spendable_points=90,
            stamps={"coffee": 7},
            visits=3,
            last_visit=DAY - timedelta(days=3),
            segments=("vip",),
            referred_by=REFERRER,
            counts={"times|program-2|": 1},
            quotas={"program-2": QuotaLeft(5, 1_000), "program-9": QuotaLeft(None, 0)},
        ),
        qualifying_satang=29_000,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def full_return(n: int = 1, of: int = 1, **changes: object) -> BillReturn:
    """All of ``full_bill(of)`` but what was spent: the tallies, the pending points, the stamps earned, the friend's."""
    plain = bill_return(n, of)
    made = replace(
        plain,
        point_entries=(
            *plain.point_entries,
            entry(n * 100_000 + 2, -40, kind=PointKind.REVERSE, reverses_id=f"entry-{of}02", spendable_from=PENDING),
            entry(n * 100_000 + 3, -12, kind=PointKind.REVERSE, qualifying=False),
            entry(n * 100_000 + 4, -3, kind=PointKind.REVERSE, currency="coffee", bucket=STAMP_LOT, qualifying=False),
            entry(n * 100_000 + 5, -50, REFERRER, kind=PointKind.REVERSE, qualifying=False),
        ),
        tallies=tuple(replace(tally, amount=-tally.amount) for tally in full_bill(of).tallies),
        complete=True,
        qualifying_satang=29_000,
        bill_date=DAY,
        stamps_owed={"coffee": 2},
        business_date=DAY + timedelta(days=20),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


__all__ = ["DAY", "LOT", "PENDING", "REFERRER", "STAMP_LOT", "WHO", "full_bill", "full_return"]
