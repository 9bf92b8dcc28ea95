"""Printers as everybody who deals with them knows them: what one can do, how one stands, what a till has of them.

Nothing here talks to a device. Addresses are texts that ``hardware.printing.addresses`` reads: ``tcp://host:9100``,
``usb://vid:pid/serial``, ``serial:///dev/ttyUSB0?baud=115200``, ``windows://name``, ``cups://queue``, ``file:///path``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pos_member.domain.documents import DocumentKind

DOTS_58_MM = 384
DOTS_80_MM = 576
#: 576 dots x 112 rows are 8,064 bytes: 8 KiB of NUL then free a printer left waiting for a broken-off image.
BAND_ROWS = 112


class Cut(StrEnum):
    """How the paper is parted. ``NONE`` feeds far enough to tear it off by hand."""

    PARTIAL = "partial"
    FULL = "full"
    NONE = "none"


class Answers(StrEnum):
    """Whether the device answers status requests. ``UNKNOWN`` asks, and believes silence."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Marks(StrEnum):
    """What a printer's own Thai does with vowels and tone marks above and below a letter (text mode)."""

    #: The printer stacks them: they take no cell.
    STACKED = "stacked"
    #: They take cells of their own in the line: readable, ugly, and counted when columns are laid out.
    OWN_CELL = "own_cell"
    #: Three lines are sent for each: above, letters, below; the printer knows nothing of Thai.
    THREE_ROWS = "three_rows"


class DrawerSensor(StrEnum):
    """What the level of the drawer's sensor means; wired either way round in the shops."""

    NONE = "none"
    HIGH_IS_OPEN = "high_is_open"
    LOW_IS_OPEN = "low_is_open"


class PrinterRole(StrEnum):
    """What a printer of the till is for."""

    RECEIPT = "receipt"
    COUPON = "coupon"
    #: A copy of the goods without prices, for the kitchen or as a label.
    KITCHEN = "kitchen"


def role_of(kind: DocumentKind) -> PrinterRole:
    """The role whose printer gets a paper of ``kind``."""
    match kind:
        case DocumentKind.COUPON:
            return PrinterRole.COUPON
        case DocumentKind.ORDER_SLIP:
            return PrinterRole.KITCHEN
        case _:
            return PrinterRole.RECEIPT


@dataclass(frozen=True)
class TextMode:
    """A printer's own letters, allowed only after a person picked ``page`` on the printed page of code pages.

    ``page``: the n of ``ESC t n``; ``columns``: letters of font A in a line.
    """

    page: int
    columns: int
    marks: Marks = Marks.STACKED

    def __post_init__(self) -> None:
        if not 0 <= self.page <= 255:
            raise ValueError("ESC t takes 0 to 255")
        if not 16 <= self.columns <= 128:
            raise ValueError("a line has 16 to 128 letters")


@dataclass(frozen=True)
class PrinterProfile:
    """A printer as the encoder and the worker need to know it.

    ``dots`` is the printable width, ``dpi`` in both directions, ``band_delay_ms`` a pause some clones need after
    each band, ``drawer_pin`` 0 (connector pin 2) or 1 (pin 5), ``process_id`` whether ``GS ( H`` is understood
    (answered when the paper is out, not merely received; used only where ``answers`` is ``YES``), ``tear_mm`` the
    feed where there is no cutter. The drawer's pulse is ``drawer_on_ms`` long, with ``drawer_off_ms`` of rest after it.
    ``automatic_status``: whether ``GS a`` is understood. ``text``: print letters, not pictures of them;
    ``letter_dots``: how wide one of font A is, its gap included.
    """

    name: str
    dots: int = DOTS_80_MM
    dpi: int = 203
    band_rows: int = BAND_ROWS
    band_delay_ms: int = 0
    cut: Cut = Cut.PARTIAL
    tear_mm: int = 12
    drawer_pin: int = 0
    answers: Answers = Answers.UNKNOWN
    process_id: bool = False
    drawer_on_ms: int = 50
    drawer_off_ms: int = 500
    drawer_sensor: DrawerSensor = DrawerSensor.NONE
    automatic_status: Answers = Answers.UNKNOWN
    text: TextMode | None = None
    letter_dots: int = 12

    @property
    def letters(self) -> int:
        """Letters of font A in a line."""
        return self.dots // self.letter_dots

    def __post_init__(self) -> None:
        if self.dots % 8 or not 64 <= self.dots <= 2_048:
            raise ValueError(f"{self.dots} dots: a multiple of 8 is needed")
        if not 1 <= self.band_rows <= 255:
            raise ValueError("a band has 1 to 255 rows")
        if self.drawer_pin not in (0, 1):
            raise ValueError("a drawer hangs on pin 0 or 1")
        if not 2 <= self.drawer_on_ms <= 510 or not 2 <= self.drawer_off_ms <= 510:
            raise ValueError("a drawer's pulse and its rest are 2 to 510 ms")
        if not 6 <= self.letter_dots <= 48:
            raise ValueError("a letter is 6 to 48 dots wide")


