"""``pull``: a till reads the next page of the feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from pos_member.headoffice import feed, identity
from pos_member.headoffice.problems import Problem
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode


def pull(connection: Connection, till_id: str, after: int, limit: int, now: datetime) -> protocol.PullAnswer:
    """At most about ``limit`` changes after ``after``. Raises ``Problem(UNAUTHORISED | REVOKED | MALFORMED)``."""
    caller = identity.caller(connection, till_id)
    if caller.revoked:
        raise Problem(ErrorCode.REVOKED)
    page = feed.page(connection, caller.id, caller.branch_id, caller.epoch, caller.last_seq, after, max(1, limit))
    if not 0 <= after <= page.horizon:
        raise Problem(ErrorCode.MALFORMED, where="after")
    return protocol.PullAnswer(
        after, page.upto, page.horizon, page.included_seq, page.more, page.changes, now, page.mark, caller.id
    )
