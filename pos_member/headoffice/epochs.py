"""Epochs of tills: one unbroken history each. A till that was restored or copied goes on in a new one, never nowhere.

``judge`` compares what a till says of itself with what is held of it. A new epoch is a row of ``till_epoch``, a case
for a person, and the till's row set back to "nothing heard yet"; its rights of earlier epochs are void. Asked again
because the answer was lost, it is the same epoch: nothing was pushed in it yet, and it was made for that database.

Two copies of one till at work are told apart by the id of their database. Both are heard, in turns of ``TURN``: each
turn is an epoch, and what either sold reaches head office. The case stays until a person revokes one of them. Where
both bear the same id (a disk was copied with all that lies beside the database) the one that is heard second gets a new
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from pos_member.domain.chain import GENESIS
from pos_member.headoffice import exceptions, held_events, portable, restoring, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.schema_sync import rights_mark, till_epoch
from pos_member.headoffice.used_numbers import next_numbers
from pos_member.services.sync_ports import Doubt
from pos_member.sync.protocol import Advice, ErrorCode, HelloRequest

TURN = timedelta(minutes=15)
#: What another copy may use of a series before a person has ended one of them. A new copy begins beyond it.
ROOM = {"bill": 20_000, "return": 5_000, "member": 2_000}
#: So many times the room where head office's own database was put back and the case is not settled.
ROOMS_AFTER_RESTORE = 4
EPOCH_MAX = 1_000_000
_DATABASE_ID_MAX = 64


class Cause(StrEnum):
    """Why an epoch began (``till_epoch.reason``)."""

    ENROLLED = "enrolled"
    RESTORED = "restored"
    CLONED = "cloned"
    FORK = "fork"
    #: Head office's own database went back behind what this till had sent.
    REFILL = "refill"


_CURRENT = select(till_epoch).where(till_epoch.c.till_id == bindparam("till"), till_epoch.c.epoch == bindparam("of"))
_CASES = {
    Cause.RESTORED: ExceptionKind.RESTORED,
    Cause.CLONED: ExceptionKind.CLONED,
    Cause.FORK: ExceptionKind.FORK,
}


@dataclass(frozen=True)
class Ruling:
    """What a till has to do. ``turn_in_s`` > 0: another copy of it has its turn for so long.

    ``behind``: head office holds less than it had acknowledged. ``void_below``: rights of earlier epochs than this are
    void (0: none are); ``own_word``: by the till's own word that the database they were in is gone. ``new_name``: a
    copy bears the database's id, too.
    """

    advice: Advice
    resend_from: int = 0
    epoch: int = 0
    refill: bool = False
    next_numbers: Mapping[str, int] = field(default_factory=dict)
    turn_in_s: int = 0
    behind: bool = False
    void_below: int = 0
    own_word: bool = False
    new_name: bool = False


def judge(connection: Connection, till: Row[Any], request: HelloRequest, now: datetime) -> Ruling:
    """What ``request`` means for ``till``, whose row is locked; writes what a new epoch takes.

    Raises ``Problem(MALFORMED)`` for an epoch that nobody can have reached, or a database's id that is none.
    """
    if not 1 <= request.epoch <= EPOCH_MAX:
        raise Problem(ErrorCode.MALFORMED, where="epoch")
    if len(request.database_id) > _DATABASE_ID_MAX:
        raise Problem(
            ErrorCode.MALFORMED, where="database_id"
        )  # cut short it would be another database with each hello
    current = _current(connection, till, request, now)
    twin = _is_a_twin(connection, till, current, request)
    # One that nobody took up yet was made by enrolling again, or for a copy that has no name of its own.
    same = request.database_id != "" and current.database_id in ("", request.database_id) and not twin
    if same and request.epoch < till.epoch and till.last_seq == 0:
        nameless = current.database_id == "" and current.reason == Cause.CLONED
        return _answer(connection, till, current.reason, request, new_name=nameless)
    cause = Cause.CLONED if twin else _cause(connection, till, current, request)
    if cause is None:
        if till.last_seq >= request.acked_seq:
            return Ruling(Advice.OK)
        if request.kept_from <= till.last_seq + 1:
            return Ruling(Advice.RESEND, resend_from=till.last_seq + 1, behind=True)
        cause = Cause.REFILL  # what is missing in between is let go of already: go on with what there is
    if not request.database_id:
        return Ruling(Advice.FORK)  # a build that knows no epochs
    if cause is Cause.CLONED and now < times.read(current.at) + TURN and not _first_seen(connection, till, request):
        return Ruling(Advice.OK, turn_in_s=_seconds(times.read(current.at) + TURN - now))
    return _begin(connection, till, cause, request, now, new_name=twin)


def goes_on(connection: Connection, till: Row[Any], request: HelloRequest) -> bool:
    """Whether ``judge`` would say OK and write nothing: as nearly always. No row needs to be locked to know that."""
    if request.epoch != till.epoch or not request.database_id or request.acked_seq > till.last_seq:
        return False
    current = connection.execute(_CURRENT, {"till": till.id, "of": till.epoch}).one_or_none()
    if current is None or current.database_id != request.database_id:
        return False
    return _cause(connection, till, current, request) is None


def _cause(connection: Connection, till: Row[Any], current: Row[Any], request: HelloRequest) -> Cause | None:
    """Why this till cannot go on in its epoch; ``None`` when it can."""
    if request.epoch > till.epoch:
        return Cause.REFILL
    if current.database_id and current.database_id != request.database_id and request.database_id:
        # A backup bears the name the till had then. Where its sidecar tells that what came after is gone, nobody else
        # is at work, and there is no turn to wait for.
        put_back = request.restored and request.doubt == Doubt.RESTORED
        copied = request.doubt == Doubt.CLONED or not (put_back or _first_seen(connection, till, request))
        return Cause.CLONED if copied else Cause.RESTORED
    if request.restored:
        return {Doubt.CLONED: Cause.CLONED, Doubt.FORK: Cause.FORK}.get(_doubt(request), Cause.RESTORED)
    if request.epoch < till.epoch or request.head_seq < till.last_seq:
        return Cause.RESTORED
    if request.head_seq == till.last_seq and request.head_chain != till.chain:
        return Cause.FORK
    return None


def _is_a_twin(connection: Connection, till: Row[Any], current: Row[Any], request: HelloRequest) -> bool:
    """Whether two databases bear this id: one began a later epoch because it had gone back, and here speaks one of the
    epoch before that went back behind nothing. Neither knows of the other."""
    if request.restored or request.epoch >= till.epoch or current.database_id != request.database_id:
        return False
    went_back = current.reason in (Cause.RESTORED, Cause.FORK) and _taken_up(connection, till)
    if till.last_seq == 0 and not went_back:
        return False  # the answer to this very database was lost, or a hello of its own came late
    here = (till_epoch.c.till_id == till.id) & (till_epoch.c.epoch == request.epoch)
    ended = connection.execute(select(till_epoch).where(here)).one_or_none()
    if ended is None or ended.database_id != request.database_id:
        return False
    all_heard = request.head_seq == ended.last_seq and request.head_chain == ended.chain
    return bool(all_heard or request.acked_seq >= ended.last_seq)


def _taken_up(connection: Connection, till: Row[Any]) -> bool:
    """Whether anybody has said hello in the epoch the till's row is in."""
    here = (rights_mark.c.till_id == till.id) & (rights_mark.c.epoch == till.epoch)
    return connection.execute(select(rights_mark.c.till_id).where(here).limit(1)).first() is not None


