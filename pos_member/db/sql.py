"""Inserts compiled once: SQLAlchemy Core writes the SQL from the table, the hot path only binds tuples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_DIALECT = SQLiteDialect_pysqlite(paramstyle="qmark")


class Insert:
    """``INSERT INTO table`` with all columns, in the order of the table's definition."""

    def __init__(self, table: Table, *, leave_out: Sequence[str] = (), verb: str = "INSERT") -> None:
        names = [column.name for column in table.columns if column.name not in leave_out]
        sql = str(table.insert().values(dict.fromkeys(names)).compile(dialect=_DIALECT))
        self.sql = sql.replace("INSERT", verb, 1)
        self.columns = tuple(names)

    def one(self, connection: Connection, row: tuple[Any, ...]) -> None:
        """Insert one row."""
        connection.exec_driver_sql(self.sql, row)

    def many(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert all rows with one statement; none at all when there are none."""
        if len(rows) == 1:
            connection.exec_driver_sql(self.sql, rows[0])
        elif rows:
            connection.exec_driver_sql(self.sql, list(rows))
