"""A printer's address and width, as settings name them, made into what the print worker needs."""

from __future__ import annotations

import re
from pathlib import Path

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.printers import PrinterProfile
from pos_member.hardware.printing.profile import known_profiles
from pos_member.hardware.printing.transports import TCP_PORT, FileTransport, TcpTransport, Transport

_ADDRESS = re.compile(r"(?P<host>[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\])(?::(?P<port>\d{1,5}))?")


def printer_transport(address: str) -> Transport:
    """``host``, ``host:port`` or a file's path (anything with a slash). Raises ``Refusal(PRINTER_ADDRESS_INVALID)``."""
    if "/" in address or "\\" in address:
        return FileTransport(Path(address))
    found = _ADDRESS.fullmatch(address)
    port = int(found["port"] or TCP_PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        raise Refusal(Reason.PRINTER_ADDRESS_INVALID, address=address[:60])
    return TcpTransport(found["host"].strip("[]"), port)


def printer_profile(model: str, dots: int) -> PrinterProfile:
    """The profile of a known model; else the one that works with what most printers of that width share.

    Raises ``Refusal(PRINTER_MODEL_UNKNOWN)``.
    """
    if model:
        known = known_profiles().get(model)
        if known is None:
            raise Refusal(Reason.PRINTER_MODEL_UNKNOWN, model=model[:60])
        return known
    return PrinterProfile(name=f"generic-{dots}", dots=dots)
