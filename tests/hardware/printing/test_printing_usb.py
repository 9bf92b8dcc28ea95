"""USB through pyusb's own code, on a bus that is made up: who gets the interface, what left, what is given back."""

from __future__ import annotations

import errno
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing import usb_port
from pos_member.hardware.printing.deadlines import hanging
from pos_member.hardware.printing.transports import Patient
from pos_member.hardware.printing.usb_port import UsbTransport
from tests.hardware.printing.fake_usb import BACK_INTERRUPT, IN, OUT, Bus, Interface, Printer
from tests.patience import eventually


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def way(bus: Bus, **more) -> UsbTransport:
    return UsbTransport(0x04B8, 0x0202, backend=bus, **more)


def refused(transport: UsbTransport) -> EnvironmentProblem:
    with pytest.raises(EnvironmentProblem) as caught:
        transport.connect()
    return caught.value


def all_back(transport: UsbTransport) -> bool:
    return eventually(lambda: hanging(transport.describe) == 0)


def test_a_job_goes_out_whole_and_the_device_is_let_go():
    printer = Printer(most=1_000)
    connection = way(Bus(printer)).connect()
    job = bytes(range(256)) * 50
    connection.write(job)
    assert connection.written == len(job)
    assert connection.finish() is Proof.NONE
    assert bytes(printer.taken) == job
    assert (printer.open_handles, printer.claimed) == (0, set())
    connection.close()


def test_answers_come_back_and_silence_takes_its_time():
    printer = Printer(answers=[b"", b"\x12"])
    transport = way(Bus(printer))
    assert transport.can_answer
    connection = transport.connect()
    # An empty packet is no answer.
    assert connection.read(1) == b"\x12"
    began = time.monotonic()
    assert connection.read(0.05) == b""
    assert time.monotonic() - began >= 0.05
    connection.close()


def test_a_printer_without_a_way_back_is_silent():
    connection = way(Bus(Printer(interfaces=(Interface(protocol=1, ends=(OUT, BACK_INTERRUPT)),)))).connect()
    began = time.monotonic()
    assert connection.read(0.05) == b""
    assert time.monotonic() - began >= 0.05
    connection.close()


def test_the_kernels_driver_steps_aside_and_gets_its_device_back():
    printer = Printer(kernel_driver=True)
    connection = way(Bus(printer)).connect()
    assert not printer.kernel_driver
    connection.write(b"x")
    connection.finish()
    assert printer.kernel_driver
    assert printer.log.index("release") < printer.log.index("attach") < printer.log.index("close")


def test_it_gets_its_device_back_when_claiming_fails_too():
    printer = Printer(kernel_driver=True, refuses={"claim": errno.EBUSY})
    assert refused(way(Bus(printer))).reason is Reason.PRINTER_HELD
    assert printer.kernel_driver
    assert printer.open_handles == 0


@pytest.mark.parametrize(
    ("call", "number", "reason"),
    [
        ("open", errno.EACCES, Reason.PRINTER_NO_RIGHTS),
        ("open", errno.ENODEV, Reason.PRINTER_GONE),
        ("open", errno.ENOSYS, Reason.PRINTER_WAY_MISSING),
        ("claim", errno.EBUSY, Reason.PRINTER_HELD),
        ("claim", errno.EIO, Reason.PRINTER_UNREACHABLE),
        ("driver?", errno.EACCES, Reason.PRINTER_NO_RIGHTS),
    ],
)
def test_why_a_device_cannot_be_taken(call, number, reason):
    printer = Printer(refuses={call: number})
    problem = refused(way(Bus(printer)))
    assert problem.reason is reason
    assert (printer.open_handles, printer.claimed) == (0, set())


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOENT])
def test_systems_without_kernel_drivers_are_no_hindrance(number):
    printer = Printer(refuses={"driver?": number})
    way(Bus(printer)).connect().close()
    assert printer.open_handles == 0


