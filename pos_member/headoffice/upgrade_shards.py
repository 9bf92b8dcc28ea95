"""To version 4: keys that begin with the shard, and what waits to be applied or published.

Tables whose key changed are made anew beside the old one and take its place with its rows. The feed keeps its numbers,
so that the cursors of tills hold.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, inspect, select, text, update
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from pos_member.headoffice import portable, schema
from pos_member.headoffice.exceptions import ExceptionKind, Finding, shard_of, till_concerned
from pos_member.headoffice.feed import segment_of
from pos_member.headoffice.outgoing import Draft

_ROWS = 1_000
_OLD = "_before_4"
Row = Mapping[str, Any]


def to_4(connection: Connection) -> None:
    """Bring the tables of version 3 to those of version 4."""
    made_anew = (schema.quota, schema.exception, schema.feed, schema.till)
    for table in schema.metadata.sorted_tables:
        if table not in made_anew:
            add_columns(connection, table)
    connection.execute(update(schema.feed_head).values(cleared_no=schema.feed_head.c.publish_no))
    # Accounts that tills know have been told of: only an empty one that nobody was told of counts as never told.
    connection.execute(update(schema.account).values(n=schema.account.c.n + 1))
    mark = secrets.token_hex(8)
    _rebuild(connection, schema.quota, lambda row: row)
    _rebuild(connection, schema.exception, _case)
    _rebuild(connection, schema.feed, lambda row: _change(row, mark))
    _rebuild(connection, schema.till, lambda row: row)
    _number_tills(connection)
    connection.execute(text("DROP INDEX IF EXISTS event_by_id"))
    for index in schema.event.indexes:
        connection.execute(CreateIndex(index, if_not_exists=True))


def add_columns(connection: Connection, table: Table) -> None:
    """Add the columns that ``table`` lacks; each has a default."""
    known = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in known:
            described = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {described}")


def _rebuild(connection: Connection, table: Table, change: Callable[[Row], Row]) -> None:
    """Make ``table`` as it is to be, with the rows of the old one as ``change`` turns them."""
    old = table.name + _OLD
    for index in inspect(connection).get_indexes(table.name):
        if "duplicates_constraint" not in index:  # that one goes with its constraint
            connection.exec_driver_sql(f'DROP INDEX "{index["name"]}"')
    connection.exec_driver_sql(f"ALTER TABLE {table.name} RENAME TO {old}")
    _free_key_name(connection, old)
    connection.execute(CreateTable(table))
    known = {column.name for column in table.columns}
    held = text(f"SELECT * FROM {old}").execution_options(yield_per=_ROWS)  # noqa: S608 - a name of ours
    for part in connection.execute(held).mappings().partitions():
        changed = [change(dict(row)) for row in part]
        portable.insert_many(connection, table, [{k: v for k, v in row.items() if k in known} for row in changed])
    connection.exec_driver_sql(f"DROP TABLE {old}")
    for wanted in sorted(table.indexes, key=lambda index: str(index.name)):
        connection.execute(CreateIndex(wanted))


def _free_key_name(connection: Connection, old: str) -> None:
    """PostgreSQL keeps the name of a renamed table's key, which the new table wants."""
    if connection.dialect.name != "postgresql":
        return
    name = inspect(connection).get_pk_constraint(old)["name"]
    if name:
        connection.exec_driver_sql(f'ALTER TABLE {old} RENAME CONSTRAINT "{name}" TO "{name}{_OLD}"')


def _case(row: Row) -> Row:
    """A case with whose it is (of a bill that computes differently its till's), and the till to look into it at."""
    detail = json.loads(row["detail"])
    computed = row["kind"] == ExceptionKind.EVALUATION_DIFFERS
    shard = detail.get("till_id", "") if computed else shard_of(row["kind"], row["subject_id"])
    concerned = till_concerned(Finding(ExceptionKind(row["kind"]), row["subject_id"], True, detail=detail))
    return {"resolution": "", **row, "shard": shard or row["subject_id"], "till_id": concerned}


def _change(row: Row, mark: str) -> Row:
    shard = Draft(row["entity"], row["id"], json.loads(row["body"])).key[0]
    origin = {} if row["origin_till"] is None else {"origin_epoch": 1}
    placed = {"segment": segment_of(row["publish_no"]), "shard": shard, "n": 0, "mark": mark, "seen": "{}"}
    return {"origin_epoch": None, **row, **placed, **origin}


def _number_tills(connection: Connection) -> None:
    rows = [
        {"number": row.number, "till_id": row.id}
        for row in connection.execute(select(schema.till.c.number, schema.till.c.id))
    ]
    portable.insert_new(connection, schema.till_number, rows)
