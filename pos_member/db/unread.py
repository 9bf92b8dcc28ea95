"""Changes of head office's feed that hold a value this build does not know: one thing rests, nothing else waits.

A newer head office may send a status, a kind or a role that did not exist here. What the older row says is no longer
true and what the new one says cannot be read, so the thing is taken out of use; its change is kept as it came among the
items and read again at every start, until a build knows the value or head office sends another.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from sqlalchemy import Connection

from pos_member.domain.codec import canonical_bytes, from_bytes
from pos_member.services.sync_ports import FeedChange

_ENTITY = "unread."
_KEEP = "INSERT OR REPLACE INTO item (entity, id, body) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM item WHERE entity = ? AND id IN (SELECT value FROM json_each(?))"
_ALL = "SELECT body FROM item WHERE entity > 'unread.' AND entity < 'unread/' ORDER BY entity, id"

log = logging.getLogger(__name__)


def keep(connection: Connection, change: FeedChange) -> None:
    """Keep what cannot be read."""
    log.warning("a %s of head office's holds a value that this build does not know: it rests", change.entity)
    connection.exec_driver_sql(_KEEP, (_ENTITY + change.entity, change.id, canonical_bytes(change)))


def forget(connection: Connection, entity: str, ids: Sequence[str]) -> None:
    """Head office sent something else since."""
    if ids:
        connection.exec_driver_sql(_FORGET, (_ENTITY + entity, json.dumps(list(ids))))


def kept(connection: Connection) -> tuple[FeedChange, ...]:
    """Everything that waits for a build that knows it."""
    return tuple(from_bytes(FeedChange, body) for body in connection.exec_driver_sql(_ALL).scalars())