def test_not_plugged_in():
    assert refused(way(Bus())).reason is Reason.PRINTER_GONE
    assert refused(way(Bus(Printer(product=0x0203)))).reason is Reason.PRINTER_GONE


def test_of_two_alike_the_one_with_the_serial_number():
    first, second = Printer(texts=("EPSON", "TM-T20II", "A1")), Printer(texts=("EPSON", "TM-T20II", "B2"))
    connection = way(Bus(first, second), serial="B2").connect()
    connection.write(b"x")
    connection.finish()
    assert (bytes(first.taken), bytes(second.taken)) == (b"", b"x")
    assert (first.open_handles, second.open_handles) == (0, 0)
    assert refused(way(Bus(first, second), serial="C3")).reason is Reason.PRINTER_GONE


def test_a_serial_number_that_may_not_be_read_is_a_matter_of_rights():
    assert refused(way(Bus(Printer(refuses={"open": errno.EACCES})), serial="A1")).reason is Reason.PRINTER_NO_RIGHTS


def test_the_printers_own_interface_is_chosen():
    keyboard = Interface(0, kind=3, ends=(BACK_INTERRUPT,))
    modern = Interface(1, protocol=4, ends=(0x03, 0x85))
    printer = Printer(interfaces=(keyboard, modern, Interface(2, protocol=1), Interface(3, protocol=2)))
    connection = way(Bus(printer)).connect()
    assert printer.claimed == {3}
    connection.close()


def test_an_alternate_setting_is_switched_to():
    printer = Printer(interfaces=(Interface(0, kind=3, ends=()), Interface(0, alternate=1)))
    connection = way(Bus(printer)).connect()
    connection.write(b"x")
    connection.close()
    assert "alternate 1" in printer.log


def test_a_makers_own_class_is_taken_where_there_is_no_better():
    printer = Printer(interfaces=(Interface(kind=255, protocol=0),))
    way(Bus(printer)).connect().close()
    assert "claim" in printer.log


def test_only_ipp_or_nothing_at_all_cannot_be_printed_on():
    assert refused(way(Bus(Printer(interfaces=(Interface(protocol=4),))))).reason is Reason.PRINTER_UNREACHABLE
    assert refused(way(Bus(Printer(interfaces=(Interface(ends=(IN,)),))))).reason is Reason.PRINTER_UNREACHABLE


def test_end_points_may_be_named():
    printer = Printer(interfaces=(Interface(ends=(0x03, OUT, IN, 0x84)),))
    connection = way(Bus(printer), endpoint_out=OUT, endpoint_in=0x84).connect()
    assert (connection._claim.writes, connection._claim.reads) == (OUT, 0x84)
    connection.close()
    assert refused(way(Bus(printer), endpoint_out=0x05)).reason is Reason.PRINTER_UNREACHABLE


def test_a_device_nobody_has_configured_yet():
    printer = Printer(configured=False)
    way(Bus(printer)).connect().close()
    assert printer.configured


def test_a_printer_that_takes_no_more_is_counted_to_the_byte():
    printer = Printer(room=5_000)
    connection = way(Bus(printer), stall_timeout_s=0.2).connect()
    with pytest.raises(EnvironmentProblem) as caught:
        connection.write(bytes(20_000))
    assert caught.value.reason is Reason.PRINTER_NOT_READING
    assert connection.written == len(printer.taken) == 5_000
    connection.close()
    assert printer.open_handles == 0


def test_the_whole_job_has_a_deadline():
    printer = Printer(most=1)
    connection = way(Bus(printer), stall_timeout_s=60, total_timeout_s=0.1).connect()
    with pytest.raises(EnvironmentProblem, match="not_reading"):
        connection.write(bytes(1_000_000))
    assert 0 < connection.written == len(printer.taken) < 1_000_000
    connection.close()


def test_unplugged_before_the_first_byte():
    connection = way(Bus(Printer(lasts=0))).connect()
    with pytest.raises(EnvironmentProblem) as caught:
        connection.write(b"x")
    assert caught.value.reason is Reason.PRINTER_GONE
    assert connection.written == 0
    with pytest.raises(EnvironmentProblem, match="gone"):
        connection.read(0.1)
    connection.close()


