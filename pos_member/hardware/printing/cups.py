"""A queue of CUPS, given the bytes raw, and watched until it says that it passed them on.

Nothing of a job goes to the server before it is complete. A job that the queue does not finish in time is cancelled:
left there it would be printed by itself, after somebody was told that it may not have been. Where the server can prove
that the job never began, nothing was written, and it may be tried again; where it cannot, a person decides.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import quote

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.deadlines import call_within
from pos_member.hardware.printing.ipp import Answer, IppError, Operation, Server, Status, Value, user_name
from pos_member.hardware.printing.troubles import patience

RAW = "application/vnd.cups-raw"
JOB_NAME = "POS Member"
_POLL_S = 0.1
_ASKED_OF_PRINTER = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
_ASKED_OF_JOB = ("job-name", "job-state", "job-state-reasons", "time-at-processing", "job-printer-state-message")
#: Cancelling did not succeed: tried again before the next job, or they would be printed by themselves some day.
#: By server, queue and number the job's own name: numbers begin anew where a server is set up again.
_left_behind: dict[tuple[str, str, int], str] = {}
_left_behind_lock = threading.Lock()
_log = logging.getLogger(__name__)
_AT_THE_QUEUE = (Operation.CREATE_JOB, Operation.SEND_DOCUMENT, Operation.GET_PRINTER)
_REASONS = {
    401: Reason.PRINTER_NO_RIGHTS,
    403: Reason.PRINTER_NO_RIGHTS,
    0x0401: Reason.PRINTER_NO_RIGHTS,
    0x0402: Reason.PRINTER_NO_RIGHTS,
    0x0403: Reason.PRINTER_NO_RIGHTS,
    Status.NOT_FOUND: Reason.PRINTER_UNKNOWN,
    0x0506: Reason.PRINTER_QUEUE_STOPPED,
}
Asked = Mapping[str, Value | Sequence[Value]]


class _Ended(EnvironmentProblem):
    """The job came to an end that was not ours: nothing is left to cancel."""


class QueueState(IntEnum):
    """``printer-state`` of IPP."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5


