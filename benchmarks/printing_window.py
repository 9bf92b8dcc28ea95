"""Paper and the till's window, as shipped: from a sale to its first byte on the wire, the window while papers print.

    python -m benchmarks.printing_window [--sales 60] [--starts 5] [--papers 200]

The printer is a process of its own behind a tap that stamps the time of each first byte. Floors in the same run: a bare
socket through the same tap, and the same window with nothing to print.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("POS_MEMBER_KEYS", "file")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks._printers import Tap, apart
from pos_member.app.demo.probe import FRAME_MS, LoopProbe
from pos_member.app.seeding import demo_data
from pos_member.app.settings import TillSettings
from pos_member.app.window import TillProgram
from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import PrinterSetup
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.simulator import Do, Lasting, Step, When
from pos_member.services.print_ports import IN_FLIGHT, SETTLED, UNTOUCHED, NewPrintJob, PrintJobState
from tests.e2e.commands import demo_till
from tests.hardware.printing import samples

PATIENCE_S = 60.0
_MOVING = "SELECT count(*) FROM print_job WHERE state IN ('queued', 'blocked', 'sending', 'sent', 'waiting_printer')"


def main() -> int:
    """Print the figures beside their aims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=60)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--papers", type=int, default=200)
    parser.add_argument("--only", choices=("first_byte", "window"))
    parsed = parser.parse_args()
    logging.disable(logging.CRITICAL)
    QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as scratch:
        if parsed.only != "window":
            first_byte(Path(scratch), parsed.sales, parsed.starts)
        if parsed.only != "first_byte":
            window_while_printing(Path(scratch), parsed.papers)
    return 0


# --- the window ------------------------------------------------------------------------------------------------------


@contextmanager
def opened(folder: Path, port: int) -> Iterator[TillProgram]:
    """The till's program with one printer, a cashier signed in."""
    setup = PrinterSetup("counter", "Counter", f"tcp://127.0.0.1:{port}", VIRTUAL_80, "virtual-80", drawer=False)
    program = TillProgram(folder, TillSettings(language="en", printers=(setup,)))
    try:
        program.window.resize(1366, 768)
        program.window.show()
        program.start()
        until(lambda: program.window.shell.ready and shown(program, "sign_in_pin"))
        settled(program)
        typed(program, demo_data().pins["1001"])
        QTest.keyClick(program.window.focusWidget() or program.window, Qt.Key.Key_Return)
        until(lambda: program.window.shell.session is not None)
        settled(program)
        yield program
    finally:
        program.close()


