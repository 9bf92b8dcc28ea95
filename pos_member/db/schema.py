"""The tables of ``till.db``: this till's own facts. Appended, never edited, but for the few marked *state*.

Every fact carries ``seq``, the till's own continuous number of the event that announced it (``outbox``). Bills and
returns have it as their row id, so that they and everything hanging on them are appended at the end of the tree
and secondary indexes stay small. Shifts, claims and audits are in ``schema_acts``, what is no fact but a state in
``schema_states``. Migrations build the same tables on their own; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index

from pos_member.db.schema_acts import audit as audit
from pos_member.db.schema_acts import bill_claim as bill_claim
from pos_member.db.schema_acts import shift as shift
from pos_member.db.schema_acts import shift_close as shift_close
from pos_member.db.schema_columns import blob as _blob
from pos_member.db.schema_columns import int_later as _int_later
from pos_member.db.schema_columns import integer as _int
from pos_member.db.schema_columns import metadata as metadata
from pos_member.db.schema_columns import row_number as _row_number
from pos_member.db.schema_columns import table as _table
from pos_member.db.schema_columns import text as _text
from pos_member.db.schema_columns import text_later as _text_later
from pos_member.db.schema_rights import day_close as day_close
from pos_member.db.schema_rights import epoch as epoch
from pos_member.db.schema_rights import floor_use as floor_use
from pos_member.db.schema_rights import right_use as right_use
from pos_member.db.schema_rights import spending_right as spending_right
from pos_member.db.schema_rights import sync_note as sync_note
from pos_member.db.schema_states import counter as counter
from pos_member.db.schema_states import draft as draft
from pos_member.db.schema_states import paper_template as paper_template
from pos_member.db.schema_states import parked as parked
from pos_member.db.schema_states import pin_lock as pin_lock
from pos_member.db.schema_states import presented as presented
from pos_member.db.schema_states import print_job as print_job
from pos_member.db.schema_states import till_identity as till_identity

#: ``PRAGMA user_version``: counts the migrations, so that a current file is known without importing Alembic.
TILL_VERSION = 6
#: ``PRAGMA application_id``: "PMtl".
TILL_APPLICATION_ID = 0x504D746C

change_queue = _table(
    "change_queue",
    _int("seq", primary=True),
    _text("event_id", unique=True),
    _text("kind"),
    _int("version"),
    _int("created_at_us"),
    _blob("sha256"),
    _blob("chain"),
    _blob("payload"),
    CheckConstraint("seq >= 1"),
    CheckConstraint("length(sha256) = 32 AND length(chain) = 32"),
)
Index("change_queue_kind", change_queue.c.kind, change_queue.c.seq)

ack = _table("ack", _int("seq", primary=True), _int("at_us"))

bill = _table(
    "bill",
    _int("seq", primary=True),
    _text("id", unique=True),
    _text("number", unique=True),
    _text("receipt_code", unique=True),
    _text("till_id"),
    _text("branch_id"),
    _text("staff_id"),
    _text("shift_id", null=True),
    _text("member_id", null=True),
    _text("identified", null=True),
    _int("opened_at_us"),
    _int("completed_at_us"),
    _text("business_date"),
    _int("gross_satang"),
    _int("discount_satang"),
    _int("total_satang"),
    _int("cash_rounding_satang"),
    _int("change_satang"),
    _int("vat_satang"),
    _int("points_earned"),
    _int("points_redeemed"),
    _int_later("qualifying_satang"),
    # JSON of the domain types, empty where there is none: read with the bill and never searched.
    _text_later("tier_change"),
    _text_later("basis"),
    _text_later("grants"),
    _text_later("spending"),
    CheckConstraint("gross_satang >= 0 AND discount_satang >= 0 AND total_satang >= 0 AND change_satang >= 0"),
    CheckConstraint("gross_satang - discount_satang + cash_rounding_satang = total_satang"),
    CheckConstraint("points_earned >= 0 AND points_redeemed >= 0"),
)
Index("bill_day", bill.c.business_date, bill.c.seq)
Index("bill_member", bill.c.member_id, bill.c.seq, sqlite_where=bill.c.member_id.is_not(None))

bill_line = _table(
    "bill_line",
    _int("bill_seq", ForeignKey("bill.seq"), primary=True),
    _int("line_no", primary=True),
    _text("product_id", null=True),
    _text("barcode"),
    _text("name_th"),
    _text("name_en"),
    _text("category_id"),
    _text("brand_id"),
    _text("tags"),
    _int("quantity_milli"),
    _int("unit_price_satang"),
    _int("gross_satang"),
    _int("discount_satang"),
    _int("net_satang"),
    _int("points_earned"),
    _int("points_paid_satang"),
    CheckConstraint("quantity_milli > 0 AND unit_price_satang >= 0"),
    CheckConstraint("gross_satang - discount_satang = net_satang AND net_satang >= 0"),
    CheckConstraint("points_paid_satang BETWEEN 0 AND discount_satang"),
    rowid=False,
)

bill_discount = _table(
    "bill_discount",
    _int("bill_seq", ForeignKey("bill.seq"), primary=True),
    _int("position", primary=True),
    _text("kind"),
    _text("program_id", null=True),
    _text("coupon_code", null=True),
    _text("label_th"),
    _text("label_en"),
    _int("amount_satang"),
    _int("points"),
    _text_later("currency"),
    # Of a reward: what it took off which line, as JSON.
    _text_later("lines"),
    CheckConstraint("kind IN ('program', 'coupon', 'points')"),
    CheckConstraint("amount_satang >= 0 AND points >= 0"),
    rowid=False,
)

tender = _table(
    "tender",
    _int("bill_seq", ForeignKey("bill.seq"), primary=True),
    _int("position", primary=True),
    _text("kind"),
    _int("amount_satang"),
    _text("reference"),
    CheckConstraint("amount_satang >= 0"),
    rowid=False,
)

coupon_use = _table(
    "coupon_use",
    _int("bill_seq", ForeignKey("bill.seq"), primary=True),
    _int("position", primary=True),
    _text("code"),
    _text("definition_id"),
    _int("amount_satang"),
    CheckConstraint("amount_satang >= 0"),
    rowid=False,
)
Index("coupon_use_code", coupon_use.c.code)

point_entry = _table(
    "point_entry",
    _int("seq", primary=True),
    _int("position", primary=True),
    _text("id", unique=True),
    _text("member_id"),
    _text("kind"),
    _int("points"),
    _text("bucket", null=True),
    _text("bill_id", null=True),
    _int("line_no", null=True),
    _text("program_id", null=True),
    _text("reason"),
    _text("staff_id"),
    _text("till_id"),
    _int("at_us"),
    _text("business_date"),
    _text("reverses_id", null=True),
    # Empty for points, else a stamp currency.
    _text_later("currency"),
    _text("spendable_from", null=True),
    _int_later("qualifying", before=1),
    CheckConstraint("kind IN ('earn', 'redeem', 'adjust', 'expire', 'reverse', 'transfer')"),
    rowid=False,
)
Index("point_entry_member", point_entry.c.member_id, point_entry.c.seq)
Index("point_entry_day", point_entry.c.business_date, point_entry.c.seq)

coupon = _table(  # state: the coupon as of its last event here
    "coupon",
    _row_number("number"),
    _text("code", unique=True),
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
    # Of the last event: newer than what the replica includes means that this row is the truth.
    _int("seq"),
    _text_later("program_id"),
    _int_later("uses"),
    CheckConstraint(
        "state IN ('issued', 'reserved', 'redeemed', 'reversed', 'expired', 'cancelled', 'voided_by_return')"
    ),
)
Index("coupon_member", coupon.c.member_id, coupon.c.seq, sqlite_where=coupon.c.member_id.is_not(None))

coupon_event = _table(
    "coupon_event",
    _row_number("number"),
    _int("seq"),
    _text("code"),
    _text("kind"),
    _int("at_us"),
    _text("bill_id", null=True),
    CheckConstraint("kind IN ('issued', 'redeemed', 'reversed', 'cancelled', 'voided_by_return')"),
)
Index("coupon_event_seq", coupon_event.c.seq)
# One act does one thing to a coupon once.
Index("coupon_event_code", coupon_event.c.code, coupon_event.c.seq, coupon_event.c.kind, unique=True)

bill_return = _table(
    "bill_return",
    _int("seq", primary=True),
    _text("id", unique=True),
    _text("number", unique=True),
    _text("receipt_code", unique=True),
    _text("bill_id"),
    _text("bill_number"),
    _text("till_id"),
    _text("branch_id"),
    _text("staff_id"),
    _text("approved_by"),
    _text("shift_id", null=True),
    _text("member_id", null=True),
    _int("completed_at_us"),
    _text("business_date"),
    _int("refund_satang"),
    _int("withheld_satang"),
    _text("tender"),
    _int("points_taken_back"),
    _int("points_given_back"),
    _int("points_owed"),
    _text("coupons_restored"),
    _text("coupons_voided"),
    _text("reason"),
    _int_later("complete"),
    _int_later("qualifying_satang"),
    _text("bill_date", null=True),
    _text_later("stamps_owed"),
    _text_later("coupons_withheld"),
    _int_later("qualifying_points"),
    CheckConstraint("refund_satang >= 0 AND withheld_satang >= 0"),
    CheckConstraint("points_taken_back >= 0 AND points_given_back >= 0 AND points_owed >= 0"),
)
Index("bill_return_bill", bill_return.c.bill_id)
Index("bill_return_day", bill_return.c.business_date, bill_return.c.seq)
Index(
    "bill_return_member",
    bill_return.c.member_id,
    bill_return.c.seq,
    sqlite_where=bill_return.c.member_id.is_not(None),
)

return_line = _table(
    "return_line",
    _int("return_seq", ForeignKey("bill_return.seq"), primary=True),
    _int("position", primary=True),
    _int("line_no"),
    _int("quantity_milli"),
    _int("refund_satang"),
    _int("points_reversed"),
    CheckConstraint("quantity_milli > 0 AND refund_satang >= 0 AND points_reversed >= 0"),
    rowid=False,
)

tally = _table(
    "tally",
    _int("seq", primary=True),
    _int("position", primary=True),
    _text("member_id", null=True),
    _text("kind"),
    _text("key"),
    _text("period"),
    _int("amount"),
    _int("line_no", null=True),
    rowid=False,
)
Index("tally_member", tally.c.member_id, tally.c.seq, sqlite_where=tally.c.member_id.is_not(None))

given = _table(  # state: sums of what belongs to no member, per till this folder was: quotas are asked with every bill
    "given",
    _text("till_id", primary=True),
    _text("kind", primary=True),
    _text("key", primary=True),
    _int("amount"),
    rowid=False,
)

member = _table(  # each change is a new row; the highest seq is the member as this till knows them
    "member",
    _text("id", primary=True),
    _int("seq", primary=True),
    _text("number"),
    _text("phone"),
    _text("first_name"),
    _text("last_name"),
    _int("birth_day", null=True),
    _int("birth_month", null=True),
    _int("birth_year", null=True),
    _text("status"),
    _text("tier"),
    _text("home_branch_id"),
    _text("enrolled_till_id"),
    _int("enrolled_at_us"),
    _text_later("segments"),
    _text("referred_by", null=True),
    CheckConstraint("status IN ('active', 'blocked', 'erased')"),
    rowid=False,
)
Index("member_seq", member.c.seq)
Index("member_number", member.c.number)
Index("member_phone", member.c.phone)
Index("member_enrolled", member.c.enrolled_at_us)

consent = _table(
    "consent",
    _int("seq", primary=True),
    _int("position", primary=True),
    _text("id", unique=True),
    _text("member_id"),
    _text("purpose"),
    _int("granted"),
    _text("notice_version"),
    _text("notice_sha256"),
    _text("notice_language"),
    _text("channel"),
    _text("staff_id"),
    _text("till_id"),
    _int("at_us"),
    CheckConstraint("granted IN (0, 1)"),
    rowid=False,
)
Index("consent_member", consent.c.member_id, consent.c.seq)

owed = _table(
    "owed",
    _int("seq", primary=True),
    _text("member_id", primary=True),
    # Empty for points, else a stamp currency.
    _text_later("currency", primary=True),
    _int("points"),
    rowid=False,
)
Index("owed_member", owed.c.member_id)
