"""The straight way makes the rows that the long way makes, of every member and account there can be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select

from pos_member.db.feed import account_row, member_row
from pos_member.db.values import from_us
from pos_member.domain.codec import from_feed
from pos_member.domain.errors import Refusal
from pos_member.domain.member import Birthday, Member, MemberStatus
from pos_member.domain.tiers import MonthSum
from pos_member.headoffice import snapshot_straight
from pos_member.headoffice.accounts import AccountState, account_of
from pos_member.headoffice.member_rows import member_row as stored_member
from pos_member.headoffice.schema import account
from pos_member.services.sync_ports import FeedAccount

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
name = text | st.sampled_from(["น้ำใส", "ÅNGSTRÖM", "ﬁne  name", "สมหญิง", " e\u0301 ", '"quoted"\\'])
birthdays = st.none() | st.builds(
    lambda day, year: Birthday(day.day, day.month, year and day.year),
    st.dates(date(1904, 1, 1), date(2020, 12, 31)),
    st.booleans().map(lambda said: said or None),
)
members = st.builds(
    Member,
    id=text,
    number=text,
    phone=text,
    first_name=name,
    last_name=name,
    birthday=birthdays,
    status=st.sampled_from(MemberStatus),
    tier=text,
    home_branch_id=text,
    enrolled_till_id=text,
    enrolled_at=st.integers(0, 4 * 10**15).map(from_us),
    segments=st.lists(text, max_size=2).map(tuple),
    referred_by=st.none() | text,
)
day = st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(date.isoformat)
points = st.integers(-(2**53), 2**53)
lots = st.dictionaries(st.just("") | day, points, max_size=3)
code = st.text("abcp:-", min_size=1, max_size=6)


def rarely(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.just({}) | strategy


accounts = st.builds(
    AccountState,
    member_id=text,
    buckets=lots,
    qualifying=points,
    visits=st.integers(0, 10_000),
    last_visit=st.none() | day,
    owed=st.integers(-100, 100),
    pending=rarely(st.dictionaries(st.builds("{}|{}".format, day, st.just("") | day), points, max_size=2)),
    wallets=rarely(st.dictionaries(code, lots, max_size=2)),
    months=st.dictionaries(
        st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(lambda each: each.isoformat()[:7]),
        st.builds(MonthSum, points, points, st.integers(-5, 5)),
        max_size=3,
    ),
    counts=rarely(st.dictionaries(code, points, max_size=2)),
    owed_stamps=rarely(st.dictionaries(code, st.integers(-5, 5), max_size=2)),
)


@given(st.lists(members, min_size=1, max_size=4))
def test_members(found: list[Member]) -> None:
    bodies = [stored_member(member)["body"] for member in found]
    long_way = [member_row(n, from_feed(Member, json.loads(body))) for n, body in enumerate(bodies, 7)]
    assert snapshot_straight.member_rows(bodies, 7) == long_way


@given(st.lists(accounts, min_size=1, max_size=4, unique_by=lambda each: each.member_id))
def test_accounts(found: list[AccountState]) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        account.create(connection)
        connection.execute(insert(account), [each.row("2026-01-01") for each in found])
        rows = connection.execute(select(account)).all()
    engine.dispose()
    long_way = [account_row(from_feed(FeedAccount, account_of(row).feed_body())) for row in rows]
    assert snapshot_straight.account_rows(rows) == long_way


PLAIN = Member(
    id="m",
    number="29",
    phone="+66811111111",
    first_name="สมหญิง",
    last_name="ใจดี",
    birthday=None,
    status=MemberStatus.ACTIVE,
    tier="",
    home_branch_id="b",
    enrolled_till_id="t",
    enrolled_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def test_plain_ones_go_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: were the long way taken for everything, both would be equal too."""
    state = AccountState("m", {"2027-12-31": 5, "": 2}, months={"2026-11": MonthSum(1, 2, 3)})
    row: Any = SimpleNamespace(**state.row(""))
    values = [getattr(row, column.name) for column in account.columns]

    class Whole(tuple[Any, ...]):
        buckets = row.buckets

    def long_way(*_: object) -> None:
        raise AssertionError("the long way")

    monkeypatch.setattr(snapshot_straight, "from_feed", long_way)
    assert snapshot_straight.member_rows([stored_member(PLAIN)["body"]], 1)[0][1] == "m"
    found = snapshot_straight.account_rows([Whole(values)])  # type: ignore[list-item]
    assert found[0][1] == '[["2027-12-31",5],[null,2]]'
    assert json.loads(found[0][6]) == {"months": {"2026-11": [1, 2, 3]}}


@pytest.mark.parametrize(
    "change",
    [
        {"first_name": 7},
        {"status": "asleep"},
        {"enrolled_at": "2026-01-01T00:00:00"},
        {"birthday": {"day": 31, "month": 2, "year": None}},
        {"tier": None},
    ],
    ids=["type", "status", "zone", "birthday", "nothing"],
)
def test_what_is_no_member_is_refused_as_by_the_long_way(change: dict[str, Any]) -> None:
    body = json.loads(stored_member(PLAIN)["body"]) | change
    with pytest.raises(Refusal):
        snapshot_straight.member_rows([json.dumps(body)], 1)


@pytest.mark.parametrize(
    "change",
    [
        {"enrolled_at": (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=7)).isoformat().replace("+00", "+07")},
        {"of_tomorrow": 1},
        {"segments": []},
        {"birthday": {"day": 3, "month": 4}},
    ],
    ids=["zone", "field", "segments", "year"],
)
def test_what_is_said_otherwise_is_the_same(change: dict[str, Any]) -> None:
    body = json.dumps(json.loads(stored_member(PLAIN)["body"]) | change)
    assert snapshot_straight.member_rows([body], 1) == [member_row(1, from_feed(Member, json.loads(body)))]
