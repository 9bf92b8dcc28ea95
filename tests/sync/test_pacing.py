"""Limits of the till's own: how fast bytes go, what waits for the night, what never waits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pos_member.domain.line_setup import LineSetup
from pos_member.sync.night import Night
from pos_member.sync.pacing import Pace, PacedBody
from tests.db_support import SetClock


class Seconds:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def pace(seconds: Seconds, bytes_s: int) -> Pace:
    return Pace(lambda: bytes_s, clock=seconds, wait=seconds.wait)


@pytest.mark.parametrize("kbit", [16, 128, 2_000])
def test_a_body_takes_the_time_its_limit_gives_it(kbit: int) -> None:
    seconds = Seconds()
    limit = LineSetup(upload_kbit=kbit).upload_bytes_s
    body = PacedBody(bytes(range(256)) * 400, pace(seconds, limit))
    parts = []
    while part := body.read(16_384):
        parts.append(part)
    assert b"".join(parts) == bytes(range(256)) * 400
    assert seconds.now == pytest.approx(len(body) / limit, rel=0.01)


def test_without_a_limit_nothing_waits_and_a_pause_saves_up_one_second() -> None:
    seconds = Seconds()
    assert pace(seconds, 0).spend(10**9) == 0 and seconds.now == 0
    limited = pace(seconds, 1_000)
    seconds.now = 3_600
    assert limited.spend(1_000) == 0
    assert limited.spend(1_000) == pytest.approx(1.0)


def test_a_limit_that_is_changed_holds_for_the_next_piece() -> None:
    seconds = Seconds()
    limit = [1_000]
    moving = Pace(lambda: limit[0], clock=seconds, wait=seconds.wait)
    assert moving.spend(2_000) == pytest.approx(2.0)
    limit[0] = 0
    assert moving.spend(10**6) == 0


@pytest.mark.parametrize(
    ("hour", "night"), [(22, True), (23, True), (3, True), (5, True), (6, False), (12, False), (21, False)]
)
def test_a_night_over_midnight_by_the_shops_clock(hour: int, night: bool) -> None:
    setup = LineSetup(night_from="22:00", night_to="06:00")
    at = datetime(2026, 11, 21, hour, 30 if hour != 6 else 0, tzinfo=UTC)
    assert setup.is_night(at, "UTC") is night
    assert LineSetup(night_from="01:00", night_to="05:00").is_night(at, "UTC") is (hour == 3)
    assert LineSetup().is_night(at, "UTC")


def test_only_what_is_large_and_not_needed_waits() -> None:
    clock = SetClock(datetime(2026, 11, 21, 5, 0, tzinfo=UTC))  # noon in Bangkok
    night = Night(lambda: LineSetup(night_from="22:00", night_to="06:00", large_mb=20), clock, lambda: "Asia/Bangkok")
    assert night.may_load(19_999_999) and night.waits_for == ""
    assert not night.may_load(20_000_000) and night.waits_for == "22:00"
    assert night.may_load(20_000_000, needed=True) and night.waits_for == ""
    clock.at = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert night.may_load(10**9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"upload_kbit": 15},
        {"download_kbit": -1},
        {"night_from": "22:00"},
        {"night_from": "24:00", "night_to": "06:00"},
        {"night_from": "06:00", "night_to": "06:00"},
        {"large_mb": 0},
    ],
)
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        LineSetup(**wrong)  # type: ignore[arg-type]


def test_lines_that_share_a_pace_keep_to_the_limit_together() -> None:
    seconds = Seconds()
    shared = pace(seconds, 1_000)
    bodies = [PacedBody(bytes(5_000), shared) for _ in range(2)]
    while sum(len(body.read(500)) for body in bodies):
        pass
    assert seconds.now == pytest.approx(10.0, rel=0.01)
