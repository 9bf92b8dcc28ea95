"""Who does what only one worker may do at a time, until when: a row, taken and renewed, free again when it runs out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, bindparam, select, update

from pos_member.domain.clock import Clock
from pos_member.domain.errors import Reason, Refusal
from pos_member.headoffice import portable, times
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema import lease

_NAMED = select(lease.c.holder, lease.c.until).where(lease.c.name == bindparam("of"))
#: Nobody holds it.
_FREE = ""
#: A job that a person started keeps others out so long after its last part; one that was killed is begun anew then.
JOB_LASTS = timedelta(minutes=2)


def take(connection: Connection, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Take or renew the lease until ``now + lasts``; ``False`` where another holds it.

    Its row stays locked until the end of the transaction, so that of two who take it at once the second sees the first.
    """
    if held_by_another(connection, name, holder, now, lasts):
        return False
    taken = update(lease).where(lease.c.name == name).values(holder=holder, until=times.stored(now + lasts))
    return connection.execute(taken).rowcount == 1


def held_by_another(connection: Connection, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Whether someone else holds the lease now; the row is locked as by ``take``."""
    return _another(lock(connection, name), holder, now, lasts)


def seen_with_another(connection: Connection, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """As ``held_by_another``, without a lock: to know when asking for it is no use."""
    row = connection.execute(_NAMED, {"of": name}).one_or_none()
    return row is not None and _another((row.holder, row.until), holder, now, lasts)


def _another(row: tuple[str, str], holder: str, now: datetime, lasts: timedelta) -> bool:
    # A lease that ends later than one taken now was taken by a clock that ran ahead: it must not hold for years.
    return row[0] not in (holder, _FREE) and times.stored(now) <= row[1] <= times.stored(now + 2 * lasts)


def give_up(connection: Connection, name: str, holder: str) -> None:
    """End a lease before its time, where ``holder`` has it."""
    ended = update(lease).where(lease.c.name == name, lease.c.holder == holder).values(holder=_FREE, until="")
    connection.execute(ended)


def lock(connection: Connection, name: str) -> tuple[str, str]:
    """Lock the row of this name, made where it is missing, until the end of the transaction: ``(holder, until)``.

    What must not be worked out side by side (the quotas of all tills) locks a name of its own.
    """
    query = select(lease.c.holder, lease.c.until).where(lease.c.name == name).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        portable.insert_new(connection, lease, [{"name": name, "holder": _FREE, "until": ""}])
        row = connection.execute(query).one()
    return str(row.holder), str(row.until)


@contextmanager
def alone(database: Database, name: str, clock: Clock) -> Iterator[Callable[[], bool]]:
    """The lease of a job that goes in many transactions, while the block lasts. What it gives is to be asked between
    two parts: it renews the lease, ``False`` where another took over meanwhile.

    Raises ``Refusal(JOB_RUNS)`` where another run has it.
    """
    holder = uuid4().hex

    def keeps() -> bool:
        return database.again(lambda connection: take(connection, name, holder, clock.now(), JOB_LASTS))

    if not keeps():
        raise Refusal(Reason.JOB_RUNS, minutes=JOB_LASTS // timedelta(minutes=1))
    try:
        yield keeps
    finally:
        database.again(lambda connection: give_up(connection, name, holder))
