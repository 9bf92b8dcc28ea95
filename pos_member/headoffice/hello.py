"""``hello``: a till and head office find out where both stand, and what the till has to do about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from pos_member.headoffice import exceptions, feed, identity, quotas, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.sync import protocol
from pos_member.sync.protocol import Advice


def hello(
    connection: Connection, till_id: str, request: protocol.HelloRequest, limits: protocol.Limits, now: datetime
) -> protocol.HelloAnswer:
    """See ``protocol.HelloAnswer``. Raises ``Problem(UNAUTHORISED)``."""
    caller = identity.caller(connection, till_id)
    advice, resend_from = _advice(caller, request)
    if advice is Advice.OK and request.head_seq and request.head_seq <= caller.last_seq:
        table = schema.event
        here = (table.c.till_id == caller.id) & (table.c.epoch == caller.epoch)
        query = select(table.c.chain).where(here, table.c.seq == request.head_seq)
        if connection.execute(query).scalar_one_or_none() != request.head_chain:
            advice = Advice.FORK
    if advice is Advice.FORK:
        detail = {"till_id": caller.id, "head_seq": request.head_seq, "last_seq": caller.last_seq}
        exceptions.record(connection, [Finding(ExceptionKind.FORK, caller.id, True, detail=detail)], times.stored(now))
    seen = {"last_contact_at": times.stored(now), "app_version": request.app[:40], "cursor": request.cursor}
    connection.execute(update(schema.till).where(schema.till.c.id == caller.id).values(**seen))
    if not caller.revoked and advice is Advice.OK:
        quotas.top_up(connection, caller.id)
    horizon = feed.horizon(connection)
    return protocol.HelloAnswer(
        advice=advice,
        last_seq=caller.last_seq,
        resend_from=resend_from,
        horizon=horizon,
        revoked=caller.revoked,
        reload=request.cursor > horizon,
        limits=limits,
        server_time=now,
    )


def _advice(caller: identity.Caller, request: protocol.HelloRequest) -> tuple[Advice, int]:
    if request.protocol != protocol.PROTOCOL:
        return Advice.UPGRADE, 0
    if request.epoch != caller.epoch or request.head_seq < caller.last_seq:
        return Advice.FORK, 0  # an older copy of the till: head office holds facts it does not know
    if caller.last_seq < request.acked_seq:
        return Advice.RESEND, caller.last_seq + 1
    return Advice.OK, 0
