"""Everything that can be wrong with the virtual printer, at its moment, from Python and from scripts."""

from __future__ import annotations

import json
import logging
import random
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import DrawerSensor
from pos_member.hardware.printing.escpos_reader import EscPosReader
from pos_member.hardware.printing.simulator import (
    Build,
    Do,
    Fault,
    Lasting,
    ManualClock,
    Pace,
    Step,
    VirtualPrinter,
    When,
)
from pos_member.hardware.printing.virtual import real_time
from pos_member.hardware.printing.virtual.event_log import EventLog
from pos_member.hardware.printing.virtual.faults import LASTING
from pos_member.hardware.printing.virtual.script import parse_script, read_script
from tests.hardware.printing.test_printing_simulator_mechanics import (
    CUT,
    DOTS,
    STRIDE,
    dots_of,
    hear,
    line_to,
    picture,
    printing,
    raster,
)
from tests.patience import PATIENCE_S

ID = b"\x1d(H\x06\x00000000"
STATUS = b"\x10\x04\x01"


# --- status, byte by byte ---------------------------------------------------------------------------------

WELL = b"\x12\x12\x12\x12" + b"\x10\x00\x00\x00" + b"\x00"
CASES = {
    Do.PAPER_OUT: (b"\x1a\x32\x12\x7e", b"\x18\x00\x0c\x00"),
    Do.PAPER_LOW: (b"\x12\x12\x12\x1e", b"\x10\x00\x03\x00"),
    Do.COVER_OPEN: (b"\x1a\x16\x12\x12", b"\x38\x00\x00\x00"),
    Do.OFFLINE: (b"\x5a\x1a\x12\x12", b"\x58\x02\x00\x00"),
    Do.CUTTER_ERROR: (b"\x3a\x52\x1a\x12", b"\x18\x08\x00\x00"),
    Do.UNRECOVERABLE: (b"\x1a\x52\x32\x12", b"\x18\x20\x00\x00"),
    Do.OVERHEATED: (b"\x1a\x52\x52\x12", b"\x18\x40\x00\x00"),
}


