"""What a template may say about a document: named texts, flags and rows, already worded and formatted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_member.domain.clock import business_date, format_date, format_moment, format_time
from pos_member.domain.documents import (
    CouponDocument,
    DayReportDocument,
    Document,
    DocumentKind,
    MemberCardDocument,
    OrderSlipDocument,
    PaperAmount,
    PaperLine,
    PaperPoints,
    PaperStamps,
    ReceiptDocument,
    Seller,
    TestPageDocument,
)
from pos_member.domain.money import format_baht
from pos_member.hardware.printing.paper_text import clean, grouped, printable, quantity

#: Coupon codes of this length are printed in figures, 4-4-4-4.
TYPED_CODE_DIGITS = 16


@dataclass(frozen=True)
class Fields:
    """``values`` fill placeholders, ``flags`` answer ``when`` and ``unless``, ``rows`` feed ``each``.

    ``scanned``: what a QR code holds where it is made of one placeholder, in place of its value, which is for the eye.
    """

    values: Mapping[str, str]
    flags: frozenset[str] = frozenset()
    rows: Mapping[str, tuple[Fields, ...]] = field(default_factory=dict)
    scanned: Mapping[str, str] = field(default_factory=dict)


def kind_of(document: Document) -> DocumentKind:
    """Which template draws ``document``."""
    match document:
        case ReceiptDocument():
            return DocumentKind.RETURN if document.original_number else DocumentKind.RECEIPT
        case CouponDocument():
            return DocumentKind.COUPON
        case MemberCardDocument():
            return DocumentKind.MEMBER_CARD
        case DayReportDocument():
            return DocumentKind.DAY_REPORT
        case TestPageDocument():
            return DocumentKind.TEST_PAGE
        case OrderSlipDocument():
            return DocumentKind.ORDER_SLIP


def language_of(document: Document) -> str:
    """The language of the printed labels; anything unknown is Thai."""
    return "en" if document.language == "en" else "th"


def fields_of(document: Document) -> Fields:
    """Everything a template of this kind of document may use."""
    match document:
        case ReceiptDocument():
            return _receipt(document)
        case CouponDocument():
            return _coupon(document)
        case MemberCardDocument():
            return _member_card(document)
        case DayReportDocument():
            return _day_report(document)
        case TestPageDocument():
            values = {"printer_name": clean(document.printer_name), "qr_text": printable(document.qr_text)}
            return Fields(values)
        case OrderSlipDocument():
            return _order_slip(document)


def _flags(**flags: bool) -> frozenset[str]:
    return frozenset(name for name, holds in flags.items() if holds)


def _seller(seller: Seller) -> dict[str, str]:
    return {
        "seller_name": clean(seller.name),
        "seller_branch": clean(seller.branch_name),
        "seller_address": clean(seller.address),
        "seller_tax_id": clean(seller.tax_id),
        "seller_tax_branch": clean(seller.tax_branch),
        "till": clean(seller.till_label),
        "cashier": clean(seller.cashier_label),
    }


def _amount(satang: int) -> str:
    return format_baht(satang, symbol=False)


def _line(line: PaperLine) -> Fields:
    values = {
        "name": clean(line.name) or "–",
        "quantity": quantity(line.quantity_milli),
        "unit_price": _amount(line.unit_price_satang),
        "amount": _amount(line.amount_satang),
        "discount": _amount(-abs(line.discount_satang)),
    }
    return Fields(values, _flags(several=line.quantity_milli != 1000, discounted=line.discount_satang != 0))


def _amounts(amounts: tuple[PaperAmount, ...], *, off: bool = False) -> tuple[Fields, ...]:
    """Labelled amounts; those taken ``off`` the bill carry a minus (a rounding up of cash is a negative one)."""
    sign = -1 if off else 1
    return tuple(Fields({"label": clean(a.label), "amount": _amount(sign * a.amount_satang)}) for a in amounts)


def _points(points: PaperPoints | None, document: ReceiptDocument) -> dict[str, str]:
    if points is None:
        names = ("name", "number", "tier", "before", "earned", "used", "after", "as_of")
        return {f"points_{name}": "" for name in names}
    return {
        "points_name": clean(points.member_name_masked),
        "points_number": clean(points.member_number_masked),
        "points_tier": clean(points.tier_name),
        "points_before": _count(points.before),
        "points_earned": _count(points.earned, "+"),
        # A return gives used points back: a negative use.
        "points_used": _count(-points.used, "+"),
        "points_after": _count(points.after),
        "points_as_of": format_moment(points.as_of, document.issued_at, document.zone, language_of(document)),
    }


def _stamps(card: PaperStamps) -> Fields:
    """``+2`` earned, ``−10`` used; both where both happened."""
    moved = [_count(count, "+") for count in (card.earned, -card.used) if count]
    return Fields({"name": clean(card.name), "moved": " ".join(moved), "after": _count(card.after)})


def _count(points: int, plus: str = "") -> str:
    return f"{'−' if points < 0 else plus}{abs(points):,}"


def _rate(basis_points: int) -> str:
    return f"{basis_points / 100:g}"


def _receipt(document: ReceiptDocument) -> Fields:
    points = document.points
    values = _seller(document.seller) | _points(points, document)
    values |= {
        "number": clean(document.number),
        "original_number": clean(document.original_number),
        "receipt_code": clean(document.receipt_code),
        "receipt_code_grouped": grouped(clean(document.receipt_code)),
        "issued_on": format_date(business_date(document.issued_at, document.zone), language_of(document)),
        "issued_time": format_time(document.issued_at, document.zone),
        "gross": _amount(document.gross_satang),
        "total": format_baht(document.total_satang),
        "vat": _amount(document.vat_satang),
        "vat_rate": _rate(document.vat_rate_bp),
        "change": _amount(document.change_satang),
        "line_count": f"{len(document.lines):,}",
        "copy_number": str(document.copy_number),
    }
    flags = _flags(
        vat_registered=document.seller.vat_registered,
        points=points is not None,
        points_used=points is not None and points.used != 0,
        change=document.change_satang != 0,
        discounts=bool(document.discounts),
        code=bool(document.receipt_code),
        notes=bool(document.notes),
        copy=document.copy_number > 0,
        practice=document.practice,
    )
    rows = {
        "lines": tuple(_line(line) for line in document.lines),
        "discounts": _amounts(document.discounts, off=True),
        "tenders": _amounts(document.tenders),
        "stamps": tuple(_stamps(card) for card in points.stamps) if points is not None else (),
        "notes": tuple(Fields({"text": clean(note)}) for note in document.notes),
    }
    return Fields(values, flags, rows)


def _coupon(document: CouponDocument) -> Fields:
    language = language_of(document)
    code = printable(document.code)
    typed = len(code) == TYPED_CODE_DIGITS and code.isdigit()
    values = _seller(document.seller) | {
        "title": clean(document.title),
        "value": clean(document.value_text),
        "minimum_spend": format_baht(document.minimum_spend_satang, trim=True),
        "code": code,
        "code_grouped": grouped(code) if typed else "",
        "valid_from": format_date(document.valid_from, language),
        "valid_to": format_date(document.valid_to, language),
        "where": clean(document.where_text),
        "bill_number": clean(document.bill_number),
        "copy_number": str(document.copy_number),
    }
    flags = _flags(
        minimum=document.minimum_spend_satang > 0,
        one_day=document.valid_from == document.valid_to,
        copy=document.copy_number > 0,
        bill=bool(document.bill_number),
        practice=document.practice,
    )
    rows = {"terms": tuple(Fields({"text": clean(term)}) for term in document.terms)}
    signed = printable(document.signed_code)
    return Fields(values, flags, rows, {"code": signed} if signed else {})


def _member_card(document: MemberCardDocument) -> Fields:
    number = printable(document.member_number)
    values = _seller(document.seller) | {
        "member_name": clean(document.member_name_masked),
        "member_number": number,
        "member_number_grouped": f"{number[:1]} {number[1:7]} {number[7:]}" if len(number) == 13 else number,
        "enrolled_on": format_date(document.enrolled_on, language_of(document)),
    }
    return Fields(values, _flags(practice=document.practice))


def _day_report(document: DayReportDocument) -> Fields:
    rows: list[Fields] = []
    for row in document.rows:
        cells = [clean(cell) for cell in row]
        blank = not cells or not cells[0]
        values = {"label": cells[0] if cells else "", "figures": "\t".join(cells[1:])}
        rows.append(Fields(values, _flags(rule=blank, heading=len(cells) == 1, figures=len(cells) > 1 and not blank)))
    values = _seller(document.seller) | {
        "title": clean(document.title),
        "issued_on": format_date(business_date(document.issued_at, document.zone), language_of(document)),
        "issued_time": format_time(document.issued_at, document.zone),
        "copy_number": str(document.copy_number),
    }
    return Fields(values, _flags(copy=document.copy_number > 0, practice=document.practice), {"rows": tuple(rows)})


def _order_slip(document: OrderSlipDocument) -> Fields:
    values = {
        "branch": clean(document.branch_name),
        "till": clean(document.till_label),
        "number": clean(document.number),
        "issued_on": format_date(business_date(document.issued_at, document.zone), language_of(document)),
        "issued_time": format_time(document.issued_at, document.zone),
        "copy_number": str(document.copy_number),
    }
    # Names and counts alone: what things cost is nothing for the kitchen.
    goods = ({"name": clean(line.name) or "–", "quantity": quantity(line.quantity_milli)} for line in document.lines)
    rows = {
        "lines": tuple(Fields(words) for words in goods),
        "notes": tuple(Fields({"text": clean(note)}) for note in document.notes),
    }
    flags = _flags(notes=bool(document.notes), copy=document.copy_number > 0, practice=document.practice)
    return Fields(values, flags, rows)