class JobState(IntEnum):
    """``job-state`` of IPP. From ``CANCELLED`` on nothing more happens."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELLED = 7
    ABORTED = 8
    COMPLETED = 9


@dataclass(frozen=True)
class JobStanding:
    """How a job stands. ``began``: the queue has begun to pass it on at some time."""

    state: JobState
    began: bool
    detail: str = ""
    name: str = ""


@dataclass(frozen=True)
class CupsTransport:
    """The queue ``queue`` of this machine's CUPS, or of ``server`` (host, host:port, or the path of a socket).

    Errors on connecting: ``PRINTER_UNREACHABLE`` (no server), ``PRINTER_UNKNOWN`` (no such queue),
    ``PRINTER_QUEUE_STOPPED``, ``PRINTER_NO_RIGHTS``, ``PRINTER_HANGS``. ``job_timeout_s``: how long a job may stand in
    the queue.
    """

    queue: str
    server: str = ""
    call_timeout_s: float = 4.0
    job_timeout_s: float = 45.0

    @property
    def can_answer(self) -> bool:
        """A queue passes nothing back."""
        return False

    @property
    def describe(self) -> str:
        """The queue, with its server where that is another."""
        return f"{self.queue} ({self.server})" if self.server else self.queue

    def connect(self) -> CupsConnection:
        """See that the queue works."""
        connection = CupsConnection(self)
        connection.cancel_left_behind()
        connection.check_queue()
        return connection


class CupsConnection:
    """One job on its way into a queue, gathered in memory."""

    def __init__(self, way: CupsTransport) -> None:
        self._way = way
        self._server = Server(way.server)
        self._gathered = bytearray()
        self._written = 0
        self._name = f"{JOB_NAME} {secrets.token_hex(4)}"

    @property
    def written(self) -> int:
        """Bytes the server has, or may have; 0 once it is proved that the printer got none of them."""
        return self._written

    def write(self, data: bytes) -> None:
        """Gather."""
        self._gathered += data

    def read(self, timeout_s: float) -> bytes:
        """Queues are silent."""
        return b""

    def finish(self) -> Proof:
        """Hand the job over and wait for its end: ``Proof.SPOOLER``, or ``NONE`` where the server forgets its jobs.

        Raises ``EnvironmentProblem``: ``PRINTER_QUEUE_STOPPED`` or ``PRINTER_HELD`` with ``written`` 0 when the job
        did not begin and is cancelled; ``PRINTER_QUEUE_FAILED``, ``PRINTER_HANGS`` or ``PRINTER_UNREACHABLE`` else.
        """
        job = self._created()
        self._written = len(self._gathered)
        try:
            document: Asked = {"document-format": RAW, "last-document": True}
            self._ask(Operation.SEND_DOCUMENT, job, document, bytes(self._gathered))
            return self._watched(job)
        except _Ended:
            raise
        except EnvironmentProblem as problem:
            return self._withdrawn(job, problem)

    def close(self) -> None:
        """Forget what was gathered."""
        self._gathered.clear()

    def check_queue(self) -> None:
        """Raises ``EnvironmentProblem`` when the queue takes nothing."""
        said = self._ask(Operation.GET_PRINTER, more={"requested-attributes": _ASKED_OF_PRINTER}).first
        if said.get("printer-state", [None])[0] == QueueState.STOPPED:
            raise self._problem(
                Reason.PRINTER_QUEUE_STOPPED, ", ".join(map(str, said.get("printer-state-reasons", ())))
            )
        if said.get("printer-is-accepting-jobs", [True])[0] is False:
            raise self._problem(Reason.PRINTER_QUEUE_STOPPED, "not accepting jobs")

    def cancel_left_behind(self) -> None:
        """Cancel what could not be cancelled before; whether it succeeds is seen the next time."""
        with _left_behind_lock:
            mine = {key: name for key, name in _left_behind.items() if key[:2] == (self._way.server, self._way.queue)}
        for key, name in mine.items():
            standing = self._standing(key[2])
            if standing is None or standing.name != name or self._cancelled(key[2]):
                with _left_behind_lock:
                    _left_behind.pop(key, None)

    def _created(self) -> int:
        said = self._ask(Operation.CREATE_JOB, more={"job-name": self._name}).first
        job = said.get("job-id", [None])[0]
        if not isinstance(job, int):
            raise self._problem(Reason.PRINTER_QUEUE_FAILED, "no job id")
        return job

    def _watched(self, job: int) -> Proof:
        ends = time.monotonic() + patience(self._way.job_timeout_s, len(self._gathered))
        while True:
            standing = self._standing(job)
            if standing is None:
                return Proof.NONE
            if standing.state is JobState.COMPLETED:
                return Proof.SPOOLER
            if standing.state in (JobState.CANCELLED, JobState.ABORTED):
                raise _Ended(
                    Reason.PRINTER_QUEUE_FAILED, queue=self._way.queue, written=self._written, detail=standing.detail
                )
            if standing.state is JobState.STOPPED:
                raise self._problem(Reason.PRINTER_QUEUE_STOPPED, standing.detail)
            if standing.state is not JobState.PROCESSING:
                self.check_queue()
            if time.monotonic() >= ends:
                raise self._problem(Reason.PRINTER_HELD if not standing.began else Reason.PRINTER_HANGS)
            threading.Event().wait(_POLL_S)

    def _withdrawn(self, job: int, problem: EnvironmentProblem) -> Proof:
        """Cancel; what is known then decides whether anything was written."""
        if not self._cancelled(job):
            with _left_behind_lock:
                _left_behind[self._way.server, self._way.queue, job] = self._name
            _log.warning("job %s of queue %s could not be cancelled and may be printed yet", job, self._way.describe)
            raise self._problem(Reason.PRINTER_QUEUE_FAILED, "not cancelled") from problem
        try:
            standing = self._standing(job)
        except EnvironmentProblem:
            standing = None
        if standing is not None and standing.state is JobState.COMPLETED:
            return Proof.SPOOLER
        if standing is not None and standing.state is JobState.CANCELLED and not standing.began:
            self._written = 0
            raise self._problem(problem.reason, str(problem.params.get("detail", ""))) from problem
        raise self._problem(Reason.PRINTER_QUEUE_FAILED, str(problem)) from problem

    def _cancelled(self, job: int) -> bool:
        """Whether ``job`` has ended, by our wish or before it."""
        try:
            self._ask(Operation.CANCEL_JOB, job)
        except EnvironmentProblem as problem:
            # "not possible" is the answer for a job that has ended already.
            _log.info("job %s of queue %s is not cancelled: %s", job, self._way.describe, problem)
        ends = time.monotonic() + self._way.call_timeout_s
        try:
            while time.monotonic() < ends:
                standing = self._standing(job)
                if standing is None or standing.state >= JobState.CANCELLED:
                    return True
                threading.Event().wait(_POLL_S)
        except EnvironmentProblem as problem:
            _log.info("job %s of queue %s cannot be seen: %s", job, self._way.describe, problem)
        return False

    def _standing(self, job: int) -> JobStanding | None:
        """How the job stands; ``None`` when the server knows of none such."""
        try:
            said = self._ask(Operation.GET_JOB, job, {"requested-attributes": _ASKED_OF_JOB}).first
        except EnvironmentProblem as problem:
            if problem.reason is Reason.PRINTER_UNKNOWN:
                return None
            raise
        state = said.get("job-state", [None])[0]
        began = said.get("time-at-processing", [None])[0]
        detail = [str(one) for name in ("job-state-reasons", "job-printer-state-message") for one in said.get(name, ())]
        if state not in set(JobState):
            return None
        name = str(said.get("job-name", [""])[0])
        return JobStanding(JobState(int(state or 0)), isinstance(began, int) and began > 0, ", ".join(detail), name)

    def _ask(
        self, operation: Operation, job: int | None = None, more: Asked | None = None, data: bytes = b""
    ) -> Answer:
        way = self._way
        asked: dict[str, Value | Sequence[Value]] = {"printer-uri": self._server.uri(way.queue)}
        if job is not None:
            asked["job-id"] = job
        asked |= {"requesting-user-name": user_name(), **(more or {})}

        def work() -> Answer:
            resource = f"/printers/{quote(way.queue)}" if operation in _AT_THE_QUEUE else "/jobs/"
            return self._server.ask(operation, asked, resource=resource, data=data, timeout_s=way.call_timeout_s)

        try:
            # The server's time-out bounds each wait; one that says a byte at a time is bounded here.
            return call_within(way.call_timeout_s * 2, work, f"cups {way.describe}")
        except IppError as error:
            reason = _REASONS.get(error.status, Reason.PRINTER_QUEUE_FAILED)
            raise self._problem(reason, str(error)) from error
        except TimeoutError as error:
            raise self._problem(Reason.PRINTER_HANGS, str(error)) from error
        except OSError as error:
            raise self._problem(Reason.PRINTER_UNREACHABLE, str(error)) from error

    def _problem(self, reason: Reason, detail: str = "") -> EnvironmentProblem:
        return EnvironmentProblem(reason, queue=self._way.queue, written=self._written, detail=detail)
