"""The data folder: lock, keys, both files at the right version, and everything that works on them.

``till.db`` facts · ``replica.db`` head office's data · ``keys.json``, ``keys.secret`` · ``in-use.lock`` ·
``ballast.bin`` · ``backups/`` · ``till.sidecar`` (``sidecar``; a second copy lies in the user's state folder).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from pos_member.config import default_state_folder
from pos_member.db import unread
from pos_member.db.backup import backup, backup_rotating
from pos_member.db.beside import Beside
from pos_member.db.engine import Database, require_sound_sqlite
from pos_member.db.errors import problem_of
from pos_member.db.feed import read_again
from pos_member.db.intake import ReplicaIntake
from pos_member.db.keys import Keys, Keystore, load_keys, system_keystore
from pos_member.db.lock import FolderLock
from pos_member.db.own_numbers import OwnNumbers
from pos_member.db.print_store import SqlPrintStore
from pos_member.db.replica import open_replica
from pos_member.db.sidecar_keeper import LAG_S
from pos_member.db.space import Ballast, FreeSpace, SpaceLevel, free_bytes, space_level
from pos_member.db.store import SqlTillStore
from pos_member.db.sync_store import SqlSyncStore
from pos_member.db.upgrade import upgrade
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason

TILL_FILE = "till.db"
REPLICA_FILE = "replica.db"
BACKUPS = "backups"


class DataFolder:
    """An open data folder. Use as a context manager, or ``close`` it.

    Raises ``EnvironmentProblem``: ALREADY_RUNNING, FOLDER_READ_ONLY, DISK_FULL, DATABASE_KEY_MISSING, DATABASE_NEWER,
    DATABASE_CORRUPT, SQLITE_UNSOUND. Nothing is changed in a folder that cannot be opened.

    ``state``: where the second copy of the sidecar lies; ``sidecar_lag_s``: see ``SidecarKeeper``.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        find_keystore: Callable[[], Keystore | None] = system_keystore,
        free: FreeSpace = free_bytes,
        state: Path | None = None,
        sidecar_lag_s: float | None = LAG_S,
    ) -> None:
        require_sound_sqlite()
        self._state = state or default_state_folder()
        self._sidecar_lag_s = sidecar_lag_s
        self.path = path
        self._clock = clock
        self._free = free
        self._open: list[Callable[[], None]] = []
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FolderLock(path)
            self._open.append(lock.release)
            has_data = (path / TILL_FILE).exists()
            self.keys: Keys = load_keys(path, must_exist=has_data, find_keystore=find_keystore)
            self.ballast = Ballast(path)
            try:
                self._open_files()
            except EnvironmentProblem as problem:
                # Something else filled the disk over night: the reserve is what lets the shop open.
                if problem.reason is not Reason.DISK_FULL or not self.ballast.release():
                    raise
                self._open_files()
        except BaseException as error:
            self.close()
            told = problem_of(error, path) if isinstance(error, OSError) else None
            if told is not None:
                raise told from error
            raise
        self.store = SqlTillStore(self.till, self.replica, clock, free)
        self.sync_store = SqlSyncStore(self.till, self.replica, clock, self.beside.keeper.keep, self.store.sql_rights)
        self.intake = ReplicaIntake(self.till, self.replica, free, self.store.sql_rights)
        self.print_store = SqlPrintStore(self.till, clock)
        self.till.on_full = self.ballast.release

    def _open_files(self) -> None:
        self._require_facts()
        self.till = Database(self.path / TILL_FILE, self.keys.database)
        self._open.append(self.till.close)
        upgrade(self.till, before=lambda version: self._keep_copy(f"before-upgrade-from-{version}"))
        self.replica = open_replica(self.path / REPLICA_FILE, self.keys.database)
        self._open.append(self.replica.close)
        self._read_again()
        self.beside = Beside(self.till, self.path, self._state, self._clock, lag_s=self._sidecar_lag_s)
        self._open.append(self.beside.keeper.close)
        self.beside.check()

    def _read_again(self) -> None:
        """An earlier build kept what it could not read."""
        with self.replica.read() as connection:
            waits = bool(unread.kept(connection))
        if waits:
            with self.till.read() as connection:
                own = OwnNumbers.read(connection)
            with self.replica.write() as connection:
                read_again(connection, own)

    def _require_facts(self) -> None:
        """Facts that are gone are not begun anew in silence.

        The replica is made once ``till.db`` is whole, so beside a replica there is a ``till.db`` that holds something.
        Raises ``EnvironmentProblem(DATABASE_CORRUPT)``.
        """
        facts, wal = self.path / TILL_FILE, self.path / f"{TILL_FILE}-wal"
        if _holds_something(self.path / REPLICA_FILE) and not (_holds_something(facts) or _holds_something(wal)):
            raise EnvironmentProblem(Reason.DATABASE_CORRUPT, path=str(facts))

    def backup(self) -> Path:
        """A verified copy in ``backups/``; the latest ``backup.KEPT`` are kept. Runs long: not on the ``db`` lane.

        Raises ``EnvironmentProblem``: DISK_FULL, FOLDER_READ_ONLY, DATABASE_BUSY, DATABASE_CORRUPT.
        """
        return backup_rotating(self.till, self.path / BACKUPS, self._clock.now())

    def space(self) -> SpaceLevel:
        """Where the disk stands, for the window; a new bill asks ``store.require_room``."""
        return space_level(self.path, self._free)

    def keep_reserve(self) -> bool:
        """Lay the ballast down where it is missing: once after start, not before the window is there (32 MB)."""
        return self.ballast.keep(self._free)

    def _keep_copy(self, name: str) -> None:
        backup(self.till, self.path / BACKUPS / f"{name}.db")

    def close(self) -> None:
        """Close both files and give the folder back. May be called twice."""
        while self._open:
            self._open.pop()()

    def __enter__(self) -> DataFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _holds_something(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