@dataclass(frozen=True)
class PrinterSetup:
    """One printer of a till, as set up: kept in the till's settings file.

    ``key`` is unique on the till and never used again for another; ``model`` a key of the known profiles, for showing;
    ``roles`` what it prints by itself; ``fallback`` the key of the printer that takes over what this one cannot
    begin; ``identity`` what it said of itself when it was set up ("" where it says nothing): another device behind
    the same address is noticed by it. ``drawer``: a cash drawer hangs on it.
    """

    key: str
    name: str
    address: str
    profile: PrinterProfile
    model: str = ""
    roles: tuple[PrinterRole, ...] = (PrinterRole.RECEIPT, PrinterRole.COUPON)
    fallback: str = ""
    identity: str = ""
    drawer: bool = False


class Paper(StrEnum):
    """The roll."""

    UNKNOWN = "unknown"
    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"


class Drawer(StrEnum):
    """The cash drawer."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True)
class PrinterCondition:
    """How a printer stands, as far as it says. ``None`` = it did not say.

    ``online`` false: it does not print (for one of the reasons that follow, or its own button); ``cutter_error`` wants
    a hand and its recover command; ``unrecoverable`` wants the power switch; ``overheated`` ends by itself.
    """

    answered: bool = False
    online: bool | None = None
    cover_open: bool | None = None
    paper: Paper = Paper.UNKNOWN
    cutter_error: bool | None = None
    unrecoverable: bool | None = None
    overheated: bool | None = None
    drawer: Drawer = Drawer.UNKNOWN

    def merged(self, other: PrinterCondition) -> PrinterCondition:
        """This with everything ``other`` knows laid over it."""
        known = {
            name: value
            for name, value in vars(other).items()
            if value is not None and value not in (Paper.UNKNOWN, Drawer.UNKNOWN) and name != "answered"
        }
        return replace(self, answered=self.answered or other.answered, **known)


class Proof(StrEnum):
    """What the verdict on a printed job rests on, best first."""

    #: The printer answered the job's own number once it stood on paper (``GS ( H``).
    PROCESS_ID = "process_id"
    #: The printer answered a question in its turn, so it had processed all before it (``GS r``).
    IN_ORDER = "in_order"
    #: A person looked at the paper.
    PERSON = "person"
    #: The file stands complete on disk.
    FILE = "file"
    #: The system's spooler says that it passed everything on.
    SPOOLER = "spooler"
    #: Every byte left; nobody can say more.
    NONE = "none"


class Way(StrEnum):
    """How a printer is reached."""

    TCP = "tcp"
    USB = "usb"
    SERIAL = "serial"
    WINDOWS = "windows"
    CUPS = "cups"
    FILE = "file"


@dataclass(frozen=True)
class FoundPrinter:
    """A printer, or a place where one may be, found on this machine. ``label`` is what the system calls it.

    ``model``: a key of the known profiles where the device's names point to one. ``trouble``: a ``Reason`` value where
    it is seen and cannot be used yet (no rights, held by a driver), else empty.
    """

    way: Way
    address: str
    label: str
    model: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class Probe:
    """What a printer said when asked. ``reason``: why it could not be asked, a ``Reason`` value, else empty.

    ``suggested``: the profile that fits what was learned; a person may still change it.
    """

    address: str
    reachable: bool
    reason: str = ""
    condition: PrinterCondition = field(default_factory=PrinterCondition)
    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial_number: str = ""
    suggested: PrinterProfile | None = None
    suggested_model: str = ""
    #: How long the answers took (ms); 0 where nothing answered.
    answer_ms: int = 0
    #: The level of the drawer's sensor; ``None`` = it did not say. What it means depends on the drawer's wiring.
    drawer_high: bool | None = None
    #: What fills the gaps of the reason's sentence.
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """What to recognise the device by, or empty."""
        return "/".join(part for part in (self.maker, self.model, self.serial_number) if part)
