"""Head, buffer, cutter and roll: paper comes out row by row, stops at the very row, and nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pos_member.hardware.printing.pictures import DESK_MARGIN, END_MARGIN, SIDE_MARGIN
from pos_member.hardware.printing.simulator import (
    Build,
    Do,
    Fault,
    ManualClock,
    Pace,
    PtyLink,
    Step,
    VirtualPrinter,
    When,
)
from tests.patience import PATIENCE_S

DOTS = 384
STRIDE = DOTS // 8
ROWS = 600


def picture(rows: int = ROWS, seed: int = 1) -> bytes:
    """Rows that are all different, free of real-time sequences."""
    noise = random.Random(seed)
    return b"".join(bytes(noise.choice((0x00, 0x3C, 0xFF, 0x81, 0x5A)) for _ in range(STRIDE)) for _ in range(rows))


def raster(rows: bytes, band: int = 100) -> bytes:
    out = b""
    for at in range(0, len(rows), band * STRIDE):
        part = rows[at : at + band * STRIDE]
        out += b"\x1dv0\x00" + STRIDE.to_bytes(2, "little") + (len(part) // STRIDE).to_bytes(2, "little") + part
    return out


CUT = b"\x1dVB\x00"


def dots_of(path: Path) -> bytes:
    """The printed rows of a paper's picture."""
    with Image.open(path) as paper:
        ink = np.array(paper.convert("L")) < 128
    side, end = SIDE_MARGIN + DESK_MARGIN, END_MARGIN + DESK_MARGIN
    return np.packbits(ink[end:-end, side:-side], axis=1).tobytes()


@contextmanager
def printing(folder: Path, **parts: object) -> Iterator[VirtualPrinter]:
    build = parts.pop("build", Build(dots=DOTS))
    with VirtualPrinter(out_dir=folder, build=replace(build, strict=True), **parts) as printer:  # type: ignore
        yield printer


@contextmanager
def line_to(printer: VirtualPrinter) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", printer.port), 5) as line:
        yield line


def hear(line: socket.socket, length: int) -> bytes:
    said = b""
    while len(said) < length:
        new = line.recv(length - len(said))
        if not new:
            break
        said += new
    return said


# --- paper ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [1, 99, 100, 101, 350, ROWS])
@pytest.mark.parametrize("fault", [Do.PAPER_OUT, Do.COVER_OPEN, Do.OVERHEATED, Do.OFFLINE, Do.UNRECOVERABLE])
def test_it_stops_at_the_very_row_and_goes_on_without_loss_or_doubling(tmp_path, row, fault):
    rows = picture()
    with printing(tmp_path, steps=[Step(When(row=row), fault)]) as printer, line_to(printer) as line:
        line.sendall(raster(rows) + CUT)
        assert printer.wait_until(lambda: not printer.sensors.ready)
        assert printer.settle()
        assert printer.rows == row
        assert printer.pictures == ()
        assert printer.paper_since(0, 0)[2] == rows[: row * STRIDE]
        printer.undo(fault)
        assert printer.wait_for_pictures(1)
        assert dots_of(printer.pictures[0]) == rows
        assert printer.rows == ROWS


def test_a_new_roll_is_put_in_with_reload(tmp_path):
    rows = picture()
    steps = [Step(When(row=10), Do.PAPER_LOW), Step(When(row=20), Do.PAPER_OUT)]
    with printing(tmp_path, steps=steps) as printer, line_to(printer) as line:
        line.sendall(raster(rows) + CUT)
        assert printer.wait_until(lambda: printer.sensors.paper_out and printer.sensors.paper_low)
        printer.do(Do.RELOAD)
        assert printer.wait_for_pictures(1)
        assert not printer.sensors.paper_low
        assert dots_of(printer.pictures[0]) == rows
        assert printer.fired == tuple(steps)


def test_the_process_id_comes_when_the_paper_is_out_and_gs_r_too(tmp_path):
    steps = [Step(When(row=50), Do.PAPER_OUT)]
    with printing(tmp_path, steps=steps) as printer, line_to(printer) as line:
        line.sendall(raster(picture(100)) + b"\x1d(H\x06\x00000042" + b"\x1dr\x01")
        assert printer.wait_until(lambda: printer.rows == 50)
        line.sendall(b"\x10\x04\x04")
        assert hear(line, 1) == b"\x7e", "only what is asked in real time is answered while it stands"
        printer.do(Do.RELOAD)
        assert hear(line, 8) == b"\x37\x220042\x00\x00"


def test_a_printer_with_a_large_print_buffer_answers_gs_r_early_and_the_process_id_in_time(tmp_path):
    build = Build(dots=DOTS, pace=Pace(ahead_rows=1_000))
    steps = [Step(When(row=50), Do.PAPER_OUT)]
    with printing(tmp_path, build=build, steps=steps) as printer, line_to(printer) as line:
        printer.do(Do.OFFLINE)
        line.sendall(raster(picture(100)) + b"\x1d(H\x06\x00000042\x1dr\x01")
        assert printer.wait_until(lambda: printer.waiting > 100 * STRIDE + 14)
        printer.undo(Do.OFFLINE)
        assert hear(line, 1) == b"\x00", "all is well, it says, and then the paper runs out"
        assert printer.rows == 50
        printer.do(Do.RELOAD)
        assert hear(line, 7) == b"\x37\x220042\x00"


