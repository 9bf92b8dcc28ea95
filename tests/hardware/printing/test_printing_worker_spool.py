"""The worker, a real spool on a real file, and the virtual printer: what stands in the spool is what lies on paper."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from pos_member.db.folder import DataFolder
from pos_member.db.print_store import FALLBACK_AFTER, RETRY_AFTER, SqlPrintStore
from pos_member.domain.documents import DocumentKind, DrawerDocument, PaperLine, Spooled
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, DrawerSensor, PrinterProfile, PrinterSetup, Proof
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.simulator import Build, Do, Fault, Lasting, Pace, Step, VirtualPrinter, When
from pos_member.hardware.printing.templates import shipped
from pos_member.hardware.printing.worker import Outcome, PrintWorker, Timing
from pos_member.services.print_ports import NewPrintJob, PaperTemplate, PrintJobInfo, PrintJobState
from tests.db_support import NOW, SetClock, make_store
from tests.hardware.printing import samples
from tests.hardware.printing.readers import read_both
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


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = SetClock(NOW)
    with make_store(tmp_path, clock=clock) as folder:
        yield Shop(folder, clock)


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


# --- all is well ---------------------------------------------------------------------------------------------------


def test_a_sale_is_printed_and_proved(shop: Shop, printer: VirtualPrinter) -> None:
    shop.sale(drawer=True)
    assert drain(shop.worker(printer)) == [Outcome.CONFIRMED] * 3
    assert printer.wait_for_pictures(2)
    assert (len(printer.pictures), printer.kicks, printer.unknown) == (2, 1, ())
    assert read_both(printer.pictures[1])[0] == {samples.COUPON_TH.code}
    assert {shop.info(each).proof for each in ("receipt-1", "coupon-1")} == {Proof.PROCESS_ID}
    assert shop.info("pulse-1").proof is Proof.IN_ORDER


@pytest.mark.parametrize("document", [EMPTY, LONG], ids=["empty", "300 lines"])
def test_receipts_of_any_length(shop: Shop, printer: VirtualPrinter, document: Spooled) -> None:
    shop.add("a", document)
    assert drain(shop.worker(printer)) == [Outcome.CONFIRMED]
    assert printer.wait_for_pictures(1)


def test_a_paper_is_drawn_by_the_template_it_was_made_with(
    shop: Shop, printer: VirtualPrinter, expected_logs: Any
) -> None:
    expected_logs("print job bad is drawn by the template that comes with the product")
    from pos_member.config import resource

    own = resource("receipts", "coupon.json").read_text(encoding="utf-8")
    assert shipped(DocumentKind.COUPON)
    for job_id, content in (("good", own), ("bad", "{")):
        with shop.folder.store.transaction() as tx:
            tx.save_paper_template(PaperTemplate(DocumentKind.COUPON, 0, content, NOW, "s"))
        shop.add(job_id, samples.COUPON_TH, DocumentKind.COUPON)
    assert drain(shop.worker(printer)) == [Outcome.CONFIRMED] * 2, "a bad template loses no paper"


# --- in the middle -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Do.PAPER_OUT, Do.COVER_OPEN, Do.OVERHEATED, Do.OFFLINE])
@pytest.mark.parametrize("paper", [1, 2], ids=["in the receipt", "in the coupon"])
@pytest.mark.parametrize("profile", [VIRTUAL_80, PrinterProfile("x")], ids=["known", "found out"])
def test_what_stops_in_the_middle_goes_on_and_comes_out_once(
    shop: Shop, tmp_path: Path, fault: Do, paper: int, profile: PrinterProfile
) -> None:
    step = Step(When(paper=paper, row=200), fault)
    with built(tmp_path, step, pace=Pace(rows_per_second=4_000)) as printer:
        shop.sale()
        stopped = ["receipt-1", "coupon-1"][paper - 1]
        seen: list[str] = []

        def watch() -> None:
            # A person who looks at the window, and sees to the printer once it says so.
            while shop.info(stopped).state is not S.WAITING_PRINTER:
                if over.wait(0.01):
                    return
            seen.append(shop.info(stopped).reason)
            printer.undo(fault)

        over = threading.Event()
        person = threading.Thread(target=watch)
        person.start()
        try:
            assert drain(shop.worker(printer, replace(FRONT, profile=profile))) == [Outcome.CONFIRMED] * 2
        finally:
            over.set()
            person.join(10)
        assert printer.wait_for_pictures(2)
        assert len(printer.pictures) == 2
    assert seen == [
        {
            Do.PAPER_OUT: "printer_waits_for_paper",
            Do.COVER_OPEN: "printer_waits_for_cover",
            Do.OVERHEATED: "printer_overheated",
            Do.OFFLINE: "printer_offline",
        }[fault]
    ]
    assert {job.attempts for job in shop.folder.store.facts.print_jobs()} == {1}


def test_a_long_paper_on_a_slow_head_with_a_small_memory_goes_on_after_the_reload(shop: Shop, tmp_path: Path) -> None:
    """Most of it has not left the till when the paper ends: the rest follows, in the very place."""
    step = Step(When(paper=1, row=1_000), Do.PAPER_OUT, lasting=Lasting(ms=700))
    with built(tmp_path, step, pace=Pace(rows_per_second=20_000), buffer_bytes=4_096) as printer:
        shop.add("a", LONG)
        assert drain(shop.worker(printer)) == [Outcome.CONFIRMED]
        assert printer.wait_for_pictures(1)
        assert (len(printer.pictures), printer.unknown) == (1, ())


@pytest.mark.parametrize("fault", [Do.RESET, Do.FINISH, Do.POWER_CYCLE, Do.BREAK_OFF])
@pytest.mark.parametrize("byte", [200, 9_000])
def test_what_breaks_off_is_asked_about_and_never_sent_again(
    shop: Shop, tmp_path: Path, expected_logs: Any, fault: Do, byte: int
) -> None:
    expected_logs("receipt-1 broke off")
    with built(tmp_path, Step(When(byte=byte), fault)) as printer:
        shop.sale()
        worker = shop.worker(printer)
        assert drain(worker)[0] is Outcome.UNCONFIRMED
        info = shop.info("receipt-1")
        assert (info.state, info.reason, info.attempts) == (S.UNCONFIRMED, "printer_broke_off", 1)
        assert shop.info("coupon-1").state is S.CONFIRMED, "the next paper is printed"
        shop.both_clocks(timedelta(hours=1))
        assert drain(worker) == []


def test_a_cutter_that_jams_is_a_persons_to_settle(shop: Shop, tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("receipt-1 broke off")
    with built(tmp_path, Step(When(cut=1), Do.CUTTER_ERROR)) as printer:
        shop.sale()
        worker = shop.worker(printer)
        began = time.monotonic()
        assert [worker.run_once(), worker.run_once()] == [Outcome.UNCONFIRMED, Outcome.BLOCKED]
        assert time.monotonic() - began < 2
        assert (shop.info("receipt-1").reason, shop.info("coupon-1").reason) == ("printer_cutter", "printer_cutter")
        printer.undo(Do.CUTTER_ERROR)
        shop.both_clocks(RETRY_AFTER)
        assert worker.run_once() is Outcome.CONFIRMED


def test_a_printer_that_hangs_after_it_was_asked(shop: Shop, printer: VirtualPrinter, expected_logs: Any) -> None:
    expected_logs("receipt-1 broke off")
    shop.sale()
    jobs = shop.store.for_printer(FRONT, (FRONT,))
    claim = jobs.mark_sending

    def hang(job_id: str, payload: bytes) -> bool:
        printer.set_fault(Fault.HANG)
        return claim(job_id, payload)

    jobs.mark_sending = hang  # type: ignore[method-assign]
    transport = replace(way(printer), stall_timeout_s=0.5)
    worker = PrintWorker(jobs, FRONT, transport, timing=Timing(proof_s=0.1, proof_alive_s=0.1, stall_s=0.3))
    assert worker.run_once() is Outcome.UNCONFIRMED
    assert shop.info("receipt-1").reason in ("printer_silent", "printer_not_reading")
    received = printer.received
    printer.set_fault(Fault.NONE)
    assert printer.settle()
    assert printer.wait_for_pictures(1, timeout_s=0.3) is False, "what it had not taken is not printed later"
    assert printer.received - received < len(samples.RECEIPT_TH.number) + 70_000


@pytest.mark.parametrize("fault", [Do.WRONG_PROCESS_ID, Do.NO_PROCESS_ID])
def test_a_proof_that_is_not_this_jobs(shop: Shop, printer: VirtualPrinter, expected_logs: Any, fault: Do) -> None:
    expected_logs("a broke off: printer_silent")
    printer.do(fault)
    shop.add("a", EMPTY)
    worker = shop.worker(printer, timing=Timing(proof_s=0.2, proof_alive_s=0.2, poll_s=0.1))
    assert worker.run_once() is Outcome.UNCONFIRMED
    assert printer.wait_for_pictures(1)


# --- what is known before ------------------------------------------------------------------------------------------


def test_another_printer_behind_the_address_prints_nothing(shop: Shop, printer: VirtualPrinter) -> None:
    known = replace(FRONT, identity="POS MEMBER/POS Member virtual printer/V000001")
    shop.sale()
    worker = shop.worker(printer, known)
    assert worker.run_once() is Outcome.CONFIRMED
    printer.do(Do.OTHER_PRINTER)
    assert worker.run_once() is Outcome.BLOCKED
    assert (shop.info("coupon-1").state, shop.info("coupon-1").reason) == (S.BLOCKED, "printer_changed")
    printer.undo(Do.OTHER_PRINTER)
    shop.both_clocks(RETRY_AFTER)
    assert worker.run_once() is Outcome.CONFIRMED
    assert printer.wait_for_pictures(2)


def test_an_odd_printer_that_answers_the_question_before_prints_once(shop: Shop, printer: VirtualPrinter) -> None:
    printer.do(Do.ONE_BEHIND)
    printer.do(Do.PAPER_LOW)
    shop.sale()
    assert drain(shop.worker(printer, replace(FRONT, profile=PrinterProfile("x")))) == [Outcome.CONFIRMED] * 2
    assert printer.wait_for_pictures(2)
    assert len(printer.pictures) == 2


# --- several printers ----------------------------------------------------------------------------------------------


def test_two_workers_at_one_spool_print_everything_once(shop: Shop, tmp_path: Path) -> None:
    twin = replace(FRONT, key="twin")
    for n in range(8):
        shop.add(f"job-{n}", samples.COUPON_TH, DocumentKind.COUPON)
    outcomes: list[Outcome] = []
    with (
        VirtualPrinter(out_dir=tmp_path / "one", strict=True) as one,
        VirtualPrinter(out_dir=tmp_path / "two", strict=True) as two,
    ):
        workers = [shop.worker(one, FRONT, twin), shop.worker(two, twin, FRONT)]
        threads = [threading.Thread(target=lambda each=each: outcomes.extend(drain(each, 40))) for each in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert outcomes.count(Outcome.CONFIRMED) == 8
        assert set(outcomes) <= {Outcome.CONFIRMED, Outcome.SKIPPED}
        assert one.settle() and two.settle()
        assert len(one.pictures) + len(two.pictures) == 8
    assert {job.state for job in shop.folder.store.facts.print_jobs()} == {S.CONFIRMED}


def test_what_one_printer_cannot_begin_comes_out_of_the_other_once(shop: Shop, tmp_path: Path) -> None:
    spare = replace(FRONT, key="spare", roles=(), fallback="", drawer=False)
    front = replace(FRONT, fallback="spare")
    with (
        VirtualPrinter(out_dir=tmp_path / "one", strict=True) as one,
        VirtualPrinter(out_dir=tmp_path / "two", strict=True) as two,
    ):
        workers = [shop.worker(one, front, spare), shop.worker(two, spare, front)]
        one.set_fault(Fault.OFF)
        shop.sale()
        for _ in range(int(FALLBACK_AFTER / RETRY_AFTER)):
            assert [each.run_once() for each in workers] == [Outcome.BLOCKED, Outcome.IDLE]
            shop.both_clocks(RETRY_AFTER)
        assert workers[1].run_once() is Outcome.CONFIRMED
        info = shop.info("receipt-1")
        assert (info.state, info.printer, info.reason) == (S.CONFIRMED, "spare", "printer_fallback")
        one.set_fault(Fault.NONE)
        assert [each.run_once() for each in workers] == [Outcome.CONFIRMED, Outcome.IDLE]
        assert (shop.info("coupon-1").printer, shop.info("coupon-1").reason) == ("front", "")
        assert one.wait_for_pictures(1) and two.wait_for_pictures(1)
        assert len(one.pictures) == len(two.pictures) == 1


# --- drawers -------------------------------------------------------------------------------------------------------


def test_the_drawer_opens_before_the_receipt_and_behind_no_blocked_paper(shop: Shop, printer: VirtualPrinter) -> None:
    worker = shop.worker(printer)
    shop.sale("1")
    printer.set_fault(Fault.PAPER_OUT)
    assert worker.run_once() is Outcome.BLOCKED
    shop.sale("2", drawer=True)
    assert worker.run_once() is Outcome.UNVERIFIABLE
    assert printer.kicks == 1, "obeyed at once, with no paper in it"
    assert shop.info("pulse-2").state is S.UNVERIFIABLE
    printer.set_fault(Fault.NONE)
    shop.both_clocks(RETRY_AFTER)
    assert drain(worker) == [Outcome.CONFIRMED] * 4
    assert printer.kicks == 1, "and not again with the paper"


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.PAPER_OUT])
def test_a_drawer_that_tells_of_itself_is_proof(shop: Shop, tmp_path: Path, fault: Fault) -> None:
    wired = replace(FRONT, profile=replace(VIRTUAL_80, drawer_sensor=DrawerSensor.HIGH_IS_OPEN))
    with built(tmp_path, drawer=DrawerSensor.HIGH_IS_OPEN) as printer:
        printer.set_fault(fault)
        shop.pulse()
        assert shop.worker(printer, wired).run_once() is Outcome.CONFIRMED
        assert printer.kicks == 1


def test_a_pulse_that_comes_late_is_not_given(shop: Shop, printer: VirtualPrinter) -> None:
    worker = shop.worker(printer)
    assert worker.run_once() is Outcome.IDLE
    printer.set_fault(Fault.OFF)
    shop.pulse()
    for _ in range(5):
        assert worker.run_once() is Outcome.BLOCKED
        shop.both_clocks(RETRY_AFTER)
    shop.both_clocks(RETRY_AFTER)
    printer.set_fault(Fault.NONE)
    assert worker.run_once() is Outcome.CANCELLED
    assert (shop.info("pulse").state, shop.info("pulse").reason) == (S.CANCELLED, "drawer_too_late")
    assert (worker.run_once(), printer.kicks) == (Outcome.IDLE, 0)


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1)])
def test_a_pulse_is_given_though_the_clock_was_set(shop: Shop, printer: VirtualPrinter, jump: timedelta) -> None:
    worker = shop.worker(printer)
    assert worker.run_once() is Outcome.IDLE
    shop.pulse()
    shop.clock.forward(jump)
    assert worker.run_once() is Outcome.CONFIRMED
    assert printer.kicks == 1


def test_a_till_without_a_drawer_says_so(shop: Shop, printer: VirtualPrinter) -> None:
    shop.pulse()
    assert shop.worker(printer, replace(FRONT, drawer=False)).run_once() is Outcome.CANCELLED
    assert shop.info("pulse").reason == "drawer_none"
    assert printer.received == 0


def test_a_mute_printer_gets_its_pulse(shop: Shop, printer: VirtualPrinter) -> None:
    printer.set_fault(Fault.MUTE)
    shop.pulse()
    setup = replace(FRONT, profile=PrinterProfile("x", answers=Answers.NO))
    assert shop.worker(printer, setup).run_once() is Outcome.UNVERIFIABLE
    assert printer.settle() and printer.kicks == 1


# --- the store fails, the till stops -------------------------------------------------------------------------------


@contextmanager
def full_disk(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    @contextmanager
    def write() -> Iterator[Connection]:
        raise EnvironmentProblem(Reason.DISK_FULL)
        yield

    with monkeypatch.context() as patch:
        patch.setattr(shop.folder.till, "write", write)
        yield


def test_nothing_is_sent_that_could_not_be_announced(
    shop: Shop, printer: VirtualPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.sale()
    worker = shop.worker(printer)
    with full_disk(shop, monkeypatch):
        for _ in range(3):
            with pytest.raises(EnvironmentProblem):
                worker.run_once()
    assert printer.settle() and printer.received <= 12, "questions, and nothing else"
    assert drain(worker) == [Outcome.CONFIRMED] * 2
    assert printer.wait_for_pictures(2) and len(printer.pictures) == 2


def test_a_verdict_that_could_not_be_written_is_brought_before_the_next_job(
    shop: Shop, printer: VirtualPrinter, monkeypatch: pytest.MonkeyPatch, expected_logs: Any
) -> None:
    expected_logs("how print job receipt-1 stands could not be written down")
    shop.sale()
    jobs = shop.store.for_printer(FRONT, (FRONT,))
    worker = PrintWorker(jobs, FRONT, way(printer))
    claim = jobs.mark_sending
    with monkeypatch.context() as patch:

        def then_full(job_id: str, payload: bytes) -> bool:
            taken = claim(job_id, payload)
            broken.__enter__()
            return taken

        broken = full_disk(shop, monkeypatch)
        patch.setattr(jobs, "mark_sending", then_full)
        with pytest.raises(EnvironmentProblem):
            worker.run_once()
        with pytest.raises(EnvironmentProblem):
            worker.run_once()
        broken.__exit__(None, None, None)
    assert shop.info("receipt-1").state is S.SENDING
    assert worker.run_once() is Outcome.CONFIRMED
    assert (shop.info("receipt-1").state, shop.info("coupon-1").state) == (S.CONFIRMED, S.CONFIRMED)
    assert printer.wait_for_pictures(2) and len(printer.pictures) == 2


def test_stopped_between_the_claim_and_the_first_byte(shop: Shop, printer: VirtualPrinter) -> None:
    """As if the power went: nobody can know, so a person is asked, and nothing is sent again."""
    shop.sale()
    jobs = shop.store.for_printer(FRONT, (FRONT,))
    job = jobs.next_job()
    assert job is not None and jobs.mark_sending(job.id, b"x")
    again = SqlPrintStore(shop.folder.till, shop.clock)
    assert again.recover_all() == 1
    worker = PrintWorker(again.for_printer(FRONT, (FRONT,)), FRONT, way(printer))
    assert worker.recover() == 0
    assert drain(worker) == [Outcome.CONFIRMED]
    assert shop.info("receipt-1").state is S.UNCONFIRMED
    assert printer.wait_for_pictures(1) and len(printer.pictures) == 1


def test_a_person_prints_a_waiting_paper_anew(shop: Shop, tmp_path: Path) -> None:
    with built(tmp_path, Step(When(paper=1, row=100), Do.PAPER_OUT), pace=Pace(rows_per_second=4_000)) as printer:
        shop.add("a", samples.RECEIPT_TH)
        worker = shop.worker(printer)
        outcomes: list[Outcome] = []
        lane = threading.Thread(target=lambda: outcomes.append(worker.run_once()))
        lane.start()
        tick = threading.Event()
        assert any(shop.info("a").state is S.WAITING_PRINTER or tick.wait(0.02) for _ in range(500))
        began = time.monotonic()
        with shop.folder.store.transaction() as tx:
            tx.add_print_job(
                NewPrintJob("b", DocumentKind.RECEIPT, samples.RECEIPT_TH, "s-a", copy_number=1, replaces="a")
            )
        lane.join(10)
        assert time.monotonic() - began < 1.0
        assert outcomes == [Outcome.SKIPPED]
        info = shop.info("a")
        assert (info.state, info.replaced_by) == (S.SUPERSEDED, "b")


def test_a_stopping_till_holds_no_lane(shop: Shop, tmp_path: Path) -> None:
    with built(tmp_path, Step(When(paper=1, row=100), Do.PAPER_OUT), pace=Pace(rows_per_second=4_000)) as printer:
        shop.add("a", samples.RECEIPT_TH)
        stopping = threading.Event()
        worker = shop.worker(printer, stopping=stopping.is_set)
        outcomes: list[Outcome] = []
        lane = threading.Thread(target=lambda: outcomes.append(worker.run_once()))
        lane.start()
        tick = threading.Event()
        assert any(shop.info("a").state is S.WAITING_PRINTER or tick.wait(0.02) for _ in range(500))
        began = time.monotonic()
        stopping.set()
        lane.join(10)
        assert time.monotonic() - began < 0.6
    assert outcomes == [Outcome.UNCONFIRMED]
    assert (shop.info("a").state, shop.info("a").reason) == (S.UNCONFIRMED, "printer_broke_off")
