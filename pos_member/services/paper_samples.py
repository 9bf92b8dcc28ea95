"""Papers to look at while a template is edited: the till's own shop, goods and coupons, and nobody's name.

Their codes are well formed, so that they can be tried with a reader, and belong to nothing: a till that reads one
says that it does not know it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from pos_member.domain.bill import TenderKind
from pos_member.domain.check_digits import gs1_digit
from pos_member.domain.codes import make_coupon_code, make_receipt_code
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.documents import (
    TEST_CODE,
    CouponDocument,
    DayReportDocument,
    Document,
    DocumentKind,
    MemberCardDocument,
    OrderSlipDocument,
    PaperAmount,
    PaperLine,
    PaperPoints,
    ReceiptDocument,
    Seller,
    TestPageDocument,
)
from pos_member.domain.member import mask_number
from pos_member.domain.money import format_baht, vat_included
from pos_member.services.context import Shop
from pos_member.services.lookup import value_text
from pos_member.services.paper import seller_of, tender_label, vat_rate_bp
from pos_member.services.receipts import where_text

#: Lines of goods on a sample: one plain, one in several pieces, one with a discount of its own.
GOODS = 3
_PIECES = (1, 3, 2)
_MEMBER_NUMBER_BODY = "290000000000"
_NOTE_SATANG = 100_00


def sample_of(shop: Shop, kind: DocumentKind, language: str, staff_id: str = "") -> Document:
    """A paper of ``kind`` as this till would print one now. Raises ``KeyError`` for a kind that is no paper."""
    return _MAKERS[kind](_Sampler(shop, language, staff_id))


class _Sampler:
    """The parts that samples share, in one language."""

    def __init__(self, shop: Shop, language: str, staff_id: str) -> None:
        self.shop = shop
        self.language = language
        self.seller = _seller(shop, staff_id, language)
        self.practice = shop.context.practice
        self.zone = shop.book().settings.zone
        self.at = shop.now()

    def say(self, key: str, **params: object) -> str:
        return self.shop.say(key, self.language, **params)

    @property
    def number(self) -> str:
        return f"{self.shop.book().branch.code}-{self.shop.book().identity.number:02d}-000000"

    @property
    def member_number(self) -> str:
        return _MEMBER_NUMBER_BODY + gs1_digit(_MEMBER_NUMBER_BODY)

    def lines(self) -> tuple[PaperLine, ...]:
        """The first goods of the till's own list; without any, goods that say they are a sample."""
        goods = self.shop.store.catalogue.products(limit=GOODS)
        named = [
            (self._own(each.name_th, each.name_en), each.price_satang) for each in goods if each.price_satang > 0
        ] or [(self.say("sample_goods"), _NOTE_SATANG)]
        lines = []
        for (name, price), pieces in zip(named, _PIECES, strict=False):
            off = price // 10 if pieces == _PIECES[-1] else 0
            lines.append(PaperLine(name, pieces * 1000, price, price * pieces - off, off))
        return tuple(lines)

    def points(self, *, earned: int, used: int) -> PaperPoints:
        return PaperPoints(
            member_name_masked=self.say("sample_member"),
            member_number_masked=mask_number(self.member_number),
            tier_name=self.say("tier_none"),
            before=250,
            earned=earned,
            used=used,
            after=250 + earned - used,
            as_of=self.at,
        )

    def receipt(self, original: str = "") -> ReceiptDocument:
        lines = self.lines()
        gross = sum(line.amount_satang for line in lines)
        off = gross // 10
        total, book = gross - off, self.shop.book()
        paid = total if original else -(-total // _NOTE_SATANG) * _NOTE_SATANG
        rate = vat_rate_bp(book)
        return ReceiptDocument(
            language=self.language,
            seller=self.seller,
            number=self.number,
            receipt_code=make_receipt_code(book.identity.number, 0),
            issued_at=self.at,
            zone=self.zone,
            lines=lines,
            discounts=(PaperAmount(self.say("sample_discount"), off),),
            gross_satang=gross,
            total_satang=total,
            vat_satang=vat_included(total, rate),
            vat_rate_bp=rate,
            tenders=(PaperAmount(tender_label(self.shop, TenderKind.CASH, self.language), paid),),
            change_satang=paid - total,
            points=self.points(earned=-12, used=-100) if original else self.points(earned=12, used=100),
            notes=(self.say("sample_note"),),
            original_number=original,
            practice=self.practice,
        )

    def coupon(self) -> CouponDocument:
        """The first coupon that the shop has; without any, one that says it is a sample."""
        today, own = self.shop.today(), self._definition()
        return CouponDocument(
            language=self.language,
            seller=self.seller,
            title=self._own(own.name_th, own.name_en) if own else self.say("sample_coupon"),
            value_text=value_text(self.shop, own, self.language) if own else format_baht(20_00, trim=True),
            minimum_spend_satang=own.minimum_spend_satang if own else 0,
            code=make_coupon_code(lambda below: 0),
            valid_from=today,
            valid_to=today + timedelta(days=own.valid_days if own else 30),
            where_text=where_text(self.shop, own, self.language) if own else self.say("coupon_everywhere"),
            terms=(own.terms_th if self.language == "th" else own.terms_en) if own else (),
            bill_number=self.number,
            practice=self.practice,
        )

    def member_card(self) -> MemberCardDocument:
        return MemberCardDocument(
            language=self.language,
            seller=self.seller,
            member_name_masked=self.say("sample_member"),
            member_number=self.member_number,
            enrolled_on=self.shop.today(),
            practice=self.practice,
        )

    def day_report(self) -> DayReportDocument:
        def row(key: str, satang: int) -> tuple[str, ...]:
            return (self.say(key), format_baht(satang, symbol=False))

        return DayReportDocument(
            language=self.language,
            seller=self.seller,
            title=self.say("shift_title"),
            issued_at=self.at,
            zone=self.zone,
            rows=(
                (self.say("report_bills"), "0"),
                row("report_sales", 0),
                row("report_returns", 0),
                ("",),
                row("shift_float", 1_000_00),
                row("shift_expected", 1_000_00),
                row("shift_counted", 1_000_00),
                row("shift_difference", 0),
                ("",),
                (self.say("shift_head_office"), self.say("shift_to_send", bills="0")),
            ),
            practice=self.practice,
        )

    def order_slip(self) -> OrderSlipDocument:
        return OrderSlipDocument(
            language=self.language,
            branch_name=self.seller.branch_name,
            till_label=self.seller.till_label,
            number=self.number,
            issued_at=self.at,
            zone=self.zone,
            lines=self.lines(),
            notes=(self.say("sample_note"),),
            practice=self.practice,
        )

    def _definition(self) -> CouponDefinition | None:
        return next(iter(self.shop.book().definitions.values()), None)

    def _own(self, thai: str, english: str) -> str:
        return (thai or english) if self.language == "th" else (english or thai)


def _seller(shop: Shop, staff_id: str, language: str) -> Seller:
    """The head of the paper; without a person the first of the branch's own people stands for the cashier."""
    book = shop.book()
    here = [person.id for person in book.staff.values() if person.branch_id == book.branch.id]
    return seller_of(shop, staff_id or next(iter(sorted(here)), ""), language)


_MAKERS: dict[DocumentKind, Callable[[_Sampler], Document]] = {
    DocumentKind.RECEIPT: lambda made: made.receipt(),
    DocumentKind.RETURN: lambda made: made.receipt(original=made.number),
    DocumentKind.COUPON: lambda made: made.coupon(),
    DocumentKind.MEMBER_CARD: lambda made: made.member_card(),
    DocumentKind.DAY_REPORT: lambda made: made.day_report(),
    DocumentKind.ORDER_SLIP: lambda made: made.order_slip(),
    DocumentKind.TEST_PAGE: lambda made: TestPageDocument(made.language, made.say("sample_printer"), TEST_CODE),
}
