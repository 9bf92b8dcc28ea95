"""Asking printers of many kinds who they are: nothing printed, nothing waited for without end."""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import Answers, DrawerSensor, Paper, Proof
from pos_member.hardware.printing.probing import TIMEOUT_S, drawer_sensor, probe, probe_transport
from pos_member.hardware.printing.profile import known_profiles
from pos_member.hardware.printing.simulator import Fault, PtyLink, VirtualPrinter
from pos_member.hardware.printing.status import AUTOMATIC_ON
from tests.fair_time import FairTime
from tests.patience import PATIENCE_S

FINE = {b"\x10\x04\x01": b"\x12", b"\x10\x04\x02": b"\x12", b"\x10\x04\x03": b"\x12", b"\x10\x04\x04": b"\x12"}
EPSON = {
    **FINE,
    b"\x1dIC": b"_TM-T82III\0",
    b"\x1dIB": b"_EPSON\0",
    b"\x1dIA": b"_1.06 ESC/POS\0",
    b"\x1dID": b"_X6LK000123\0",
    AUTOMATIC_ON: b"\x10\x00\x00\x0f",
    b"\x1d(H\x06\x00009531": b"\x37\x229531\x00",
}
CLONE = {**FINE, b"\x1dIC": b"_XP-80C\0", b"\x1dIB": b"_Xprinter\0"}


_QUESTIONS = re.compile(rb"\x10\x04.|\x1dI.|\x1da.|\x1d\(H\x06\x0000....|\x1b@|.", re.DOTALL)


@dataclass
class Device:
    """A printer that knows the questions it was given answers for; any other byte would be a letter on its paper."""

    knows: Mapping[bytes, bytes]
    can_answer: bool = True
    breaks_after: int = 10**9
    asked: list[bytes] = field(default_factory=list)
    closed: int = 0
    _said: bytearray = field(default_factory=bytearray)

    @property
    def describe(self) -> str:
        return "a device"

    def connect(self) -> Device:
        return self

    @property
    def written(self) -> int:
        return sum(map(len, self.asked))

    def write(self, data: bytes) -> None:
        for question in _QUESTIONS.findall(data):
            if len(self.asked) >= self.breaks_after:
                raise EnvironmentProblem(Reason.PRINTER_BROKE_OFF)
            self.asked.append(question)
            self._said += self.knows.get(question, b"")

    def read(self, timeout_s: float) -> bytes:
        if not self._said:
            threading.Event().wait(timeout_s)
        said = bytes(self._said)
        self._said.clear()
        return said

    def finish(self) -> Proof:
        return Proof.NONE

    def close(self) -> None:
        self.closed += 1


def test_a_printer_that_says_everything():
    device = Device(EPSON)
    found = probe_transport(device, "10.0.0.9")
    assert found.reachable and found.reason == ""
    assert (found.maker, found.model, found.firmware) == ("EPSON", "TM-T82III", "1.06 ESC/POS")
    assert found.identity == "EPSON/TM-T82III/X6LK000123"
    assert found.suggested_model == "TM-T82"
    assert found.suggested is not None
    assert (found.suggested.answers, found.suggested.automatic_status) == (Answers.YES, Answers.YES)
    assert found.suggested.process_id
    assert found.suggested.dots == known_profiles()["TM-T82"].dots
    assert found.condition.paper is Paper.OK and found.condition.online
    assert found.drawer_high is False
    assert found.answer_ms > 0
    assert device.asked[-1] == b"\x1b@", "what a clone took for letters is thrown away"
    assert b"\x1da\x00" in device.asked, "status is not left on for whoever comes next"
    assert device.closed == 1


def test_a_clone_is_never_asked_what_it_would_print():
    device = Device(CLONE)
    found = probe_transport(device, "10.0.0.9")
    assert found.suggested_model == "XP-80" and found.suggested is not None
    assert not found.suggested.process_id
    assert found.suggested.automatic_status is Answers.NO
    assert not any(asked.startswith(b"\x1d(") for asked in device.asked)


def test_a_known_model_that_does_not_answer_by_number_is_not_believed_to():
    silent = {question: answer for question, answer in EPSON.items() if not question.startswith(b"\x1d(")}
    found = probe_transport(Device(silent), "10.0.0.9")
    assert found.suggested_model == "TM-T82" and found.suggested is not None and not found.suggested.process_id


def test_a_mute_device_gets_real_time_questions_only():
    device = Device({})
    found = probe_transport(device, "10.0.0.9", hint="POS-58")
    assert found.reachable and not found.condition.answered and found.answer_ms == 0
    assert found.suggested is not None and found.suggested.answers is Answers.NO
    assert (found.suggested_model, found.suggested.dots) == ("POS-58", 384)
    assert device.asked == [b"\x10\x04\x01"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({b"\x10\x04\x01": b"\x1a", b"\x10\x04\x02": b"\x16"}, {"cover_open": True, "online": False}),
        ({b"\x10\x04\x01": b"\x1a", b"\x10\x04\x02": b"\x32", b"\x10\x04\x04": b"\x7e"}, {"paper": Paper.OUT}),
        ({b"\x10\x04\x04": b"\x1e"}, {"paper": Paper.NEAR_END, "online": True}),
        ({b"\x10\x04\x01": b"\x1a", b"\x10\x04\x03": b"\x1a"}, {"cutter_error": True}),
        ({b"\x10\x04\x01": b"\x1a", b"\x10\x04\x03": b"\x32"}, {"unrecoverable": True}),
        ({b"\x10\x04\x01": b"\x1a", b"\x10\x04\x03": b"\x52"}, {"overheated": True}),
    ],
)
def test_how_it_stands(said, expected):
    device = Device({**EPSON, **said})
    found = probe_transport(device, "10.0.0.9")
    assert found.reachable
    assert {name: getattr(found.condition, name) for name in expected} == expected
    if not found.condition.online:
        assert all(asked.startswith(b"\x10\x04") for asked in device.asked), "the rest would wait for paper"


