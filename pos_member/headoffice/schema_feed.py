"""Tables of their own keys: the feed by its segments, cases by the shard they belong to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from pos_member.headoffice.schema_base import metadata
from pos_member.sync.protocol_feed import SEGMENT as SEGMENT

#: All that is not of members: little of it, and every new till wants it first. Said the same way in index and query.
SMALL_FEED = "entity NOT IN ('member', 'account', 'coupon')"

#: ``till_id``: the till it concerns, empty where it is head office's. ``resolution``: what was decided, once settled.
exception = Table(
    "exception",
    metadata,
    Column("shard", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("amount_satang", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Column("first_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("till_id", Text, nullable=False, server_default=""),
    Column("resolution", Text, nullable=False, server_default=""),
    Index("exception_by_state", "state", "changed_at"),
)

#: What tills learn, in one order without gaps. ``segment`` is ``publish_no // SEGMENT``. ``mark``: a random word of the
#: batch it was numbered in. ``origin_seq``: the first of its origin's events whose effects it tells.
feed = Table(
    "feed",
    metadata,
    Column("segment", BigInteger, primary_key=True, autoincrement=False),
    Column("publish_no", BigInteger, primary_key=True, autoincrement=False),
    Column("shard", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("mark", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("seen", Text, nullable=False),
    Column("origin_till", Text),
    Column("origin_epoch", Integer),
    Column("origin_seq", BigInteger),
    Index("feed_small", "scope", "publish_no", sqlite_where=text(SMALL_FEED), postgresql_where=text(SMALL_FEED)),
    Index("feed_by_origin", "origin_till", "origin_epoch", "publish_no", "origin_seq"),
)
