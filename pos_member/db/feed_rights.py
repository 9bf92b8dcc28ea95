"""Rights among head office's changes: they are facts of this till and go to ``till.db``, before the cursor moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from pos_member.db import schema as s
from pos_member.db.sql import Insert
from pos_member.db.values import to_us
from pos_member.domain.codec import from_feed
from pos_member.domain.rights import SpendingRight
from pos_member.services.sync_ports import FeedChange, FeedEntity

# Told again it is the right that is known already: rights never change.
_KEEP = Insert(s.spending_right, verb="INSERT OR IGNORE")


def rights_of(changes: Iterable[FeedChange]) -> tuple[SpendingRight, ...]:
    """The rights among ``changes``. Raises ``Refusal(PAYLOAD_INVALID)``."""
    return tuple(
        from_feed(SpendingRight, dict(change.body), change.entity)
        for change in changes
        if change.entity == FeedEntity.RIGHT and not change.deleted
    )


def keep_rights(connection: Connection, rights: Iterable[SpendingRight], till_id: str, _at: datetime) -> int:
    """Keep the rights of till ``till_id`` in ``till.db``; those known already stay as they are. Returns how many."""
    rows = [
        (
            right.id,
            right.member_id,
            right.kind.value,
            right.epoch,
            right.points,
            to_us(right.granted_at),
            to_us(right.lapses_at),
            None,
        )
        for right in rights
        if right.till_id == till_id
    ]
    _KEEP.many(connection, rows)
    return len(rows)
