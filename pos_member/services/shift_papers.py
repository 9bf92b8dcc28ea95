"""The figures of a shift on paper: X while it goes on, Z when it is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pos_member.domain.bill import Bill, TenderKind
from pos_member.domain.clock import format_time
from pos_member.domain.documents import DayReportDocument
from pos_member.domain.events import ShiftClosed, ShiftOpened
from pos_member.domain.money import format_baht
from pos_member.services.context import Shop
from pos_member.services.paper import seller_of, tender_label
from pos_member.services.ports import Facts


@dataclass(frozen=True)
class ShiftFigures:
    """What the till says of a shift so far. ``tenders``: what was taken by each way of paying, change given out."""

    bills: int
    returns: int
    sales_satang: int
    cash_in_satang: int
    cash_out_satang: int
    expected_satang: int
    refunds_satang: int = 0
    tenders: dict[TenderKind, int] = field(default_factory=dict)


def cash_of(bill: Bill) -> int:
    """Cash that stayed in the drawer from a bill."""
    return sum(t.amount_satang for t in bill.tenders if t.kind is TenderKind.CASH) - bill.change_satang


def figures_of(facts: Facts, shift: ShiftOpened) -> ShiftFigures:
    """The shift from its bills and returns."""
    bills, returns = facts.bills_of_shift(shift.id), facts.returns_of_shift(shift.id)
    cash_in = sum(cash_of(bill) for bill in bills)
    cash_out = sum(document.refund_satang for document in returns if document.tender is TenderKind.CASH)
    tenders = {TenderKind.CASH: cash_in} if cash_in else {}
    for bill in bills:
        for tender in bill.tenders:
            if tender.kind is not TenderKind.CASH:
                tenders[tender.kind] = tenders.get(tender.kind, 0) + tender.amount_satang
    return ShiftFigures(
        bills=len(bills),
        returns=len(returns),
        sales_satang=sum(bill.total_satang for bill in bills),
        cash_in_satang=cash_in,
        cash_out_satang=cash_out,
        expected_satang=shift.float_satang + cash_in - cash_out,
        refunds_satang=sum(document.refund_satang for document in returns),
        tenders=tenders,
    )


def x_paper(shop: Shop, figures: ShiftFigures, staff_id: str, at: datetime, language: str) -> DayReportDocument:
    """The shift so far. What should lie in the drawer is not on it: whoever counts it later has not been told."""
    return _paper(shop, "shift_x_title", _sales(shop, figures, language), staff_id, at, language)


def z_paper(
    shop: Shop, shift: ShiftOpened, closed: ShiftClosed, figures: ShiftFigures, language: str, bills_to_send: int
) -> DayReportDocument:
    """The shift that is over, with what was counted against what was expected, and how much of it head office held."""
    money = (
        ("shift_float", shift.float_satang),
        ("shift_cash_in", figures.cash_in_satang),
        ("shift_cash_out", -figures.cash_out_satang),
        ("shift_expected", closed.expected_satang),
        ("shift_counted", closed.counted_satang),
        ("shift_difference", closed.counted_satang - closed.expected_satang),
    )
    drawer = tuple((shop.say(key, language), _baht(satang)) for key, satang in money)
    rows = (*_sales(shop, figures, language), ("",), *drawer, *_sent(shop, closed.at, language, bills_to_send))
    return _paper(shop, "shift_title", rows, closed.staff_id, closed.at, language)


def _sales(shop: Shop, figures: ShiftFigures, language: str) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = [
        (shop.say("report_bills", language), f"{figures.bills:,}"),
        (shop.say("report_sales", language), _baht(figures.sales_satang)),
        (shop.say("report_returns", language), f"{figures.returns:,}"),
        (shop.say("report_refund", language), _baht(-figures.refunds_satang)),
    ]
    if figures.tenders:
        rows.append(("",))
        rows += [
            (tender_label(shop, kind, language), _baht(figures.tenders[kind]))
            for kind in TenderKind
            if kind in figures.tenders
        ]
    return tuple(rows)


def _sent(shop: Shop, at: datetime, language: str, bills_to_send: int) -> tuple[tuple[str, ...], ...]:
    """What head office holds as the shift is closed; nothing where there is none, or nothing is real."""
    if shop.context.practice or not shop.context.joined():
        return ()
    if bills_to_send:
        said = shop.say("shift_to_send", language, bills=f"{bills_to_send:,}")
    else:
        said = shop.say("shift_all_sent", language, time=format_time(at, shop.book().settings.zone))
    return (("",), (shop.say("shift_head_office", language), said))


def _paper(
    shop: Shop, title: str, rows: tuple[tuple[str, ...], ...], staff_id: str, at: datetime, language: str
) -> DayReportDocument:
    return DayReportDocument(
        language=language,
        seller=seller_of(shop, staff_id, language),
        title=shop.say(title, language),
        issued_at=at,
        zone=shop.book().settings.zone,
        rows=rows,
        practice=shop.context.practice,
    )


def _baht(satang: int) -> str:
    return format_baht(satang, symbol=False)
