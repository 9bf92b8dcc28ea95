"""What seeds found, told plainly: each of these broke a promise once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos_member.headoffice import epochs
from tests.simulation import cashier, checks, disasters, ground, orders
from tests.simulation.draining import drain
from tests.simulation.profile import Profile
from tests.simulation.story import quietly
from tests.simulation.template import shop_settings
from tests.simulation.till import Restore, SimTill
from tests.simulation.world import Simulation, started


@pytest.mark.parametrize("how", list(Restore))
def test_a_till_and_head_office_are_both_set_back(how: Restore) -> None:
    """Head office lost what it had acknowledged, and the till that still has it comes with a new epoch: it sends all of
    it again, not only what it believes to be waiting."""
    with quietly(), started(14, Profile(tills=2)) as sim:
        one = sim.tills[0]
        disasters.back_up_office(sim)
        cashier.sell(sim, one)
        assert sim.round(one) is not None
        one.back_up(sim.folder / "backup")
        cashier.sell(sim, one)
        disasters.restore_office(sim, sim.office_backups[0])
        disasters.restore_till(sim, one, one.backups[0], how)
        drain(sim)
        checks.everything(sim)


def test_a_till_and_its_copy_both_sell_on_one_day() -> None:
    """Each certifies its own work, so that the day of both differs, beside the case of the copy."""
    with quietly(), started(14, Profile(tills=2, troubles=frozenset({"days"}))) as sim:
        one = sim.tills[0]
        disasters.clone_till(sim, one)
        two = sim.tills[-1]
        for till in (one, two):
            sim.time.forward(epochs.TURN)
            sim.round(till)
            cashier.sell(sim, till)
        sim.round(two)
        sim.time.forward(timedelta(days=1))
        # Closed in its own turn: with the next one begins another epoch, and the day has to be closed again.
        sim.round(one)
        ground.close_days(sim, one)
        drain(sim)
        checks.everything(sim)
        assert sim.met["day of two copies differs"] == 1
        assert "cloned" in {row.kind for row in checks.rows(sim, "exception")}


def test_head_office_is_put_back_behind_the_turns_of_two_copies() -> None:
    """It gives the number of the original's epoch to the copy, which is heard first: the original sends again, all the
    same, what was acknowledged in its own."""
    with quietly(), started(14, Profile(tills=2)) as sim:
        one = sim.tills[0]
        disasters.back_up_office(sim)
        disasters.clone_till(sim, one)
        two = sim.tills[-1]
        for till in (two, one):
            cashier.sell(sim, till)
            assert sim.round(till) is not None
            sim.time.forward(epochs.TURN)
        disasters.restore_office(sim, sim.office_backups[0])
        for till in (two, one):
            sim.round(till)
            sim.time.forward(epochs.TURN)
        drain(sim)
        checks.everything(sim)


def test_the_other_copy_is_heard_before_the_answer_to_the_one_that_has_to_send_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of the epoch it asks from head office knows nothing any more, and the one it was given is over when it asks
    again: it sends everything all the same."""
    with quietly(), started(14, Profile(tills=2)) as sim:
        one = sim.tills[0]
        disasters.back_up_office(sim)
        disasters.clone_till(sim, one)
        two = sim.tills[-1]
        for till in (two, one):
            cashier.sell(sim, till)
            assert sim.round(till) is not None
            sim.time.forward(epochs.TURN)
        disasters.restore_office(sim, sim.office_backups[0])
        with monkeypatch.context() as patch:
            lost = "lost_response"
            patch.setattr(sim, "fault_of", lambda _till, sent: lost if sent.url.endswith("/v1/hello") else "")
            sim.round(two)
        for till in (one, two):
            sim.time.forward(epochs.TURN)
            sim.round(till)
        drain(sim)
        checks.everything(sim)


@pytest.mark.parametrize("how", [Restore.FACTS, Restore.DATABASES])
def test_a_backup_taken_in_doubt_is_put_back(how: Restore) -> None:
    """Numbers were left out twice before head office gave one new epoch: none of them is missing."""
    with quietly(), started(4414, Profile(tills=2)) as sim:
        one = sim.tills[0]
        one.back_up(sim.folder / "backup 1")
        cashier.sell(sim, one)
        for number in (2, 3):
            disasters.restore_till(sim, one, one.backups[-1], how)
            cashier.sell(sim, one)
            one.back_up(sim.folder / f"backup {number}")
            cashier.sell(sim, one)
        drain(sim)
        checks.everything(sim)
        result = one.services.verify.run()
        assert result.ok, [problem for check in result.checks for problem in check.problems]


@pytest.mark.parametrize("how", [Restore.FACTS, Restore.DATABASES, Restore.FOLDER])
def test_a_backup_is_put_back_twice_before_anything_is_sold(how: Restore) -> None:
    """Beside it no event tells that it was put back, only the numbers that it left out: none is given twice."""
    with quietly(), started(1422, Profile(tills=2)) as sim:
        one = sim.tills[0]
        one.back_up(sim.folder / "backup")
        cashier.sell(sim, one)
        sim.round(one)
        for _ in range(2):
            disasters.restore_till(sim, one, one.backups[0], how)
        cashier.sell(sim, one)
        drain(sim)
        checks.everything(sim)


