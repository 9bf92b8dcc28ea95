"""Network printers that behave badly: every call ends, and what was written is told as it is."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing import tcp
from pos_member.hardware.printing.deadlines import hanging
from pos_member.hardware.printing.tcp import TcpTransport
from tests.fair_time import FairTime
from tests.patience import PATIENCE_S, eventually
from tests.ports import held_port


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Takes connections with the smallest buffer there is."""
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        made.bind(("127.0.0.1", 0))
        made.listen(4)
        yield made


def way_to(listener: socket.socket, **limits: float) -> TcpTransport:
    return TcpTransport("127.0.0.1", listener.getsockname()[1], **limits)


def reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def drain(peer: socket.socket) -> bytes:
    gathered = b""
    with contextlib.suppress(OSError):
        while said := peer.recv(65_536):
            gathered += said
    return gathered


def test_a_finished_job_proves_nothing_but_is_whole(listener):
    connection = way_to(listener).connect()
    peer, _ = listener.accept()
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(drain(peer)))
    reader.start()
    connection.write(bytes(range(256)) * 400)
    assert connection.finish() is Proof.NONE
    reader.join(PATIENCE_S)
    peer.close()
    assert got == [bytes(range(256)) * 400]
    assert connection.written == 102_400


#: What a small receiver and the system together take of a job that nobody reads.
TAKEN_MAX = 64_000


def test_what_the_printer_does_not_take_has_not_gone_out(listener):
    """The system takes the end of a receipt into its own buffer: the job is not finished by that."""
    connection = way_to(listener, stall_timeout_s=0.3).connect()
    peer, _ = listener.accept()
    with peer:
        connection.write(bytes(12_000))
        assert connection.written == 12_000
        with pytest.raises(EnvironmentProblem) as caught:
            connection.finish()
        assert caught.value.reason is Reason.PRINTER_NOT_READING
        # The rest does not come out later by itself.
        peer.settimeout(PATIENCE_S)
        assert len(drain(peer)) < 12_000


def test_a_printer_that_takes_nothing_is_felt_at_once_and_little_counts_as_written(listener):
    """The system would take two megabytes by itself: a whole day's papers, written and nowhere."""
    connection = way_to(listener, stall_timeout_s=0.2).connect()
    peer, _ = listener.accept()
    with peer:
        with connection, pytest.raises(EnvironmentProblem, match="not_reading"):
            connection.write(bytes(2_000_000))
        assert 0 < connection.written < TAKEN_MAX
        peer.settimeout(PATIENCE_S)
        assert len(drain(peer)) <= connection.written


def test_a_receipt_with_its_coupon_is_not_slower_for_it(listener):
    """60 kB to a printer that takes them: no wait of ours comes between, even through the smallest receiver."""
    connection = way_to(listener).connect()
    peer, _ = listener.accept()
    reader = threading.Thread(target=lambda: drain(peer))
    reader.start()
    began = FairTime()
    connection.write(bytes(60_000))
    connection.finish()
    took_s = began.took_s
    reader.join(PATIENCE_S)
    peer.close()
    assert took_s < 2, "the head needs three seconds for it"


def test_a_connection_nobody_accepts_ends_too(listener):
    with way_to(listener, stall_timeout_s=0.2).connect() as connection:
        connection.write(bytes(12_000))
        with pytest.raises(EnvironmentProblem, match="not_reading"):
            connection.finish()


def test_a_byte_at_a_time_is_progress_and_still_ends(listener):
    began = FairTime()
    stop = threading.Event()
    with way_to(listener, stall_timeout_s=30, total_timeout_s=0.6).connect() as connection:
        peer, _ = listener.accept()

        def sip() -> None:
            with contextlib.suppress(OSError):
                while not stop.wait(0.01):
                    peer.recv(1)

        reader = threading.Thread(target=sip)
        reader.start()
        with pytest.raises(EnvironmentProblem, match="not_reading"):
            connection.write(bytes(20_000_000))
        stop.set()
        reader.join(PATIENCE_S)
        peer.close()
        assert 0 < connection.written < 20_000_000
    assert began.passed_s > 0.5 and began.took_s < 5


def test_a_reset_before_the_first_byte_leaves_none_written(listener):
    with way_to(listener).connect() as connection:
        peer, _ = listener.accept()
        reset(peer)
        with pytest.raises(EnvironmentProblem, match="broke_off"):
            connection.read(5)
        with pytest.raises(EnvironmentProblem, match="broke_off"):
            connection.write(b"x" * 100)
        assert connection.written == 0


def test_a_reset_after_the_job_is_told_when_finishing(listener):
    connection = way_to(listener).connect()
    peer, _ = listener.accept()
    connection.write(b"x" * 100)
    assert peer.recv(100) == b"x" * 100
    reset(peer)
    with pytest.raises(EnvironmentProblem, match="broke_off"):
        connection.finish()
    assert connection.written == 100


def test_a_printer_that_closes_its_side_still_gets_the_job(listener):
    """Half-closed by the printer: it says nothing more and reads on."""
    connection = way_to(listener).connect()
    peer, _ = listener.accept()
    peer.shutdown(socket.SHUT_WR)
    connection.write(b"receipt")
    assert connection.finish() is Proof.NONE
    assert drain(peer) == b"receipt"
    peer.close()


def test_ipv6():
    if not socket.has_ipv6:
        pytest.skip("this system has no IPv6")
    with socket.socket(socket.AF_INET6) as listener:
        try:
            listener.bind(("::1", 0))
        except OSError:
            pytest.skip("this system has no IPv6 loopback")
        listener.listen(1)
        way = TcpTransport("::1", listener.getsockname()[1])
        assert way.describe == f"[::1]:{way.port}"
        connection = way.connect()
        peer, _ = listener.accept()
        connection.write(b"six")
        connection.finish()
        assert drain(peer) == b"six"
        peer.close()


def test_a_name_nobody_answers_for_costs_no_more_than_its_time(monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(tcp.socket, "getaddrinfo", lambda *_, **__: gate.wait(PATIENCE_S) and [])
    began = FairTime()
    with pytest.raises(EnvironmentProblem) as caught:
        TcpTransport("printer.example", connect_timeout_s=0.1).connect()
    assert caught.value.reason is Reason.PRINTER_UNREACHABLE
    assert began.took_s < 3
    gate.set()
    assert eventually(lambda: hanging("name printer.example") == 0)


def test_the_second_address_of_a_name_is_tried(monkeypatch, listener):
    port = listener.getsockname()[1]
    kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    with held_port() as nobody:
        answers = [(*kind, ("127.0.0.1", nobody)), (*kind, ("127.0.0.1", port))]
        monkeypatch.setattr(tcp.socket, "getaddrinfo", lambda *_, **__: answers)
        connection = TcpTransport("printer.example").connect()
    peer, _ = listener.accept()
    with peer:
        connection.write(b"second")
        connection.finish()
        assert drain(peer) == b"second"