@pytest.mark.parametrize("fault", CASES)
def test_every_condition_is_told_without_asking_and_when_asked(printer, fault):
    asked, told = CASES[fault]
    with line_to(printer) as line:
        line.sendall(b"\x1da\xff")
        assert hear(line, 4) == b"\x10\x00\x00\x00"
        printer.set_fault(Fault(fault.value))
        assert hear(line, 4) == told
        line.sendall(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")
        assert hear(line, 4) == asked
        printer.undo(fault)
        assert hear(line, 4) == b"\x10\x00\x00\x00"


@pytest.mark.parametrize(("mask", "heard"), [(0x01, b""), (0x02, b"\x18\x00\x0c\x00"), (0x08, b"\x18\x00\x0c\x00")])
def test_only_what_was_asked_for_is_told(printer, mask, heard):
    with line_to(printer) as line:
        line.sendall(b"\x1da" + bytes((mask,)))
        assert hear(line, 4) == b"\x10\x00\x00\x00"
        printer.do(Do.PAPER_OUT)
        line.sendall(STATUS)
        assert hear(line, len(heard) + 1) == heard + b"\x1a"


@pytest.mark.parametrize(
    ("wiring", "closed", "opened"),
    [
        (DrawerSensor.HIGH_IS_OPEN, (b"\x00", b"\x12"), (b"\x01", b"\x16")),
        (DrawerSensor.LOW_IS_OPEN, (b"\x01", b"\x16"), (b"\x00", b"\x12")),
        (DrawerSensor.NONE, (b"\x00", b"\x12"), (b"\x00", b"\x12")),
    ],
)
@pytest.mark.parametrize("pulse", [b"\x1bp\x00\x19\xfa", b"\x10\x14\x01\x00\x05"])
def test_a_pulse_opens_the_drawer_and_the_sensor_says_so(tmp_path, wiring, closed, opened, pulse):
    with printing(tmp_path, build=Build(dots=DOTS, drawer=wiring)) as printer, line_to(printer) as line:
        line.sendall(b"\x1dr\x02" + STATUS)
        assert sorted(hear(line, 2)) == sorted(b"".join(closed))
        line.sendall(pulse)
        assert printer.wait_until(lambda: printer.kicks == 1)
        line.sendall(b"\x1dr\x02")
        assert hear(line, 1) == opened[0]
        line.sendall(STATUS)
        assert hear(line, 1) == opened[1]
        printer.undo(Do.DRAWER_OPEN)
        line.sendall(STATUS)
        assert hear(line, 1) == closed[1]


def test_who_it_is(printer):
    with line_to(printer) as line:
        for asked, said in ((1, b"\x20"), (2, b"\x02"), (3, b"\x01"), (49, b"\x20")):
            line.sendall(b"\x1dI" + bytes((asked,)))
            assert hear(line, 1) == said
        line.sendall(b"\x1dIA\x1dIB\x1dIC\x1dID")
        told = b"_1.00 ESC/POS\0_POS MEMBER\0_POS Member virtual printer\0_V000001\0"
        assert hear(line, len(told)) == told
        printer.do(Do.OTHER_PRINTER, "TM-X")
        line.sendall(b"\x1dIB\x1dIC\x1dID")
        other = b"_OTHER\0_TM-X\0_X999999\0"
        assert hear(line, len(other)) == other


def test_a_cleared_buffer_and_a_printer_switched_off_by_command(printer):
    with line_to(printer) as line:
        printer.do(Do.PAPER_OUT)
        line.sendall(raster(picture(20)) + CUT + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
        assert hear(line, 3) == b"\x37\x25\x00"
        printer.do(Do.RELOAD)
        line.sendall(b"\x1dr\x01")
        assert hear(line, 1) == b"\x00"
        assert printer.rows == 0
        line.sendall(b"\x10\x14\x02\x01\x08")
        assert hear(line, 1) == b""
        assert printer.wait_until(lambda: printer.off)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", printer.port))


# --- answers that are wrong -------------------------------------------------------------------------------


def test_late_answers(tmp_path):
    clock = ManualClock()
    with printing(tmp_path, clock=clock) as printer, line_to(printer) as line:
        printer.do(Do.LATE, 300)
        line.sendall(STATUS)
        assert printer.wait_until(lambda: printer.received == 3)
        clock.advance(299)
        assert printer.settle()
        line.setblocking(False)
        with pytest.raises(BlockingIOError):
            line.recv(1)
        line.settimeout(PATIENCE_S)
        clock.advance(1)
        assert hear(line, 1) == b"\x12"


def test_the_answer_of_the_question_before(printer):
    with line_to(printer) as line:
        printer.do(Do.ONE_BEHIND)
        line.sendall(b"\x1dr\x01")
        printer.settle()
        printer.do(Do.PAPER_LOW)
        line.sendall(b"\x10\x04\x04\x10\x04\x01")
        assert hear(line, 2) == b"\x00\x1e"


@pytest.mark.parametrize(
    ("fault", "said"), [(Do.WRONG_PROCESS_ID, b"\x37\x220001\x00\x00"), (Do.NO_PROCESS_ID, b"\x00"), (Do.MUTE, b"")]
)
def test_process_ids_that_are_wrong_or_missing(printer, fault, said):
    with line_to(printer) as line:
        printer.do(fault)
        line.sendall(ID + b"\x1dr\x01")
        line.shutdown(socket.SHUT_WR)
        assert hear(line, 99) == said


def test_garbled_bytes(printer):
    with line_to(printer) as line:
        printer.do(Do.GARBLE, 3)
        line.sendall(bytes(byte ^ 0x55 for byte in STATUS) + STATUS)
        assert hear(line, 2) == b"\x12\x12"


# --- lines that break -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [Do.RESET, Do.FINISH, Do.BREAK_OFF, Do.POWER_CYCLE])
def test_the_line_breaks_at_the_very_byte(tmp_path, how):
    rows = picture(100)
    payload = raster(rows) + CUT
    half = 8 + 40 * STRIDE
    with printing(tmp_path, steps=[Step(When(job=2, byte=half), how)]) as printer:
        with line_to(printer) as line:
            line.sendall(STATUS)
            assert hear(line, 1) == b"\x12"
        with line_to(printer) as line:
            with suppress(ConnectionError):
                line.sendall(payload)
            if how is Do.FINISH:
                assert line.recv(1) == b""
            else:
                with suppress(ConnectionError):
                    assert line.recv(1) == b""
        assert printer.wait_until(lambda: bool(printer.fired))
        assert printer.settle()
        assert printer.received == 3 + half
        assert printer.rows in ((0, 40) if how is Do.POWER_CYCLE else (40,))
        before = printer.rows
        with line_to(printer) as line:
            line.sendall(payload)
            assert printer.wait_for_pictures(1)
        assert dots_of(printer.pictures[0]) == rows[: before * STRIDE] + rows, "half a paper hangs before the next"


def test_hanging_at_a_byte_and_going_on(tmp_path):
    with (
        printing(tmp_path, steps=[Step(When(byte=1_000), Do.HANG)]) as printer,
        line_to(printer) as line,
    ):
        line.sendall(raster(picture(100)) + CUT)
        assert printer.wait_until(lambda: printer.held)
        assert printer.settle()
        assert printer.received == 1_000
        printer.undo(Do.HANG)
        assert printer.wait_for_pictures(1)


def test_one_byte_a_second(tmp_path):
    clock = ManualClock()
    with printing(tmp_path, clock=clock, steps=[Step(When(job=1), Do.SLOW, 1)]) as printer, line_to(printer) as line:
        line.sendall(STATUS * 3)
        assert printer.wait_until(lambda: printer.jobs == 1)
        for second in range(1, 7):
            clock.advance(1_000)
            assert printer.wait_until(lambda second=second: printer.received == second)
        assert hear(line, 2) == b"\x12\x12"
        printer.undo(Do.SLOW)
        assert hear(line, 1) == b"\x12"


def test_off_for_a_while_and_its_port_is_the_same_again(tmp_path):
    clock = ManualClock()
    steps = [Step(When(job=1), Do.OFF, lasting=Lasting(ms=3_000))]
    with printing(tmp_path, clock=clock, steps=steps) as printer:
        port = printer.port
        with line_to(printer) as line:
            assert hear(line, 1) == b""
        assert printer.wait_until(lambda: printer.off)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port))
        clock.advance(3_000)
        assert printer.wait_until(lambda: not printer.off)
        with line_to(printer) as line:
            line.sendall(STATUS)
            assert hear(line, 1) == b"\x12"


