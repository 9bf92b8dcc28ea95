"""The stamper: no gap, no number twice, no telling out of order, whoever dies or takes over."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from pos_member.headoffice import feed, leases, schema, times
from pos_member.headoffice.feed import Draft
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.stamper import LEASE, LEASE_LASTS, Stamper
from pos_member.headoffice.stamping import StamperThread
from pos_member.headoffice.steps import no_step
from pos_member.headoffice.units import Units
from tests.headoffice.office_support import CLOCK, open_office, rows
from tests.headoffice.raw_till import Crash, assert_gap_free, crash_at, worker


@pytest.fixture
def office(tmp_path: Path) -> Iterator[HeadOffice]:
    made = open_office(tmp_path)
    made.stamp()
    yield made
    made.database.close()


def write(database: Database, *names: str, at: str = "") -> None:
    with database.write() as connection:
        feed.publish(connection, [Draft("notice", name, {"text": name}, shard=name[:1]) for name in names], at)


def told(database: Database) -> list[str]:
    listed = sorted(rows(database, "feed"), key=lambda row: row.publish_no)
    return [row.id for row in listed if row.entity == "notice"]


@pytest.mark.parametrize("distributed", [False, True])
def test_a_crash_anywhere_leaves_no_gap_and_numbers_nothing_twice(
    office: HeadOffice, tmp_path: Path, distributed: bool
) -> None:
    names = [f"{shard}{n}" for n in range(3) for shard in "abc"]
    passed: Counter[str] = Counter()
    units = Units(office.database, distributed=distributed)
    write(office.database, *names)
    Stamper(units, "calm", step=lambda step: passed.update([step])).run(CLOCK.now())
    written, now = len(names), CLOCK.now() + LEASE_LASTS + timedelta(seconds=1)
    assert told(office.database) == names and set(passed) == {"stamping", "numbered", "clearing", "stamped"}
    for step, turns in sorted(passed.items()):
        for turn in range(1, turns + 1):
            write(office.database, *names)
            with pytest.raises(Crash):
                Stamper(units, f"{step}{turn}", step=crash_at(step, turn)).run(now)
            now += LEASE_LASTS + timedelta(seconds=1)
            Stamper(units, "next", step=no_step).run(now)
            now += LEASE_LASTS + timedelta(seconds=1)
            written += len(names)
            assert len(told(office.database)) == written, f"after {step}, turn {turn}"
            assert_gap_free(office.database)


@pytest.mark.parametrize("distributed", [False, True])
@pytest.mark.parametrize("batch", [1, 2, 7])
def test_small_batches_and_borders_of_segments_lose_nothing(office: HeadOffice, batch: int, distributed: bool) -> None:
    stamper = Stamper(Units(office.database, distributed=distributed), "s", batch=batch)
    for _ in range(3):
        write(office.database, *"abcde")
    assert stamper.run(CLOCK.now()) == 15
    assert_gap_free(office.database)
    many = [f"{n:05d}" for n in range(1_100)]
    write(office.database, *many)
    Stamper(Units(office.database, distributed=distributed), "s").run(CLOCK.now())
    assert told(office.database)[15:] == many
    assert_gap_free(office.database)
    assert {row.segment for row in rows(office.database, "feed")} == {0, 1}


@pytest.mark.parametrize("batch", [1, 2, 10])
def test_of_one_thing_the_earlier_telling_goes_first_whatever_the_clocks_say(office: HeadOffice, batch: int) -> None:
    """The worker that wrote second has a clock that is slow by an hour."""
    slow = times.stored(CLOCK.now() - timedelta(hours=1))
    write(office.database, "a", "b", at=times.stored(CLOCK.now()))
    write(office.database, "a", at=slow)
    write(office.database, "a", "b", at=slow)
    Stamper(Units(office.database), "s", batch=batch).run(CLOCK.now())
    assert Counter(told(office.database)) == {"a": 3, "b": 2}
    assert_gap_free(office.database)


def test_of_many_threads_that_find_the_same_changes_one_numbers_them(office: HeadOffice) -> None:
    write(office.database, "a", "b")
    numbered, all_asked = Counter[str](), threading.Semaphore(0)

    def step(name: str) -> None:
        numbered.update([name])
        if name == "stamping" and numbered[name] == 1:
            assert all(all_asked.acquire(timeout=60) for _ in range(8))

    class Asked(Stamper):
        def _wanted(self, now: datetime) -> bool:
            wanted = super()._wanted(now)
            all_asked.release()
            return wanted

    stamper = Asked(Units(office.database), "s", step=step)
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda _: stamper.run(CLOCK.now()), range(8))) == 2
    assert numbered["stamping"] == 1 and told(office.database) == ["a", "b"]
    assert_gap_free(office.database)


def test_only_the_holder_of_the_lease_numbers_and_another_takes_over_when_it_runs_out(office: HeadOffice) -> None:
    units = Units(office.database)
    first, second = Stamper(units, "first"), Stamper(units, "second")
    assert first.hold(CLOCK.now()) and not second.hold(CLOCK.now())
    write(office.database, "a")
    assert second.run(CLOCK.now() + LEASE_LASTS) == 0
    assert first.run(CLOCK.now()) == 1
    write(office.database, "b")
    after = CLOCK.now() + LEASE_LASTS + timedelta(seconds=1)
    assert second.hold(after) and not first.hold(after)
    assert (first.run(after), second.run(after)) == (0, 1)
    second.give_up()
    assert first.hold(after)


def test_a_lease_of_a_clock_that_ran_years_ahead_holds_nobody_up(office: HeadOffice) -> None:
    units = Units(office.database)
    assert Stamper(units, "wrong").hold(CLOCK.now() + timedelta(days=2_000))
    assert Stamper(units, "right").hold(CLOCK.now())


def test_two_who_think_they_hold_the_lease_cannot_both_give_a_number(office: HeadOffice, tmp_path: Path) -> None:
    """The first is held up right before it writes its numbers; the second takes over, then the first goes on."""
    other = worker(tmp_path, distributed=True)
    write(office.database, "a", "b")
    late = CLOCK.now() + LEASE_LASTS + timedelta(seconds=1)
    honest, done = Stamper._waiting, []

    def overtaken(connection: object, limit: int) -> object:
        found = honest(connection, limit)  # type: ignore[arg-type]
        if not done:
            done.append(True)
            assert other.stamper.run(late) == 2
        return found

    slow = Stamper(Units(office.database, distributed=True), "slow")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stamper, "_waiting", staticmethod(overtaken))
        assert slow.run(CLOCK.now()) == 0
    assert told(office.database) == ["a", "b"]
    assert_gap_free(office.database)
    other.database.close()


def test_a_naive_order_would_skip_what_this_does_not(office: HeadOffice) -> None:
    """What was written earlier and is seen later gets the later number: a cursor that has passed misses nothing."""
    write(office.database, "seen", at=times.stored(CLOCK.now()))
    office.stamp()
    with office.database.read() as connection:
        cursor = feed.horizon(connection)
    write(office.database, "late", at=times.stored(CLOCK.now() - timedelta(minutes=5)))
    office.stamp()
    beyond = [row.id for row in rows(office.database, "feed") if row.publish_no > cursor]
    assert beyond == ["late"]  # by the time of writing it would lie before "seen", behind the cursor


def test_every_batch_has_a_mark_of_its_own(office: HeadOffice) -> None:
    write(office.database, "a", "b")
    office.stamp()
    write(office.database, "c")
    office.stamp()
    marks = {row.id: row.mark for row in rows(office.database, "feed")}
    assert marks["a"] == marks["b"] != marks["c"] and all(marks.values())
    with office.database.read() as connection:
        newest = feed.horizon(connection)
        assert (feed.mark_at(connection, newest), feed.mark_at(connection, 0)) == (marks["c"], "")


def test_a_thread_numbers_what_others_write(office: HeadOffice, tmp_path: Path) -> None:
    stamped = threading.Event()
    at_work = worker(tmp_path, lambda step: stamped.set() if step == "stamped" else None)
    thread = StamperThread(at_work)
    thread.start()
    try:
        write(office.database, "a")
        thread.wake()
        assert stamped.wait(60)
    finally:
        thread.stop()
    with office.database.read() as connection:
        assert not leases.seen_with_another(connection, LEASE, "x", CLOCK.now(), LEASE_LASTS)
    assert told(office.database) == ["a"]
    at_work.database.close()


def test_what_was_numbered_and_not_cleared_is_found_by_the_head(office: HeadOffice) -> None:
    """As a crash between the numbers and the head leaves it: the next run goes on from there."""
    write(office.database, "a")
    (waiting,) = rows(office.database, "outgoing")
    with office.database.write() as connection:
        newest = feed.horizon(connection) + 1
        row = {name: value for name, value in waiting._mapping.items() if name not in ("at", "place")}
        placed = {"segment": feed.segment_of(newest), "publish_no": newest, "mark": "m"}
        connection.execute(insert(schema.feed), [row | placed])
    Stamper(Units(office.database, distributed=True), "s").run(CLOCK.now())
    assert told(office.database) == ["a"]
    assert_gap_free(office.database)
