"""``hello``: a till and head office find out where both stand, and what the till has to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from pos_member.domain.codec import INTEGER_MAX
from pos_member.headoffice import epochs, exceptions, feed, owed, pulling, quotas, restoring, rights_ends, schema, times
from pos_member.headoffice.epochs import Ruling
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState, Finding
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.units import Units
from pos_member.sync import protocol
from pos_member.sync.protocol import Advice, ErrorCode

#: A till's clock further off than this is a case: leases, business dates and receipts go by it.
SKEW_MAX = timedelta(minutes=10)
_SKEW_STEP_MINUTES = 5
#: That a till was heard is not written again sooner, where nothing else is new.
_CONTACT_LASTS = timedelta(seconds=15)
_LOCKED = select(schema.till).where(schema.till.c.id == bindparam("till")).with_for_update()
_NOTED = (
    update(schema.till)
    .where(schema.till.c.id == bindparam("till"))
    .values(
        last_contact_at=bindparam("last_contact_at"), app_version=bindparam("app_version"), cursor=bindparam("cursor")
    )
)
_CASE = schema.exception.c
_CLOCK = (
    select(_CASE.state)
    .where(
        _CASE.shard == bindparam("till"),
        _CASE.kind == ExceptionKind.CLOCK_SKEW.value,
        _CASE.subject_id == bindparam("till"),
    )
    .scalar_subquery()
)
#: The till, what waits, the state of a case of its clock, how far the feed is and its mark at the till's cursor: asked
#: with every hello, in one question.
_LOOK = select(
    schema.till, *pulling.WAITS, _CLOCK.label("clock"), feed.HORIZON.label("horizon"), feed.BEFORE.label("mark")
).where(schema.till.c.id == bindparam("till"))


@dataclass(frozen=True)
class Greeting:
    """The answer to a till of which nothing is new, and what is to be noted down of it: nothing where both are
    ``None``."""

    answer: protocol.HelloAnswer
    contact: Mapping[str, Any] | None
    word: rights_ends.Word


def look(connection: Connection, till_id: str, request: protocol.HelloRequest) -> Row[Any]:
    """What ``glance`` goes by. Raises ``Problem(UNAUTHORISED)``."""
    # Of a cursor that no feed can have nothing is to be found.
    asked = feed.asked_of(till_id, request.cursor if 0 <= request.cursor <= INTEGER_MAX else 0)
    found = connection.execute(_LOOK, asked).one_or_none()
    if found is None:
        raise Problem(ErrorCode.UNAUTHORISED)
    return found


def glance(
    connection: Connection,
    till: Row[Any],
    request: protocol.HelloRequest,
    limits: protocol.Limits,
    now: datetime,
    said_at: datetime | None = None,
) -> Greeting | None:
    """What ``hello`` would answer where all is as it should be, from one view of the data and without a lock; ``None``
    where there is more to do. Nearly every hello is of that kind. ``till``: the ``look`` of the same view."""
    if request.protocol != protocol.PROTOCOL or not epochs.goes_on(connection, till, request):
        return None
    if _clock_is_news(till, request, now) or (not till.revoked and quotas.wanted(connection, till.id)):
        return None
    if _differs(request, till.horizon, till.mark or ""):
        return None
    word = rights_ends.glance(
        connection,
        till.id,
        till.epoch,
        acked_seq=request.acked_seq,
        head_seq=request.head_seq,
        applied_seq=till.last_seq,
        said=said_at or now,
        settled=not till.effects_wait,
    )
    if word.ends is not None:
        return None
    recalls = rights_ends.recalls_for(connection, till.id)
    answer = _answer(till, Ruling(Advice.OK), request, till.last_seq, till.horizon, limits, now, recalls)
    return Greeting(answer, _contact(till, request, now), word)


def note(units: Units, till_id: str, greeting: Greeting) -> protocol.HelloAnswer:
    """Note down what ``glance`` found to be noted, all of one till and so of one shard. Returns the answer."""
    if greeting.contact is not None or greeting.word.mark is not None:
        with units.database.write() as connection:
            if greeting.contact is not None:
                connection.execute(_NOTED, {"till": till_id, **greeting.contact})
            rights_ends.keep(connection, greeting.word)
    return greeting.answer


def hello(
    units: Units,
    till_id: str,
    request: protocol.HelloRequest,
    limits: protocol.Limits,
    now: datetime,
    said_at: datetime | None = None,
) -> protocol.HelloAnswer:
    """See ``protocol.HelloAnswer``. ``said_at``: when the till spoke, where that is not now (a file that was carried).

    Raises ``Problem(UNAUTHORISED | MALFORMED)``, and ``Problem(CLONED)`` while another copy of this till has its turn.
    """
    database = units.database
    with database.write() as connection:
        till = _locked(connection, till_id)
        ruling = _rule(connection, till, request, now)
        _note(connection, till, request, now)
        if not till.revoked and ruling.advice is Advice.OK and not ruling.turn_in_s:
            quotas.top_up(connection, till.id)
        horizon = feed.horizon(connection)
        other_feed = _of_another_feed(connection, request, horizon)
        held = connection.execute(select(schema.till.c.last_seq).where(schema.till.c.id == till.id)).scalar_one()
    if ruling.turn_in_s:
        raise Problem(ErrorCode.CLONED, retry_after_s=ruling.turn_in_s, wait_s=ruling.turn_in_s)
    if ruling.behind or other_feed:
        with database.write() as connection:
            if ruling.behind:
                owed.note(connection, till, request, now, anew=ruling.advice is Advice.NEW_EPOCH)
            restoring.notice(connection, till, request, now, behind=ruling.behind)
    recalls = _rights(units, till, request, ruling, now, said_at)
    return _answer(till, ruling, request, held, horizon, limits, now, recalls, reload=other_feed)


def _answer(
    till: Row[Any],
    ruling: Ruling,
    request: protocol.HelloRequest,
    held: int,
    horizon: int,
    limits: protocol.Limits,
    now: datetime,
    recalls: tuple[str, ...],
    *,
    reload: bool = False,
) -> protocol.HelloAnswer:
    return protocol.HelloAnswer(
        advice=ruling.advice,
        last_seq=held,
        resend_from=ruling.resend_from,
        horizon=horizon,
        revoked=till.revoked,
        reload=reload or request.cursor > horizon,
        limits=limits,
        server_time=now,
        epoch=ruling.epoch,
        next_numbers=dict(ruling.next_numbers),
        recalls=recalls,
        refill=ruling.refill,
        new_name=ruling.new_name,
        protocol=protocol.PROTOCOL,
    )


def _rights(
    units: Units,
    till: Row[Any],
    request: protocol.HelloRequest,
    ruling: Ruling,
    now: datetime,
    said_at: datetime | None,
) -> tuple[str, ...]:
    """What the word of a till means for its rights: of members, so in units of their own. Said again, if need be, by
    the next hello. Returns the ids of those asked back."""
    if ruling.void_below:
        # Its own word that the database they were in is gone: nobody can spend them any more.
        rights_ends.void_epoch(units, till.id, ruling.void_below - 1, now if ruling.own_word else None, now)
        return ()
    if ruling.advice is Advice.OK:
        rights_ends.heard(
            units,
            till.id,
            till.epoch,
            acked_seq=request.acked_seq,
            head_seq=request.head_seq,
            applied_seq=till.last_seq,
            now=now,
            said_at=said_at,
        )
    with units.database.read() as connection:
        return rights_ends.recalls_for(connection, till.id)


def _of_another_feed(connection: Connection, request: protocol.HelloRequest, horizon: int) -> bool:
    """Whether the till's cursor names a position that this feed has not, or has with other content."""
    mark = feed.mark_at(connection, request.cursor) if request.cursor_mark else ""
    return _differs(request, horizon, mark)


