"""What is read in one go means what the strict codec means, or is left to it: of every kind of event."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import subprocess
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any, Union, get_args, get_origin

import orjson
import pytest

from pos_member.domain import codec, events
from pos_member.domain.bill import Bill
from pos_member.domain.errors import Refusal
from pos_member.headoffice import quick_read
from pos_member.headoffice.acts import LOOKED_AT
from pos_member.sync.protocol import BatchHeader, EventMeta

#: Left to the codec: a birthday checks itself when it is made.
LEFT = {events.MemberEnrolled, events.MemberUpdated}
KINDS = [*(cls for cls in events.PAYLOADS.values() if cls not in LEFT), EventMeta, BatchHeader]
TEXTS = ("", "a", "เนยเค็ม 227 กรัม", "😀", 'say "so"', "back\\slash", "line\nend", "x" * 300)
SPOILT: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    2**53,
    2**53 + 1,
    -(2**53) - 1,
    2**63,
    2**70,
    "",
    "a",
    "\x00",
    "a\x00b",
    "\\u0000",
    "\ud800",
    "1",
    "2026-1-1",
    "2026-11-21",
    "20261121",
    "2026-W47-6",
    "2026-02-30",
    "2026-11-21T12:00:00",
    "2026-11-21T12:00:00Z",
    "2026-11-21t12:00:00z",
    "2026-11-21 12:00:00+07:00",
    "2026-11-21T12:00:00.1234567Z",
    "2026-11-21T12:00:00.9999999Z",
    "2026-11-21T24:00:00Z",
    "2026-11-21T12:00:60Z",
    "0001-01-01T00:00:00+14:00",
    "2026-11-21T12Z",
    [],
    [None],
    ["a", 1],
    {},
    {"a": None},
)


def any_of(hint: Any, dice: random.Random) -> Any:
    """A value of a type that has a wire form."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (inner,) = [each for each in get_args(hint) if each is not types.NoneType]
        return None if dice.random() < 0.4 else any_of(inner, dice)
    if origin is tuple:
        return tuple(any_of(get_args(hint)[0], dice) for _ in range(dice.randrange(3)))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {dice.choice(TEXTS): any_of(get_args(hint)[1], dice) for _ in range(dice.randrange(3))}
    if hint is str:
        return dice.choice(TEXTS)
    if hint is bool:
        return dice.random() < 0.5
    if hint is int:
        return dice.choice((0, 1, -1, 2**31, 2**53, -(2**53), dice.randrange(10**6)))
    if hint is datetime:
        zone = dice.choice((UTC, timezone(timedelta(hours=7))))
        return datetime(2026, 11, 21, 12, 0, dice.randrange(60), dice.choice((0, 5, 999_999)), zone)
    if hint is date:
        return date(2026, 1, 1) + timedelta(days=dice.randrange(3_000))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return dice.choice(list(hint))
    hints = typing.get_type_hints(hint)
    said = {
        field.name: any_of(hints[field.name], dice)
        for field in dataclasses.fields(hint)
        if field.default is field.default_factory is dataclasses.MISSING or dice.random() < 0.5
    }
    return hint(**said)


def read_by_codec(cls: type[Any], raw: bytes) -> Any:
    """The value, or why there is none; as long as both parsers take it, that of the standard library says the same."""
    try:
        value = codec.from_bytes(cls, raw, orjson.loads)
        assert codec.from_bytes(cls, raw) == value
        return value
    except Refusal as refusal:
        return refusal.params


def read(cls: type[Any], raw: bytes) -> Any:
    """As ``read_by_codec``."""
    try:
        return quick_read.read(cls, raw)
    except Refusal as refusal:
        return refusal.params


def places(value: Any, found: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*found, key)
        yield from places(inner, (*found, key))


def spoil(data: Any, dice: random.Random) -> None:
    """One thing in it is changed, left out, or new."""
    if not data:
        return  # nothing is left of it
    *way, last = dice.choice(list(places(data)))
    inside = data
    for step in way:
        inside = inside[step]
    what = dice.randrange(4)
    if what == 0 and isinstance(inside, dict):
        del inside[last]
    elif what == 1 and isinstance(inside, dict):
        inside[dice.choice(("new", "id", "at", "\x00", "ก"))] = dice.choice(SPOILT)
    else:
        inside[last] = dice.choice(SPOILT)


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.__name__)
def test_what_is_sound_is_read_as_by_the_codec(cls: type[Any]) -> None:
    quick, told = quick_read._quick(typing.cast(typing.Hashable, cls), ()), 0
    assert quick is not None
    for seed in range(60):
        value = any_of(cls, random.Random(seed))
        for raw in (codec.canonical_bytes(value), json.dumps(codec.to_wire(value), indent=1).encode()):
            assert read(cls, raw) == codec.from_bytes(cls, raw) == value
            assert quick(raw) == value  # and not only because the codec was asked
            told += 1
    assert told == 120
    assert all(quick_read._quick(each, ()) is None for each in LEFT)


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.__name__)
def test_what_is_spoilt_is_read_or_refused_as_by_the_codec(cls: type[Any]) -> None:
    refused = 0
    for seed in range(600):
        dice = random.Random(f"{cls.__name__} {seed}")
        data = codec.to_wire(any_of(cls, dice))
        for _ in range(dice.choice((1, 1, 2))):
            spoil(data, dice)
        raw = json.dumps(data, ensure_ascii=dice.random() < 0.5).encode(errors="surrogatepass")
        by_codec = read_by_codec(cls, raw)
        assert read(cls, raw) == by_codec, raw
        refused += isinstance(by_codec, dict)
    assert refused > 100


