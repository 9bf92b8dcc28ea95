"""Revisions are forgotten once they order nothing any more: nothing is told twice, late, or not at all for that."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select, update

from pos_member.domain.codes import make_coupon_code
from pos_member.headoffice import pruning_revisions, schema, times
from pos_member.headoffice.daily import DailyWork
from pos_member.headoffice.feed import Draft, publish
from pos_member.headoffice.jobs import JobStopped, Watch
from pos_member.headoffice.outgoing import lock_revisions
from pos_member.headoffice.pruning_revisions import prune_revisions
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.units import Units
from tests.headoffice.office_support import CLOCK, MEMBERS, make_coupon, rows, use
from tests.headoffice.program_facts import TILLS
from tests.headoffice.raw_till import RawTill, assert_gap_free, worker
from tests.headoffice.shard_recorder import recorded
from tests.headoffice.until import WITHIN_S, somebody_waits, until

both_ways = pytest.mark.parametrize("distributed", [False, True])
CODE = make_coupon_code(lambda below: below // 3)


@pytest.fixture
def office(office: HeadOffice) -> HeadOffice:
    """All there is has its number."""
    office.stamp()
    return office


def tell(office: HeadOffice, *words: str) -> None:
    """One thing, told again and again."""
    with office.database.write() as connection:
        publish(connection, [Draft("brand", "b1", {"id": "b1", "word": word}) for word in words])


def told(office: HeadOffice) -> list[str]:
    found = [row for row in rows(office.database, "feed") if row.id == "b1"]
    return [json.loads(row.body)["word"] for row in sorted(found, key=lambda row: row.publish_no)]


def revisions(office: HeadOffice) -> set[str]:
    return {row.id for row in rows(office.database, "revision")}


@both_ways
def test_what_was_told_is_forgotten_and_what_waits_is_not(
    office: HeadOffice, tmp_path: Path, distributed: bool
) -> None:
    at_work = worker(tmp_path, distributed=distributed)
    tell(office, "one")
    assert {"b1", MEMBERS[0].id} <= revisions(office)
    with recorded(at_work.database.engine) as recorder:
        gone = prune_revisions(at_work.units)
    assert revisions(office) == {"b1"} and gone >= len(MEMBERS)
    assert not distributed or recorder.faults == []
    at_work.stamp()
    assert (prune_revisions(at_work.units), revisions(office)) == (1, set())
    tell(office, "two", "three")
    assert [row.n for row in rows(office.database, "outgoing")] == [1, 2]
    at_work.stamp()
    assert told(office) == ["one", "two", "three"]
    assert_gap_free(office.database, forgotten=True)
    at_work.database.close()


@both_ways
def test_told_and_forgotten_in_any_order_nothing_is_lost_or_turned_round(
    office: HeadOffice, tmp_path: Path, distributed: bool
) -> None:
    """The stamper dies wherever it can; clocks of workers differ."""
    dice, expected, dying = random.Random(3), list[str](), [False]

    class Died(Exception):
        pass

    def step(name: str) -> None:
        if dying[0] and name in ("numbered", "clearing", "stamping") and dice.random() < 0.3:
            raise Died

    at_work = worker(tmp_path, distributed=distributed, step=step)
    crashed = 0
    for n in range(150):
        act = dice.choice(("tell", "tell", "stamp", "forget"))
        if act == "tell":
            expected.append(str(n))
            tell(office, str(n))
        elif act == "forget":
            prune_revisions(at_work.units)
        else:
            dying[0] = True
            try:
                at_work.stamp()
            except Died:
                crashed += 1
            dying[0] = False
    at_work.stamp()
    assert told(office) == expected and crashed > 5
    assert prune_revisions(at_work.units) <= 1
    assert_gap_free(office.database, forgotten=True)
    at_work.database.close()


def test_what_is_numbered_and_not_cleared_keeps_every_revision(office: HeadOffice, tmp_path: Path) -> None:
    """A run that broke off is made good by the keys of what it numbered: none of them may be given anew before."""
    at_work = worker(tmp_path, distributed=True)
    with office.database.write() as connection:
        connection.execute(update(schema.feed_head).values(cleared_no=schema.feed_head.c.publish_no - 1))
    before = revisions(office)
    assert (prune_revisions(at_work.units), revisions(office)) == (0, before)
    tell(office, "one")
    at_work.stamp()
    assert prune_revisions(at_work.units) == len(before) + 1
    at_work.database.close()


@both_ways
def test_a_coupon_keeps_what_it_includes_until_the_feed_says_so(
    office: HeadOffice, tmp_path: Path, distributed: bool
) -> None:
    at_work = worker(tmp_path, distributed=distributed)
    till, other = RawTill(office.database, TILLS[0]), RawTill(office.database, TILLS[1])
    till.sell(MEMBERS[0], 5, coupons_issued=(make_coupon(till.identity, CODE),))
    till.push(at_work)
    other.sell(MEMBERS[1], 5, coupons_used=(use(CODE),))
    other.push(at_work)
    (held,) = [row for row in rows(office.database, "revision") if row.id == CODE]
    assert json.loads(held.seen) != {}
    key = {"till_id": other.identity.id, "epoch": 1, "seq": 1, "at": times.stored(CLOCK.now()), "late": False}
    with office.database.write() as connection:
        connection.execute(schema.effect.insert().values(**key))  # another part of that sale waits
    prune_revisions(at_work.units)
    assert CODE in revisions(office)
    with office.database.write() as connection:
        connection.execute(schema.effect.delete())
    prune_revisions(at_work.units)
    assert CODE not in revisions(office)
    page = at_work.pull(other.identity.id, 0, 1_000)
    assert page.included_seq == 1
    at_work.database.close()


def test_it_goes_in_parts_and_is_done_once_a_day(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning_revisions, "_ROWS", 3)
    count = len(revisions(office))
    assert count > 6
    with pytest.raises(JobStopped):
        prune_revisions(office.units, Watch(stopped=lambda: True))
    assert len(revisions(office)) == count - 3
    assert DailyWork(office).run_if_due()
    assert revisions(office) == set()


@both_ways
def test_a_run_that_slept_forgets_nothing_that_was_told_anew(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, distributed: bool
) -> None:
    """While it slept another run took the row out, and the thing was told again: the row looks as it did before."""
    tell(office, "one")
    office.stamp()
    at_work, waiting, slept = worker(tmp_path, distributed=distributed), pruning_revisions._waiting, list[bool]()

    def sleeps(connection: Connection, rows: Sequence[Any]) -> set[Any]:
        found = waiting(connection, rows)
        if not slept:
            slept.append(True)
            assert prune_revisions(office.units) > 0
            tell(office, "two")
        return found

    monkeypatch.setattr(pruning_revisions, "_waiting", sleeps)
    prune_revisions(at_work.units)
    tell(office, "three")
    office.stamp()
    assert told(office) == ["one", "two", "three"]
    assert_gap_free(office.database, forgotten=True)
    at_work.database.close()


@pytest.mark.one_database("rows are locked one by one there, not the whole file", on="postgresql")
def test_a_thing_that_is_forgotten_while_it_is_told_is_told(
    office: HeadOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is there when it is asked for, and gone when it is locked."""
    tell(office, "one")
    office.stamp()
    key = ("reference", "brand", "b1")
    take_out, telling = pruning_revisions._take_out, list[Future[object]]()

    def lock() -> object:
        with office.database.write() as connection:
            return lock_revisions(connection, [key])

    def told_meanwhile(connection: Connection, found: Sequence[Row[Any]]) -> int:
        gone = take_out(connection, found)
        telling.append(pool.submit(lock))
        until(lambda: somebody_waits(office.database))
        return gone

    monkeypatch.setattr(pruning_revisions, "_take_out", told_meanwhile)
    with ThreadPoolExecutor(1) as pool:
        assert prune_revisions(Units(office.database)) > 0
        assert telling[0].result(WITHIN_S) == {key: (0, "{}")}
    with office.database.read() as connection:
        assert connection.execute(select(schema.revision.c.n)).scalars().all() == [0]
