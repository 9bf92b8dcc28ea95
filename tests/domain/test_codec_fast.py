"""The codec's straight way reads and writes exactly what the long way does, and takes nothing that it refuses."""

from __future__ import annotations

import copy
import dataclasses
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain import codec
from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.codec_fast import Generator, NotStraight
from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.errors import Refusal
from pos_member.domain.member import Member
from pos_member.domain.rights import RightKind, SpendingRight
from pos_member.services.sync_ports import FeedAccount, FeedBucket
from pos_member.sync.protocol import EventMeta, HelloRequest
from tests.db.db_values import DAY, entry, member
from tests.db.program_values import full_bill, full_return

AT = datetime(2026, 11, 22, 1, 2, 3, 4_000, tzinfo=UTC)
VALUES: list[Any] = [
    full_bill(),
    full_return(),
    member(),
    member(birthday=None),
    entry(1, -5),
    SpendingRight("r", "m", "t", 1, RightKind.OWN, 5, AT, AT),
    DayClosed("d", "t", 1, DAY, AT, "s", 1, 2, 3, 4, 5, 6, 7, "c"),
    FeedAccount("m", (FeedBucket(None, 5), FeedBucket("2027-12-31", 7)), wallets={"cup": (FeedBucket(None, 1),)}),
    EventMeta(1, "e", "bill.completed", 1, "0" * 64, AT, 3),
    HelloRequest(1, "x", 1, 2, "0" * 64, 0, 0),
]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**60), max_value=2**60),
    st.floats(allow_nan=False),
    st.sampled_from(["", "x", "\x00", "ไทย", "\ud800", "2026-11-22", "2026-11-22T00:00:00Z", "20261122", "earn", "1"]),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just(["a", 1]),
)


def _long(cls: Any, data: Any) -> Any:
    return codec._reader(cls)(data, cls.__name__)


def _paths(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at]
    if isinstance(data, dict):
        for key, value in data.items():
            found += _paths(value, (*at, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            found += _paths(value, (*at, i))
    return found


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_is_written_is_read_back_the_straight_way(value: Any) -> None:
    wire = json.loads(codec.canonical_bytes(value))
    read = codec._fast().reader(type(value))(wire)
    assert read == value == _long(type(value), wire)
    assert dataclasses.asdict(read) == dataclasses.asdict(value)
    assert hash(read) == hash(value) if not _has_mapping(value) else True
    assert codec.canonical_bytes(read) == codec.canonical_bytes(value)


def _has_mapping(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return True
    return False


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_a_changed_value_is_taken_or_refused_as_by_the_long_way(data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(VALUES))
    wire = copy.deepcopy(json.loads(codec.canonical_bytes(value)))
    path = data.draw(st.sampled_from(_paths(wire)[1:]))
    inside = wire
    for step in path[:-1]:
        inside = inside[step]
    act = data.draw(st.sampled_from(["junk", "drop", "add"]))
    if act == "drop":
        del inside[path[-1]]
    elif act == "add" and isinstance(inside, dict):
        inside["no_such_field"] = data.draw(JUNK)
    else:
        inside[path[-1]] = data.draw(JUNK)
    try:
        wanted = _long(type(value), wire)
    except Refusal as refusal:
        with pytest.raises(Refusal) as told:
            codec.from_wire(type(value), wire)
        assert told.value.params == refusal.params
        with pytest.raises((NotStraight, KeyError, TypeError, ValueError, OverflowError, Refusal)):
            codec._fast().reader(type(value))(wire)
    else:
        assert codec.from_wire(type(value), wire) == wanted


def test_the_common_facts_take_the_straight_way() -> None:
    for value in (full_bill(), full_return(), member()):
        codec._fast().reader(type(value))(codec.to_wire(value))  # raises where it would be left to the long way
    assert {type(full_bill()), type(full_return()), type(member())} == {Bill, BillReturn, Member}


def test_threads_that_need_it_for_the_first_time_at_once_each_get_their_own() -> None:
    """Each type has an enum of its own: one that took another's name would refuse what is right."""
    many = 24
    kinds = []
    for n in range(many):
        choice = Enum(f"Choice{n}", {f"A{n}_{each}": f"a{n}_{each}" for each in range(200)})  # type: ignore[misc] - made here
        kinds.append((dataclasses.make_dataclass(f"Kind{n}", [("choice", choice), ("n", int)], frozen=True), choice))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            generator = Generator(_refused, _refused)
            start = threading.Barrier(many)

            def first_use(n: int, generator: Generator = generator, start: threading.Barrier = start) -> object:
                kind, choice = kinds[n]
                start.wait(60)
                read = generator.reader(kind)({"choice": f"a{n}_0", "n": n})
                return read == kind(choice(f"a{n}_0"), n) and generator.write(read) == {"choice": f"a{n}_0", "n": n}

            with ThreadPoolExecutor(many) as pool:
                assert all(pool.map(first_use, range(many)))
    finally:
        sys.setswitchinterval(before)


def _refused(*given: object) -> object:
    raise NotStraight
