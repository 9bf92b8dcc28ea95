"""Tables of ``till.db`` beside bills and members: claims of bills, shifts, the record of sensitive acts."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index

from pos_member.db.schema_columns import integer as _int
from pos_member.db.schema_columns import table as _table
from pos_member.db.schema_columns import text as _text

bill_claim = _table(  # points after the bill: whose it turned out to be
    "bill_claim",
    _int("seq", primary=True),
    _text("id", unique=True),
    _text("bill_id", unique=True),
    _text("member_id"),
    _text("identified"),
    _text("till_id"),
    _text("staff_id"),
    _text("approved_by"),
    _int("at_us"),
    _text("business_date"),
    _int("qualifying_satang"),
    _text("tier_change"),
    _text("basis"),
)
Index("bill_claim_member", bill_claim.c.member_id, bill_claim.c.seq)

shift = _table(
    "shift",
    _int("seq", primary=True),
    _text("id", unique=True),
    _text("staff_id"),
    _text("till_id"),
    _int("at_us"),
    _text("business_date"),
    _int("float_satang"),
)

shift_close = _table(
    "shift_close",
    _int("seq", primary=True),
    _text("id", unique=True),
    _text("shift_id", ForeignKey("shift.id"), unique=True),
    _text("staff_id"),
    _int("at_us"),
    _text("business_date"),
    _int("counted_satang"),
    _int("expected_satang"),
    _int("bills"),
    _int("returns"),
)

audit = _table(
    "audit",
    _text("id", primary=True),
    _int("seq"),
    _text("act"),
    _text("staff_id"),
    _text("approved_by"),
    _text("till_id"),
    _int("at_us"),
    _text("subject_id"),
    _text("detail"),
    rowid=False,
)
Index("audit_seq", audit.c.seq)
