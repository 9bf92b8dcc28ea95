"""A head office of an earlier version opens with its facts: in new columns, under new keys."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, inspect

from pos_member.domain.events import EventKind
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointKind
from pos_member.headoffice import exceptions, feed, schema
from pos_member.headoffice.database import open_database
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.feed import Draft
from pos_member.headoffice.kept import VERSION, read_setting
from pos_member.headoffice.portable import Database
from pos_member.headoffice.stamper import Stamper
from pos_member.headoffice.units import Units
from tests.headoffice.office_support import CLOCK, make_bill, make_coupon, make_return, new_id, rows
from tests.headoffice.old_office import KNOWN_3, NEW_COLUMNS, as_version_1, as_version_3
from tests.headoffice.program_facts import MEMBERS, MONTH, ONCE, TILLS, TODAY, empty_office, take_in
from tests.office_database import office_url

SOLD, BACK = EventKind.BILL_COMPLETED, EventKind.BILL_RETURNED


def told(database: Database, table: str) -> list[tuple[Any, ...]]:
    """Rows but for what says how tills were told of them."""
    ours = ("n", "seen", "shard", "segment", "mark", "origin_epoch")
    return sorted(tuple(meant(v) for k, v in row._mapping.items() if k not in ours) for row in rows(database, table))


def meant(value: Any) -> Any:
    """JSON in one form: what an upgrade wrote has spaces that what is written today has not."""
    written = isinstance(value, str) and value.startswith("{")
    return json.dumps(json.loads(value), sort_keys=True) if written else value


def test_the_first_versions_file_is_brought_up_with_its_facts(tmp_path: Path) -> None:
    till = TILLS[0]
    issued = make_coupon(till, "8000000000000017")
    bill = make_bill(till, 1, member=MEMBERS[0], points=40, redeem=0, coupons_issued=(issued,))
    earned = bill.point_entries[0]
    undone = replace(earned, id=new_id(), kind=PointKind.REVERSE, points=-15, reverses_id=earned.id)
    back = make_return(till, bill, point_entries=(undone,))
    with empty_office(tmp_path) as database:
        take_in(database, [(till, SOLD, bill), (till, BACK, back)])
        expected = {table: told(database, table) for table in NEW_COLUMNS}
    as_version_1(tmp_path / "facts.db")
    for _ in range(2):
        database = open_database(office_url(tmp_path / "facts.db"))
        with database.read() as connection:
            assert read_setting(connection, VERSION) == str(schema.SCHEMA_VERSION)
        Stamper(Units(database), "after").run(CLOCK.now())
        assert {table: told(database, table) for table in NEW_COLUMNS} == expected
        (months,) = [row.months for row in rows(database, "account") if row.member_id == MEMBERS[0].id]
        assert json.loads(months) == {MONTH: {"points": 25, "visits": 1}}
        found = [row for row in rows(database, "feed") if (row.entity, row.id) == ("account", MEMBERS[0].id)]
        newest = max(found, key=lambda row: row.publish_no)
        assert json.loads(newest.body)["months"] == {MONTH: {"points": 25, "visits": 1}}
        assert len([row for row in found if "months" in json.loads(row.body)]) == 1
        assert rows(database, "coupon")[0].issued_on == TODAY.isoformat()
        assert all(rows(database, table) == [] for table in ("tally", "quota"))
        database.close()


def test_version_3_keeps_its_rows_and_the_numbers_of_its_feed(tmp_path: Path) -> None:
    """Also a case of a bill, a quota, an event that was set aside; tills go on from the cursors they have."""
    till, other = TILLS[:2]
    limited = ONCE.id
    with empty_office(tmp_path) as database:
        take_in(
            database,
            [
                (till, SOLD, make_bill(till, 1, member=MEMBERS[0], points=40, redeem=0)),
                (other, SOLD, make_bill(other, 1, member=MEMBERS[1], points=7, redeem=30)),
            ],
        )
        case = Finding(ExceptionKind.EVALUATION_DIFFERS, new_id(), True, 5, 0, {"till_id": till.id}, shard=till.id)
        poison = Finding(ExceptionKind.POISON, f"{other.id}:1:9", True)
        with database.write() as connection:
            exceptions.record(connection, [case, poison], "2026-11-21T12:00:00.000000Z")
            quota = {"till_id": till.id, "key": limited, "times": 5, "satang": None}
            used = {"used_times": 2, "used_satang": 0, "closed": False}
            connection.execute(insert(schema.quota), [quota | used])
            for each in (till, other):
                connection.execute(insert(schema.till), [till_row(each)])
                connection.execute(insert(schema.till_number), [{"number": each.number, "till_id": each.id}])
        Stamper(Units(database), "before").run(CLOCK.now())
        expected = {table: told(database, table) for table in KNOWN_3 - {"setting", "feed_head"}}
        before = [(row.publish_no, row.entity, row.id, row.origin_seq) for row in rows(database, "feed")]
        shards = {(row.shard, row.kind, row.subject_id) for row in rows(database, "exception")}
        with database.read() as connection:
            made_now = tables_of(connection)
    assert len(before) > 10 and len(shards) == 3
    as_version_3(tmp_path / "facts.db")
    for _ in range(2):
        database = open_database(office_url(tmp_path / "facts.db"))
        assert {table: told(database, table) for table in expected} == expected
        assert [(row.publish_no, row.entity, row.id, row.origin_seq) for row in rows(database, "feed")] == before
        assert {(row.shard, row.kind, row.subject_id) for row in rows(database, "exception")} == shards
        assert {row.till_id: row.number for row in rows(database, "till_number")} == {
            each.id: each.number for each in (till, other)
        }
        with database.write() as connection:
            assert tables_of(connection) == made_now
            assert feed.included_seq(connection, till.id, 1, 1, 0) == 0
            assert feed.mark_at(connection, len(before)) != ""
            feed.publish(connection, [Draft("notice", "after", {})])
        Stamper(Units(database), "after").run(CLOCK.now())
        newest = max(rows(database, "feed"), key=lambda row: row.publish_no)
        assert (newest.id, newest.publish_no) == ("after", len(before) + 1)
        before.append((newest.publish_no, newest.entity, newest.id, None))
        expected["feed"] = told(database, "feed")
        database.close()


def till_row(till: TillIdentity) -> dict[str, Any]:
    at = "2026-11-21T12:00:00.000000Z"
    who = {"id": till.id, "number": till.number, "branch_id": till.branch_id, "label": till.label}
    stands = {"epoch": 1, "last_seq": 1, "chain": "", "revoked": False, "enrolled_at": at, "last_contact_at": at}
    return who | stands | {"public_key": "", "app_version": "", "cursor": 3}


def tables_of(connection: Connection) -> dict[str, tuple[list[str], tuple[str, ...], set[str | None]]]:
    """Columns, key and indices of every table, as the database has them."""
    found = {}
    looked = inspect(connection)
    for name in looked.get_table_names():
        columns = sorted(column["name"] for column in looked.get_columns(name))
        key = looked.get_pk_constraint(name)["constrained_columns"]
        indices = {index["name"] for index in looked.get_indexes(name)}
        found[name] = (columns, tuple(key), indices)
    return found
