"""A printer's address and width, as settings name them, made into what the print worker needs."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

from pos_member.app.settings import TillSettings
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.printers import PrinterProfile, PrinterSetup
from pos_member.hardware.printing import addresses
from pos_member.hardware.printing.device_file import DeviceTransport
from pos_member.hardware.printing.files import FileTransport
from pos_member.hardware.printing.profile import known_profiles
from pos_member.hardware.printing.transports import Transport

#: The key of the printer that settings of the single-printer kind, or the command line, name by its address alone.
SINGLE_KEY = "printer"
_log = logging.getLogger(__name__)


def printer_transport(address: str, private: Path | None = None) -> Transport:
    """The way that ``hardware.printing.addresses`` reads. Raises ``Refusal(PRINTER_ADDRESS_INVALID)``.

    A file inside ``private``, the till's own folder, is no printer: a job there would be the end of its database.
    """
    transport = addresses.parse(address)
    if private is not None and isinstance(transport, FileTransport | DeviceTransport):
        # By the text alone: a question to a dead network share does not come back.
        path = Path(os.path.abspath(transport.path))  # noqa: PTH100 - resolve() would ask the disk
        if any(path.is_relative_to(own) for own in (private.absolute(), private.resolve())):
            raise Refusal(Reason.PRINTER_ADDRESS_INVALID, address=address[:60])
    return transport


def place_of(address: str) -> str:
    """One spelling for one device: two texts for it must not lead to two workers. What is no address stays as it is."""
    try:
        return addresses.normal(address)
    except Refusal:
        return address.strip()


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


def setups_of(settings: TillSettings) -> tuple[PrinterSetup, ...]:
    """The till's printers, the one that is named by its address alone first.

    A model that this build does not know prints as most of its width do: papers that nobody sees are worse.
    """
    if not settings.printer:
        return settings.printers
    try:
        profile = printer_profile(settings.printer_model, settings.printer_dots)
    except Refusal as refused:
        _log.warning("the printer is used as a general one: %s", refused)
        profile = printer_profile("", settings.printer_dots)
    single = PrinterSetup(SINGLE_KEY, settings.printer, settings.printer, profile, settings.printer_model)
    return (single, *(setup for setup in settings.printers if setup.key != SINGLE_KEY))


def with_setups(settings: TillSettings, setups: tuple[PrinterSetup, ...]) -> TillSettings:
    """The settings with these printers and no others."""
    return replace(settings, printer="", printer_model="", printers=setups)
