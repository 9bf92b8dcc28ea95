"""Device files, pipes and files on shares that hang: nothing blocks, and a device is told from a file."""

from __future__ import annotations

import errno
import os
import sys
import threading
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing import descriptors, device_file, files
from pos_member.hardware.printing.deadlines import hanging
from pos_member.hardware.printing.device_file import DeviceConnection, DeviceTransport, is_device
from pos_member.hardware.printing.files import FileTransport
from pos_member.hardware.printing.transports import Patient
from tests.fair_time import FairTime
from tests.patience import PATIENCE_S, eventually

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="device files are of POSIX systems")


@dataclass
class Line:
    """Both ends of a pseudo-terminal: ``path`` is the printer's device, ``far`` what the printer holds."""

    far: int
    path: Path

    def hang_up(self) -> None:
        if self.far >= 0:
            os.close(self.far)
        self.far = -1


@pytest.fixture
def line() -> Iterator[Line]:
    far, near = os.openpty()
    tty.setraw(near)
    made = Line(far, Path(os.ttyname(near)))
    yield made
    made.hang_up()
    os.close(near)


def test_what_is_written_arrives_and_answers_come_back(line):
    transport = DeviceTransport(line.path)
    assert transport.can_answer
    assert transport.describe == str(line.path)
    connection = transport.connect()
    connection.write(bytes(range(256)))
    assert os.read(line.far, 1_000) == bytes(range(256))
    assert connection.read(0.02) == b""
    os.write(line.far, b"\x12")
    assert connection.read(5) == b"\x12"
    assert connection.finish() is Proof.NONE
    assert connection.written == 256


def test_a_device_that_takes_nothing_ends_at_the_stall_deadline(line):
    connection = DeviceTransport(line.path, stall_timeout_s=0.2).connect()
    began = FairTime()
    with pytest.raises(EnvironmentProblem) as caught:
        connection.write(bytes(1_000_000))
    assert caught.value.reason is Reason.PRINTER_NOT_READING
    assert 0 < connection.written < 1_000_000
    assert caught.value.params["written"] == connection.written
    assert began.took_s < 3
    with pytest.raises(EnvironmentProblem, match="not_reading"):
        connection.finish()
    connection.close()


def test_an_unplugged_device_is_gone_or_broke_off(line):
    first, second = DeviceTransport(line.path).connect(), DeviceTransport(line.path).connect()
    second.write(b"x")
    line.hang_up()
    with pytest.raises(EnvironmentProblem) as caught:
        first.write(b"x" * 100)
    assert caught.value.reason is Reason.PRINTER_GONE
    with pytest.raises(EnvironmentProblem) as caught:
        second.write(b"x" * 100)
    assert caught.value.reason is Reason.PRINTER_BROKE_OFF
    with pytest.raises(EnvironmentProblem, match="broke_off"):
        second.read(1)
    assert (first.written, second.written) == (0, 1)
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOENT, Reason.PRINTER_GONE),
        (errno.ENODEV, Reason.PRINTER_GONE),
        (errno.EACCES, Reason.PRINTER_NO_RIGHTS),
        (errno.EBUSY, Reason.PRINTER_HELD),
        (errno.EIO, Reason.PRINTER_UNREACHABLE),
    ],
)
def test_why_a_device_cannot_be_opened(line, monkeypatch, number, reason):
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(device_file.os, "open", refuse)
    with pytest.raises(EnvironmentProblem) as caught:
        DeviceTransport(line.path).connect()
    assert caught.value.reason is reason


def test_a_device_that_may_only_be_written(line, monkeypatch):
    real = os.open

    def refuse_reading(path: Path, flags: int) -> int:
        if flags & os.O_ACCMODE == os.O_RDWR:
            raise PermissionError(errno.EACCES, "no")
        return real(path, flags)

    monkeypatch.setattr(device_file.os, "open", refuse_reading)
    connection = DeviceTransport(line.path).connect()
    connection.write(b"seen")
    assert os.read(line.far, 10) == b"seen"
    assert connection.read(0.01) == b""
    connection.finish()


