"""Receipts, coupons and return slips as documents: everything decided here, drawn later by whoever prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pos_member.domain.bill import Bill, BillDiscount, BillReturn
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.documents import (
    CouponDocument,
    DocumentKind,
    OrderSlipDocument,
    PaperAmount,
    PaperLine,
    PaperPoints,
    PaperStamps,
    ReceiptDocument,
)
from pos_member.domain.member import Member, mask_name, mask_number
from pos_member.domain.money import vat_included
from pos_member.domain.points import PointEntry, PointKind
from pos_member.domain.pricing import Evaluation
from pos_member.domain.printers import PrinterRole
from pos_member.services.context import Shop
from pos_member.services.lookup import tier_name, value_text
from pos_member.services.paper import pick_name, seller_of, tender_label, vat_rate_bp
from pos_member.services.paper_notes import bill_notes
from pos_member.services.ports import Facts, NewPrintJob

#: Branches named on a coupon before it says how many more there are.
BRANCHES_NAMED_MAX = 3


@dataclass(frozen=True)
class Standing:
    """A member's points just before an act. ``as_of`` is when head office's part of them was true.

    ``stamps``: per currency; ``tier``: the one to print, after a sale the one reached with it.
    """

    member: Member
    points: int
    as_of: datetime
    stamps: Mapping[str, int] = field(default_factory=dict)
    tier: str = ""


def bill_jobs(
    shop: Shop,
    bill: Bill,
    standing: Standing | None,
    evaluation: Evaluation,
    language: str,
    job_ids: Sequence[str],
    signed_forms: Sequence[str],
) -> tuple[NewPrintJob, ...]:
    """The receipt, then one paper per coupon (``job_ids`` has one id for each of them, ``signed_forms`` what each is to
    be scanned by, or empty), then the kitchen's slip where there is a printer for it.
    """
    receipt = receipt_of(shop, bill, standing, evaluation, language)
    jobs = [NewPrintJob(job_ids[0], DocumentKind.RECEIPT, receipt, bill.id)]
    definitions = shop.book().definitions
    for coupon, job_id, signed in zip(bill.coupons_issued, job_ids[1:], signed_forms, strict=True):
        definition = definitions[coupon.definition_id]
        paper = coupon_of(shop, coupon, definition, bill.staff_id, bill.number, language, signed)
        jobs.append(NewPrintJob(job_id, DocumentKind.COUPON, paper, bill.id))
    if PrinterRole.KITCHEN in shop.context.paper_roles():
        slip = order_slip_of(shop, bill, language)
        jobs.append(NewPrintJob(shop.context.new_id(), DocumentKind.ORDER_SLIP, slip, bill.id))
    return tuple(jobs)


def order_slip_of(shop: Shop, bill: Bill, language: str) -> OrderSlipDocument:
    """What the kitchen or the packing table needs of ``bill``: names and quantities, no money, no member."""
    book = shop.book()
    return OrderSlipDocument(
        language=language,
        branch_name=pick_name(language, book.branch.name_th, book.branch.name_en),
        till_label=book.identity.label,
        number=bill.number,
        issued_at=bill.completed_at,
        zone=book.settings.zone,
        lines=tuple(
            PaperLine(pick_name(language, line.name_th, line.name_en), line.quantity_milli, 0, 0) for line in bill.lines
        ),
        practice=shop.context.practice,
    )


def receipt_of(
    shop: Shop, bill: Bill, standing: Standing | None, evaluation: Evaluation, language: str
) -> ReceiptDocument:
    """The receipt of ``bill``; its notes tell what was reached and what was just missed."""
    discounts = [PaperAmount(_discount_label(d, language), d.amount_satang) for d in bill.discounts if d.amount_satang]
    if bill.cash_rounding_satang:
        discounts.append(PaperAmount(shop.say("cash_rounding", language), -bill.cash_rounding_satang))
    return ReceiptDocument(
        language=language,
        seller=seller_of(shop, bill.staff_id, language),
        number=bill.number,
        receipt_code=bill.receipt_code,
        issued_at=bill.completed_at,
        zone=shop.book().settings.zone,
        lines=tuple(
            PaperLine(
                name=pick_name(language, line.name_th, line.name_en),
                quantity_milli=line.quantity_milli,
                unit_price_satang=line.unit_price_satang,
                amount_satang=line.gross_satang,
            )
            for line in bill.lines
        ),
        discounts=tuple(discounts),
        gross_satang=bill.gross_satang,
        total_satang=bill.total_satang,
        vat_satang=bill.vat_satang,
        vat_rate_bp=vat_rate_bp(shop.book()),
        tenders=tuple(PaperAmount(tender_label(shop, t.kind, language), t.amount_satang) for t in bill.tenders),
        change_satang=bill.change_satang,
        points=_points(shop, standing, bill.points_earned, bill.points_redeemed, bill.point_entries, language),
        notes=(*_earned_elsewhere(shop, bill, standing, language), *bill_notes(shop, bill, evaluation, language)),
        practice=shop.context.practice,
    )


def _earned_elsewhere(shop: Shop, bill: Bill, standing: Standing | None, language: str) -> tuple[str, ...]:
    """What a member whose balance is not known here is told in place of it."""
    if standing is not None or bill.member_id is None or not bill.points_earned:
        return ()
    return (shop.say("points_elsewhere", language, points=bill.points_earned),)


def _taken_elsewhere(shop: Shop, document: BillReturn, standing: Standing | None, language: str) -> tuple[str, ...]:
    """What a return took from a member whose balance is not known here."""
    if standing is not None or document.member_id is None or not document.points_taken_back:
        return ()
    return (shop.say("points_back_elsewhere", language, points=document.points_taken_back),)


def coupon_of(
    shop: Shop,
    coupon: Coupon,
    definition: CouponDefinition,
    staff_id: str,
    bill_number: str,
    language: str,
    signed: str = "",
) -> CouponDocument:
    """The paper of one coupon; ``bill_number`` of the bill that gave it, ``signed`` its signed form, each or empty."""
    return CouponDocument(
        language=language,
        seller=seller_of(shop, staff_id, language),
        title=definition.name_th if language == "th" else definition.name_en,
        value_text=value_text(shop, definition, language),
        minimum_spend_satang=definition.minimum_spend_satang,
        code=coupon.code,
        valid_from=coupon.valid_from,
        valid_to=coupon.valid_to,
        where_text=where_text(shop, definition, language),
        terms=definition.terms_th if language == "th" else definition.terms_en,
        bill_number=bill_number,
        signed_code=signed,
        practice=shop.context.practice,
    )


def where_text(shop: Shop, definition: CouponDefinition, language: str) -> str:
    """Where the coupon works: every branch, or the first few by name."""
    if not definition.branches:
        return shop.say("coupon_everywhere", language)
    book = shop.book()
    known = [book.branches[branch_id] for branch_id in definition.branches if branch_id in book.branches]
    names = [branch.name_th if language == "th" else branch.name_en for branch in known]
    more = len(definition.branches) - min(len(names), BRANCHES_NAMED_MAX)
    text = ", ".join(names[:BRANCHES_NAMED_MAX])
    return shop.say("coupon_branches_more", language, branches=text, count=more) if more else text


def return_of(
    shop: Shop, document: BillReturn, bill: Bill, standing: Standing | None, language: str
) -> ReceiptDocument:
    """The slip of a return: what came back, what was withheld, what was paid out, and the points after."""
    lines = {line.line_no: line for line in bill.lines}
    returned = tuple(
        PaperLine(
            name=lines[r.line_no].name_th if language == "th" else lines[r.line_no].name_en,
            quantity_milli=r.quantity_milli,
            unit_price_satang=lines[r.line_no].unit_price_satang,
            amount_satang=r.refund_satang,
        )
        for r in document.lines
    )
    gross = sum(line.refund_satang for line in document.lines)
    withheld = gross - document.refund_satang
    rate = vat_rate_bp(shop.book())
    return ReceiptDocument(
        language=language,
        seller=seller_of(shop, document.staff_id, language),
        number=document.number,
        receipt_code=document.receipt_code,
        issued_at=document.completed_at,
        zone=shop.book().settings.zone,
        lines=returned,
        discounts=(PaperAmount(shop.say("withheld", language), withheld),) if withheld else (),
        gross_satang=gross,
        total_satang=document.refund_satang,
        vat_satang=vat_included(document.refund_satang, rate),
        vat_rate_bp=rate,
        tenders=(PaperAmount(tender_label(shop, document.tender, language), document.refund_satang),),
        change_satang=0,
        points=_points(
            shop,
            standing,
            -document.points_taken_back,
            -document.points_given_back,
            document.point_entries,
            language,
        ),
        notes=(*_taken_elsewhere(shop, document, standing, language), *_owed_notes(shop, document, language)),
        original_number=document.bill_number,
        practice=shop.context.practice,
    )


def claim_copy(
    shop: Shop, facts: Facts, bill: Bill, standing: Standing | None, job_id: str, language: str
) -> NewPrintJob | None:
    """The receipt once more, as a copy, with the points that a claim gave (``claiming.as_claimed``).

    It stays what it was when it was first printed but for the member's block: no second tax invoice, no other price.
    ``None`` where the receipt is no longer kept.
    """
    paper = facts.document(bill.id, DocumentKind.RECEIPT)
    if not isinstance(paper, ReceiptDocument):
        return None
    number = facts.copies(bill.id, DocumentKind.RECEIPT) + 1
    notes = [shop.say("claimed", language), *_earned_elsewhere(shop, bill, standing, language)]
    if bill.tier_change is not None:
        notes.append(shop.say("tier_reached", language, tier=tier_name(shop, bill.tier_change.after, language)))
    points = _points(shop, standing, bill.points_earned, 0, bill.point_entries, language)
    copy = replace(paper, points=points, notes=tuple(notes), copy_number=number)
    return NewPrintJob(job_id, DocumentKind.RECEIPT, copy, bill.id, number)


def _owed_notes(shop: Shop, document: BillReturn, language: str) -> tuple[str, ...]:
    """What the member still owes after a return."""
    notes: list[str] = []
    if document.points_owed:
        notes.append(shop.say("points_owed", language, points=document.points_owed))
    for code, count in sorted(document.stamps_owed.items()):
        notes.append(shop.say("stamps_owed", language, name=_currency_name(shop, code, language), count=count))
    return tuple(notes)


def _points(
    shop: Shop, standing: Standing | None, earned: int, used: int, entries: Sequence[PointEntry], language: str
) -> PaperPoints | None:
    """``entries`` are those of the act: the member's sum differs from earned − used where owed points were repaid."""
    if standing is None:
        return None
    member = standing.member
    # What ended before the bill was not among the points before it.
    own = [entry for entry in entries if entry.member_id == member.id and entry.kind is not PointKind.EXPIRE]
    return PaperPoints(
        member_name_masked=mask_name(member.first_name, member.last_name),
        member_number_masked=mask_number(member.number),
        tier_name=tier_name(shop, standing.tier or member.tier, language),
        before=standing.points,
        earned=earned,
        used=used,
        after=standing.points + sum(entry.points for entry in own if not entry.currency),
        as_of=standing.as_of,
        stamps=tuple(_stamps(shop, standing, own, language)),
    )


def _stamps(shop: Shop, standing: Standing, entries: Sequence[PointEntry], language: str) -> Iterator[PaperStamps]:
    """The stamp cards that this paper moved, or that there is something on."""
    moved = {entry.currency for entry in entries if entry.currency}
    for code in sorted({*moved, *standing.stamps}):
        points = [entry.points for entry in entries if entry.currency == code]
        earned, used = sum(n for n in points if n > 0), -sum(n for n in points if n < 0)
        name = _currency_name(shop, code, language)
        yield PaperStamps(name, earned, used, standing.stamps.get(code, 0) + earned - used)


def _currency_name(shop: Shop, code: str, language: str) -> str:
    for currency in shop.book().settings.currencies:
        if currency.code == code:
            return currency.name_th if language == "th" else currency.name_en
    return code


def _discount_label(discount: BillDiscount, language: str) -> str:
    return discount.label_th if language == "th" else discount.label_en
