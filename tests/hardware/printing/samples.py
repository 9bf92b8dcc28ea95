"""Documents as a coffee shop would print them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from pos_member.domain.documents import (
    TEST_CODE,
    CouponDocument,
    DayReportDocument,
    MemberCardDocument,
    OrderSlipDocument,
    PaperAmount,
    PaperLine,
    PaperPoints,
    ReceiptDocument,
    Seller,
    TestPageDocument,
)

AT = datetime(2026, 11, 21, 11, 42, tzinfo=UTC)

SELLER_TH = Seller(
    name="กาแฟดอยหมอก",
    branch_name="สาขาถนนนิมมานเหมินท์",
    address="88/12 ถ.นิมมานเหมินท์ ต.สุเทพ อ.เมืองเชียงใหม่ จ.เชียงใหม่ 50200",
    tax_id="0505556012347",
    vat_registered=True,
    tax_branch="สำนักงานใหญ่",
    till_label="02",
    cashier_label="สุดารัตน์",
)
SELLER_EN = replace(
    SELLER_TH,
    name="Doi Mok Coffee",
    branch_name="Nimmanhaemin branch",
    address="88/12 Nimmanhaemin Rd., Suthep, Mueang Chiang Mai 50200",
    tax_branch="Head office",
    cashier_label="Sudarat",
)

LINES_TH = (
    PaperLine("ลาเต้เย็น แก้วใหญ่", 2000, 75_00, 150_00),
    PaperLine("เมล็ดกาแฟคั่วกลางดอยช้าง คัดพิเศษ บดสำหรับเครื่องชงแบบหยด 250 กรัม", 1000, 320_00, 320_00, 20_00),
    PaperLine("ครัวซองต์เนยสด", 1000, 65_00, 65_00),
    PaperLine("ส้มสายน้ำผึ้ง (ชั่งน้ำหนัก)", 1250, 48_00, 60_00),
)
LINES_EN = (
    PaperLine("Iced latte, large", 2000, 75_00, 150_00),
    PaperLine("Doi Chang medium roast beans, ground for drip machines, 250 g", 1000, 320_00, 320_00, 20_00),
    PaperLine("Butter croissant", 1000, 65_00, 65_00),
    PaperLine("Honey oranges (by weight)", 1250, 48_00, 60_00),
)
POINTS = PaperPoints("คุณสมหญิง จ.", "29xxxxxxx4821", "โกลด์", 1_208, 24, 100, 1_132, AT)

RECEIPT_TH = ReceiptDocument(
    language="th",
    seller=SELLER_TH,
    number="CNX1-02-000481",
    receipt_code="50000200000000048173",
    issued_at=AT,
    zone="Asia/Bangkok",
    lines=LINES_TH,
    discounts=(PaperAmount("คูปองส่วนลด 20 บาท", 20_00), PaperAmount("ใช้ 100 แต้ม", 10_00)),
    gross_satang=575_00,
    total_satang=545_00,
    vat_satang=35_65,
    vat_rate_bp=700,
    tenders=(PaperAmount("เงินสด", 1_000_00),),
    change_satang=455_00,
    points=POINTS,
    notes=("ซื้ออีก 55 บาท รับคูปอง 20 บาท",),
)
RECEIPT_EN = replace(
    RECEIPT_TH,
    language="en",
    seller=SELLER_EN,
    lines=LINES_EN,
    discounts=(PaperAmount("Coupon ฿20 off", 20_00), PaperAmount("100 points used", 10_00)),
    tenders=(PaperAmount("Cash", 1_000_00),),
    points=replace(POINTS, member_name_masked="Somying J.", tier_name="Gold"),
    notes=("Spend ฿55 more for a ฿20 coupon",),
)
RECEIPT_PLAIN = replace(
    RECEIPT_TH, seller=replace(SELLER_TH, vat_registered=False), points=None, notes=(), discounts=(), copy_number=2
)
RETURN_TH = replace(
    RECEIPT_TH,
    number="CNX1-02-R00012",
    original_number="CNX1-02-000481",
    lines=LINES_TH[:1],
    discounts=(),
    gross_satang=150_00,
    total_satang=150_00,
    vat_satang=9_81,
    tenders=(PaperAmount("เงินสด", 150_00),),
    change_satang=0,
    points=replace(POINTS, before=1_132, earned=-6, used=-5, after=1_131),
    notes=(),
)
COUPON_TH = CouponDocument(
    language="th",
    seller=SELLER_TH,
    title="คูปองส่วนลดบิลถัดไป",
    value_text="฿20",
    minimum_spend_satang=150_00,
    code="8123456789012382",
    valid_from=date(2026, 11, 22),
    valid_to=date(2026, 12, 21),
    where_text="กาแฟดอยหมอก ทุกสาขา",
    terms=("ใช้ร่วมกับส่วนลดอื่นไม่ได้", "แลกเป็นเงินสดไม่ได้"),
    bill_number="CNX1-02-000481",
)
#: The longest code there is on a paper: 202 digits.
COUPON_SIGNED = replace(COUPON_TH, signed_code="9" + "".join(f"{n * n % 97:02d}" for n in range(1, 101)) + "7")
COUPON_EN = replace(
    COUPON_TH,
    language="en",
    seller=SELLER_EN,
    title="Next-bill coupon",
    where_text="every Doi Mok Coffee branch",
    terms=("Not with other discounts", "Not exchangeable for cash"),
)
MEMBER_CARD_TH = MemberCardDocument("th", SELLER_TH, "คุณสมหญิง จ.", "2912345678906", date(2026, 11, 21))
MEMBER_CARD_EN = replace(MEMBER_CARD_TH, language="en", seller=SELLER_EN, member_name_masked="Somying J.")
DAY_REPORT_TH = DayReportDocument(
    "th",
    SELLER_TH,
    "สรุปยอดประจำวัน",
    AT,
    "Asia/Bangkok",
    (
        ("ยอดขาย",),
        ("จำนวนบิล", "128"),
        ("ยอดขายสุทธิ", "48,215.00"),
        ("คืนสินค้า", "−350.00"),
        ("",),
        ("แต้ม", "บิล", "แต้ม"),
        ("ให้แต้ม", "96", "1,928"),
        ("ใช้แต้ม", "14", "−1,400"),
        ("",),
        ("เงินสดในลิ้นชัก", "฿12,480.00"),
    ),
)
TEST_PAGE = TestPageDocument("th", "POS-80 192.168.1.87", TEST_CODE)
TEST_PAGE_EN = replace(TEST_PAGE, language="en")
DAY_REPORT_EN = DayReportDocument(
    "en",
    SELLER_EN,
    "Day summary",
    AT,
    "Asia/Bangkok",
    (
        ("Sales",),
        ("Bills", "128"),
        ("Net sales", "48,215.00"),
        ("Returns", "−350.00"),
        ("",),
        ("Points", "Bills", "Points"),
        ("Given", "96", "1,928"),
        ("Used", "14", "−1,400"),
        ("",),
        ("Cash in drawer", "฿12,480.00"),
    ),
)
RETURN_EN = replace(
    RETURN_TH,
    language="en",
    seller=SELLER_EN,
    lines=LINES_EN[:1],
    tenders=(PaperAmount("Cash", 150_00),),
    points=replace(RECEIPT_EN.points or POINTS, before=1_132, earned=-6, used=-5, after=1_131),
)
ORDER_SLIP_TH = OrderSlipDocument(
    language="th",
    branch_name="สาขาถนนนิมมานเหมินท์",
    till_label="02",
    number="CNX1-02-000481",
    issued_at=AT,
    zone="Asia/Bangkok",
    lines=LINES_TH,
    notes=("โต๊ะ 7 · หวานน้อย",),
)
ORDER_SLIP_EN = replace(
    ORDER_SLIP_TH, language="en", branch_name="Nimmanhaemin branch", lines=LINES_EN, notes=("Table 7 · less sweet",)
)

EVERY = {
    "receipt-th": RECEIPT_TH,
    "receipt-en": RECEIPT_EN,
    "receipt-plain-copy": RECEIPT_PLAIN,
    "return-th": RETURN_TH,
    "coupon-th": COUPON_TH,
    "coupon-en": COUPON_EN,
    "coupon-signed": COUPON_SIGNED,
    "coupon-practice-copy": replace(COUPON_TH, practice=True, copy_number=1),
    "member-card-th": MEMBER_CARD_TH,
    "member-card-en": MEMBER_CARD_EN,
    "day-report": DAY_REPORT_TH,
    "day-report-en": DAY_REPORT_EN,
    "return-en": RETURN_EN,
    "order-slip-th": ORDER_SLIP_TH,
    "order-slip-en": ORDER_SLIP_EN,
    "test-page": TEST_PAGE,
    "test-page-en": TEST_PAGE_EN,
}
