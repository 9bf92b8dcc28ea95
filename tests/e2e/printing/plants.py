"""Faults planted into the till's printing, each of which rows of the matrix must find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from pos_member.db.print_store import SqlPrintStore
from pos_member.domain.documents import CouponDocument, DocumentKind, ReceiptDocument
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.worker import PrintJob, PrintJobs, PrintWorker, Timing
from tests.factories import World

#: As the till's own, but for how often it asks; on a busy machine an answer may take its time.
CALM = Timing(ready_unknown_s=1.0, one_answer_s=0.5, poll_s=0.1)


def hasty(timing: Timing) -> Timing:
    """For printers that do not answer: what waits for nothing does not take long. The order of the times is kept."""
    return replace(
        timing,
        ready_s=0.6,
        ready_unknown_s=0.3,
        proof_s=1.0,
        proof_alive_s=1.2,
        proof_unlikely_s=0.8,
        stall_s=0.4,
        job_s=5.0,
        gone_s=0.6,
        pulse_proof_s=0.4,
    )


@dataclass(frozen=True)
class Parts:
    """What the till prints with; a planted fault takes the place of one."""

    worker: Callable[..., PrintWorker] = PrintWorker
    jobs: Callable[[PrintJobs, World], PrintJobs] = lambda jobs, world: jobs
    timing: Timing = CALM
    recover: Callable[[SqlPrintStore, World], object] = lambda store, world: store.recover_all()


@dataclass
class Spool:
    """The spool as it is; a plant changes one thing of it."""

    jobs: PrintJobs
    world: World
    offered: dict[str, PrintJob] = field(default_factory=dict)

    def __getattr__(self, name: str) -> object:
        return getattr(self.jobs, name)

    def next_job(self) -> PrintJob | None:
        """As it is, and remembered."""
        job = self.jobs.next_job()
        if job is not None:
            self.offered[job.id] = job
        return job

    def once_more(self, job_id: str) -> None:
        """The job as if nothing had been sent, once."""
        job = self.offered.get(job_id)
        if job is None or job.attempts < 1:
            _queue_again(self.world, "id = ?", job_id)


def _queue_again(world: World, which: str, *params: str) -> None:
    with world.folder.till.write() as connection:
        connection.exec_driver_sql(f"UPDATE print_job SET state = 'queued' WHERE {which}", params)


class SendsAgain(Spool):
    """What broke off is sent once more without asking."""

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        self.jobs.mark_unconfirmed(job_id, reason)
        self.once_more(job_id)


class SaysNothingLeft(Spool):
    """What broke off is told as never begun."""

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        self.jobs.mark_blocked(job_id, reason)


class MarksLate(Spool):
    """The claim is written only when everything has left."""

    def mark_sending(self, job_id: str, payload: bytes) -> bool:
        return True

    def mark_sent(self, job_id: str) -> None:
        self.jobs.mark_sending(job_id, b"late")
        self.jobs.mark_sent(job_id)


class TakesWhatOthersTook(Spool):
    """The claim is not asked whether it succeeded."""

    def mark_sending(self, job_id: str, payload: bytes) -> bool:
        self.jobs.mark_sending(job_id, payload)
        return True


class SendsUnannounced(Spool):
    """A claim that could not be written does not keep the paper from being sent."""

    def mark_sending(self, job_id: str, payload: bytes) -> bool:
        with suppress(EnvironmentProblem):
            return self.jobs.mark_sending(job_id, payload)
        return True


class ClaimsTooMuch(Spool):
    """What nobody can confirm is told as printed."""

    def mark_unverifiable(self, job_id: str, proof: Proof = Proof.NONE) -> None:
        self.jobs.mark_confirmed(job_id, Proof.IN_ORDER)


class OpensAgain(Spool):
    """A pulse without proof is repeated once."""

    def mark_unverifiable(self, job_id: str, proof: Proof = Proof.NONE) -> None:
        self.jobs.mark_unverifiable(job_id, proof)
        if self.offered[job_id].kind is DocumentKind.DRAWER:
            self.once_more(job_id)


class HidesCopies(Spool):
    """Copies do not say that they are."""

    def next_job(self) -> PrintJob | None:
        job = super().next_job()
        if job is None or not isinstance(job.document, ReceiptDocument | CouponDocument):
            return job
        return replace(job, copy_number=0, document=replace(job.document, copy_number=0))


class NeverLetsGo(Spool):
    """A paper that a person settled while the printer waited is still wanted."""

    def wanted(self, job_id: str) -> bool:
        return True


class OneIdForAll(PrintWorker):
    """Every paper has the same process id."""

    def _next_id(self) -> str:
        return "1359"


def _recover_and_queue(store: SqlPrintStore, world: World) -> None:
    store.recover_all()
    _queue_again(world, "state = 'unconfirmed'")


def _recover_and_open(store: SqlPrintStore, world: World) -> None:
    store.recover_all()
    _queue_again(world, "kind = 'drawer' AND state = 'cancelled'")


PLANTS: Mapping[str, Callable[[], Parts]] = {
    "none": Parts,
    "sends_again": lambda: Parts(jobs=SendsAgain),  # type: ignore[arg-type]
    "says_nothing_left": lambda: Parts(jobs=SaysNothingLeft),  # type: ignore[arg-type]
    "marks_late": lambda: Parts(jobs=MarksLate),  # type: ignore[arg-type]
    "takes_what_others_took": lambda: Parts(jobs=TakesWhatOthersTook),  # type: ignore[arg-type]
    "sends_unannounced": lambda: Parts(jobs=SendsUnannounced),  # type: ignore[arg-type]
    "claims_too_much": lambda: Parts(jobs=ClaimsTooMuch),  # type: ignore[arg-type]
    "opens_again": lambda: Parts(jobs=OpensAgain),  # type: ignore[arg-type]
    "hides_copies": lambda: Parts(jobs=HidesCopies),  # type: ignore[arg-type]
    "never_lets_go": lambda: Parts(jobs=NeverLetsGo),  # type: ignore[arg-type]
    "opens_late": lambda: Parts(timing=replace(CALM, pulse_s=1e9)),
    "one_id_for_all": lambda: Parts(worker=OneIdForAll),
    "recover_queues": lambda: Parts(recover=_recover_and_queue),
    "recover_opens": lambda: Parts(recover=_recover_and_open, timing=replace(CALM, pulse_s=1e9)),
}
