"""Stored times are ISO 8601 in UTC, and their order as texts is their order in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from pos_member.headoffice import times

#: From the first year on, in UTC and as the till's zone has it.
_MOMENTS = st.builds(
    lambda after, zone: (datetime(1, 1, 2, tzinfo=UTC) + after).astimezone(zone),
    st.timedeltas(timedelta(0), datetime(9999, 12, 30, tzinfo=UTC) - datetime(1, 1, 2, tzinfo=UTC)),
    st.sampled_from([UTC, timezone(timedelta(hours=7))]),
)


@given(_MOMENTS, _MOMENTS)
def test_a_stored_time_is_what_iso_says_and_sorts_as_time(one: datetime, other: datetime) -> None:
    assert times.stored(one) == one.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert times.read(times.stored(one)) == one
    assert (times.stored(one) < times.stored(other)) == (one < other)