def test_answers_that_come_between_are_not_taken_for_others():
    noisy = {question: b"\x11\x13" + answer for question, answer in EPSON.items()}
    noisy[b"\x10\x04\x02"] = b"\x10\x00\x00\x0f" + b"\x12"
    found = probe_transport(Device(noisy), "10.0.0.9")
    assert found.condition.cover_open is False
    assert found.model == "TM-T82III"


def test_hostile_names_are_cut_to_what_can_be_shown():
    evil = {**FINE, b"\x1dIC": b"_\x1b[31mTM-\x07T82\xff\0", b"\x1dIB": b"_" + b"E" * 500 + b"\0"}
    found = probe_transport(Device(evil), "10.0.0.9")
    for said in (found.maker, found.model, found.identity):
        assert len(said) < 200 and said.isascii() and (said == "" or said.isprintable())


def test_what_was_learned_before_it_broke_off_stays():
    found = probe_transport(Device(EPSON, breaks_after=10), "10.0.0.9")
    assert found.reachable and found.condition.answered and found.model == "TM-T82III"


def test_a_line_that_breaks_before_any_answer_reaches_nobody():
    found = probe_transport(Device(EPSON, breaks_after=0), "10.0.0.9")
    assert not found.reachable and found.reason == Reason.PRINTER_UNREACHABLE.value


def test_a_way_without_answers_is_only_opened():
    device = Device(EPSON, can_answer=False)
    found = probe_transport(device, "cups://queue", hint="TM-T88V")
    assert found.reachable and device.asked == []
    assert found.suggested is not None and found.suggested.answers is Answers.NO
    assert found.suggested_model == "TM-T88V"


def test_the_sensor_of_a_drawer_is_learned_from_two_looks():
    assert drawer_sensor(False, True) is DrawerSensor.HIGH_IS_OPEN
    assert drawer_sensor(True, False) is DrawerSensor.LOW_IS_OPEN
    assert drawer_sensor(True, True) is DrawerSensor.NONE
    assert drawer_sensor(None, True) is DrawerSensor.NONE


# --- over a real socket ---------------------------------------------------------------------------------------


def test_the_virtual_printer_is_known(printer: VirtualPrinter):
    found = probe(f"127.0.0.1:{printer.port}")
    assert found.reachable and found.suggested_model == "virtual-80"
    assert found.suggested is not None and found.suggested.process_id
    assert found.suggested.automatic_status is Answers.YES
    assert printer.unknown == () and printer.pictures == ()


def test_an_open_cover_is_told(printer: VirtualPrinter):
    printer.set_fault(Fault.COVER_OPEN)
    found = probe(f"127.0.0.1:{printer.port}")
    assert found.reachable and found.condition.cover_open and found.model == ""


def test_a_mute_printer_is_reachable(printer: VirtualPrinter):
    printer.set_fault(Fault.MUTE)
    found = probe(f"127.0.0.1:{printer.port}")
    assert found.reachable and not found.condition.answered


@pytest.fixture
def swallowing() -> Iterator[int]:
    """A port that takes connections and never reads."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_hanging_printer_ends_in_time(swallowing):
    began = FairTime()
    found = probe(f"127.0.0.1:{swallowing}")
    assert began.took_s < TIMEOUT_S + 1
    assert found.reachable and not found.condition.answered


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = probe(f"127.0.0.1:{port}")
    assert not found.reachable and found.reason == Reason.PRINTER_UNREACHABLE.value
    assert found.suggested is None and found.suggested_model == ""


def test_a_driver_that_hangs_ends_in_time():
    held = threading.Event()

    class Hanging(Device):
        def connect(self) -> Device:
            held.wait(PATIENCE_S)
            return self

    found = probe_transport(Hanging({}), "usb://dead", timeout_s=0.2)
    held.set()
    assert not found.reachable and found.reason == Reason.PRINTER_HANGS.value


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_serial_line_is_asked(tmp_path):
    with VirtualPrinter(out_dir=tmp_path / "paper", link=PtyLink(tmp_path / "tty"), strict=True) as running:
        found = probe(f"serial://{(tmp_path / 'tty').resolve()}")
        assert found.reachable and found.suggested_model == "virtual-80"
        assert found.suggested is not None and found.suggested.process_id
        assert running.unknown == () and running.pictures == ()


def test_a_text_that_is_no_address():
    with pytest.raises(Refusal) as refused:
        probe("http://example")
    assert refused.value.reason is Reason.PRINTER_ADDRESS_INVALID


def test_a_place_for_files(tmp_path):
    found = probe(f"file://{tmp_path}/paper.bin")
    assert found.reachable and found.suggested is not None and found.suggested.answers is Answers.NO
    assert not (tmp_path / "paper.bin").exists()
    gone = probe(f"file://{tmp_path}/not/there/paper.bin")
    assert gone.reason == Reason.FILE_NOT_WRITABLE.value
