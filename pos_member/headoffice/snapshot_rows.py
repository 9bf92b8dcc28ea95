"""What stands in a snapshot: the rows of a replica, read out of head office's tables and the feed in one view."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, ScalarResult, Select, select

from pos_member.db.bulk import append_rows
from pos_member.db.feed import apply, put_accounts
from pos_member.db.plain_replica import SEEN_INSERT, set_mark
from pos_member.db.values import to_us
from pos_member.headoffice import feed_reading, seen_marks
from pos_member.headoffice.feed_reading import EVERYBODYS
from pos_member.headoffice.schema import account, coupon, member, revision, till
from pos_member.headoffice.snapshot_straight import account_rows, member_rows
from pos_member.services.sync_ports import FeedChange, FeedEntity

#: Fetched at once from a server, and read of what is not of members.
_BATCH = 5_000
#: Made at once: what is made of so few stays near the processor until it is written; of 5,000 it took a third longer.
_ROWS = 200
_NONE_SEEN = "{}"


class Cancelled(Exception):
    """Somebody asked to stop."""


def fill(
    source: Connection, target: Connection, cursor: int, mark: str, now: datetime, cancelled: Callable[[], bool]
) -> int:
    """Write all that every till sees, as ``source`` holds it; returns how many members. Raises ``Cancelled``.

    ``source``: one consistent read, in which the feed reaches to ``cursor``. Rows of members, accounts and coupons may
    be ahead of it: the feed tells them again, and ``snapshot_seen`` says what they include.
    """

    def streamed(query: Select[Any]) -> CursorResult[Any]:
        return source.execution_options(yield_per=_BATCH).execute(query)

    def batches(rows: CursorResult[Any] | ScalarResult[Any]) -> Iterator[Sequence[Any]]:
        for part in rows.partitions(_ROWS):
            if cancelled():
                rows.close()
                raise Cancelled
            yield part

    for changes in feed_reading.small_changes(source, EVERYBODYS, cursor, _BATCH):
        apply(target, changes)
    members = 0
    for bodies in batches(streamed(select(member.c.body)).scalars()):
        append_rows(target, member_rows(bodies, members + 1))
        members += len(bodies)
    # One that was only locked so far was never told to anybody.
    for rows in batches(streamed(select(account).where(account.c.n > 0))):
        put_accounts(target, account_rows(rows))
    for rows in batches(streamed(select(coupon.c.code, coupon.c.body))):
        apply(target, [FeedChange(FeedEntity.COUPON.value, row.code, body=json.loads(row.body)) for row in rows])
    _write_seen(source, target)
    set_mark(target, cursor, to_us(now), mark)
    return members


def _write_seen(source: Connection, target: Connection) -> None:
    """What rows include that the feed up to here does not say by itself."""
    published = seen_marks.published(source, source.execute(select(till.c.id)).scalars().all())
    accounts = select(account.c.member_id, account.c.seen).where(account.c.seen != _NONE_SEEN, account.c.n > 0)
    coupons = select(revision.c.id, revision.c.seen).where(
        revision.c.entity == FeedEntity.COUPON.value, revision.c.seen != _NONE_SEEN
    )
    for entity, query in ((FeedEntity.ACCOUNT.value, accounts), (FeedEntity.COUPON.value, coupons)):
        for part in source.execution_options(yield_per=_BATCH).execute(query).partitions(_BATCH):
            rows = []
            for subject, written in part:
                seen = json.loads(written)
                seen_marks.prune(seen, published)
                if seen:
                    rows.append((entity, subject, json.dumps(seen)))
            if rows:
                target.exec_driver_sql(SEEN_INSERT, rows)
