"""The Windows spooler, on a double of its library: whole jobs, queues that stand, drivers that hang."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.deadlines import hanging
from pos_member.hardware.printing.windows_spooler import WindowsConnection, WindowsTransport
from pos_member.hardware.printing.winspool import (
    WORK_OFFLINE,
    DocInfo1,
    JobInfo1,
    JobStatus,
    PrinterInfo2,
    PrinterInfo4,
    QueueStatus,
    WinSpool,
)
from tests.hardware.printing.fake_winspool import ACCESS_DENIED, Library, Printer
from tests.patience import eventually

NAME = "ใบเสร็จ"
JOB = bytes(range(256)) * 300


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def way(library: Library, **limits: float) -> WindowsTransport:
    limits = {"call_timeout_s": 5.0, "job_timeout_s": 0.25, **limits}
    return WindowsTransport(NAME, spooler=WinSpool(library, lambda: library.last), **limits)


def sent(transport: WindowsTransport) -> tuple[WindowsConnection, EnvironmentProblem | Proof]:
    connection = transport.connect()
    connection.write(JOB[:1_000])
    connection.write(JOB[1_000:])
    assert connection.written == 0
    try:
        return connection, connection.finish()
    except EnvironmentProblem as problem:
        return connection, problem
    finally:
        connection.close()


def all_back() -> bool:
    return eventually(lambda: hanging(f"windows {NAME}") == 0)


@pytest.mark.parametrize("most", [1_000_000, 777])
def test_a_job_goes_through_raw_and_the_queue_says_so(most):
    printer = Printer(most=most)
    library = Library(**{NAME: printer})
    connection, proof = sent(way(library))
    assert proof is Proof.SPOOLER
    assert printer.printed == [JOB]
    assert connection.written == len(JOB)
    assert not library.handles
    assert connection.read(0.01) == b""
    assert not way(library).can_answer


def test_the_job_is_raw_and_has_a_name():
    printer = Printer(passes=False)
    library = Library(**{NAME: printer})
    seen: list[tuple[str, str]] = []
    library.hangs["EndDocPrinter"] = threading.Event()
    library.hangs["EndDocPrinter"].set()
    ended = Library.EndDocPrinter

    def note(handle: object) -> bool:
        seen.extend((job.title, job.kind) for job in printer.jobs.values())
        return ended(library, handle)

    library.EndDocPrinter = note
    sent(way(library))
    assert seen == [("POS Member", "RAW")]


@pytest.mark.parametrize(
    ("status", "attributes", "reason"),
    [
        (QueueStatus.PAUSED, 0, Reason.PRINTER_QUEUE_STOPPED),
        (QueueStatus.OFFLINE, 0, Reason.PRINTER_OFFLINE),
        (0, WORK_OFFLINE, Reason.PRINTER_OFFLINE),
        (QueueStatus.PENDING_DELETION, 0, Reason.PRINTER_UNKNOWN),
    ],
)
def test_a_queue_that_takes_nothing_is_told_before_the_first_byte(status, attributes, reason):
    library = Library(**{NAME: Printer(status=status, attributes=attributes)})
    with pytest.raises(EnvironmentProblem) as caught:
        way(library).connect()
    assert caught.value.reason is reason
    assert "StartDocPrinterW" not in library.calls
    assert not library.handles


def test_a_printer_that_was_deleted():
    with pytest.raises(EnvironmentProblem) as caught:
        way(Library()).connect()
    assert caught.value.reason is Reason.PRINTER_UNKNOWN
    library = Library(**{NAME: Printer()})
    connection = way(library).connect()
    connection.write(JOB)
    del library.printers[NAME]
    with pytest.raises(EnvironmentProblem) as caught:
        connection.finish()
    assert caught.value.reason is Reason.PRINTER_UNKNOWN
    assert connection.written == 0


@pytest.mark.parametrize("call", ["OpenPrinterW", "StartDocPrinterW", "StartPagePrinter"])
def test_no_rights_leave_nothing_written(call):
    printer = Printer()
    library = Library(**{NAME: printer})
    library.refuses[call] = ACCESS_DENIED
    with pytest.raises(EnvironmentProblem) as caught:
        connection = way(library).connect()
        connection.write(JOB)
        connection.finish()
    assert caught.value.reason is Reason.PRINTER_NO_RIGHTS
    assert caught.value.params["written"] == 0
    assert not library.handles
    assert not printer.jobs


@pytest.mark.parametrize("status", [JobStatus.ERROR, JobStatus.PAPER_OUT, JobStatus.PRINTING, JobStatus.PAUSED])
def test_a_job_that_stays_is_taken_out_of_the_queue(status):
    printer = Printer(passes=False)
    library = Library(**{NAME: printer})
    ended = Library.EndDocPrinter

    def stand(handle: object) -> bool:
        result = ended(library, handle)
        for job in printer.jobs.values():
            job.status = status
        return result

    library.EndDocPrinter = stand
    connection, problem = sent(way(library))
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == len(JOB)
    assert not printer.jobs
    assert not printer.printed
    assert not library.handles


@pytest.mark.parametrize("status", [JobStatus.PRINTED, JobStatus.COMPLETE | JobStatus.PRINTING])
def test_a_queue_that_keeps_printed_jobs_says_so_too(status):
    printer = Printer(passes=False)
    library = Library(**{NAME: printer})
    ended = Library.EndDocPrinter

    def keep(handle: object) -> bool:
        result = ended(library, handle)
        for job in printer.jobs.values():
            job.status = status
        return result

    library.EndDocPrinter = keep
    assert sent(way(library))[1] is Proof.SPOOLER


def test_a_job_that_somebody_deletes_is_not_believed():
    printer = Printer(passes=False)
    library = Library(**{NAME: printer})
    ended = Library.EndDocPrinter

    def delete(handle: object) -> bool:
        result = ended(library, handle)
        for job in printer.jobs.values():
            job.status = JobStatus.DELETING
        return result

    library.EndDocPrinter = delete
    problem = sent(way(library, job_timeout_s=20))[1]
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED


def test_a_write_that_fails_in_the_middle_is_counted_to_there():
    printer = Printer(most=10_000)
    library = Library(**{NAME: printer})
    wrote = Library.WritePrinter
    pieces: list[int] = []

    def write(handle: object, data: bytes, count: int, taken: object) -> bool:
        pieces.append(count)
        if len(pieces) == 3:
            library.last = 1_167
            return False
        return wrote(library, handle, data, count, taken)

    library.WritePrinter = write
    connection, problem = sent(way(library))
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == 20_000
    assert not printer.jobs
    assert not library.handles


def test_a_write_that_takes_nothing_ends():
    library = Library(**{NAME: Printer(most=0)})
    connection, problem = sent(way(library))
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == 0


def test_a_driver_that_hangs_while_writing(gate):
    """The count is the worst case, the job is taken out by another handle, the hanging one is closed in the end."""
    printer = Printer()
    library = Library(**{NAME: printer})
    library.hangs["WritePrinter"] = gate
    connection, problem = sent(way(library, call_timeout_s=0.1))
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_HANGS
    assert connection.written == 16_384
    assert not printer.jobs
    assert len(library.handles) == 1
    gate.set()
    assert all_back()
    assert not library.handles


@pytest.mark.parametrize("call", ["OpenPrinterW", "GetPrinterW"])
def test_a_driver_that_hangs_while_connecting(gate, call):
    library = Library(**{NAME: Printer()})
    library.hangs[call] = gate
    with pytest.raises(EnvironmentProblem) as caught:
        way(library, call_timeout_s=0.1).connect()
    assert caught.value.reason is Reason.PRINTER_HANGS
    gate.set()
    assert all_back()
    assert not library.handles


def test_a_job_that_cannot_be_taken_out_is_told_in_the_log(expected_logs):
    expected_logs("could not be cancelled and may be printed yet")
    printer = Printer(passes=False)
    library = Library(**{NAME: printer})
    library.refuses["SetJobW"] = ACCESS_DENIED
    problem = sent(way(library))[1]
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert printer.jobs


def test_the_printers_there_are():
    library = Library(**{NAME: Printer(), "Office": Printer()})
    assert WinSpool(library, lambda: library.last).printers() == (NAME, "Office")
    assert WinSpool(Library()).printers() == ()


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the figures are those of 64 bits")
@pytest.mark.parametrize(
    ("structure", "size", "places"),
    [
        (DocInfo1, 24, {"name": 0, "output": 8, "datatype": 16}),
        (PrinterInfo2, 136, {"printer": 8, "driver": 32, "attributes": 104, "status": 124, "jobs": 128}),
        (PrinterInfo4, 24, {"printer": 0, "attributes": 16}),
        (JobInfo1, 96, {"job": 0, "document": 32, "status": 56, "pages_printed": 72, "submitted": 76}),
    ],
)
def test_structures_lie_as_windows_lays_them(structure, size, places):
    assert ctypes.sizeof(structure) == size
    assert {name: getattr(structure, name).offset for name in places} == places


def test_elsewhere_the_way_is_missing(monkeypatch):
    monkeypatch.setattr("pos_member.hardware.printing.windows_spooler.on_windows", lambda: False)
    with pytest.raises(EnvironmentProblem) as caught:
        WindowsTransport(NAME).connect()
    assert caught.value.reason is Reason.PRINTER_WAY_MISSING


def test_a_pulse_waits_for_less_than_a_paper(monkeypatch):
    monkeypatch.setattr("pos_member.hardware.printing.troubles._PULSE_S", 0.05)
    printer = Printer(passes=False)
    connection = way(Library(**{NAME: printer}), job_timeout_s=60).connect()
    connection.write(b"\x1bp\x00\x19\xfa")
    with pytest.raises(EnvironmentProblem, match="queue_failed"):
        connection.finish()
    assert not printer.jobs
