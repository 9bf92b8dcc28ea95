"""``pos-member doctor``: what is wrong with this machine, and how to mend it.

Every check runs on a thread of its own under a time limit: a camera driver that hangs or a disk that does not answer
becomes a finding, not a doctor that hangs. Nothing is changed, printed or sent.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pos_member.app.settings import load_settings
from pos_member.doctor.findings import Finding, Level, found, told
from pos_member.domain.clock import SystemClock
from pos_member.domain.errors import PosMemberError
from pos_member.domain.printers import PrinterSetup
from pos_member.domain.readers import CameraSetup, ReaderSetup

__all__ = ["Check", "Finding", "Level", "examine", "run_checks"]

log = logging.getLogger(__name__)
TIMEOUT_S = 15.0
#: The whole file is read: a till with a million members has about a gigabyte.
DATABASE_TIMEOUT_S = 90.0
#: One printer is asked for three seconds at most, whatever its driver does.
PRINTER_S = 4.0


@dataclass(frozen=True)
class Check:
    """A named check. ``run`` may raise ``PosMemberError``, which becomes a finding at level ERROR."""

    name: str
    run: Callable[[], Iterable[Finding]]
    timeout_s: float = TIMEOUT_S


def examine(data: Path, *, printer: str | None = None) -> tuple[Finding, ...]:
    """Everything that is checked, in the order in which a person would look.

    ``data``: the till's data folder, which need not exist. ``printer``: an address of a printer, else those in the
    till's settings. Never raises. Takes a second or two; at worst the sum of the limits.
    """
    settings = load_settings(data)
    setups = settings.printers if printer is None else ()
    return run_checks(
        _checks(data, printer or settings.printer, setups, settings.camera_chosen, settings.readers),
    )


def _checks(
    data: Path,
    printer: str,
    setups: Sequence[PrinterSetup],
    chosen: CameraSetup,
    typing_and_serial: Sequence[ReaderSetup],
) -> tuple[Check, ...]:
    # Here, not above: each of these loads a library that may be what is broken.
    def python() -> Iterable[Finding]:
        from pos_member.doctor import machine

        return [*machine.check_python(), *machine.check_packages()]

    def window() -> Iterable[Finding]:
        from pos_member.doctor import machine

        return machine.check_window_libraries()

    def readers() -> Iterable[Finding]:
        from pos_member.doctor import machine

        return machine.check_readers()

    def thai() -> Iterable[Finding]:
        from pos_member.doctor import fonts, machine

        return [*machine.check_thai_words(), *fonts.check_fonts()]

    def disk_and_clock() -> Iterable[Finding]:
        from pos_member.doctor import machine

        return [*machine.check_disk(data), *machine.check_clock(data, SystemClock())]

    def database() -> Iterable[Finding]:
        from pos_member.doctor import storage

        return [*storage.check_sqlite(), *storage.check_database(data)]

    def print_out() -> Iterable[Finding]:
        from pos_member.doctor import outside

        return outside.check_printers(printer, setups)

    def camera() -> Iterable[Finding]:
        from pos_member.doctor import outside

        return outside.check_camera(chosen.where, chosen.name)

    def serial_readers() -> Iterable[Finding]:
        from pos_member.doctor import outside

        return outside.check_serial_readers(typing_and_serial)

    def head_office() -> Iterable[Finding]:
        from pos_member.doctor import outside

        return outside.check_head_office(data)

    return (
        Check("python", python),
        Check("window", window),
        Check("readers", readers),
        Check("thai", thai),
        Check("disk", disk_and_clock),
        Check("database", database, DATABASE_TIMEOUT_S),
        Check("printer", print_out, TIMEOUT_S + PRINTER_S * len(setups)),
        Check("camera", camera),
        Check("serial_reader", serial_readers),
        Check("head_office", head_office),
    )


def run_checks(checks: Sequence[Check]) -> tuple[Finding, ...]:
    """The findings of ``checks``, in their order. Never raises, never waits longer than the checks allow."""
    return tuple(finding for check in checks for finding in _bounded(check))


def _bounded(check: Check) -> list[Finding]:
    results: list[Finding] = []
    # A daemon: a check that hangs for ever must not keep the program from ending.
    thread = threading.Thread(target=lambda: results.extend(_safely(check)), name=f"doctor-{check.name}", daemon=True)
    thread.start()
    thread.join(check.timeout_s)
    if thread.is_alive():
        return [found(check.name, Level.ERROR, "check_hung", check=check.name, seconds=int(check.timeout_s))]
    return results


def _safely(check: Check) -> list[Finding]:
    try:
        return list(check.run())
    except PosMemberError as error:
        return [told(check.name, Level.ERROR, error)]
    except Exception as error:  # a check that fails is a finding; the others still run
        log.exception("check %s failed", check.name)
        return [found(check.name, Level.ERROR, "check_failed", check=check.name, why=type(error).__name__)]
