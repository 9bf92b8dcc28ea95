"""What a run of keys says: as on a US keyboard, whatever the system took the keys for. Pure.

The physical keys come first. Where the system does not name them the text is read back from the layouts it may have
been typed under, and the check digits say which one it was: no code is believed that two layouts could have typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pos_member.domain.kedmanee import has_thai
from pos_member.domain.keyboards import THAI_LAYOUTS, could_type, read_from, twin, typed_on
from pos_member.domain.readers import Layout, ReaderSetup
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.hardware.scanning.wedge_keys import Key, WedgeRules

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
#: What its own digits prove, or in the case of signed codes its length and first digit.
SURE = frozenset(
    {
        ScanKind.MEMBER,
        ScanKind.MEMBER_SIGNED,
        ScanKind.MEMBER_ROTATING,
        ScanKind.COUPON,
        ScanKind.COUPON_SIGNED,
        ScanKind.PRODUCT,
        ScanKind.STAFF,
        ScanKind.RECEIPT,
    }
)
STRONG = SURE - {ScanKind.PRODUCT}
#: Longest text that may have changed its layout in the middle.
_SWITCHED_MAX = 40
#: Signs that codes and addresses hardly have, and capitals in the middle of a word.
_ODD = re.compile(r"""[{}|"<>^~\[\]\\;'!$*@()`]|(?<=[a-z])[A-Z]""")
_DIGIT = re.compile(r"[0-9]")
_DIGITS_MIN = 8


@dataclass(frozen=True)
class Reading:
    """``full``: every character; ``text``: without prefix and suffix; ``setup``: whose prefix and suffix these were.

    ``proved``: it has a prefix that was set up. ``sure``: the text is a code whose check digits hold;
    ``strong``: and there are two of them (ours) or a signature, not the one digit of a product.
    """

    full: str
    text: str
    layout: Layout
    by_keys: bool
    sure: bool
    strong: bool
    setup: ReaderSetup
    proved: bool


def typed_text(keys: Sequence[Key]) -> str:
    """The characters as they came, under whatever layout."""
    return "".join(key.char for key in keys)


def read(keys: Sequence[Key], rules: WedgeRules) -> Reading:
    """The one reading of a run of keys; ``sure`` where its check digits leave no doubt."""
    typed = typed_text(keys)
    by_keys = _by_keys(keys, rules.scan_code_offset)
    if by_keys is not None:
        found = _believed(by_keys, _layout_of(by_keys, typed), rules.setups, by_keys=True)
        if found.sure or has_thai(typed):
            return found
        # Keys that a remote desktop numbers in its own way: the characters may be right where the keys are not.
        plain = _believed(typed, Layout.US, rules.setups)
        return plain if plain.sure else found
    if not has_thai(typed):
        plain = _believed(typed, Layout.US, rules.setups)
        if plain.sure:
            return plain
    sure = {found.text: found for found in _sure_ones(_candidates(typed), rules.setups)}
    if len(sure) > 1:
        wanted = {setup.layout for setup in rules.setups} - {Layout.AUTO}
        sure = {text: found for text, found in sure.items() if found.layout in wanted}
    if not sure and has_thai(typed) and len(typed) <= _SWITCHED_MAX:
        sure = {found.text: found for found in _sure_ones(_switched(typed), rules.setups)}
    if len(sure) == 1:
        return next(iter(sure.values()))
    if not has_thai(typed):
        return _believed(typed, Layout.US, rules.setups)
    text, layout = min(_candidates(typed), key=lambda each: len(_ODD.findall(each[0])))
    found = _believed(text, layout, rules.setups)
    # Two codes that the same keys may have meant: neither is acted upon.
    return found if not found.sure else _believed(typed_on(text, Layout.US, shifted=True), layout, rules.setups)


def us_texts(keys: Sequence[Key], offset: int = 0) -> tuple[str, ...]:
    """Every text that the keys may have been on a US keyboard; one where the physical keys are told."""
    typed, by_keys = typed_text(keys), _by_keys(keys, offset)
    if by_keys is not None:
        return (by_keys,)
    return tuple(dict.fromkeys((typed, *(text for text, _ in _candidates(typed)))))


