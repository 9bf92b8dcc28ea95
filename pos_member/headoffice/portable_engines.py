"""Opening a database for truth.

SQLite: WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE`` for everything that writes (a plain BEGIN that writes later fails
with "database is locked" under concurrency). One SQLite library per process: the one of ``sqlcipher3``, which opens
plain files when it is given no key.

PostgreSQL: psycopg 3; a commit is answered when it is on disk; nothing waits for ever, neither for a lock nor for a
statement nor for a client that fell silent in the middle. Text is ordered by its bytes, as in SQLite.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Text, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlcipher3 import dbapi2

from pos_member.db.engine import require_sound_sqlite
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.portable_errors import without_values

BUSY_TIMEOUT_S = 20
#: Execution option of a transaction that only reads.
READ = "pos_member_read"
#: Connections of one process: lent for long, and more for a rush. Several workers share the server's.
POOL_SIZE, POOL_MORE = 10, 20
#: How long a call waits for one of them before it is told to come back later.
POOL_WAIT_S = 10
_MINUTE_MS = 60_000
_DRIVER = "postgresql+psycopg"
_SETTINGS = {
    "application_name": "pos-member",
    "synchronous_commit": "on",
    "statement_timeout": str(5 * _MINUTE_MS),
    "lock_timeout": str(BUSY_TIMEOUT_S * 1_000),
    "idle_in_transaction_session_timeout": str(2 * _MINUTE_MS),
    "TimeZone": "UTC",
    "client_min_messages": "warning",
}

#: Long values are packed by lz4 where the server was built with it: as small, in a fraction of the time.
_QUICK_PACKING = (
    "SELECT set_config(name, 'lz4', false) FROM pg_settings"
    " WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
)


def driven(database_url: str | URL) -> URL:
    """The URL with our driver: ``postgres://`` and ``postgresql://`` mean psycopg 3.

    Raises ``EnvironmentProblem(DATABASE_ADDRESS_INVALID)`` for what is none, or of another kind, or of SQLite without a
    file. What was written is not told: there may be a password in it.
    """
    named = str(database_url).replace("postgres://", "postgresql://", 1) if _is_short(database_url) else database_url
    try:
        url = make_url(named)
    except ArgumentError:
        raise EnvironmentProblem(Reason.DATABASE_ADDRESS_INVALID) from None
    if url.drivername == "postgresql":
        url = url.set(drivername=_DRIVER)
    no_file = url.drivername == "sqlite" and url.database in (None, "", ":memory:")
    if url.drivername not in ("sqlite", _DRIVER) or no_file:
        raise EnvironmentProblem(Reason.DATABASE_ADDRESS_INVALID)
    return url


def _is_short(database_url: str | URL) -> bool:
    return isinstance(database_url, str) and database_url.startswith("postgres://")


def is_server(database_url: str | URL) -> bool:
    """Whether several processes may work on this database at once: PostgreSQL."""
    return driven(database_url).get_backend_name() == "postgresql"


def place_of(database_url: str | URL) -> str:
    """Where the database is, as a person may be told: no user, no password."""
    url = driven(database_url)
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    host = url.host or str(url.query.get("host", "localhost"))
    return f"{host}:{url.port or 5432}/{url.database or ''}"


def open_engine(database_url: str | URL) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…``. Raises ``EnvironmentProblem(SQLITE_UNSOUND)``."""
    url = driven(database_url)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _server(url)


def _sqlite(url: URL) -> Engine:
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
        max_overflow=60,  # more in all than there are threads
        pool_use_lifo=True,  # those of a rush are idle after it, and their pages can be let go
    )
    event.listen(engine, "connect", _set_up_file)
    event.listen(engine, "begin", _begin)
    return engine


def _server(url: URL) -> Engine:
    # What the driver ignores when it ends a batch that failed is the very error that it raises; told here it is noise.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    engine = create_engine(
        url,
        connect_args={
            "connect_timeout": 10,
            "client_encoding": "utf8",  # a server's database without an encoding would answer in bytes
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=POOL_SIZE,
        max_overflow=POOL_MORE,
        pool_timeout=POOL_WAIT_S,
        pool_use_lifo=True,  # those of a rush are let go again
    )
    event.listen(engine, "connect", _set_up_session)
    event.listen(engine, "handle_error", without_values)
    return engine


def _set_up_session(driver: Any, _record: object) -> None:
    set_all = ", ".join("set_config(%s, %s, false)" for _ in _SETTINGS)
    values = [text for setting in _SETTINGS.items() for text in setting]
    with driver.cursor() as cursor:
        cursor.execute(f"SELECT {set_all}", values)
        cursor.execute(_QUICK_PACKING)
    driver.commit()


def _set_up_file(driver: Any, _record: object) -> None:
    driver.isolation_level = None  # the driver's own BEGIN comes late and not before DDL
    cursor = driver.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "mmap_size=0",
        "journal_size_limit=67108864",
        "cache_size=-24576",  # of each connection: what a transaction of 500 bills touches
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READ, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@compiles(CreateColumn, "postgresql")
def _ordered_by_bytes(element: CreateColumn, compiler: Any, **options: Any) -> str:
    """Text columns in the "C" collation, whatever the database was created with."""
    described = str(compiler.visit_create_column(element, **options))
    if isinstance(element.element.type, Text):
        described = described.replace(" TEXT", ' TEXT COLLATE "C"', 1)
    return described
