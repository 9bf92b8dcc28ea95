"""The feed read by other ways than page by page: what is not of members, whole segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, TextClause, select, text

from pos_member.headoffice.feed import GLOBAL_SCOPE, ORGANISATION_SCOPE, change_of, horizon
from pos_member.headoffice.schema import feed
from pos_member.headoffice.schema_feed import SEGMENT, SMALL_FEED
from pos_member.services.sync_ports import FeedChange

#: What every till reads.
EVERYBODYS = (GLOBAL_SCOPE, ORGANISATION_SCOPE)
_SMALL: TextClause = text(SMALL_FEED)
_COLUMNS = (feed.c.publish_no, feed.c.entity, feed.c.id, feed.c.deleted, feed.c.body, feed.c.seen)


def small_changes(
    connection: Connection, scopes: Sequence[str], upto: int, batch: int
) -> Iterator[Sequence[FeedChange]]:
    """Everything but members, accounts and coupons that was told to ``scopes`` up to ``upto``, each thing as it was
    told last, in the order of the feed, in batches. What was taken away again is told as taken away."""
    after = 0
    while after < upto:
        changes, after = small_page(connection, scopes, after, upto, batch)
        yield changes


def small_page(
    connection: Connection, scopes: Sequence[str], after: int, upto: int, limit: int
) -> tuple[list[FeedChange], int]:
    """At most ``limit`` changes of ``small_changes`` beyond ``after``, and the position that they reach."""
    # In both questions, so that both are answered by the index of what is small: a number alone is no key of the feed.
    small = feed.c.scope.in_(scopes) & _SMALL
    here = small & (feed.c.publish_no > after) & (feed.c.publish_no <= upto)
    named = select(feed.c.publish_no, feed.c.entity, feed.c.id).where(here).order_by(feed.c.publish_no)
    numbers = sorted({(row.entity, row.id): int(row.publish_no) for row in connection.execute(named)}.values())
    reached = numbers[limit - 1] if len(numbers) > limit else upto
    if not numbers:
        return [], reached
    query = select(*_COLUMNS).where(small, feed.c.publish_no.in_(numbers[:limit])).order_by(feed.c.publish_no)
    return [change_of(row) for row in connection.execute(query)], reached


def segment(connection: Connection, number: int) -> tuple[list[FeedChange], int] | None:
    """The changes of one segment that every till reads, and its last number; ``None`` while it is not complete."""
    last = (number + 1) * SEGMENT - 1
    if number < 0 or last > horizon(connection):
        return None
    here = (feed.c.segment == number) & feed.c.scope.in_(EVERYBODYS)
    rows = connection.execute(select(*_COLUMNS).where(here).order_by(feed.c.publish_no))
    latest = {(row.entity, row.id): row for row in rows}
    return [change_of(row) for row in sorted(latest.values(), key=lambda row: int(row.publish_no))], last
