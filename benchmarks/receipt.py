"""A receipt and its coupon from document to bytes: time to draw and encode, and how much goes down the wire.

Run: ``python -m benchmarks.receipt [--papers N]``. The documents are those of a short bill in Thai; the floor is the
same raster sent whole, without skipping blank rows and right margins.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from datetime import UTC, date, datetime

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pos_member.domain.documents import CouponDocument, PaperAmount, PaperLine, PaperPoints, ReceiptDocument, Seller
from pos_member.domain.printers import PrinterProfile
from pos_member.hardware.printing.encoder import encode
from pos_member.hardware.printing.fonts import ensure_gui
from pos_member.hardware.printing.profile import GENERIC_58, GENERIC_80
from pos_member.hardware.printing.raster import rasterise

AT = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
SELLER = Seller(
    name="ร้านตัวอย่าง จำกัด",
    branch_name="สาขาหนึ่ง",
    address="88/12 ถนนตัวอย่าง กรุงเทพมหานคร 10600",
    tax_id="0000000000000",
    vat_registered=True,
    tax_branch="สำนักงานใหญ่",
    till_label="01",
    cashier_label="1001",
)


def documents(number: int) -> tuple[ReceiptDocument, CouponDocument]:
    """The papers of one bill; the number makes each a little different."""
    receipt = ReceiptDocument(
        language="th",
        seller=SELLER,
        number=f"KS0101-{number:06d}",
        receipt_code=f"5000010000{number:010d}",
        issued_at=AT,
        zone="Asia/Bangkok",
        lines=(
            PaperLine("เมล็ดกาแฟเชียงใหม่ คั่วเข้ม 250 กรัม", 2_000, 30_000, 60_000),
            PaperLine("น้ำตาลปี๊บ", 1_000, 4_000, 4_000),
        ),
        discounts=(),
        gross_satang=64_000,
        total_satang=64_000,
        vat_satang=4_187,
        vat_rate_bp=700,
        tenders=(PaperAmount("เงินสด", 100_000),),
        change_satang=36_000,
        points=PaperPoints("สมหญิง จ.", "29•••••••6558", "สมาชิก", 76, 35, 0, 111, AT),
    )
    coupon = CouponDocument(
        language="th",
        seller=SELLER,
        title="คูปอง 20 บาท",
        value_text="฿20",
        minimum_spend_satang=0,
        code=f"8{number:013d}17",
        valid_from=date(2026, 11, 21),
        valid_to=date(2026, 12, 20),
        where_text="ใช้ได้ทุกสาขา",
        terms=("ใช้ได้ 1 ครั้ง แสดงก่อนชำระเงิน",),
        bill_number=receipt.number,
    )
    return receipt, coupon


def measure(profile: PrinterProfile, papers: int, *, say: bool = True) -> None:
    """Print times and bytes for one width."""
    times: list[float] = []
    sent, whole = [], []
    for number in range(papers):
        total = raw = 0
        started = time.perf_counter()
        for document in documents(number):
            picture = rasterise(document, profile.dots, profile.dpi)
            total += len(encode(picture, profile))
            raw += len(picture.data)
        times.append((time.perf_counter() - started) * 1000)
        sent.append(total)
        whole.append(raw)
    if not say:
        return
    times.sort()
    size, floor = statistics.median(sent), statistics.median(whole)
    print(
        f"{profile.name:14} receipt + coupon   median {statistics.median(times):5.1f} ms   "
        f"p95 {times[int(len(times) * 0.95)]:5.1f} ms   {size / 1000:5.1f} kB   "
        f"{size / floor:.2f} of the whole raster"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=200)
    parsed = parser.parse_args()
    ensure_gui()
    for profile in (GENERIC_80, GENERIC_58):
        measure(profile, 5, say=False)  # fonts and symbols are loaded once
        measure(profile, parsed.papers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
