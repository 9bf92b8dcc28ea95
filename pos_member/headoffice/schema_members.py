"""Tables keyed by the member or by the coupon: what the facts of all tills come to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from pos_member.headoffice.schema_base import metadata

member = Table(
    "member",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("member_by_number", "number"),
    Index("member_by_phone", "phone"),
)

consent = Table(
    "consent",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("at", Text, nullable=False),
    Column("body", Text, nullable=False),
)

point_entry = Table(
    "point_entry",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("till_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("bucket", Text, nullable=False),
    Column("bill_id", Text),
    Column("business_date", Text, nullable=False),
    Column("currency", Text, nullable=False, server_default=""),
    Column("program_id", Text),
    Column("reverses_id", Text),
    Column("at", Text, nullable=False, server_default=""),
    Index("point_entry_by_day", "business_date", "till_id"),
)

#: ``buckets`` is JSON ``{"2027-12-31": 120, "": 30}``; an empty key never expires. One row, one write per act; whoever
#: changes anything of a member locks it first. ``n``: how often it was told to the tills; 0: only locked so far.
#: ``seen``: JSON, till → ``"<epoch>.<seq>"``, see ``FeedChange.seen``.
account = Table(
    "account",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("buckets", Text, nullable=False),
    Column("taken_back", BigInteger, nullable=False),
    Column("qualifying", BigInteger, nullable=False),
    Column("visits", BigInteger, nullable=False),
    Column("last_visit", Text),
    Column("owed", BigInteger, nullable=False),
    Column("as_of", Text, nullable=False),
    Column("pending", Text, nullable=False, server_default="{}"),
    Column("wallets", Text, nullable=False, server_default="{}"),
    Column("months", Text, nullable=False, server_default="{}"),
    Column("counts", Text, nullable=False, server_default="{}"),
    Column("owed_stamps", Text, nullable=False, server_default="{}"),
    Column("referral_back", BigInteger, nullable=False, server_default="0"),
    Column("n", BigInteger, nullable=False, server_default="0"),
    Column("seen", Text, nullable=False, server_default="{}"),
)

coupon = Table(
    "coupon",
    metadata,
    Column("code", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("member_id", Text),
    Column("body", Text, nullable=False),
    Column("program_id", Text, nullable=False, server_default=""),
    Column("definition_id", Text, nullable=False, server_default=""),
    Column("issued_on", Text, nullable=False, server_default=""),
)

coupon_event = Table(
    "coupon_event",
    metadata,
    Column("code", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject_id", Text, primary_key=True),
    Column("till_id", Text, nullable=False),
    Column("amount_satang", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
)
