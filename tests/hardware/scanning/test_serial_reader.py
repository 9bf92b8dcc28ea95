"""Serial readers through pseudo-terminals: framing, repeats, unplugging, and ports that change their name."""

from __future__ import annotations

import errno
import os
import queue
import sys
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.readers import Ending, FoundReader, ReaderKind, ReaderSetup, SerialReport
from pos_member.domain.scan_meaning import SCAN_TEXT_MAX
from pos_member.hardware.scanning.serial_framing import Framer, text_of
from pos_member.hardware.scanning.serial_reader import SerialReader, address_of, find_serial, listen
from pos_member.hardware.scanning.sources import SourceState
from tests.patience import PATIENCE_S, comes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX systems")
MEMBER = "2907780802207"
COUPON = "8123456789012362"
IDENTITY = "0c2e:0901/A17"


def setup(**changes: Any) -> ReaderSetup:
    given = {"key": "one", "name": "counter", "kind": ReaderKind.SERIAL, "address": "COM9", "silence_ms": 60} | changes
    return ReaderSetup(**given)


def codes(reports: list[SerialReport]) -> list[str]:
    return [report.text for report in reports]


# --- framing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\x03", b"\r\n\r\n"])
def test_any_usual_ending_ends_a_code_once(end: bytes) -> None:
    framer = Framer(setup())
    assert codes(framer.feed(MEMBER.encode() + end, 1.0)) == [MEMBER]
    assert codes(framer.feed(COUPON.encode() + end, 1.01)) == [COUPON]
    assert framer.silence(9.0) == []


def test_a_code_in_pieces_is_one_and_two_in_one_piece_are_two() -> None:
    framer = Framer(setup())
    assert framer.feed(MEMBER[:4].encode(), 1.0) == []
    assert framer.feed(MEMBER[4:].encode(), 1.05) == []
    assert codes(framer.feed(b"\r" + COUPON.encode() + b"\r", 1.06)) == [MEMBER, COUPON]


def test_a_program_that_was_busy_does_not_cut_a_code_in_two() -> None:
    """Half of it was fetched, then nobody looked for half a second; the reader never stopped."""
    framer = Framer(setup())
    assert framer.feed(MEMBER[:6].encode(), 1.0) == []
    assert codes(framer.feed(MEMBER[6:].encode() + b"\r", 1.5)) == [MEMBER]
    # A look that found nothing is a silence: noise does not grow onto the next code.
    framer.feed(b"29", 2.0)
    assert codes(framer.silence(2.1)) == ["29"]
    assert codes(framer.feed(COUPON.encode() + b"\r", 3.0)) == [COUPON]


def test_without_a_terminator_silence_ends_a_code_and_not_earlier() -> None:
    framer = Framer(setup(ending=Ending.SILENCE))
    framer.feed(MEMBER.encode(), 1.0)
    assert framer.silence(1.05) == []
    assert codes(framer.silence(1.061)) == [MEMBER]
    # What follows after a pause does not grow onto what came before, even if nobody asked in between.
    framer.feed(MEMBER.encode(), 2.0)
    assert codes(framer.feed(COUPON.encode(), 3.0)) == [MEMBER]
    assert codes(framer.silence(4.0)) == [COUPON]


def test_with_silence_alone_a_tab_in_the_middle_ends_nothing() -> None:
    framer = Framer(setup(ending=Ending.SILENCE))
    framer.feed(b"abc\tdef", 1.0)
    assert codes(framer.silence(2.0)) == ["abcdef"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x02" + MEMBER.encode(), MEMBER),
        (b"\x00\x00" + MEMBER.encode(), MEMBER),
        (b"<<" + MEMBER.encode() + b"#", MEMBER),
        (b"]C1\x1d0108850999320007\x1d10AB", "]C1\x1d0108850999320007\x1d10AB"),
        ("สมชาย".encode("cp874"), "สมชาย"),
        ("สมชาย".encode(), "สมชาย"),
        (bytes(range(0x80, 0xA0)) * 2, ""),
        (b"\x00\xff\xfe\x80\x81\x90\x01\x02", ""),
    ],
)
def test_what_a_reader_puts_around_a_code_goes_and_noise_is_no_code(raw: bytes, text: str) -> None:
    assert text_of(raw, setup(prefix="<<", suffix="#")) == text


