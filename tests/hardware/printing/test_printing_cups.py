"""CUPS, the real one: what arrives, what its queues say, and that nothing is printed behind anybody's back."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof, Way
from pos_member.hardware.printing import cups
from pos_member.hardware.printing.cups import CupsConnection, CupsTransport
from pos_member.hardware.printing.finding import find_cups
from tests.hardware.printing.cups_server import CupsServer, comes_true
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has a spooler of its own")

JOB = bytes(range(256)) * 240


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CupsServer]:
    made = CupsServer(tmp_path_factory.mktemp("c"))
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[CupsServer]:
    """For tests that leave a server in disorder."""
    made = CupsServer(tmp_path / "c")
    try:
        made.start()
        yield made
    finally:
        made.remove()
        cups._left_behind.clear()


def way(server: CupsServer, queue: str, **more) -> CupsTransport:
    return CupsTransport(queue, more.pop("where", server.where), **more)


def sent(transport: CupsTransport, job: bytes = JOB) -> tuple[CupsConnection, Proof | EnvironmentProblem]:
    connection = transport.connect()
    connection.write(job[:100])
    connection.write(job[100:])
    assert connection.written == 0
    try:
        return connection, connection.finish()
    except EnvironmentProblem as problem:
        return connection, problem
    finally:
        connection.close()


def refused(transport: CupsTransport) -> EnvironmentProblem:
    with pytest.raises(EnvironmentProblem) as caught:
        transport.connect()
    return caught.value


@pytest.mark.parametrize("queue", ["paper", "ใบเสร็จ"])
def test_every_byte_arrives_unchanged(shared, queue):
    connection, proof = sent(way(shared, queue))
    assert proof is Proof.SPOOLER
    assert connection.written == len(JOB)
    assert shared.printed(queue) == JOB
    assert connection.read(0.01) == b""
    assert not way(shared, queue).can_answer


def test_over_the_network_too(shared):
    before = len(shared.printed("paper"))
    assert sent(way(shared, "paper", where=f"127.0.0.1:{shared.port}"), b"by the line")[1] is Proof.SPOOLER
    assert shared.printed("paper")[before:] == b"by the line"


@pytest.mark.parametrize(
    ("queue", "reason"),
    [
        ("halted", Reason.PRINTER_QUEUE_STOPPED),
        ("closed", Reason.PRINTER_QUEUE_STOPPED),
        ("nobody", Reason.PRINTER_UNKNOWN),
    ],
)
def test_a_queue_that_takes_nothing_is_told_before_the_first_byte(shared, queue, reason):
    problem = refused(way(shared, queue))
    assert problem.reason is reason
    assert problem.params["queue"] == queue
    assert shared.printed(queue) == b""


def test_a_printer_that_fails_is_told(shared):
    connection, problem = sent(way(shared, "fails"))
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == len(JOB)
    assert shared.jobs("fails") == []


def test_a_printer_that_stops_its_queue_in_the_middle_leaves_nothing_to_be_printed_later(own):
    connection, problem = sent(way(own, "stops"))
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == len(JOB)
    assert own.jobs("stops") == []
    once = own.printed("stops")
    own.pause("stops", resume=True)
    assert sent(way(own, "stops"), b"")[1]
    assert own.printed("stops") == once


def test_a_job_that_is_not_done_in_time_is_cancelled(own):
    connection, problem = sent(way(own, "slow", job_timeout_s=0.5))
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == len(JOB)
    assert own.jobs("slow") == []


def test_a_job_that_never_began_is_as_if_it_had_not_been_sent(own):
    """Held back by the queue, or behind another's job: cancelled, proved not begun, and free to be tried again."""
    for queue in ("held", "slow"):
        other = threading.Thread(target=lambda: sent(way(own, "slow", job_timeout_s=20), b"another's"))
        if queue == "slow":
            other.start()
            assert comes_true(lambda: own.printed("slow") == b"another's")
        connection, problem = sent(way(own, queue, job_timeout_s=0.5))
        assert isinstance(problem, EnvironmentProblem)
        assert problem.reason is Reason.PRINTER_HELD
        assert problem.params["written"] == connection.written == 0
        if queue == "slow":
            own.let_go("slow")
            other.join(PATIENCE_S)
        assert own.jobs(queue) == []
    assert own.printed("held") == b""
    assert own.printed("slow") == b"another's"


def test_a_queue_that_is_stopped_while_a_job_waits(own):
    other = threading.Thread(target=lambda: sent(way(own, "slow", job_timeout_s=20), b"another's"))
    other.start()
    assert comes_true(lambda: own.printed("slow") == b"another's")
    results: list[tuple[CupsConnection, Proof | EnvironmentProblem]] = []
    mine = threading.Thread(target=lambda: results.append(sent(way(own, "slow", job_timeout_s=20))))
    mine.start()
    assert comes_true(lambda: len(own.jobs("slow")) == 2)
    own.pause("slow")
    mine.join(PATIENCE_S)
    connection, problem = results[0]
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_STOPPED
    assert connection.written == 0
    own.let_go("slow")
    other.join(PATIENCE_S)
    own.pause("slow", resume=True)
    assert sent(way(own, "slow"), b" next")[1] is Proof.SPOOLER
    assert own.printed("slow").endswith(b" next")
    assert JOB not in own.printed("slow")


