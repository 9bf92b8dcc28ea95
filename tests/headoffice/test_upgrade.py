"""A head office of before programs of the second format opens, with what its facts say in the new columns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select, text, update

from pos_member.domain.events import EventKind
from pos_member.domain.points import PointKind
from pos_member.headoffice import schema
from pos_member.headoffice.database import open_database
from pos_member.headoffice.kept import VERSION, read_setting
from tests.headoffice.office_support import make_bill, make_coupon, make_return, new_id, rows
from tests.headoffice.program_facts import MEMBERS, MONTH, TILLS, TODAY, empty_office, take_in
from tests.office_database import office_url

SOLD, BACK = EventKind.BILL_COMPLETED, EventKind.BILL_RETURNED
NEW_TABLES = ("bill_program", "tally", "quota", "rule_book", "office_run", "code_key")
NEW_COLUMNS = {
    "bill_return": ("complete",),
    "point_entry": ("currency", "program_id", "reverses_id", "at"),
    "account": ("pending", "wallets", "months", "counts", "owed_stamps", "referral_back"),
    "coupon": ("program_id", "definition_id", "issued_on"),
    "till": ("revoked_at",),
}


def as_version_1(path: Path) -> None:
    """Make the file what the first version would have left of the same facts."""
    database = open_database(office_url(path))
    with database.write() as connection:
        for table in NEW_TABLES:
            connection.execute(text(f"DROP TABLE {table}"))
        for table, columns in NEW_COLUMNS.items():
            for column in columns:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        told = select(schema.feed.c.publish_no, schema.feed.c.body).where(schema.feed.c.entity == "account")
        for row in connection.execute(told).all():
            body = {name: value for name, value in json.loads(row.body).items() if name != "months"}
            here = schema.feed.c.publish_no == row.publish_no
            connection.execute(update(schema.feed).where(here).values(body=json.dumps(body)))
        connection.execute(update(schema.setting).where(schema.setting.c.name == VERSION).values(value="1"))
    database.close()


def test_the_first_versions_file_is_brought_up_with_its_facts(tmp_path: Path) -> None:
    till = TILLS[0]
    issued = make_coupon(till, "8000000000000017")
    bill = make_bill(till, 1, member=MEMBERS[0], points=40, redeem=0, coupons_issued=(issued,))
    earned = bill.point_entries[0]
    undone = replace(earned, id=new_id(), kind=PointKind.REVERSE, points=-15, reverses_id=earned.id)
    back = make_return(till, bill, point_entries=(undone,))
    with empty_office(tmp_path) as database:
        take_in(database, [(till, SOLD, bill), (till, BACK, back)])
        expected = {table: [tuple(row) for row in rows(database, table)] for table in NEW_COLUMNS}
    as_version_1(tmp_path / "facts.db")
    for _ in range(2):
        database = open_database(office_url(tmp_path / "facts.db"))
        with database.read() as connection:
            assert read_setting(connection, VERSION) == str(schema.SCHEMA_VERSION)
        assert {table: [tuple(row) for row in rows(database, table)] for table in NEW_COLUMNS} == expected
        (months,) = [row.months for row in rows(database, "account") if row.member_id == MEMBERS[0].id]
        assert json.loads(months) == {MONTH: {"points": 25, "visits": 1}}
        told = [row for row in rows(database, "feed") if (row.entity, row.id) == ("account", MEMBERS[0].id)]
        newest = max(told, key=lambda row: row.publish_no)
        assert json.loads(newest.body)["months"] == {MONTH: {"points": 25, "visits": 1}}
        assert len([row for row in told if "months" in json.loads(row.body)]) == 1
        assert rows(database, "coupon")[0].issued_on == TODAY.isoformat()
        assert all(rows(database, table) == [] for table in ("tally", "quota"))
        database.close()
