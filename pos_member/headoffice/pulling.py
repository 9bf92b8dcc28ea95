"""``pull``: a till reads the next page of the feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, select

from pos_member.domain import codec
from pos_member.headoffice import feed, identity
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.schema import effect, feed_head, outgoing
from pos_member.services.sync_ports import FeedChange
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

#: What waits of a till, and of all. Asked with every call of a till: in one question.
_WAITS = select(
    exists(select(effect.c.seq).where(effect.c.till_id == bindparam("till"))),
    exists(select(outgoing.c.n)),
    select(feed_head.c.cleared_no < feed_head.c.publish_no).scalar_subquery(),
)
_NO_CHANGES = b'"changes":[]'


def quiet(connection: Connection, till_id: str) -> bool:
    """Whether nothing of this till waits to be applied, and nothing at all for its number."""
    return not any(connection.execute(_WAITS, {"till": till_id}).one())


def pull(connection: Connection, till_id: str, after: int, limit: int, now: datetime) -> protocol.PullAnswer:
    """At most about ``limit`` changes after ``after``. Raises ``Problem(UNAUTHORISED | REVOKED | MALFORMED)``."""
    page = _page(connection, till_id, after, limit)
    return _answer(page, after, now, page.changes)


def pull_written(connection: Connection, till_id: str, after: int, limit: int, now: datetime) -> bytes:
    """As ``pull``, the answer as JSON: to read a thousand changes and write them anew takes longer than all else."""
    page = _page(connection, till_id, after, limit)
    bare = codec.canonical_bytes(_answer(page, after, now, ()))
    return bare.replace(_NO_CHANGES, b'"changes":[' + page.written + b"]", 1)


def _page(connection: Connection, till_id: str, after: int, limit: int) -> feed.Page:
    caller = identity.caller(connection, till_id)
    if caller.revoked:
        raise Problem(ErrorCode.REVOKED)
    page = feed.page(connection, caller.id, caller.branch_id, caller.epoch, caller.last_seq, after, max(1, limit))
    if not 0 <= after <= page.horizon:
        raise Problem(ErrorCode.MALFORMED, where="after")
    return page


def _answer(page: feed.Page, after: int, now: datetime, changes: tuple[FeedChange, ...]) -> protocol.PullAnswer:
    return protocol.PullAnswer(
        after, page.upto, page.horizon, page.included_seq, page.more, changes, now, page.mark, page.till_id
    )