def test_a_printer_that_keeps_the_rest_eats_into_the_next_job(printer):
    printer.do(Do.KEEPS_REST)
    half = b"\x1dv0\x00\x08\x00\x04\x00" + b"\xff" * 16
    with line_to(printer) as line:
        line.sendall(half)
    assert printer.wait_until(lambda: printer.connected == 0 and printer.jobs == 1)
    with line_to(printer) as line:
        line.sendall(bytes(16) + b"\x1dr\x01")
        assert hear(line, 1) == b"\x00"
    assert printer.rows == 4


# --- how long things last ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "rows_at_end"),
    [
        (Step(When(row=10), Do.PAPER_LOW, lasting=Lasting(rows=5)), 15),
        (Step(When(row=10), Do.PAPER_LOW, until=When(row=42)), 42),
        (Step(When(row=10), Do.PAPER_LOW, lasting=Lasting(cuts=1)), 100),
        (Step(When(job=1, row=10), Do.MUTE, until=When(paper=2, row=3)), 103),
    ],
)
def test_ends(tmp_path, step, rows_at_end):
    seen: list[tuple[str, bool, int]] = []
    with printing(tmp_path, steps=[step]) as printer, line_to(printer) as line:
        printer.listen(
            lambda name, fields: seen.append((fields["do"], fields["begin"], printer.rows)) if name == "did" else None
        )
        line.sendall((raster(picture(100)) + CUT) * 2)
        assert printer.wait_for_pictures(2)
    assert seen == [(step.do.value, True, 10), (step.do.value, False, rows_at_end)]


def test_the_head_cools_down_for_the_time_of_some_rows(tmp_path):
    clock = ManualClock()
    build = Build(dots=DOTS, pace=Pace(rows_per_second=1_000))
    steps = [Step(When(row=50), Do.OVERHEATED, lasting=Lasting(rows=200))]
    with printing(tmp_path, clock=clock, build=build, steps=steps) as printer, line_to(printer) as line:
        line.sendall(b"\x1da\xff" + raster(picture(100)) + CUT)
        assert printer.wait_until(lambda: printer.printing)
        clock.advance(60)
        assert hear(line, 8) == b"\x10\x00\x00\x00\x18\x40\x00\x00"
        clock.advance(200)
        assert hear(line, 4) == b"\x10\x00\x00\x00"
        assert printer.rows == 50
        clock.advance(50)
        assert printer.wait_for_pictures(1)


