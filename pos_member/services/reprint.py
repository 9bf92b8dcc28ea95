"""The papers again: what is printing, and copies that carry the same code and say so."""

from __future__ import annotations

from dataclasses import replace

from pos_member.domain.documents import (
    CouponDocument,
    DayReportDocument,
    Document,
    DocumentKind,
    ReceiptDocument,
)
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book
from pos_member.services.ports import BillSummary, NewPrintJob, PrintJobInfo, PrintJobState

RECENT_MAX = 500
JOBS_MAX = 200
#: A job in these states may still be printed again or given up; the others are over or in the printer's hands.
RETRIABLE = frozenset(
    {PrintJobState.BLOCKED, PrintJobState.UNCONFIRMED, PrintJobState.UNVERIFIABLE, PrintJobState.CANCELLED}
)
CANCELLABLE = frozenset({PrintJobState.QUEUED, PrintJobState.BLOCKED, PrintJobState.UNCONFIRMED})


class Reprint:
    """Print jobs are rows; whoever prints them looks for what is queued."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def recent(self, limit: int = 50) -> tuple[BillSummary, ...]:
        """The last bills and returns, newest first."""
        return self._shop.store.facts.recent(min(limit, RECENT_MAX))

    @one_book
    def reprint(self, session: Session, bill_id: str, kind: DocumentKind) -> str:
        """Queue a copy of every paper of this kind that the act printed; the id of the first job.

        ``bill_id`` may be a bill, a return or a member (for the card). The copy is what the first print said, with the
        same code and the next copy number. Raises ``Refusal(BILL_UNKNOWN)`` when there is no such paper.
        """
        self._shop.require(session, Permission.REPRINT)
        shop = self._shop
        with shop.store.transaction() as tx:
            papers = [paper for found, paper in tx.facts.documents_of(bill_id) if found is kind]
            if not papers:
                raise Refusal(Reason.BILL_UNKNOWN)
            first = ""
            copy_number = tx.facts.copies(bill_id, kind) + 1
            for paper in papers:
                job_id = shop.context.new_id()
                first = first or job_id
                tx.add_print_job(NewPrintJob(job_id, kind, _copy(paper, copy_number), bill_id, copy_number))
            shop.audit(
                tx,
                "reprint",
                staff_id=session.staff.id,
                subject_id=bill_id,
                detail=f"kind={kind} copy={copy_number} papers={len(papers)}",
            )
        return first

    def jobs(self) -> tuple[PrintJobInfo, ...]:
        """The last print jobs, newest first."""
        return self._shop.store.facts.print_jobs(JOBS_MAX)

    def retry(self, job_id: str) -> None:
        """Print a job again after a person looked at the paper; a job that waits or prints already is left alone."""
        self._move(job_id, RETRIABLE, PrintJobState.QUEUED)

    def cancel(self, job_id: str) -> None:
        """Give a job up; one that is printing or printed is left alone."""
        self._move(job_id, CANCELLABLE, PrintJobState.CANCELLED)

    def _move(self, job_id: str, states: frozenset[PrintJobState], state: PrintJobState) -> None:
        with self._shop.store.transaction() as tx:
            job = next((job for job in tx.facts.print_jobs(JOBS_MAX) if job.id == job_id), None)
            if job is not None and job.state in states:
                tx.set_print_job(job_id, state)


def _copy(paper: Document, copy_number: int) -> Document:
    if isinstance(paper, ReceiptDocument | CouponDocument | DayReportDocument):
        return replace(paper, copy_number=copy_number)
    return paper
