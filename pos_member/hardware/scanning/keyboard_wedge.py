"""Telling a reader that types from a person who types. Pure: no Qt, no clock, no timer.

A keyboard-wedge reader types its code like a keyboard, only faster. ``BurstClassifier`` is fed every key before any
widget sees it, holds keys back while they may be part of a burst, and says what to do with them::

    classifier = BurstClassifier(WedgeSettings(scan_code_offset=8))     # 8 on X11 and Wayland, 0 on Windows

    # on every key press that makes a character, and on Enter and Tab (feed no bare Shift, no Ctrl or Alt chords):
    for decision in classifier.key(char, scan_code, timestamp_ms, is_terminator, shift=…, auto_repeat=…, event=copy):
        match decision:
            case Hold():             swallow the event; (re)start a timer of settings.silence_ms
            case ReleaseHeld(keys):  deliver key.event of each key, in this order, untouched and not filtered again
            case Scan(text):         stop the timer; hand the text to domain.codes.classify
            case Repeated(text):     the same code again at once: swallow it

    # when the timer fires, after one more pass over the queued events (a busy loop delivers keys late):
    for decision in classifier.silence(timestamp_ms): …                 # as above; Hold means: keep waiting
    # before anything that must see earlier keys first (a chord, a cursor key, a click, loss of focus):
    for decision in classifier.flush(): …

The key being fed is always among the held ones: every fed key comes back exactly once, in ``ReleaseHeld``, or
disappears in a ``Scan`` or ``Repeated``. Several decisions can come from one key: act on them in order.

``timestamp_ms`` is the event's own timestamp where there is one (it is not disturbed by a busy event loop). All
timestamps must come from one clock; for ``silence`` pass the last event's timestamp plus the time since it arrived.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_member.domain.kedmanee import has_thai, to_us_keys
from pos_member.domain.scan_meaning import SCAN_TEXT_MAX, ScanKind, classify

# Set-1 scan codes of the main block, rows from their first key on (IBM PC/AT; Linux evdev uses the same numbers).
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
_PLAIN = {first + place: char for first, keys, _ in _ROWS for place, char in enumerate(keys)}
_SHIFTED = {first + place: char for first, _, keys in _ROWS for place, char in enumerate(keys)}
# A burst is judged by its first keys once there are this many (and once more when nothing more is kept): a steady
# typist is not held for a whole sentence, and what is swallowed can only be a reader's.
_JUDGED_AT = 8
_SURE = frozenset({ScanKind.MEMBER, ScanKind.COUPON, ScanKind.PRODUCT, ScanKind.STAFF, ScanKind.RECEIPT})


@dataclass(frozen=True)
class WedgeSettings:
    """Calibration of a till's reader. ``gap_max_ms`` is a median, so one slow key does not lose a scan."""

    keys_min: int = 6
    gap_max_ms: float = 50
    silence_ms: float = 90
    repeat_ms: float = 500
    #: Native scan code minus set-1 code: 8 for X11 and Wayland, 0 for Windows.
    scan_code_offset: int = 0

    def __post_init__(self) -> None:
        if self.keys_min < 3 or not 10 <= self.gap_max_ms <= 100 or self.silence_ms <= self.gap_max_ms:
            raise ValueError(f"no reader works like this: {self}")


@dataclass(frozen=True)
class Key:
    """A key as it was fed; ``event`` is the caller's own, given back untouched."""

    char: str
    scan_code: int
    timestamp_ms: float
    is_terminator: bool = False
    shift: bool = False
    event: object = field(default=None, compare=False)


@dataclass(frozen=True)
class Hold:
    """Keep the key back; nothing is decided yet."""


@dataclass(frozen=True)
class ReleaseHeld:
    """A person typed these: deliver them in order."""

    keys: Sequence[Key]


@dataclass(frozen=True)
class Scan:
    """A reader typed this text (without its terminator), as on a US keyboard, cut just above ``SCAN_TEXT_MAX``."""

    text: str


@dataclass(frozen=True)
class Repeated:
    """The code just scanned came again within ``repeat_ms``; its keys are swallowed."""

    text: str


Decision = Hold | ReleaseHeld | Scan | Repeated


