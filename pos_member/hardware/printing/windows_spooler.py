"""A printer of the Windows spooler, given the bytes raw, and watched until the queue says that they were printed.

No call to the spooler has a time-out of its own, and its drivers hang: each runs under a deadline. A job that is not
printed in time is taken out of the queue; left there it would be printed by itself, after somebody was told that it
may not have been. Windows does not prove that a job never began, so that from its first byte on a person decides.
It was not run on Windows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.deadlines import call_within
from pos_member.hardware.printing.troubles import patience
from pos_member.hardware.printing.winspool import (
    WORK_OFFLINE,
    JobStatus,
    QueueStatus,
    Spooler,
    SpoolError,
    WinSpool,
    on_windows,
)

JOB_NAME = "POS Member"
_CHUNK = 16_384
_POLL_S = 0.1
_ACCESS_DENIED = 5
_REASONS = {
    _ACCESS_DENIED: Reason.PRINTER_NO_RIGHTS,
    1801: Reason.PRINTER_UNKNOWN,  # no printer of this name
    1905: Reason.PRINTER_UNKNOWN,  # deleted
    1722: Reason.PRINTER_UNREACHABLE,  # the spooler service is off
}
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class WindowsTransport:
    """The printer that Windows calls ``printer``.

    Errors on connecting: ``PRINTER_WAY_MISSING`` (not Windows), ``PRINTER_UNKNOWN``, ``PRINTER_NO_RIGHTS``,
    ``PRINTER_QUEUE_STOPPED``, ``PRINTER_OFFLINE``, ``PRINTER_HANGS``, ``PRINTER_UNREACHABLE``.
    """

    printer: str
    call_timeout_s: float = 5.0
    job_timeout_s: float = 45.0
    #: The spooler's calls; ``None`` = Windows' own.
    spooler: Spooler | None = field(default=None, compare=False, repr=False)

    @property
    def can_answer(self) -> bool:
        """A queue passes nothing back."""
        return False

    @property
    def describe(self) -> str:
        """The printer's name."""
        return self.printer

    def connect(self) -> WindowsConnection:
        """Open the printer and see that its queue works."""
        spooler = self.spooler
        if spooler is None:
            if not on_windows():
                raise EnvironmentProblem(Reason.PRINTER_WAY_MISSING, way="Windows", detail="Windows")
            spooler = WinSpool()
        connection = WindowsConnection(self, spooler)
        try:
            connection.check_queue()
        except EnvironmentProblem:
            connection.close()
            raise
        return connection


class WindowsConnection:
    """One job on its way into a queue, gathered in memory until it is complete."""

    def __init__(self, way: WindowsTransport, spooler: Spooler) -> None:
        self._way = way
        self._spooler = spooler
        self._gathered = bytearray()
        self._written = 0
        self._handle = self._call(lambda: spooler.open(way.printer), undo=spooler.close)

    @property
    def written(self) -> int:
        """Bytes the spooler has; a piece in a call that hangs is counted whole."""
        return self._written

    def write(self, data: bytes) -> None:
        """Gather."""
        self._gathered += data

    def read(self, timeout_s: float) -> bytes:
        """Queues are silent."""
        return b""

    def check_queue(self) -> None:
        """Raises ``EnvironmentProblem(PRINTER_QUEUE_STOPPED | PRINTER_OFFLINE | PRINTER_UNKNOWN)``."""
        handle = self._handle
        queue = self._call(lambda: self._spooler.queue(handle))
        if queue.status & QueueStatus.PENDING_DELETION:
            raise self._problem(Reason.PRINTER_UNKNOWN)
        if queue.status & QueueStatus.PAUSED:
            raise self._problem(Reason.PRINTER_QUEUE_STOPPED)
        if queue.attributes & WORK_OFFLINE or queue.status & (QueueStatus.OFFLINE | QueueStatus.NOT_AVAILABLE):
            raise self._problem(Reason.PRINTER_OFFLINE)

    def finish(self) -> Proof:
        """Hand the job over and wait until the queue says that it is printed: ``Proof.SPOOLER``.

        Raises ``EnvironmentProblem(PRINTER_QUEUE_FAILED | PRINTER_HANGS | PRINTER_NO_RIGHTS | PRINTER_UNKNOWN)``; the
        job is then out of the queue, or the log says that it is not.
        """
        handle, spooler = self._handle, self._spooler
        try:
            number = self._call(lambda: spooler.start(handle, JOB_NAME))
            try:
                self._hand_over()
                self._watch(number)
            except EnvironmentProblem:
                self._take_out(number)
                raise
        finally:
            self.close()
        return Proof.SPOOLER

    def close(self) -> None:
        """Forget what was gathered and let the printer go."""
        self._gathered.clear()
        handle, self._handle = self._handle, 0
        if not handle:
            return
        try:
            self._call(lambda: self._spooler.close(handle))
        except EnvironmentProblem as problem:
            _log.warning("%s could not be closed: %s", self._way.printer, problem)

    def _hand_over(self) -> None:
        handle, spooler = self._handle, self._spooler
        rest = bytes(self._gathered)
        while rest:
            piece = rest[:_CHUNK]
            try:
                count = self._call(lambda piece=piece: spooler.write(handle, piece))  # type: ignore[misc]
            except EnvironmentProblem as problem:
                self._written += len(piece) if problem.params.get("begun") else 0
                raise
            if not count:
                raise self._problem(Reason.PRINTER_QUEUE_FAILED, "nothing was taken")
            self._written += count
            rest = rest[count:]
        self._call(lambda: spooler.end(handle))

    def _watch(self, number: int) -> None:
        handle, spooler = self._handle, self._spooler
        ends = time.monotonic() + patience(self._way.job_timeout_s, len(self._gathered))
        while True:
            status = self._call(lambda: spooler.job(handle, number))
            # Windows forgets a job the moment it is printed.
            if status is None or status & (JobStatus.PRINTED | JobStatus.COMPLETE):
                return
            if status & (JobStatus.DELETING | JobStatus.DELETED):
                raise self._problem(Reason.PRINTER_QUEUE_FAILED, str(status))
            if time.monotonic() >= ends:
                raise self._problem(Reason.PRINTER_QUEUE_FAILED, str(status))
            threading.Event().wait(_POLL_S)

    def _take_out(self, number: int) -> None:
        spooler, printer = self._spooler, self._way.printer

        def work() -> None:
            # A handle of its own: the job's may be the one that hangs.
            handle = spooler.open(printer)
            try:
                spooler.cancel(handle, number)
            finally:
                spooler.close(handle)

        try:
            self._call(work)
        except EnvironmentProblem as problem:
            _log.warning("job %s of %s could not be cancelled and may be printed yet: %s", number, printer, problem)

    def _call(self, work: Callable[[], T], undo: Callable[[T], object] | None = None) -> T:
        handle: int = getattr(self, "_handle", 0)

        def let_go() -> None:
            # Only where it was left behind: ``close`` does not find the handle any more then.
            if handle:
                self._spooler.close(handle)

        try:
            return call_within(
                self._way.call_timeout_s, work, f"windows {self._way.printer}", undo=undo, afterwards=let_go
            )
        except SpoolError as error:
            raise self._problem(_REASONS.get(error.code, Reason.PRINTER_QUEUE_FAILED), str(error)) from error
        except EnvironmentProblem as problem:
            if problem.params["begun"]:
                # Nothing else may use a handle in the middle of a call: the one that hangs closes it.
                self._handle = 0
            raise

    def _problem(self, reason: Reason, detail: str = "") -> EnvironmentProblem:
        return EnvironmentProblem(reason, queue=self._way.printer, written=self._written, detail=detail)
