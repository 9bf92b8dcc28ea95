"""The feed by other ways than page by page, for one till: what is its own, the catalogue, a segment."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from pos_member.headoffice import feed, feed_reading, identity
from pos_member.headoffice.feed_reading import EVERYBODYS
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.schema_feed import SEGMENT
from pos_member.services.sync_ports import FeedChange, FeedEntity
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode
from pos_member.sync.protocol_feed import SegmentAnswer

#: A right that lapsed longer ago than this is nothing to a till.
_LAPSED = timedelta(days=2)


def own(connection: Connection, till_id: str, after: int, upto: int, limit: int, now: datetime) -> protocol.PullAnswer:
    """What is in the scope of one till and its branch between two positions, in pages.

    ``included_seq`` and ``mark`` are those of ``upto``. Raises ``Problem``: REVOKED, MALFORMED.
    """
    caller = require_live(connection, till_id)
    if not 0 <= after <= upto <= feed.horizon(connection):
        raise Problem(ErrorCode.MALFORMED, where="upto")
    return _page(connection, caller, _own_scopes(caller), (after, upto, limit), now)


def catalogue(connection: Connection, till_id: str, after: int, limit: int, now: datetime) -> protocol.PullAnswer:
    """Everything a till sees but members, accounts and coupons, as it is now, in pages. Raises as ``own``."""
    caller = require_live(connection, till_id)
    horizon = feed.horizon(connection)
    if not 0 <= after <= horizon:
        raise Problem(ErrorCode.MALFORMED, where="after")
    return _page(connection, caller, (*EVERYBODYS, *_own_scopes(caller)), (after, horizon, limit), now)


def segment(connection: Connection, till_id: str, number: int) -> SegmentAnswer:
    """One complete segment. Raises ``Problem``: REVOKED, NOT_FOUND (it is not complete yet)."""
    require_live(connection, till_id)
    found = feed_reading.segment(connection, number)
    if found is None:
        raise Problem(ErrorCode.NOT_FOUND)
    changes, last = found
    first = max(1, number * SEGMENT)  # the feed counts from 1
    before, mark = (feed.mark_at(connection, at) for at in (first - 1, last))
    return SegmentAnswer(number, first, last, tuple(changes), before, mark)


def segment_mark(connection: Connection, till_id: str, number: int) -> str:
    """The mark of a complete segment's last position. Raises as ``segment``."""
    require_live(connection, till_id)
    last = (number + 1) * SEGMENT - 1
    if number < 0 or last > feed.horizon(connection):
        raise Problem(ErrorCode.NOT_FOUND)
    return feed.mark_at(connection, last)


def require_live(connection: Connection, till_id: str) -> identity.Caller:
    """The till that asks. Raises ``Problem(REVOKED)``."""
    caller = identity.caller(connection, till_id)
    if caller.revoked:
        raise Problem(ErrorCode.REVOKED)
    return caller


def _own_scopes(caller: identity.Caller) -> tuple[str, str]:
    return f"branch:{caller.branch_id}", f"till:{caller.id}"


def _page(
    connection: Connection,
    caller: identity.Caller,
    scopes: tuple[str, ...],
    span: tuple[int, int, int],
    now: datetime,
) -> protocol.PullAnswer:
    after, upto, limit = span
    changes, reached = feed_reading.small_page(connection, scopes, after, upto, limit)
    return protocol.PullAnswer(
        after=after,
        upto=reached,
        horizon=feed.horizon(connection),
        included_seq=feed.included_seq(connection, caller.id, caller.epoch, caller.last_seq, upto),
        more=reached < upto,
        changes=tuple(change for change in changes if not _is_lapsed(change, now)),
        server_time=now,
        mark=feed.mark_at(connection, upto),
        till_id=caller.id,
    )


def _is_lapsed(change: FeedChange, now: datetime) -> bool:
    if change.entity != FeedEntity.RIGHT or change.deleted:
        return False
    return datetime.fromisoformat(str(change.body["lapses_at"])) + _LAPSED < now
