"""``printer-sim``: the virtual printer, with or without its window."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pos_member.cli.console import Console
from pos_member.cli.display import require_display
from pos_member.cli.main import EXIT_OK
from pos_member.domain.printers import DrawerSensor, Marks

if TYPE_CHECKING:
    from pos_member.hardware.printing.simulator import VirtualPrinter


def printer_sim(parsed: argparse.Namespace, console: Console) -> int:
    """Run the virtual printer until it is stopped; then say what it did."""
    from pos_member.hardware.printing.virtual.event_log import EventLog
    from pos_member.hardware.printing.virtual.script import read_script

    steps = read_script(parsed.script) if parsed.script is not None else ()
    if parsed.window:
        require_display()
    with ExitStack() as held:
        held.enter_context(_stopped_in_order(parsed.window))
        log = held.enter_context(EventLog(parsed.log)) if parsed.log is not None else None
        printer = _printer(parsed, console)
        printer.plan(*steps)
        if log is not None:
            printer.listen(log.write)
        if not parsed.window:
            _letters_can_be_drawn()
        held.enter_context(printer)
        held.callback(_sum_up, printer, console)
        shown = {"host": parsed.host, "port": printer.port, "address": printer.address, "out": str(parsed.out)}
        if parsed.pty is not None:
            console.result(shown, "printer_sim_pty", address=printer.address, out=parsed.out)
        else:
            console.result(shown, "printer_sim", host=parsed.host, port=str(printer.port), out=parsed.out)
        if parsed.control:
            threading.Thread(target=control, args=(printer, console, sys.stdin), daemon=True).start()
        return _until_stopped(parsed, printer, console)


@contextmanager
def _stopped_in_order(window: bool) -> Iterator[None]:
    """Told to stop by whoever started it, it sums up as for Ctrl-C.

    With a window the event loop is what ends, from before the printer is there: an exception in the middle of what Qt
    calls would get lost. The application is there by then too, for letters that are drawn on the printer's thread.
    """
    if window:
        import pos_member.app.roll_window  # noqa: F401  (all of it is loaded before anybody says stop)
        from pos_member.app.signals import ended_by_signals
        from pos_member.app.window import application

        with ended_by_signals(application()):
            yield
        return
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _printer(parsed: argparse.Namespace, console: Console) -> VirtualPrinter:
    from pos_member.hardware.printing.simulator import Build, Language, Pace, PtyLink, VirtualPrinter

    def on_cut(path: Path) -> None:
        console.result({"paper": str(path)}, "paper", path=path)

    build = Build(
        dots=parsed.width,
        pace=Pace(rows_per_second=parsed.speed, cut_ms=300 if parsed.speed else 0),
        language=Language(parsed.thai_page, Marks(parsed.marks)),
        buffer_bytes=parsed.buffer,
        clients=parsed.clients,
        drawer=DrawerSensor(parsed.drawer),
        strict=parsed.strict,
    )
    link = None if parsed.pty is None else PtyLink(Path(parsed.pty) if parsed.pty else None)
    return VirtualPrinter(parsed.host, parsed.port, parsed.out, on_cut=on_cut, build=build, link=link)


def _letters_can_be_drawn() -> None:
    """Letters are drawn on the printer's thread; what they need is made on this one."""
    from pos_member.hardware.printing.fonts import ensure_gui

    ensure_gui()


def _until_stopped(parsed: argparse.Namespace, printer: VirtualPrinter, console: Console) -> int:
    if parsed.window:
        from pos_member.app.roll_window import run_roll_window

        return run_roll_window(printer, console.language)
    threading.Event().wait()
    return EXIT_OK


def control(printer: VirtualPrinter, console: Console, lines: Iterable[str]) -> None:
    """Do what the lines say: ``paper_out``, ``late 300``, ``end late``, ``reload`` …; others are told what there is."""
    from pos_member.hardware.printing.simulator import Do
    from pos_member.hardware.printing.virtual.faults import LASTING, NUMBERS

    for line in lines:
        words = line.split()
        ends = words[:1] == ["end"]
        name, values = words[ends : ends + 1], words[ends + 1 :]
        if not words:
            continue
        try:
            do = Do(name[0] if name else "")
            number = int(values[0]) if do in NUMBERS and not ends else None
            if ends and do not in LASTING:
                raise ValueError(do.value)
            if number is not None and not NUMBERS[do][0] <= number <= NUMBERS[do][1]:
                raise ValueError(str(number))
        except (ValueError, IndexError):
            console.say("sim_control_unknown", line=line.strip()[:60], known=", ".join(Do))
            continue
        if ends:
            printer.undo(do)
        else:
            printer.do(do, number if number is not None else (values[0] if values else None))


def _sum_up(printer: VirtualPrinter, console: Console) -> None:
    unknown = list(dict.fromkeys(printer.unknown))
    console.result(
        {
            "jobs": printer.jobs,
            "bytes": printer.received,
            "rows": printer.rows,
            "papers": printer.cuts,
            "kicks": printer.kicks,
            "unknown": unknown,
        },
        "sim_sum",
        jobs=printer.jobs,
        bytes=printer.received,
        rows=printer.rows,
        papers=printer.cuts,
        kicks=printer.kicks,
    )
    if unknown:
        console.say("sim_unknown", count=len(unknown), what="; ".join(unknown[:10]))
