"""Whether head office's own clock can be believed before something is ended for good by it.

A machine whose clock starts in a wrong year would end every point and stamp at once, and the entries of that stay. The
tills carry clocks of their own, and each hello compares the two.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, select

from pos_member.headoffice import schema, times
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState

#: From one run of the daily work to the next without a question; longer it is when head office was switched off.
LEAP = timedelta(days=2)
#: A till heard so lately was heard since the clock stands where it stands.
_HEARD = timedelta(hours=1)


def leapt(now: datetime, last: datetime) -> bool:
    """Whether more lies between the last daily work and now than a clock that runs explains."""
    return not -LEAP <= now - last <= LEAP


def borne_out(connection: Connection, now: datetime) -> bool:
    """Whether a till that was just heard has the same time; where there is no till, nobody can say otherwise."""
    table = schema.till
    in_use = select(table.c.id).where(~table.c.revoked)
    since, until = times.stored(now - _HEARD), times.stored(now)
    heard = connection.execute(in_use.where(table.c.last_contact_at.between(since, until))).scalars().all()
    if not heard:
        return not connection.execute(select(exists(in_use))).scalar_one()
    off = schema.exception
    open_ones = and_(off.c.kind == ExceptionKind.CLOCK_SKEW.value, off.c.state == ExceptionState.OPEN.value)
    wrong = set(connection.execute(select(off.c.subject_id).where(open_ones)).scalars())
    return not set(heard) <= wrong