# --- scripts ----------------------------------------------------------------------------------------------


def test_a_script_is_read(tmp_path):
    path = tmp_path / "faults.json"
    path.write_text(
        json.dumps(
            [
                {"when": {"job": 1}, "do": "late", "value": 200, "for": {"jobs": 1}},
                {"when": {"job": 2, "byte": 900}, "do": "reset"},
                {"when": {"paper": 2, "row": 30}, "do": "paper_out", "for": {"ms": 5000}},
                {"when": {"cut": 3}, "do": "cutter_error"},
                {"when": {"after_ms": 0}, "do": "other_printer", "value": "TM-X", "until": {"job": 9}},
                {"when": {"row": 5}, "do": "overheated", "for": {"rows": 100}},
            ]
        ),
        encoding="utf-8",
    )
    assert read_script(path) == (
        Step(When(job=1), Do.LATE, 200, Lasting(jobs=1)),
        Step(When(job=2, byte=900), Do.RESET),
        Step(When(paper=2, row=30), Do.PAPER_OUT, None, Lasting(ms=5_000)),
        Step(When(cut=3), Do.CUTTER_ERROR),
        Step(When(after_ms=0), Do.OTHER_PRINTER, "TM-X", None, When(job=9)),
        Step(When(row=5), Do.OVERHEATED, None, Lasting(rows=100)),
    )


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"do": "mute"}, "when"),
        ({"when": {}, "do": "mute"}, "when"),
        ({"when": {"row": 1}}, "do"),
        ({"when": {"row": 1}, "do": "explode"}, "do"),
        ({"when": {"row": 1}, "do": ["mute"]}, "do"),
        ({"when": {"row": 0}, "do": "mute"}, "when.row"),
        ({"when": {"row": True}, "do": "mute"}, "when.row"),
        ({"when": {"row": 1.5}, "do": "mute"}, "when.row"),
        ({"when": {"row": 10**12}, "do": "mute"}, "when.row"),
        ({"when": {"line": 1}, "do": "mute"}, "when.line"),
        ({"when": {"row": 1, "byte": 1}, "do": "mute"}, "when"),
        ({"when": {"cut": 1, "job": 1}, "do": "mute"}, "when"),
        ({"when": {"row": 1}, "do": "late"}, "value"),
        ({"when": {"row": 1}, "do": "late", "value": "soon"}, "value"),
        ({"when": {"row": 1}, "do": "mute", "value": 3}, "value"),
        ({"when": {"row": 1}, "do": "other_printer", "value": "\x1b@"}, "value"),
        ({"when": {"row": 1}, "do": "mute", "why": 3}, "why"),
        ({"when": {"row": 1}, "do": "mute", "for": {}}, "for"),
        ({"when": {"row": 1}, "do": "mute", "for": {"ms": 1, "rows": 1}}, "for"),
        ({"when": {"row": 1}, "do": "mute", "for": {"ms": 1}, "until": {"row": 2}}, "until"),
        ({"when": {"row": 1}, "do": "reset", "for": {"ms": 1}}, "for"),
        ({"when": {"row": 1}, "do": "paper_out", "for": {"rows": 1}}, "for"),
        ({"when": {"row": 1}, "do": "paper_out", "until": {"cut": 2}}, "until"),
        ({"when": {"row": 1}, "do": "hang", "for": {"bytes": 2}}, "for"),
        ({"when": {"row": 1}, "do": "off", "until": {"job": 2}}, "until"),
        ("mute", "step"),
    ],
)
def test_a_wrong_step_is_named(step, field):
    good = {"when": {"row": 1}, "do": "mute"}
    with pytest.raises(Refusal) as caught:
        parse_script(json.dumps([good, step]).encode())
    assert caught.value.reason is Reason.PRINTER_SCRIPT_INVALID
    assert (caught.value.params["step"], caught.value.params["field"]) == (2, field)
    assert caught.value.params["allowed"]


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"[NaN]", b"\xff", b"[" * 100_000, b"[" + b"1," * 600_000 + b"1]", b'{"steps": 1}']
)
def test_files_that_are_no_script(raw):
    with pytest.raises(Refusal) as caught:
        parse_script(raw)
    assert caught.value.reason is Reason.PRINTER_SCRIPT_INVALID