def test_a_flood_is_bounded_told_and_does_not_swallow_the_next_code() -> None:
    framer = Framer(setup())
    for _ in range(50):
        assert framer.feed(b"7" * 100, 1.0) == []
    (report,) = framer.feed(b"\r", 1.0)
    assert report.text == "" and len(report.raw) == SCAN_TEXT_MAX
    assert codes(framer.feed(MEMBER.encode() + b"\r", 1.0)) == [MEMBER]


# --- the port ---------------------------------------------------------------------------------------------


@dataclass
class Plug:
    """A reader that can be pulled out and put into another port."""

    serial_number: str = "A17"
    far: int = -1
    near: int = -1
    ports: list[SimpleNamespace] = field(default_factory=list)

    def put_in(self) -> None:
        self.far, self.near = os.openpty()
        tty.setraw(self.near)
        about = {"vid": 0x0C2E, "pid": 0x0901, "serial_number": self.serial_number, "description": "n/a"}
        name = os.ttyname(self.near)
        self.ports[:] = [SimpleNamespace(device=name, manufacturer="Maker", product="Reader 9", **about)]

    def pull_out(self) -> None:
        self.ports.clear()
        for end in (self.far, self.near):
            if end >= 0:
                os.close(end)
        self.far = self.near = -1

    def send(self, text: str, end: str = "\r") -> None:
        os.write(self.far, (text + end).encode())

    def listed(self) -> list[SimpleNamespace]:
        return list(self.ports)


@pytest.fixture
def plug() -> Iterator[Plug]:
    made = Plug()
    made.put_in()
    yield made
    made.pull_out()


@dataclass
class Ear:
    codes: queue.Queue[str] = field(default_factory=queue.Queue)
    states: queue.Queue[SourceState] = field(default_factory=queue.Queue)

    def code(self) -> str:
        return self.codes.get(timeout=PATIENCE_S)

    def until(self, state: SourceState) -> None:
        comes(self.states, state)


@pytest.fixture
def begin(plug: Plug) -> Iterator[Callable[[ReaderSetup], Ear]]:
    readers: list[SerialReader] = []

    def start(wanted: ReaderSetup) -> Ear:
        ear = Ear()
        reader = SerialReader(wanted, ear.codes.put, on_state=ear.states.put, ports=plug.listed, retry_s=0.02)
        readers.append(reader)
        reader.start()
        return ear

    yield start
    assert all(reader.stop() for reader in readers)


def test_codes_arrive_and_the_same_at_once_is_one(plug: Plug, begin: Callable[[ReaderSetup], Ear]) -> None:
    ear = begin(setup(identity=IDENTITY))
    ear.until(SourceState.LIVE)
    for text in (MEMBER, MEMBER, COUPON, MEMBER):
        plug.send(text)
    assert [ear.code(), ear.code()] == [MEMBER, COUPON]
    plug.send("8850999320007")
    assert ear.code() == "8850999320007"
    assert ear.codes.empty()


def test_pulled_out_and_put_into_another_port_it_goes_on(plug: Plug, begin: Callable[[ReaderSetup], Ear]) -> None:
    ear = begin(setup(identity=IDENTITY))
    for text in ("2907780802207", "8123456789012362", "8850999320007"):
        ear.until(SourceState.LIVE)
        plug.send(text)
        assert ear.code() == text
        plug.pull_out()
        ear.until(SourceState.LOST)
        plug.put_in()


def test_half_a_code_before_the_cable_went_is_no_code(plug: Plug, begin: Callable[[ReaderSetup], Ear]) -> None:
    ear = begin(setup(identity=IDENTITY, silence_ms=1_000))
    ear.until(SourceState.LIVE)
    plug.send(COUPON[:7], end="")
    plug.pull_out()
    ear.until(SourceState.LOST)
    plug.put_in()
    ear.until(SourceState.LIVE)
    plug.send(MEMBER)
    assert ear.code() == MEMBER and ear.codes.empty()


