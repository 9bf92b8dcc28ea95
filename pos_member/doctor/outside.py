"""What stands beside the till: printer, camera, head office. Asked, never changed; nothing is printed or sent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pos_member.doctor.findings import Finding, Level, found, told
from pos_member.doctor.storage import server_url
from pos_member.domain.errors import EnvironmentProblem, Refusal
from pos_member.hardware.printing.transports import TCP_PORT, TcpTransport
from pos_member.hardware.scanning.camera import probe
from pos_member.hardware.scanning.sources import SourceState, source_maker
from pos_member.sync.transport import HttpTransport

CAMERA_TIMEOUT_S = 4.0
_LINE_TIMEOUTS_S = (3.0, 5.0)
_EXCHANGE_TIMEOUT_S = 8.0


def check_printer(where: str) -> Iterator[Finding]:
    """A network printer takes a connection, a file can be written. ``where``: ``HOST``, ``HOST:PORT`` or a path."""
    if not where:
        yield found("printer", Level.OK, "printer_none")
        return
    if "/" in where or "\\" in where:
        writable = os.access(Path(where).absolute().parent, os.W_OK)
        if writable:
            yield found("printer", Level.OK, "printer_file", where=where)
        else:
            yield found("printer", Level.ERROR, "printer_no_folder", where=where)
        return
    host, _, port = where.rpartition(":") if where.rpartition(":")[2].isdigit() else (where, "", str(TCP_PORT))
    if not host or not 0 < int(port) < 65_536:
        yield found("printer", Level.ERROR, "printer_address", where=where)
        return
    try:
        TcpTransport(host.strip("[]"), int(port)).connect().close()
    except EnvironmentProblem:
        yield found("printer", Level.ERROR, "printer_unreachable", where=f"{host}:{port}")
        return
    yield found("printer", Level.OK, "printer_ok", where=f"{host}:{port}")


def check_camera(where: str = "") -> Iterator[Finding]:
    """The camera of the settings, or the first there is, gives a picture. A till without one has a reader."""
    state = probe(source_maker(where or "0"), CAMERA_TIMEOUT_S)
    if state is SourceState.LIVE:
        yield found("camera", Level.OK, "camera_ok")
    elif state is SourceState.BUSY:
        yield found("camera", Level.WARNING, "camera_busy")
    elif where:
        yield found("camera", Level.WARNING, "camera_lost", where=where)
    else:
        yield found("camera", Level.OK, "camera_none")


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