def _differs(request: protocol.HelloRequest, horizon: int, mark: str) -> bool:
    return bool(request.cursor_mark) and (request.cursor > horizon or mark != request.cursor_mark)


def _locked(connection: Connection, till_id: str) -> Row[Any]:
    row = connection.execute(_LOCKED, {"till": till_id}).one_or_none()
    if row is None:
        raise Problem(ErrorCode.UNAUTHORISED)
    return row


def _rule(connection: Connection, till: Row[Any], request: protocol.HelloRequest, now: datetime) -> Ruling:
    if request.protocol != protocol.PROTOCOL:
        return Ruling(Advice.UPGRADE)
    return epochs.judge(connection, till, request, now)


def _contact(till: Row[Any], request: protocol.HelloRequest, now: datetime) -> dict[str, Any] | None:
    """What is known of the till by now; ``None`` where that stands already, and was written just now."""
    seen = _seen(request, now)
    said_before = (till.app_version, till.cursor) == (seen["app_version"], seen["cursor"])
    fresh = till.last_contact_at and timedelta(0) <= now - times.read(till.last_contact_at) < _CONTACT_LASTS
    return None if said_before and fresh else seen


def _seen(request: protocol.HelloRequest, now: datetime) -> dict[str, Any]:
    return {"last_contact_at": times.stored(now), "app_version": request.app[:40], "cursor": request.cursor}


def _clock_is_news(till: Row[Any], request: protocol.HelloRequest, now: datetime) -> bool:
    """Whether a case of this till's clock is to be opened, renewed or settled."""
    if request.at is None:
        return False
    if abs(request.at - now) > SKEW_MAX:
        return True
    return bool(till.clock == ExceptionState.OPEN.value)


def _note(connection: Connection, till: Row[Any], request: protocol.HelloRequest, now: datetime) -> None:
    connection.execute(_NOTED, {"till": till.id} | _seen(request, now))
    if request.at is None:
        return
    skew = request.at - now
    minutes = round(skew.total_seconds() / 60 / _SKEW_STEP_MINUTES) * _SKEW_STEP_MINUTES
    detail = {"till_id": till.id, "minutes": minutes}
    finding = Finding(ExceptionKind.CLOCK_SKEW, till.id, abs(skew) > SKEW_MAX, detail=detail)
    exceptions.record(connection, [finding], times.stored(now))
