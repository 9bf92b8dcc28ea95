"""A spool in memory and a worker on it, for tests of the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from pos_member.domain.documents import DocumentKind, DrawerDocument, Spooled
from pos_member.domain.errors import Reason
from pos_member.domain.printers import PrinterProfile, PrinterSetup, Proof
from pos_member.hardware.printing.simulator import VirtualPrinter
from pos_member.hardware.printing.transports import TcpTransport, Transport
from pos_member.hardware.printing.worker import PrintJob, PrintWorker


@dataclass
class MemoryJobs:
    """Jobs in memory, in the order of their making; remembers every step in ``steps``."""

    documents: dict[str, Spooled]
    states: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)
    proofs: dict[str, Proof] = field(default_factory=dict)
    payloads: dict[str, bytes] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    copies: int = 0
    template: str = ""
    waited_s: float = 0.0
    #: Called with each step once it is noted.
    on_step: Callable[[str], None] = lambda state: None

    def next_job(self) -> PrintJob | None:
        for job_id, document in self.documents.items():
            if self.states.get(job_id, "queued") in ("queued", "blocked"):
                kind = DocumentKind.DRAWER if isinstance(document, DrawerDocument) else DocumentKind.RECEIPT
                return PrintJob(
                    job_id, kind, document, self.copies, template=self.template, waited=timedelta(seconds=self.waited_s)
                )
        return None

    def _mark(self, job_id: str, state: str, reason: Reason | None = None) -> None:
        self.states[job_id] = state
        self.steps.append((job_id, state))
        if reason is not None:
            self.reasons[job_id] = reason
        self.on_step(state)

    def mark_sending(self, job_id: str, payload: bytes) -> bool:
        if self.states.get(job_id, "queued") not in ("queued", "blocked"):
            return False
        self.payloads[job_id] = payload
        self._mark(job_id, "sending")
        return True

    def mark_sent(self, job_id: str) -> None:
        self._mark(job_id, "sent")

    def mark_waiting(self, job_id: str, reason: Reason) -> None:
        self._mark(job_id, "waiting", reason)

    def mark_confirmed(self, job_id: str, proof: Proof) -> None:
        self.proofs[job_id] = proof
        self._mark(job_id, "confirmed")

    def mark_unverifiable(self, job_id: str, proof: Proof = Proof.NONE) -> None:
        self.proofs[job_id] = proof
        self._mark(job_id, "unverifiable")

    def mark_blocked(self, job_id: str, reason: Reason) -> None:
        self._mark(job_id, "blocked", reason)

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        self._mark(job_id, "unconfirmed", reason)

    def mark_cancelled(self, job_id: str, reason: Reason) -> None:
        self._mark(job_id, "cancelled", reason)

    def wanted(self, job_id: str) -> bool:
        return self.states[job_id] in ("sending", "sent", "waiting")

    def recover(self) -> int:
        flying = [job_id for job_id, state in self.states.items() if state in ("sending", "sent", "waiting")]
        for job_id in flying:
            self._mark(job_id, "unconfirmed")
        return len(flying)

    def steps_of(self, job_id: str) -> list[str]:
        return [state for each, state in self.steps if each == job_id]


def worker_of(jobs: MemoryJobs, transport: Transport, profile: PrinterProfile, **more: Any) -> PrintWorker:
    """A worker of a printer with a drawer; fields of its set-up and arguments of the worker in ``more``."""
    names = {each.name for each in fields(PrinterSetup)}
    about = {name: more.pop(name) for name in list(more) if name in names}
    setup = PrinterSetup(**{"key": "p", "name": "p", "address": "", "profile": profile, "drawer": True} | about)
    return PrintWorker(jobs, setup, transport, **more)


def way(printer: VirtualPrinter, **limits: float) -> TcpTransport:
    return TcpTransport("127.0.0.1", printer.port, **limits)


def jobs_of(*documents: Spooled) -> MemoryJobs:
    return MemoryJobs({f"job-{n}": document for n, document in enumerate(documents, 1)})
