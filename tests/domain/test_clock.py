"""Dates as people type them, and the day of the shop."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.clock import SystemClock, business_date, format_date, format_moment, format_time, parse_date
from pos_member.domain.errors import Reason, Refusal


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("21/11/2569", date(2026, 11, 21)),
        ("21-11-2026", date(2026, 11, 21)),
        ("1.2.2026", date(2026, 2, 1)),
        ("๒๑/๑๑/๒๕๖๙", date(2026, 11, 21)),
        (" 21112569 ", date(2026, 11, 21)),
        ("2026-11-21", date(2026, 11, 21)),
        ("2569-11-21", date(2026, 11, 21)),
        ("29/02/2567", date(2024, 2, 29)),
        ("29/2/2000", date(2000, 2, 29)),
    ],
)
def test_dates_in_both_eras(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    (
        *("", "29/02/2568", "29/2/1900", "32/1/2026", "21/13/2026", "0/1/2026", "21/11", "21/11/69", "tomorrow"),
        *("1" * 1_000_000, "2026-1-1", "01/01/0000", "²1/11/2026", "21/11/2026\x00", "9999999999"),
    ),
)
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_date(text)
    assert refused.value.reason is Reason.DATE_INVALID


@given(st.dates(date(1900, 1, 1), date(2300, 12, 31)))
def test_a_date_typed_in_either_era_is_the_same(day: date) -> None:
    assert parse_date(f"{day.day}/{day.month}/{day.year}") == day
    assert parse_date(f"{day.day:02d}{day.month:02d}{day.year + 543}") == day
    assert parse_date(day.isoformat()) == day


def test_showing_dates_and_times() -> None:
    assert format_date(date(2026, 11, 1), "th") == "1 พ.ย. 2569"
    assert format_date(date(2026, 11, 1), "en") == "1 Nov 2026"
    assert format_time(datetime(2026, 11, 21, 11, 42, tzinfo=UTC), "Asia/Bangkok") == "18:42"


@pytest.mark.parametrize(
    ("at", "th", "en"),
    [
        (datetime(2026, 11, 21, 16, 59, tzinfo=UTC), "23:59", "23:59"),
        (datetime(2026, 11, 21, 19, 35, tzinfo=UTC), "22 พ.ย. 2569 02:35", "22 Nov 2026 02:35"),
        (datetime(2026, 11, 20, 16, 59, tzinfo=UTC), "20 พ.ย. 2569 23:59", "20 Nov 2026 23:59"),
    ],
)
def test_a_time_of_another_day_is_said_with_its_day(at: datetime, th: str, en: str) -> None:
    now = datetime(2026, 11, 21, 11, 42, tzinfo=UTC)
    assert [format_moment(at, now, "Asia/Bangkok", language) for language in ("th", "en")] == [th, en]


def test_the_day_of_the_shop_is_not_the_day_of_utc() -> None:
    assert business_date(datetime(2026, 11, 20, 17, 0, tzinfo=UTC), "Asia/Bangkok") == date(2026, 11, 21)
    assert business_date(datetime(2026, 11, 20, 16, 59, tzinfo=UTC), "Asia/Bangkok") == date(2026, 11, 20)


def test_the_clock_of_the_machine_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC
