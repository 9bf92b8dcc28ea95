"""The data folder: a sound SQLite, keys that fit, both files whole and of this build's version. Nothing is changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pos_member.db.engine import Database, require_sound_sqlite
from pos_member.db.folder import REPLICA_FILE, TILL_FILE
from pos_member.db.keys import KeyPlace, Keys, load_keys
from pos_member.db.schema import TILL_VERSION
from pos_member.db.sync_store import SqlSyncStore
from pos_member.db.upgrade import version_of
from pos_member.doctor.findings import Finding, Level, found
from pos_member.domain.errors import EnvironmentProblem, Reason

_SHARED = stat.S_IRWXG | stat.S_IRWXO


def check_sqlite() -> Iterator[Finding]:
    """The SQLite inside SQLCipher cannot corrupt what it writes. Raises ``EnvironmentProblem(SQLITE_UNSOUND)``."""
    require_sound_sqlite()
    yield found("sqlite", Level.OK, "sqlite_ok")


def check_database(folder: Path) -> Iterator[Finding]:
    """The databases open with the folder's keys and are whole. Reads every page: seconds for each GB."""
    if not (folder / TILL_FILE).exists():
        yield found("database", Level.OK, "database_none", folder=folder)
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield found("database", Level.ERROR, "folder_read_only", folder=folder)
        return
    keys = load_keys(folder, must_exist=True)
    yield _keys(folder, keys)
    yield from _till(folder / TILL_FILE, keys)
    if (folder / REPLICA_FILE).exists():
        yield _replica(folder / REPLICA_FILE, keys)


def _keys(folder: Path, keys: Keys) -> Finding:
    if keys.place is KeyPlace.KEYSTORE:
        return found("keys", Level.OK, "keys_in_keystore")
    if os.name == "posix" and any(path.stat().st_mode & _SHARED for path in folder.glob("keys.secret")):
        return found("keys", Level.ERROR, "keys_shared", folder=folder)
    return found("keys", Level.WARNING, "keys_in_file", folder=folder)


def _till(path: Path, keys: Keys) -> Iterator[Finding]:
    database = Database(path, keys.database, read_only=True)
    try:
        version = version_of(database)
        if version > TILL_VERSION:
            raise EnvironmentProblem(Reason.DATABASE_NEWER, found=version, known=TILL_VERSION)
        damage = database.damage()
    finally:
        database.close()
    if damage:
        yield found("database", Level.ERROR, "database_damaged", path=path, first=damage[0][:120])
    else:
        yield found("database", Level.OK, "database_ok", megabytes=_megabytes(path), version=version)


def _replica(path: Path, keys: Keys) -> Finding:
    database = Database(path, keys.database, read_only=True)
    try:
        damage = database.damage()
    finally:
        database.close()
    if damage:
        return found("replica", Level.WARNING, "replica_damaged", first=damage[0][:120])
    return found("replica", Level.OK, "replica_ok", megabytes=_megabytes(path))


def _megabytes(path: Path) -> int:
    return -(-path.stat().st_size // 1_000_000)


def server_url(folder: Path) -> str:
    """Head office's address as the till was enrolled; empty where it is not. Raises ``EnvironmentProblem``."""
    if not (folder / TILL_FILE).exists() or not (folder / REPLICA_FILE).exists():
        return ""
    keys = load_keys(folder, must_exist=True)
    till = Database(folder / TILL_FILE, keys.database, read_only=True)
    replica = Database(folder / REPLICA_FILE, keys.database, read_only=True)
    try:
        link = SqlSyncStore(till, replica).link()
    finally:
        till.close()
        replica.close()
    return link.server_url if link else ""