class BurstClassifier:
    """One per window. At most ``SCAN_TEXT_MAX`` + 1 keys are held; the rest of a reader's flood is swallowed."""

    def __init__(self, settings: WedgeSettings | None = None) -> None:
        self._settings = settings or WedgeSettings()
        self._held: list[Key] = []
        self._last_ms: float | None = None
        self._person = False
        self._text = ""
        self._text_ms: float | None = None

    @property
    def held(self) -> int:
        """How many keys are held back now."""
        return len(self._held)

    def key(
        self,
        char: str,
        scan_code: int,
        timestamp_ms: float,
        is_terminator: bool,
        *,
        shift: bool = False,
        auto_repeat: bool = False,
        event: object = None,
    ) -> list[Decision]:
        """Judge one key. ``char`` is its text under the current layout (ignored for a terminator)."""
        fed = Key(char, scan_code, timestamp_ms, is_terminator, shift, event)
        decisions: list[Decision] = []
        if self._quiet_ms(timestamp_ms) >= self._settings.silence_ms:
            decisions = self.silence(timestamp_ms)
            self._person = False
        self._last_ms = timestamp_ms
        if auto_repeat:
            # A finger resting on a key is as fast as a reader.
            return [*decisions, *self.flush(), ReleaseHeld((fed,))]
        if is_terminator:
            return [*decisions, *self._finish(fed)]
        if self._person:
            return [*decisions, ReleaseHeld((fed,))]
        if len(self._held) <= SCAN_TEXT_MAX:
            self._held.append(fed)
        if len(self._held) in (_JUDGED_AT, SCAN_TEXT_MAX + 1) and not self._is_burst(self._held):
            self._person = True
            return [*decisions, *self._release()]
        return [*decisions, Hold()]

    def silence(self, timestamp_ms: float) -> list[Decision]:
        """Nothing was typed for a while. Decides when that is ``silence_ms`` or more; ``Hold`` means wait on."""
        if not self._held:
            return []
        if self._quiet_ms(timestamp_ms) < self._settings.silence_ms:
            return [Hold()]
        return self._finish(None)

    def flush(self) -> list[Decision]:
        """Give back whatever is held, in order."""
        return self._release()

    def _quiet_ms(self, timestamp_ms: float) -> float:
        # A clock that jumps back (32-bit milliseconds wrap after 49 days) counts as no gap.
        return 0.0 if self._last_ms is None else max(0.0, timestamp_ms - self._last_ms)

    def _is_burst(self, keys: Sequence[Key]) -> bool:
        if len(keys) < self._settings.keys_min:
            return False
        gaps = [max(0.0, later.timestamp_ms - key.timestamp_ms) for key, later in itertools.pairwise(keys)]
        # One key over and over is a stuck key or a cat, never a code.
        return statistics.median(gaps) <= self._settings.gap_max_ms and len({(k.char, k.scan_code) for k in keys}) > 1

    def _release(self, *more: Key) -> list[Decision]:
        keys = (*self._held, *more)
        self._held = []
        return [ReleaseHeld(keys)] if keys else []

    def _finish(self, terminator: Key | None) -> list[Decision]:
        """A terminator or silence: decide about the held keys."""
        if not self._is_burst(self._held):
            return self._release(*(() if terminator is None else (terminator,)))
        typed, burst = self._split()
        end_ms = burst[-1].timestamp_ms
        text = self._text_of(burst)
        if not text.strip():
            return self._release(*(() if terminator is None else (terminator,)))
        self._held = []
        repeated = (
            text == self._text and self._text_ms is not None and end_ms - self._text_ms <= self._settings.repeat_ms
        )
        # The guard runs from the last sighting: a reader left in continuous mode stays quiet.
        self._text, self._text_ms = text, end_ms
        found: Decision = Repeated(text) if repeated else Scan(text)
        return [ReleaseHeld(typed), found] if typed else [found]

    def _split(self) -> tuple[Sequence[Key], Sequence[Key]]:
        """Keys of a person just before the burst, and the burst.

        Cut at the last long gap, and only when what follows is one of our codes and the whole is not: a reader
        that hesitates in the middle of a code must not lose its beginning.
        """
        held = self._held
        if classify(self._text_of(held)).kind in _SURE:
            return (), held
        for place in range(min(len(held) - self._settings.keys_min, _JUDGED_AT - 1), 0, -1):
            long_gap = held[place].timestamp_ms - held[place - 1].timestamp_ms > self._settings.gap_max_ms
            if long_gap and classify(self._text_of(held[place:])).kind in _SURE:
                return held[:place], held[place:]
        return (), held

    def _text_of(self, keys: Sequence[Key]) -> str:
        """The text as on a US keyboard: by the physical keys where the system names them, else by undoing Kedmanee."""
        if all(key.scan_code for key in keys):
            return "".join(self._by_scan_code(key) for key in keys)
        text = "".join(key.char for key in keys)
        if not has_thai(text):
            return text
        meaning = classify(text)
        # A code typed in Thai, with or without Caps Lock, comes back in its digits; other text key by key.
        return meaning.code if meaning.kind in _SURE else to_us_keys(text)

    def _by_scan_code(self, key: Key) -> str:
        # Shift alone decides the case: under Caps Lock a reader's digits and capitals must not change. Keys outside
        # the main block (the number pad) are the same under every layout and keep their character.
        return (_SHIFTED if key.shift else _PLAIN).get(key.scan_code - self._settings.scan_code_offset, key.char)
