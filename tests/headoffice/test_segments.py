"""Segments set by several at once: none is lost, and one holds just the members of one list."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_member.domain import codec
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member
from pos_member.headoffice import leases, segments
from pos_member.headoffice.database import open_database
from pos_member.headoffice.jobs import JobStopped, Watch
from pos_member.headoffice.portable import Database
from pos_member.headoffice.units import Units
from tests.db_support import SetClock
from tests.headoffice.office_support import CLOCK, MEMBERS, database_url, rows, seed

ROUNDS = 8


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(database_url(tmp_path))
    seed(made)
    yield made
    made.close()


def held(database: Database) -> dict[str, tuple[str, ...]]:
    found = [codec.from_bytes(Member, row.body.encode()) for row in rows(database, "member")]
    return {member.id: member.segments for member in found}


def both_at_once(database: Database, *runs: tuple[str, list[str]]) -> list[Reason]:
    """Each run on a thread of its own, all begun together. Returns why some were turned away."""
    start = threading.Barrier(len(runs))
    failures: list[BaseException] = []
    refusals: list[Reason] = []

    def run(code: str, numbers: list[str]) -> None:
        start.wait(60)
        try:
            segments.set_segment(Units(database), code, numbers, CLOCK)
        except Refusal as refused:
            refusals.append(refused.reason)
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=run, args=each) for each in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    return refusals


def test_two_segments_at_once_are_both_there(database: Database) -> None:
    for n in range(ROUNDS):
        assert both_at_once(database, (f"a{n}", [MEMBERS[0].number]), (f"b{n}", [MEMBERS[0].number])) == []
    assert held(database)[MEMBERS[0].id] == tuple(sorted(f"{which}{n}" for which in "ab" for n in range(ROUNDS)))


def test_one_segment_set_twice_at_once_is_one_of_both_lists(database: Database) -> None:
    for n in range(ROUNDS):
        code = f"vip{n}"
        turned_away = both_at_once(database, (code, [MEMBERS[0].number]), (code, [MEMBERS[1].number]))
        assert turned_away in ([], [Reason.JOB_RUNS])
        holders = {member_id for member_id, codes in held(database).items() if code in codes}
        assert holders in ({MEMBERS[0].id}, {MEMBERS[1].id})


def test_a_long_list_goes_in_parts_and_goes_on_where_it_was_stopped(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "_MEMBERS", 2)
    numbers = [each.number for each in MEMBERS]
    with pytest.raises(JobStopped):
        segments.set_segment(Units(database), "vip", numbers, CLOCK, Watch(stopped=lambda: True))
    assert sum("vip" in codes for codes in held(database).values()) == 2
    told: list[int] = []
    done = segments.set_segment(Units(database), "vip", [*numbers, "0"], CLOCK, Watch(told.append))
    assert (done, told) == (segments.SegmentSet(len(MEMBERS), len(MEMBERS) - 2, 0, 1), [2, 4, 5])
    assert len([row for row in rows(database, "outgoing") if row.entity == "member" and "vip" in row.body]) == 5
    gone = segments.set_segment(Units(database), "vip", [], CLOCK)
    assert (gone.members, gone.removed) == (0, 5)


def test_a_run_that_was_killed_keeps_others_out_for_two_minutes_and_one_that_lost_its_lease_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "_MEMBERS", 2)
    clock = SetClock(CLOCK.now())
    with database.write() as connection:
        assert leases.take(connection, "segment:vip", "killed", clock.now(), leases.JOB_LASTS)
    numbers = [each.number for each in MEMBERS]
    with pytest.raises(Refusal) as caught:
        segments.set_segment(Units(database), "vip", numbers, clock)
    assert caught.value.reason is Reason.JOB_RUNS
    clock.forward(2 * leases.JOB_LASTS)

    def stood_still(_done: int) -> None:
        clock.forward(2 * leases.JOB_LASTS)
        with database.write() as connection:
            leases.take(connection, "segment:vip", "another", clock.now(), leases.JOB_LASTS)

    with pytest.raises(JobStopped):
        segments.set_segment(Units(database), "vip", numbers, clock, Watch(stood_still))
    assert sum("vip" in codes for codes in held(database).values()) == 2
