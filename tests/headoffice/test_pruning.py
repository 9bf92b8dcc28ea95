"""Pruning: what kept effects from being applied twice goes once nobody can apply them again, and not before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.events import EventKind
from pos_member.headoffice import effects, pruning, settling
from pos_member.headoffice.jobs import JobStopped, Watch
from pos_member.headoffice.online import Online
from pos_member.headoffice.parts import MemberPart, Part
from pos_member.headoffice.pruning import MARGIN, prune_applied
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.settling import Signature
from pos_member.headoffice.world import World
from tests.headoffice.office_support import CLOCK, MEMBERS, new_id, rows
from tests.headoffice.program_facts import TILLS
from tests.headoffice.raw_till import RawTill, worker
from tests.headoffice.shard_recorder import recorded
from tests.log_watch import ExpectLog

both_ways = pytest.mark.parametrize("distributed", [False, True])


def days_later(office: HeadOffice, days: int = 2) -> int:
    """Daily runs, far enough apart. How many rows went."""
    now = CLOCK.now()
    return sum(prune_applied(office.units, now + day * (MARGIN + timedelta(hours=4))) for day in range(days))


def points(office: HeadOffice, place: int) -> int:
    found = [row.buckets for row in rows(office.database, "account") if row.member_id == MEMBERS[place].id]
    (text,) = found
    return int(text.rpartition(":")[2].rstrip("}"))


@both_ways
def test_rows_go_a_day_after_their_effects_were_done(office: HeadOffice, tmp_path: Path, distributed: bool) -> None:
    other = worker(tmp_path, distributed=distributed)
    till = RawTill(office.database, TILLS[0])
    for place in range(3):
        till.sell(MEMBERS[place], 10)
    till.push(other)
    now = CLOCK.now()
    assert prune_applied(other.units, now) == 0
    till.sell(MEMBERS[0], 5)
    till.push(other, 4)
    assert prune_applied(other.units, now + MARGIN / 2) == 0
    assert len(rows(office.database, "applied")) == 4
    assert prune_applied(other.units, now + MARGIN) == 3, "the fourth was not done a day ago"
    assert [(row.member_id, row.seq) for row in rows(office.database, "applied")] == [(MEMBERS[0].id, 4)]
    assert prune_applied(other.units, now + 2 * MARGIN) == 1
    assert {item.status.value for item in till.push(other).items} == {"duplicate"}
    assert (points(office, 0), points(office, 1)) == (15, 10)
    other.database.close()


def test_an_effect_that_waits_keeps_its_rows_and_those_behind_it(office: HeadOffice) -> None:
    """Some of its members may have theirs; and of its till nothing later counts as done."""
    waiting, till = RawTill(office.database, TILLS[0]), RawTill(office.database, TILLS[1])
    for each in (waiting, till):
        each.sell(MEMBERS[0], 10)
        each.sell(MEMBERS[0], 10)
        each.push(office)
    with office.database.write() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO effect VALUES ('{waiting.identity.id}', 1, 1, '2026-01-01T00:00:00.000000Z', false)"
        )
    assert days_later(office) == 2
    assert {row.till_id for row in rows(office.database, "applied")} == {waiting.identity.id}
    office.settle_effects()
    assert points(office, 0) == 40, "told twice, applied once"


@both_ways
def test_a_worker_that_read_effects_long_ago_does_not_apply_them_again(
    office: HeadOffice, tmp_path: Path, distributed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands still between reading and writing; others apply, and days later the rows are gone."""
    slow, till = worker(tmp_path, distributed=distributed), RawTill(office.database, TILLS[0])
    till.sell(MEMBERS[0], 10)
    read, gone = effects._read, []

    def then_stand_still(*asked: Any) -> Sequence[Any]:
        monkeypatch.setattr(effects, "_read", read)
        told = read(*asked)
        office.settle_effects()
        gone.append(days_later(office))
        return told

    monkeypatch.setattr(effects, "_read", then_stand_still)
    till.push(slow)
    assert gone == [1] and points(office, 0) == 10
    slow.database.close()


