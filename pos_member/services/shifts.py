"""Shifts: a float to begin with, a blind count to end with. Selling works without one."""

from __future__ import annotations

from dataclasses import dataclass

from pos_member.domain.bill import Bill, TenderKind
from pos_member.domain.documents import DayReportDocument, DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind, ShiftClosed, ShiftOpened
from pos_member.domain.money import AMOUNT_MAX_SATANG, format_baht
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book
from pos_member.services.durable import durably
from pos_member.services.paper import seller_of
from pos_member.services.ports import Facts, NewPrintJob, TillTransaction


@dataclass(frozen=True)
class ShiftFigures:
    """What the till says of a shift so far."""

    bills: int
    returns: int
    sales_satang: int
    cash_in_satang: int
    cash_out_satang: int
    expected_satang: int


@dataclass(frozen=True)
class ShiftDone:
    """A closed shift. ``difference_satang`` is counted less expected."""

    closed: ShiftClosed
    difference_satang: int
    print_job_ids: tuple[str, ...]


def cash_of(bill: Bill) -> int:
    """Cash that stayed in the drawer from a bill."""
    return sum(t.amount_satang for t in bill.tenders if t.kind is TenderKind.CASH) - bill.change_satang


class Shifts:
    """One shift at a time per till."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def current(self) -> ShiftOpened | None:
        """The open shift."""
        return self._shop.store.facts.open_shift()

    @one_book
    def open(self, session: Session, float_satang: int) -> ShiftOpened:
        """Open a shift with ``float_satang`` in the drawer. Raises ``Refusal(SHIFT_OPEN | AMOUNT_OUT_OF_RANGE)``."""
        self._shop.require(session, Permission.SELL)
        _check_amount(float_satang)
        shop, at = self._shop, self._shop.now()
        book = shop.book()
        shift = ShiftOpened(shop.context.new_id(), session.staff.id, book.identity.id, at, book.day(at), float_satang)

        def work(tx: TillTransaction) -> ShiftOpened:
            if tx.facts.open_shift() is not None:
                raise Refusal(Reason.SHIFT_OPEN)
            tx.add_shift_opened(shift, tx.announce(EventKind.SHIFT_OPENED, shift.id, shift))
            return shift

        return durably(shop.store, work, lambda: shift if shop.store.has_event(shift.id) else None)

    @one_book
    def figures(self) -> ShiftFigures:
        """The open shift so far. Raises ``Refusal(SHIFT_NOT_OPEN)``.

        Whoever counts the drawer is not shown the money in it before the count.
        """
        shift = self.current()
        if shift is None:
            raise Refusal(Reason.SHIFT_NOT_OPEN)
        return self._figures(self._shop.store.facts, shift)

    @one_book
    def close(self, session: Session, counted_satang: int, language: str) -> ShiftDone:
        """Close the open shift with what was counted, and print its figures.

        The count is entered before the till says what it expected. Raises ``Refusal(SHIFT_NOT_OPEN |
        AMOUNT_OUT_OF_RANGE)``.
        """
        self._shop.require(session, Permission.SELL)
        _check_amount(counted_satang)
        shop, at = self._shop, self._shop.now()
        book = shop.book()
        closing_id, job_id = shop.context.new_id(), shop.context.new_id()
        known = self.current()

        def work(tx: TillTransaction) -> ShiftClosed:
            shift = tx.facts.open_shift()
            if shift is None:
                raise Refusal(Reason.SHIFT_NOT_OPEN)
            figures = self._figures(tx.facts, shift)
            closed = ShiftClosed(
                id=closing_id,
                shift_id=shift.id,
                staff_id=session.staff.id,
                at=at,
                business_date=book.day(at),
                counted_satang=counted_satang,
                expected_satang=figures.expected_satang,
                bills=figures.bills,
                returns=figures.returns,
            )
            tx.add_shift_closed(closed, tx.announce(EventKind.SHIFT_CLOSED, closed.id, closed))
            paper = self._paper(shift, closed, figures, language)
            tx.add_print_job(NewPrintJob(job_id, DocumentKind.DAY_REPORT, paper, closed.id))
            return closed

        def find() -> ShiftClosed | None:
            return None if known is None else shop.store.facts.shift_closed(known.id)

        closed = durably(shop.store, work, find)
        return ShiftDone(closed, closed.counted_satang - closed.expected_satang, (job_id,))

    def _figures(self, facts: Facts, shift: ShiftOpened) -> ShiftFigures:
        bills, returns = facts.bills_of_shift(shift.id), facts.returns_of_shift(shift.id)
        cash_in = sum(cash_of(bill) for bill in bills)
        cash_out = sum(document.refund_satang for document in returns if document.tender is TenderKind.CASH)
        return ShiftFigures(
            bills=len(bills),
            returns=len(returns),
            sales_satang=sum(bill.total_satang for bill in bills),
            cash_in_satang=cash_in,
            cash_out_satang=cash_out,
            expected_satang=shift.float_satang + cash_in - cash_out,
        )

    def _paper(
        self, shift: ShiftOpened, closed: ShiftClosed, figures: ShiftFigures, language: str
    ) -> DayReportDocument:
        shop = self._shop

        def row(key: str, figure: str) -> tuple[str, ...]:
            return (shop.say(key, language), figure)

        difference = closed.counted_satang - closed.expected_satang
        return DayReportDocument(
            language=language,
            seller=seller_of(shop, closed.staff_id, language),
            title=shop.say("shift_title", language),
            issued_at=closed.at,
            zone=shop.book().settings.zone,
            rows=(
                row("report_bills", f"{figures.bills:,}"),
                row("report_sales", format_baht(figures.sales_satang, symbol=False)),
                row("report_returns", f"{figures.returns:,}"),
                ("",),
                row("shift_float", format_baht(shift.float_satang, symbol=False)),
                row("shift_cash_in", format_baht(figures.cash_in_satang, symbol=False)),
                row("shift_cash_out", format_baht(-figures.cash_out_satang, symbol=False)),
                row("shift_expected", format_baht(closed.expected_satang, symbol=False)),
                row("shift_counted", format_baht(closed.counted_satang, symbol=False)),
                row("shift_difference", format_baht(difference, symbol=False)),
            ),
            practice=shop.context.practice,
        )


def _check_amount(satang: int) -> None:
    if not 0 <= satang <= AMOUNT_MAX_SATANG:
        raise Refusal(Reason.AMOUNT_OUT_OF_RANGE, max_satang=AMOUNT_MAX_SATANG)