@pytest.mark.parametrize("how", [Restore.FACTS, Restore.DATABASES, Restore.FOLDER])
@pytest.mark.parametrize("died", [False, True])
@pytest.mark.parametrize("earned", [True, False])
def test_what_a_till_let_go_of_does_not_come_back_with_its_backup(how: Restore, died: bool, earned: bool) -> None:
    """It made no event since: a right to its own sale ended as the sale was acknowledged, one that was given to it was
    asked back, and another till has the points by now."""
    with quietly(), started(14, Profile(tills=2)) as sim:
        (one, two), member = sim.tills, sim.members[0]
        if earned:
            while not _certain(sim, one, member):
                cashier.sell(sim, one, (member, ""))
        else:
            one.open().store.rights.touch(member)
            sim.round(one)
            assert _certain(sim, one, member)
        one.back_up(sim.folder / "backup")
        if not earned:
            sim.round(two)
            assert two.desk.redeem(sim.new_id(), member, 400, ()).right is None
        sim.round(one)
        one.stop(died=died)
        two.open().store.rights.touch(member)
        sim.round(two)
        free = _certain(sim, two, member)
        assert free
        disasters.restore_till(sim, one, one.backups[0], how)
        assert not _certain(sim, one, member)
        drain(sim)
        checks.everything(sim)


def _certain(sim: Simulation, till: SimTill, member: str) -> int:
    """Points that the till may let the member spend, whatever others do."""
    standing = till.open().store.rights.standing(member, "")
    return standing.power(member, 10**6, shop_settings(), till.clock.now()).guaranteed


def test_what_a_copy_sent_is_set_aside_in_whichever_epoch_its_turn_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its case names the same event, whoever is heard first."""
    with quietly(), started(4171, Profile(tills=2)) as sim:
        one = sim.tills[0]
        disasters.clone_till(sim, one)
        two = sim.tills[-1]
        cashier.poison(sim, two)
        with monkeypatch.context() as patch:
            lost = "lost_request"
            patch.setattr(sim, "fault_of", lambda _till, sent: lost if sent.url.endswith("/v1/push") else "")
            sim.round(two)
        orders.twice(sim)
        assert sim.met["cases of two orders"] and "poison" in {row.kind for row in checks.rows(sim, "exception")}


@pytest.mark.parametrize("more", [0, 1, 2])
@pytest.mark.parametrize("unsent", [False, True])
def test_head_office_is_put_back_behind_two_copies_of_one_disk(
    more: int, unsent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They bear one name. What the one had acknowledged is sent again, though the other's came under its numbers."""
    monkeypatch.setattr("pos_member.db.sidecar._alive", lambda _: False)
    with quietly(), started(1011, Profile(tills=2)) as sim:
        one = sim.tills[0]
        sim.round(one)
        disasters.clone_till(sim, one)
        sim.ledger.unaware.add(sim.shop.identities[one.place].id)
        two = sim.tills[-1]
        disasters.back_up_office(sim)
        cashier.sell(sim, two)
        sim.round(two)
        disasters.restore_office(sim, sim.office_backups[0])
        for _ in range(1 + more):
            cashier.sell(sim, one)
        sim.round(one)
        if unsent:
            cashier.sell(sim, two)
        drain(sim)
        checks.everything(sim)


def test_points_after_a_bill_are_given_once_more_by_a_till_that_was_set_back() -> None:
    """Both claims are facts: neither is set aside, and a case tells of the bill."""
    with quietly(), started(5065, Profile(tills=2)) as sim:
        one = sim.tills[0]
        cashier.sell(sim, one, (None, ""))
        one.back_up(sim.folder / "backup")
        cashier.claim(sim, one)
        sim.round(one)
        disasters.restore_till(sim, one, one.backups[0], Restore.FACTS)
        sim.members.remove(sim.members[0])
        cashier.claim(sim, one)
        drain(sim)
        checks.everything(sim)
        assert (sim.met["claimed"], sim.met["bill claimed twice"]) == (2, 1)


def test_a_till_whose_clock_runs_ahead_keeps_what_it_marked_as_spent() -> None:
    """Of a right that head office still counts as held: it comes again with the next answer, whole, and only the marks
    say how much of it is gone."""
    with quietly(), started(3773, Profile(tills=2)) as sim:
        one, member = sim.tills[0], sim.members[0]
        one.clock.error = timedelta(days=400)
        one.open().store.rights.touch(member)
        assert sim.round(one) is not None
        while not sim.met["points redeemed"]:
            cashier.sell(sim, one, (member, ""))
        before = _marks(one)
        assert before
        one.stop()  # what lapsed is looked for again
        for _ in range(2):
            one.open().store.rights.touch(member)
            sim.round(one)
        assert _marks(one) == before
        drain(sim)
        checks.everything(sim)


def _marks(till: SimTill) -> list[tuple[int, str, int]]:
    with till.open().till.read() as connection:
        return [
            tuple(row)
            for row in connection.exec_driver_sql("SELECT seq, right_id, points FROM right_use ORDER BY 1, 2")
        ]


def test_a_till_comes_back_and_gives_its_own_numbers_again_after_its_day_was_complete() -> None:
    """What it sells since then is no part of the day, though its numbers are lower than the day's end had."""
    with quietly(), started(14, Profile(tills=2, troubles=frozenset({"days"}))) as sim:
        one = sim.tills[0]
        one.back_up(sim.folder / "backup")
        cashier.sell(sim, one)
        sim.time.forward(timedelta(days=1))
        sim.round(one)
        ground.close_days(sim, one)
        assert sim.round(one) is not None
        disasters.restore_till(sim, one, one.backups[0], Restore.DATABASES)
        cashier.sell(sim, one)
        checks.complete_days_are(sim)
        assert sim.met["day complete on the way"]
