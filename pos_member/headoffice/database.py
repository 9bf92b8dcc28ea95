"""Opening head office's database: tables, the schema's version, the secrets made at the first start."""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, inspect, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from pos_member.domain.clock import SystemClock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice import code_keys
from pos_member.headoffice import schema_door as schema_door  # their tables are of the same metadata
from pos_member.headoffice import schema_sync as schema_sync
from pos_member.headoffice.kept import SIGNING_KEY, TOKEN_SECRET, VERSION, read_setting
from pos_member.headoffice.portable import Database, insert_new, place_of, told
from pos_member.headoffice.portable_engines import driven
from pos_member.headoffice.schema import SCHEMA_VERSION, feed_head, metadata, setting
from pos_member.headoffice.upgrade import upgrade

#: The setting whose row is locked by whoever makes or upgrades the tables.
_TURN = "schema_turn"


def default_database_url(folder: Path) -> str:
    """SQLite in ``folder``, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'headoffice.db'}"


def open_database(database_url: str) -> Database:
    """The database, its tables made where they are missing.

    Raises ``EnvironmentProblem``: DATABASE_NEWER, DATABASE_CORRUPT, DATABASE_BUSY, FOLDER_READ_ONLY, DISK_FULL,
    SQLITE_UNSOUND, DATABASE_UNREACHABLE, DATABASE_NO_RIGHTS, DATABASE_NOT_UTF8, DATABASE_READ_ONLY,
    DATABASE_ADDRESS_INVALID.
    """
    place = place_of(database_url)
    with told(place):
        database = Database(database_url)
        try:
            _will_do(database, place)
            found = _prepare(database)
        except BaseException:
            database.close()
            raise
    if found > SCHEMA_VERSION:
        database.close()
        raise EnvironmentProblem(Reason.DATABASE_NEWER, found=found, known=SCHEMA_VERSION)
    return database


def open_known_database(database_url: str) -> Database:
    """As ``open_database``, for work on what is there: a slip in the name of an SQLite file makes no empty head office.

    Raises also ``EnvironmentProblem(FILE_NOT_READABLE)``.
    """
    url = driven(database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=url.database)
    return open_database(database_url)


def _will_do(database: Database, place: str) -> None:
    """A server's database of another encoding takes the first Thai name for a mistake of the till that sent it; one
    that follows another server answers, and takes nothing at all."""
    if database.engine.dialect.name == "sqlite":
        return
    with database.read() as connection:
        asked = "SELECT getdatabaseencoding() = 'UTF8', pg_is_in_recovery()"
        holds_thai, follows = connection.exec_driver_sql(asked).one()
    if not holds_thai:
        raise EnvironmentProblem(Reason.DATABASE_NOT_UTF8, place=place)
    if follows:
        raise EnvironmentProblem(Reason.DATABASE_READ_ONLY, place=place)


def _prepare(database: Database) -> int:
    """Tables and secrets, where they are missing. Returns the version of the tables."""
    if database.engine.dialect.name != "sqlite":
        _make_turn(database)
    with database.write() as connection:
        if database.engine.dialect.name != "sqlite":
            _take_turn(connection)
        known = _version(connection)
        if known > SCHEMA_VERSION:
            return known
        if known < SCHEMA_VERSION:
            metadata.create_all(connection)
        signing = Ed25519PrivateKey.generate().private_bytes_raw().hex()
        rows = [
            {"name": VERSION, "value": str(SCHEMA_VERSION)},
            {"name": TOKEN_SECRET, "value": secrets.token_hex(32)},
            {"name": SIGNING_KEY, "value": signing},
        ]
        insert_new(connection, setting, rows)
        insert_new(connection, feed_head, [{"id": 1, "publish_no": 0}])
        found = int(read_setting(connection, VERSION))
        if found < SCHEMA_VERSION:
            upgrade(connection, found)
            connection.execute(update(setting).where(setting.c.name == VERSION).values(value=str(SCHEMA_VERSION)))
        code_keys.first_key(connection, SystemClock().now())
        return found


def _version(connection: Connection) -> int:
    """Of the tables; 0 where there are none."""
    if not inspect(connection).has_table(setting.name):
        return 0
    return int(read_setting(connection, VERSION) or 0)


def _make_turn(database: Database) -> None:
    """The row that workers who start together stand in line for. Who is crossed by another finds it made."""
    for left in (3, 2, 1, 0):
        try:
            with database.write() as connection:
                setting.create(connection, checkfirst=True)
                insert_new(connection, setting, [{"name": _TURN, "value": ""}])
            return
        except (IntegrityError, ProgrammingError):
            # "Already exists", said by the catalogue's own unique index: the other has won.
            if not left:
                raise


def _take_turn(connection: Connection) -> None:
    """Until this transaction ends nobody else makes or upgrades tables; however long another's upgrade takes."""
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.execute(select(setting.c.name).where(setting.c.name == _TURN).with_for_update()).one()
