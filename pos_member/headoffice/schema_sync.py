"""Head office's tables of sync itself: what waits to be applied or published, rights, epochs, closed days, leases.

Shard keys: ``till_id`` for what belongs to a till, the member's id or the coupon's code for theirs, ``shard`` (one of
these) where a row may belong to any. ``docs/decisions`` says why; ``tests/headoffice/test_shards.py`` holds it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text, text

from pos_member.headoffice.schema_base import metadata

#: Events taken in whose effects on members and coupons are not all applied: written with the event, in one commit.
effect = Table(
    "effect",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", Text, nullable=False),
    #: Of an event that was set aside first: its till counts it as told long ago, so nothing waits for it.
    Column("late", Boolean, nullable=False),
)

#: Events that a restored till told again under new numbers, or under a known id with another body (``payload``: a
#: fork, kept to be looked at). Their numbers count as held; what they say is not applied again.
event_again = Table(
    "event_again",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("payload", LargeBinary),
)

#: How often a thing was told to the tills; locked while its next telling is written. Accounts count in their own row.
#: ``seen`` as in ``account``, of coupons.
revision = Table(
    "revision",
    metadata,
    Column("shard", Text, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("seen", Text, nullable=False, server_default="{}"),
)

#: Which till has which number: numbers are never given twice.
till_number = Table(
    "till_number",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("till_id", Text, nullable=False),
)

#: Which events an account includes: an effect is applied once per member, however often it is tried.
applied = Table(
    "applied",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("till_id", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
)

#: Changes on their way into the feed: written with the change, in one commit; the stamper gives them their numbers.
#: ``n`` rises within one (shard, entity, id): the order in which they became true.
outgoing = Table(
    "outgoing",
    metadata,
    Column("shard", Text, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    #: Its place among what was written at the same moment.
    Column("place", Integer, nullable=False),
    Column("scope", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("seen", Text, nullable=False),
    Column("origin_till", Text),
    Column("origin_epoch", Integer),
    Column("origin_seq", BigInteger),
    Index("outgoing_by_time", "at", "place"),
    Index("outgoing_by_origin", "origin_till", "origin_epoch", "origin_seq"),
)

#: Who does what only one may do at a time, until when.
lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Text, nullable=False),
)

#: Points of a member that only one till may spend. ``used``: from the till's bills. ``state``: live, recalled (asked
#: back), released (given back by its till), lapsed (its time over and its till heard since), void (of an old epoch).
_COMING = text("spent > used")
spending_right = Table(
    "spending_right",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("till_id", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("granted_at", Text, nullable=False),
    Column("lapses_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    #: Of a right to what was earned at its till: the event that earned it.
    Column("origin_seq", BigInteger),
    #: Of a released one: all that its till said it had spent of it. Bills that have not come yet are in it.
    Column("spent", BigInteger),
    #: Of a void one: when its points may be given to others. Of any that ended: when it ended is ``ended_at``.
    Column("safe_at", Text),
    Column("ended_at", Text),
    # What of a till's is over is found without reading what it still has: tens of thousands, where given ahead.
    Index("spending_right_by_till_lapse", "till_id", "state", "kind", "lapses_at"),
    Index("spending_right_by_lapse", "state", "lapses_at"),
    # Only of those whose bills have not all come: a till's others that ended are never read with its hello again.
    Index("spending_right_coming", "till_id", sqlite_where=_COMING, postgresql_where=_COMING),
)

#: How the points of bills were spent: out of which right, or provisionally (``right_id`` empty).
spending_use = Table(
    "spending_use",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("right_id", Text, primary_key=True),
    Column("bill_id", Text, primary_key=True),
    Column("till_id", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
    Index("spending_use_by_till", "till_id", "right_id", "at"),
)

#: What a till said of its queue at some hello: everything it did until ``at`` is in events up to ``head_seq``, and it
#: had forgotten the rights to sales up to ``acked_seq``. Kept until those events are here.
rights_mark = Table(
    "rights_mark",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("acked_seq", BigInteger, nullable=False),
    Column("head_seq", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
)

#: A coupon promised to one bill by the online path. One that may be used several times may be promised to several.
coupon_hold = Table(
    "coupon_hold",
    metadata,
    Column("code", Text, primary_key=True),
    Column("bill_id", Text, primary_key=True),
    Column("till_id", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", Text, nullable=False),
    Index("coupon_hold_by_till", "till_id", "until"),
)

#: Members and coupons that no till may let spend offline.
denied = Table(
    "denied",
    metadata,
    Column("subject_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
)

#: Every epoch a till ever had, and where it ended. ``reason``: enrolled, restored, cloned, fork.
till_epoch = Table(
    "till_epoch",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("last_seq", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("database_id", Text, nullable=False),
    Column("at", Text, nullable=False),
)

#: Enrolment codes that are for a till there is, or was: it keeps its id.
enrol_again = Table(
    "enrol_again",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("till_id", Text, nullable=False),
)

#: What a till said its day came to (``domain.day_certificate.DayClosed``).
day_certificate = Table(
    "day_certificate",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("day_certificate_by_day", "business_date", "till_id"),
)

#: Prebuilt files of the feed's state up to ``cursor``. ``state``: building, ready, gone.
snapshot = Table(
    "snapshot",
    metadata,
    Column("id", Text, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
    Column("mark", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("manifest", Text, nullable=False),
)
