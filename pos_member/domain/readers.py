"""Readers of codes as everybody who deals with them knows them: cameras, readers that type, readers on a serial port.

Nothing here talks to a device.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ReaderKind(StrEnum):
    """How a reader gives its codes."""

    #: It types them like a keyboard.
    KEYBOARD = "keyboard"
    #: It sends them through a serial port (most often USB).
    SERIAL = "serial"


class Ending(StrEnum):
    """What ends a code."""

    ENTER = "enter"
    TAB = "tab"
    #: Enter or Tab.
    EITHER = "either"
    #: Nothing: silence ends it.
    SILENCE = "silence"


class Layout(StrEnum):
    """Which keyboard the system takes the keys for."""

    #: Found out for every burst.
    AUTO = "auto"
    US = "us"
    KEDMANEE = "kedmanee"
    PATTACHOTE = "pattachote"


@dataclass(frozen=True)
class ReaderSetup:
    """One reader of the till. ``prefix`` and ``suffix``: texts the reader was told to put around every code.

    KEYBOARD: ``gap_max_ms`` is the largest median gap between two keys (10 … 100) and ``silence_ms`` ends a burst.
    SERIAL: ``address`` is the port (``/dev/ttyACM0``, ``COM3``), ``identity`` the device behind it
    (``vid:pid/serial``, "" where the system does not say), by which it is found again on another port.
    """

    key: str
    name: str
    kind: ReaderKind
    gap_max_ms: int = 50
    silence_ms: int = 90
    prefix: str = ""
    suffix: str = ""
    ending: Ending = Ending.EITHER
    layout: Layout = Layout.AUTO
    address: str = ""
    identity: str = ""
    baud: int = 9_600

    def __post_init__(self) -> None:
        if not self.key or not 10 <= self.gap_max_ms <= 100 or not self.gap_max_ms < self.silence_ms <= 1_000:
            raise ValueError(f"no reader works like this: {self}")
        if self.kind is ReaderKind.SERIAL and not (self.address or self.identity):
            raise ValueError("a serial reader needs its port")
        if not 300 <= self.baud <= 1_000_000 or max(len(self.prefix), len(self.suffix)) > 16:
            raise ValueError(f"no reader works like this: {self}")


@dataclass(frozen=True)
class CameraSetup:
    """The till's camera. ``where``: a number, or a path of a picture, folder or video; "" for none.

    ``name``: what the system calls it; where it is set the camera is found by it, whatever its number is by then.
    ``mirrored``: whether the preview is shown as a mirror. Controls: None leaves them to the camera.
    """

    where: str = ""
    name: str = ""
    mirrored: bool = True
    brightness: int | None = None
    exposure: int | None = None
    focus: int | None = None


@dataclass(frozen=True)
class FoundCamera:
    """A camera at this machine."""

    where: str
    name: str


@dataclass(frozen=True)
class CameraControl:
    """Something that can be turned at the live camera: ``brightness``, ``exposure`` or ``focus``.

    ``value`` is None while the camera decides itself (``automatic`` says whether it can).
    """

    name: str
    low: int
    high: int
    step: int
    value: int | None
    automatic: bool


@dataclass(frozen=True)
class FoundReader:
    """A serial port with something behind it."""

    address: str
    identity: str
    description: str


@dataclass(frozen=True)
class HeardKey:
    """A key as it came: its text under the layout in force, the physical key (0: not told), the gap before it."""

    char: str
    scan_code: int
    gap_us: int
    shift: bool = False


@dataclass(frozen=True)
class BurstReport:
    """What a run of keys was and what it was taken for. ``taken``: ``scan``, ``typed`` or ``repeated``.

    ``text`` is the code without prefix, suffix and ending, as on a US keyboard; empty for ``typed``. ``ending``: what
    ended it; ``layout``: what the keys were found to be; ``by_keys``: read by the physical keys.
    """

    taken: str
    keys: tuple[HeardKey, ...]
    raw: str
    text: str
    median_gap_us: int
    ending: Ending
    layout: Layout
    by_keys: bool = False
    reader: str = ""


@dataclass(frozen=True)
class SerialReport:
    """What came through a serial port: the bytes as they came, and the code they were taken for ("" for none)."""

    raw: bytes
    text: str


@dataclass(frozen=True)
class DecoderState:
    """Whether a library that finds codes in pictures works here."""

    name: str
    works: bool
    trouble: str = ""


@dataclass(frozen=True)
class FoundCode:
    """A code in a frame. ``corners``: thousandths of width and height, clockwise from the upper left; may be empty.

    ``by``: the library that read it, ``took_us``: from the frame to the text; "" and 0 where nobody says.
    """

    text: str
    symbology: str
    corners: tuple[tuple[int, int], ...] = field(default=())
    by: str = field(default="", compare=False)
    took_us: int = field(default=0, compare=False)
