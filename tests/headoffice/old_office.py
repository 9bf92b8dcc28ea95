"""Head office's database as earlier builds left it: their tables, word for word, with the rows of today's."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Connection, inspect, text, update

from pos_member.headoffice import schema
from pos_member.headoffice.database import open_database
from pos_member.headoffice.kept import VERSION
from pos_member.headoffice.portable import open_engine
from pos_member.headoffice.stamper import Stamper
from pos_member.headoffice.units import Units
from tests.headoffice.office_support import CLOCK
from tests.office_database import office_url

#: Of version 3, the tables that version 4 made another way.
TABLES_3 = {
    "till": (
        "CREATE TABLE till (id TEXT NOT NULL, number INTEGER NOT NULL, branch_id TEXT NOT NULL, label TEXT NOT NULL, "
        "public_key TEXT NOT NULL, epoch INTEGER NOT NULL, last_seq BIGINT NOT NULL, chain TEXT NOT NULL, "
        "revoked BOOLEAN NOT NULL, enrolled_at TEXT NOT NULL, last_contact_at TEXT, app_version TEXT NOT NULL, "
        "cursor BIGINT NOT NULL, revoked_at TEXT, PRIMARY KEY (id), UNIQUE (number))",
    ),
    "event": (
        "CREATE TABLE event (till_id TEXT NOT NULL, epoch INTEGER NOT NULL, seq BIGINT NOT NULL, "
        "event_id TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, payload BLOB NOT NULL, "
        "sha256 TEXT NOT NULL, chain TEXT NOT NULL, created_at TEXT NOT NULL, received_at TEXT NOT NULL, "
        "PRIMARY KEY (till_id, epoch, seq))",
        "CREATE INDEX event_by_id ON event (event_id)",
    ),
    "quarantine": (
        "CREATE TABLE quarantine (till_id TEXT NOT NULL, epoch INTEGER NOT NULL, seq BIGINT NOT NULL, "
        "event_id TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL, "
        "PRIMARY KEY (till_id, epoch, seq))",
        "CREATE INDEX quarantine_by_event ON quarantine (till_id, event_id)",
    ),
    "account": (
        "CREATE TABLE account (member_id TEXT NOT NULL, buckets TEXT NOT NULL, taken_back BIGINT NOT NULL, "
        "qualifying BIGINT NOT NULL, visits BIGINT NOT NULL, last_visit TEXT, owed BIGINT NOT NULL, "
        "as_of TEXT NOT NULL, pending TEXT DEFAULT '{}' NOT NULL, wallets TEXT DEFAULT '{}' NOT NULL, "
        "months TEXT DEFAULT '{}' NOT NULL, counts TEXT DEFAULT '{}' NOT NULL, "
        "owed_stamps TEXT DEFAULT '{}' NOT NULL, referral_back BIGINT DEFAULT '0' NOT NULL, PRIMARY KEY (member_id))",
    ),
    "quota": (
        'CREATE TABLE quota ("key" TEXT NOT NULL, till_id TEXT NOT NULL, times BIGINT, satang BIGINT, '
        "used_times BIGINT NOT NULL, used_satang BIGINT NOT NULL, closed BOOLEAN NOT NULL, "
        'PRIMARY KEY ("key", till_id))',
    ),
    "exception": (
        "CREATE TABLE exception (kind TEXT NOT NULL, subject_id TEXT NOT NULL, state TEXT NOT NULL, "
        "amount_satang BIGINT NOT NULL, points BIGINT NOT NULL, detail TEXT NOT NULL, first_at TEXT NOT NULL, "
        "changed_at TEXT NOT NULL, PRIMARY KEY (kind, subject_id))",
        "CREATE INDEX exception_by_state ON exception (state, changed_at)",
    ),
    "feed": (
        "CREATE TABLE feed (publish_no BIGINT NOT NULL, group_end BIGINT NOT NULL, scope TEXT NOT NULL, "
        "entity TEXT NOT NULL, id TEXT NOT NULL, deleted BOOLEAN NOT NULL, body TEXT NOT NULL, origin_till TEXT, "
        "origin_seq BIGINT, PRIMARY KEY (publish_no))",
        "CREATE INDEX feed_by_origin ON feed (origin_till, publish_no)",
    ),
    "feed_head": ("CREATE TABLE feed_head (id INTEGER NOT NULL, publish_no BIGINT NOT NULL, PRIMARY KEY (id))",),
}
#: Tables that version 3 had.
KNOWN_3 = frozenset(
    {
        *("account", "audit", "bill", "bill_claim", "bill_program", "bill_return", "catalogue", "code_key", "consent"),
        *("coupon", "coupon_event", "enrol_code", "enrol_failure", "event", "exception", "feed", "feed_head"),
        *("member", "office_act", "office_run", "point_entry", "quarantine", "quota", "rule_book", "setting"),
        *("shift", "tally", "till"),
    }
)
NEW_IN_2_AND_3 = ("bill_program", "tally", "quota", "rule_book", "office_run", "code_key")
NEW_COLUMNS = {
    "bill_return": ("complete",),
    "point_entry": ("currency", "program_id", "reverses_id", "at"),
    "account": ("pending", "wallets", "months", "counts", "owed_stamps", "referral_back"),
    "coupon": ("program_id", "definition_id", "issued_on"),
    "till": ("revoked_at",),
}


def as_version_3(path: Path) -> None:
    """Make the database what version 3 would have left of the same facts."""
    database = open_database(office_url(path))
    Stamper(Units(database), "old").run(CLOCK.now())
    with database.write() as connection:
        _back_to_3(connection)
        _set_version(connection, 3)
    database.close()


def as_version_1(path: Path) -> None:
    """Make the database what the first version would have left of the same facts."""
    as_version_3(path)
    engine = open_engine(office_url(path))
    with engine.begin() as connection:
        for table in NEW_IN_2_AND_3:
            connection.execute(text(f"DROP TABLE {table}"))
        for table, columns in NEW_COLUMNS.items():
            for column in columns:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        told = text("SELECT publish_no, body FROM feed WHERE entity = 'account'")
        for row in connection.execute(told).all():
            body = {name: value for name, value in json.loads(row.body).items() if name != "months"}
            changed = text("UPDATE feed SET body = :body WHERE publish_no = :number")
            connection.execute(changed, {"body": json.dumps(body), "number": row.publish_no})
        _set_version(connection, 1)
    engine.dispose()


def _back_to_3(connection: Connection) -> None:
    for name in inspect(connection).get_table_names():
        if name not in KNOWN_3:
            connection.execute(text(f"DROP TABLE {name}"))
    for name, made in TABLES_3.items():
        for index in inspect(connection).get_indexes(name):
            connection.execute(text(f"DROP INDEX {index['name']}"))
        connection.execute(text(f"ALTER TABLE {name} RENAME TO newer"))
        for statement in made:
            server = connection.dialect.name == "postgresql"
            connection.exec_driver_sql(statement.replace(" BLOB ", " BYTEA ") if server else statement)
        columns = [f'"{column["name"]}"' for column in inspect(connection).get_columns(name)]
        held = ["publish_no" if column == '"group_end"' else column for column in columns]
        copied = f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(held)} FROM newer"
        connection.exec_driver_sql(copied)
        connection.execute(text("DROP TABLE newer"))


def _set_version(connection: Connection, version: int) -> None:
    setting = schema.setting
    connection.execute(update(setting).where(setting.c.name == VERSION).values(value=str(version)))
