"""Ways to a printer: every call ends, and the count of bytes is honest."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing.simulator import Fault, VirtualPrinter
from pos_member.hardware.printing.transports import FileTransport, NullTransport, TcpTransport, write_atomically
from tests.fair_time import FairTime


@pytest.fixture
def deaf() -> Iterator[socket.socket]:
    """A listener that takes connections in its queue and never reads, with the smallest buffer there is."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        listener.bind(("127.0.0.1", 0))
        listener.listen(4)
        yield listener


def way_to(listener: socket.socket, **limits: float) -> TcpTransport:
    return TcpTransport("127.0.0.1", listener.getsockname()[1], **limits)


def test_off_is_told_at_once(printer):
    port = printer.port
    printer.set_fault(Fault.OFF)
    began = FairTime()
    with pytest.raises(EnvironmentProblem) as caught:
        TcpTransport("127.0.0.1", port).connect()
    assert caught.value.reason is Reason.PRINTER_UNREACHABLE
    assert caught.value.params["host"] == "127.0.0.1"
    assert began.took_s < 1
    printer.set_fault(Fault.NONE)
    TcpTransport("127.0.0.1", port).connect().close()


@pytest.mark.parametrize("host", ["", "no such host", "x" * 300, "256.1.1.1", "\u0e01.invalid"])
def test_a_host_that_is_none(host):
    with pytest.raises(EnvironmentProblem) as caught:
        TcpTransport(host, 1, connect_timeout_s=0.5).connect()
    assert caught.value.reason is Reason.PRINTER_UNREACHABLE


def test_a_printer_that_never_reads_ends_at_the_stall_deadline(deaf):
    began = FairTime()
    with way_to(deaf, stall_timeout_s=0.3).connect() as connection:
        with pytest.raises(EnvironmentProblem) as caught:
            connection.write(bytes(20_000_000))
        assert caught.value.reason is Reason.PRINTER_NOT_READING
        assert 0 < connection.written < 20_000_000
        assert caught.value.params["written"] == connection.written
    assert began.passed_s > 0.25 and began.took_s < 3


def test_the_whole_job_has_a_deadline(deaf):
    with way_to(deaf, stall_timeout_s=60, total_timeout_s=0.3).connect() as connection:
        began = FairTime()
        with pytest.raises(EnvironmentProblem, match="not_reading"):
            connection.write(bytes(20_000_000))
        assert began.took_s < 3


def test_a_connection_that_breaks_off(deaf):
    with way_to(deaf).connect() as connection:
        peer, _ = deaf.accept()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        with pytest.raises(EnvironmentProblem) as caught:
            for _ in range(1_000):
                connection.write(bytes(4_096))
        assert caught.value.reason is Reason.PRINTER_BROKE_OFF


def test_silence_and_hanging_up_are_told_apart(deaf):
    with way_to(deaf).connect() as connection:
        peer, _ = deaf.accept()
        assert connection.read(0.05) == b""
        peer.sendall(b"\x12")
        assert connection.read(1) == b"\x12"
        peer.close()
        with pytest.raises(EnvironmentProblem, match="broke_off"):
            connection.read(1)


def test_finishing_drains_what_the_printer_said_so_that_no_reset_eats_the_job(deaf):
    connection = way_to(deaf).connect()
    peer, _ = deaf.accept()
    with peer:
        peer.sendall(b"\x10\x00\x00\x00" * 10)  # automatic status nobody has read
        connection.write(b"receipt")
        connection.finish()
        assert peer.recv(100) == b"receipt"
        assert peer.recv(100) == b""


def test_file_gets_whole_jobs_only(tmp_path):
    path = tmp_path / "out.bin"
    for job in (b"first", b"second"):
        connection = FileTransport(path).connect()
        connection.write(job[:3])
        connection.write(job[3:])
        assert connection.written == 0
        connection.finish()
        assert connection.written == len(job)
    assert path.read_bytes() == b"firstsecond"
    abandoned = FileTransport(path).connect()
    abandoned.write(b"half")
    abandoned.close()
    assert path.read_bytes() == b"firstsecond"


def test_file_may_hold_the_last_job_only(tmp_path):
    path = tmp_path / "out.bin"
    for job in (b"first", b"2"):
        connection = FileTransport(path, append=False).connect()
        connection.write(job)
        connection.finish()
    assert path.read_bytes() == b"2"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.bin"]


def test_a_file_that_cannot_be(tmp_path):
    for path in (tmp_path / "missing" / "out.bin", tmp_path):
        with pytest.raises(EnvironmentProblem) as caught:
            FileTransport(path).connect()
        assert caught.value.reason is Reason.FILE_NOT_WRITABLE


def test_a_full_disk_leaves_nothing_written():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    connection = FileTransport(full, append=True).connect()
    connection.write(b"x" * 100)
    with pytest.raises(EnvironmentProblem) as caught:
        connection.finish()
    assert caught.value.reason is Reason.FILE_NOT_WRITABLE
    assert connection.written == 0


def test_atomic_writing_leaves_no_litter(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(OSError, match="folder"):
        write_atomically(target, b"x")
    assert list(tmp_path.iterdir()) == [target]


def test_null_takes_everything():
    connection = NullTransport().connect()
    connection.write(b"12345")
    connection.finish()
    connection.close()
    assert connection.written == 5
    assert connection.read(0) == b""
    assert not NullTransport().can_answer


def test_the_virtual_printer_drops_the_line(printer: VirtualPrinter):
    printer.break_off_after(1_000)
    with TcpTransport("127.0.0.1", printer.port).connect() as connection, pytest.raises(EnvironmentProblem):
        for _ in range(2_000):
            connection.write(b"\x00" * 4_096)
