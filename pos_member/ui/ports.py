"""What the window needs from the outside, handed in by the composition root (``app``).

Everything here is a plain value, a callable or a protocol: the window never imports storage, hardware or sync.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pos_member.domain.clock import Clock
    from pos_member.domain.documents import Document, DocumentKind
    from pos_member.domain.errors import Refusal
    from pos_member.domain.permission import Session
    from pos_member.domain.printers import FoundPrinter, PrinterProfile, PrinterSetup, Probe, Proof
    from pos_member.domain.readers import (
        BurstReport,
        CameraControl,
        CameraSetup,
        DecoderState,
        FoundCamera,
        FoundReader,
        ReaderSetup,
        SerialReport,
    )
    from pos_member.services.till import TillServices
    from pos_member.ui.line_ports import LineAdmin
    from pos_member.ui.online import OnlineAsker
    from pos_member.ui.sights import CameraSights


class Line(StrEnum):
    """How the till stands to head office."""

    ALONE = "alone"  # not enrolled with a head office
    ONLINE = "online"
    SENDING = "sending"
    OFFLINE = "offline"
    TROUBLE = "trouble"  # head office answered, and a person should look


@dataclass(frozen=True)
class SyncStateView:
    """The line in figures. ``since``: since when the oldest fact waits; ``reason``: a ``Reason`` value or empty, with
    what its sentence needs in ``params``."""

    line: Line = Line.ALONE
    bills_waiting: int = 0
    waiting: int = 0
    since: datetime | None = None
    last_contact: datetime | None = None
    reason: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    #: How far the load of members is; ``None`` while there is none.
    loading_percent: int | None = None
    #: Somebody put that load off.
    loading_paused: bool = False
    #: The till was restored or copied: nothing is spent offline until head office has answered.
    suspended: bool = False
    #: This machine's clock less head office's, in seconds; 0 while that is nothing.
    clock_off_s: int = 0
    #: ``22:00`` where something large waits for it.
    waits_for_night: str = ""
    #: Whether this till's settings hold the line back.
    limited: bool = False


class PrinterLight(StrEnum):
    """How the printer stands."""

    NONE = "none"
    READY = "ready"
    BUSY = "busy"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class PrinterView:
    """One printer of the till. ``reason``: what keeps it, a ``Reason`` value or empty; ``paper_low``: a notice."""

    key: str
    name: str
    light: PrinterLight = PrinterLight.READY
    reason: str = ""
    paper_low: bool = False
    drawer_open: bool = False


@dataclass(frozen=True)
class PrinterStateView:
    """All printers in one light, the worst. ``waiting`` = papers not printed; ``doubtful`` = those a person must look
    at; ``reason`` a ``Reason`` value (``printer_paper_out`` …) or empty."""

    light: PrinterLight = PrinterLight.NONE
    waiting: int = 0
    reason: str = ""
    doubtful: int = 0
    printers: tuple[PrinterView, ...] = ()


class PrinterAdmin(Protocol):
    """Setting printers up. Everything but ``setups`` and ``profiles`` talks to devices: on a lane, never on the
    window's thread. Errors: ``EnvironmentProblem`` as the transports name them."""

    def setups(self) -> tuple[PrinterSetup, ...]:
        """The till's printers as saved."""
        ...

    def profiles(self) -> Sequence[tuple[str, PrinterProfile]]:
        """Every known model: its key and what it can do, our own general ones first."""
        ...

    def find(self, stopping: Callable[[], bool]) -> tuple[FoundPrinter, ...]:
        """What stands at this machine: USB, serial ports, the system's queues. Some seconds; ends soon after
        ``stopping`` says so."""
        ...

    def probe(self, address: str) -> Probe:
        """Ask the device at an address who and how it is. Raises ``Refusal(PRINTER_ADDRESS_INVALID)``; what cannot
        be reached is told in the answer."""
        ...

    def print_test_page(self, setup: PrinterSetup, language: str) -> Proof:
        """Ruler, density, Thai, codes of several sizes. Not journaled: nobody paid for it. What it rests on."""
        ...

    def print_code_pages(self, setup: PrinterSetup, pages: Sequence[int]) -> Proof:
        """The page of numbered lines, one per code page, in the printer's own letters."""
        ...

    def code_pages(self, model: str) -> tuple[int, ...]:
        """The numbers worth printing for a model, likeliest first. No device is asked."""
        ...

    def open_drawer(self, session: Session, setup: PrinterSetup, approver: Session | None = None) -> None:
        """One pulse, to try it: on the set-up's pin, as long as it says. Recorded, no print job, never repeated.

        Raises also ``Refusal``: NOT_PERMITTED, OVERRIDE_SELF, DRAWER_PRACTICE."""
        ...

    def drawer_level(self, setup: PrinterSetup) -> bool | None:
        """The level of the drawer's sensor now, True = high; what it means is told by the set-up's polarity. None
        where the printer does not say."""
        ...

    def save(self, session: Session, setups: Sequence[PrinterSetup], approver: Session | None = None) -> None:
        """The till's printers from now on: recorded, kept, and in use at once. Raises
        ``EnvironmentProblem(FILE_NOT_WRITABLE)`` and ``Refusal``: NOT_PERMITTED, OVERRIDE_SELF, TEXT_MODE_UNPROVED,
        PRINTER_UNKNOWN, PRINTER_FALLBACK_CIRCLE, PRINTER_DRAWERS, TEXT_EMPTY, PRINTER_ADDRESS_INVALID."""
        ...

    def preview(self, document: Document, template: str, dots: int) -> bytes:
        """A paper as PNG, by the renderer that prints; ``template``: JSON, "" for the shipped one. Raises
        ``EnvironmentProblem(TEMPLATE_INVALID)``."""
        ...

    def pdf(self, job_id: str) -> bytes:
        """A paper as the pages of a PDF. Raises ``Refusal(PRINTER_UNKNOWN)`` where there is no such job."""
        ...


