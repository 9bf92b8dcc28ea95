"""A backup of head office as one file, whatever database it stands on, and the way back.

The file is an SQLite database with head office's tables. From SQLite it is one ``VACUUM INTO``; from PostgreSQL every
table is read in one REPEATABLE READ, so that it is one moment, and needs no program of the server's. It can be put back
into either kind. It holds the secrets of head office (who has it can speak as head office): keep it like them.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, create_engine, delete, func, insert, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from pos_member.domain.clock import Clock, SystemClock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.ids import IdMaker
from pos_member.headoffice import restoring, schema, settling
from pos_member.headoffice.database import open_database
from pos_member.headoffice.kept import VERSION
from pos_member.headoffice.portable import Database, insert_many, is_server, place_of, told
from pos_member.headoffice.restoring import TillLeft
from pos_member.headoffice.schema_base import metadata
from pos_member.headoffice.schema_sync import lease, snapshot
from pos_member.headoffice.settling import OfficeActKind, Signature

log = logging.getLogger(__name__)
_ROWS = 2_000
#: What is of one running head office and not of its data: who does what at the moment, files on its disk.
_OF_THE_MOMENT: tuple[Table, ...] = (lease, snapshot)


@dataclass(frozen=True)
class Backed:
    """A backup that was read back whole."""

    path: Path
    bytes: int
    events: int
    tills: int


@dataclass(frozen=True)
class Restored:
    """What was put back: no rights before ``frozen_until``; each till sends again what comes after its last event."""

    frozen_until: datetime
    tills: tuple[TillLeft, ...]
    #: The database that was there before, moved aside; ``None`` where there was none.
    kept: Path | None


def backup(database_url: str, target: Path) -> Backed:
    """Write a backup to the new file ``target``; it has its name only when it was read back whole.

    Raises ``Refusal(FILE_EXISTS)``; ``EnvironmentProblem``: DISK_FULL, FOLDER_READ_ONLY, DATABASE_CORRUPT,
    DATABASE_BUSY, DATABASE_UNREACHABLE.
    """
    if target.exists():
        raise Refusal(Reason.FILE_EXISTS, path=str(target))
    part = target.with_name(target.name + ".part")
    with told(str(target)), _cleaned(part):
        target.parent.mkdir(parents=True, exist_ok=True)
        part.touch(mode=0o600)
        if is_server(database_url):
            _from_server(database_url, part)
        else:
            part.unlink()
            _from_file(database_url, part)
        part.chmod(0o600)
        found = _look(part)
        _flush(part)
        part.replace(target)
    return Backed(target, target.stat().st_size, *found)


def restore(
    database_url: str, source: Path, *, who: str, why: str, clock: Clock | None = None, anyway: bool = False
) -> Restored:
    """Put ``source`` in the place of head office's database. Head office must not run meanwhile.

    Raises ``Refusal(HEADOFFICE_NOT_EMPTY)`` where something is there already, unless ``anyway``: a file is moved aside
    then, the tables of a server are emptied. ``EnvironmentProblem``: FILE_NOT_READABLE, BACKUP_DAMAGED, DATABASE_NEWER,
    DATABASE_BUSY, DISK_FULL, FOLDER_READ_ONLY.
    """
    clock = clock or SystemClock()
    if not source.is_file():
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(source))
    _look(source)
    if not anyway and _holds_something(database_url):
        raise Refusal(Reason.HEADOFFICE_NOT_EMPTY, place=place_of(database_url))
    kept: Path | None = None
    if is_server(database_url):
        _into_server(database_url, source)
    else:
        kept = _into_file(database_url, source, clock)
    database = open_database(database_url)
    try:
        with database.write() as connection:
            until, tills = _mark(connection, clock, source, who, why)
    finally:
        database.close()
    return Restored(until, tills, kept)


def _mark(
    connection: Connection, clock: Clock, source: Path, who: str, why: str
) -> tuple[datetime, tuple[TillLeft, ...]]:
    """What every restored head office begins with."""
    now = clock.now()
    for table in _OF_THE_MOMENT:
        connection.execute(delete(table))
    until = restoring.freeze(connection, now)
    tills = restoring.tills_left(connection)
    by = settling.sign(IdMaker(clock), who or "?", why or OfficeActKind.HEADOFFICE_RESTORED.value, now)
    if isinstance(by, Signature):
        settling.note(connection, OfficeActKind.HEADOFFICE_RESTORED, "headoffice", source.name[:80], by)
    restoring.restored(connection, {"backup": source.name[:80], "tills": len(tills), "by": who[:80]}, now)
    return until, tills


def _from_file(database_url: str, part: Path) -> None:
    path = make_url(database_url).database or ""
    if not Path(path).is_file():
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=path)
    connection = dbapi2.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("VACUUM INTO ?", (str(part),))
    finally:
        connection.close()


def _from_server(database_url: str, part: Path) -> None:
    source, target = Database(database_url), create_engine(f"sqlite:///{part}", module=dbapi2)
    try:
        with source.read() as reading, target.begin() as writing:
            metadata.create_all(writing)
            _copy(reading, writing)
    finally:
        source.close()
        target.dispose()


def _copy(reading: Connection, writing: Connection) -> None:
    for table in metadata.sorted_tables:
        rows = reading.execution_options(stream_results=True).execute(select(table)).mappings()
        for part in rows.partitions(_ROWS):
            if writing.dialect.name == "postgresql":
                insert_many(writing, table, [dict(row) for row in part])
            else:
                writing.execute(insert(table), [dict(row) for row in part])


def _look(path: Path) -> tuple[int, int]:
    """(events, tills) of a backup. Raises ``EnvironmentProblem(BACKUP_DAMAGED)`` for one that is not whole, or none."""
    try:
        connection = dbapi2.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            sound = [row[0] for row in connection.execute("PRAGMA quick_check(5)")] == ["ok"]
            version = connection.execute("SELECT value FROM setting WHERE name = ?", (VERSION,)).fetchone()
            events = connection.execute("SELECT count(*) FROM event").fetchone()[0]
            tills = connection.execute("SELECT count(*) FROM till").fetchone()[0]
        finally:
            connection.close()
    except dbapi2.DatabaseError as error:
        raise EnvironmentProblem(Reason.BACKUP_DAMAGED, path=str(path)) from error
    if not sound or version is None:
        raise EnvironmentProblem(Reason.BACKUP_DAMAGED, path=str(path))
    return events, tills


def _holds_something(database_url: str) -> bool:
    """Whether a head office stands there. A file that cannot be read is somebody's too."""
    if not is_server(database_url):
        path = Path(make_url(database_url).database or "")
        return path.is_file() and path.stat().st_size > 0
    database = Database(database_url)
    try:
        with told(place_of(database_url)), database.read() as connection:
            try:
                return bool(connection.execute(select(func.count()).select_from(schema.till)).scalar_one())
            except DBAPIError:
                return False  # no such table: nothing was ever there
    finally:
        database.close()


