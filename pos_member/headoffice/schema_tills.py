"""Tables keyed by the till: what it sent, and what follows from it alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text, false

from pos_member.headoffice.schema_base import metadata

till = Table(
    "till",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("branch_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("enrolled_at", Text, nullable=False),
    Column("last_contact_at", Text),
    Column("app_version", Text, nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Column("revoked_at", Text),
)

event = Table(
    "event",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Index("event_by_id", "till_id", "event_id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", Text, nullable=False),
    #: What the event says of its own till is written; what it does to members and coupons is not, or not all.
    Column("taken_in", Boolean, nullable=False, server_default=false()),
    Index("quarantine_by_event", "till_id", "event_id"),
)

bill = Table(
    "bill",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("number", Text, nullable=False),
    Column("branch_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("member_id", Text),
    Column("business_date", Text, nullable=False),
    Column("completed_at", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("gross_satang", BigInteger, nullable=False),
    Column("discount_satang", BigInteger, nullable=False),
    Column("total_satang", BigInteger, nullable=False),
    Column("vat_satang", BigInteger, nullable=False),
    Column("points_earned", BigInteger, nullable=False),
    Column("points_redeemed", BigInteger, nullable=False),
    Index("bill_by_day", "business_date", "branch_id"),
    Index("bill_by_id", "id"),
)

bill_return = Table(
    "bill_return",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("number", Text, nullable=False),
    Column("bill_id", Text, nullable=False),
    Column("branch_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("member_id", Text),
    Column("business_date", Text, nullable=False),
    Column("completed_at", Text, nullable=False),
    Column("refund_satang", BigInteger, nullable=False),
    Column("points_taken_back", BigInteger, nullable=False),
    Column("points_given_back", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False, server_default=false()),
    Index("return_by_day", "business_date", "branch_id"),
)

#: Points after the bill: a bill is claimed once. ``points`` as earned, stamps left out.
bill_claim = Table(
    "bill_claim",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("bill_id", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("member_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    Index("bill_claim_by_day", "business_date", "till_id"),
    Index("bill_claim_by_bill", "bill_id"),
)

#: What each program did on a bill. Of a reward ``discount_satang`` is what the points bought.
bill_program = Table(
    "bill_program",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("bill_id", Text, primary_key=True),
    Column("program_id", Text, primary_key=True),
    Column("business_date", Text, nullable=False),
    Column("discount_satang", BigInteger, nullable=False),
    Index("bill_program_by_day", "program_id", "business_date"),
)

shift = Table(
    "shift",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("staff_id", Text, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("counted_satang", BigInteger, nullable=False),
    Column("expected_satang", BigInteger, nullable=False),
    Column("closed_at", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("act", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("at", Text, nullable=False),
)

#: The ``n``-th tally of a bill or return, of the kinds that are read one by one.
tally = Table(
    "tally",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("member_id", Text),
    Column("business_date", Text, nullable=False),
    Index("tally_by_key", "kind", "key", "business_date"),
)

#: What one till may give of a program (or use of a coupon definition) in all its life, and what it gave. ``times`` and
#: ``satang`` are empty where the program does not limit them. ``closed``: written off, only what it gave counts.
quota = Table(
    "quota",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("times", BigInteger),
    Column("satang", BigInteger),
    Column("used_times", BigInteger, nullable=False),
    Column("used_satang", BigInteger, nullable=False),
    Column("closed", Boolean, nullable=False),
    Index("quota_by_key", "key"),
)