def test_what_was_set_aside_half_applied_is_applied_once_when_it_is_taken_in_again(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    apart, till = worker(tmp_path, distributed=True), RawTill(office.database, TILLS[0])
    first, second = sorted(MEMBERS[:2], key=lambda member: member.id)
    till.sell(first, 10, brought_by=second)
    apply = World.apply

    def fail(self: World, part: Part) -> bool:
        if isinstance(part, MemberPart) and part.member_id == second.id:
            raise ValueError("planted")
        return apply(self, part)

    expected_logs("does not apply")
    with monkeypatch.context() as planted:
        planted.setattr(World, "apply", fail)
        till.push(apart)
    assert len(rows(office.database, "quarantine")) == 1
    assert days_later(apart) == 0, "it may be taken in again"
    with office.database.write() as connection:
        by = Signature(new_id(), "som", "fixed", CLOCK.now())
        assert settling.reapply(connection, till.identity.id, 1_000_000, by) == (1, 0)
    apart.settle_effects()
    assert [(row.member_id, row.points) for row in rows(office.database, "point_entry")] == [
        (first.id, 10),
        (second.id, 1),
    ]
    assert days_later(apart) == 2
    apart.database.close()


@both_ways
def test_stopped_or_killed_in_its_midst_it_goes_on_the_next_time(
    office: HeadOffice, tmp_path: Path, distributed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "_ROWS", 2)
    other, till = worker(tmp_path, distributed=distributed), RawTill(office.database, TILLS[0])
    for place in range(5):
        till.sell(MEMBERS[place], 10)
    till.push(other)
    now = CLOCK.now()
    prune_applied(other.units, now)
    with pytest.raises(JobStopped):
        prune_applied(other.units, now + MARGIN, Watch(stopped=lambda: True))
    assert len(rows(office.database, "applied")) == 3
    with recorded(other.database.engine) as recorder:
        assert prune_applied(other.units, now + MARGIN) == 3
    assert "applied" in recorder.tables()
    if distributed:
        assert not recorder.faults
    other.database.close()


def test_of_a_till_with_much_in_quarantine_nothing_goes_from_there_on(
    office: HeadOffice, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    monkeypatch.setattr(pruning, "_HELD_MAX", 1)
    till = RawTill(office.database, TILLS[0])
    till.sell(MEMBERS[0], 10)
    for _ in range(2):
        till.add_bytes(EventKind.BILL_COMPLETED, b"{}", new_id())
    till.sell(MEMBERS[0], 10)
    till.push(office)
    assert len(rows(office.database, "quarantine")) == 2
    assert days_later(office) == 1
    assert [row.seq for row in rows(office.database, "applied")] == [4]


def test_a_clock_that_was_set_back_begins_anew(office: HeadOffice) -> None:
    till = RawTill(office.database, TILLS[0])
    till.sell(MEMBERS[0], 10)
    till.push(office)
    now = CLOCK.now()
    prune_applied(office.units, now + timedelta(days=4_000))
    assert prune_applied(office.units, now) == 0, "a mark of the future says nothing"
    assert prune_applied(office.units, now + MARGIN) == 1


def test_online_a_till_is_still_told_which_of_its_sales_the_figures_include(office: HeadOffice) -> None:
    """Else it would count them on top of the figures once more."""
    till = RawTill(office.database, TILLS[0])
    till.sell(MEMBERS[0], 10)
    till.push(office)

    def told() -> dict[str, str]:
        answer = Online(office).members(till.identity.id, phone=MEMBERS[0].phone)
        (change,) = [change for change in answer.changes if change.entity == "account"]
        return dict(change.seen)

    assert told() == {till.identity.id: "1.1"}
    assert days_later(office) == 1
    assert told() == {till.identity.id: "1.1"}
