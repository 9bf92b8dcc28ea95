"""What a person decides about a print job: once more, at another printer, it is all there, no more of it.

Of a job that is queued, blocked or was given up before its first byte nothing stands on paper: it goes on as it is.
Of any other something may: whoever prints it anew gets a copy that says so. A job that is being sent is the printer's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from pos_member.domain.documents import (
    CouponDocument,
    DayReportDocument,
    DocumentKind,
    DrawerDocument,
    OrderSlipDocument,
    ReceiptDocument,
    Spooled,
)
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.permission import Permission, Session
from pos_member.services.context import Shop, one_book
from pos_member.services.ports import Facts, NewPrintJob, PrintJobInfo, PrintJobState, TillTransaction
from pos_member.services.print_ports import UNTOUCHED

JOBS_MAX = 200
OLD_MAX = 100_000
#: A customer may wait so long for a paper while the printer is being set up.
STILL_WANTED = timedelta(minutes=15)
_SENDING = frozenset({PrintJobState.SENDING, PrintJobState.SENT})
_CANCELLABLE = UNTOUCHED | {PrintJobState.UNCONFIRMED, PrintJobState.WAITING_PRINTER}


class JobAct(StrEnum):
    """What may be done with a job."""

    PRINT = "print"
    OTHER = "other"
    SEEN = "seen"
    CANCEL = "cancel"


@dataclass(frozen=True)
class ListedJob:
    """A job as the window lists it. ``number`` is that of its bill or return, or empty; ``acts`` what may be done."""

    info: PrintJobInfo
    number: str
    acts: frozenset[JobAct]


def acts_of(job: PrintJobInfo) -> frozenset[JobAct]:
    """What a person may do with a job as it stands."""
    if job.kind is DocumentKind.DRAWER:
        return frozenset({JobAct.CANCEL} if job.state in _CANCELLABLE else ())
    if job.state in _SENDING or job.state is PrintJobState.SUPERSEDED:
        return frozenset()
    acts = {JobAct.PRINT, JobAct.OTHER}
    if job.state is PrintJobState.UNCONFIRMED:
        acts.add(JobAct.SEEN)
    if job.state in _CANCELLABLE:
        acts.add(JobAct.CANCEL)
    return frozenset(acts)


def in_doubt(job: PrintJobInfo) -> bool:
    """Whether a person must look at the paper. Whether the drawer opened everybody at the till has seen."""
    return job.state is PrintJobState.UNCONFIRMED and job.kind is not DocumentKind.DRAWER


def untouched(job: PrintJobInfo) -> bool:
    """Whether nothing of it can stand on paper."""
    return job.state in UNTOUCHED or (job.state is PrintJobState.CANCELLED and not job.begun)


def as_copy(paper: Spooled, copy_number: int) -> Spooled:
    """The paper with its copy number; cards and test pages carry none."""
    if isinstance(paper, ReceiptDocument | CouponDocument | DayReportDocument | OrderSlipDocument):
        return replace(paper, copy_number=copy_number)
    return paper


class PrintJobs:
    """Every act takes what the person saw (``expected``): a job that has moved on since is left alone.

    All raise ``Refusal``: NOT_PERMITTED, PRINT_JOB_UNDER_WAY for a job that is being sent, PRINT_JOB_MOVED_ON for one
    that stands otherwise than it was seen or than the act needs.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def listed(self) -> tuple[ListedJob, ...]:
        """Those a person must look at, however old, then the last ones and what still waits, newest first."""
        facts = self._shop.store.facts
        latest = facts.print_jobs(JOBS_MAX)
        known = {job.id for job in latest}
        older = tuple(job for job in facts.open_print_jobs(JOBS_MAX) if job.id not in known)
        numbers = {bill.id: bill.number for bill in facts.recent(JOBS_MAX)}
        for job in older:
            numbers.setdefault(job.subject_id, _number_of(facts, job))
        first = sorted((*latest, *older), key=lambda job: not in_doubt(job))
        return tuple(ListedJob(job, numbers.get(job.subject_id, ""), acts_of(job)) for job in first)

    @one_book
    def print_again(
        self,
        session: Session,
        job_id: str,
        printer: str = "",
        *,
        expected: PrintJobState | None = None,
        approver: Session | None = None,
    ) -> str:
        """Have the paper printed, by ``printer`` or by whoever has the role. The id of the job that prints it.

        Of an untouched job that is the job itself; else a new one with the next copy number, which replaces the old
        one unless that is known to be on paper. Raises also ``Refusal(PRINTER_UNKNOWN)``.
        """
        responsible = self._shop.require(session, Permission.REPRINT, approver)
        if printer:
            self._known(printer)
        with self._shop.store.transaction() as tx:
            job = _job(tx, job_id, JobAct.PRINT, expected)
            if untouched(job):
                self._requeue(tx, job, printer)
                new_id, copy_number = job.id, job.copy_number
            else:
                new_id, copy_number = self._anew(tx, job, printer)
            detail = f"job={new_id} of={job.id} copy={copy_number} printer={printer or '-'}"
            self._audit(tx, "print_again", job, session, responsible.id, detail)
        return new_id

    def other_printer(
        self,
        session: Session,
        job_id: str,
        key: str,
        *,
        expected: PrintJobState | None = None,
        approver: Session | None = None,
    ) -> str:
        """As ``print_again`` at the printer of this key. Raises also ``Refusal(PRINTER_UNKNOWN)``."""
        self._known(key)
        return self.print_again(session, job_id, key, expected=expected, approver=approver)

    @one_book
    def seen(
        self,
        session: Session,
        job_id: str,
        *,
        expected: PrintJobState | None = None,
        approver: Session | None = None,
    ) -> None:
        """A person has the whole paper in hand: confirmed, by their word."""
        responsible = self._shop.require(session, Permission.REPRINT, approver)
        with self._shop.store.transaction() as tx:
            job = _job(tx, job_id, JobAct.SEEN, expected)
            _settle(tx, job, PrintJobState.CONFIRMED)
            self._audit(tx, "print_seen", job, session, responsible.id, f"job={job.id}")

    @one_book
    def cancel(
        self,
        session: Session,
        job_id: str,
        *,
        expected: PrintJobState | None = None,
        approver: Session | None = None,
    ) -> None:
        """Do not print it any more. What already stands on paper stays; one that waits for paper is let go of."""
        responsible = self._shop.require(session, Permission.REPRINT, approver)
        with self._shop.store.transaction() as tx:
            job = _job(tx, job_id, JobAct.CANCEL, expected)
            _settle(tx, job, PrintJobState.CANCELLED)
            self._audit(tx, "print_cancelled", job, session, responsible.id, f"job={job.id} state={job.state.value}")

    def let_go_of_old(self) -> int:
        """Where the till had no printer until now: papers that nobody waits for at the counter any more are given up,
        so that a new printer does not begin with those of weeks. How many; they can still be printed one by one.
        """
        store, before = self._shop.store, self._shop.now() - STILL_WANTED
        if any(job.printer or job.attempts for job in store.facts.print_jobs(JOBS_MAX)):
            return 0  # there was a printer: what it could not print is still owed
        reason = Reason.PRINT_JOB_STALE.value
        with store.transaction() as tx:
            waiting = tx.facts.open_print_jobs(OLD_MAX)
            old = [job for job in waiting if job.state in UNTOUCHED and job.created_at < before]
            return sum(tx.settle_print_job(job.id, job.state, PrintJobState.CANCELLED, reason) for job in old)

    def _known(self, key: str) -> None:
        if key not in {setup.key for setup in self._shop.context.printers()}:
            raise Refusal(Reason.PRINTER_UNKNOWN)

    def _requeue(self, tx: TillTransaction, job: PrintJobInfo, printer: str) -> None:
        if printer:
            if not tx.give_print_job(job.id, printer):
                raise Refusal(Reason.PRINT_JOB_MOVED_ON)
            return
        _settle(tx, job, PrintJobState.QUEUED)

    def _anew(self, tx: TillTransaction, job: PrintJobInfo, printer: str) -> tuple[str, int]:
        """A new job for the paper of ``job``: its id and copy number."""
        paper = tx.facts.print_job_document(job.id)
        if paper is None or isinstance(paper, DrawerDocument):
            raise Refusal(Reason.PRINT_JOB_MOVED_ON)
        new_id = self._shop.context.new_id()
        copy_number = max(job.copy_number, tx.facts.copies(job.subject_id, job.kind)) + 1
        replaces = "" if job.state is PrintJobState.CONFIRMED else job.id
        paper = as_copy(paper, copy_number)
        tx.add_print_job(NewPrintJob(new_id, job.kind, paper, job.subject_id, copy_number, printer, replaces))
        return new_id, copy_number

    def _audit(
        self, tx: TillTransaction, act: str, job: PrintJobInfo, session: Session, responsible: str, detail: str
    ) -> None:
        self._shop.audit(
            tx,
            act,
            staff_id=session.staff.id,
            approved_by=responsible,
            subject_id=job.subject_id or job.id,
            detail=f"kind={job.kind.value} {detail}",
        )


def _job(tx: TillTransaction, job_id: str, act: JobAct, expected: PrintJobState | None) -> PrintJobInfo:
    """The job as it stands under the lock, if ``act`` may be done with it."""
    job = tx.facts.print_job(job_id)
    if job is None:
        raise Refusal(Reason.PRINT_JOB_MOVED_ON)
    if job.state in _SENDING:
        raise Refusal(Reason.PRINT_JOB_UNDER_WAY)
    if (expected is not None and job.state is not expected) or act not in acts_of(job):
        raise Refusal(Reason.PRINT_JOB_MOVED_ON)
    return job


def _number_of(facts: Facts, job: PrintJobInfo) -> str:
    """The number of the bill or return that an older paper belongs to, or empty."""
    act = facts.return_by_id(job.subject_id) if job.kind is DocumentKind.RETURN else facts.bill(job.subject_id)
    return act.number if act is not None else ""


def _settle(tx: TillTransaction, job: PrintJobInfo, state: PrintJobState) -> None:
    if not tx.settle_print_job(job.id, job.state, state):
        raise Refusal(Reason.PRINT_JOB_MOVED_ON)
