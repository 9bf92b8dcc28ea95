"""The worker on every way to a printer: the state of the job, the bytes on paper, and nothing twice."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import threading
import tty
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import serial

from pos_member.domain.documents import DrawerDocument
from pos_member.domain.errors import Reason
from pos_member.domain.printers import Answers, PrinterProfile, Proof
from pos_member.hardware.printing import usb_port
from pos_member.hardware.printing.cups import CupsTransport
from pos_member.hardware.printing.device_file import DeviceTransport
from pos_member.hardware.printing.profile import GENERIC_80, VIRTUAL_80
from pos_member.hardware.printing.serial_port import Flow, SerialTransport
from pos_member.hardware.printing.simulator import VirtualPrinter
from pos_member.hardware.printing.transports import FileTransport, Transport
from pos_member.hardware.printing.usb_port import UsbTransport
from pos_member.hardware.printing.windows_spooler import WindowsTransport
from pos_member.hardware.printing.winspool import QueueStatus, WinSpool
from pos_member.hardware.printing.worker import Outcome
from tests.hardware.printing import fake_winspool, samples
from tests.hardware.printing.cups_server import CupsServer
from tests.hardware.printing.fake_usb import Bus, Printer
from tests.hardware.printing.spooling import MemoryJobs, jobs_of, worker_of
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and CUPS are of POSIX systems")

MUTE = PrinterProfile("mute", answers=Answers.NO)


def once(transport: Transport, profile: PrinterProfile = MUTE) -> tuple[Outcome, MemoryJobs]:
    """One coupon; what became of it. Whatever it was, a job that is not blocked is not begun again."""
    jobs = jobs_of(samples.COUPON_TH)
    worker = worker_of(jobs, transport, profile)
    outcome = worker.run_once()
    if outcome is not Outcome.BLOCKED:
        assert worker.run_once() is Outcome.IDLE
    return outcome, jobs


# --- serial lines and device files --------------------------------------------------------------------------


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """The printer's end, and the name of the till's."""
    far, near = os.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    with contextlib.suppress(OSError):
        os.close(far)
    os.close(near)


@pytest.fixture
def wired(line: tuple[int, str], printer: VirtualPrinter) -> Iterator[str]:
    """A line with the virtual printer at its end."""
    far, port = line
    stop_reads, stop_writes = os.pipe()
    with socket.create_connection(("127.0.0.1", printer.port)) as peer:

        def carry() -> None:
            while True:
                ready, _, _ = select.select([far, peer, stop_reads], [], [])
                if stop_reads in ready:
                    return
                if far in ready:
                    peer.sendall(os.read(far, 4_096))
                if peer in ready:
                    os.write(far, peer.recv(4_096))

        carrier = threading.Thread(target=carry)
        carrier.start()
        yield port
        os.write(stop_writes, b"x")
        carrier.join(PATIENCE_S)
    os.close(stop_reads)
    os.close(stop_writes)


@pytest.mark.parametrize("kind", ["serial", "device", "file"])
@pytest.mark.parametrize(("profile", "proof"), [(VIRTUAL_80, Proof.PROCESS_ID), (GENERIC_80, Proof.IN_ORDER)])
def test_a_printer_on_a_line_proves_what_it_printed(wired, printer, kind, profile, proof):
    way = {
        "serial": SerialTransport(wired),
        "device": DeviceTransport(Path(wired)),
        "file": FileTransport(Path(wired)),
    }[kind]
    outcome, jobs = once(way, profile)
    assert outcome is Outcome.CONFIRMED
    assert jobs.proofs["job-1"] is proof
    assert printer.wait_for_pictures(1)
    assert len(printer.pictures) == 1


def test_a_line_that_does_not_drain_asks_a_person(line, expected_logs):
    expected_logs("job-1 broke off")
    outcome, jobs = once(SerialTransport(line[1], stall_timeout_s=0.2))
    assert outcome is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_NOT_READING


def test_a_line_whose_printer_is_off_waits_with_nothing_sent(line, monkeypatch):
    monkeypatch.setattr(serial.Serial, "cts", property(lambda _: False))
    outcome, jobs = once(SerialTransport(line[1], flow=Flow.RTSCTS, ready_timeout_s=0.05))
    assert outcome is Outcome.BLOCKED
    assert jobs.reasons["job-1"] is Reason.PRINTER_OFFLINE
    assert not select.select([line[0]], [], [], 0)[0]


# --- USB ----------------------------------------------------------------------------------------------------


def usb(printer: Printer, **limits: float) -> UsbTransport:
    return UsbTransport(printer.vendor, printer.product, backend=Bus(printer), **limits)


def test_usb_takes_it_all():
    printer = Printer()
    outcome, jobs = once(usb(printer))
    assert outcome is Outcome.UNVERIFIABLE
    assert bytes(printer.taken) == jobs.payloads["job-1"]


def test_usb_unplugged_before_waits_and_prints_once():
    printer = Printer(lasts=0)
    jobs = jobs_of(samples.COUPON_TH)
    worker = worker_of(jobs, usb(printer), MUTE)
    assert worker.run_once() is Outcome.BLOCKED
    assert jobs.reasons["job-1"] is Reason.PRINTER_GONE
    printer.lasts = None
    assert worker.run_once() is Outcome.UNVERIFIABLE
    assert bytes(printer.taken) == jobs.payloads["job-1"]


def test_usb_unplugged_in_the_middle_asks_a_person(expected_logs):
    expected_logs("job-1 broke off")
    printer = Printer(lasts=5_000)
    outcome, jobs = once(usb(printer))
    assert outcome is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_BROKE_OFF
    assert len(printer.taken) == 5_000


def test_a_usb_driver_that_hangs_asks_a_person(monkeypatch, expected_logs):
    expected_logs("job-1 broke off")
    monkeypatch.setattr(usb_port, "_GRACE_S", 0.01)
    gate = threading.Event()
    printer = Printer(hangs={"write": gate})
    outcome, jobs = once(usb(printer, stall_timeout_s=0.05))
    gate.set()
    assert outcome is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_HANGS


# --- queues -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CupsServer]:
    made = CupsServer(tmp_path_factory.mktemp("c"))
    try:
        made.start()
        yield made
    finally:
        made.remove()


def test_a_queue_of_cups_prints_what_was_drawn(cups):
    outcome, jobs = once(CupsTransport("paper", cups.where))
    assert outcome is Outcome.UNVERIFIABLE
    assert jobs.proofs["job-1"] is Proof.SPOOLER
    assert cups.printed("paper") == jobs.payloads["job-1"]


@pytest.mark.parametrize(("queue", "reason"), [("halted", Reason.PRINTER_QUEUE_STOPPED), ("held", Reason.PRINTER_HELD)])
def test_a_queue_of_cups_that_does_not_begin_leaves_the_job_waiting(cups, queue, reason):
    outcome, jobs = once(CupsTransport(queue, cups.where, job_timeout_s=0.3))
    assert outcome is Outcome.BLOCKED
    assert jobs.reasons["job-1"] is reason
    assert cups.jobs(queue) == []
    assert cups.printed(queue) == b""


def test_a_queue_of_cups_that_began_and_did_not_end_asks_a_person(cups, expected_logs):
    expected_logs("job-1 broke off")
    outcome, jobs = once(CupsTransport("slow", cups.where, job_timeout_s=0.5))
    assert outcome is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_QUEUE_FAILED
    assert cups.jobs("slow") == []


def test_a_drawer_behind_a_queue_that_stands_is_not_opened_later(cups):
    jobs = jobs_of(DrawerDocument("sale", datetime(2026, 7, 1, 3, tzinfo=UTC)))
    worker = worker_of(jobs, CupsTransport("held", cups.where, job_timeout_s=0.3), MUTE)
    assert worker.run_once() is Outcome.BLOCKED
    assert cups.jobs("held") == []
    jobs.waited_s = 11.0
    assert worker.run_once() is Outcome.CANCELLED
    assert cups.printed("held") == b""


def windows(printer: fake_winspool.Printer) -> tuple[WindowsTransport, fake_winspool.Library]:
    library = fake_winspool.Library(POS=printer)
    spooler = WinSpool(library, lambda: library.last)
    return WindowsTransport("POS", call_timeout_s=0.3, job_timeout_s=0.3, spooler=spooler), library


def test_the_windows_spooler_prints_what_was_drawn():
    printer = fake_winspool.Printer()
    outcome, jobs = once(windows(printer)[0])
    assert outcome is Outcome.UNVERIFIABLE
    assert jobs.proofs["job-1"] is Proof.SPOOLER
    assert printer.printed == [jobs.payloads["job-1"]]


def test_a_paused_windows_queue_waits_and_prints_once():
    printer = fake_winspool.Printer(status=QueueStatus.PAUSED)
    jobs = jobs_of(samples.COUPON_TH)
    worker = worker_of(jobs, windows(printer)[0], MUTE)
    assert worker.run_once() is Outcome.BLOCKED
    assert jobs.reasons["job-1"] is Reason.PRINTER_QUEUE_STOPPED
    printer.status = 0
    assert worker.run_once() is Outcome.UNVERIFIABLE
    assert printer.printed == [jobs.payloads["job-1"]]


def test_a_windows_driver_that_hangs_asks_a_person(expected_logs):
    expected_logs("job-1 broke off")
    printer = fake_winspool.Printer()
    way, library = windows(printer)
    gate = library.hangs["WritePrinter"] = threading.Event()
    outcome, jobs = once(way)
    gate.set()
    assert outcome is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_HANGS
    assert not printer.printed
    assert not printer.jobs