def test_an_open_that_hangs_is_left_behind_and_closed(line, monkeypatch):
    gate, opened = threading.Event(), []
    real = DeviceTransport._open

    def slow(self: DeviceTransport) -> int:
        gate.wait(PATIENCE_S)
        opened.append(real(self))
        return opened[0]

    monkeypatch.setattr(DeviceTransport, "_open", slow)
    monkeypatch.setattr(device_file, "_OPEN_S", 0.05)
    with pytest.raises(EnvironmentProblem, match="hangs"):
        DeviceTransport(line.path).connect()
    gate.set()
    assert eventually(lambda: hanging(str(line.path)) == 0)
    with pytest.raises(OSError):  # a closed descriptor
        os.fstat(opened[0])


def test_a_driver_that_keeps_the_last_piece_has_not_finished(line, monkeypatch):
    connection = DeviceTransport(line.path, stall_timeout_s=0.05).connect()
    connection.write(b"receipt")
    monkeypatch.setattr(descriptors, "wait_for_room", lambda *_: False)
    with pytest.raises(EnvironmentProblem, match="not_reading"):
        connection.finish()


def test_a_named_pipe_without_a_reader_does_not_block(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(EnvironmentProblem) as caught:
        FileTransport(pipe).connect()
    assert caught.value.reason is Reason.PRINTER_GONE


def test_a_named_pipe_is_written_and_silent(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    connection = FileTransport(pipe).connect()
    assert isinstance(connection, DeviceConnection)
    connection.write(b"through")
    assert connection.read(0.01) == b""
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    with pytest.raises(EnvironmentProblem, match="broke_off"):
        connection.write(b"more")
    connection.close()


def test_a_device_given_as_a_file_is_used_as_a_device(line):
    transport = FileTransport(line.path)
    assert transport.can_answer
    connection = transport.connect()
    assert isinstance(connection, DeviceConnection)
    os.write(line.far, b"?")
    assert connection.read(5) == b"?"
    connection.close()


def test_files_and_memory_devices_are_files(tmp_path):
    assert not is_device(tmp_path)
    assert not is_device(tmp_path / "not yet")
    assert not FileTransport(tmp_path / "not yet").can_answer
    if Path("/dev/full").exists():
        assert not is_device(Path("/dev/full"))
        assert not FileTransport(Path("/dev/full")).can_answer


def test_a_dead_share_costs_a_deadline_when_looking(tmp_path, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(files, "is_device", lambda _: gate.wait(PATIENCE_S) and False)
    with pytest.raises(EnvironmentProblem) as caught:
        FileTransport(tmp_path / "out.bin", timeout_s=0.05).connect()
    assert caught.value.reason is Reason.PRINTER_HANGS
    gate.set()


def test_a_share_that_dies_while_writing_may_have_the_job(tmp_path, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(files, "_append", lambda *_: gate.wait(PATIENCE_S))
    connection = FileTransport(tmp_path / "out.bin", timeout_s=0.05).connect()
    connection.write(b"receipt")
    with pytest.raises(EnvironmentProblem) as caught:
        connection.finish()
    assert caught.value.reason is Reason.PRINTER_HANGS
    assert connection.written == 7
    gate.set()


def test_a_finished_file_is_proof(tmp_path):
    connection = FileTransport(tmp_path / "out.bin").connect()
    connection.write(b"receipt")
    assert connection.finish() is Proof.FILE


def test_a_patient_writer_comes_back_with_nothing_and_goes_on(line):
    connection = DeviceTransport(line.path, stall_timeout_s=0.05, total_timeout_s=0.05).connect()
    assert isinstance(connection, Patient)
    written = 0
    while count := connection.write_some(bytes(4_096), 0.05):
        written += count
    assert connection.written == written > 0
    taken = b""
    while len(taken) < written:
        taken += os.read(line.far, 4_096)
    assert connection.write_some(b"goes on", 1) == 7
    line.hang_up()
    with pytest.raises(EnvironmentProblem, match="broke_off"):
        connection.write_some(b"x", 0.05)
    connection.close()
