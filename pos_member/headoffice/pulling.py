"""``pull``: a till reads the next page of the feed, with one look at the database and no more where nothing is new to
this process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select

from pos_member.domain import codec
from pos_member.headoffice import feed
from pos_member.headoffice.feed_tail import Tail
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.schema import effect, feed_head, outgoing, till
from pos_member.services.sync_ports import FeedChange
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

#: What waits of a till, and of all. Asked with every call of a till: in one question.
WAITS = (
    exists(select(effect.c.seq).where(effect.c.till_id == bindparam("till"))).label("effects_wait"),
    exists(select(outgoing.c.n)).label("changes_wait"),
    select(feed_head.c.cleared_no < feed_head.c.publish_no).scalar_subquery().label("uncleared"),
)
#: The till, what waits, and what the page says beside its changes.
_LOOK = select(
    till.c.branch_id,
    till.c.epoch,
    till.c.last_seq,
    till.c.revoked,
    *WAITS,
    *feed.ENDS,
).where(till.c.id == bindparam("till"))
_NO_CHANGES = b'"changes":[]'


def pull(
    connection: Connection, till_id: str, after: int, limit: int, now: datetime, tail: Tail | None, *, whole: bool
) -> protocol.PullAnswer | None:
    """At most about ``limit`` changes after ``after``. ``whole``: only with all that is known of this till: ``None``
    where something waits. Raises ``Problem(UNAUTHORISED | REVOKED | MALFORMED)``."""
    page = _page(connection, till_id, after, limit, tail, whole=whole)
    return None if page is None else _answer(page, after, now, page.changes)


def pull_written(
    connection: Connection, till_id: str, after: int, limit: int, now: datetime, tail: Tail | None, *, whole: bool
) -> bytes | None:
    """As ``pull``, the answer as JSON: to read a thousand changes and write them anew takes longer than all else."""
    page = _page(connection, till_id, after, limit, tail, whole=whole)
    if page is None:
        return None
    bare = codec.canonical_bytes(_answer(page, after, now, ()))
    return bare.replace(_NO_CHANGES, b'"changes":[' + page.written + b"]", 1)


def _page(
    connection: Connection, till_id: str, after: int, limit: int, tail: Tail | None, *, whole: bool
) -> feed.Page | None:
    look = connection.execute(_LOOK, feed.asked_of(till_id, after)).one_or_none()
    if look is None:
        raise Problem(ErrorCode.UNAUTHORISED)
    if look.revoked:
        raise Problem(ErrorCode.REVOKED)
    if whole and something_waits(look):
        return None
    if not 0 <= after <= look.horizon:
        raise Problem(ErrorCode.MALFORMED, where="after")
    asked = till_id, look.branch_id, look.epoch, look.last_seq, after, max(1, limit)
    return feed.page(connection, *asked, known=look, tail=tail)


def something_waits(look: Row[Any]) -> bool:
    """Whether anything of this till waits to be applied, or anything for its number. ``look``: with ``WAITS``."""
    return bool(look.effects_wait or look.changes_wait or look.uncleared)


def _answer(page: feed.Page, after: int, now: datetime, changes: tuple[FeedChange, ...]) -> protocol.PullAnswer:
    return protocol.PullAnswer(
        after=after,
        upto=page.upto,
        horizon=page.horizon,
        included_seq=page.included_seq,
        more=page.more,
        changes=changes,
        server_time=now,
        mark=page.mark,
        till_id=page.till_id,
        before=page.before,
        epoch=page.epoch,
    )
