"""Head office's own clock is years off: nothing is ended by it, and the daily work goes on when it is right again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from pos_member.domain.clock import Clock
from pos_member.domain.events import EventKind
from pos_member.headoffice import daily, rechecking, schema
from pos_member.headoffice.daily import DailyWork
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from tests.db_support import SetClock
from tests.headoffice.office_support import CLOCK, LOT, new_id, rows
from tests.headoffice.program_facts import TILLS, empty_office, rich_bill, take_in
from tests.headoffice.raw_till import RawTill
from tests.headoffice.shard_work import hello
from tests.headoffice.test_program_facts import account
from tests.log_watch import ExpectLog

HELD = {LOT.isoformat(): 120}
YEARS = timedelta(days=5 * 365)
#: What a till's own clock says all the while.
TRUE = CLOCK.now()


class Shop:
    """Head office that worked yesterday, with points in a lot, and a till whose clock is right."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, SetClock(TRUE)
        self.office = HeadOffice(database, self.clock, new_id)
        self.work = DailyWork(self.office)
        take_in(database, [(TILLS[0], EventKind.BILL_COMPLETED, rich_bill(TILLS[0], 1))])
        self.till = RawTill(database, TILLS[1])
        assert self.work.run_if_due()

    def lots(self) -> object:
        return json.loads(account(self.database).buckets)

    def heard(self, at: datetime) -> None:
        """The till says hello while its own clock is at ``at``."""
        hello(self.office, self.till, at=at)

    def last_run(self) -> str:
        return str(next(row.value for row in rows(self.database, "setting") if row.name == daily.LAST_RUN))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with empty_office(tmp_path) as database:
        yield Shop(database)


def test_a_clock_years_ahead_ends_no_points_and_the_next_right_day_is_worked(
    shop: Shop, expected_logs: ExpectLog
) -> None:
    expected_logs("the daily work waits: the clock leapt")
    shop.clock.at = TRUE + YEARS
    assert not shop.work.run_if_due(), "nobody was heard yet"
    shop.heard(TRUE)
    assert not shop.work.run_if_due(), "the till has another time"
    assert shop.lots() == HELD
    shop.clock.at = TRUE + timedelta(days=1)
    assert shop.work.run_if_due()
    assert shop.lots() == HELD


def test_a_clock_years_behind_does_no_work_and_the_next_right_day_is_worked(
    shop: Shop, expected_logs: ExpectLog
) -> None:
    expected_logs("the daily work waits: the clock leapt")
    before = shop.last_run()
    shop.clock.at = TRUE - YEARS
    shop.heard(TRUE)
    assert not shop.work.run_if_due() and shop.last_run() == before
    shop.clock.at = TRUE + timedelta(days=1)
    assert shop.work.run_if_due()


def test_a_head_office_that_was_off_for_long_works_once_a_till_has_the_same_time(
    shop: Shop, expected_logs: ExpectLog
) -> None:
    expected_logs("the daily work waits: the clock leapt")
    shop.clock.at = TRUE + YEARS
    assert not shop.work.run_if_due()
    shop.heard(TRUE + YEARS)
    assert shop.work.run_if_due()
    assert shop.lots() == {}, "the lot has ended indeed"


def test_after_a_run_by_a_clock_ahead_the_work_is_taken_up_again_with_every_bill(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    since: list[datetime] = []
    work_of = rechecking.recheck_bills

    def noted(*args: Any, received_since: datetime, **more: Any) -> Any:
        since.append(received_since)
        return work_of(*args, received_since=received_since, **more)

    monkeypatch.setattr(rechecking, "recheck_bills", noted)
    with shop.database.write() as connection:
        mark = update(schema.setting).where(schema.setting.c.name == daily.LAST_RUN)
        connection.execute(mark.values(value=(TRUE + YEARS).strftime("%Y-%m-%dT%H:%M:%S.%fZ")))
    shop.clock.at = TRUE + timedelta(days=1)
    shop.heard(shop.clock.at)
    assert shop.work.run_if_due() and not shop.work.run_if_due()
    assert since == [daily._NEVER]
    assert shop.last_run().startswith(shop.clock.at.strftime("%Y-%m-%d"))


def test_a_shop_without_tills_in_use_has_nobody_to_ask(shop: Shop) -> None:
    with shop.database.write() as connection:
        connection.execute(update(schema.till).values(revoked=True))
    shop.clock.at = TRUE + YEARS
    assert shop.work.run_if_due()


def test_the_step_back_over_midnight_is_no_new_day(shop: Shop) -> None:
    clock: Clock = shop.clock
    shop.clock.at = clock.now() - timedelta(hours=20)
    assert not shop.work.run_if_due()
