"""Badges of the staff: eighteen digits that name a person at every till, and never stand for the PIN."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.codes import make_staff_badge
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import Staff
from pos_member.headoffice import schema
from pos_member.headoffice.importing import import_catalogue
from pos_member.services.sync_ports import FeedEntity

_TRIES_MAX = 100


def give(
    connection: Connection, staff_code: str, random_below: Callable[[int], int] = secrets.randbelow
) -> tuple[Staff, bool]:
    """Give a person a new badge; one they had before is worth nothing from then on. Returns (person, had one before).

    Raises ``Refusal(STAFF_UNKNOWN)`` also for a person who no longer works here.
    """
    people = _people(connection)
    person = next((each for each in people if each.code == staff_code and each.active), None)
    if person is None:
        raise Refusal(Reason.STAFF_UNKNOWN, code=staff_code[:40])
    # Also those of people who have left: a lost badge must not become somebody's.
    taken = {each.badge for each in people}
    for _ in range(_TRIES_MAX):
        badge = make_staff_badge(random_below)
        if badge not in taken:
            changed = replace(person, badge=badge)
            import_catalogue(connection, [changed])
            return changed, bool(person.badge)
    raise RuntimeError("no free badge")


def take_away(connection: Connection, staff_code: str) -> bool:
    """End a person's badge. Returns whether there was one. Raises ``Refusal(STAFF_UNKNOWN)``."""
    person = next((each for each in _people(connection) if each.code == staff_code), None)
    if person is None:
        raise Refusal(Reason.STAFF_UNKNOWN, code=staff_code[:40])
    return bool(import_catalogue(connection, [replace(person, badge="")]))


def _people(connection: Connection) -> list[Staff]:
    table = schema.catalogue
    query = select(table.c.body).where(table.c.entity == FeedEntity.STAFF.value).order_by(table.c.code, table.c.id)
    return [codec.from_wire(Staff, json.loads(body)) for body in connection.execute(query).scalars()]
