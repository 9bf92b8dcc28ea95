"""Writing many rows, and asking about many keys, the fast way of each database.

PostgreSQL takes many rows by ``COPY`` (``portable_copy``). An upsert of many rows goes by ``COPY`` into a table of this
session's own and from there by one ``INSERT … ON CONFLICT``. SQLite takes one plain statement with many parameters,
past SQLAlchemy's own making of each row, which cost more than the inserting. Few rows for PostgreSQL go through
SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, false, insert
from sqlalchemy.dialects import postgresql

from pos_member.headoffice.portable_copy import copy_rows, quoted

#: Values of one ``IN (…)``; SQLite takes 32,766 parameters in a statement.
IN_VALUES_MAX = 5_000
#: Rows from which on COPY is the faster way, without and with a table in between.
_COPY_FROM_ROWS, _STAGE_FROM_ROWS = 20, 100

Row = Mapping[str, Any]
T = TypeVar("T", str, tuple[str, str], tuple[str, str, str])


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """``values`` without repeats, sorted, in parts that one ``IN (…)`` takes."""
    return parts(values)


def parts(values: Iterable[T]) -> Iterator[list[T]]:
    """As ``chunks``, of anything that has an order."""
    listed = sorted(set(values))
    for start in range(0, len(listed), IN_VALUES_MAX):
        yield listed[start : start + IN_VALUES_MAX]


def insert_many(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert ``rows``, which name the same columns. Raises ``IntegrityError`` where a key is known already."""
    if not rows:
        return
    if _postgresql(connection) and len(rows) >= _COPY_FROM_ROWS:
        copy_rows(connection, table, table.name, rows)
    elif _postgresql(connection):
        connection.execute(insert(table), [dict(row) for row in rows])
    else:
        _plainly(connection, table, rows, "")


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert ``rows``; one with a known key replaces the other columns it names. Of two with one key the last stays."""
    _insert(connection, table, rows, replace=True)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert ``rows`` whose key is not known yet; others are left as they are. Of two with one key the first stays."""
    _insert(connection, table, rows, replace=False)


def insert_locked(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """As ``insert_new``; what is there already is locked, as what is new is, until the end of the transaction.

    One after another in the order of their keys, old and new alike: two who want some of the same never wait for each
    other in a circle, as they would where what is new came first and what is old was locked behind it.
    """
    if not rows or not _postgresql(connection):
        insert_new(connection, table, rows)  # of SQLite nobody else writes meanwhile
        return
    key = [column.name for column in table.primary_key.columns]
    other = next(name for name in rows[0] if name not in key)
    rows = _in_order(rows, key, last=False)
    if len(rows) >= _STAGE_FROM_ROWS:
        same = f"{quoted(other)} = {quoted(table.name)}.{quoted(other)}"
        conflict = f" ON CONFLICT ({', '.join(map(quoted, key))}) DO UPDATE SET {same} WHERE false"
        _by_stage(connection, table, rows, conflict)
        return
    statement = postgresql.insert(table)
    # A row that the condition leaves as it is was locked to look at it.
    locked = statement.on_conflict_do_update(index_elements=key, set_={other: table.c[other]}, where=false())
    connection.execute(locked, list(rows))


def _postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _insert(connection: Connection, table: Table, rows: Sequence[Row], *, replace: bool) -> None:
    if not rows:
        return
    key = [column.name for column in table.primary_key.columns]
    replaced = [name for name in rows[0] if name not in key] if replace else []
    if _postgresql(connection):
        rows = _in_order(rows, key, last=bool(replaced))
        if len(rows) >= _STAGE_FROM_ROWS:
            _by_stage(connection, table, rows, _on_conflict(key, replaced))
            return
    else:
        _plainly(connection, table, rows, _on_conflict(key, replaced))
        return
    statement = postgresql.insert(table)
    if replaced:
        changed = {name: statement.excluded[name] for name in replaced}
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), list(rows))
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=key), list(rows))


def _plainly(connection: Connection, table: Table, rows: Sequence[Row], conflict: str) -> None:
    """One statement of SQLite for all rows, which name the same columns. Values are texts, numbers and bytes."""
    names = list(rows[0])
    pick = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    connection.exec_driver_sql(_plain_text(table.name, tuple(names), conflict), [pick(row) for row in rows])


@lru_cache(maxsize=256)
def _plain_text(table: str, names: tuple[str, ...], conflict: str) -> str:
    columns, marks = ", ".join(quoted(name) for name in names), ", ".join("?" * len(names))
    return f"INSERT INTO {quoted(table)} ({columns}) VALUES ({marks}){conflict}"  # noqa: S608 - our own names


def _on_conflict(key: Sequence[str], replaced: Sequence[str]) -> str:
    return _conflict_text(tuple(key), tuple(replaced))


@lru_cache(maxsize=256)
def _conflict_text(key: tuple[str, ...], replaced: tuple[str, ...]) -> str:
    done = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in replaced)
    return f" ON CONFLICT ({', '.join(quoted(name) for name in key)}) DO {'UPDATE SET ' + done if done else 'NOTHING'}"


def _in_order(rows: Sequence[Row], key: Sequence[str], *, last: bool) -> list[Row]:
    """One row for each key, sorted by it: two writers of the same rows never wait for each other in a circle."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        at = tuple(row[name] for name in key)
        if last or at not in found:
            found[at] = row
    return [found[at] for at in sorted(found)]


def _by_stage(connection: Connection, table: Table, rows: Sequence[Row], conflict: str) -> None:
    names = list(rows[0])
    stage, columns = f"stage_{table.name}", ", ".join(quoted(name) for name in names)
    picked = f"SELECT * FROM {quoted(table.name)} WHERE false"  # noqa: S608 - names of our own tables
    connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS AS {picked}")
    copy_rows(connection, table, stage, rows)
    connection.exec_driver_sql(
        f"INSERT INTO {quoted(table.name)} ({columns}) SELECT {columns} FROM {stage}"  # noqa: S608
        + conflict
    )
    connection.exec_driver_sql(f"DELETE FROM {stage}")  # noqa: S608 - for the next of this transaction
