"""The snapshots of this machine: which there are, their parts, when a new one is due, which may go.

Files lie in a folder beside the database; ``snapshot`` has a row for each. Every machine makes its own: a till that
asks one for another's file is told that there is none, and asks for a manifest again.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from sqlalchemy import delete, insert, make_url, select

from pos_member.config import default_state_folder
from pos_member.db.lock import FolderLock
from pos_member.db.replica_schema import REPLICA_VERSION
from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason
from pos_member.headoffice import feed, times
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema import snapshot
from pos_member.headoffice.snapshot_build import MANIFEST, UNFINISHED, build, part_name
from pos_member.services.snapshot_ports import SnapshotManifest

log = logging.getLogger(__name__)
#: The newest and the one before: a till that began with that may end with it.
KEPT = 2
#: Longer names are of no snapshot; the disk would not even be asked for one of 256 bytes.
_NAME_MAX = 64
#: A file that somebody fetched a part of within this many seconds is kept whatever its age, up to ``KEPT_MAX`` of them.
FETCHED_S = 900
KEPT_MAX = 5
#: Fewer changes than this come sooner through the feed than as a file.
WORTH_CHANGES = 5_000
#: A new one is due when the feed is so much further than the newest, or a fifth of it, whichever is more.
BEHIND_CHANGES = 50_000
_READY = "ready"


@lru_cache(maxsize=2 * KEPT_MAX)
def _read(path: Path, _mtime_ns: int, _size: int) -> SnapshotManifest:
    """A manifest, read once: it is asked for with every hello."""
    return codec.from_bytes(SnapshotManifest, path.read_bytes())


def read_piece(path: Path, after: int, most: int) -> bytes:
    """At most ``most`` bytes of a part behind its first ``after``. Raises ``FileNotFoundError`` once it is gone."""
    with path.open("rb") as file:
        file.seek(after)
        return file.read(most)


def snapshot_folder(database_url: str) -> Path:
    """Beside an SQLite database; for another one, a folder of this machine's own."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database).absolute().parent / "snapshots"
    named = f"{url.host or 'local'}-{url.port or 0}-{url.database or ''}"
    return default_state_folder() / "headoffice-snapshots" / "".join(c if c.isalnum() else "-" for c in named)


class Snapshots:
    """Thread-safe; several processes may share the folder."""

    def __init__(self, database: Database, folder: Path, clock: Clock, new_id: Callable[[], str]) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._new_id = new_id
        self._building = threading.Lock()

    def listed(self) -> list[SnapshotManifest]:
        """Those whose files are on this machine and of the format of today, newest first."""
        with self._database.read() as connection:
            query = select(snapshot.c.id).where(snapshot.c.state == _READY)
            ordered = connection.execute(query.order_by(snapshot.c.cursor.desc(), snapshot.c.at.desc())).scalars().all()
        found = [self._manifest(name) for name in ordered]
        return [each for each in found if each is not None and each.format == REPLICA_VERSION]

    def newest(self) -> SnapshotManifest | None:
        """The one to give out; ``None`` where there is none, or none that comes from this feed."""
        for each in self.listed():
            with self._database.read() as connection:
                if feed.mark_at(connection, each.cursor) == each.mark:
                    return each
        return None

    def part(self, name: str, number: int) -> Path | None:
        """The file of a part; ``None`` for what is not on this machine."""
        if not name.replace("-", "").isalnum() or not name.isascii() or len(name) > _NAME_MAX:
            return None
        path = self._folder / name / part_name(number)
        if number < 0 or not path.is_file():
            return None
        # Its folder's time says that somebody is fetching.
        os.utime(path.parent)
        return path

    def is_due(self) -> bool:
        """Whether a new one is worth the work."""
        newest = self.newest()
        with self._database.read() as connection:
            horizon = feed.horizon(connection)
        if newest is None:
            return horizon >= WORTH_CHANGES
        return horizon - newest.cursor > max(BEHIND_CHANGES, newest.cursor // 5)

    def make(self, cancelled: Callable[[], bool] = lambda: False) -> SnapshotManifest | None:
        """Make one now; ``None`` while somebody else on this machine is making one. Older ones go.

        Raises ``Cancelled``, and as ``snapshot_build.build``.
        """
        if not self._building.acquire(blocking=False):
            return None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FolderLock(self._folder)
        except EnvironmentProblem as problem:
            self._building.release()
            if problem.reason is not Reason.ALREADY_RUNNING:
                raise
            return None
        try:
            self._clear_unfinished()
            made = build(self._database, self._folder, self._new_id(), self._clock.now(), cancelled)
            row = {"id": made.id, "cursor": made.cursor, "mark": made.mark, "state": _READY}
            row |= {"at": times.stored(made.at), "manifest": codec.canonical_bytes(made).decode()}
            with self._database.write() as connection:
                connection.execute(insert(snapshot).values(**row))
            self.forget_old()
        finally:
            lock.release()
            self._building.release()
        log.info("snapshot", extra={"fields": {"id": made.id, "cursor": made.cursor, "bytes": made.bytes}})
        return made

    def forget_old(self) -> None:
        """Remove what is neither among the newest nor being fetched, and what no row knows any more."""
        listed = self.listed()
        now = self._clock.now().timestamp()
        kept = {each.id for each in listed[:KEPT]}
        kept |= {each.id for each in listed[KEPT:KEPT_MAX] if now - self._fetched_at(each.id) < FETCHED_S}
        for path in self._folder.iterdir():
            if path.is_dir() and path.name not in kept:
                with self._database.write() as connection:
                    connection.execute(delete(snapshot).where(snapshot.c.id == path.name))
                shutil.rmtree(path, ignore_errors=True)

    def _clear_unfinished(self) -> None:
        for path in self._folder.glob(f"*{UNFINISHED}"):
            shutil.rmtree(path, ignore_errors=True)

    def _fetched_at(self, name: str) -> float:
        try:
            return (self._folder / name).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def _manifest(self, name: str) -> SnapshotManifest | None:
        try:
            path = self._folder / name / MANIFEST
            now = path.stat()
            return _read(path, now.st_mtime_ns, now.st_size)
        except FileNotFoundError:
            return None  # another machine's
        except (OSError, PosMemberError) as error:
            log.warning("snapshot %s cannot be read: %s", name, type(error).__name__)
            return None
