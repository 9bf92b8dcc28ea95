"""Keys of readers that type: a key, what can become of it, and what the time between keys says. Pure."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_member.domain.readers import BurstReport, ReaderKind, ReaderSetup

#: Where nothing is set up: any reader that types, from the fastest to those of 40 ms a key.
ANY_READER = ReaderSetup("keyboard", "", ReaderKind.KEYBOARD)
#: Under this part of the largest gap a run is a machine's whatever it says: nobody's hands keep it up for six keys.
_MACHINE = 0.8
#: Keys of a run that may be late for each one that is not, before the run is no reader's.
_ON_TIME = 0.8
#: A gap (ms) that is no slow key but a stop: the program stood still, or the reader did. One is forgiven.
_STOP_MS = 250
#: No reader is believed to be slower than this (ms), even with a prefix nobody types by accident: people type at 100.
_SLOWEST = 80


@dataclass(frozen=True)
class Key:
    """A key as it was fed; ``event`` is the caller's own, given back untouched. ``chord``: with Ctrl or Alt held."""

    char: str
    scan_code: int
    timestamp_ms: float
    is_terminator: bool = False
    shift: bool = False
    event: object = field(default=None, compare=False)
    chord: bool = False


@dataclass(frozen=True)
class Hold:
    """Keep the key back; nothing is decided yet."""


@dataclass(frozen=True)
class ReleaseHeld:
    """A person typed these: deliver them in order."""

    keys: Sequence[Key]
    report: BurstReport | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Scan:
    """A reader typed this text (without prefix, suffix and ending), as on a US keyboard."""

    text: str
    report: BurstReport | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Repeated:
    """The code just scanned came again at once, or its ending did; the keys are swallowed."""

    text: str
    report: BurstReport | None = field(default=None, compare=False)


Decision = Hold | ReleaseHeld | Scan | Repeated


@dataclass(frozen=True)
class WedgeRules:
    """Which readers there may be, and the times (ms) that hold for all of them.

    ``scan_code_offset``: native scan code minus set-1 code: 8 for X11 and Wayland, 0 for Windows. ``hiccup_ms``: how
    long a reader may stop in the middle of a code. ``late_ms``: a gap up to which keys are still looked at together
    when nobody decided in between, which is so when the program was busy.
    """

    setups: tuple[ReaderSetup, ...] = (ANY_READER,)
    scan_code_offset: int = 0
    keys_min: int = 6
    repeat_ms: float = 500
    hiccup_ms: float = 600
    late_ms: float = 1_500

    def __post_init__(self) -> None:
        if not self.setups or any(each.kind is not ReaderKind.KEYBOARD for each in self.setups) or self.keys_min < 3:
            raise ValueError(f"no readers type like this: {self}")

    @property
    def silence_ms(self) -> int:
        """The longest silence that any of the readers needs."""
        return max(each.silence_ms for each in self.setups)

    @property
    def gap_max_ms(self) -> int:
        """The slowest reader's median gap."""
        return max(each.gap_max_ms for each in self.setups)


def gaps_ms(keys: Sequence[Key]) -> list[float]:
    """The time from each key to the next. A clock that jumps back (32-bit milliseconds wrap) counts as no gap."""
    return [max(0.0, later.timestamp_ms - key.timestamp_ms) for key, later in itertools.pairwise(keys)]


def median_us(keys: Sequence[Key]) -> int:
    """The median gap in microseconds; 0 for a single key."""
    gaps = gaps_ms(keys)
    return round(statistics.median(gaps) * 1000) if gaps else 0


def one_key(keys: Sequence[Key]) -> bool:
    """One key over and over: a stuck key or a cat, never a code."""
    return len({(key.char, key.scan_code) for key in keys}) < 2


def maybe_reader(keys: Sequence[Key], gap_max_ms: float) -> bool:
    """Whether keys that still come may be a reader's: lenient, half of them may be late."""
    gaps = gaps_ms(keys)
    return not gaps or (statistics.median(gaps) <= gap_max_ms and not one_key(keys))


def in_time(keys: Sequence[Key], gap_max_ms: float) -> bool:
    """Fast enough for a text that proves itself by two check digits: the median, and four gaps of five beside one stop.

    The median alone would take a person for a reader who rolls off every other pair of keys.
    """
    gaps = gaps_ms(keys)
    if not gaps or one_key(keys) or statistics.median(gaps) > gap_max_ms:
        return False
    if max(gaps) >= _STOP_MS:
        gaps.remove(max(gaps))
    return sum(gap <= gap_max_ms for gap in gaps) >= _ON_TIME * len(gaps)


def at_work(keys: Sequence[Key], gap_max_ms: float) -> bool:
    """Fast enough for a product's one check digit, which fits by chance once in ten: a reader's pace, one hesitation
    and one stop at most. Also what tells that a reader is at work before its code is whole.
    """
    gaps = gaps_ms(keys)
    if len(gaps) < 3 or one_key(keys) or statistics.median(gaps) > _MACHINE * gap_max_ms:
        return False
    if max(gaps) >= _STOP_MS:
        gaps.remove(max(gaps))
    return sum(gap > gap_max_ms for gap in gaps) <= max(len(gaps) // 8, 1 if len(gaps) >= 5 else 0)


def like_a_machine(keys: Sequence[Key], gap_max_ms: float) -> bool:
    """Fast and steady enough for a text that proves nothing: one late key in eight, and none in a short run.

    Give it the terminator along where there is one: a person's comes after a pause.
    """
    gaps = gaps_ms(keys)
    if not gaps or one_key(keys) or statistics.median(gaps) > _MACHINE * gap_max_ms:
        return False
    late = sum(gap > gap_max_ms for gap in gaps)
    return late <= (len(gaps) // 8 if len(gaps) >= 8 else 0)


def slow_with_prefix(keys: Sequence[Key], setup: ReaderSetup) -> bool:
    """Fast enough for a text that begins with a prefix nobody types by accident (three characters, or a sign)."""
    rare = len(setup.prefix) >= 3 or any(not char.isalnum() for char in setup.prefix)
    return rare and in_time(keys, max(setup.gap_max_ms, min(_SLOWEST, 1.5 * setup.gap_max_ms)))
