"""Events that were set aside: their rows, the cases they make, and which others wait for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from pos_member.headoffice import portable, schema
from pos_member.headoffice.acts import Act
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.outlines import Outline


def poison_subject(till_id: str, epoch: int, seq: int) -> str:
    """What the case of an event in quarantine is kept under."""
    return f"{till_id}:{epoch}:{seq}"


def poison_finding(till_id: str, epoch: int, seq: int, kind: str, reason: str, *, present: bool = True) -> Finding:
    """The case of an event that was set aside."""
    shown = {"till_id": till_id, "seq": seq, "kind": kind, "reason": reason}
    detail = shown if present else {}
    return Finding(ExceptionKind.POISON, poison_subject(till_id, epoch, seq), present, detail=detail)


def set_aside_row(
    till_id: str, epoch: int, seq: int, event_id: str, kind: str, reason: str, detail: str, at: str
) -> dict[str, Any]:
    """A row of ``quarantine``. ``at``: stored time."""
    keys = {"till_id": till_id, "epoch": epoch, "seq": seq, "event_id": event_id}
    return keys | {"kind": kind, "reason": reason, "detail": detail, "at": at, "taken_in": False}


def awaited_and_aside(connection: Connection, till_id: str, acts: Iterable[Act | Outline]) -> set[str]:
    """Of the events that these acts speak of, those that lie in quarantine."""
    table = schema.quarantine
    aside: set[str] = set()
    for part in portable.chunks(act.waits_for for act in acts if act.waits_for):
        query = select(table.c.event_id).where(table.c.till_id == till_id, table.c.event_id.in_(part))
        aside |= set(connection.execute(query).scalars())
    return aside