def test_unplugged_in_the_middle():
    printer = Printer(lasts=6_000)
    connection = way(Bus(printer)).connect()
    with pytest.raises(EnvironmentProblem) as caught:
        connection.write(bytes(20_000))
    assert caught.value.reason is Reason.PRINTER_BROKE_OFF
    assert connection.written == len(printer.taken) == 6_000
    # A device that is gone cannot be released; that is nobody's trouble.
    printer.refuses["release"] = errno.ENODEV
    connection.close()
    assert printer.open_handles == 0


@pytest.mark.parametrize("call", ["open", "claim", "driver?"])
def test_taking_a_device_that_hangs_is_left_behind(gate, monkeypatch, call):
    monkeypatch.setattr(usb_port, "_OPEN_S", 0.05)
    printer = Printer(hangs={call: gate})
    transport = way(Bus(printer))
    assert refused(transport).reason is Reason.PRINTER_HANGS
    gate.set()
    assert all_back(transport)
    assert (printer.open_handles, printer.claimed) == (0, set())


def test_a_transfer_that_hangs_counts_whole_and_lets_go_when_it_can(gate, monkeypatch):
    monkeypatch.setattr(usb_port, "_GRACE_S", 0.01)
    printer = Printer(kernel_driver=True)
    transport = way(Bus(printer), stall_timeout_s=0.05)
    connection = transport.connect()
    printer.hangs["write"] = gate
    with pytest.raises(EnvironmentProblem) as caught:
        connection.write(bytes(1_000))
    assert caught.value.reason is Reason.PRINTER_HANGS
    assert connection.written == 1_000
    connection.close()
    # Not under the transfer's feet.
    assert printer.open_handles == 1
    with pytest.raises(EnvironmentProblem, match="broke_off"):
        connection.write(b"more")
    gate.set()
    assert all_back(transport)
    assert printer.open_handles == 0
    assert printer.kernel_driver


def test_letting_go_that_hangs_is_left_behind(gate, monkeypatch, expected_logs):
    expected_logs("could not be let go")
    monkeypatch.setattr(usb_port, "_CLOSE_S", 0.05)
    printer = Printer()
    transport = way(Bus(printer))
    connection = transport.connect()
    connection.write(b"receipt")
    printer.hangs["release"] = gate
    assert connection.finish() is Proof.NONE
    gate.set()
    assert all_back(transport)
    assert printer.open_handles == 0


def test_without_libusb_the_way_is_missing(monkeypatch):
    import libusb_package

    monkeypatch.setattr(libusb_package, "get_libusb1_backend", lambda: None)
    problem = refused(UsbTransport(1, 2))
    assert problem.reason is Reason.PRINTER_WAY_MISSING
    assert problem.params["way"] == "USB"
    monkeypatch.setitem(sys.modules, "libusb_package", None)
    assert refused(UsbTransport(1, 2)).reason is Reason.PRINTER_WAY_MISSING


def test_the_real_libusb_is_there_and_answers():
    """No such device; that it was looked for by libusb itself is the point."""
    assert refused(UsbTransport(0xFFFE, 0xFFFE)).reason is Reason.PRINTER_GONE


def test_a_patient_writer_comes_back_with_nothing_and_goes_on():
    printer = Printer(room=100)
    connection = way(Bus(printer), stall_timeout_s=0.05, total_timeout_s=0.05).connect()
    assert isinstance(connection, Patient)
    assert connection.write_some(bytes(300), 0.05) == 100
    assert connection.write_some(bytes(200), 0.05) == 0
    printer.room = 10_000
    assert connection.write_some(bytes(200), 0.05) == 200
    assert connection.written == len(printer.taken) == 300
    printer.lasts = 300
    with pytest.raises(EnvironmentProblem, match="broke_off"):
        connection.write_some(b"x", 0.05)
    connection.close()