def test_a_script_that_is_not_there(tmp_path):
    with pytest.raises(EnvironmentProblem) as caught:
        read_script(tmp_path / "none.json")
    assert caught.value.reason is Reason.FILE_NOT_READABLE


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([*Do]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["when", "do", "for", "until", "value", "row", "byte", "job", "ms"]), inner)
    ),
    max_leaves=12,
)


@given(st.lists(_JSON, max_size=3))
def test_a_hostile_script_is_read_or_refused(data):
    with suppress(Refusal):
        assert all(isinstance(step, Step) for step in parse_script(json.dumps(data).encode()))


@pytest.mark.parametrize("moment", [{}, {"job": 1, "cut": 1}, {"row": 0}, {"paper": 1}])
def test_a_moment_that_is_none(moment):
    with pytest.raises(ValueError, match="moment"):
        When(**moment)


def test_everything_that_lasts_can_be_ended(printer):
    for what in sorted(LASTING):
        value = {Do.SLOW: 1_000, Do.LATE: 1, Do.OTHER_PRINTER: "TM-X"}.get(what)
        printer.do(what, value)
        printer.undo(what)
    with line_to(printer) as line:
        line.sendall(STATUS + b"\x1dIB" + ID)
        assert hear(line, 20) == b"\x12_POS MEMBER\0" + b"\x37\x220000\x00"


# --- its own log ------------------------------------------------------------------------------------------


def test_the_log_tells_the_story(tmp_path, printer):
    with EventLog(tmp_path / "log.jsonl") as log:
        printer.listen(log.write)
        with line_to(printer) as line:
            line.sendall(STATUS + raster(picture(10))[:8] + bytes(480) + CUT + b"\x1bp\x00\x19\xfa")
            assert printer.wait_until(lambda: printer.kicks == 1)
        assert printer.wait_until(lambda: printer.connected == 0)
        printer.stop()
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["event"] for row in rows] == ["connected", "answer", "cut", "kick", "ended"]
    assert rows[1]["bytes"] == "12" and rows[2]["rows"] == 10 and rows[4]["bytes"] == printer.received
    with pytest.raises(EnvironmentProblem):
        EventLog(tmp_path / "none" / "log")


def test_a_full_disk_ends_the_log_only(expected_logs):
    expected_logs("its log ends here", logging.ERROR)
    expected_logs("may not be whole", logging.ERROR)
    try:
        log = EventLog(Path("/dev/full"))
    except EnvironmentProblem:
        pytest.skip("this system has no /dev/full")
    log.write("x", {})
    log.write("y", {})
    log.close()


# --- nothing crashes it -----------------------------------------------------------------------------------

_PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([0x1B, 0x1C, 0x1D, 0x10]).flatmap(
        lambda first: st.binary(min_size=1, max_size=12).map(lambda rest: bytes((first,)) + rest)
    ),
    st.sampled_from(
        [b"\x1dv0\x00\x02\x00\x03\x00", b"\x1d(k\x03\x001Q0", b"\x1d(L\x02\x0002", b"\x1dkI\x05{B123", CUT]
    ),
)


@given(st.lists(_PIECES, max_size=12), st.integers(1, 64))
def test_random_bytes_in_random_pieces_never_crash_it_and_mean_the_same(pieces, size):
    data = b"".join(pieces)
    assume(real_time.CLEAR not in data)  # what it finds in the buffer is a matter of time

    def read(step: int) -> tuple[bytes, list[str], list[bytes]]:
        said = bytearray()
        papers: list[bytes] = []
        reader = EscPosReader(64, answer=said.extend, on_cut=lambda piece: papers.append(piece.data))
        for at in range(0, len(data), step):
            reader.feed(data[at : at + step])
        return bytes(reader.roll.rows), papers, reader.unknown

    assert read(size) == read(max(1, len(data)))


def test_random_bytes_by_wire(tmp_path):
    noise = random.Random(7)
    with VirtualPrinter(out_dir=tmp_path, dots=DOTS) as printer:
        for _ in range(20):
            with line_to(printer) as line, suppress(OSError):
                line.sendall(noise.randbytes(5_000))
        printer.set_fault(Fault.NONE)
        printer.do(Do.POWER_CYCLE)
        with line_to(printer) as line:
            line.sendall(STATUS)
            assert hear(line, 1) == b"\x12"
