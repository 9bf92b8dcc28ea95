"""What goes on paper, as data: frozen with the sale, drawn later by ``hardware.printing``.

A document holds everything its paper says, already decided (names, figures, dates, masked member), so that
the same document gives the same bytes whenever and wherever it is drawn, and a reprint says what the first
print said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pos_member.domain.codec import optional_field


class DocumentKind(StrEnum):
    """Which template draws the document."""

    RECEIPT = "receipt"
    COUPON = "coupon"
    MEMBER_CARD = "member_card"
    RETURN = "return"
    DAY_REPORT = "day_report"
    TEST_PAGE = "test_page"
    #: The goods of a bill without prices, for the kitchen or as a label.
    ORDER_SLIP = "order_slip"
    #: No paper: one pulse to the cash drawer, journaled like a paper and never repeated.
    DRAWER = "drawer"


@dataclass(frozen=True)
class Seller:
    """The head of a paper."""

    name: str
    branch_name: str
    address: str
    tax_id: str
    #: VAT-registered sellers print an abbreviated tax invoice, others a plain receipt.
    vat_registered: bool
    #: "สำนักงานใหญ่" or the five-digit branch number of the revenue department.
    tax_branch: str
    till_label: str
    cashier_label: str


@dataclass(frozen=True)
class PaperLine:
    """One line of goods; ``amount_satang`` is before bill discounts, after its own ``discount_satang``."""

    name: str
    quantity_milli: int
    unit_price_satang: int
    amount_satang: int
    discount_satang: int = 0


@dataclass(frozen=True)
class PaperAmount:
    """A labelled amount: a discount, a tender."""

    label: str
    amount_satang: int


@dataclass(frozen=True)
class PaperStamps:
    """One stamp card: what this paper moved, and what there is after it."""

    name: str
    earned: int
    used: int
    after: int


@dataclass(frozen=True)
class PaperPoints:
    """The points block; ``as_of`` is when head office's part of the balance was true."""

    member_name_masked: str
    member_number_masked: str
    tier_name: str
    before: int
    earned: int
    used: int
    after: int
    as_of: datetime
    stamps: tuple[PaperStamps, ...] = optional_field(default=())


@dataclass(frozen=True)
class ReceiptDocument:
    """A receipt, an abbreviated tax invoice, or (with ``original_number``) a return slip."""

    language: str
    seller: Seller
    number: str
    receipt_code: str
    issued_at: datetime
    zone: str
    lines: tuple[PaperLine, ...]
    discounts: tuple[PaperAmount, ...]
    gross_satang: int
    total_satang: int
    vat_satang: int
    vat_rate_bp: int
    tenders: tuple[PaperAmount, ...]
    change_satang: int
    points: PaperPoints | None = None
    #: Sentences for the foot: nearest reward missed, thanks.
    notes: tuple[str, ...] = ()
    original_number: str = ""
    copy_number: int = 0
    practice: bool = False


@dataclass(frozen=True)
class CouponDocument:
    """A next-bill coupon."""

    language: str
    seller: Seller
    title: str
    #: The big figure, ready to print: "฿20" or "10%".
    value_text: str
    minimum_spend_satang: int
    #: 16 digits, printed 4-4-4-4; what the QR holds unless there is a signed form.
    code: str
    valid_from: date
    valid_to: date
    where_text: str
    terms: tuple[str, ...] = ()
    bill_number: str = ""
    copy_number: int = 0
    practice: bool = False
    #: The signed form: what the QR holds in place of ``code``.
    signed_code: str = optional_field(default="")


@dataclass(frozen=True)
class MemberCardDocument:
    """The slip a new member takes along: number as QR, as EAN-13 bars and in figures."""

    language: str
    seller: Seller
    member_name_masked: str
    member_number: str
    enrolled_on: date
    practice: bool = False


@dataclass(frozen=True)
class DayReportDocument:
    """The day's figures on paper: labelled texts in order, a blank label draws a rule."""

    language: str
    seller: Seller
    title: str
    issued_at: datetime
    zone: str
    rows: tuple[tuple[str, ...], ...]
    copy_number: int = 0
    practice: bool = False


#: What the codes of a test page begin with; the width of their modules in dots follows, so that each is told apart.
TEST_CODE = "POSM-TEST-"
TEST_CODE_DOTS = (4, 5, 6)


@dataclass(frozen=True)
class TestPageDocument:
    """Ruler, density, Thai pangram with stacked marks, QR at several sizes. ``qr_text``: see ``TEST_CODE``."""

    __test__ = False

    language: str
    printer_name: str
    qr_text: str


@dataclass(frozen=True)
class OrderSlipDocument:
    """What was ordered, for those who make it or pack it: names and quantities, no prices, no member."""

    language: str
    branch_name: str
    till_label: str
    number: str
    issued_at: datetime
    zone: str
    lines: tuple[PaperLine, ...]
    notes: tuple[str, ...] = ()
    copy_number: int = 0
    practice: bool = False


@dataclass(frozen=True)
class DrawerDocument:
    """One pulse. ``opened_for``: ``sale``, ``return``, ``shift`` or ``person`` (who has it opened without a sale)."""

    opened_for: str
    requested_at: datetime


Document = (
    ReceiptDocument | CouponDocument | MemberCardDocument | DayReportDocument | TestPageDocument | OrderSlipDocument
)
#: What a print job holds.
Spooled = Document | DrawerDocument

DOCUMENT_TYPES: dict[DocumentKind, type[Spooled]] = {
    DocumentKind.RECEIPT: ReceiptDocument,
    DocumentKind.RETURN: ReceiptDocument,
    DocumentKind.COUPON: CouponDocument,
    DocumentKind.MEMBER_CARD: MemberCardDocument,
    DocumentKind.DAY_REPORT: DayReportDocument,
    DocumentKind.TEST_PAGE: TestPageDocument,
    DocumentKind.ORDER_SLIP: OrderSlipDocument,
    DocumentKind.DRAWER: DrawerDocument,
}
