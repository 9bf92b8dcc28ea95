"""The worker: nothing twice by itself, nothing lost, and the truth about what happened."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

import pytest

from pos_member.domain.errors import Reason
from pos_member.domain.printers import Answers, PrinterProfile, Proof
from pos_member.hardware.printing import worker as worker_module
from pos_member.hardware.printing.payloads import payload_of
from pos_member.hardware.printing.profile import GENERIC_80, VIRTUAL_80
from pos_member.hardware.printing.simulator import Fault, VirtualPrinter
from pos_member.hardware.printing.tcp import TcpConnection
from pos_member.hardware.printing.transports import FileTransport, NullTransport
from pos_member.hardware.printing.worker import Outcome, PrintJob, Timing
from tests.fair_time import FairTime
from tests.hardware.printing import samples
from tests.hardware.printing.readers import read_both
from tests.hardware.printing.spooling import MemoryJobs, jobs_of, way, worker_of

PROFILES = {
    "process id": VIRTUAL_80,
    "in order": PrinterProfile("x", answers=Answers.YES),
    "found out": GENERIC_80,
}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_receipt_and_coupon_are_printed_and_confirmed(printer, profile):
    jobs = jobs_of(samples.RECEIPT_TH, samples.COUPON_TH)
    worker = worker_of(jobs, way(printer), profile)
    assert [worker.run_once() for _ in range(3)] == [Outcome.CONFIRMED, Outcome.CONFIRMED, Outcome.IDLE]
    assert jobs.steps == [(f"job-{n}", state) for n in (1, 2) for state in ("sending", "sent", "confirmed")]
    assert printer.wait_for_pictures(2)
    assert read_both(printer.pictures[1])[0] == {samples.COUPON_TH.code}


def test_a_device_that_cannot_answer_is_sent_to(printer):
    printer.set_fault(Fault.MUTE)
    jobs = jobs_of(samples.COUPON_TH)
    assert worker_of(jobs, way(printer), GENERIC_80).run_once() is Outcome.UNVERIFIABLE
    jobs = jobs_of(samples.COUPON_TH)
    profile = PrinterProfile("x", answers=Answers.NO)
    assert worker_of(jobs, way(printer), profile).run_once() is Outcome.UNVERIFIABLE
    assert printer.wait_for_pictures(2)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.OFF, Reason.PRINTER_UNREACHABLE),
        (Fault.HANG, Reason.PRINTER_UNREACHABLE),
        (Fault.MUTE, Reason.PRINTER_UNREACHABLE),
        (Fault.PAPER_OUT, Reason.PRINTER_PAPER_OUT),
        (Fault.COVER_OPEN, Reason.PRINTER_COVER_OPEN),
    ],
)
def test_a_fault_known_before_blocks_and_then_prints_once(printer, fault, reason):
    jobs = jobs_of(samples.COUPON_TH)
    worker = worker_of(jobs, way(printer), VIRTUAL_80)
    printer.set_fault(fault)
    assert worker.run_once() is Outcome.BLOCKED
    assert worker.run_once() is Outcome.BLOCKED
    assert jobs.reasons["job-1"] is reason
    assert "sending" not in [state for _, state in jobs.steps], "not one byte may be announced"
    printer.set_fault(Fault.NONE)
    assert worker.run_once() is Outcome.CONFIRMED
    assert worker.run_once() is Outcome.IDLE
    assert printer.wait_for_pictures(1)
    assert len(printer.pictures) == 1


def test_faults_known_before_are_told_quickly(printer):
    printer.set_fault(Fault.PAPER_OUT)
    worker = worker_of(jobs_of(samples.COUPON_TH), way(printer), VIRTUAL_80)
    worker.run_once()  # fonts and imports are warm
    began = FairTime()
    assert worker.run_once() is Outcome.BLOCKED
    assert began.took_s < 0.3


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("after", [30, 5_000, 20_000])
def test_broken_off_in_the_middle_is_never_sent_again(printer, expected_logs, profile, after):
    expected_logs("job-1 broke off")
    jobs = jobs_of(samples.RECEIPT_TH)
    worker = worker_of(jobs, way(printer), profile)
    printer.break_off_after(after)
    assert worker.run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_BROKE_OFF
    assert [worker.run_once() for _ in range(3)] == [Outcome.IDLE] * 3
    assert [state for _, state in jobs.steps if state != "sent"] == ["sending", "unconfirmed"]


WAITS = [
    (Fault.PAPER_OUT, Reason.PRINTER_WAITS_FOR_PAPER),
    (Fault.COVER_OPEN, Reason.PRINTER_WAITS_FOR_COVER),
]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize(("fault", "reason"), WAITS)
def test_a_printer_that_stops_in_the_middle_is_waited_for_and_goes_on(printer, profile, fault, reason):
    """Nothing is sent twice: the printer keeps what it has, and the job ends well once a person saw to it."""
    jobs = jobs_of(samples.RECEIPT_TH, samples.COUPON_TH)
    began: list[FairTime] = []
    took_s: list[float] = []

    def step(state: str) -> None:
        if state == "sending" and not began:
            began.append(FairTime())
            printer.set_fault(fault)
        if state == "waiting":
            took_s.append(began[0].took_s)
            printer.set_fault(Fault.NONE)

    jobs.on_step = step
    worker = worker_of(jobs, way(printer), profile)
    assert worker.run_once() is Outcome.CONFIRMED
    assert jobs.reasons["job-1"] is reason
    assert took_s[0] < 1.0
    assert jobs.steps_of("job-1")[0] == "sending"
    assert jobs.steps_of("job-1")[-2:] == ["sent", "confirmed"]
    assert worker.run_once() is Outcome.CONFIRMED
    assert printer.wait_for_pictures(2)
    assert len(printer.pictures) == 2


def waiting(printer: VirtualPrinter, then: Callable[[], object]) -> MemoryJobs:
    """A job that finds no paper in the middle; ``then`` is called once it waits."""
    jobs = jobs_of(samples.RECEIPT_TH)

    def step(state: str) -> None:
        if state == "sending":
            printer.set_fault(Fault.PAPER_OUT)
        if state == "waiting":
            then()

    jobs.on_step = step
    return jobs


@pytest.mark.parametrize("state", ["superseded", "cancelled"])
def test_a_person_who_settles_a_waiting_job_frees_the_printer(printer, state):
    jobs = waiting(printer, lambda: jobs.states.update({"job-1": state}))
    assert worker_of(jobs, way(printer), VIRTUAL_80).run_once() is Outcome.SKIPPED
    assert jobs.states["job-1"] == state
    assert jobs.steps_of("job-1")[-1] == "waiting"


def test_a_till_that_stops_waits_for_no_paper(printer):
    stopping = threading.Event()
    jobs = waiting(printer, stopping.set)
    worker = worker_of(jobs, way(printer), VIRTUAL_80, stopping=stopping.is_set)
    assert worker.run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_BROKE_OFF


def test_a_printer_switched_off_while_it_waits_is_not_waited_for(printer, expected_logs):
    expected_logs("job-1 broke off")
    jobs = waiting(printer, lambda: printer.set_fault(Fault.OFF))
    assert worker_of(jobs, way(printer), VIRTUAL_80).run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_BROKE_OFF


def test_a_slow_till_is_no_silent_printer(printer, monkeypatch):
    """While the printer waits for paper the till stands still for longer than a printer may be silent."""
    stands_still, stood, listen = threading.Event(), [], TcpConnection.read

    def read(line: TcpConnection, timeout_s: float) -> bytes:
        said = listen(line, timeout_s)
        if jobs.steps_of("job-1")[-1:] == ["waiting"] and len(stood) < 3 and not said:
            stood.append(stands_still.wait(0.8))
            if len(stood) == 3:
                printer.set_fault(Fault.NONE)
        return said

    jobs = waiting(printer, lambda: None)
    monkeypatch.setattr(TcpConnection, "read", read)
    worker = worker_of(jobs, way(printer), VIRTUAL_80, timing=Timing(poll_s=0.1, gone_s=0.5))
    assert worker.run_once() is Outcome.CONFIRMED
    assert len(stood) == 3


def test_a_printer_that_falls_silent_is_not_believed(printer, expected_logs):
    expected_logs("job-1 broke off: printer_silent")
    jobs = jobs_of(samples.COUPON_TH)
    jobs.on_step = lambda state: printer.set_fault(Fault.MUTE) if state == "sending" else None
    worker = worker_of(jobs, way(printer), VIRTUAL_80, timing=Timing(proof_s=0.5))
    assert worker.run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_SILENT


def test_what_was_in_flight_at_a_crash_is_unconfirmed():
    jobs = jobs_of(samples.COUPON_TH, samples.COUPON_TH)
    jobs.mark_sending("job-1", b"")
    worker = worker_of(jobs, NullTransport(), GENERIC_80)
    assert worker.recover() == 1
    assert worker.run_once() is Outcome.UNVERIFIABLE
    assert jobs.states == {"job-1": "unconfirmed", "job-2": "unverifiable"}


def test_the_payload_is_announced_before_it_is_sent_and_is_the_same_each_time(tmp_path):
    path = tmp_path / "paper.bin"
    jobs = jobs_of(samples.RECEIPT_TH, samples.RECEIPT_TH)
    worker = worker_of(jobs, FileTransport(path), GENERIC_80)
    assert worker.run_once() is Outcome.CONFIRMED
    assert jobs.proofs["job-1"] is Proof.FILE
    assert path.read_bytes() == jobs.payloads["job-1"]
    assert worker.run_once() is Outcome.CONFIRMED
    assert jobs.payloads["job-1"] == jobs.payloads["job-2"]


def test_a_file_that_cannot_be_written_blocks(tmp_path):
    jobs = jobs_of(samples.COUPON_TH)
    worker = worker_of(jobs, FileTransport(tmp_path / "missing" / "x"), GENERIC_80)
    assert worker.run_once() is Outcome.BLOCKED
    assert jobs.reasons["job-1"] is Reason.FILE_NOT_WRITABLE


def test_a_paper_that_cannot_be_drawn_does_not_stop_the_next(expected_logs, monkeypatch):
    expected_logs("job-1 cannot be drawn", logging.ERROR)

    def draw(job: PrintJob, profile: PrinterProfile) -> Sequence[bytes]:
        if job.id == "job-1":
            raise ValueError("a paper of 120001 rows")
        return payload_of(job, profile)

    monkeypatch.setattr(worker_module, "payload_of", draw)
    jobs = jobs_of(samples.COUPON_TH, samples.COUPON_TH)
    worker = worker_of(jobs, NullTransport(), GENERIC_80)
    assert [worker.run_once(), worker.run_once()] == [Outcome.UNCONFIRMED, Outcome.UNVERIFIABLE]
    assert jobs.reasons["job-1"] is Reason.PAPER_NOT_DRAWN


def test_a_reprint_carries_its_copy_number():
    plain, copy = jobs_of(samples.COUPON_TH), jobs_of(samples.COUPON_TH)
    copy.copies = 1
    for jobs in (plain, copy):
        worker_of(jobs, NullTransport(), GENERIC_80).run_once()
    assert len(copy.payloads["job-1"]) > len(plain.payloads["job-1"])


def test_a_slow_clone_gets_its_pauses(printer):
    jobs = jobs_of(samples.COUPON_TH)
    profile = PrinterProfile("clone", band_delay_ms=1, answers=Answers.YES)
    assert worker_of(jobs, way(printer), profile).run_once() is Outcome.CONFIRMED
    assert printer.wait_for_pictures(1)