def _doubt(request: HelloRequest) -> Doubt:
    try:
        return Doubt(request.doubt)
    except ValueError:
        return Doubt.RESTORED


def _current(connection: Connection, till: Row[Any], request: HelloRequest, now: datetime) -> Row[Any]:
    """The row of the epoch the till's row is in, with the database it belongs to once one has spoken."""
    here = (till_epoch.c.till_id == till.id) & (till_epoch.c.epoch == till.epoch)
    row = connection.execute(select(till_epoch).where(here)).one_or_none()
    if row is not None and (row.database_id or request.epoch != till.epoch or not request.database_id):
        return row
    if row is None:
        database_id = request.database_id if request.epoch == till.epoch else ""
        portable.insert_new(connection, till_epoch, [_row(till, Cause.ENROLLED, till.epoch, database_id, now)])
    else:
        connection.execute(update(till_epoch).where(here).values(database_id=request.database_id))
    return connection.execute(select(till_epoch).where(here)).one()


def _row(till: Row[Any], cause: Cause, epoch: int, database_id: str, now: datetime) -> dict[str, Any]:
    return {
        "till_id": till.id,
        "epoch": epoch,
        "last_seq": 0,
        "chain": GENESIS,
        "reason": cause.value,
        "database_id": database_id,
        "at": times.stored(now),
    }


