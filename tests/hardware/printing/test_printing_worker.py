"""The worker: nothing twice by itself, nothing lost, and the truth about what happened."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace

import pytest

from pos_member.domain.documents import Document, DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, PrinterProfile
from pos_member.hardware.printing.profile import GENERIC_80, VIRTUAL_80
from pos_member.hardware.printing.simulator import Fault, VirtualPrinter
from pos_member.hardware.printing.transports import FileTransport, NullTransport, TcpTransport
from pos_member.hardware.printing.worker import Outcome, PrintJob, PrintWorker
from tests.hardware.printing import samples
from tests.hardware.printing.readers import read_both


@dataclass
class MemoryJobs:
    """Jobs in memory, in the order of their making; remembers every step in ``steps``."""

    documents: dict[str, Document]
    states: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)
    payloads: dict[str, bytes] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    copies: int = 0

    def next_job(self) -> PrintJob | None:
        for job_id, document in self.documents.items():
            if self.states.get(job_id, "queued") in ("queued", "blocked"):
                attempts = sum(1 for step in self.steps if step == (job_id, "blocked"))
                return PrintJob(job_id, DocumentKind.RECEIPT, document, self.copies, attempts=attempts)
        return None

    def _mark(self, job_id: str, state: str, reason: Reason | None = None) -> None:
        self.states[job_id] = state
        self.steps.append((job_id, state))
        if reason is not None:
            self.reasons[job_id] = reason

    def mark_sending(self, job_id: str, payload: bytes) -> None:
        self.payloads[job_id] = payload
        self._mark(job_id, "sending")

    def mark_sent(self, job_id: str) -> None:
        self._mark(job_id, "sent")

    def mark_confirmed(self, job_id: str) -> None:
        self._mark(job_id, "confirmed")

    def mark_blocked(self, job_id: str, reason: Reason) -> None:
        self._mark(job_id, "blocked", reason)

    def mark_unconfirmed(self, job_id: str, reason: Reason) -> None:
        self._mark(job_id, "unconfirmed", reason)

    def recover(self) -> int:
        flying = [job_id for job_id, state in self.states.items() if state == "sending"]
        for job_id in flying:
            self._mark(job_id, "unconfirmed")
        return len(flying)


def way(printer: VirtualPrinter, **limits: float) -> TcpTransport:
    return TcpTransport("127.0.0.1", printer.port, **limits)


def jobs_of(*documents: Document) -> MemoryJobs:
    return MemoryJobs({f"job-{n}": document for n, document in enumerate(documents, 1)})


PROFILES = {
    "process id": VIRTUAL_80,
    "in order": PrinterProfile("x", answers=Answers.YES),
    "found out": GENERIC_80,
}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_receipt_and_coupon_are_printed_and_confirmed(printer, profile):
    jobs = jobs_of(samples.RECEIPT_TH, samples.COUPON_TH)
    worker = PrintWorker(jobs, way(printer), profile)
    assert [worker.run_once() for _ in range(3)] == [Outcome.CONFIRMED, Outcome.CONFIRMED, Outcome.IDLE]
    assert jobs.steps == [(f"job-{n}", state) for n in (1, 2) for state in ("sending", "confirmed")]
    assert printer.wait_for_pictures(2)
    assert read_both(printer.pictures[1])[0] == {samples.COUPON_TH.code}


def test_a_device_that_cannot_answer_is_sent_to(printer):
    printer.set_fault(Fault.MUTE)
    jobs = jobs_of(samples.COUPON_TH)
    assert PrintWorker(jobs, way(printer), GENERIC_80).run_once() is Outcome.SENT
    jobs = jobs_of(samples.COUPON_TH)
    profile = PrinterProfile("x", answers=Answers.NO)
    assert PrintWorker(jobs, way(printer), profile).run_once() is Outcome.SENT
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
    worker = PrintWorker(jobs, way(printer), VIRTUAL_80)
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
    worker = PrintWorker(jobs_of(samples.COUPON_TH), way(printer), VIRTUAL_80)
    worker.run_once()  # fonts and imports are warm
    began = time.monotonic()
    assert worker.run_once() is Outcome.BLOCKED
    assert time.monotonic() - began < 0.3


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("after", [10, 5_000, 20_000])
def test_broken_off_in_the_middle_is_never_sent_again(printer, expected_logs, profile, after):
    expected_logs("job-1 broke off")
    jobs = jobs_of(samples.RECEIPT_TH)
    worker = PrintWorker(jobs, way(printer), profile)
    printer.break_off_after(after)
    assert worker.run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_BROKE_OFF
    assert [worker.run_once() for _ in range(3)] == [Outcome.IDLE] * 3
    assert [state for _, state in jobs.steps] == ["sending", "unconfirmed"]


class PaperRunsOut(MemoryJobs):
    """Takes the paper out between the readiness check and the first byte."""

    def __init__(self, printer: VirtualPrinter, fault: Fault, document: Document) -> None:
        super().__init__({"job-1": document})
        self.printer, self.fault = printer, fault

    def mark_sending(self, job_id: str, payload: bytes) -> None:
        super().mark_sending(job_id, payload)
        self.printer.set_fault(self.fault)


@pytest.mark.parametrize("profile", [VIRTUAL_80, PrinterProfile("x", answers=Answers.YES)])
@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Fault.PAPER_OUT, Reason.PRINTER_PAPER_OUT), (Fault.COVER_OPEN, Reason.PRINTER_COVER_OPEN)],
)
def test_paper_out_in_the_middle_is_noticed_within_a_second(printer, expected_logs, profile, fault, reason):
    expected_logs("job-1 broke off")
    jobs = PaperRunsOut(printer, fault, samples.RECEIPT_TH)
    worker = PrintWorker(jobs, way(printer), profile)
    began = time.monotonic()
    assert worker.run_once() is Outcome.UNCONFIRMED
    assert time.monotonic() - began < 1.5
    assert jobs.reasons["job-1"] is reason
    printer.set_fault(Fault.NONE)
    assert printer.wait_for_pictures(1), "the printer keeps the rest and goes on after the reload"
    assert worker.run_once() is Outcome.IDLE
    assert len(printer.pictures) == 1


def test_a_printer_that_falls_silent_is_not_believed(printer, expected_logs):
    expected_logs("job-1 broke off: printer_silent")
    jobs = PaperRunsOut(printer, Fault.MUTE, samples.COUPON_TH)
    worker = PrintWorker(jobs, way(printer), VIRTUAL_80, proof_timeout_s=0.5)
    assert worker.run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_SILENT


def test_what_was_in_flight_at_a_crash_is_unconfirmed():
    jobs = jobs_of(samples.COUPON_TH, samples.COUPON_TH)
    jobs.mark_sending("job-1", b"")
    worker = PrintWorker(jobs, NullTransport(), GENERIC_80)
    assert worker.recover() == 1
    assert worker.run_once() is Outcome.SENT
    assert jobs.states == {"job-1": "unconfirmed", "job-2": "sent"}


def test_the_payload_is_announced_before_it_is_sent_and_is_the_same_each_time(tmp_path):
    path = tmp_path / "paper.bin"
    jobs = jobs_of(samples.RECEIPT_TH, samples.RECEIPT_TH)
    worker = PrintWorker(jobs, FileTransport(path), GENERIC_80)
    assert worker.run_once() is Outcome.SENT
    assert path.read_bytes() == jobs.payloads["job-1"]
    assert worker.run_once() is Outcome.SENT
    assert jobs.payloads["job-1"] == jobs.payloads["job-2"]


def test_a_file_that_cannot_be_written_blocks(tmp_path):
    jobs = jobs_of(samples.COUPON_TH)
    worker = PrintWorker(jobs, FileTransport(tmp_path / "missing" / "x"), GENERIC_80)
    assert worker.run_once() is Outcome.BLOCKED
    assert jobs.reasons["job-1"] is Reason.FILE_NOT_WRITABLE


def test_a_paper_that_cannot_be_drawn_does_not_stop_the_next(expected_logs):
    expected_logs("job-1 cannot be drawn", logging.ERROR)
    jobs = jobs_of(replace(samples.MEMBER_CARD_TH, member_number="123"), samples.COUPON_TH)
    worker = PrintWorker(jobs, NullTransport(), GENERIC_80)
    assert [worker.run_once(), worker.run_once()] == [Outcome.UNCONFIRMED, Outcome.SENT]
    assert jobs.reasons["job-1"] is Reason.PAPER_NOT_DRAWN


def test_a_reprint_carries_its_copy_number():
    plain, copy = jobs_of(samples.COUPON_TH), jobs_of(samples.COUPON_TH)
    copy.copies = 1
    for jobs in (plain, copy):
        PrintWorker(jobs, NullTransport(), GENERIC_80).run_once()
    assert len(copy.payloads["job-1"]) > len(plain.payloads["job-1"])


def test_a_slow_clone_gets_its_pauses(printer):
    jobs = jobs_of(samples.COUPON_TH)
    profile = PrinterProfile("clone", band_delay_ms=1, answers=Answers.YES)
    assert PrintWorker(jobs, way(printer), profile).run_once() is Outcome.CONFIRMED
    assert printer.wait_for_pictures(1)


def test_the_drawer_opens_once(printer):
    worker = PrintWorker(jobs_of(), way(printer), VIRTUAL_80)
    worker.open_drawer()
    connection = way(printer).connect()
    connection.write(b"\x1dr\x01")
    assert connection.read(2) == b"\x00"
    connection.close()
    assert printer.kicks == 1


class LostAfterItsAnswer:
    """A line that is cut the moment the printer has said that all is printed."""

    can_answer = True

    def __init__(self) -> None:
        self.written = 0
        self.answers = [b"\x12\x12", b"\x00"]

    def connect(self) -> LostAfterItsAnswer:
        return self

    def write(self, data: bytes) -> None:
        self.written += len(data)

    def read(self, timeout_s: float) -> bytes:
        return self.answers.pop(0)

    def finish(self) -> None:
        raise EnvironmentProblem(Reason.PRINTER_BROKE_OFF)

    def close(self) -> None:
        pass


def test_what_is_confirmed_stays_so_however_the_line_ends():
    jobs = jobs_of(samples.COUPON_TH)
    line = LostAfterItsAnswer()
    assert PrintWorker(jobs, line, PrinterProfile("x", answers=Answers.YES)).run_once() is Outcome.CONFIRMED
    assert line.written > len(jobs.payloads["job-1"])
    assert line.answers == []


@pytest.mark.parametrize("answers", [Answers.YES, Answers.UNKNOWN])
def test_a_process_id_is_asked_of_known_models_only(answers):
    """An unknown clone would print the request as text."""

    class Listening(LostAfterItsAnswer):
        def __init__(self) -> None:
            super().__init__()
            self.sent = b""

        def write(self, data: bytes) -> None:
            super().write(data)
            self.sent += data

    line = Listening()
    line.answers = [b"\x12\x12", b"\x37\x220001\x00" if answers is Answers.YES else b"\x00"]
    profile = PrinterProfile("x", answers=answers, process_id=True)
    assert PrintWorker(jobs_of(samples.COUPON_TH), line, profile).run_once() is Outcome.CONFIRMED
    assert (b"\x1d(H" in line.sent) is (answers is Answers.YES)
