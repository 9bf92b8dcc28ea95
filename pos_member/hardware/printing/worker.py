"""Drains print jobs onto one printer, and never prints one twice by itself.

``SENDING`` is committed before the first byte. A job is tried again alone only when not one byte of it left; a
failure after a byte leaves it ``unconfirmed`` for a person to decide. One worker per printer, on one thread.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
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
from pos_member.domain.printers import PrinterProfile
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

    def mark_sending(self, job_id: str, payload: bytes) -> None:
        """About to send ``payload``."""
        ...

    def mark_sent(self, job_id: str) -> None:
        """Every byte left; the device cannot say more."""
        ...

    def mark_confirmed(self, job_id: str) -> None:
        """The device says that it is printed."""
        ...

    def mark_blocked(self, job_id: str, reason: Reason) -> None:
        """Not one byte left."""
        ...

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        """Some bytes left; what is on paper nobody knows."""
        ...

    def recover(self) -> int:
        """Everything that was being sent becomes unconfirmed; how many."""
        ...


class Outcome(StrEnum):
    """What ``run_once`` did."""

    IDLE = "idle"
    SENT = "sent"
    CONFIRMED = "confirmed"
    BLOCKED = "blocked"
    UNCONFIRMED = "unconfirmed"


class PrintWorker:
    """One printer's worker. All methods on the printer lane, one at a time; the fonts need a GUI application."""

    def __init__(
        self,
        jobs: PrintJobs,
        transport: Transport,
        profile: PrinterProfile,
        *,
        proof_timeout_s: float = PROOF_TIMEOUT_S,
    ) -> None:
        self._jobs = jobs
        self._transport = transport
        self._profile = profile
        self._proof_timeout_s = proof_timeout_s
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

    def open_drawer(self) -> None:
        """One pulse, never repeated. Raises ``EnvironmentProblem`` when the printer cannot be reached."""
        connection = self._transport.connect()
        with contextlib.closing(connection):
            connection.write(drawer_pulse(self._profile))
            connection.finish()

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
        self._jobs.mark_sending(job.id, b"".join(pieces))
        before = connection.written
        try:
            self._write(connection, pieces)
            if answers:
                # What the printer has confirmed stays so, however the connection ends afterwards.
                prove_printed(connection, self._profile, next(self._serials), self._proof_timeout_s)
            else:
                connection.finish()
        except EnvironmentProblem as problem:
            if connection.written == before:
                return self._blocked(job, problem)
            _log.warning("print job %s broke off: %s", job.id, problem)
            self._jobs.mark_unconfirmed(job.id, problem.reason)
            return Outcome.UNCONFIRMED
        if answers:
            self._jobs.mark_confirmed(job.id)
            return Outcome.CONFIRMED
        self._jobs.mark_sent(job.id)
        return Outcome.SENT

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
