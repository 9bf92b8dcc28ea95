"""Bills for the benchmarks: four lines and two point entries each, as a till completes them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pos_member.domain.bill import Bill, BillDiscount, BillLine, DiscountKind, Tender, TenderKind
from pos_member.domain.clock import SystemClock
from pos_member.domain.codes import make_receipt_code
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Identified
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointEntry, PointKind

LOT = date(2028, 12, 31)


@dataclass(frozen=True)
class Goods:
    """What bills are made of."""

    products: list[tuple[str, str, str, str, str, str, int]]
    members: list[str]


class BillMaker:
    """Bills as a till completes them, with fresh ids and varied goods."""

    def __init__(self, till: TillIdentity, goods: Goods, seed: int) -> None:
        self._till = till
        self._goods = goods
        self._rng = random.Random(seed)
        self._new_id = IdMaker(SystemClock())
        self._count = 0

    def make(self) -> Bill:
        self._count += 1
        bill_id, at = self._new_id(), datetime.now(UTC)
        member_id = self._rng.choice(self._goods.members)
        lines = tuple(self._line(number) for number in range(1, 5))
        gross = sum(line.gross_satang for line in lines)
        off = 1_000
        points = (gross - off) // 2_500
        entries = (
            self._entry(PointKind.EARN, points, bill_id, member_id, at),
            self._entry(PointKind.REDEEM, -100, bill_id, member_id, at),
        )
        return Bill(
            id=bill_id,
            number=f"{self._till.number:02d}-{self._count:06d}",
            receipt_code=make_receipt_code(self._till.number, self._count),
            till_id=self._till.id,
            branch_id=self._till.branch_id,
            staff_id="018cc251-f401-7975-9201-d21eba28e47b",
            shift_id=None,
            member_id=member_id,
            identified=Identified.CARD,
            opened_at=at,
            completed_at=at,
            business_date=at.date(),
            lines=lines,
            discounts=(BillDiscount(DiscountKind.POINTS, "reward", None, "แลกแต้ม", "Points", off, 100),),
            tenders=(Tender(TenderKind.CASH, gross - off),),
            gross_satang=gross,
            discount_satang=off,
            total_satang=gross - off,
            cash_rounding_satang=0,
            change_satang=0,
            vat_satang=(gross - off) * 7 // 107,
            points_earned=points,
            points_redeemed=100,
            point_entries=entries,
            coupons_issued=(),
            coupons_used=(),
        )

    def _line(self, number: int) -> BillLine:
        product_id, barcode, name_th, name_en, category_id, brand_id, price = self._rng.choice(self._goods.products)
        return BillLine(
            line_no=number,
            product_id=product_id,
            barcode=barcode,
            name_th=name_th,
            name_en=name_en,
            category_id=category_id,
            brand_id=brand_id,
            tags=(),
            quantity_milli=1_000,
            unit_price_satang=price,
            gross_satang=price,
            discount_satang=0,
            net_satang=price,
            points_earned=price // 2_500,
        )

    def _entry(self, kind: PointKind, points: int, bill_id: str, member_id: str, at: datetime) -> PointEntry:
        return PointEntry(
            id=self._new_id(),
            member_id=member_id,
            kind=kind,
            points=points,
            bucket=LOT,
            bill_id=bill_id,
            line_no=None,
            program_id="018cc251-f401-7975-9201-d21eba28e47c",
            reason="",
            staff_id="018cc251-f401-7975-9201-d21eba28e47b",
            till_id=self._till.id,
            at=at,
            business_date=at.date(),
        )
