"""Head office's tables. Portable SQL: SQLite by default, PostgreSQL by URL.

Keys of till-keyed tables begin with the till, keys of member-keyed tables with the member, so that both can be
spread over machines later. Times are ISO 8601 text in UTC with ``Z``, dates ISO text: they sort, compare and read
the same in every database. Nothing orders by a database sequence.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, false

SCHEMA_VERSION = 3

metadata = MetaData()

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

till = Table(
    "till",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
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

#: Keys behind codes, the ``ordinal``-th of its kind. ``private``: raw, hex; emptied when the key is retired.
#: ``public``: empty for a secret that is both.
code_key = Table(
    "code_key",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("private", Text, nullable=False),
    Column("public", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("retired_at", Text),
)

enrol_code = Table(
    "enrol_code",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("branch_id", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("till_id", Text),
)

enrol_failure = Table(
    "enrol_failure",
    metadata,
    Column("id", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("at", Text, nullable=False),
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
    Index("event_by_id", "event_id"),
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

#: ``buckets`` is JSON ``{"2027-12-31": 120, "": 30}``; an empty key never expires. One row, one write per act.
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
    Column("key", Text, primary_key=True),
    Column("till_id", Text, primary_key=True),
    Column("times", BigInteger),
    Column("satang", BigInteger),
    Column("used_times", BigInteger, nullable=False),
    Column("used_satang", BigInteger, nullable=False),
    Column("closed", Boolean, nullable=False),
)

#: Every rule book tills were ever given, so that their bills can be computed again.
rule_book = Table(
    "rule_book",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

#: A run of a job whose outcome is kept: a draw, the winners of a program, an occasion. ``body`` is canonical JSON.
office_run = Table(
    "office_run",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("body", Text, nullable=False),
)

exception = Table(
    "exception",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("amount_satang", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Column("first_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Index("exception_by_state", "state", "changed_at"),
)

#: What a person did at the console: who, what to, and why. Rows are only added.
office_act = Table(
    "office_act",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("office_act_by_subject", "subject_kind", "subject_id", "at"),
)

#: Organisation, brands, branches, staff, categories, products, programs, coupon definitions: as the feed sends them.
catalogue = Table(
    "catalogue",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("catalogue_by_code", "entity", "code"),
)

#: ``group_end`` is the number of the last change of the same act: a page is cut only there.
feed = Table(
    "feed",
    metadata,
    Column("publish_no", BigInteger, primary_key=True, autoincrement=False),
    Column("group_end", BigInteger, nullable=False),
    Column("scope", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("origin_till", Text),
    Column("origin_seq", BigInteger),
    Index("feed_by_origin", "origin_till", "publish_no"),
)

#: One row: the newest number given out. Locked by whoever publishes, so that numbers become visible in order.
feed_head = Table(
    "feed_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("publish_no", BigInteger, nullable=False),
)
