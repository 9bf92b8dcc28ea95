"""The papers of an act again: copies that carry the same code and say so."""

from __future__ import annotations

from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book
from pos_member.services.ports import BillSummary, NewPrintJob, PrintJobInfo
from pos_member.services.print_jobs import JOBS_MAX, as_copy

RECENT_MAX = 500


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
                tx.add_print_job(NewPrintJob(job_id, kind, as_copy(paper, copy_number), bill_id, copy_number))
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