def whole_bill() -> bytes:
    """A bill with something in every list."""
    for seed in range(1_000):
        bill = any_of(Bill, random.Random(seed))
        if all((bill.lines, bill.discounts, bill.tenders, bill.point_entries, bill.coupons_issued, bill.tallies)):
            return codec.canonical_bytes(bill).replace(b"\\u0000", b"")
    raise AssertionError("no such bill")


def test_bytes_that_broke_are_read_or_refused_as_by_the_codec() -> None:
    raw, dice, refused = whole_bill(), random.Random(7), 0
    for _ in range(1_500):
        broken = bytearray(raw)
        at = dice.randrange(len(broken))
        match dice.randrange(4):
            case 0:
                broken[at] ^= 1 << dice.randrange(8)
            case 1:
                del broken[at : at + dice.randrange(1, 40)]
            case 2:
                broken[at:at] = dice.choice((b"-", b"0", b".0", b"e1", b",", b"\\u0000", b"\\ud800", b"\xff", b"\x00"))
            case _:
                other = dice.randrange(len(broken))
                broken[at:at] = broken[other : other + 30]
        by_codec = read_by_codec(Bill, bytes(broken))
        assert read(Bill, bytes(broken)) == by_codec, bytes(broken)
        refused += isinstance(by_codec, dict)
    assert 500 < refused < 1_500


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (b'"vat_satang":', b'"vat_satang":1,"vat_satang":'),
        (b'"vat_satang":', b'"vat_satang":"x","vat_satang":'),
        (b'"lines":[', b'"lines":[],"lines":['),
        (b'"line_no":', b'"line_no":1.0,"line_no":'),
        (b'"vat_satang":', b'"vat_satang":-0,"change_satang":'),
        (b'"vat_satang":', b'"vat_satang":-0,"vat_satang":'),
        (b'"vat_satang":', b'"vat_satang":0'),
        (b'"vat_satang":', b'"vat_satang":-'),
        (b"{", b"\xef\xbb\xbf{"),
        (b"{", b"[" * 100_000 + b"{"),
    ],
)
def test_what_is_said_twice_or_oddly_is_read_as_by_the_codec(found: bytes, said: bytes) -> None:
    raw = whole_bill().replace(found, said, 1)
    expected = read_by_codec(Bill, raw)
    assert read(Bill, raw) == expected
    quick = quick_read._quick(Bill, ())
    assert quick is not None
    with contextlib.suppress(*quick_read._LEFT):
        assert quick(raw) == expected


def test_what_is_only_looked_at_is_checked_all_the_same() -> None:
    raw = whole_bill()
    whole, found = codec.from_bytes(Bill, raw), quick_read.read(Bill, raw, LOOKED_AT[Bill])
    for field in dataclasses.fields(Bill):
        mine, theirs = getattr(found, field.name), getattr(whole, field.name)
        if field.name not in LOOKED_AT[Bill]:
            assert mine == theirs
            continue
        assert len(mine) == len(theirs) > 0
        for one, other in zip(mine, theirs, strict=True):
            names = {each.name for each in dataclasses.fields(other)} - {"lines"}  # of a discount: again such values
            assert {name: getattr(one, name) for name in names} == {name: getattr(other, name) for name in names}
    for spoilt in (b'"line_no":1.0,"quantity_milli":', b'"new":1,"quantity_milli":', b'"name_th":5,"quantity_milli":'):
        with pytest.raises(Refusal):
            quick_read.read(Bill, raw.replace(b'"quantity_milli":', spoilt), LOOKED_AT[Bill])


#: Threads that read the first events of a process at once; each time as if nothing had been read before.
AT_ONCE = """
import sys, threading
sys.setswitchinterval(0.000001)
from pos_member.domain import events
from pos_member.domain.errors import Refusal
from pos_member.headoffice import quick_read
kinds = list(events.PAYLOADS.values())
def first(together, order):
    together.wait()
    for kind in order:
        try:
            quick_read.read(kind, b'{"lines": [{"line_no": 1}], "tenders": [{}]}')
        except Refusal:
            pass
for _ in range(20):
    quick_read._mirror.cache_clear()
    quick_read._maker.cache_clear()
    quick_read._made.clear()
    together = threading.Barrier(6)
    threads = [threading.Thread(target=first, args=(together, kinds[n:] + kinds[:n])) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_the_first_events_of_a_process_may_come_at_once() -> None:
    """A mirror that two threads make at the same time ends the process (a segmentation fault in ``msgspec``)."""
    assert subprocess.run([sys.executable, "-c", AT_ONCE], check=False).returncode == 0