def test_paper_runs_out_in_the_second_paper(tmp_path):
    first, second = picture(80, 1), picture(90, 2)
    with (
        printing(tmp_path, steps=[Step(When(paper=2, row=7), Do.PAPER_OUT)]) as printer,
        line_to(printer) as line,
    ):
        line.sendall(raster(first) + CUT + raster(second) + CUT)
        assert printer.wait_until(lambda: printer.sensors.paper_out)
        assert (printer.cuts, printer.rows) == (1, 87)
        printer.do(Do.RELOAD)
        assert printer.wait_for_pictures(2)
        assert [dots_of(path) for path in printer.pictures] == [first, second]


# --- the cutter -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("recover", "papers"), [(b"\x10\x05\x01", 2), (b"\x10\x05\x02", 1)])
def test_a_jam_at_the_second_cut_and_both_ways_to_recover(tmp_path, recover, papers):
    with (
        printing(tmp_path, steps=[Step(When(cut=2), Do.CUTTER_ERROR)]) as printer,
        line_to(printer) as line,
    ):
        line.sendall(b"\x1da\xff")
        assert hear(line, 4) == b"\x10\x00\x00\x00"
        line.sendall((raster(picture(30)) + CUT) * 2)
        assert hear(line, 4) == b"\x18\x08\x00\x00"
        assert (printer.cuts, printer.rows) == (1, 60)
        line.sendall(b"\x10\x04\x02\x10\x04\x03")
        assert hear(line, 2) == b"\x52\x1a"
        line.sendall(recover)
        assert hear(line, 4) == b"\x10\x00\x00\x00"
        if papers == 1:
            line.sendall(b"\x1dr\x01")
            assert hear(line, 1) == b"\x00"
        assert printer.wait_for_pictures(papers)
        assert printer.settle()
        assert printer.cuts == papers


def test_recovering_a_printer_that_is_well_changes_nothing(printer):
    with line_to(printer) as line:
        line.sendall(b"\x10\x05\x01\x10\x05\x02\x10\x04\x01")
        assert hear(line, 1) == b"\x12"


# --- time and buffer --------------------------------------------------------------------------------------


def test_paper_comes_as_fast_as_the_head_is(tmp_path):
    clock = ManualClock()
    build = Build(dots=DOTS, pace=Pace(rows_per_second=100, cut_ms=500))
    rows = picture(60)
    with printing(tmp_path, build=build, clock=clock) as printer, line_to(printer) as line:
        line.sendall(raster(rows) + CUT)
        assert printer.wait_until(lambda: printer.printing)
        for ms, expected in ((9, 0), (1, 1), (90, 10), (300, 40), (199, 59), (1, 60)):
            clock.advance(ms)
            assert printer.settle()
            assert printer.rows == expected, f"after {ms} ms more"
        assert printer.pictures == ()
        clock.advance(499)
        assert printer.settle()
        assert printer.pictures == ()
        clock.advance(1)
        assert printer.wait_for_pictures(1)
        assert printer.settle()
        clock.advance(10_000)
        line.sendall(raster(rows))
        assert printer.wait_until(lambda: printer.printing)
        assert printer.settle()
        assert printer.rows == 60, "time that passed while nothing was to be printed is no credit"


def test_a_long_advance_prints_all_that_fits_into_it_though_the_buffer_is_small(tmp_path):
    clock = ManualClock()
    build = Build(dots=DOTS, pace=Pace(rows_per_second=1_000), buffer_bytes=4_096)
    rows = picture(2_000)
    with printing(tmp_path, build=build, clock=clock) as printer:
        sender = threading.Thread(target=send_and_close, args=(printer.port, raster(rows) + CUT))
        sender.start()
        assert printer.wait_until(lambda: printer.held)
        shown = 0
        while not printer.pictures:
            clock.advance(100)
            shown += 100
            assert printer.settle()
        sender.join()
        assert 2_000 <= shown <= 2_500
        assert dots_of(printer.pictures[0]) == rows


