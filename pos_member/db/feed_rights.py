"""Rights among head office's changes: they are facts of this till and go to ``till.db``, before the cursor moves."""

from __future__ import annotations

from collections.abc import Iterable

from pos_member.domain.codec import from_feed
from pos_member.domain.rights import SpendingRight
from pos_member.services.sync_ports import FeedChange, FeedEntity


def rights_of(changes: Iterable[FeedChange], till_id: str) -> tuple[SpendingRight, ...]:
    """The rights of till ``till_id`` among ``changes``. Raises ``Refusal(PAYLOAD_INVALID)``."""
    rights = (
        from_feed(SpendingRight, dict(change.body), change.entity)
        for change in changes
        if change.entity == FeedEntity.RIGHT and not change.deleted
    )
    return tuple(right for right in rights if right.till_id == till_id)
