"""The one place that knows which database stands behind head office.

SQLite is opened for truth: WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE`` for everything that writes (a plain BEGIN
that writes later fails with "database is locked" under concurrency). One SQLite library per process: the one of
``sqlcipher3``, which opens plain files when it is given no key.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlcipher3 import dbapi2

from pos_member.db.engine import require_sound_sqlite
from pos_member.db.errors import looks_corrupt, problem_of
from pos_member.domain.errors import EnvironmentProblem, Reason

BUSY_TIMEOUT_S = 20
_READ = "pos_member_read"
#: Values of one ``IN (…)``; SQLite takes 32,766 parameters in a statement.
IN_VALUES_MAX = 5_000


def open_engine(database_url: str) -> Engine:
    """An engine for ``sqlite:///path`` or any other SQLAlchemy URL. Raises ``EnvironmentProblem(SQLITE_UNSOUND)``."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    require_sound_sqlite()
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        Path(url.database).touch(mode=0o600)  # it holds personal data and the secret of the tokens
    engine = create_engine(
        url,
        module=dbapi2,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        hide_parameters=True,  # the text of an error goes to the log: no names, no numbers in it
        pool_size=20,
        max_overflow=30,
    )
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    return engine


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """``values`` without repeats, sorted, in parts that one ``IN (…)`` takes."""
    listed = sorted(set(values))
    for start in range(0, len(listed), IN_VALUES_MAX):
        yield listed[start : start + IN_VALUES_MAX]


def _set_up_connection(driver: Any, _record: object) -> None:
    driver.isolation_level = None  # the driver's own BEGIN comes late and not before DDL
    cursor = driver.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "mmap_size=0",
        "journal_size_limit=67108864",
        "cache_size=-65536",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READ, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class Database:
    """Head office's database. Thread-safe: ``read`` and ``write`` lend each caller a connection of its own."""

    def __init__(self, database_url: str) -> None:
        self.engine = open_engine(database_url)
        # Writers of this process queue here: SQLite's own waiting is polling, and unfair.
        self._turn = threading.Lock() if self.engine.dialect.name == "sqlite" else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write: committed at the end of the block, undone by an exception."""
        if self._turn is not None and not self._turn.acquire(timeout=BUSY_TIMEOUT_S):
            raise EnvironmentProblem(Reason.DATABASE_BUSY)
        try:
            with self.engine.begin() as connection:
                yield connection
        finally:
            if self._turn is not None:
                self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the data, without waiting for writers."""
        options: dict[str, Any] = {_READ: True}
        if self.engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def is_overload(error: OperationalError) -> bool:
    """Whether trying again later is the answer (a lock not had in time, connections used up, a full disk mended)."""
    if problem_of(error) is not None:
        return True
    text = str(error.orig).lower()
    return "locked" in text or "busy" in text or "deadlock" in text or "too many" in text or "timeout" in text


@contextmanager
def told() -> Iterator[None]:
    """Turns what a person can act on (corrupt, read-only, full, busy) into an ``EnvironmentProblem``."""
    try:
        yield
    except (DBAPIError, OSError) as error:
        if looks_corrupt(error):
            raise EnvironmentProblem(Reason.DATABASE_CORRUPT) from error
        problem = problem_of(error)
        if problem is None:
            raise
        raise problem from error


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``; one with a known key replaces the other columns it names."""
    _insert(connection, table, rows, replace=True)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows`` whose key is not known yet; others are left as they are."""
    _insert(connection, table, rows, replace=False)


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, replace: bool) -> None:
    if not rows:
        return
    key = [column.name for column in table.primary_key.columns]
    statement: sqlite.Insert | postgresql.Insert
    statement = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    if replace:
        changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), list(rows))
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=key), list(rows))
