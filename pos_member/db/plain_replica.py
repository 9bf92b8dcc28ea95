"""A replica as a plain SQLite file, made at head office for tills to seal (``sealing``): the format is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlcipher3 import dbapi2

from pos_member.db import replica_schema as r
from pos_member.db.sealing import PAGE_BYTES, RESERVE

#: What rows of accounts and coupons include beyond the snapshot's cursor, for the till to make its own numbers of;
#: it is gone from the till's file once read. ``body``: JSON as ``FeedChange.seen``.
SEEN_DDL = "CREATE TABLE snapshot_seen (entity TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL) STRICT"
SEEN_INSERT = "INSERT INTO snapshot_seen (entity, id, body) VALUES (?, ?, ?)"
_NEW_MARK = "INSERT INTO mark (one, cursor, included_seq, as_of_us, revision, feed_mark) VALUES (1, ?, 0, ?, 1, ?)"
#: ``threads``: those that sort an index's keys beside the one that reads them.
_PRAGMAS = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "cache_size = -64000",
    "threads = 2",
)
#: Where the header says by which journal the file is written, and what stands there for a WAL (SQLite's file format,
#: 1.3.3, for writers and for readers).
_JOURNAL_AT, _WAL = 18, b"\2\2"
#: Of SQLite's machine, between two looks whether to go on.
_STEPS = 200_000


@contextmanager
def plain_replica(path: Path, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Connection]:
    """Makes ``path`` and lends the one connection to fill it; its indexes are made at the end.

    Nothing is durable before the end, so a broken-off file is to be thrown away. ``cancelled``, once true, makes the
    running statement fail with an ``OperationalError``.
    """
    _make_empty(path)

    def connect() -> Any:
        made = dbapi2.connect(str(path), isolation_level=None, cached_statements=64)
        for pragma in _PRAGMAS:
            made.execute(f"PRAGMA {pragma}")
        made.set_progress_handler(lambda: int(cancelled()), _STEPS)
        return made

    engine = create_engine("sqlite://", module=dbapi2, creator=connect, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            for table in r.metadata.sorted_tables:
                connection.execute(CreateTable(table))
            connection.exec_driver_sql(r.MEMBER_SEARCH_DDL)
            connection.exec_driver_sql(SEEN_DDL)
            yield connection
            for table in r.metadata.sorted_tables:
                for index in sorted(table.indexes, key=lambda index: str(index.name)):
                    connection.execute(CreateIndex(index))
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"PRAGMA application_id = {r.REPLICA_APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {r.REPLICA_VERSION}")
    finally:
        engine.dispose()
    _say_wal(path)


def set_mark(connection: Connection, cursor: int, as_of_us: int, feed_mark: str) -> None:
    """How far the file is."""
    connection.exec_driver_sql(_NEW_MARK, (cursor, as_of_us, feed_mark))


def _say_wal(path: Path) -> None:
    """As whoever opens it wants it: to change over costs a till four waits for its disk."""
    with path.open("r+b") as file:
        file.seek(_JOURNAL_AT)
        file.write(_WAL)


def _make_empty(path: Path) -> None:
    """An empty database whose pages leave room: SQLite takes the reserve from the header, and has no pragma for it."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with closing(dbapi2.connect(str(path), isolation_level=None)) as made:
        made.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        made.execute("PRAGMA journal_mode = DELETE")
        made.execute("VACUUM")
        made.execute("CREATE TABLE x (a)")
        made.execute("DROP TABLE x")
        made.execute("VACUUM")
    page = bytearray(path.read_bytes())
    if len(page) != PAGE_BYTES:
        raise AssertionError("an empty database is one page")
    page[20] = RESERVE
    # Cells of the first page lie at the end of what is used of it.
    page[105:107] = (PAGE_BYTES - RESERVE).to_bytes(2, "big")
    path.write_bytes(page)
