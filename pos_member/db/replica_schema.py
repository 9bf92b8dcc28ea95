"""The tables of ``replica.db``: head office's data with the cursor beside the rows it covers.

Nothing here is this till's own, but without it a till cannot sell. So an older version is carried over in place, by
``replica_upgrade``: whoever raises ``REPLICA_VERSION`` adds a step there. A version this build does not know, another
key or a broken file means a new, empty replica and a load from head office.

Columns that came later carry a default: an upgraded replica has the same columns as a new one.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

REPLICA_VERSION = 3
#: ``PRAGMA application_id``: "PMrp".
REPLICA_APPLICATION_ID = 0x504D7270

metadata = MetaData()


def _text(
    name: str, null: bool = False, primary: bool = False, unique: bool = False, default: str | None = None
) -> Column[str]:
    return Column(name, Text, nullable=null, primary_key=primary, unique=unique or None, server_default=default)


def _int(name: str, null: bool = False, primary: bool = False, default: int | None = None) -> Column[int]:
    said = None if default is None else text(str(default))
    return Column(name, Integer, nullable=null, primary_key=primary, autoincrement=False, server_default=said)


def _table(name: str, *parts: Column[str] | Column[int] | Column[bytes] | CheckConstraint, rowid: bool = True) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


mark = _table(
    "mark",
    _int("one", primary=True),
    _int("cursor"),
    # Own number (till.db) of the last event that the balances and coupon states here include.
    _int("included_seq"),
    _int("as_of_us", null=True),
    # Counts changes of catalogue rows, for callers that cache them.
    _int("revision"),
    # Head office's name for the cursor's position of this feed.
    _text("feed_mark", default=""),
    CheckConstraint("one = 1"),
)

#: Small entities, and those this build does not know: kept as they came.
item = _table(
    "item",
    _text("entity", primary=True),
    _text("id", primary=True),
    Column("body", LargeBinary, nullable=False),
    rowid=False,
)

product = _table(
    "product",
    _text("id", primary=True),
    _text("barcode"),
    _text("category_id"),
    _int("active"),
    _text("name_folded"),
    Column("body", LargeBinary, nullable=False),
    rowid=False,
)
Index("product_barcode", product.c.barcode)
Index("product_name", product.c.name_folded)

member = _table(
    "member",
    Column("row", Integer, primary_key=True),
    _text("id"),
    _text("number"),
    _text("phone"),
    _text("phone_reversed"),
    _text("first_name"),
    _text("last_name"),
    _text("name_folded"),
    _text("last_folded"),
    _int("birth_day", null=True),
    _int("birth_month", null=True),
    _int("birth_year", null=True),
    _text("status"),
    _text("tier"),
    _text("home_branch_id"),
    _text("enrolled_till_id"),
    _int("enrolled_at_us"),
    # JSON, empty for none.
    _text("segments", default=""),
    _text("referred_by", null=True),
)
#: Built after a first load: sorting once is several times faster than a million look-ups in five trees.
MEMBER_INDEXES = (
    Index("member_id", member.c.id),
    Index("member_number", member.c.number),
    Index("member_phone", member.c.phone),
    Index("member_phone_reversed", member.c.phone_reversed),
    Index("member_name", member.c.name_folded),
    Index("member_last", member.c.last_folded),
)

# Every three characters in a row of "first last number phone"; what is found is checked against the member's row,
# so neither positions nor the text itself are kept.
MEMBER_SEARCH_DDL = (
    "CREATE VIRTUAL TABLE member_search USING fts5"
    "(words, content='', contentless_delete=1, tokenize='trigram case_sensitive 1', detail=none)"
)

account = _table(
    "account",
    _text("member_id", primary=True),
    _text("buckets"),
    _int("qualifying"),
    _int("visits"),
    _text("last_visit", null=True),
    _int("owed"),
    # JSON of pending, wallets, months, counts and owed_stamps, as far as there are any; empty for a plain member, so
    # that a million of them stay as small and as quick to load as they can be.
    _text("more", default=""),
    # Own number of the last event that this row includes, where that is beyond the mark's; the greater one counts.
    _int("included_seq", default=0),
    rowid=False,
)

coupon = _table(
    "coupon",
    _text("code", primary=True),
    _text("definition_id"),
    _text("state"),
    _text("member_id", null=True),
    _text("issued_bill_id", null=True),
    _text("issued_till_id"),
    _text("issued_branch_id"),
    _int("issued_at_us"),
    _text("valid_from"),
    _text("valid_to"),
    _text("redeemed_bill_id", null=True),
    _text("program_id", default=""),
    _int("uses", default=0),
    # As of an account.
    _int("included_seq", default=0),
    rowid=False,
)
Index("replica_coupon_member", coupon.c.member_id, sqlite_where=coupon.c.member_id.is_not(None))
