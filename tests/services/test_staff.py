"""Signing in: the lock-out survives restarts and clocks, and tells nothing it should not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos_member.domain.errors import Reason, Refusal
from pos_member.services.staff import LOCK_MAX_S, lock_seconds
from tests.factories import PINS, World


def _refusal(world: World, code: str, pin: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        world.till.staff.sign_in(code, pin)
    return refusal.value


def _fail(world: World, times: int) -> list[Refusal]:
    return [_refusal(world, "1001", "000000") for _ in range(times)]


def test_the_people_of_this_branch_are_offered(world: World) -> None:
    assert [tile.code for tile in world.till.staff.people()] == ["1001", "1002", "1003", "1004", "9001"]


def test_a_right_pin_signs_in_and_is_on_record(world: World) -> None:
    session = world.till.staff.sign_in(" 1001 ", PINS["1001"])
    assert session.staff.id == "staff-1001" and session.signed_in_at == world.clock.now()
    world.till.staff.sign_out(session)
    acts = [row.payload for row in world.store.evidence.queue()]
    assert b'"act":"sign_in"' in acts[0] and b'"act":"sign_out"' in acts[1]


def test_people_of_other_branches_and_unknown_codes_cost_as_much_time_as_a_wrong_pin(world: World) -> None:
    for code in ("2001", "9999", ""):
        before = world.hasher.verified
        assert _refusal(world, code, "000000").reason is Reason.STAFF_UNKNOWN
        assert world.hasher.verified == before + 1
    before = world.hasher.verified
    assert _refusal(world, "1001", "000000").reason is Reason.PIN_WRONG
    assert world.hasher.verified == before + 1


def test_five_wrong_pins_lock_and_not_even_the_right_one_is_tried(world: World) -> None:
    refusals = _fail(world, 5)
    assert [r.params.get("left") for r in refusals] == [4, 3, 2, 1, None]
    assert refusals[-1].reason is Reason.PIN_LOCKED
    assert refusals[-1].params["until"] == world.clock.now() + timedelta(seconds=30)
    verified = world.hasher.verified
    assert _refusal(world, "1001", PINS["1001"]).reason is Reason.PIN_LOCKED
    assert world.hasher.verified == verified
    # Others go on working.
    world.till.staff.sign_in("1002", PINS["1002"])
    world.clock.forward(timedelta(seconds=30))
    world.till.staff.sign_in("1001", PINS["1001"])
    assert world.store.facts.pin_lock("staff-1001").failures == 0
    assert _fail(world, 1)[0].params["left"] == 4


def test_the_lock_doubles_up_to_a_quarter_of_an_hour(world: World) -> None:
    assert [lock_seconds(n) for n in (4, 5, 6, 7, 8, 9, 10, 50)] == [0, 30, 60, 120, 240, 480, LOCK_MAX_S, LOCK_MAX_S]
    _fail(world, 5)
    for seconds in (60, 120, 240):
        world.clock.forward(timedelta(seconds=lock_seconds(20)))
        assert _fail(world, 1)[0].params["seconds"] == seconds


def test_a_restart_does_not_unlock(world: World) -> None:
    _fail(world, 5)
    world.use(world.folder.store)
    assert _refusal(world, "1001", PINS["1001"]).reason is Reason.PIN_LOCKED


def test_a_clock_that_jumps_back_neither_unlocks_early_nor_locks_for_years(world: World) -> None:
    _fail(world, 5)
    world.clock.forward(timedelta(days=-4000))
    locked = _refusal(world, "1001", PINS["1001"])
    assert locked.reason is Reason.PIN_LOCKED and locked.params["seconds"] == 30
    world.clock.forward(timedelta(seconds=29))
    assert _refusal(world, "1001", PINS["1001"]).params["seconds"] == 1
    world.clock.forward(timedelta(seconds=1))
    world.till.staff.sign_in("1001", PINS["1001"])


@pytest.mark.parametrize(
    "pin", ["", "12345", "123456", "987654", "111111", "abcdef", "๑๒๓๔๗๘", "1234567890123", "12 345"]
)
def test_a_weak_pin_is_refused_when_it_is_set(world: World, pin: str) -> None:
    with pytest.raises(Refusal) as refusal:
        world.till.staff.pin_hash(pin)
    assert refusal.value.reason is Reason.PIN_WEAK


def test_a_good_pin_is_hashed(world: World) -> None:
    assert world.hasher.verify(world.till.staff.pin_hash("271828"), "271828")


def test_failures_are_on_record_without_the_pin(world: World) -> None:
    _fail(world, 1)
    last = list(world.store.evidence.queue())[-1].payload
    assert b'"act":"sign_in_failed"' in last and b"failures=1" in last and b"000000" not in last