def test_a_job_somebody_cancels_at_the_queue_is_not_tried_again(own):
    results: list[tuple[CupsConnection, Proof | EnvironmentProblem]] = []
    mine = threading.Thread(target=lambda: results.append(sent(way(own, "held", job_timeout_s=20))))
    mine.start()
    assert comes_true(lambda: len(own.jobs("held")) == 1)
    CupsConnection(way(own, "held"))._cancelled(own.jobs("held")[0])
    mine.join(PATIENCE_S)
    connection, problem = results[0]
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == len(JOB)


def test_without_the_right_to_cancel_it_is_said_and_done_later(own, expected_logs):
    expected_logs("could not be cancelled and may be printed yet")
    by_line = f"127.0.0.1:{own.port}"
    connection, problem = sent(way(own, "held", where=by_line, job_timeout_s=0.3, call_timeout_s=0.5))
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == len(JOB)
    (job,) = own.jobs("held")
    assert list(cups._left_behind) == [(by_line, "held", job)]


def test_a_server_that_dies_under_a_job_gets_it_cancelled_when_it_is_back(own, expected_logs):
    """CUPS keeps its jobs: started again it would print this one by itself."""
    expected_logs("could not be cancelled and may be printed yet")
    results: list[tuple[CupsConnection, Proof | EnvironmentProblem]] = []
    mine = threading.Thread(target=lambda: results.append(sent(way(own, "held", job_timeout_s=20))))
    mine.start()
    assert comes_true(lambda: len(own.jobs("held")) == 1)
    own.stop()
    mine.join(PATIENCE_S)
    connection, problem = results[0]
    assert isinstance(problem, EnvironmentProblem)
    assert problem.reason is Reason.PRINTER_QUEUE_FAILED
    assert connection.written == len(JOB)
    assert refused(way(own, "held")).reason is Reason.PRINTER_UNREACHABLE

    own.start()
    assert len(own.jobs("held")) == 1
    way(own, "held").connect().close()
    assert own.jobs("held") == []
    assert not cups._left_behind


def test_a_number_that_is_anothers_job_by_now_is_left_alone(own):
    other = threading.Thread(target=lambda: sent(way(own, "slow", job_timeout_s=20), b"another's"))
    other.start()
    assert comes_true(lambda: own.printed("slow") == b"another's")
    (job,) = own.jobs("slow")
    cups._left_behind[own.where, "slow", job] = "of a server that was set up anew"
    way(own, "slow").connect().close()
    assert own.jobs("slow") == [job]
    assert not cups._left_behind
    own.let_go("slow")
    other.join(PATIENCE_S)
    assert comes_true(lambda: own.jobs("slow") == [])


def test_no_server(tmp_path):
    assert refused(CupsTransport("paper", str(tmp_path / "none"))).reason is Reason.PRINTER_UNREACHABLE
    assert refused(CupsTransport("paper", "127.0.0.1:1")).reason is Reason.PRINTER_UNREACHABLE


def test_a_server_that_says_nothing_costs_a_deadline(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen(1)
        problem = refused(CupsTransport("paper", str(tmp_path / "s"), call_timeout_s=0.1))
    assert problem.reason is Reason.PRINTER_HANGS


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwhat", b"220 mail\r\n\r\n", b""])
def test_a_server_of_another_kind(said):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)

        def answer() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65_536)
                peer.sendall(said)

        speaker = threading.Thread(target=answer)
        speaker.start()
        problem = refused(CupsTransport("paper", f"127.0.0.1:{listener.getsockname()[1]}"))
        speaker.join(PATIENCE_S)
    assert problem.reason is Reason.PRINTER_UNREACHABLE


def test_the_queues_are_found(shared):
    found = {one.address.partition("?")[0]: one for one in find_cups(shared.where)}
    assert found["cups://paper"].way is Way.CUPS
    assert found["cups://paper"].label == "Epson TM-T20II paper (paper)"
    assert found["cups://paper"].model == "TM-T20II"
    assert found["cups://paper"].trouble == ""
    assert found["cups://halted"].trouble == Reason.PRINTER_QUEUE_STOPPED.value
    assert len(found) == 8


def test_a_pulse_waits_for_less_than_a_paper(shared, monkeypatch):
    monkeypatch.setattr("pos_member.hardware.printing.troubles._PULSE_S", 0.3)
    connection, problem = sent(way(shared, "held", job_timeout_s=60), b"\x1bp\x00\x19\xfa")
    assert isinstance(problem, EnvironmentProblem)
    assert connection.written == 0
    assert shared.jobs("held") == []
