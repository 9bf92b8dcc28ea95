"""The worker, a real spool on a real file, and the virtual printer: what stands in the spool is what lies on paper."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_member.db.print_store import RETRY_AFTER
from pos_member.domain.documents import DocumentKind, Spooled
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, PrinterProfile, Proof
from pos_member.hardware.printing.addresses import parse
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.simulator import Build, Do, Fault, Lasting, Pace, PtyLink, Step, VirtualPrinter, When
from pos_member.hardware.printing.templates import shipped
from pos_member.hardware.printing.transports import Transport
from pos_member.hardware.printing.worker import Outcome, PrintWorker, Timing
from pos_member.services.print_ports import PaperTemplate
from tests.db_support import NOW
from tests.fair_time import FairTime
from tests.hardware.printing import samples
from tests.hardware.printing.print_shop import EMPTY, FRONT, LONG, S, Shop, built, drain
from tests.hardware.printing.readers import read_both
from tests.hardware.printing.spooling import way
from tests.patience import PATIENCE_S

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
            person.join(PATIENCE_S)
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


@pytest.mark.parametrize("automatic", [Answers.UNKNOWN, Answers.NO], ids=["tells by itself", "is asked"])
def test_most_of_a_long_paper_has_not_left_when_the_paper_ends(shop: Shop, tmp_path: Path, automatic: Answers) -> None:
    """A line that takes no more, a printer with a small memory: the rest follows after the reload, in its place."""
    link, undisturbed = PtyLink(), tmp_path / "undisturbed"
    build = Build(pace=Pace(rows_per_second=20_000), buffer_bytes=4_096)
    step = Step(When(paper=1, row=3_000), Do.PAPER_OUT, lasting=Lasting(ms=1_500))
    setup = replace(FRONT, profile=replace(VIRTUAL_80, automatic_status=automatic))
    jobs = shop.store.for_printer(setup, (setup,))
    for folder, steps in ((undisturbed, ()), (tmp_path / "stopped", (step,))):
        with VirtualPrinter(out_dir=folder, link=link, build=build, steps=steps, strict=True) as printer:
            shop.add(folder.name, LONG)
            assert PrintWorker(jobs, setup, parse(printer.address)).run_once() is Outcome.CONFIRMED
            assert printer.wait_for_pictures(1)
            assert (len(printer.pictures), printer.unknown) == (1, ())
    papers = [next(folder.iterdir()).read_bytes() for folder in (undisturbed, tmp_path / "stopped")]
    assert papers[0] == papers[1], "not a dot is lost, none is printed twice"
    assert shop.info("stopped").attempts == 1


class FullLine:
    """A line that has no room for a question while the printer stands without paper; all else goes through."""

    def __init__(self, way: Transport, printer: VirtualPrinter) -> None:
        self._way, self._printer = way, printer
        self.refused = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._way, name)

    def connect(self) -> Any:
        return FullLineConnection(self._way.connect(), self)

    def full(self, data: bytes) -> bool:
        stuck = data[:2] == b"\x10\x04" and self._printer.sensors.paper_out
        self.refused += stuck
        return stuck


class FullLineConnection:
    def __init__(self, inner: Any, line: FullLine) -> None:
        self._inner, self._line = inner, line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def write_some(self, data: bytes, timeout_s: float) -> int:
        return 0 if self._line.full(data) else self._inner.write_some(data, timeout_s)

    def write(self, data: bytes) -> None:
        if self._line.full(data):
            raise EnvironmentProblem(Reason.PRINTER_NOT_READING)
        self._inner.write(data)


def test_a_full_line_takes_no_question_and_the_paper_goes_on_after_the_reload(shop: Shop, tmp_path: Path) -> None:
    step = Step(When(paper=1, row=200), Do.PAPER_OUT, lasting=Lasting(ms=1_500))
    setup = replace(FRONT, profile=replace(VIRTUAL_80, automatic_status=Answers.YES))
    jobs = shop.store.for_printer(setup, (setup,))
    with built(tmp_path, step) as printer:
        line = FullLine(way(printer), printer)
        shop.add("receipt", samples.RECEIPT_TH)
        assert PrintWorker(jobs, setup, line, timing=Timing(poll_s=0.1, gone_s=0.5)).run_once() is Outcome.CONFIRMED
        assert printer.wait_for_pictures(1) and len(printer.pictures) == 1
    assert line.refused, "the worker asked while there was no room"
    assert shop.info("receipt").attempts == 1


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
        began = FairTime()
        assert [worker.run_once(), worker.run_once()] == [Outcome.UNCONFIRMED, Outcome.BLOCKED]
        assert began.took_s < 2
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
