"""Ids: the form of UUIDv7, and their order."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.ids import IdMaker, is_id, uuid7


class _Clock:
    def __init__(self, *times: datetime) -> None:
        self._times = list(times)

    def now(self) -> datetime:
        return self._times.pop(0) if len(self._times) > 1 else self._times[0]


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
def test_the_fields_of_rfc_9562(unix_ms: int, random_bits: int) -> None:
    text = uuid7(unix_ms, random_bits)
    value = uuid.UUID(text)
    assert (value.version, value.variant, is_id(text)) == (7, uuid.RFC_4122, True)
    assert value.int >> 80 == unix_ms
    assert (value.int >> 64 & 0xFFF) << 62 | value.int & (2**62 - 1) == random_bits


@given(st.integers(0, 2**48 - 2), st.integers(0, 2**74 - 1), st.integers(0, 2**74 - 1))
def test_a_later_millisecond_sorts_later(unix_ms: int, one: int, other: int) -> None:
    assert uuid7(unix_ms, one) < uuid7(unix_ms + 1, other)


def test_the_example_of_rfc_9562() -> None:
    """RFC 9562, appendix A.6."""
    assert uuid7(0x017F22E279B0, 0xCC3 << 62 | 0x18C4DC0C0C07398F) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_ids_never_go_backwards_with_the_clock() -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    make = IdMaker(_Clock(start, start - timedelta(hours=1), start + timedelta(seconds=1)), lambda bits: 0)
    first, second, third = make(), make(), make()
    assert first[:13] == second[:13]
    assert third > second


def test_ids_made_in_the_same_millisecond_keep_the_order_in_which_they_were_made() -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    make = IdMaker(_Clock(start))
    made = [make() for _ in range(1_000)]
    assert len(set(made)) == 1_000
    assert made == sorted(made)


def test_ids_stay_apart_and_in_order_when_the_random_bits_run_out() -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    make = IdMaker(_Clock(start), lambda bits: 2**bits - 1)
    made = [make() for _ in range(5)]
    assert made == sorted(set(made))


def test_what_is_an_id() -> None:
    assert is_id("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    for text in ("", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "x" * 36, "017f22e279b07cc398c4dc0c0c07398f", "๐" * 36):
        assert not is_id(text)