def send_and_close(port: int, payload: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(payload)


def test_the_sender_is_held_while_the_head_is_slow(tmp_path):
    clock = ManualClock()
    build = Build(dots=DOTS, pace=Pace(rows_per_second=1_000), buffer_bytes=8_192)
    rows = picture(200_000 // STRIDE)
    payload = raster(rows) + CUT
    with printing(tmp_path, build=build, clock=clock) as printer, socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        line.connect(("127.0.0.1", printer.port))
        line.setblocking(False)
        sent, more = 0, 1
        while more or not printer.held:
            assert printer.settle()
            sent += (more := push(line, payload[sent:]))
        assert sent < len(payload), "the rest does not fit anywhere"
        # One band is with the head, the rest of what was taken fills the buffer.
        assert printer.waiting == 8_192
        assert printer.received <= 8_192 + 8 + 100 * STRIDE
        taken = printer.received
        clock.advance(100)
        assert printer.settle()
        assert printer.rows == 100
        assert printer.received > taken
        line.setblocking(True)
        rest = threading.Thread(target=line.sendall, args=(payload[sent:],))
        rest.start()
        while not printer.pictures:
            clock.advance(500)
            assert printer.settle()
        rest.join()
        assert dots_of(printer.pictures[0]) == rows


def push(line: socket.socket, data: bytes) -> int:
    """Hand over as much as the system takes without waiting."""
    sent = 0
    try:
        while sent < len(data):
            sent += line.send(data[sent : sent + 4_096])
    except BlockingIOError:
        return sent
    return sent


def test_a_picture_larger_than_the_buffer_gets_through(tmp_path):
    rows = picture(400)
    with printing(tmp_path, build=Build(dots=DOTS, buffer_bytes=512)) as printer, line_to(printer) as line:
        line.sendall(raster(rows, band=400) + CUT)
        assert printer.wait_for_pictures(1)
        assert dots_of(printer.pictures[0]) == rows


def ask(end: int, question: bytes, length: int) -> bytes:
    """The answer on a serial line, or what there is of it once nobody would wait any longer."""
    os.write(end, question)
    said = b""
    while len(said) < length and select.select([end], [], [], PATIENCE_S)[0]:
        said += os.read(end, length - len(said))
    return said


# --- lines ------------------------------------------------------------------------------------------------


def test_a_pty_is_a_printer_on_a_serial_line(tmp_path):
    link = PtyLink(tmp_path / "printer")
    rows = picture(200)
    with printing(tmp_path / "paper", link=link) as printer:
        assert printer.address == f"serial://{tmp_path / 'printer'}"
        line = os.open(link.path, os.O_RDWR | os.O_NOCTTY)
        try:
            assert ask(line, b"\x10\x04\x02", 1) == b"\x12"
            os.write(line, raster(rows[: 60 * STRIDE]) + b"\x1da\xff\x1dv0\x00\x30\x00\xff\x00 half of it")
            assert ask(line, b"", 4) == b"\x10\x00\x00\x00"
            assert printer.settle()
            printer.do(Do.POWER_CYCLE)
            for at in range(60, 200, 20):
                os.write(line, raster(rows[at * STRIDE : (at + 20) * STRIDE]))
                assert printer.settle()
            os.write(line, CUT)
            assert printer.wait_for_pictures(1)
            assert dots_of(printer.pictures[0]) == rows
            printer.do(Do.OFF)
            os.write(line, b"\x10\x04\x02" + CUT)
            assert printer.settle()
            printer.undo(Do.OFF)
            assert ask(line, b"\x10\x04\x01", 1) == b"\x12", "what was asked while it was off is never answered"
            printer.do(Do.BREAK_OFF)
            with pytest.raises(OSError, match=r"\w"):
                os.write(line, b"x")
        finally:
            os.close(line)
        line = os.open(link.path, os.O_RDWR | os.O_NOCTTY)
        assert ask(line, b"\x10\x04\x02", 1) == b"\x12", "plugged in again"
        os.close(line)
    assert not (tmp_path / "printer").is_symlink()


def test_a_pty_holds_its_writer(tmp_path):
    link = PtyLink()
    with printing(tmp_path, link=link) as printer:
        printer.set_fault(Fault.HANG)
        line = os.open(link.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            for _ in range(100):
                os.write(line, bytes(1_000))
        os.close(line)


def test_ipv6(tmp_path):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    with VirtualPrinter("::1", 0, tmp_path) as printer:
        assert printer.address == f"tcp://[::1]:{printer.port}"
        with socket.create_connection(("::1", printer.port)) as line:
            line.sendall(b"\x10\x04\x01")
            assert hear(line, 1) == b"\x12"


def test_several_are_connected_and_papers_are_not_mixed(tmp_path):
    one, two = picture(100, 1), picture(100, 2)
    with (
        printing(tmp_path, build=Build(dots=DOTS, clients=2)) as printer,
        line_to(printer) as first,
        line_to(printer) as second,
    ):
        first.sendall(raster(one[: 50 * STRIDE]))
        assert printer.wait_until(lambda: printer.rows == 50)
        second.sendall(raster(two) + CUT + b"\x10\x04\x01")
        assert hear(second, 1) == b"\x12", "status is answered to everybody"
        assert printer.settle()
        assert printer.rows == 50
        first.sendall(raster(one[50 * STRIDE :]) + CUT)
        assert printer.wait_for_pictures(2)
        assert [dots_of(path) for path in printer.pictures] == [one, two]


def test_one_at_a_time_is_connected(printer):
    with line_to(printer) as first, line_to(printer) as second:
        second.sendall(b"\x10\x04\x01")
        first.sendall(b"\x10\x04\x02")
        assert hear(first, 1) == b"\x12"
        assert printer.jobs == 1
        first.close()
        assert hear(second, 1) == b"\x12"
        assert printer.jobs == 2
