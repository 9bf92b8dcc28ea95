"""What the window needs from the outside, handed in by the composition root (``app``).

Everything here is a plain value, a callable or a protocol: the window never imports storage, hardware or sync.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pos_member.domain.clock import Clock
    from pos_member.services.till import TillServices


class Line(StrEnum):
    """How the till stands to head office."""

    ALONE = "alone"  # not enrolled with a head office
    ONLINE = "online"
    SENDING = "sending"
    OFFLINE = "offline"
    TROUBLE = "trouble"  # head office answered, and a person should look


@dataclass(frozen=True)
class SyncStateView:
    """The line in figures. ``since``: since when the oldest fact waits; ``reason``: a ``Reason`` value or empty."""

    line: Line = Line.ALONE
    bills_waiting: int = 0
    waiting: int = 0
    since: datetime | None = None
    last_contact: datetime | None = None
    reason: str = ""


class PrinterLight(StrEnum):
    """How the printer stands."""

    NONE = "none"
    READY = "ready"
    BUSY = "busy"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class PrinterStateView:
    """``waiting`` = papers not printed; ``reason`` a ``Reason`` value (``printer_paper_out`` …) or empty."""

    light: PrinterLight = PrinterLight.NONE
    waiting: int = 0
    reason: str = ""


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


class KeyBursts(Protocol):
    """Tells a reader's burst of keys from a person's typing. Several decisions can come from one key."""

    def key(
        self,
        char: str,
        scan_code: int,
        at_ms: float,
        terminator: bool,
        *,
        shift: bool = False,
        auto_repeat: bool = False,
        event: object = None,
    ) -> Sequence[BurstDecision]:
        """Judge one key press."""
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
