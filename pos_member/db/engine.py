"""Opening a database file for truth: SQLCipher through SQLAlchemy Core, our own BEGIN, every error mapped.

The driver runs in autocommit and SQLAlchemy's ``begin`` event emits the BEGIN: the driver's own transaction handling
would leave DDL outside and start writes with a deferred BEGIN, which fails at the first write with BUSY, the
time-out ignored. So work that may write is ``BEGIN IMMEDIATE`` and work that reads is ``BEGIN``.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from pos_member.db.errors import is_busy, looks_corrupt, problem_of
from pos_member.db.gate import Gate
from pos_member.domain.errors import EnvironmentProblem, Reason

log = logging.getLogger(__name__)
BUSY_TIMEOUT_S = 10.0
#: How long an exchange of the file waits for those who are reading. New readers wait as long at the most.
EXCHANGE_TIMEOUT_S = 3.0
_POOL_KEPT = 4
_POOL_MORE = 28
_BEGIN = "pos_member_begin"
#: The first release without the bug that corrupts a WAL database written from two connections, and the two
#: releases of older lines that carry the mend (https://www.sqlite.org/wal.html#walresetbug).
_SOUND_FROM = (3, 51, 3)
_SOUND_TOO = frozenset({(3, 50, 7), (3, 44, 6)})

# What the driver does not know by itself it asks for an adapter of, and then the value: to bind a NULL took it a
# microsecond, ten times as long as a number, in every insert of every file. This answers at once: ``None`` is ``None``.
dbapi2.register_adapter(type(None), {}.get)

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA mmap_size = 0",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
    # Pages are kept decrypted; the default of 8 MB holds hardly the upper levels of a million members' trees.
    "PRAGMA cache_size = -24000",
    "PRAGMA trusted_schema = OFF",
)


def require_sound_sqlite(version: tuple[int, int, int] = dbapi2.sqlite_version_info) -> None:
    """Raises ``EnvironmentProblem(SQLITE_UNSOUND)`` for a SQLite that can corrupt a WAL database."""
    if version < _SOUND_FROM and version not in _SOUND_TOO:
        raise EnvironmentProblem(Reason.SQLITE_UNSOUND, version=".".join(map(str, version)))


def raw_connect(path: Path, key: bytes, *, read_only: bool = False, durable: bool = True) -> Any:
    """A driver connection with key and pragmas set, in autocommit. Raises the driver's errors.

    ``key``: 32 raw bytes. ``read_only`` opens without write access (SQLite's ``mode=ro``). ``durable``: ``False`` where
    a commit may be lost with the power, whole, until the last connection is closed.
    """
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    connection = dbapi2.connect(
        uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        # Else SQLCipher writes to standard error what is raised anyway.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        # The file format of today, whatever a later SQLCipher takes for its default.
        connection.execute("PRAGMA cipher_compatibility = 4")
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
        if not durable:
            connection.execute("PRAGMA synchronous = NORMAL")
        if not read_only:
            _to_wal(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _to_wal(connection: Any) -> None:
    """Into WAL mode, also while others do the same to a file that is new to them all.

    Changing over, SQLite takes its write lock from within a read, and for that it never waits: whoever is second is
    told at once that the file is busy. ``BEGIN IMMEDIATE`` does wait, and once it has the lock the other is done.
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except dbapi2.OperationalError as error:
            if not is_busy(error) or time.monotonic() >= until:
                raise
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


class Database:
    """One encrypted database file. Thread-safe: ``read`` and ``write`` lend each caller a connection of its own.

    Both raise ``EnvironmentProblem`` for what a person can act on and close every connection after an error that
    may have left one in doubt, so that the next use opens the file anew.
    """

    def __init__(self, path: Path, key: bytes, *, read_only: bool = False, durable: bool = True) -> None:
        require_sound_sqlite()
        self.path = path
        self.key = key
        #: Called when the disk was found full, before the caller hears of it: makes room for the next attempt.
        self.on_full: Callable[[], object] | None = None
        #: Called after every commit, by the thread that made it; must not wait for anything.
        self.on_commit: Callable[[], object] | None = None
        #: Called when damage was found and is still there after reopening.
        self.on_damage: Callable[[], object] | None = None
        self._read_only = read_only
        self._writing = threading.Lock()
        self._writer: int | None = None
        self._gate = Gate()
        engine = create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: raw_connect(path, key, read_only=read_only, durable=durable),
            poolclass=QueuePool,
            pool_size=_POOL_KEPT,
            max_overflow=_POOL_MORE,
            isolation_level=None,
            # Rows hold personal data: keep them out of exception texts.
            hide_parameters=True,
        )
        event.listen(engine, "begin", _emit_begin)
        self._readers = engine
        self._writers = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside a read transaction: one consistent state, whatever is written meanwhile."""
        try:
            with self._gate.use(), self._readers.connect() as connection, connection.begin():
                yield connection
        except (DBAPIError, dbapi2.Error) as error:
            raise self._told(error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection under ``BEGIN IMMEDIATE``; leaving commits durably, an exception undoes all.

        A COMMIT that fails can still come back after reopening: whoever retries looks the fact's id up first
        and uses the same id again. Raises ``RuntimeError`` when the thread is inside ``write`` already.
        """
        with self._turn():
            try:
                with self._gate.use(), self._writers.connect() as connection, connection.begin():
                    yield connection
            except (DBAPIError, dbapi2.Error) as error:
                raise self._told(error) from error
        if self.on_commit is not None:
            self.on_commit()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Threads of this process queue here: SQLite's own waiting is polling, and unfair."""
        me = threading.get_ident()
        if self._writer == me:
            raise RuntimeError("a unit of work inside another on the same file")
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_S * 3):
            raise EnvironmentProblem(Reason.DATABASE_BUSY, path=str(self.path))
        self._writer = me
        try:
            yield
        finally:
            self._writer = None
            self._writing.release()

    def _told(self, error: BaseException) -> BaseException:
        """``error`` as an ``EnvironmentProblem`` where it is one; every connection is closed meanwhile."""
        if looks_corrupt(error):
            self._readers.dispose()
            try:
                self.require_sound()
            except EnvironmentProblem as corrupt:
                return corrupt
            log.warning("%s reported damage that is gone after reopening", self.path.name)
            return EnvironmentProblem(Reason.DATABASE_BUSY, path=str(self.path))
        problem = problem_of(error, self.path)
        if problem is None:
            return error
        self._readers.dispose()
        if problem.reason is Reason.DISK_FULL and self.on_full is not None:
            self.on_full()
        return problem

    def require_sound(self) -> None:
        """Read the whole file. Raises ``EnvironmentProblem(DATABASE_CORRUPT)``."""
        if self.damage():
            if self.on_damage is not None:
                self.on_damage()
            raise EnvironmentProblem(Reason.DATABASE_CORRUPT, path=str(self.path))

    def damage(self) -> tuple[str, ...]:
        """What a fresh connection finds wrong with the file; empty when it is sound. Reads all of it."""
        try:
            connection = raw_connect(self.path, self.key, read_only=self._read_only)
        except dbapi2.DatabaseError as error:
            if not looks_corrupt(error):
                raise
            return (str(error),)
        try:
            # Not cipher_integrity_check: it reads the file past the WAL, and calls a checkpoint that a full disk broke
            # off half-way damage. Every page that is read here has its HMAC checked all the same.
            found = [row[0] for row in connection.execute("PRAGMA quick_check(10)") if row[0] != "ok"]
        except dbapi2.DatabaseError as error:
            if not looks_corrupt(error):
                raise
            return (str(error),)
        finally:
            connection.close()
        return tuple(found)

    @contextmanager
    def raw(self) -> Iterator[Any]:
        """A driver connection in autocommit, for what must run outside of a transaction (``VACUUM INTO``)."""
        try:
            with self._gate.use(), closing(raw_connect(self.path, self.key, read_only=self._read_only)) as connection:
                yield connection
        except (dbapi2.Error, OSError) as error:
            raise self._told(error) from error

    def fold(self) -> None:
        """What is in the WAL goes into the file, as far as nobody reads the older state: an ``exchange`` that follows
        waits for the disk only for what is written between. What goes wrong here is met again there, and told."""
        with self._gate.use(), suppress(DBAPIError, dbapi2.Error):
            connection = self._readers.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
            finally:
                connection.close()

    def exchange(self, other: Path, last_words: Callable[[], None] = lambda: None) -> None:
        """Put the file ``other`` (same key, closed) in the place of this one, while it is in use.

        Reads that run end first, with the old file; later ones have the new. ``last_words`` is called between: it may
        read this file, and nobody writes to it any more. Raises ``EnvironmentProblem(DATABASE_BUSY)`` where somebody,
        in this process or another, does not let go of a file in time: then nothing is changed. Broken off anywhere,
        one of the two is there.
        """
        with self._turn():
            try:
                with self._gate.alone(EXCHANGE_TIMEOUT_S):
                    last_words()
                    self._readers.dispose()
                    for path in (self.path, other):
                        self._fold_wal(path)
                    other.replace(self.path)
                    _sync_folder(self.path.parent)
            except TimeoutError as error:
                raise EnvironmentProblem(Reason.DATABASE_BUSY, path=str(self.path)) from error
            except (dbapi2.Error, OSError) as error:
                raise self._told(error) from error

    def _fold_wal(self, path: Path) -> None:
        """Leave no WAL beside a file: SQLite would take it for the next file's. Of a damaged file it is dropped.

        Whoever closes a file last folds it, so mostly there is none.
        """
        wal = path.with_name(path.name + "-wal")
        if not wal.exists():
            return
        try:
            with closing(raw_connect(path, self.key)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")
        except dbapi2.DatabaseError as error:
            if not looks_corrupt(error):
                raise
            wal.unlink(missing_ok=True)
        if wal.exists():
            raise TimeoutError("somebody else has the file open")

    def close(self) -> None:
        """Close every connection; the last one folds the WAL into the file."""
        self._readers.dispose()


def _sync_folder(folder: Path) -> None:
    """Names are on the disk too, where a folder can be asked for that."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _emit_begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
