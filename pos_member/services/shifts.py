"""Shifts: a float to begin with, a blind count to end with. Selling works without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind, ShiftClosed, ShiftOpened
from pos_member.domain.money import AMOUNT_MAX_SATANG
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book
from pos_member.services.day_close import close_days
from pos_member.services.drawer import SHIFT, pulse
from pos_member.services.durable import durably
from pos_member.services.ports import NewPrintJob, TillTransaction
from pos_member.services.reprint import Reprint
from pos_member.services.shift_papers import ShiftFigures, figures_of, x_paper, z_paper


@dataclass(frozen=True)
class ShiftDone:
    """A closed shift. ``difference_satang`` is counted less expected."""

    closed: ShiftClosed
    difference_satang: int
    print_job_ids: tuple[str, ...]


class Shifts:
    """One shift at a time per till."""

    def __init__(self, shop: Shop, reprint: Reprint) -> None:
        self._shop = shop
        self._reprint = reprint

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
            # Of days nobody closed: head office learns what they came to before a new one begins.
            close_days(shop, tx, shift.business_date - timedelta(days=1), session.staff.id, at)
            tx.add_shift_opened(shift, tx.announce(EventKind.SHIFT_OPENED, shift.id, shift))
            pulse(shop, tx, SHIFT, shift.id, at)
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
        return figures_of(self._shop.store.facts, shift)

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
            figures = figures_of(tx.facts, shift)
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
            pulse(shop, tx, SHIFT, closed.id, at)
            close_days(shop, tx, closed.business_date, session.staff.id, at, also=closed.business_date)
            to_send = tx.facts.queue_status().bills_waiting
            paper = z_paper(shop, shift, closed, figures, language, to_send)
            tx.add_print_job(NewPrintJob(job_id, DocumentKind.DAY_REPORT, paper, closed.id))
            return closed

        def find() -> ShiftClosed | None:
            return None if known is None else shop.store.facts.shift_closed(known.id)

        closed = durably(shop.store, work, find)
        return ShiftDone(closed, closed.counted_satang - closed.expected_satang, (job_id,))

    @one_book
    def print_x(self, session: Session, language: str, approver: Session | None = None) -> str:
        """Print the open shift so far, without closing it; the id of the job.

        Raises ``Refusal(NOT_PERMITTED | OVERRIDE_SELF | SHIFT_NOT_OPEN)``.
        """
        responsible = self._shop.require(session, Permission.VIEW_REPORT, approver)
        shop, at = self._shop, self._shop.now()
        job_id, report_id = shop.context.new_id(), shop.context.new_id()
        with shop.store.transaction() as tx:
            shift = tx.facts.open_shift()
            if shift is None:
                raise Refusal(Reason.SHIFT_NOT_OPEN)
            paper = x_paper(shop, figures_of(tx.facts, shift), session.staff.id, at, language)
            tx.add_print_job(NewPrintJob(job_id, DocumentKind.DAY_REPORT, paper, report_id))
            shop.audit(
                tx,
                "x_report",
                staff_id=session.staff.id,
                approved_by=responsible.id,
                subject_id=shift.id,
                detail=f"report={report_id}",
                at=at,
            )
        return job_id

    @one_book
    def print_last_z(self, session: Session) -> str:
        """Print the report of the last closed shift again, marked as a copy; the id of the job.

        Raises ``Refusal(NOT_PERMITTED | SHIFT_NONE_CLOSED)``.
        """
        self._shop.require(session, Permission.REPRINT)
        closed = self._shop.store.facts.last_shift_closed()
        if closed is None:
            raise Refusal(Reason.SHIFT_NONE_CLOSED)
        return self._reprint.reprint(session, closed.id, DocumentKind.DAY_REPORT)


def _check_amount(satang: int) -> None:
    if not 0 <= satang <= AMOUNT_MAX_SATANG:
        raise Refusal(Reason.AMOUNT_OUT_OF_RANGE, max_satang=AMOUNT_MAX_SATANG)
