"""Serial lines over pseudo-terminals: honest counts, handshakes, and ends to everything."""

from __future__ import annotations

import errno
import os
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import serial

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing import serial_port
from pos_member.hardware.printing.deadlines import hanging
from pos_member.hardware.printing.serial_port import Flow, SerialConnection, SerialTransport
from pos_member.hardware.printing.transports import Patient
from tests.fair_time import FairTime
from tests.patience import PATIENCE_S, eventually

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX systems")

ON, OFF = b"\x11", b"\x13"


@dataclass
class Line:
    """``port`` is the till's side, ``far`` the printer's."""

    far: int
    port: str

    def hang_up(self) -> None:
        if self.far >= 0:
            os.close(self.far)
        self.far = -1

    def take(self, count: int) -> bytes:
        gathered = b""
        while len(gathered) < count:
            gathered += os.read(self.far, count - len(gathered))
        return gathered


@pytest.fixture
def line() -> Iterator[Line]:
    far, near = os.openpty()
    tty.setraw(near)
    made = Line(far, os.ttyname(near))
    yield made
    made.hang_up()
    os.close(near)


def test_bytes_arrive_unchanged_and_answers_come_back(line):
    connection = SerialTransport(line.port).connect()
    connection.write(bytes(range(256)) * 4)
    assert line.take(1_024) == bytes(range(256)) * 4
    assert connection.read(0.02) == b""
    os.write(line.far, b"\x12\x0d\x11")
    assert connection.read(5) == b"\x12\x0d\x11"
    assert connection.finish() is Proof.NONE
    assert connection.written == 1_024


def test_a_line_that_does_not_drain_ends(line):
    connection = SerialTransport(line.port, stall_timeout_s=0.2).connect()
    began = FairTime()
    with pytest.raises(EnvironmentProblem) as caught:
        connection.write(bytes(1_000_000))
    assert caught.value.reason is Reason.PRINTER_NOT_READING
    assert 0 < connection.written < 1_000_000
    connection.close()
    assert began.took_s < 5


def test_a_slow_line_ends_by_the_whole_jobs_time(line):
    connection = SerialTransport(line.port, baud=4_000_000, stall_timeout_s=30, total_timeout_s=0.4).connect()
    stop = threading.Event()

    def sip() -> None:
        while not stop.wait(0.02):
            os.read(line.far, 64)

    reader = threading.Thread(target=sip)
    reader.start()
    began = FairTime()
    with pytest.raises(EnvironmentProblem, match="not_reading"):
        connection.write(bytes(50_000))
    assert began.passed_s > 0.3 and began.took_s < 5
    stop.set()
    reader.join(PATIENCE_S)
    connection.close()


def test_xon_and_xoff_stop_and_start_the_line(line):
    connection = SerialTransport(line.port, flow=Flow.XONXOFF, stall_timeout_s=0.2).connect()
    os.write(line.far, OFF)
    with pytest.raises(EnvironmentProblem, match="not_reading"):
        connection.write(b"x" * 1_000_000)
    connection.close()

    connection = SerialTransport(line.port, flow=Flow.XONXOFF).connect()
    os.write(line.far, ON)
    connection.write(b"goes on")
    assert b"goes on" in os.read(line.far, 100_000)
    connection.finish()


@pytest.mark.parametrize(("flow", "wire"), [(Flow.RTSCTS, "cts"), (Flow.DSRDTR, "dsr")])
def test_a_printer_whose_wire_says_no_gets_not_one_byte(line, monkeypatch, flow, wire):
    monkeypatch.setattr(serial.Serial, wire, property(lambda _: False))
    with pytest.raises(EnvironmentProblem) as caught:
        SerialTransport(line.port, flow=flow, ready_timeout_s=0.05).connect()
    assert caught.value.reason is Reason.PRINTER_OFFLINE
    assert caught.value.params["written"] == 0
    # The port was let go: it can be opened by this process again.
    monkeypatch.setattr(serial.Serial, wire, property(lambda _: True))
    SerialTransport(line.port, flow=flow).connect().close()


def test_a_line_without_wires_is_believed_ready(line):
    """A pseudo-terminal has no CTS; nothing says stop."""
    SerialTransport(line.port, flow=Flow.RTSCTS).connect().close()


def test_by_dsr_the_till_itself_stops_within_a_few_bytes(line, monkeypatch):
    taken = threading.Event()
    monkeypatch.setattr(serial.Serial, "dsr", property(lambda _: not taken.is_set()))
    connection = SerialTransport(line.port, flow=Flow.DSRDTR, stall_timeout_s=0.2).connect()
    real = serial_port.descriptors.put

    def put(*given: object) -> int:
        taken.set()  # the printer says stop after the first piece
        return real(*given)

    monkeypatch.setattr(serial_port.descriptors, "put", put)
    with pytest.raises(EnvironmentProblem, match="not_reading"):
        connection.write(bytes(10_000))
    assert connection.written == serial_port._SMALL
    connection.close()


def test_a_queue_that_does_not_empty_is_not_finished_and_thrown_away(line, monkeypatch):
    thrown: list[bool] = []
    monkeypatch.setattr(serial.Serial, "out_waiting", property(lambda _: 77))
    monkeypatch.setattr(serial.Serial, "reset_output_buffer", lambda _: thrown.append(True))
    connection = SerialTransport(line.port, stall_timeout_s=0.1).connect()
    connection.write(b"receipt")
    with pytest.raises(EnvironmentProblem) as caught:
        connection.finish()
    assert caught.value.reason is Reason.PRINTER_NOT_READING
    assert thrown == [True]
    assert connection.written == 7


