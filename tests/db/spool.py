"""A real spool with both of its clocks in the test's hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pos_member.db.folder import DataFolder
from pos_member.db.print_store import PrinterJobs, SqlPrintStore
from pos_member.domain.documents import DocumentKind, DrawerDocument, OrderSlipDocument, Spooled, TestPageDocument
from pos_member.domain.printers import PrinterProfile, PrinterRole, PrinterSetup
from pos_member.services.print_ports import NewPrintJob, PrintJobInfo, PrintJobState
from tests.db_support import SetClock

S = PrintJobState
PAGE = TestPageDocument("th", "เครื่องพิมพ์", "8000")
FRONT = PrinterSetup("front", "หน้าร้าน", "tcp://a", PrinterProfile("x"), drawer=True)
KITCHEN = PrinterSetup("kitchen", "ครัว", "tcp://b", PrinterProfile("x"), roles=(PrinterRole.KITCHEN,))


@dataclass
class Seconds:
    """A clock that nobody sets: only ``pass_`` moves it."""

    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at

    def pass_(self, step: timedelta) -> None:
        self.at += step.total_seconds()


@dataclass
class Spool:
    """A folder with its spool and both of its clocks."""

    folder: DataFolder
    clock: SetClock
    seconds: Seconds
    store: SqlPrintStore

    def view(self, setup: PrinterSetup = FRONT, *others: PrinterSetup) -> PrinterJobs:
        return self.store.for_printer(setup, (setup, *others))

    def add(self, job_id: str, kind: DocumentKind = DocumentKind.TEST_PAGE, *, printer: str = "") -> None:
        document: Spooled = PAGE
        if kind is DocumentKind.DRAWER:
            document = DrawerDocument("sale", self.clock.now())
        if kind is DocumentKind.ORDER_SLIP:
            document = OrderSlipDocument("th", "สาขา", "1", "B-1", self.clock.now(), "Asia/Bangkok", ())
        with self.folder.store.transaction() as tx:
            tx.add_print_job(NewPrintJob(job_id, kind, document, f"subject-{job_id}", printer=printer))

    def info(self, job_id: str) -> PrintJobInfo:
        found = self.folder.store.facts.print_job(job_id)
        assert found is not None
        return found

    def state(self, job_id: str) -> PrintJobState:
        return self.info(job_id).state

    def both_clocks(self, step: timedelta) -> None:
        self.clock.forward(step)
        self.seconds.pass_(step)


def next_id(view: PrinterJobs) -> str | None:
    job = view.next_job()
    return None if job is None else job.id
