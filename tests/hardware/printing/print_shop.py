"""A till's real spool on a real file, with workers on virtual printers; both clocks are the test's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pos_member.db.folder import DataFolder
from pos_member.db.print_store import SqlPrintStore
from pos_member.domain.documents import DocumentKind, DrawerDocument, PaperLine, Spooled
from pos_member.domain.printers import PrinterSetup
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.simulator import Build, Step, VirtualPrinter
from pos_member.hardware.printing.worker import Outcome, PrintWorker
from pos_member.services.print_ports import NewPrintJob, PrintJobInfo, PrintJobState
from tests.db_support import SetClock
from tests.hardware.printing import samples
from tests.hardware.printing.spooling import way

S = PrintJobState
FRONT = PrinterSetup("front", "หน้าร้าน", "", VIRTUAL_80, drawer=True)
UNFINISHED = {S.QUEUED, S.BLOCKED, S.SENDING, S.SENT, S.WAITING_PRINTER}
LONG = replace(
    samples.RECEIPT_TH,
    lines=tuple(PaperLine(f"สินค้าลำดับที่ {n} ชื่อยาวพอให้ตัดบรรทัด", 1_000, 1_000 + n, 1_000 + n) for n in range(300)),
)
EMPTY = replace(samples.RECEIPT_TH, lines=())


@dataclass
class Seconds:
    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Shop:
    """A till's spool and whatever printers the test has."""

    folder: DataFolder
    clock: SetClock
    seconds: Seconds = field(default_factory=Seconds)

    def __post_init__(self) -> None:
        self.store = SqlPrintStore(self.folder.till, self.clock, monotonic=self.seconds)

    def add(self, job_id: str, document: Spooled, kind: DocumentKind = DocumentKind.RECEIPT, printer: str = "") -> None:
        with self.folder.store.transaction() as tx:
            tx.add_print_job(NewPrintJob(job_id, kind, document, f"s-{job_id}", printer=printer))

    def sale(self, name: str = "1", *, drawer: bool = False) -> None:
        """A receipt and its coupon, behind a pulse."""
        if drawer:
            self.pulse(f"pulse-{name}")
        self.add(f"receipt-{name}", samples.RECEIPT_TH)
        self.add(f"coupon-{name}", samples.COUPON_TH, DocumentKind.COUPON)

    def pulse(self, job_id: str = "pulse") -> None:
        self.add(job_id, DrawerDocument("sale", self.clock.now()), DocumentKind.DRAWER)

    def worker(
        self, printer: VirtualPrinter, setup: PrinterSetup = FRONT, *others: PrinterSetup, **more: Any
    ) -> PrintWorker:
        return PrintWorker(self.store.for_printer(setup, (setup, *others)), setup, way(printer), **more)

    def info(self, job_id: str) -> PrintJobInfo:
        found = self.folder.store.facts.print_job(job_id)
        assert found is not None
        return found

    def both_clocks(self, step: timedelta) -> None:
        self.clock.forward(step)
        self.seconds.at += step.total_seconds()


def drain(worker: PrintWorker, limit: int = 20) -> list[Outcome]:
    found = []
    for _ in range(limit):
        outcome = worker.run_once()
        if outcome is Outcome.IDLE:
            return found
        found.append(outcome)
    raise AssertionError(f"no end: {found}")


@contextmanager
def built(tmp_path: Path, *steps: Step, **build: Any) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(out_dir=tmp_path / "paper", build=Build(**build), steps=steps, strict=True) as printer:
        yield printer
