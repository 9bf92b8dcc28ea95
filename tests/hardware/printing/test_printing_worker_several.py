"""Several printers, drawers, a store that cannot write, a till that stops: worker, real spool, virtual printers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from pos_member.db.print_store import FALLBACK_AFTER, RETRY_AFTER, SqlPrintStore
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, DrawerSensor, PrinterProfile
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.simulator import Do, Fault, Pace, Step, VirtualPrinter, When
from pos_member.hardware.printing.worker import Outcome, PrintWorker
from pos_member.services.print_ports import NewPrintJob
from tests.fair_time import FairTime
from tests.hardware.printing import samples
from tests.hardware.printing.print_shop import FRONT, S, Shop, built, drain
from tests.hardware.printing.spooling import way
from tests.patience import PATIENCE_S, eventually

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
            thread.join(PATIENCE_S)
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


def test_looking_at_the_drawer_does_not_fill_the_printer(shop: Shop, tmp_path: Path) -> None:
    with built(tmp_path, buffer_bytes=512) as printer:
        printer.set_fault(Fault.PAPER_OUT)
        shop.sale(drawer=True)
        worker = shop.worker(printer)
        # Questions stay in the buffer of a printer that is off line: one that is full answers nobody any more.
        assert worker.run_once() is Outcome.UNVERIFIABLE
        assert worker.run_once() is Outcome.BLOCKED
        assert shop.info("receipt-1").reason == Reason.PRINTER_PAPER_OUT.value


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
    # The printer's last paper may have broken off: its own worker is told once more.
    assert worker.recover() == 1
    assert drain(worker) == [Outcome.CONFIRMED]
    assert shop.info("receipt-1").state is S.UNCONFIRMED
    assert printer.wait_for_pictures(1) and len(printer.pictures) == 1


def held_up(shop: Shop, worker: PrintWorker, happens: Callable[[], None]) -> tuple[Outcome, float]:
    """What becomes of paper ``a`` where that happens while its printer waits, and seconds from then on."""
    ended: list[tuple[Outcome, float]] = []
    began = FairTime()

    def prints() -> None:
        outcome = worker.run_once()
        ended.append((outcome, began.took_s))

    lane = threading.Thread(target=prints)
    lane.start()
    assert eventually(lambda: shop.info("a").state is S.WAITING_PRINTER)
    began = FairTime()
    happens()
    lane.join(PATIENCE_S)
    return ended[0]


def test_a_person_prints_a_waiting_paper_anew(shop: Shop, tmp_path: Path) -> None:
    with built(tmp_path, Step(When(paper=1, row=100), Do.PAPER_OUT), pace=Pace(rows_per_second=4_000)) as printer:
        shop.add("a", samples.RECEIPT_TH)
        anew = NewPrintJob("b", DocumentKind.RECEIPT, samples.RECEIPT_TH, "s-a", copy_number=1, replaces="a")

        def ask() -> None:
            with shop.folder.store.transaction() as tx:
                tx.add_print_job(anew)

        outcome, took_s = held_up(shop, shop.worker(printer), ask)
        assert outcome is Outcome.SKIPPED and took_s < 1.0
        info = shop.info("a")
        assert (info.state, info.replaced_by) == (S.SUPERSEDED, "b")


def test_a_stopping_till_holds_no_lane(shop: Shop, tmp_path: Path) -> None:
    with built(tmp_path, Step(When(paper=1, row=100), Do.PAPER_OUT), pace=Pace(rows_per_second=4_000)) as printer:
        shop.add("a", samples.RECEIPT_TH)
        stopping = threading.Event()
        outcome, took_s = held_up(shop, shop.worker(printer, stopping=stopping.is_set), stopping.set)
        assert took_s < 0.6
    assert outcome is Outcome.UNCONFIRMED
    assert (shop.info("a").state, shop.info("a").reason) == (S.UNCONFIRMED, "printer_broke_off")
