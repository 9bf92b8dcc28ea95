"""What a database's errors mean: come back later, do it again, a person's to mend, or a bug; and what may be told.

PostgreSQL puts the values of a row into its messages ("Failing row contains (…)"): what goes to a log is made anew
here, from the error's class, its code and the names of tables and constraints.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors as pg
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from pos_member.db.errors import looks_corrupt, problem_of
from pos_member.domain.errors import EnvironmentProblem, Reason

#: Another transaction was in the way: doing the whole unit again is the cure.
_AGAIN = (pg.SerializationFailure, pg.DeadlockDetected)
#: Passes by itself: a lock not had in time, a statement out of time, connections used up, a server that starts, ends or
#: has just become the one that may not write.
_LATER = (
    *(pg.LockNotAvailable, pg.QueryCanceled, pg.TooManyConnections, pg.CannotConnectNow, pg.OutOfMemory),
    *(pg.AdminShutdown, pg.CrashShutdown, pg.IdleInTransactionSessionTimeout, pg.ReadOnlySqlTransaction),
)
#: Of SQLSTATE: "sign-in refused", "no such database", "may not connect to it".
_NOT_LET_IN = ("28", "3D")


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone: what was asked for may have been done or not."""
    if isinstance(error, DBAPIError):
        original = error.orig
        return error.connection_invalidated or (original is not None and is_lost(original))
    unnamed = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    return unnamed or isinstance(error, pg.AdminShutdown | pg.CrashShutdown | pg.ConnectionException)


def is_crossed(error: BaseException) -> bool:
    """Whether another transaction was in the way, so that nothing was done and doing it again is the answer."""
    return isinstance(error, DBAPIError) and isinstance(error.orig, _AGAIN)


def is_overload(error: DBAPIError) -> bool:
    """Whether trying again later is the answer (a lock not had in time, connections used up, a full disk mended)."""
    if isinstance(error.orig, psycopg.Error):
        return is_crossed(error) or is_lost(error) or isinstance(error.orig, (*_LATER, pg.DiskFull))
    if problem_of(error) is not None:
        return True
    text = str(error.orig).lower()
    return "locked" in text or "busy" in text or "too many" in text or "timeout" in text


def is_refused_text(error: BaseException) -> bool:
    """Whether a value itself is at fault: a NUL in text, a number too large, a broken character."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(original, psycopg.DataError | OverflowError)


@contextmanager
def told(place: str = "") -> Iterator[None]:
    """Turns what a person can act on (corrupt, read-only, full, busy, out of reach) into an ``EnvironmentProblem``.

    ``place``: the server's name, without passwords.
    """
    try:
        yield
    except (DBAPIError, OSError) as error:
        if looks_corrupt(error):
            raise EnvironmentProblem(Reason.DATABASE_CORRUPT) from error
        problem = problem_of(error) or _server_problem(error, place)
        if problem is None:
            raise
        raise problem from error


def _server_problem(error: BaseException, place: str) -> EnvironmentProblem | None:
    original = getattr(error, "orig", None)
    if not isinstance(original, psycopg.Error):
        return None
    if isinstance(original, pg.DiskFull):
        return EnvironmentProblem(Reason.DISK_FULL, path=place)
    if isinstance(original, pg.ReadOnlySqlTransaction):
        return EnvironmentProblem(Reason.DATABASE_READ_ONLY, place=place)
    if isinstance(original, (*_AGAIN, *_LATER)):
        return EnvironmentProblem(Reason.DATABASE_BUSY)
    if isinstance(original, pg.InsufficientPrivilege):
        return EnvironmentProblem(Reason.DATABASE_NO_RIGHTS, place=place)
    if is_lost(original) or (original.sqlstate or "").startswith(_NOT_LET_IN):
        return EnvironmentProblem(Reason.DATABASE_UNREACHABLE, place=place)
    return None


def safe_text(error: psycopg.Error) -> str:
    """What may stand in a log: nothing of a row's values."""
    diag = error.diag
    named = [f"{what} {name}" for what in ("table", "column", "constraint") if (name := _name(diag, what))]
    return " ".join([type(error).__name__, error.sqlstate or "", *named]).strip()


def _name(diag: Any, what: str) -> str:
    return str(getattr(diag, f"{what}_name", None) or "")


def without_values(context: ExceptionContext) -> None:
    """Engine event ``handle_error``: an error of PostgreSQL says nothing of a row's values from here on."""
    original = context.original_exception
    if not isinstance(original, psycopg.Error):
        return
    safe = safe_text(original)
    original.args = (safe,)
    if isinstance(context.sqlalchemy_exception, DBAPIError):
        context.sqlalchemy_exception.args = (f"({type(original).__module__}) {safe}",)
