"""Columns as ``till.db`` has them: strict types, nothing empty by oversight."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import text as sql

metadata = MetaData()


def text(name: str, *args: ForeignKey, null: bool = False, primary: bool = False, unique: bool = False) -> Column[str]:
    """A text."""
    return Column(name, Text, *args, nullable=null, primary_key=primary, unique=unique or None)


def text_later(name: str, *, primary: bool = False) -> Column[str]:
    """A text that a later version brought: empty in rows from before."""
    return Column(name, Text, nullable=False, primary_key=primary, server_default=sql("''"))


def integer(name: str, *args: ForeignKey, null: bool = False, primary: bool = False) -> Column[int]:
    """A whole number."""
    return Column(name, Integer, *args, nullable=null, primary_key=primary, autoincrement=False)


def int_later(name: str, before: int = 0) -> Column[int]:
    """A number that a later version brought: ``before`` in rows from before."""
    return Column(name, Integer, nullable=False, server_default=sql(str(before)))


def row_number(name: str) -> Column[int]:
    """A row id that SQLite gives out."""
    return Column(name, Integer, primary_key=True)


def blob(name: str, null: bool = False) -> Column[bytes]:
    """Bytes."""
    return Column(name, LargeBinary, nullable=null)


def table(name: str, *parts: Column[str] | Column[int] | Column[bytes] | CheckConstraint, rowid: bool = True) -> Table:
    """A strict table; without a row id where the primary key is how it is read."""
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)