def test_a_port_another_program_holds_is_said_and_taken_when_it_is_free(
    plug: Plug, begin: Callable[[ReaderSetup], Ear]
) -> None:
    import serial

    holder = serial.Serial(plug.ports[0].device, exclusive=True)
    ear = begin(setup(identity=IDENTITY))
    ear.until(SourceState.BUSY)
    holder.close()
    ear.until(SourceState.LIVE)
    plug.send(MEMBER)
    assert ear.code() == MEMBER


def test_a_listener_that_fails_does_not_end_the_reader(plug: Plug, caplog: pytest.LogCaptureFixture) -> None:
    heard: queue.Queue[str] = queue.Queue()

    def fails_once(text: str) -> None:
        heard.put(text)
        if heard.qsize() == 1:
            raise RuntimeError("planted")

    ear = Ear()
    wanted = setup(identity=IDENTITY)
    reader = SerialReader(wanted, fails_once, on_state=ear.states.put, ports=plug.listed, retry_s=0.02)
    reader.start()
    ear.until(SourceState.LIVE)
    plug.send(MEMBER)
    assert heard.get(timeout=PATIENCE_S) == MEMBER
    heard.put("kept, so that the listener does not fail again")
    plug.send(COUPON)
    heard.get(timeout=PATIENCE_S)
    assert heard.get(timeout=PATIENCE_S) == COUPON
    assert reader.stop()
    assert "planted" in caplog.text
    caplog.clear()


# --- which port -------------------------------------------------------------------------------------------


def ports(*known: tuple[str, str]) -> Callable[[], list[SimpleNamespace]]:
    return lambda: [
        SimpleNamespace(device=device, vid=0x0C2E, pid=0x0901, serial_number=number, manufacturer="", product="Reader")
        for device, number in known
    ]


def test_the_device_is_found_by_who_it_is_and_the_known_port_comes_first() -> None:
    known = setup(address="/dev/ttyACM0", identity=IDENTITY)
    assert address_of(known, ports(("/dev/ttyACM3", "A17"), ("/dev/ttyACM0", "B22"))) == "/dev/ttyACM3"
    assert address_of(known, ports(("/dev/ttyACM3", "A17"), ("/dev/ttyACM0", "A17"))) == "/dev/ttyACM0"
    assert address_of(known, ports(("/dev/ttyACM0", "B22"))) == ""
    assert address_of(setup(address="/dev/ttyS4"), ports()) == "/dev/ttyS4"


def test_ports_with_nothing_behind_them_are_not_offered() -> None:
    empty = SimpleNamespace(device="/dev/ttyS0", vid=None, manufacturer=None, product=None, description="n/a")
    made = ports(("/dev/ttyACM0", "A17"))()
    assert find_serial(lambda: [empty, *made]) == (FoundReader("/dev/ttyACM0", IDENTITY, "Reader"),)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EACCES, "no"), Reason.READER_NO_RIGHTS),
        (OSError(errno.EBUSY, "no"), Reason.READER_BUSY),
        (OSError("Could not exclusively lock port COM9"), Reason.READER_BUSY),
        (OSError(errno.ENOENT, "no"), Reason.READER_ABSENT),
        (ValueError("no such speed"), Reason.READER_ABSENT),
    ],
)
def test_why_a_reader_cannot_be_tried_is_said(error: Exception, reason: Reason) -> None:
    def refuse(address: str, baud: int) -> Any:
        raise error

    with pytest.raises(EnvironmentProblem) as caught:
        listen(setup(), lambda report: None, open_=refuse)
    assert caught.value.reason is reason and caught.value.params["address"] == "COM9"


def test_trying_a_reader_tells_bytes_and_code(plug: Plug) -> None:
    heard: queue.Queue[SerialReport] = queue.Queue()
    end = listen(setup(identity=IDENTITY, prefix="A"), heard.put, ports=plug.listed)
    plug.send("A" + MEMBER, end="\r\n")
    report = heard.get(timeout=PATIENCE_S)
    assert report == SerialReport(b"A" + MEMBER.encode(), MEMBER)
    end()
