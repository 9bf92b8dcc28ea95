"""Telling a reader that types from a person who types. Pure: no Qt, no clock, no timer.

A keyboard-wedge reader types its code like a keyboard, only faster. ``BurstClassifier`` is fed every key before any
widget sees it, holds keys back while they may be part of a burst, and says what to do with them::

    classifier = BurstClassifier(WedgeRules(setups, scan_code_offset=8))     # 8 on X11 and Wayland, 0 on Windows

    # on every key press that makes a character, and on Enter and Tab (no bare Shift; a chord only while ``running``):
    for decision in classifier.key(char, scan_code, timestamp_ms, is_terminator, shift=…, auto_repeat=…, event=copy):
        match decision:
            case Hold():             swallow the event; (re)start a timer of rules.silence_ms
            case ReleaseHeld(keys):  deliver key.event of each key, in this order, untouched and not filtered again
            case Scan(text):         hand the text to domain.scan_meaning.classify
            case Repeated():         the same code again at once, or a second ending: swallow it

    # when the timer fires, after one more pass over the queued events (a busy loop delivers keys late):
    for decision in classifier.silence(timestamp_ms): …                 # as above; Hold means: keep waiting
    # before anything that must see earlier keys first (a cursor key, a click), unless ``running``:
    for decision in classifier.flush(): …

The key being fed is always among the held ones: every fed key comes back exactly once, in ``ReleaseHeld``, or
disappears in a ``Scan`` or ``Repeated``. Several decisions can come from one key: act on them in order.

``timestamp_ms`` is the event's own timestamp where there is one (it is not disturbed by a busy event loop). All
timestamps must come from one clock; for ``silence`` pass the last event's timestamp plus the time since it arrived.

A run of keys is a scan by **timing and shape**, or by **timing and ending**: a code of ours needs a median gap within
its reader's and four gaps of five in time; a product's number, whose one check digit fits by chance, a machine's pace
with one hesitation; a text with its reader's prefix may be somewhat slower; any other text must come as steadily as
from a machine and end as its reader ends. All else is a person's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pos_member.domain.readers import BurstReport, Ending, HeardKey, ReaderSetup
from pos_member.domain.scan_meaning import SCAN_TEXT_MAX
from pos_member.hardware.scanning.calibration import calibrated
from pos_member.hardware.scanning.wedge_keys import (
    Decision,
    Hold,
    Key,
    ReleaseHeld,
    Repeated,
    Scan,
    WedgeRules,
    at_work,
    gaps_ms,
    in_time,
    like_a_machine,
    maybe_reader,
    median_us,
    one_key,
    slow_with_prefix,
)
from pos_member.hardware.scanning.wedge_text import Reading, read, typed_text

__all__ = [
    "BurstClassifier",
    "Decision",
    "Hold",
    "Key",
    "ReleaseHeld",
    "Repeated",
    "Scan",
    "WedgeRules",
    "calibrated",
]

# A run is looked at every so many keys, so that a steady typist is never held for a sentence.
_JUDGED_EVERY = 8
#: A text that proves nothing and begins so soon (ms) behind a typed key is typed as well.
_JUST_TYPED_MS = 400
#: So many fast keys are a reader at work: nobody rolls off more, and what comes between them belongs to the burst.
_RUNNING = 4
#: Unproved text without any ending is believed from here on.
_LONG = 10
#: A gap (ms) is told up to here.
_GAP_TOLD_MS = 10_000


class BurstClassifier:
    """One per window. At most ``SCAN_TEXT_MAX`` + 1 keys are held; the rest of a reader's flood is swallowed."""

    def __init__(self, rules: WedgeRules | None = None) -> None:
        self._rules = rules or WedgeRules()
        self._held: list[Key] = []
        self._fed = 0
        self._last_ms: float | None = None
        self._text = ""
        self._text_ms: float | None = None
        self._ended_ms: float | None = None
        self._told_ms: float | None = None
        # Whether what is held came without a rest behind keys that were given back as typed.
        self._behind_typing = False
        # When the last key came that was given back as typed.
        self._typed_ms: float | None = None
        # Whether the reader at hand has been seen to end in silence, so that nothing more is waited for.
        self._silent = False

    @property
    def held(self) -> int:
        """How many keys are held back now."""
        return len(self._held)

    @property
    def running(self) -> bool:
        """Whether a reader is at work: what comes between its keys (a chord, a click) is no person's word on them."""
        return len(self._held) >= _RUNNING and at_work(self._held, self._rules.gap_max_ms)

    def key(
        self,
        char: str,
        scan_code: int,
        timestamp_ms: float,
        is_terminator: bool,
        *,
        shift: bool = False,
        auto_repeat: bool = False,
        chord: bool = False,
        event: object = None,
    ) -> list[Decision]:
        """Judge one key. ``char`` is its text under the current layout (of a terminator: tab, or anything else)."""
        fed = Key(char, scan_code, timestamp_ms, is_terminator, shift, event, chord)
        decisions: list[Decision] = []
        if self._held and self._quiet_ms(timestamp_ms) >= self._rules.late_ms:
            decisions = self._finish(None)
        self._last_ms = timestamp_ms
        if auto_repeat:
            # A finger resting on a key is as fast as a reader.
            return [*decisions, *self.flush(), ReleaseHeld((fed,))]
        if is_terminator:
            return [*decisions, *self._terminated(fed)]
        if len(self._held) <= SCAN_TEXT_MAX:
            self._held.append(fed)
        if len(self._held) % _JUDGED_EVERY == 0 and not self._may_be_a_reader():
            return [*decisions, *self._slide(), Hold()]
        return [*decisions, Hold()]

    def silence(self, timestamp_ms: float) -> list[Decision]:
        """Nothing was typed for a while. Decides when that is long enough; ``Hold`` means wait on."""
        if not self._held:
            return []
        quiet = self._quiet_ms(timestamp_ms)
        if quiet < self._rules.silence_ms or (quiet < self._rules.hiccup_ms and self._more_may_come()):
            return [Hold()]
        return self._finish(None)

    def flush(self) -> list[Decision]:
        """Give back whatever is held, in order."""
        return self._release(self._held)

    # --- what is held --------------------------------------------------------------------------------------

    def _quiet_ms(self, timestamp_ms: float) -> float:
        # A clock that jumps back (32-bit milliseconds wrap after 49 days) counts as no gap.
        return 0.0 if self._last_ms is None else max(0.0, timestamp_ms - self._last_ms)

    def _may_be_a_reader(self) -> bool:
        if maybe_reader(self._held, self._rules.gap_max_ms):
            return True
        return any(self._slow_so_far(setup) for setup in self._rules.setups if setup.prefix)

    def _slow_so_far(self, setup: ReaderSetup) -> bool:
        return slow_with_prefix(self._held, setup) and read(self._held, WedgeRules((setup,))).proved

    def _slide(self) -> list[Decision]:
        """A person is typing: give back all but the last keys, which may be the first of a burst."""
        limit = self._rules.gap_max_ms
        place = len(self._held) - 1
        while place > 1 and self._held[place].timestamp_ms - self._held[place - 1].timestamp_ms <= limit:
            place -= 1
        self._behind_typing, self._typed_ms = True, self._held[place - 1].timestamp_ms
        return self._release(self._held[:place], self._held[place:])

    def _more_may_come(self) -> bool:
        """A reader stopped in the middle, or its ending is late: a reader at work whose code is not known to be whole.

        Once a reader was seen to end in silence, a code whose digits hold is whole.
        """
        if not self.running:
            return False
        silent = any(setup.ending is Ending.SILENCE for setup in self._rules.setups)
        reading = read(self._held, self._rules)
        if reading.sure:
            return not (silent or self._silent)
        return not silent or reading.text.isdigit()

    def _release(self, keys: Sequence[Key], kept: Sequence[Key] = ()) -> list[Decision]:
        given = tuple(keys)
        self._held = list(kept)
        return [ReleaseHeld(given, self._typed(given))] if given else []

    # --- deciding ------------------------------------------------------------------------------------------

    def _terminated(self, terminator: Key) -> list[Decision]:
        if not self._held and self._ended_ms is not None:
            since, self._ended_ms = terminator.timestamp_ms - self._ended_ms, terminator.timestamp_ms
            if 0 <= since < self._rules.silence_ms:
                # Return and line feed, or Tab and Enter: readers send two endings, people do not at this speed.
                return [Repeated(self._text)]
        self._ended_ms = None
        return self._finish(terminator)

    def _finish(self, terminator: Key | None) -> list[Decision]:
        """A terminator or silence: decide about all that is held."""
        held, self._held = self._held, []
        decisions = self._decide(held, terminator)
        self._behind_typing = False
        if terminator is not None and decisions and isinstance(decisions[-1], Scan | Repeated):
            self._ended_ms = terminator.timestamp_ms
        return decisions

    def _decide(self, keys: Sequence[Key], terminator: Key | None) -> list[Decision]:
        """The whole is a scan; or its end is one, after the keys of a person; or it falls apart at a silence."""
        whole = self._scan_of(keys, terminator)
        if whole is not None and (whole.sure or not self._long_gaps(keys)):
            return [self._scanned(keys, whole, terminator)]
        for place in self._cuts(keys):
            end = self._scan_of(keys[place:], terminator)
            if end is not None and end.sure and self._stands_alone(keys[place:], end):
                return [*self._decide(keys[:place], None), self._scanned(keys[place:], end, terminator)]
        if whole is not None:
            return [self._scanned(keys, whole, terminator)]
        long_gaps = self._long_gaps(keys)
        if long_gaps:
            place = long_gaps[-1]
            return [*self._decide(keys[:place], None), *self._decide(keys[place:], terminator)]
        given = (*keys, *(() if terminator is None else (terminator,)))
        if keys:
            self._typed_ms = keys[-1].timestamp_ms
        return [ReleaseHeld(given, self._typed(given))] if given else []

    def _stands_alone(self, keys: Sequence[Key], end: Reading) -> bool:
        # Among the figures of a number that somebody types there is a product's of eight digits once in a few: what
        # comes right behind a person's keys must not waver at all.
        return end.strong or like_a_machine(keys, end.setup.gap_max_ms)

    def _long_gaps(self, keys: Sequence[Key]) -> list[int]:
        return [place for place, gap in enumerate(gaps_ms(keys), 1) if gap >= self._rules.silence_ms]

    def _cuts(self, keys: Sequence[Key]) -> list[int]:
        """Where a burst may begin behind keys of a person: after a gap longer than a reader's. Earliest first.

        A reader that hesitates in the middle of a code must not lose its beginning: only what follows *and is one of
        our codes* is cut off.
        """
        limit = self._rules.gap_max_ms
        return [
            place
            for place, gap in enumerate(gaps_ms(keys), 1)
            if gap > limit and len(keys) - place >= self._rules.keys_min
        ]

    def _scan_of(self, keys: Sequence[Key], terminator: Key | None) -> Reading | None:
        """What a reader said with these keys, or None where a person may have typed them."""
        if len(keys) < self._rules.keys_min or one_key(keys):
            return None
        if not in_time(keys, max(self._rules.gap_max_ms, *(_limit(setup) for setup in self._rules.setups))):
            return None
        reading = read(keys, self._rules)
        if not reading.text.strip():
            return None
        for setup in (reading.setup, *self._rules.setups):
            if self._fits(keys, terminator, reading, setup):
                return replace(reading, setup=setup)
        return None

    def _fits(self, keys: Sequence[Key], terminator: Key | None, reading: Reading, setup: ReaderSetup) -> bool:
        proved = reading.proved and reading.setup is setup
        ended = terminator is not None and _ends(terminator, setup.ending)
        product_pace = like_a_machine if self._behind_typing else at_work
        if reading.sure and (in_time if reading.strong else product_pace)(keys, setup.gap_max_ms):
            return True
        if proved and (ended or reading.sure) and slow_with_prefix(keys, setup):
            return True
        if setup.prefix and not proved:
            return False
        if not reading.sure and self._just_typed(keys[0]):
            return False  # somebody types here, and what proves nothing is theirs, however fast the fingers roll
        run = keys if terminator is None or self._late(keys, terminator) else (*keys, terminator)
        if not like_a_machine(run, setup.gap_max_ms):
            return False
        return ended or (terminator is None and (setup.ending is Ending.SILENCE or len(keys) >= _LONG))

    def _just_typed(self, key: Key) -> bool:
        return self._typed_ms is not None and 0 <= key.timestamp_ms - self._typed_ms < _JUST_TYPED_MS

    def _late(self, keys: Sequence[Key], terminator: Key) -> bool:
        # Nobody decided in between, so the program was busy or the reader had stopped: its time says nothing.
        pause = terminator.timestamp_ms - keys[-1].timestamp_ms
        return pause >= self._rules.silence_ms and len(keys) >= _JUDGED_EVERY

    # --- what is told --------------------------------------------------------------------------------------

    def _scanned(self, keys: Sequence[Key], reading: Reading, terminator: Key | None) -> Decision:
        text = reading.text
        end_ms = keys[-1].timestamp_ms
        repeated = text == self._text and self._text_ms is not None and end_ms - self._text_ms <= self._rules.repeat_ms
        # The guard runs from the last sighting: a reader left in continuous mode stays quiet.
        self._text, self._text_ms = text, end_ms
        self._silent = terminator is None
        report = BurstReport(
            "repeated" if repeated else "scan",
            self._heard(keys),
            typed_text(keys),
            text,
            median_us(keys),
            _ending(terminator),
            reading.layout,
            by_keys=reading.by_keys,
            reader=reading.setup.key,
        )
        return Repeated(text, report) if repeated else Scan(text, report)

    def _typed(self, keys: Sequence[Key]) -> BurstReport | None:
        typed = [key for key in keys if not key.is_terminator]
        if not typed:
            return None
        ending = _ending(keys[-1] if keys[-1].is_terminator else None)
        reading = read(typed, self._rules)
        return BurstReport(
            "typed",
            self._heard(typed),
            typed_text(typed),
            "",
            median_us(typed),
            ending,
            reading.layout,
            by_keys=reading.by_keys,
        )

    def _heard(self, keys: Sequence[Key]) -> tuple[HeardKey, ...]:
        first, before = keys[0].timestamp_ms, self._told_ms
        self._told_ms = keys[-1].timestamp_ms
        gaps = [0.0 if before is None else min(_GAP_TOLD_MS, max(0.0, first - before)), *gaps_ms(keys)]
        offset = self._rules.scan_code_offset
        return tuple(
            HeardKey(key.char, max(0, key.scan_code - offset), round(gap * 1000), key.shift)
            for key, gap in zip(keys, gaps, strict=True)
        )


def _limit(setup: ReaderSetup) -> float:
    return setup.gap_max_ms * (1.5 if setup.prefix else 1)


def _ending(terminator: Key | None) -> Ending:
    if terminator is None:
        return Ending.SILENCE
    return Ending.TAB if terminator.char == "\t" else Ending.ENTER


def _ends(terminator: Key, wanted: Ending) -> bool:
    return wanted is Ending.EITHER or _ending(terminator) is wanted
