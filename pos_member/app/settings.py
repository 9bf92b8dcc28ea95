"""This till's own settings: ``till.json`` in the data folder. What is not there has its default."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path

from pos_member.domain.codec import from_wire, to_wire
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import PrinterSetup

_FILE = "till.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TillSettings:
    """Printer ``host:port`` or a file's path, "" for none; camera a number or a path, "" for none."""

    language: str = "th"
    mode: str = "light"
    #: Whether the second window, for the customer, is shown.
    customer_display: bool = False
    #: One printer by its address alone, as the command line and earlier versions have it; it comes before the list.
    printer: str = ""
    #: A name of ``known_profiles``; "" for a printer nobody has told us about.
    printer_model: str = ""
    printer_dots: int = 576
    printers: tuple[PrinterSetup, ...] = ()
    camera: str = ""
    #: Median gap between a reader's keys and the silence that ends a burst (ms).
    reader_gap_ms: int = 50
    reader_silence_ms: int = 90


def load_settings(folder: Path) -> TillSettings:
    """The settings of a data folder. A file that cannot be read is set aside, never a reason not to sell."""
    path = folder / _FILE
    try:
        return from_wire(TillSettings, json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return TillSettings()
    except (OSError, ValueError, Refusal) as error:
        _log.warning("the settings could not be read and defaults are used: %s", error)
        return TillSettings()


def save_settings(folder: Path, settings: TillSettings) -> None:
    """Write them whole. Raises ``EnvironmentProblem(FILE_NOT_WRITABLE, path=…)``."""
    path = folder / _FILE
    scratch = path.with_suffix(".part")
    try:
        scratch.write_text(json.dumps(to_wire(settings), indent=1), encoding="utf-8")
        os.replace(scratch, path)  # noqa: PTH105
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None


def with_look(settings: TillSettings, language: str, mode: str, *, customer_display: bool) -> TillSettings:
    """The settings with what the window lets a person choose."""
    return replace(settings, language=language, mode=mode, customer_display=customer_display)
