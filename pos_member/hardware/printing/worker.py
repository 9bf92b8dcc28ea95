"""Drains print jobs onto one printer, and never prints one twice by itself.

``SENDING`` is committed before the first byte. A job is tried again alone only when not one byte of it left; a
failure after a byte leaves it ``unconfirmed`` for a person to decide. One worker per printer, on one thread.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from pos_member.domain.documents import (
    CouponDocument,
    DayReportDocument,
    DrawerDocument,
    OrderSlipDocument,
    ReceiptDocument,
)
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import PrinterCondition, PrinterSetup, Proof
from pos_member.hardware.printing.encoder import drawer_pulse, encode_pieces
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.status import PROOF_TIMEOUT_S, check_ready, prove_printed
from pos_member.hardware.printing.transports import Connection, Transport
from pos_member.services.ports import PrintJob

_HALF_PRINTED = frozenset({Reason.PRINTER_BROKE_OFF, Reason.PRINTER_NOT_READING, Reason.PRINTER_SILENT})
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
    #: Another worker took the job first, or a person called it off.
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


@dataclass(frozen=True)
class Timing:
    """How long to wait for what (s)."""

    #: For the proof, after the last byte, while the printer says nothing at all.
    proof_s: float = PROOF_TIMEOUT_S


class PrintWorker:
    """One printer's worker. All methods on the printer lane, one at a time; the fonts need a GUI application."""

    def __init__(
        self,
        jobs: PrintJobs,
        setup: PrinterSetup,
        transport: Transport,
        *,
        on_condition: Callable[[PrinterCondition], None] = _nothing,
        stopping: Callable[[], bool] = _never,
        timing: Timing = Timing(),
    ) -> None:
        self._jobs = jobs
        self._setup = setup
        self._profile = setup.profile
        self._transport = transport
        self._on_condition = on_condition
        self._stopping = stopping
        self._timing = timing
        self._serials = itertools.count(1)

    def recover(self) -> int:
        """Call once at start, before ``run_once``: what was in flight when the till stopped is unconfirmed now."""
        return self._jobs.recover()

    def run_once(self) -> Outcome:
        """Print one job, if there is one. Never raises for the printer's sake; errors of the store pass through.

        After ``BLOCKED`` wait a little before the next call; after anything but ``IDLE`` there may be more.
        """
        job = self._jobs.next_job()
        if job is None:
            return Outcome.IDLE
        try:
            pieces = self._pieces(job)
        except EnvironmentProblem as problem:
            return self._blocked(job, problem)
        except ValueError:
            _log.exception("print job %s cannot be drawn", job.id)
            self._jobs.mark_unconfirmed(job.id, Reason.PAPER_NOT_DRAWN)
            return Outcome.UNCONFIRMED
        try:
            connection = self._transport.connect()
        except EnvironmentProblem as problem:
            return self._blocked(job, problem)
        with contextlib.closing(connection):
            return self._send(job, connection, pieces)

    def _pieces(self, job: PrintJob) -> Sequence[bytes]:
        document = job.document
        if isinstance(document, DrawerDocument):
            return (drawer_pulse(self._profile),)
        if isinstance(document, ReceiptDocument | CouponDocument | DayReportDocument | OrderSlipDocument):
            document = replace(document, copy_number=max(job.copy_number, document.copy_number))
        picture = rasterise(document, self._profile.dots, self._profile.dpi)
        return tuple(encode_pieces(picture, self._profile))

    def _send(self, job: PrintJob, connection: Connection, pieces: Sequence[bytes]) -> Outcome:
        answers = False
        try:
            if self._transport.can_answer:
                answers = check_ready(connection, self._profile)
        except EnvironmentProblem as problem:
            return self._blocked(job, problem)
        if not self._jobs.mark_sending(job.id, b"".join(pieces)):
            return Outcome.SKIPPED
        before = connection.written
        try:
            proof = Proof.NONE
            self._write(connection, pieces)
            self._jobs.mark_sent(job.id)
            if answers:
                # What the printer has confirmed stays so, however the connection ends afterwards.
                prove_printed(connection, self._profile, next(self._serials), self._timing.proof_s)
                proof = Proof.PROCESS_ID if self._profile.process_id else Proof.IN_ORDER
            else:
                proof = connection.finish()
        except EnvironmentProblem as problem:
            if connection.written == before:
                return self._blocked(job, problem)
            _log.warning("print job %s broke off: %s", job.id, problem)
            self._jobs.mark_unconfirmed(job.id, problem.reason)
            return Outcome.UNCONFIRMED
        if answers or proof is Proof.FILE:
            self._jobs.mark_confirmed(job.id, proof)
            return Outcome.CONFIRMED
        self._jobs.mark_unverifiable(job.id, proof)
        return Outcome.UNVERIFIABLE

    def _write(self, connection: Connection, pieces: Sequence[bytes]) -> None:
        if not self._profile.band_delay_ms:
            connection.write(b"".join(pieces))
            return
        for piece in pieces:
            connection.write(piece)
            time.sleep(self._profile.band_delay_ms / 1000)

    def _blocked(self, job: PrintJob, problem: EnvironmentProblem) -> Outcome:
        _log.info("print job %s waits: %s", job.id, problem)
        # Their sentences speak of a paper that may be printed in part; here nothing was sent.
        reason = Reason.PRINTER_UNREACHABLE if problem.reason in _HALF_PRINTED else problem.reason
        self._jobs.mark_blocked(job.id, reason)
        return Outcome.BLOCKED