class TemplateTools(Protocol):
    """What the form of paper templates needs of those who draw them. Off the window's thread."""

    def vocabulary(self, kind: DocumentKind) -> Mapping[str, Sequence[str]]:
        """The placeholders a template of a kind may use: by the rows they repeat in, "" for the paper itself."""
        ...

    def check(self, kind: DocumentKind, content: str) -> None:
        """Raises ``Refusal``: TEMPLATE_UNFIT with what is wrong, TEMPLATE_LACKS with what the paper must say."""
        ...

    def picture(self, document: Document, content: str, dots: int) -> bytes:
        """A paper as PNG by the renderer that prints; ``content`` "" for the shipped template. Raises
        ``EnvironmentProblem(TEMPLATE_INVALID)``, ``Refusal(TEMPLATE_UNFIT)``."""
        ...

    def logo(self, picture: bytes, dots: int) -> tuple[str, int]:
        """A PNG or JPEG as a template's ``logo`` and its ``width`` in dots. Raises ``Refusal(LOGO_UNFIT)``."""
        ...

    def fonts(self) -> Sequence[tuple[str, str]]:
        """The shop's own fonts in the data folder: (as a template names it, as people call it)."""
        ...

    def take_font(self, name: str, content: bytes) -> str:
        """Keep a font file among the shop's own, once it has shown that Thai comes out right; how a template names it.

        ``name``: what the file is called. Raises ``Refusal(FONT_UNFIT)`` with what is wrong in words,
        ``EnvironmentProblem(FILE_NOT_WRITABLE)``.
        """
        ...

    def font_trouble(self, content: str) -> Refusal | None:
        """Why papers of this template come out in the program's own font although it names another: FONT_NOT_HERE,
        FONT_UNFIT; None where nothing is wrong."""
        ...

    def print_sample(self, document: Document, content: str) -> Proof:
        """On the printer of receipts, under the banner of practice papers. Raises as the transports do,
        ``Refusal(PRINTER_NOT_SET_UP)``, and as ``check``."""
        ...


class ReaderAdmin(Protocol):
    """Setting cameras and readers up. All but what says otherwise talks to devices: on a lane, never on the window's
    thread."""

    def cameras(self, stopping: Callable[[], bool]) -> tuple[FoundCamera, ...]:
        """What the system calls its cameras. Some seconds at most; ends soon after ``stopping`` says so."""
        ...

    def camera_setup(self) -> CameraSetup:
        """As saved. Any thread."""
        ...

    def use_camera(self, setup: CameraSetup) -> None:
        """This camera from now on: kept, and in use at once. Raises ``EnvironmentProblem(FILE_NOT_WRITABLE)``."""
        ...

    def camera_controls(self) -> tuple[CameraControl, ...]:
        """What can be turned at the camera that is live; empty without one."""
        ...

    def turn_control(self, name: str, value: int | None) -> None:
        """Turn it now, without keeping it; None: the camera decides. What cannot be turned stays as it is."""
        ...

    def decoders(self) -> tuple[DecoderState, ...]:
        """Which libraries that find codes work here."""
        ...

    def readers(self) -> tuple[ReaderSetup, ...]:
        """The till's readers as saved. Any thread."""
        ...

    def save_readers(self, setups: Sequence[ReaderSetup]) -> None:
        """The till's readers from now on, kept and in use at once.

        Raises ``EnvironmentProblem(FILE_NOT_WRITABLE)``."""
        ...

    def calibrated(self, bursts: Sequence[BurstReport]) -> ReaderSetup:
        """The set-up that fits what a reader typed (three bursts or more). No device is asked; any thread.

        Raises ``Refusal(READER_TOO_SLOW | READER_UNCLEAR)``."""
        ...

    def serial_ports(self) -> tuple[FoundReader, ...]:
        """Serial ports with something behind them."""
        ...

    def listen(self, setup: ReaderSetup, heard: Callable[[SerialReport], None]) -> Callable[[], None]:
        """Open a serial reader to try it; ``heard`` is called on a thread of its own. Returns what ends it.

        Raises ``EnvironmentProblem(READER_ABSENT | READER_BUSY)``."""
        ...


