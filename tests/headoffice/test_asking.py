"""Questions about many keys: the same answers in both databases, by the index; and what the straight way writes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from pos_member.domain import codec
from pos_member.domain.events import EventKind
from pos_member.domain.tiers import MonthSum
from pos_member.headoffice import schema
from pos_member.headoffice.accounts import AccountState
from pos_member.headoffice.acts import read_act
from pos_member.headoffice.asking import among, field_of, keyed
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.stored_acts import stored_act
from pos_member.services.sync_ports import FeedAccount
from tests.headoffice.office_support import MEMBERS, make_coupon, use
from tests.headoffice.program_facts import TILLS
from tests.headoffice.raw_till import RawTill

ENTRY = schema.point_entry.c
OF_SEQS = select(ENTRY.id).where(among(ENTRY.member_id, "ids"), among(ENTRY.seq, "seqs")).order_by(ENTRY.id)
OF_KEYS = select(ENTRY.points).where(keyed((ENTRY.member_id, ENTRY.id), "keys")).order_by(ENTRY.points)
AWKWARD = 'o\'hara "%s" \\ ก'


@pytest.fixture
def database(office: HeadOffice) -> Database:
    usual = {"till_id": "t", "kind": "earn", "bucket": "", "business_date": "2026-11-21"}
    rows = [("a", "1", 1), ("a", "2", 2), ("b", "1", 3), ("b", "2", 4), (AWKWARD, AWKWARD, 5)]
    with office.database.write() as connection:
        connection.execute(
            schema.point_entry.insert(),
            [usual | {"member_id": member, "id": name, "seq": n, "points": n} for member, name, n in rows],
        )
    return office.database


def test_many_values_and_many_keys_are_one_parameter(database: Database) -> None:
    with database.read() as connection:
        asked = {"ids": ["a", AWKWARD, "nobody"], "seqs": [2, 3, 5]}
        assert connection.execute(OF_SEQS, asked).scalars().all() == ["2", AWKWARD]
        assert connection.execute(OF_SEQS, {"ids": [], "seqs": []}).all() == []
        keys = [("a", "2"), ("b", "1"), (AWKWARD, AWKWARD), ("b", "nothing")]
        assert connection.execute(OF_KEYS, {"keys": keys}).scalars().all() == [2, 3, 5]
        assert connection.execute(OF_KEYS, {"keys": []}).all() == []
        home = select(field_of(schema.member.c.body, "home_branch_id"), field_of(schema.member.c.body, "none"))
        here = among(schema.member.c.id, "ids")
        (found,) = connection.execute(home.where(here), {"ids": [MEMBERS[0].id]}).all()
        assert tuple(found) == (MEMBERS[0].home_branch_id, None)


@pytest.mark.one_database("the plan of SQLite")
def test_the_keys_are_looked_up_one_by_one(database: Database) -> None:
    plans = []
    with database.read() as connection:
        for query in (OF_SEQS, OF_KEYS):
            text = str(query.compile(database.engine))
            places = [":ids", ":seqs"] if query is OF_SEQS else [":keys"]
            for place in places:
                text = text.replace(place, "'[]'")
            steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[]",) * text.count("?")).all()
            plans.append(" ".join(str(step[-1]) for step in steps))
    assert all("SEARCH point_entry USING" in plan and "SCAN point_entry" not in plan for plan in plans), plans


def test_what_an_account_tells_is_what_tills_read() -> None:
    """Written straight; nothing is there that the form does not have, nothing missing, in its order."""
    state = AccountState(
        "m",
        {"": 3, "2027-12-31": 120, "2026-12-31": 5},
        qualifying=7,
        visits=2,
        last_visit="2026-11-21",
        owed=4,
        pending={"2026-12-01|2027-12-31": 20, "2026-12-02|": 1},
        wallets={"cup": {"2027-01-01": 2, "": 1}},
        months={"2026-11": MonthSum(1, 0, 2), "2026-10": MonthSum(0, 5, 0)},
        counts={"times|p|2026-11-21": 1},
        owed_stamps={"cup": 2, "old": -1},
    )
    for each in (state, AccountState("n")):
        each.settle(date(2026, 11, 21))
        body = each.feed_body()
        assert list(codec.to_wire(codec.from_wire(FeedAccount, body)).items()) == list(body.items())


def test_of_a_held_bill_everything_but_the_tills_own_rows_is_read(office: HeadOffice) -> None:
    till = RawTill(office.database, TILLS[0])
    code = "8000000000000017"
    till.sell(MEMBERS[0], 10, MEMBERS[1], coupons_issued=(make_coupon(till.identity, code),), coupons_used=(use(code),))
    (event,) = till.queue
    asked = (till.identity.id, event.seq, event.kind, event.version, event.payload)
    whole, part = vars(read_act(*asked)), vars(stored_act(*asked))
    assert event.kind == EventKind.BILL_COMPLETED and whole["entries"] and whole["issued"] and whole["moves"]
    assert {name: value for name, value in whole.items() if name != "rows"} == {
        name: value for name, value in part.items() if name != "rows"
    }
