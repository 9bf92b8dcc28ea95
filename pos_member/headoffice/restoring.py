"""Head office went back to an earlier state of its database: what is noticed, and what is held back meanwhile.

Tills keep what was acknowledged for 35 days and send it again. Which rights they were given since is not known until
the last of them has lapsed: none are given before. The feed needs nothing: its positions are named by marks, and a till
whose mark is not known here reads it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from pos_member.headoffice import exceptions, rights_grants, rule_books, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState, Finding
from pos_member.headoffice.schema import exception
from pos_member.sync.protocol import HelloRequest

SUBJECT = "headoffice"


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
    once, and hold rights back. ``till``: its row as it was before this hello."""
    table = exception
    query = select(table.c.state).where(
        table.c.kind == ExceptionKind.HEADOFFICE_RESTORED.value, table.c.subject_id == SUBJECT
    )
    if connection.execute(query).scalars().first() == ExceptionState.OPEN.value:
        # While rights are held back there is nothing to add. Once they are given again every till was heard: one that
        # knows more than this database, and did not say so before, shows that it went back once more.
        news = not till.revoked and (behind or request.cursor != till.cursor)
        if not news or rights_grants.frozen(connection, now):
            return
    freeze(connection, now)
    detail = {
        "noticed_by": till.id,
        "acked_seq": request.acked_seq,
        "last_seq": till.last_seq,
        "at": times.stored(now),
    }
    restored(connection, detail, now)


def restored(connection: Connection, detail: dict[str, object], now: datetime) -> None:
    """Open the case. A person settles it once every till was heard."""
    finding = Finding(ExceptionKind.HEADOFFICE_RESTORED, SUBJECT, True, detail=detail, shard=SUBJECT)
    exceptions.record(connection, [finding], times.stored(now))


def freeze(connection: Connection, now: datetime) -> datetime:
    """Give no rights before the longest one that may be out has lapsed by every clock; returns until when."""
    until = now + rights_grants.longest_right(rule_books.settings(connection))
    rights_grants.freeze(connection, until)
    return until