def _into_file(database_url: str, source: Path, clock: Clock) -> Path | None:
    """A copy beside the place, brought to this version there, then the change of names."""
    place = Path(make_url(database_url).database or "")
    part = place.with_name(place.name + ".restoring")
    with told(str(place)), _cleaned(part):
        place.parent.mkdir(parents=True, exist_ok=True)
        part.touch(mode=0o600)
        shutil.copyfile(source, part)
        open_database(f"sqlite:///{part}").close()
        _flush(part)
        kept = _moved_aside(place, clock) if place.exists() else None
        part.replace(place)
    return kept


def _moved_aside(place: Path, clock: Clock) -> Path:
    """Nothing is deleted. Raises ``EnvironmentProblem(DATABASE_BUSY)`` while a head office has it open."""
    connection = dbapi2.connect(str(place), isolation_level=None, timeout=0)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except dbapi2.OperationalError as error:
        raise EnvironmentProblem(Reason.DATABASE_BUSY, path=str(place)) from error
    except dbapi2.DatabaseError as error:
        # Damaged: the very reason to restore. It is kept as it is.
        log.warning("what was there cannot be read: %s", type(error).__name__)
    finally:
        connection.close()
    kept = place.with_name(f"{place.name}.before-{clock.now():%Y%m%d-%H%M%S}")
    for ending in ("-wal", "-shm"):
        beside = place.with_name(place.name + ending)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + ending))
    place.replace(kept)
    return kept


def _into_server(database_url: str, source: Path) -> None:
    """Through a copy that is brought to this version; the server's tables change in one transaction."""
    part = source.with_name(source.name + ".restoring")
    with told(place_of(database_url)), _cleaned(part):
        part.touch(mode=0o600)
        shutil.copyfile(source, part)
        reading, writing = open_database(f"sqlite:///{part}"), open_database(database_url)
        try:
            with reading.read() as old, writing.write() as new:
                for table in reversed(metadata.sorted_tables):
                    new.execute(delete(table))
                _copy(old, new)
        finally:
            reading.close()
            writing.close()


@contextmanager
def _cleaned(part: Path) -> Iterator[None]:
    """What is half done is not left behind."""
    for ending in ("", "-wal", "-shm"):
        part.with_name(part.name + ending).unlink(missing_ok=True)
    try:
        yield
    finally:
        for ending in ("", "-wal", "-shm"):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
