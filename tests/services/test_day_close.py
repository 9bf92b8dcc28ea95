"""The day certificate: when it is given, what it says, and that ``verify`` holds it against the facts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.org import TillIdentity
from tests.factories import World

TODAY = date(2026, 11, 21)


def given(world: World) -> list[DayClosed]:
    return [certificate for _, certificate in world.store.days.certificates()]


def verified(world: World) -> tuple[str, ...]:
    return tuple(problem for check in world.till.verify.run().checks for problem in check.problems)


def test_closing_a_shift_closes_the_day_with_what_it_came_to(world: World) -> None:
    member = world.enrol()
    world.till.shifts.open(world.session(), 0)
    first, second = world.sell({"tea": 2}, member).bill, world.sell({"mug": 1}).bill
    returns = world.till.returns
    returned = returns.complete(world.session("1003"), second.id, {1: 1000}, return_id=returns.new_id())
    world.till.shifts.close(world.session(), 0, "th")
    (day,) = given(world)
    assert (day.business_date, day.bills, day.returns, day.claims, day.members_enrolled) == (TODAY, 2, 1, 0, 1)
    assert day.total_satang == first.total_satang + second.total_satang
    assert day.refund_satang == returned.document.refund_satang
    assert (day.points_earned, day.points_redeemed) == (first.points_earned + second.points_earned, 0)
    # Its own event is the next one: everything before it is what it vouches for.
    head_seq, _ = world.folder.sync_store.head()
    (before, own) = world.folder.sync_store.events_from(head_seq - 1)
    assert (day.last_seq, day.chain) == (before.seq, before.chain)
    assert (own.kind, own.event_id) == ("day.closed", day.id)
    assert verified(world) == ()


def test_a_day_that_goes_on_is_closed_again_and_a_quiet_one_is_not(world: World) -> None:
    world.till.shifts.open(world.session(), 0)
    world.till.shifts.close(world.session(), 0, "th")
    assert [day.bills for day in given(world)] == [0]
    world.sell({"tea": 1})
    world.till.shifts.open(world.session(), 0)
    world.sell({"tea": 1})
    world.till.shifts.close(world.session(), 0, "th")
    assert [day.bills for day in given(world)] == [0, 2]
    assert world.till.days.catch_up() == ()
    assert verified(world) == ()


def test_a_day_nobody_closed_is_closed_when_the_next_begins(world: World) -> None:
    world.sell({"tea": 1})
    assert world.till.days.catch_up() == ()  # it may go on
    world.clock.forward(timedelta(days=1))
    world.sell({"tea": 1})
    assert world.till.days.catch_up() == (TODAY,)
    assert world.till.days.catch_up() == ()
    (day,) = given(world)
    assert (day.business_date, day.bills, day.staff_id) == (TODAY, 1, "")
    world.clock.forward(timedelta(days=1))
    world.till.shifts.open(world.session(), 0)
    assert [(each.business_date - TODAY).days for each in given(world)] == [0, 1]
    assert verified(world) == ()


def test_a_shift_over_midnight_closes_both_days(world: World) -> None:
    world.till.shifts.open(world.session(), 0)
    world.sell({"tea": 1})
    world.clock.forward(timedelta(hours=12))
    world.sell({"tea": 2})
    world.till.shifts.close(world.session(), 0, "th")
    assert [(day.business_date, day.bills) for day in given(world)] == [(TODAY, 1), (TODAY + timedelta(days=1), 1)]


def test_facts_that_come_to_an_old_day_close_it_again(world: World) -> None:
    """The clock was set back: the sale bears a date that had been closed."""
    world.sell({"tea": 1})
    world.clock.forward(timedelta(days=1))
    world.till.days.catch_up()
    world.clock.forward(timedelta(days=-1))
    world.sell({"tea": 1})
    world.clock.forward(timedelta(days=1))
    assert world.till.days.catch_up() == (TODAY,)
    assert [day.bills for day in given(world)] == [1, 2]
    assert verified(world) == ()


def test_a_certificate_numbered_anew_is_given_again(world: World) -> None:
    """A new epoch: head office cannot hold the number and chain of the old one against anything."""
    world.sell({"tea": 1})
    world.clock.forward(timedelta(days=1))
    world.till.days.catch_up()
    identity = world.store.facts.identity()
    assert identity is not None
    anew = TillIdentity(identity.id, identity.number, identity.branch_id, identity.label, identity.epoch + 1)
    world.folder.sync_store.set_identity(anew, "http://127.0.0.1:8080")
    assert world.till.days.catch_up() == (TODAY,)
    assert [day.epoch for day in given(world)] == [identity.epoch, identity.epoch + 1]
    assert world.till.days.catch_up() == ()
    assert verified(world) == ()


def test_a_certificate_numbered_anew_is_given_again_whatever_epochs_came_since(world: World) -> None:
    """It went up in an epoch that it does not speak of, and that one is over as well: it is no more right than before,
    and nothing is wrong with it."""
    queue = world.folder.sync_store
    world.sell({"tea": 1})
    queue.mark_acked(1, world.clock.now())
    world.sell({"tea": 1})
    world.clock.forward(timedelta(days=1))
    world.till.days.catch_up()
    identity = world.store.facts.identity()
    assert identity is not None
    for later in (1, 2):
        queue.begin_epoch(identity.epoch + later, {}, world.clock.now())
        assert verified(world) == ()
        queue.mark_acked(queue.head()[0], world.clock.now())
    assert world.till.days.catch_up() == (TODAY,)
    assert [day.epoch for day in given(world)] == [identity.epoch, identity.epoch + 2]
    assert world.till.days.catch_up() == ()
    assert verified(world) == ()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE bill SET total_satang = total_satang + 100, gross_satang = gross_satang + 100", "the sums differ"),
        (
            """UPDATE day_close SET body = CAST(replace(body, '"bills":1', '"bills":2') AS BLOB)""",
            "the fact of day.closed",
        ),
        ("DELETE FROM day_close", "an event without its fact"),
    ],
)
def test_verify_finds_a_certificate_that_the_facts_do_not_bear_out(world: World, damage: str, told: str) -> None:
    world.till.shifts.open(world.session(), 0)
    world.sell({"tea": 1})
    world.till.shifts.close(world.session(), 0, "th")
    assert verified(world) == ()
    with world.folder.till.write() as connection:
        changed = connection.exec_driver_sql(damage).rowcount
    assert changed == 1
    assert any(told in problem for problem in verified(world)), verified(world)