def _by_keys(keys: Sequence[Key], offset: int) -> str | None:
    if not all(key.scan_code or key.chord for key in keys) or all(key.chord for key in keys):
        return None
    return "".join(_by_scan_code(key, offset) for key in keys)


def _by_scan_code(key: Key, offset: int) -> str:
    # Shift alone decides the case: under Caps Lock a reader's digits and capitals must not change. Keys outside the
    # main block (the number pad) are the same under every layout and keep their character, as a chord keeps its sign.
    return key.char if key.chord else (_SHIFTED if key.shift else _PLAIN).get(key.scan_code - offset, key.char)


def _layout_of(by_keys: str, typed: str) -> Layout:
    """What the system took the keys for: the layout most of the characters agree with."""
    if len(by_keys) != len(typed):
        return Layout.US
    agree = {Layout.US: sum(a.casefold() == b.casefold() for a, b in zip(by_keys, typed, strict=True))}
    for layout in THAI_LAYOUTS:
        plain, caps = typed_on(by_keys, layout), typed_on(by_keys, layout, shifted=True)
        agree[layout] = sum(c in (a, b) for a, b, c in zip(plain, caps, typed, strict=True))
    return max(agree, key=lambda layout: agree[layout])


def _candidates(typed: str) -> Iterator[tuple[str, Layout]]:
    """Every US text that one layout may have made this of, the likeliest first."""
    # What a layout cannot type was not typed under it: else 12-3 would be 1233, and a product's number once in ten.
    layouts = [layout for layout in THAI_LAYOUTS if could_type(typed, layout)]
    if not layouts and has_thai(typed):
        layouts = [Layout.KEDMANEE]
    for layout in layouts:
        for shifted in (False, True):
            yield read_from(typed, layout, shifted=shifted), layout
    # Caps Lock as a lock of Shift, which X11 offers and some old machines have.
    yield twin(typed), Layout.US


def _switched(typed: str) -> Iterator[tuple[str, Layout]]:
    """The layout was changed in the middle, by the reader's own `` ` `` or by a hand on the keyboard."""
    for place in range(1, len(typed)):
        head, tail = typed[:place], typed[place:]
        for layout in THAI_LAYOUTS:
            for shifted in (False, True):
                if could_type(head, layout) and not has_thai(tail):
                    yield read_from(head, layout, shifted=shifted) + tail, layout
                if could_type(tail, layout) and not has_thai(head):
                    yield head + read_from(tail, layout, shifted=shifted), layout


def _sure_ones(candidates: Iterable[tuple[str, Layout]], setups: Sequence[ReaderSetup]) -> Iterator[Reading]:
    for text, layout in dict.fromkeys(candidates):
        # Looked at closely only where it may be one: every code that proves itself has eight digits or more.
        if len(_DIGIT.findall(text)) >= _DIGITS_MIN and not has_thai(text):
            found = _believed(text, layout, setups)
            if found.sure:
                yield found


def _believed(full: str, layout: Layout, setups: Sequence[ReaderSetup], *, by_keys: bool = False) -> Reading:
    """The text between the prefix and the suffix of the one reader they belong to, best proof first."""
    found: list[Reading] = []
    # A keyboard with Caps Lock on has the letters of a prefix in the other case.
    folded = full.casefold() if len(full.casefold()) == len(full) else full
    for setup in (each for each in setups if each.prefix or each.suffix):
        begins = folded.startswith(setup.prefix.casefold())
        if not (begins and folded.endswith(setup.suffix.casefold()) and len(full) > len(setup.prefix + setup.suffix)):
            continue
        inner = full[len(setup.prefix) : len(full) - len(setup.suffix)]
        kind = classify(inner).kind
        proved = bool(setup.prefix)
        reading = Reading(full, inner, layout, by_keys, kind in SURE, kind in STRONG, setup, proved)
        if reading.sure:
            return reading
        found.append(reading)
    kind = classify(full).kind
    whole = Reading(full, full, layout, by_keys, kind in SURE, kind in STRONG, _bare(setups), proved=False)
    # A reader put in the place of another, without its prefix, must not stop the shop: check digits are proof enough.
    return whole if whole.sure or not found else found[0]


def _bare(setups: Sequence[ReaderSetup]) -> ReaderSetup:
    return next((each for each in setups if not (each.prefix or each.suffix)), setups[0])
