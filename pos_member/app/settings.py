"""This till's own settings: ``till.json`` in the data folder. What is not there has its default."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from pos_member.domain.codec import from_bytes, from_wire, to_wire
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.line_setup import LineSetup
from pos_member.domain.printers import PrinterSetup
from pos_member.domain.readers import CameraSetup, ReaderSetup

_FILE = "till.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TillSettings:
    """Printer: an address of any kind, "" for none; camera a number or a path, "" for none."""

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
    #: A camera by its number, or a path, as the command line and earlier versions have it; it comes before the set-up.
    camera: str = ""
    camera_setup: CameraSetup = field(default_factory=CameraSetup)
    #: Without any, one that types, with the two figures below.
    readers: tuple[ReaderSetup, ...] = ()
    #: Median gap between a reader's keys and the silence that ends a burst (ms).
    reader_gap_ms: int = 50
    reader_silence_ms: int = 90
    #: How much of the line to head office may be used, and when.
    line: LineSetup = field(default_factory=LineSetup)

    def __post_init__(self) -> None:
        if self.language not in ("th", "en") or self.mode not in ("light", "dark"):
            raise ValueError(f"no such language or mode: {self.language!r}, {self.mode!r}")
        if self.printer_dots % 8 or not 64 <= self.printer_dots <= 2_048:
            raise ValueError(f"{self.printer_dots} dots: no head is as wide")

    @property
    def camera_chosen(self) -> CameraSetup:
        """The camera to look through: the one named by its number or path alone comes before the set-up."""
        return CameraSetup(self.camera) if self.camera else self.camera_setup


_NAMES = frozenset(each.name for each in fields(TillSettings))


def load_settings(folder: Path) -> TillSettings:
    """The settings of a data folder. A file that cannot be read to the end is never a reason not to sell: what can be
    read of it is used, and it is set aside as it was (``till.json.broken``), because the next change writes a new one.
    """
    path = folder / _FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return TillSettings()
    except OSError as error:
        _log.warning("the settings could not be read and defaults are used: %s", error)
        return TillSettings()
    try:
        return from_bytes(TillSettings, raw)
    except (Refusal, ValueError) as error:
        _log.warning("the settings could not be read to the end, what can be is used: %s", error)
    _set_aside(path.with_name(_FILE + ".broken"), raw)
    return _readable(raw)


def _set_aside(path: Path, raw: bytes) -> None:
    """Keep it for whoever looks for what was set up; a folder that cannot be written does without."""
    try:
        if not path.exists() or path.read_bytes() != raw:
            path.write_bytes(raw)
    except OSError as error:
        _log.warning("the settings that could not be read are not kept: %s", error)


def _readable(raw: bytes) -> TillSettings:
    """Each setting that can be read, and of the printers each one; those of a newer version are left out."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return TillSettings()
    settings = TillSettings()
    for name, value in found.items() if isinstance(found, dict) else ():
        if name == "printers" and isinstance(value, list):
            printers = [one for each in value for one in _alone(name, [each]).printers]
            settings = replace(settings, printers=tuple(printers))
        elif name in _NAMES:
            settings = replace(settings, **{name: getattr(_alone(name, value), name)})
    return settings


def _alone(name: str, value: object) -> TillSettings:
    try:
        return from_wire(TillSettings, {name: value})
    except (Refusal, ValueError) as error:
        _log.warning("a setting is left out: %s", error)
        return TillSettings()


def save_settings(folder: Path, settings: TillSettings) -> None:
    """Write them whole. Raises ``EnvironmentProblem(FILE_NOT_WRITABLE, path=…)``."""
    path = folder / _FILE
    scratch = path.with_suffix(".part")
    try:
        with scratch.open("w", encoding="utf-8") as file:
            file.write(json.dumps(to_wire(settings), indent=1))
            file.flush()
            # Else a power cut may leave the new name with nothing behind it.
            os.fsync(file.fileno())
        os.replace(scratch, path)  # noqa: PTH105
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None


def with_look(settings: TillSettings, language: str, mode: str, *, customer_display: bool) -> TillSettings:
    """The settings with what the window lets a person choose."""
    return replace(settings, language=language, mode=mode, customer_display=customer_display)