class Sound(StrEnum):
    """Four sounds, told apart without looking; each always comes with a colour, an icon and a word."""

    READ = "read"
    UNKNOWN = "unknown"
    ALREADY = "already"
    INVALID = "invalid"


class CameraLight(StrEnum):
    """How the camera stands; without one nothing is shown."""

    NONE = "none"
    OPENING = "opening"
    LIVE = "live"
    LOST = "lost"  # unplugged: looked for again, quietly
    BUSY = "busy"  # another program has it


class Burst(StrEnum):
    """What becomes of the keys held back."""

    HOLD = "hold"  # nothing is decided yet: wait for more, or for silence
    RELEASE = "release"  # a person typed ``events``: deliver them in order
    SCAN = "scan"  # a reader typed ``text``
    REPEATED = "repeated"  # the same code again at once: swallow it


@dataclass(frozen=True)
class BurstDecision:
    """One decision; ``events`` are the objects that were fed, untouched."""

    kind: Burst
    text: str = ""
    events: Sequence[object] = ()
    #: What the keys were taken for, for the set-up page; with every decision but ``HOLD``.
    report: BurstReport | None = None


class KeyBursts(Protocol):
    """Tells a reader's burst of keys from a person's typing. Several decisions can come from one key."""

    @property
    def running(self) -> bool:
        """Whether the keys held back come as from a reader: what comes between them belongs to them."""
        ...

    def key(
        self,
        char: str,
        scan_code: int,
        at_ms: float,
        terminator: bool,
        *,
        shift: bool = False,
        auto_repeat: bool = False,
        chord: bool = False,
        event: object = None,
    ) -> Sequence[BurstDecision]:
        """Judge one key press. ``chord``: with Ctrl or Alt, or without a character; only while ``running``."""
        ...

    def silence(self, at_ms: float) -> Sequence[BurstDecision]:
        """Nothing was typed for a while."""
        ...

    def flush(self) -> Sequence[BurstDecision]:
        """Give back whatever is held."""
        ...


@dataclass(frozen=True)
class UiSettings:
    """This till's own choices about the window."""

    language: str = "th"
    mode: str = "light"
    #: Whether the customer's display is shown.
    customer_display: bool = False
    #: Silence after which a burst without a terminator is judged (ms).
    burst_silence_ms: int = 90


def _nothing() -> None:
    return None


def _system_clock() -> Clock:
    from pos_member.domain.clock import SystemClock  # time zones are not needed for the first paint

    return SystemClock()


def _no_modules(text: str) -> Sequence[Sequence[bool]]:
    return ()


@dataclass(frozen=True)
class UiServices:
    """Everything the window calls. ``open_till`` opens the database: on the ``db`` lane, after the first paint."""

    open_till: Callable[[], TillServices]
    sync_state: Callable[[], SyncStateView] = SyncStateView
    request_sync: Callable[[], None] = _nothing
    printer_state: Callable[[], PrinterStateView] = PrinterStateView
    play: Callable[[Sound], None] = lambda sound: None
    bursts: Callable[[], KeyBursts] | None = None
    camera_state: Callable[[], CameraLight] = lambda: CameraLight.NONE
    clock: Clock = field(default_factory=_system_clock)
    save_settings: Callable[[UiSettings], None] = lambda settings: None
    #: Rows of the QR symbol of a text, True = dark, without its quiet zone. Nothing where no drawer is handed in.
    qr_modules: Callable[[str], Sequence[Sequence[bool]]] = _no_modules
    #: Absent until the till is open.
    printer_admin: Callable[[], PrinterAdmin | None] = lambda: None
    #: Absent where there are no devices to set up.
    reader_admin: Callable[[], ReaderAdmin | None] = lambda: None
    #: What the camera sees; absent where there is none to be.
    sights: CameraSights | None = None
    #: Absent where papers cannot be drawn.
    template_tools: Callable[[], TemplateTools | None] = lambda: None
    #: Absent until the till is open.
    line_admin: Callable[[], LineAdmin | None] = lambda: None
    #: Absent where there is no head office to ask.
    online: OnlineAsker | None = None
