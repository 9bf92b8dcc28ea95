"""The one place where driver and file errors become something a person is told.

``Reason.DATABASE_CORRUPT`` is never said from here alone: SQLite can report corruption that is gone after reopening
(a torn read, a page overwritten in memory). ``engine.Database`` closes, reopens and runs ``quick_check`` first.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from pos_member.domain.errors import EnvironmentProblem, Reason

_PRIMARY = 0xFF
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_ROOM_TO_OPEN = 128 * 1024
_REASONS = {
    _BUSY: Reason.DATABASE_BUSY,
    _LOCKED: Reason.DATABASE_BUSY,
    _READONLY: Reason.FOLDER_READ_ONLY,
    _CANTOPEN: Reason.FOLDER_READ_ONLY,
    _FULL: Reason.DISK_FULL,
    _IOERR: Reason.DISK_FAILED,
}
_ERRNOS = {
    errno.ENOSPC: Reason.DISK_FULL,
    errno.EDQUOT: Reason.DISK_FULL,
    errno.EROFS: Reason.FOLDER_READ_ONLY,
    errno.EACCES: Reason.FOLDER_READ_ONLY,
    errno.EPERM: Reason.FOLDER_READ_ONLY,
    errno.ENOTDIR: Reason.FOLDER_READ_ONLY,
    errno.EEXIST: Reason.FOLDER_READ_ONLY,
    errno.ENOENT: Reason.FOLDER_READ_ONLY,
    errno.EISDIR: Reason.FOLDER_READ_ONLY,
    errno.ELOOP: Reason.FOLDER_READ_ONLY,
    errno.ENAMETOOLONG: Reason.FOLDER_READ_ONLY,
    errno.EIO: Reason.DISK_FAILED,
}


def sqlite_code(error: BaseException) -> int:
    """SQLite's primary result code of a driver or SQLAlchemy error, 0 when it carries none."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & _PRIMARY
    # The driver gives no code for what fails while a key is set or a file is opened.
    text = str(original)
    if isinstance(original, dbapi2.OperationalError) and "unable to open" in text:
        return _CANTOPEN
    if isinstance(original, dbapi2.DatabaseError) and "not a database" in text:
        return _NOTADB
    return 0


def looks_corrupt(error: BaseException) -> bool:
    """Whether the error says that the file's contents are wrong (or cannot be decrypted)."""
    return sqlite_code(error) in (_CORRUPT, _NOTADB)


def is_busy(error: BaseException) -> bool:
    """Whether the error says that somebody else has the file."""
    return sqlite_code(error) in (_BUSY, _LOCKED)


def problem_of(error: BaseException, path: Path | str = "") -> EnvironmentProblem | None:
    """What a person can do something about, or ``None``: then it is a bug and goes up as it is.

    ``path``: the file or folder that was being worked on.
    """
    reason = _REASONS.get(sqlite_code(error))
    if reason is None and isinstance(error, OSError):
        reason = _ERRNOS.get(error.errno or 0)
    if reason is Reason.DISK_FAILED and _no_room(path):
        # What SQLite says when there is no room for its shared memory, 32 KB at the opening of a file.
        reason = Reason.DISK_FULL
    return None if reason is None else EnvironmentProblem(reason, path=str(path))


def _no_room(path: Path | str) -> bool:
    """Whether the disk of ``path`` is full to within what opening a database takes."""
    if not path:
        return False
    place = Path(path)
    try:
        return shutil.disk_usage(place if place.is_dir() else place.parent).free < _ROOM_TO_OPEN
    except OSError:
        return False
