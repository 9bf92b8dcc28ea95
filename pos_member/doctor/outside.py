"""What stands beside the till: printer, camera, readers, head office. Asked, never changed; nothing is printed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pos_member.doctor.findings import Finding, Level, found, told
from pos_member.doctor.storage import server_url
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import Answers, PrinterSetup, Probe
from pos_member.domain.readers import CameraSetup, ReaderKind, ReaderSetup
from pos_member.hardware.printing import probing
from pos_member.hardware.printing.addresses import parse
from pos_member.hardware.printing.files import FileTransport
from pos_member.hardware.scanning.camera import probe
from pos_member.hardware.scanning.serial_reader import List, address_of, system_ports
from pos_member.hardware.scanning.sources import SourceState, camera_maker
from pos_member.sync.transport import HttpTransport
from pos_member.wording import LANGUAGES, say

CAMERA_TIMEOUT_S = 4.0
_LINE_TIMEOUTS_S = (3.0, 5.0)
_EXCHANGE_TIMEOUT_S = 8.0


def check_printers(single: str, setups: Sequence[PrinterSetup]) -> Iterator[Finding]:
    """Every printer of the till: the one named by its address alone, then those that were set up."""
    if single or not setups:
        yield from check_printer(single)
    for setup in setups:
        yield from check_printer(setup.address, setup)


def check_printer(where: str, setup: PrinterSetup | None = None) -> Iterator[Finding]:
    """A printer is there, is the one that was set up, and can print; asked, never printed on.

    ``where``: an address of any kind (network, USB, serial, a queue, a file), "" for none.
    """
    if not where:
        yield found("printer", Level.OK, "printer_none")
        return
    label = f"{setup.name} ({where})" if setup is not None else where
    try:
        asked = probing.probe(where)
        way = parse(where)
    except Refusal:
        yield found("printer", Level.ERROR, "printer_address", where=where)
        return
    if isinstance(way, FileTransport):
        # Whether a folder may be written is known without writing.
        place = way.path if way.path.exists() else way.path.absolute().parent
        if asked.reachable and os.access(place, os.W_OK):
            yield found("printer", Level.OK, "printer_file", where=str(way.path))
        else:
            yield found("printer", Level.ERROR, "printer_no_folder", where=str(way.path))
    elif not asked.reachable:
        yield _unreachable(asked, label)
    else:
        yield from _reached(asked, label, setup)


def _unreachable(asked: Probe, label: str) -> Finding:
    if asked.reason == Reason.PRINTER_UNREACHABLE.value:
        return found("printer", Level.ERROR, "printer_unreachable", where=label)
    return _because(Reason(asked.reason), Level.ERROR, label)


def _reached(asked: Probe, label: str, setup: PrinterSetup | None) -> Iterator[Finding]:
    # A part of what it said then is enough: a slow one may not have come to its serial number.
    if setup is not None and setup.identity and not setup.identity.startswith(asked.identity):
        yield _because(Reason.PRINTER_CHANGED, Level.ERROR, label)
        return
    troubles = probing.troubles_of(asked.condition)
    for reason in troubles:
        yield _because(reason, Level.WARNING if reason is Reason.PRINTER_PAPER_LOW else Level.ERROR, label)
    if asked.condition.answered:
        if not troubles:
            yield found("printer", Level.OK, "printer_ok", where=label, model=asked.identity or "–")
    elif setup is not None and setup.profile.answers is Answers.YES:
        yield found("printer", Level.WARNING, "printer_silent", where=label)
    else:
        yield found("printer", Level.OK, "printer_mute", where=label)


def _because(reason: Reason, level: Level, label: str) -> Finding:
    """A printer and the sentence of ``reason``, which says what to do."""
    why = {f"why_{language}": say("reasons", reason.value, language, {"printer": label}) for language in LANGUAGES}
    return found("printer", level, "printer_because", where=label, **why)


def check_camera(where: str = "", name: str = "") -> Iterator[Finding]:
    """The camera of the settings, or the first there is, gives a picture. A till without one has a reader.

    ``name``: what the system calls it; it is looked for by that, whatever its number is.
    """
    setup = CameraSetup(where if where or name else "0", name)
    state = probe(camera_maker(lambda: setup), CAMERA_TIMEOUT_S)
    if state is SourceState.LIVE:
        yield found("camera", Level.OK, "camera_ok")
    elif state is SourceState.BUSY:
        yield found("camera", Level.WARNING, "camera_busy")
    elif where or name:
        yield found("camera", Level.WARNING, "camera_lost", where=name or where)
    else:
        yield found("camera", Level.OK, "camera_none")


def check_serial_readers(setups: Sequence[ReaderSetup], ports: List = system_ports) -> Iterator[Finding]:
    """The serial readers of the till are there and may be opened by this account. None is opened: a till may use it."""
    wanted = [setup for setup in setups if setup.kind is ReaderKind.SERIAL]
    there = 0
    for setup in wanted:
        address = address_of(setup, ports)
        known = any(port.device == address for port in ports())
        if not address or not (known or Path(address).exists()):
            yield found("serial_reader", Level.WARNING, "serial_absent", reader=setup.name, where=setup.address)
        elif os.name == "posix" and not os.access(address, os.R_OK | os.W_OK):
            yield found("serial_reader", Level.WARNING, "serial_rights", reader=setup.name, where=address)
        else:
            there += 1
    if wanted and there == len(wanted):
        yield found("serial_reader", Level.OK, "serial_ok", count=there)


def check_head_office(folder: Path) -> Iterator[Finding]:
    """Head office answers as ours, where the till is enrolled. Its absence stops no sale."""
    url = server_url(folder)
    if not url:
        yield found("head_office", Level.OK, "head_office_none")
        return
    yield reach(url)


def reach(url: str) -> Finding:
    """Whether what answers at ``url`` is head office. Any answer of ours will do."""
    try:
        line = HttpTransport(url, timeouts_s=_LINE_TIMEOUTS_S, exchange_timeout_s=_EXCHANGE_TIMEOUT_S)
        try:
            line.exchange("GET", "/healthz")
        finally:
            line.close()
    except (EnvironmentProblem, Refusal) as error:
        return told("head_office", Level.WARNING, error)
    return found("head_office", Level.OK, "head_office_ok", url=url)
