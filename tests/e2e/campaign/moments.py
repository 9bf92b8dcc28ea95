"""The till's side, watched: every step of its spool and every write to a printer is a moment at which the till may die,
another worker may come first, or a person may act. A death leaves what ``kill -9`` leaves: what is committed, and a
socket that the system closes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos_member.db.print_store import PrinterJobs
from pos_member.domain.errors import Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.tcp import TcpConnection, TcpTransport
from pos_member.services.print_ports import PrintJob

#: Told of each moment: its name and the job it is about ("" where none is); the bytes that are about to leave.
OnMoment = Callable[[str, str], None]


class KilledError(BaseException):
    """The till dies here. No ``except`` of the product takes it."""


@dataclass
class WatchedJobs:
    """A printer's jobs; each step is told before and after it."""

    inner: PrinterJobs
    moment: OnMoment

    def next_job(self) -> PrintJob | None:
        return self.inner.next_job()

    def mark_sending(self, job_id: str, payload: bytes) -> bool:
        self.moment("claim", job_id)
        taken = self.inner.mark_sending(job_id, payload)
        self.moment("claimed" if taken else "not claimed", job_id)
        return taken

    def mark_sent(self, job_id: str) -> None:
        self._marked("sent", job_id, lambda: self.inner.mark_sent(job_id))

    def mark_waiting(self, job_id: str, reason: Reason) -> None:
        self._marked("waiting", job_id, lambda: self.inner.mark_waiting(job_id, reason))

    def mark_confirmed(self, job_id: str, proof: Proof) -> None:
        self._marked("confirmed", job_id, lambda: self.inner.mark_confirmed(job_id, proof))

    def mark_unverifiable(self, job_id: str, proof: Proof = Proof.NONE) -> None:
        self._marked("unverifiable", job_id, lambda: self.inner.mark_unverifiable(job_id, proof))

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        self._marked("unconfirmed", job_id, lambda: self.inner.mark_unconfirmed(job_id, reason))

    def mark_cancelled(self, job_id: str, reason: Reason) -> None:
        self._marked("cancelled", job_id, lambda: self.inner.mark_cancelled(job_id, reason))

    def mark_blocked(self, job_id: str, reason: Reason) -> None:
        self._marked("blocked", job_id, lambda: self.inner.mark_blocked(job_id, reason))

    def wanted(self, job_id: str) -> bool:
        self.moment("wanted", job_id)
        return self.inner.wanted(job_id)

    def recover(self) -> int:
        return self.inner.recover()

    def _marked(self, name: str, job_id: str, mark: Callable[[], None]) -> None:
        self.moment(f"before {name}", job_id)
        mark()
        self.moment(name, job_id)


@dataclass(frozen=True)
class WatchedWay:
    """A network printer, its connections watched."""

    inner: TcpTransport
    moment: OnMoment

    @property
    def can_answer(self) -> bool:
        return self.inner.can_answer

    @property
    def describe(self) -> str:
        return self.inner.describe

    def connect(self) -> WatchedConnection:
        self.moment("connect", "")
        return WatchedConnection(self.inner.connect(), self.moment)


@dataclass
class WatchedConnection:
    """An open connection. A death in the middle of a write leaves the first half of it sent."""

    inner: TcpConnection
    moment: OnMoment

    @property
    def written(self) -> int:
        return self.inner.written

    def write(self, data: bytes) -> None:
        self._or_half(data)
        self.inner.write(data)

    def write_some(self, data: bytes, timeout_s: float) -> int:
        self._or_half(data)
        return self.inner.write_some(data, timeout_s)

    def read(self, timeout_s: float) -> bytes:
        self.moment("read", "")
        return self.inner.read(timeout_s)

    def finish(self) -> Proof:
        self.moment("finish", "")
        return self.inner.finish()

    def close(self) -> None:
        self.inner.close()

    def _or_half(self, data: bytes) -> None:
        try:
            self.moment("write", "")
        except KilledError:
            self.inner.write_some(data[: len(data) // 2] or data, 0.01)
            raise
