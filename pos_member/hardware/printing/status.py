"""Asking a printer how it is, and whether it has printed: DLE EOT, GS r, GS ( H."""

from __future__ import annotations

import time

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, PrinterProfile
from pos_member.hardware.printing.transports import Connection

ASK_OFFLINE_CAUSE = b"\x10\x04\x02"
ASK_PAPER = b"\x10\x04\x04"
ASK_PAPER_IN_ORDER = b"\x1dr\x01"

READY_TIMEOUT_S = 1.0
#: A device that may be mute is not waited for as long: the sale's paper would come late every time.
READY_TIMEOUT_UNKNOWN_S = 0.3
#: Printing 30 cm takes 2–4 s; a long receipt on a slow head gets this long after the last byte.
PROOF_TIMEOUT_S = 15.0
POLL_S = 0.4

_COVER, _PAPER_END, _PAPER_NEAR_AND_END = 0x04, 0x20, 0x60


def _is_real_time(byte: int) -> bool:
    """Bits 1 and 4 set, 0 and 7 clear: the mark of an answer to DLE EOT."""
    return byte & 0x93 == 0x12


def check_ready(connection: Connection, profile: PrinterProfile) -> bool:
    """Ask before the first byte of a job; whether the printer answers at all.

    Raises ``EnvironmentProblem(PRINTER_COVER_OPEN | PRINTER_PAPER_OUT | PRINTER_UNREACHABLE |
    PRINTER_BROKE_OFF)``.
    """
    if profile.answers is Answers.NO:
        return False
    sure = profile.answers is Answers.YES
    connection.write(ASK_OFFLINE_CAUSE + ASK_PAPER)
    ends = time.monotonic() + (READY_TIMEOUT_S if sure else READY_TIMEOUT_UNKNOWN_S)
    said: list[int] = []
    while len(said) < 2 and (left := ends - time.monotonic()) > 0:
        said += [byte for byte in connection.read(left) if _is_real_time(byte)]
    if not said and sure:
        raise EnvironmentProblem(Reason.PRINTER_UNREACHABLE, detail="no answer to DLE EOT")
    if said:
        _refuse_unready(said[0])
    if len(said) > 1 and said[1] & _PAPER_NEAR_AND_END == _PAPER_NEAR_AND_END:
        raise EnvironmentProblem(Reason.PRINTER_PAPER_OUT)
    return bool(said)


def prove_printed(
    connection: Connection, profile: PrinterProfile, serial: int, timeout_s: float = PROOF_TIMEOUT_S
) -> None:
    """Return once the printer says that everything before is done.

    ``GS ( H`` is answered when it stands on paper, ``GS r`` when it has been processed. Meanwhile the sensors are
    asked, so that an empty roll is known at once. Raises ``EnvironmentProblem(PRINTER_COVER_OPEN |
    PRINTER_PAPER_OUT | PRINTER_SILENT | PRINTER_BROKE_OFF | PRINTER_NOT_READING)``.
    """
    number = f"{serial % 10_000:04d}".encode()
    # Clones that answer DLE EOT and do not know GS ( H print its bytes as text: only a known model is asked by it.
    by_id = profile.process_id and profile.answers is Answers.YES
    connection.write(b"\x1d(H\x06\x0000" + number if by_id else ASK_PAPER_IN_ORDER)
    answer = b"\x37\x22" + number + b"\x00"
    said = b""
    ends = time.monotonic() + timeout_s
    while (left := ends - time.monotonic()) > 0:
        new = connection.read(min(POLL_S, left))
        if not new:
            connection.write(ASK_OFFLINE_CAUSE)
            continue
        said += new
        if by_id:
            if answer in said:
                return
            new = said.partition(b"\x37\x22")[0]
        elif any(byte & 0x90 == 0 for byte in new):
            return
        for byte in new:
            if _is_real_time(byte):
                _refuse_unready(byte)
    raise EnvironmentProblem(Reason.PRINTER_SILENT)


def _refuse_unready(offline_cause: int) -> None:
    if offline_cause & _COVER:
        raise EnvironmentProblem(Reason.PRINTER_COVER_OPEN)
    if offline_cause & _PAPER_END:
        raise EnvironmentProblem(Reason.PRINTER_PAPER_OUT)