def test_a_drain_that_hangs_is_left_behind(line, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(serial.Serial, "flush", lambda _: gate.wait(PATIENCE_S))
    connection = SerialTransport(line.port, stall_timeout_s=0.1).connect()
    connection.write(b"receipt")
    with pytest.raises(EnvironmentProblem, match="not_reading"):
        connection.finish()
    gate.set()
    assert all_back(line.port)


def test_an_open_that_hangs_is_left_behind_and_closed(line, monkeypatch):
    gate, made = threading.Event(), []
    real = SerialTransport._open

    def slow(self: SerialTransport) -> serial.Serial:
        gate.wait(PATIENCE_S)
        made.append(real(self))
        return made[0]

    monkeypatch.setattr(SerialTransport, "_open", slow)
    monkeypatch.setattr(serial_port, "_OPEN_S", 0.05)
    with pytest.raises(EnvironmentProblem, match="hangs"):
        SerialTransport(line.port).connect()
    gate.set()
    assert all_back(line.port)
    assert not made[0].is_open


def all_back(port: str) -> bool:
    return eventually(lambda: hanging(port) == 0)


def test_two_programs_do_not_share_a_line(line):
    first = SerialTransport(line.port).connect()
    with pytest.raises(EnvironmentProblem) as caught:
        SerialTransport(line.port).connect()
    assert caught.value.reason is Reason.PRINTER_HELD
    first.close()
    SerialTransport(line.port).connect().close()


def test_unplugged(line):
    first = SerialTransport(line.port).connect()
    line.hang_up()
    with pytest.raises(EnvironmentProblem) as caught:
        first.write(b"x")
    assert caught.value.reason is Reason.PRINTER_GONE
    assert first.written == 0
    with pytest.raises(EnvironmentProblem, match="gone"):
        first.read(1)
    first.close()


def test_unplugged_in_the_middle(line):
    connection = SerialTransport(line.port).connect()
    connection.write(b"half")
    line.hang_up()
    with pytest.raises(EnvironmentProblem) as caught:
        connection.write(b"other half")
    assert caught.value.reason is Reason.PRINTER_BROKE_OFF
    assert connection.written == 4
    connection.close()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (serial.SerialException(errno.ENOENT, "no"), Reason.PRINTER_GONE),
        (serial.SerialException(errno.EACCES, "no"), Reason.PRINTER_NO_RIGHTS),
        (serial.SerialException(errno.EBUSY, "no"), Reason.PRINTER_HELD),
        (termios.error(errno.EIO, "no"), Reason.PRINTER_UNREACHABLE),
        (ValueError("no such speed"), Reason.PRINTER_UNREACHABLE),
        # as pyserial tells it on Windows
        (serial.SerialException("could not open port 'COM3': PermissionError(13, ...)"), Reason.PRINTER_HELD),
        (serial.SerialException("could not open port 'COM3': FileNotFoundError(2, ...)"), Reason.PRINTER_GONE),
    ],
)
def test_why_a_port_cannot_be_opened(monkeypatch, error, reason):
    def refuse(_: SerialTransport) -> serial.Serial:
        raise error

    monkeypatch.setattr(SerialTransport, "_open", refuse)
    with pytest.raises(EnvironmentProblem) as caught:
        SerialTransport("COM3").connect()
    assert caught.value.reason is reason


class WindowsPort:
    """pyserial's port as it is on Windows: no descriptor, and a late write says nothing of its part."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.taken = b""
        self.write_timeout = self.timeout = 0.0
        self.out_waiting = 0
        self.in_waiting = 0
        self.is_open = True

    def write(self, data: bytes) -> int:
        part = data[: self.room - len(self.taken)]
        self.taken += part
        if len(part) < len(data):
            raise serial.SerialTimeoutException("Write timeout")
        return len(data)

    def read(self, count: int) -> bytes:
        return b"\x12"[:count]

    def flush(self) -> None:
        assert self.is_open

    def reset_output_buffer(self) -> None:
        self.out_waiting = 0

    def close(self) -> None:
        self.is_open = False


def test_on_windows_a_piece_that_came_too_late_counts_whole(monkeypatch):
    monkeypatch.setattr(serial_port.os, "name", "nt")
    port = WindowsPort(room=1_300)
    connection = SerialConnection(port, SerialTransport("COM3", stall_timeout_s=0.1))
    with pytest.raises(EnvironmentProblem) as caught:
        connection.write(bytes(5_000))
    assert caught.value.reason is Reason.PRINTER_NOT_READING
    assert len(port.taken) <= connection.written == 1_536
    assert connection.read(0.1) == b"\x12"
    connection.close()
    assert not port.is_open


def test_on_windows_a_job_goes_through(monkeypatch):
    monkeypatch.setattr(serial_port.os, "name", "nt")
    port = WindowsPort(room=100_000)
    connection = SerialConnection(port, SerialTransport("COM3"))
    connection.write(bytes(range(256)) * 20)
    assert connection.finish() is Proof.NONE
    assert port.taken == bytes(range(256)) * 20
    assert not port.is_open


def test_a_patient_writer_comes_back_with_nothing_and_goes_on(line):
    connection = SerialTransport(line.port, stall_timeout_s=0.05, total_timeout_s=0.05).connect()
    assert isinstance(connection, Patient)
    written = 0
    while count := connection.write_some(bytes(4_096), 0.05):
        written += count
    assert connection.written == written > 0
    line.take(written)
    assert connection.write_some(b"goes on", 1) == 7
    line.hang_up()
    with pytest.raises(EnvironmentProblem, match="broke_off"):
        connection.write_some(b"x", 0.05)
    connection.close()


def test_windows_does_not_tell_enough_to_be_patient():
    assert not isinstance(SerialConnection(WindowsPort(1), SerialTransport("COM3")), Patient)
