"""Opening ``replica.db``: an older one is carried over, and made anew is what this build cannot use.

Head office has everything in it, so it is never a reason to stop. Nothing is deleted: what cannot be used is
moved aside, and only the latest such file is kept.
"""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection

from pos_member.db import replica_schema as r
from pos_member.db.engine import Database
from pos_member.db.replica_upgrade import carry_over
from pos_member.domain.errors import EnvironmentProblem, Reason

log = logging.getLogger(__name__)
_NEW_MARK = "INSERT INTO mark (one, cursor, included_seq, as_of_us, revision) VALUES (1, 0, 0, NULL, 1)"
_EMPTY_MARK = "UPDATE mark SET cursor = 0, included_seq = 0, as_of_us = NULL, feed_mark = '', revision = revision + 1"


def open_replica(path: Path, key: bytes) -> Database:
    """The replica, empty (cursor 0) if there was none that can be used.

    Damage found while it is in use is remembered beside it, so that the next start makes a new one.
    """
    damaged = damage_note(path)
    database = Database(path, key)
    if path.exists() and (damaged.exists() or not _usable(database)):
        database.close()
        _move_aside(path)
        damaged.unlink(missing_ok=True)
    if not path.exists():
        _create(database)
    database.on_damage = damaged.touch
    return database


def damage_note(path: Path) -> Path:
    """The file whose presence says that the replica at ``path`` was found damaged."""
    return path.with_name(path.name + ".damaged")


def _create(database: Database) -> None:
    with database.write() as connection:
        r.metadata.create_all(connection, checkfirst=False)
        connection.exec_driver_sql(r.MEMBER_SEARCH_DDL)
        connection.exec_driver_sql(_NEW_MARK)
        connection.exec_driver_sql(f"PRAGMA application_id = {r.REPLICA_APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {r.REPLICA_VERSION}")


def empty(connection: Connection) -> None:
    """Take every row out and go back to cursor 0; callers that cache the catalogue notice."""
    connection.exec_driver_sql("DELETE FROM member_search")
    for table in r.metadata.sorted_tables:
        if table is not r.mark:
            connection.execute(table.delete())
    connection.exec_driver_sql(_EMPTY_MARK)


def _usable(database: Database) -> bool:
    try:
        with database.read() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            owner = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        if owner != r.REPLICA_APPLICATION_ID:
            return False
        return version == r.REPLICA_VERSION or carry_over(database, version)
    except EnvironmentProblem as problem:
        if problem.reason is not Reason.DATABASE_CORRUPT:
            raise
        return False


def _move_aside(path: Path) -> None:
    log.warning("%s cannot be used by this build: moved aside, to be loaded anew from head office", path.name)
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.replace(path.with_name(f"{path.stem}.set-aside{path.suffix}{suffix}"))
