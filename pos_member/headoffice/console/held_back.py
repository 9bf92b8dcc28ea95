"""Until when no spending rights are given after head office went back, and which tills that waits for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from pos_member.headoffice import times
from pos_member.headoffice.exceptions import ExceptionKind
from pos_member.headoffice.kept import read_setting
from pos_member.headoffice.restoring import SUBJECT
from pos_member.headoffice.rights_awaited import NAMED_MAX, Awaited, awaited
from pos_member.headoffice.rights_grants import FROZEN_UNTIL
from pos_member.headoffice.schema import exception

_CASE = select(exception.c.detail).where(
    exception.c.shard == SUBJECT,
    exception.c.kind == ExceptionKind.HEADOFFICE_RESTORED.value,
    exception.c.subject_id == SUBJECT,
)


@dataclass(frozen=True)
class HeldBack:
    """``tills`` have not said since then that all they did is here; ``more``: there are others."""

    until: datetime
    tills: tuple[Awaited, ...]
    more: bool


def read_held_back(connection: Connection, now: datetime) -> HeldBack | None:
    """As it stands; ``None`` where rights are given.

    Before the time is over every till is to be heard once more: those are named that were not heard since head office
    went back.
    """
    until = read_setting(connection, FROZEN_UNTIL)
    if not until:
        return None
    began = json.loads(connection.execute(_CASE).scalar() or "{}").get("at", "")
    tills = awaited(connection, until if times.stored(now) >= until else str(began))
    return HeldBack(times.read(until), tills[:NAMED_MAX], len(tills) > NAMED_MAX)
