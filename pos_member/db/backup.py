"""An online backup of ``till.db``: one step, verified, named last, and only so many kept.

The incremental form of SQLite's backup starts over whenever somebody writes and never ends on a busy till. ``VACUUM
INTO`` is one long read: a consistent copy of one moment, without free pages, and nobody who writes waits for it.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2

from pos_member.db.engine import Database
from pos_member.db.errors import problem_of
from pos_member.domain.errors import EnvironmentProblem, Reason

KEPT = 7
_PATTERN = "till-*.db"


def backup(database: Database, target: Path) -> None:
    """Copy ``database``, encrypted with the same key, to the new file ``target``; it has its name only when whole.

    Raises ``EnvironmentProblem``: DISK_FULL, FOLDER_READ_ONLY, DATABASE_BUSY; DATABASE_CORRUPT when the copy does not
    pass its check (it is removed then).
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with database.raw() as source:
            source.execute("VACUUM INTO ?", (str(part),))
        copy = Database(part, database.key, read_only=True)
        damage = copy.damage()
        copy.close()
        if damage:
            raise EnvironmentProblem(Reason.DATABASE_CORRUPT, path=str(target))
        _flush(part)
        part.replace(target)
        _flush(target.parent)
    except (OSError, dbapi2.Error) as error:
        raise problem_of(error, target) or error from error
    finally:
        if part.exists():
            part.unlink()


def backup_rotating(database: Database, folder: Path, at: datetime, kept: int = KEPT) -> Path:
    """A backup named by the time, the oldest beyond ``kept`` removed once it is there. Raises as ``backup``."""
    target = folder / f"till-{at:%Y%m%d-%H%M%S}.db"
    backup(database, target)
    for old in sorted(folder.glob(_PATTERN))[:-kept]:
        old.unlink()
    return target


def _flush(path: Path) -> None:
    """On the disk, not only in its cache. A folder cannot be opened for this on Windows, nor needs it."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