def until(reached: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Run the window until ``reached``; raises ``TimeoutError``."""
    ends = time.monotonic() + patience_s
    while not reached():
        if time.monotonic() > ends:
            raise TimeoutError
        pause(2)


def pause(ms: int) -> None:
    """Let the window run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def shown(program: TillProgram, name: str) -> bool:
    return any(each.isVisible() for each in program.window.findChildren(QWidget, name))


def settled(program: TillProgram) -> None:
    until(lambda: not program.window.shell.runner.busy("db") and program.window.desk.idle)


def typed(program: TillProgram, text: str) -> None:
    QTest.keyClicks(program.window.focusWidget() or program.window, text)


def idle(program: TillProgram) -> bool:
    """Nothing is left to print."""
    assert program.till is not None
    moving = UNTOUCHED | IN_FLIGHT
    return not any(
        job.state in moving for job in program.till.store.facts.open_print_jobs()
    ) and not program.printing.lanes.busy("counter")


# --- the first byte --------------------------------------------------------------------------------------------------


def first_byte(scratch: Path, sales: int, starts: int) -> None:
    """From the completed sale to its first byte on the wire: warm, and the first after a start."""
    with apart() as (port, _pipe), closing(Tap(port)) as tap:
        folder = demo_till(scratch / "till")
        cold = []
        for _ in range(starts):
            with opened(folder, tap.port) as program:
                cold.append(_sold(program, tap))
        with opened(folder, tap.port) as program:
            _sold(program, tap)
            warm = [_sold(program, tap) for _ in range(sales)]
        floor = [_bare(tap) for _ in range(sales)]
    print(f"{'completion → first byte, ms':34}{'first byte':>24}{'first byte of paper':>26}   (median / p95 / worst)")
    for name, found, aim in (
        (f"warm, {sales} sales", warm, "p95 ≤ 150"),
        (f"first after start, {starts} starts", cold, "≤ 400"),
    ):
        print(f"{name:34}{spread([a for a, _ in found]):>24}{spread([b for _, b in found]):>26}   aim {aim}")
    print(f"{'bare socket: connect and send':34}{spread(floor):>24}")


def _sold(program: TillProgram, tap: Tap) -> tuple[float, float]:
    """(ms until the first byte, ms until the first byte of paper) of one sale's receipt."""
    until(lambda: idle(program))
    typed(program, "120")
    QTest.keyClick(program.window.focusWidget() or program.window, Qt.Key.Key_Return)
    settled(program)
    tap.first.clear()
    tap.paper.clear()
    completed: list[float] = []
    connection = program.window.desk.completed.connect(lambda *_: completed.append(time.perf_counter()))
    typed(program, "+")
    until(lambda: completed and tap.paper)
    program.window.desk.completed.disconnect(connection)
    return (tap.first[0] - completed[0]) * 1000, (tap.paper[0] - completed[0]) * 1000


def _bare(tap: Tap) -> float:
    tap.first.clear()
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", tap.port)) as bare:
        bare.sendall(b"\x10\x04\x01")
        ends = time.monotonic() + 5
        while not tap.first and time.monotonic() < ends:
            time.sleep(0.0002)
    return (tap.first[0] - began) * 1000


# --- the window while papers print -----------------------------------------------------------------------------------


def window_while_printing(scratch: Path, papers: int) -> None:
    """Gaps of the event loop: nothing to print, then papers with faults, then nothing again."""
    steps = [
        Step(When(paper=10, row=300), Do.PAPER_OUT, lasting=Lasting(ms=1_500)),
        Step(When(paper=40, row=300), Do.COVER_OPEN, lasting=Lasting(ms=1_500)),
        Step(When(paper=70, row=100), Do.BREAK_OFF),
        Step(When(cut=90), Do.OFF, lasting=Lasting(ms=3_000)),
        Step(When(paper=120, row=200), Do.RESET),
        Step(When(cut=140), Do.HANG, lasting=Lasting(ms=3_000)),
        Step(When(paper=160, row=200), Do.POWER_CYCLE),
    ]
    with apart(steps) as (port, _pipe), opened(demo_till(scratch / "busy"), port) as program:
        until(lambda: idle(program))
        pause(8_000)  # pages are built ahead after the start
        before = _watched(lambda: pause(5_000))
        _queue(program, papers)
        began = time.perf_counter()
        program.printing.look()
        printing = _watched(lambda: _all_printed(program))
        took = time.perf_counter() - began
        after = _watched(lambda: pause(5_000))
        assert program.till is not None
        jobs = program.till.store.facts.print_jobs(papers)
        good = sum(job.state in SETTLED for job in jobs)
        asks = sum(job.state is PrintJobState.UNCONFIRMED for job in jobs)
    print(f"\nthe window while {papers} papers print with faults: {took:.0f} s, {good} printed, {asks} ask a person")
    for name, probe in (("nothing to print", before), ("printing", printing), ("nothing again", after)):
        over = sum(gap.busy_ms > FRAME_MS for gap in probe.gaps)
        print(
            f"  {name:18} away worst {probe.worst_ms:6.1f} ms, over {FRAME_MS:.0f} ms "
            f"{len(probe.gaps):4} of {probe.ticks}   "
            f"own work worst {probe.worst_busy_ms:5.1f} ms, over {FRAME_MS:.0f} ms {over}"
        )
    print("  aim: never blocked for more than 16 ms")


def _all_printed(program: TillProgram) -> None:
    """Run the window until nothing moves; who looks is another thread, and seldom."""
    assert program.till is not None
    database, over = program.till.folder.till, threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            with database.read() as connection:
                if not connection.exec_driver_sql(_MOVING).scalar_one():
                    over.set()

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    until(over.is_set, 600)
    watcher.join()


def _watched(work: Callable[[], None]) -> LoopProbe:
    probe = LoopProbe()
    probe.start()
    work()
    probe.stop()
    return probe


def _queue(program: TillProgram, papers: int) -> None:
    assert program.till is not None
    with program.till.store.transaction() as tx:
        for number in range(papers):
            paper = replace(samples.RECEIPT_TH, number=f"CNX1-09-{number:06d}")
            tx.add_print_job(NewPrintJob(f"bench-{number}", DocumentKind.RECEIPT, paper, f"bench-{number}"))


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):.1f} / {p95:.1f} / {ordered[-1]:.1f}"


if __name__ == "__main__":
    sys.exit(main())
