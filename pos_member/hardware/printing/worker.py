"""Drains print jobs onto one printer, and never prints one twice by itself.

``SENDING`` is committed before the first byte, by a claim that only one worker gets. A job is tried again alone only
when not one byte of it left; what breaks off after a byte is ``unconfirmed``, for a person to decide. One worker per
printer, on one thread; every wait ends within half a second once ``stopping`` says so.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import random
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import PrinterCondition, PrinterSetup, Proof
from pos_member.hardware.printing.payloads import payload_of
from pos_member.hardware.printing.pulses import give_pulse
from pos_member.hardware.printing.sending import Delivery, Verdict, Watch
from pos_member.hardware.printing.status import DEFAULT_TIMING, Manners, Talk, Timing, check_ready, require_same
from pos_member.hardware.printing.transports import Connection, Transport
from pos_member.services.print_ports import PrintJob, PrintJobState

__all__ = ["Outcome", "PrintJob", "PrintJobs", "PrintWorker", "Timing"]

#: Their sentences speak of a paper that may be printed in part; before the first byte they mean: not reached.
_HALF_PRINTED = frozenset({Reason.PRINTER_BROKE_OFF, Reason.PRINTER_NOT_READING, Reason.PRINTER_SILENT})
#: Characters of a process id. None of them has the marks of a status byte, should an id be torn from its block.
_ID_LETTERS = "1359QSUWY"
_ID_COUNT = len(_ID_LETTERS) ** 4
_log = logging.getLogger(__name__)


class PrintJobs(Protocol):
    """Where the jobs are kept. Every ``mark_…`` is durable when it returns."""

    def next_job(self) -> PrintJob | None:
        """The oldest job that may be sent now (queued, or blocked and due again)."""
        ...

    def mark_sending(self, job_id: str, payload: bytes) -> bool:
        """About to send ``payload``; False when another took the job or a person called it off: send nothing."""
        ...

    def mark_sent(self, job_id: str) -> None:
        """Every byte left; the verdict is awaited."""
        ...

    def mark_waiting(self, job_id: str, reason: Reason) -> None:
        """The printer stopped in the middle, keeps the rest and goes on once a person has seen to it."""
        ...

    def mark_confirmed(self, job_id: str, proof: Proof) -> None:
        """It is printed, and ``proof`` says so."""
        ...

    def mark_unverifiable(self, job_id: str, proof: Proof = Proof.NONE) -> None:
        """Every byte left; the device cannot say more."""
        ...

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        """Some bytes left; what is on paper nobody knows."""
        ...

    def mark_cancelled(self, job_id: str, reason: Reason) -> None:
        """Not begun, and not wanted any more."""
        ...

    def mark_blocked(self, job_id: str, reason: Reason) -> None:
        """Not one byte left."""
        ...

    def wanted(self, job_id: str) -> bool:
        """Whether a job in flight still is: no person called it off or had it printed anew."""
        ...

    def recover(self) -> int:
        """Everything this printer had in flight becomes unconfirmed; how many."""
        ...


class Outcome(StrEnum):
    """What ``run_once`` did."""

    IDLE = "idle"
    #: Another worker took the job first, or a person settled it.
    SKIPPED = "skipped"
    UNVERIFIABLE = "unverifiable"
    CONFIRMED = "confirmed"
    BLOCKED = "blocked"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"


def _nothing(_condition: PrinterCondition) -> None:
    """Nobody wants to know."""


def _never() -> bool:
    """Nobody stops."""
    return False


class PrintWorker:
    """One printer's worker. All methods on the printer's lane, one at a time; the fonts need a GUI application.

    ``on_condition`` hears, on the lane, each time the printer stands differently. ``stopping`` (any thread) ends every
    wait within half a second; what was in flight then is unconfirmed.
    """

    def __init__(
        self,
        jobs: PrintJobs,
        setup: PrinterSetup,
        transport: Transport,
        *,
        on_condition: Callable[[PrinterCondition], None] = _nothing,
        stopping: Callable[[], bool] = _never,
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        self._jobs = jobs
        self._setup = setup
        self._transport = transport
        self._on_condition = on_condition
        self._stopping = stopping
        self._timing = timing
        self._manners = Manners()
        # Not from the beginning: a late answer to the id of an earlier run must not fit.
        self._ids = itertools.count(random.randrange(_ID_COUNT))
        #: A verdict that could not be written down yet.
        self._owed: Callable[[], None] | None = None
        #: A job broke off: the printer may still wait for the rest of an image.
        self._half = False

    def recover(self) -> int:
        """Call once at start, before ``run_once``: what was in flight when the till stopped is unconfirmed now."""
        found = self._jobs.recover()
        self._half = self._half or found > 0
        return found

    def run_once(self) -> Outcome:
        """Print one job, if there is one. Never raises for the printer's sake; errors of the store pass through, and a
        verdict that it could not take is brought again before anything else is sent.

        After ``BLOCKED`` wait a little before the next call; after anything but ``IDLE`` there may be more.
        """
        self._bring_what_is_owed()
        job = self._jobs.next_job()
        looked_at = time.monotonic()
        if job is None:
            return Outcome.IDLE
        if job.kind is DocumentKind.DRAWER and (refusal := self._refusal(job)) is not None:
            self._jobs.mark_cancelled(job.id, refusal)
            return Outcome.CANCELLED
        try:
            pieces = payload_of(job, self._setup.profile)
        except EnvironmentProblem as problem:
            return self._blocked(job, problem)
        except Exception:  # noqa: BLE001 - whatever is wrong with one paper must not keep those behind it
            _log.exception("print job %s cannot be drawn", job.id)
            return self._settled(job, Verdict(PrintJobState.UNCONFIRMED, reason=Reason.PAPER_NOT_DRAWN))
        try:
            connection = self._transport.connect()
        except EnvironmentProblem as problem:
            return self._blocked(job, problem)
        with contextlib.closing(connection):
            return self._visit(job, connection, pieces, looked_at)

    def _visit(self, job: PrintJob, connection: Connection, pieces: Sequence[bytes], looked_at: float) -> Outcome:
        """The printer is reached: ask it, claim the job, send it."""
        talk = Talk(connection, self._setup.profile, self._on_condition)
        drawer = job.kind is DocumentKind.DRAWER
        answers = False
        try:
            if self._transport.can_answer:
                answers = check_ready(talk, self._manners, self._timing, for_paper=not drawer)
                if answers and self._setup.identity and talk.condition.online is not False:
                    require_same(talk, self._setup.identity, self._timing)
        except EnvironmentProblem as problem:
            return self._blocked(job, problem)
        if drawer and job.waited.total_seconds() + time.monotonic() - looked_at > self._timing.pulse_s:
            self._jobs.mark_cancelled(job.id, Reason.DRAWER_TOO_LATE)
            return Outcome.CANCELLED
        if not self._jobs.mark_sending(job.id, b"".join(pieces)):
            return Outcome.SKIPPED
        before = connection.written
        delivery = Delivery(talk, self._manners, self._timing, self._watch(job), answers=answers)
        try:
            if drawer:
                verdict = give_pulse(talk, self._timing, b"".join(pieces), answers=answers)
            else:
                if self._half:
                    # Blank bytes are nothing to a printer at rest, and end an image that was left half sent.
                    connection.write(bytes(8 * 1024))
                    before = connection.written
                verdict = delivery.deliver(pieces, self._next_id())
                self._half = not delivery.complete
        except EnvironmentProblem as problem:
            if connection.written == before:
                return self._blocked(job, problem)
            _log.warning("print job %s broke off: %s", job.id, problem)
            if problem.reason is Reason.PRINTER_SILENT:
                _throw_away_the_rest(connection)
            self._half = not drawer
            verdict = Verdict(PrintJobState.UNCONFIRMED, reason=problem.reason)
        return self._settled(job, verdict)

    def _refusal(self, job: PrintJob) -> Reason | None:
        """Why a pulse is not given."""
        if not self._setup.drawer:
            return Reason.DRAWER_NONE
        return Reason.DRAWER_TOO_LATE if job.waited.total_seconds() > self._timing.pulse_s else None

    def _watch(self, job: PrintJob) -> Watch:
        def told(mark: Callable[[], None]) -> None:
            try:
                mark()
            except EnvironmentProblem as problem:
                # On the way only: what counts is the verdict, and that one is brought until it is taken.
                _log.warning("how print job %s stands could not be written down: %s", job.id, problem)

        def wanted() -> bool:
            try:
                return self._jobs.wanted(job.id)
            except EnvironmentProblem as problem:
                _log.warning("whether print job %s is wanted could not be read: %s", job.id, problem)
                return True

        return Watch(
            stopping=self._stopping,
            wanted=wanted,
            sent=lambda: told(lambda: self._jobs.mark_sent(job.id)),
            waiting=lambda reason: told(lambda: self._jobs.mark_waiting(job.id, reason)),
        )

    def _settled(self, job: PrintJob, verdict: Verdict) -> Outcome:
        """Write the verdict down, now or before the next job."""
        match verdict.state:
            case None:
                return Outcome.SKIPPED
            case PrintJobState.CONFIRMED:
                outcome = Outcome.CONFIRMED
                self._owed = lambda: self._jobs.mark_confirmed(job.id, verdict.proof)
            case PrintJobState.UNVERIFIABLE:
                outcome = Outcome.UNVERIFIABLE
                self._owed = lambda: self._jobs.mark_unverifiable(job.id, verdict.proof)
            case _:
                outcome = Outcome.UNCONFIRMED
                reason = verdict.reason or Reason.PRINTER_BROKE_OFF
                self._owed = lambda: self._jobs.mark_unconfirmed(job.id, reason)
        self._bring_what_is_owed()
        return outcome

    def _blocked(self, job: PrintJob, problem: EnvironmentProblem) -> Outcome:
        _log.info("print job %s waits: %s", job.id, problem)
        reason = Reason.PRINTER_UNREACHABLE if problem.reason in _HALF_PRINTED else problem.reason
        self._owed = lambda: self._jobs.mark_blocked(job.id, reason)
        self._bring_what_is_owed()
        return Outcome.BLOCKED

    def _bring_what_is_owed(self) -> None:
        if self._owed is not None:
            self._owed()
            self._owed = None

    def _next_id(self) -> str:
        number = next(self._ids) % _ID_COUNT
        letters = []
        for _ in range(4):
            number, at = divmod(number, len(_ID_LETTERS))
            letters.append(_ID_LETTERS[at])
        return "".join(letters)


def _throw_away_the_rest(connection: Connection) -> None:
    """What the system still holds for a printer that fell silent would be printed whenever it wakes up, maybe after the
    paper was printed again: a way that notices so lets go of it."""
    try:
        connection.finish()
    except EnvironmentProblem as problem:
        _log.info("the silent printer had not taken everything: %s", problem)
