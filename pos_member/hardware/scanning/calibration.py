"""Finding out how a reader types, from the same code read three times or more: its speed, ending, prefix and suffix.

Pure. What a reader can be told from is a person: at 100 ms a key people type, and in runs at 60; a reader slower than
that cannot be told by its time, and is refused rather than half believed.
"""

from __future__ import annotations

import math
import re
import secrets
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.readers import BurstReport, Ending, Layout, ReaderKind, ReaderSetup
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.hardware.scanning.wedge_keys import Key
from pos_member.hardware.scanning.wedge_text import STRONG, SURE, us_texts

BURSTS_MIN = 3
#: The fewest keys of a run that can be a code.
_KEYS_MIN = 6
_AFFIX_MAX = 16
#: The slowest median gap (µs) that leaves a margin of a quarter below people's runs.
_SLOWEST_US = 60_000
_MARGIN = 1.25
#: A fast reader is not held to its speed: the next one, or a busy machine, may be twice or three times as slow.
_FACTOR = 3
_GAP_MIN_MS, _GAP_WANTED_MS = 20, 50
_SILENCE_MIN_MS, _SILENCE_MAX_MS = 90, 1_000
#: A symbology identifier (ISO/IEC 15424) stands before the data and changes with the kind of code: it is no prefix.
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]$")
#: The figure behind these two belongs to the identifier; with it an EAN-13 would be a valid GTIN-14.
_IN_AIM = re.compile(r"\][A-Za-z]$")
_CODE_MIN = 8


@dataclass(frozen=True)
class _Found:
    """A code in a text and what stood around it; ``rank``: our own before products, longer before shorter."""

    rank: tuple[bool, int]
    code: str
    prefix: str
    suffix: str


def calibrated(bursts: Sequence[BurstReport]) -> ReaderSetup:
    """The set-up that fits a reader which typed one code ``BURSTS_MIN`` times or more; with a key of its own, no name.

    Raises ``Refusal(READER_TOO_SLOW, gap_ms)`` for a reader as slow as a person, ``Refusal(READER_UNCLEAR)`` where the
    runs differ, are too few or too short, or hold no code of ours and no product's (or more than one that may be it).
    """
    if len(bursts) < BURSTS_MIN or any(len(each.keys) < _KEYS_MIN for each in bursts):
        raise Refusal(Reason.READER_UNCLEAR)
    medians = [_median_us(each) for each in bursts]
    if max(medians) > _SLOWEST_US:
        raise Refusal(Reason.READER_TOO_SLOW, gap_ms=math.ceil(max(medians) / 1000))
    found = {_found(each) for each in bursts}
    if len(found) != 1:
        raise Refusal(Reason.READER_UNCLEAR)
    around = found.pop()
    gap_ms = _gap_max_ms(medians)
    layouts = {each.layout for each in bursts}
    # Where the physical keys are told the layout does not matter; under US keys any layout may come tomorrow.
    told = all(each.by_keys for each in bursts) or len(layouts) > 1 or layouts == {Layout.US}
    return ReaderSetup(
        secrets.token_hex(4),
        "",
        ReaderKind.KEYBOARD,
        gap_ms,
        _silence_ms(bursts, gap_ms),
        around.prefix,
        around.suffix,
        _ending(bursts),
        Layout.AUTO if told else layouts.pop(),
    )


def _gaps_us(burst: BurstReport) -> list[int]:
    return [key.gap_us for key in burst.keys[1:]]


def _median_us(burst: BurstReport) -> float:
    return statistics.median(_gaps_us(burst))


def _gap_max_ms(medians_us: Sequence[float]) -> int:
    """Above the slowest run by a margin; a fast reader gets a multiple of its median, within what people cannot do."""
    needed = math.ceil(max(medians_us) * _MARGIN / 1000)
    wanted = min(_GAP_WANTED_MS, math.ceil(statistics.median(medians_us) * _FACTOR / 1000))
    return max(_GAP_MIN_MS, needed, wanted)


def _silence_ms(bursts: Sequence[BurstReport], gap_max_ms: int) -> int:
    """Twice the largest gap seen, so that a hesitation does not end a code."""
    largest = max(max(_gaps_us(each)) for each in bursts)
    wanted = max(_SILENCE_MIN_MS, 2 * gap_max_ms, math.ceil(2 * largest / 1000))
    return min(_SILENCE_MAX_MS, wanted)


def _ending(bursts: Sequence[BurstReport]) -> Ending:
    endings = {each.ending for each in bursts}
    return endings.pop() if len(endings) == 1 else Ending.EITHER


def _keys(burst: BurstReport) -> list[Key]:
    at_us, keys = 0, []
    for key in burst.keys:
        at_us += key.gap_us
        chord = not key.char.isprintable() or not key.char
        keys.append(Key(key.char, key.scan_code, at_us / 1000, shift=key.shift, chord=chord))
    return keys


def _found(burst: BurstReport) -> _Found:
    """The best code in the text, whatever layout it was typed under. Raises ``Refusal(READER_UNCLEAR)``."""
    # Under a Thai layout without physical keys only the code inside tells the layout, and with it the prefix.
    found = [each for text in us_texts(_keys(burst)) for each in _codes_in(text)]
    if not found:
        raise Refusal(Reason.READER_UNCLEAR)
    best = max(each.rank for each in found)
    bests = [each for each in found if each.rank == best]
    if len({each.code for each in bests}) > 1:
        # Nothing says where the prefix ends, or which layout it was. A member's card settles it.
        raise Refusal(Reason.READER_UNCLEAR)
    return bests[0]


def _codes_in(full: str) -> Iterator[_Found]:
    for start in range(min(_AFFIX_MAX, len(full)) + 1):
        for end in range(max(start + _CODE_MIN, len(full) - _AFFIX_MAX), len(full) + 1):
            code = full[start:end]
            kind = classify(code).kind if code.isascii() and code.isdigit() else ScanKind.TEXT
            if kind not in SURE or _IN_AIM.search(full[:start]):
                continue
            strong = kind in STRONG
            prefix, suffix = _AIM.sub("", full[:start]), full[end:]
            figures_around = prefix[-1:].isdigit() or suffix[:1].isdigit()
            # One check digit of ten fits by chance: a product's number among other figures proves nothing.
            if strong or not figures_around:
                yield _Found((strong, end - start), code, prefix, suffix)
