"""Head office went back to an earlier state of its database: what is noticed, and what is held back meanwhile.

Tills keep what was acknowledged for 35 days and send it again. Which rights they were given since is not known until
the last of them has lapsed: none are given before. The feed needs nothing: its positions are named by marks, and a till
whose mark is not known here reads it anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from pos_member.headoffice import exceptions, portable, rights_grants, rule_books, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState, Finding
from pos_member.headoffice.kept import TILL_NUMBER_MAX, TILLS_FROM, read_setting
from pos_member.headoffice.schema import exception
from pos_member.sync.protocol import HelloRequest

SUBJECT = "headoffice"
#: What tills said behind a case that was settled before they were heard: (epoch, acknowledged event) by till.
_TOLD = "headoffice_restored_told"
#: At least so many tills may have been enrolled since the backup.
TILL_ROOM = 100


@dataclass(frozen=True)
class TillLeft:
    """A till as a restored head office knows it: it sends again what comes after ``last_seq`` of ``epoch``."""

    id: str
    number: int
    label: str
    epoch: int
    last_seq: int
    last_contact_at: str


def tills_left(connection: Connection) -> tuple[TillLeft, ...]:
    """Every till, by number."""
    till = schema.till
    return tuple(
        TillLeft(row.id, row.number, row.label, row.epoch, row.last_seq, row.last_contact_at or "")
        for row in connection.execute(select(till).order_by(till.c.number))
    )


def notice(
    connection: Connection, till: Row[Any], request: HelloRequest, now: datetime, *, behind: bool = True
) -> None:
    """A till holds acknowledgements that this database knows nothing of (``behind``), or has read another feed: say so
    once, and hold rights back. ``till``: its row as it was before this hello.

    A person who settled the case has decided: what is left of the same story opens it no more. A till that was in step
    with this database after the case began, and now knows more than it, shows that it went back once more.
    """
    table = exception
    query = select(table.c.state, table.c.detail, table.c.changed_at).where(
        table.c.kind == ExceptionKind.HEADOFFICE_RESTORED.value, table.c.subject_id == SUBJECT
    )
    case = connection.execute(query).one_or_none()
    if case is not None:
        news = not till.revoked and (behind or request.cursor != till.cursor)
        # While rights are held back there is nothing to add.
        held_back = case.state == ExceptionState.OPEN and rights_grants.frozen(connection, now)
        if not news or held_back:
            return
        if case.state != ExceptionState.OPEN and not _went_back_again(connection, till, request, case):
            return
    freeze(connection, now)
    _forget_told(connection)
    detail = {
        "noticed_by": till.id,
        "acked_seq": request.acked_seq,
        "last_seq": till.last_seq,
    }
    restored(connection, detail, now)


def _went_back_again(connection: Connection, till: Row[Any], request: HelloRequest, case: Row[Any]) -> bool:
    """Whether what a till knows is news behind a case that is settled: neither its first word since the case began, nor
    what it said then and is still sending again."""
    told: dict[str, list[int]] = json.loads(read_setting(connection, _TOLD) or "{}")
    epoch, acked_seq = told.get(till.id, (0, 0))
    if epoch == request.epoch and request.acked_seq <= acked_seq:
        return False
    began = str(json.loads(case.detail).get("at", case.changed_at))
    if (till.last_contact_at or "") >= began:
        return True
    told[till.id] = [request.epoch, request.acked_seq]
    portable.upsert(connection, schema.setting, [{"name": _TOLD, "value": json.dumps(told, sort_keys=True)}])
    return False


def _forget_told(connection: Connection) -> None:
    connection.execute(delete(schema.setting).where(schema.setting.c.name == _TOLD))


def is_open(connection: Connection) -> bool:
    """Whether head office went back and nobody has settled that yet."""
    here = (exception.c.kind == ExceptionKind.HEADOFFICE_RESTORED.value) & (exception.c.subject_id == SUBJECT)
    return connection.execute(select(exception.c.state).where(here)).scalar() == ExceptionState.OPEN.value


def restored(connection: Connection, detail: dict[str, object], now: datetime) -> None:
    """Open the case. A person settles it once every till was heard. Tills that this database knows nothing of may be at
    work, and papers bear their numbers: the next new till's is well beyond."""
    _leave_till_numbers(connection, now)
    told = {**detail, "at": times.stored(now)}
    finding = Finding(ExceptionKind.HEADOFFICE_RESTORED, SUBJECT, True, detail=told, shard=SUBJECT)
    exceptions.record(connection, [finding], times.stored(now))


def _leave_till_numbers(connection: Connection, now: datetime) -> None:
    used = connection.execute(select(func.max(schema.till_number.c.number))).scalar_one() or 0
    # By its time, so that a backup that is put back twice does not go on at the same number twice.
    beyond = used + TILL_ROOM + int(now.timestamp()) // 60 % TILL_ROOM
    if beyond < TILL_NUMBER_MAX - TILL_ROOM:
        portable.upsert(connection, schema.setting, [{"name": TILLS_FROM, "value": str(beyond)}])


def freeze(connection: Connection, now: datetime) -> datetime:
    """Give no rights before the longest one that may be out has lapsed by every clock; returns until when."""
    until = now + rights_grants.longest_right(rule_books.settings(connection))
    rights_grants.freeze(connection, until)
    return until
