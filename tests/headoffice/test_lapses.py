"""Bills that took what inactivity had ended, of tills that knew nothing of one another: the run puts it right."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pos_member.domain.bill import Bill
from pos_member.domain.events import EventKind
from pos_member.domain.lapses import lapse_entries
from pos_member.domain.ledger import EntryContext
from pos_member.domain.org import Currency, PointsExpiry, Settings
from pos_member.domain.points import Account, PointKind
from pos_member.headoffice import expiring
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.jobs import OFFICE
from pos_member.headoffice.portable import Database
from tests.headoffice.office_support import COMPANY, MEMBERS, make_bill, new_id, open_exceptions, rows
from tests.headoffice.program_facts import TILLS, TODAY, empty_office, later
from tests.headoffice.test_program_facts import account

OWN = replace(
    Settings(),
    points_expiry=PointsExpiry.INACTIVITY,
    points_expiry_months=1,
    currencies=(Currency("cup", "แก้ว", "Cup", PointsExpiry.INACTIVITY, 1),),
)
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 5, tzinfo=UTC)
AWAY = 33
WHO = MEMBERS[0]
_numbers = itertools.count(1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with empty_office(tmp_path) as made:
        with made.write() as connection:
            import_catalogue(connection, (replace(COMPANY, settings=OWN),))
        yield made


def _bill(till: int, day: int, points: int, seen: int = 0, last: date | None = None) -> Bill:
    """A bill of ``points`` and as many stamps; its till saw ``seen`` of each, and the last visit on ``last``."""
    at = NOON + timedelta(days=day, hours=till)
    made = make_bill(TILLS[till], next(_numbers), member=WHO, points=points, redeem=0)
    within = EntryContext(WHO.id, made.id, "staff", TILLS[till].id, at, at.date(), new_id)
    lots = {None: seen} if seen else {}
    held = Account(WHO.id, lots, None, 0, 0, 0, last, wallets={"cup": lots})
    earned = [within.entry(PointKind.EARN, points, None, currency=currency) for currency in ("", "cup")]
    entries = (*lapse_entries(held, at.date(), within, OWN), *earned)
    return replace(made, opened_at=at, completed_at=at, business_date=at.date(), point_entries=entries)


def _take_in(database: Database, bills: Sequence[Bill]) -> None:
    tills = {till.id: till for till in TILLS}
    for bill in bills:
        later(database, (tills[bill.till_id], EventKind.BILL_COMPLETED, bill), next(_numbers), bill.business_date)


def _run(database: Database, day: int) -> tuple[int, int]:
    """Points and stamps that the run took (below zero: gave back)."""
    done = expiring.expire(database, NOON + timedelta(days=day), new_id)
    return done.points, done.stamps


def _held(database: Database) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    row = account(database)
    return json.loads(row.buckets), json.loads(row.wallets)


def _two_tills() -> list[Bill]:
    """100 earned; after the end two tills that are cut off each take the 100 and give 5 and 7."""
    first = _bill(0, 0, 100)
    return [first, _bill(0, AWAY, 5, 100, TODAY), _bill(1, AWAY, 7, 100, TODAY)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_two_cut_off_tills_both_took_it_and_the_run_evens_it_out(database: Database, order: tuple[int, ...]) -> None:
    bills = _two_tills()
    # Each till sends its own bills in their order; which till comes first is chance.
    _take_in(database, [bills[n] for n in order])
    assert _held(database) == ({"": -88}, {"cup": {"": -88}})
    assert _run(database, AWAY + 1) == (-100, -100)
    assert _held(database) == ({"": 12}, {"cup": {"": 12}})
    told = [each for each in rows(database, "feed") if each.entity == "account" and each.id == WHO.id]
    assert json.loads(told[-1].body)["buckets"][0]["points"] == 12
    made = [each for each in rows(database, "point_entry") if each.till_id == OFFICE]
    assert {(each.kind, each.points, each.reverses_id) for each in made} == {
        (PointKind.EXPIRE.value, 100, entry.id) for entry in bills[2].point_entries[:2]
    }
    assert _run(database, AWAY + 2) == (0, 0)
    assert open_exceptions(database) == {}


def test_a_run_before_the_second_till_is_heard_comes_to_the_same(database: Database) -> None:
    first, here, there = _two_tills()
    _take_in(database, [first, there])
    assert _run(database, AWAY + 1) == (0, 0)
    _take_in(database, [here])
    assert _run(database, AWAY + 3) == (-100, -100)
    assert _held(database) == ({"": 12}, {"cup": {"": 12}})


def test_head_office_had_ended_it_already(database: Database) -> None:
    """The till was cut off for longer than the run waits: it took once more what the run had taken."""
    first = _bill(0, 0, 100)
    _take_in(database, [first])
    assert _run(database, 60) == (100, 100)
    _take_in(database, [_bill(1, 61, 7, 100, TODAY)])
    assert _held(database) == ({"": -93}, {"cup": {"": -93}})
    assert _run(database, 62) == (-100, -100)
    assert _held(database) == ({"": 7}, {"cup": {"": 7}})
    assert _run(database, 63) == (0, 0)


def test_a_visit_that_the_till_did_not_know_of_gives_it_all_back(database: Database) -> None:
    bills = [_bill(0, 0, 100), _bill(1, 20, 9), _bill(0, AWAY, 5, 100, TODAY)]
    _take_in(database, bills)
    assert _run(database, AWAY + 1) == (-100, -100)
    assert _held(database) == ({"": 114}, {"cup": {"": 114}})


def test_one_till_alone_needs_nothing(database: Database) -> None:
    _take_in(database, [_bill(0, 0, 100), _bill(0, AWAY, 5, 100, TODAY)])
    assert _held(database) == ({"": 5}, {"cup": {"": 5}})
    assert _run(database, AWAY + 1) == (0, 0)
    assert open_exceptions(database) == {}
    # And the next end is one like any other: a month and the days the run waits.
    assert _run(database, AWAY + 60) == (5, 5)
    assert _run(database, AWAY + 61) == (0, 0)
