"""What programs make of bills and returns arrives at head office, once and in whatever order."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import Basis
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind
from pos_member.domain.points import PointKind
from pos_member.domain.program import Effect, EffectKind, Limits, Program
from pos_member.domain.tally import TallyKind
from pos_member.headoffice.console.cases import read_cases
from pos_member.headoffice.importing import import_catalogue
from tests.headoffice.office_support import LOT, MEMBERS, make_return, open_exceptions, rows
from tests.headoffice.program_facts import (
    CODE_ONCE,
    CODE_TWICE,
    MONTH,
    TILLS,
    TODAY,
    Event,
    act_of,
    empty_office,
    entry,
    later,
    rich_bill,
    rich_return,
    state,
    story,
    take_in,
    tally,
)

SOLD, BACK = EventKind.BILL_COMPLETED, EventKind.BILL_RETURNED


def account(database: Any, member: int = 0) -> Any:
    (row,) = [row for row in rows(database, "account") if row.member_id == MEMBERS[member].id]
    return row


def test_a_bill_moves_every_figure(tmp_path: Path) -> None:
    with empty_office(tmp_path) as database:
        take_in(database, [(TILLS[0], SOLD, rich_bill(TILLS[0], 1))])
        row = account(database)
        assert json.loads(row.buckets) == {LOT.isoformat(): 120}
        assert json.loads(row.pending) == {f"{LOT.isoformat()}|{LOT.isoformat()}": 20}
        assert json.loads(row.wallets) == {"cup": {LOT.isoformat(): 3}}
        assert json.loads(row.months) == {MONTH: {"points": 100, "spend_satang": 40_000, "visits": 1}}
        assert json.loads(row.counts) == {
            f"times|earn|{TODAY.isoformat()}": 1,  # the sum of 2001 no longer matters
            f"progress|mission|{MONTH}": 40_000,
            "entries|draw|": 4,
        }
        assert (row.qualifying, row.visits) == (100, 1)
        friend = account(database, 3)
        assert (json.loads(friend.buckets), friend.visits, friend.months) == ({LOT.isoformat(): 50}, 0, "{}")
        feed = [row for row in rows(database, "feed") if row.entity == "account" and row.id == MEMBERS[0].id]
        told = json.loads(feed[-1].body)
        assert told["wallets"] == {"cup": [{"bucket": LOT.isoformat(), "points": 3}]}
        assert told["pending"] == [{"bucket": LOT.isoformat(), "first": LOT.isoformat(), "points": 20}]


def test_a_complete_return_takes_all_back(tmp_path: Path) -> None:
    bill = rich_bill(TILLS[0], 1)
    with empty_office(tmp_path) as database:
        take_in(database, [(TILLS[0], SOLD, bill), (TILLS[0], BACK, rich_return(bill, TILLS[0]))])
        row = account(database)
        assert (row.buckets, row.pending, row.months, row.counts) == ("{}", "{}", "{}", "{}")
        assert json.loads(row.wallets) == {"cup": {LOT.isoformat(): 1}}
        assert json.loads(row.owed_stamps) == {"cup": 1}
        assert (row.visits, row.qualifying, row.owed) == (0, 0, 0)
        assert account(database, 3).buckets == "{}"
        quota = [(row.used_times, row.used_satang) for row in rows(database, "quota")]
        assert quota == [(0, 0)]
        assert all(row.state != "open" or row.kind != "overdraft" for row in rows(database, "exception"))


def test_points_of_referring_may_go_below_zero_without_a_case(tmp_path: Path) -> None:
    bill = rich_bill(TILLS[0], 1)
    spent = replace(rich_bill(TILLS[1], 1, member=3), point_entries=(entry(TILLS[1], 3, PointKind.REDEEM, -50, None),))
    spent = replace(spent, basis=None, tallies=())
    with empty_office(tmp_path) as database:
        take_in(database, [(TILLS[0], SOLD, bill), (TILLS[1], SOLD, spent)])
        take_in_more = rich_return(bill, TILLS[0])
        later(database, (TILLS[0], BACK, take_in_more), 2)
        assert json.loads(account(database, 3).buckets) == {LOT.isoformat(): -50}
        assert ("overdraft", MEMBERS[3].id) not in open_exceptions(database)


def strangers_points() -> list[Any]:
    till = TILLS[0]
    bill = rich_bill(till, 1)
    stolen = entry(till, 3, PointKind.REDEEM, -50, bill.id)
    document = rich_return(bill, till)
    return [
        (SOLD, replace(bill, basis=None)),
        (SOLD, replace(bill, basis=Basis("digest", referred_by=MEMBERS[2].id))),
        (SOLD, replace(bill, point_entries=(stolen,))),
        (SOLD, replace(bill, member_id=None, tallies=())),
        (SOLD, replace(bill, tallies=(tally(TallyKind.TIMES, "earn", 1, 3),))),
        (SOLD, replace(bill, tallies=(tally(TallyKind.TOTAL, "limited", 1, 0),))),
        (SOLD, replace(bill, tallies=(tally(TallyKind.TIMES, "a|b", 1, 0),))),
        (SOLD, replace(bill, tallies=(tally(TallyKind.TIMES, "earn", 10**14, 0),))),
        (BACK, replace(document, complete=False)),
        (BACK, make_return(till, bill, point_entries=(entry(till, 3, PointKind.REVERSE, -5, bill.id),))),
    ]


@pytest.mark.parametrize("n", range(10))
def test_a_bill_that_touches_strangers_is_refused(n: int) -> None:
    kind, payload = strangers_points()[n]
    with pytest.raises(Refusal) as caught:
        act_of((TILLS[0], kind, payload), 1)
    assert caught.value.reason is Reason.PAYLOAD_INVALID


def test_a_code_of_two_uses_is_a_case_from_the_third_on(tmp_path: Path) -> None:
    parts = story()
    with empty_office(tmp_path) as database:
        take_in(database, [parts[1][0], *parts[0][1:3]])
        (coupon,) = [row for row in rows(database, "coupon") if row.code == CODE_TWICE]
        assert (coupon.state, json.loads(coupon.body)["uses"]) == ("redeemed", 2)
        assert ("coupon_twice", CODE_TWICE) not in open_exceptions(database)
        later(database, parts[2][0], 1)
        assert open_exceptions(database)["coupon_twice", CODE_TWICE].amount_satang == 2_000
        later(database, parts[0][3], 4)  # one use is given back
        assert ("coupon_twice", CODE_TWICE) not in open_exceptions(database)
        # Of a coupon of one use the second use is one too many, and its bytes are as they were.
        assert open_exceptions(database)["coupon_twice", CODE_ONCE].amount_satang == 2_000
        (once,) = [row for row in rows(database, "coupon") if row.code == CODE_ONCE]
        assert (once.state, "uses" in json.loads(once.body)) == ("redeemed", False)


def test_a_use_left_and_a_use_given_back(tmp_path: Path) -> None:
    parts = story()
    with empty_office(tmp_path) as database:
        take_in(database, [parts[1][0], parts[0][1]])
        (coupon,) = [row for row in rows(database, "coupon") if row.code == CODE_TWICE]
        assert (coupon.state, json.loads(coupon.body)["uses"]) == ("issued", 1)
        later(database, parts[0][3], 2)
        (coupon,) = [row for row in rows(database, "coupon") if row.code == CODE_TWICE]
        assert (coupon.state, "uses" in json.loads(coupon.body)) == ("reversed", False)


PARTS = story()


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_the_order_of_uploads_changes_nothing(dice: int) -> None:
    """Events of one till come in their order; those of several in any."""
    chance = random.Random(dice)
    waiting = [list(part) for part in PARTS]
    mixed: list[Event] = []
    while any(waiting):
        part = chance.choice([each for each in waiting if each])
        mixed.append(part.pop(0))
    with tempfile.TemporaryDirectory() as folder:
        with empty_office(Path(folder), "mixed") as database:
            take_in(database, mixed)
            found = state(database)
        with empty_office(Path(folder), "plain") as database:
            take_in(database, [event for part in PARTS for event in part])
            assert found == state(database)
    kinds = {row[0] for row in found["exception"]}
    assert kinds == {"coupon_twice", "overdraft", "quota_exceeded"}


def once_a_day(limits: Limits, kind: EffectKind = EffectKind.EARN_FIXED) -> Program:
    effect = Effect(kind.value, points=10)
    return Program("earn", "EARN", "วันละครั้ง", "Once a day", effect, limits=limits, format=2)


@pytest.mark.parametrize(
    ("program", "period"),
    [
        (once_a_day(Limits(per_member_day=1)), TODAY.isoformat()),
        (once_a_day(Limits(per_member_month=1)), MONTH),
        (once_a_day(Limits(per_member=1)), ""),
        (once_a_day(Limits(), EffectKind.REFERRAL), ""),
    ],
)
def test_what_two_tills_let_through_beyond_a_members_limit_is_a_case(
    tmp_path: Path, program: Program, period: str
) -> None:
    bills = [rich_bill(till, 1, tallies=(tally(TallyKind.TIMES, "earn", 1, 0, period),)) for till in TILLS[:2]]
    subject = ("limit_exceeded", f"{MEMBERS[0].id}|earn|{period}")
    with empty_office(tmp_path) as database:
        with database.write() as connection:
            import_catalogue(connection, (program,))
        take_in(database, [(TILLS[0], SOLD, bills[0])])
        assert subject not in open_exceptions(database)
        take_in(database, [(TILLS[1], SOLD, bills[1])])
        case = json.loads(open_exceptions(database)[subject].detail)
        assert case == {"key": "earn", "period": period, "times": 2, "limit": 1}
        with database.read() as connection:
            (shown,) = [each for each in read_cases(connection).waiting if each.kind == "limit_exceeded"]
            assert (shown.about, shown.subject.startswith("สมหญิง")) == ("member", True)
        later(database, (TILLS[0], BACK, rich_return(bills[0], TILLS[0])), 2)
        assert subject not in open_exceptions(database)