def _first_seen(connection: Connection, till: Row[Any], request: HelloRequest) -> bool:
    """Whether this database never had an epoch of this till before."""
    mine = (till_epoch.c.till_id == till.id) & (till_epoch.c.database_id == request.database_id)
    return connection.execute(select(till_epoch.c.epoch).where(mine).limit(1)).first() is None


def _begin(
    connection: Connection, till: Row[Any], cause: Cause, request: HelloRequest, now: datetime, *, new_name: bool
) -> Ruling:
    highest = select(func.max(till_epoch.c.epoch)).where(till_epoch.c.till_id == till.id)
    epoch = max(till.epoch, request.epoch, connection.execute(highest).scalar_one() or 0) + 1
    here = (till_epoch.c.till_id == till.id) & (till_epoch.c.epoch == till.epoch)
    connection.execute(update(till_epoch).where(here).values(last_seq=till.last_seq, chain=till.chain))
    # Who takes a new name says it with its next hello.
    database_id = "" if new_name else request.database_id
    connection.execute(insert(till_epoch).values(**_row(till, cause, epoch, database_id, now)))
    start = {"epoch": epoch, "last_seq": 0, "chain": GENESIS}
    connection.execute(update(schema.till).where(schema.till.c.id == till.id).values(**start))
    if cause in _CASES:
        detail = {
            "till_id": till.id,
            "epoch": epoch,
            "said_epoch": request.epoch,
            "head_seq": request.head_seq,
            "last_seq": till.last_seq,
            "doubt": request.doubt,
            "last_contact_at": till.last_contact_at,
        }
        subject = f"{till.id}:{epoch}" if cause is Cause.RESTORED else till.id
        exceptions.record(connection, [Finding(_CASES[cause], subject, True, detail=detail)], times.stored(now))
    fresh = connection.execute(select(schema.till).where(schema.till.c.id == till.id)).one()
    return _answer(connection, fresh, cause.value, request, new_name=new_name)


def _answer(
    connection: Connection, till: Row[Any], cause: str, request: HelloRequest, *, new_name: bool = False
) -> Ruling:
    """The answer that belongs to the epoch the till's row is in, the same however often it is asked for."""
    behind = cause == Cause.REFILL or _fell_behind(connection, till, request)
    refill = behind or new_name or _is_another_history(connection, till, cause, request)
    return Ruling(
        Advice.NEW_EPOCH,
        epoch=till.epoch,
        refill=refill,
        next_numbers=_numbers(connection, till, cause, request),
        behind=behind,
        void_below=till.epoch,
        own_word=request.restored and request.doubt == Doubt.RESTORED and not _other_before(connection, till, request),
        new_name=new_name,
    )


def _other_before(connection: Connection, till: Row[Any], request: HelloRequest) -> bool:
    """Whether another database had the epoch before the one the till's row is in: a copy that may still be at work,
    whatever this one says of its own."""
    earlier = (till_epoch.c.till_id == till.id) & (till_epoch.c.epoch < till.epoch)
    query = select(till_epoch.c.database_id).where(earlier).order_by(till_epoch.c.epoch.desc()).limit(1)
    return (connection.execute(query).scalar() or request.database_id) != request.database_id


def _numbers(connection: Connection, till: Row[Any], cause: str, request: HelloRequest) -> dict[str, int]:
    """Where the counters begin. A copy that was heard before knows its own; a new one, or one that was put back beside
    another, leaves room for the others; so does one of which nothing tells what it used and never sent."""
    used = next_numbers(connection, till.id, till.number)
    earlier = (till_epoch.c.till_id == till.id) & (till_epoch.c.epoch < till.epoch)
    mine = earlier & (till_epoch.c.database_id == request.database_id)
    heard = connection.execute(select(till_epoch.c.epoch).where(mine).limit(1)).first() is not None
    beside = cause == Cause.RESTORED and heard and _other_before(connection, till, request)
    # Its disk is gone and it was enrolled again, or its sidecars went back with it, which shows by its numbers or,
    # where it sold on, by its hashes: what it sold before and never sent bears numbers that nobody knows.
    gone = not request.doubt and (not heard or _went_back(connection, till, request))
    went_back = cause == Cause.CLONED and gone  # as does what another of the same name used
    untold = cause == Cause.FORK or went_back or (cause == Cause.RESTORED and (gone or request.doubt == Doubt.FORK))
    if cause in (Cause.RESTORED, Cause.REFILL) and request.doubt != Doubt.UNSURE and not beside and not untold:
        return used
    if heard and not beside and not untold:
        return {}
    # A head office that went back itself does not know of the room that was left since its backup.
    rooms = ROOMS_AFTER_RESTORE if restoring.is_open(connection) else 1
    return {name: number + ROOM[name] * rooms for name, number in used.items()}


def _went_back(connection: Connection, till: Row[Any], request: HelloRequest) -> bool:
    """Whether more of this very database was heard than it says to hold by now."""
    mine = (till_epoch.c.till_id == till.id) & (till_epoch.c.database_id == request.database_id)
    later = till_epoch.c.epoch > request.epoch
    here = (till_epoch.c.epoch == request.epoch) & (till_epoch.c.last_seq > request.head_seq)
    query = select(till_epoch.c.epoch).where(mine, here | (later & (till_epoch.c.last_seq > 0)))
    return connection.execute(query.limit(1)).first() is not None


def _fell_behind(connection: Connection, till: Row[Any], request: HelloRequest) -> bool:
    """Whether head office lost, too, what it had acknowledged in the epoch that ends: both were set back.

    Set back itself, it knows no such epoch, or gave its number once more, to a copy that was heard first: of what the
    epoch's own database had sent in it, nothing is known. A copy that says it is one speaks of its original's epoch.
    """
    ended = (till_epoch.c.till_id == till.id) & (till_epoch.c.epoch == request.epoch)
    held = connection.execute(select(till_epoch.c.last_seq, till_epoch.c.database_id).where(ended)).one_or_none()
    if held is None:
        return request.acked_seq > 0
    another = held.database_id not in ("", request.database_id) and request.doubt in ("", Doubt.RESTORED)
    return (0 if another else held.last_seq) < request.acked_seq


def _is_another_history(connection: Connection, till: Row[Any], cause: str, request: HelloRequest) -> bool:
    """Whether what is held of the epoch a till speaks of is not its own, but a copy's of the same name. Then, too, what
    it had acknowledged: head office may have been put back, and the copy was heard first."""
    if cause == Cause.FORK or request.doubt == Doubt.FORK:
        return True
    if cause != Cause.RESTORED or request.doubt or not request.head_seq:
        return False
    return held_events.chain_at(connection, till.id, request.epoch, request.head_seq) != request.head_chain


def _seconds(span: timedelta) -> int:
    return max(1, round(span.total_seconds()))
