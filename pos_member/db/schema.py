"""The tables of ``till.db``: this till's own facts. Appended, never edited, but for the few marked *state*.

Every fact carries ``seq``, the till's own continuous number of the event that announced it (``outbox``). Bills and
returns have it as their row id, so that they and everything hanging on them are appended at the end of the tree
and secondary indexes stay small. Migrations build the same tables on their own; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

#: ``PRAGMA user_version``: counts the migrations, so that a current file is known without importing Alembic.
TILL_VERSION = 1
#: ``PRAGMA application_id``: "PMtl".
TILL_APPLICATION_ID = 0x504D746C

metadata = MetaData()


def _text(name: str, *args: ForeignKey, null: bool = False, primary: bool = False, unique: bool = False) -> Column[str]:
    return Column(name, Text, *args, nullable=null, primary_key=primary, unique=unique or None)


def _int(name: str, *args: ForeignKey, null: bool = False, primary: bool = False) -> Column[int]:
    return Column(name, Integer, *args, nullable=null, primary_key=primary, autoincrement=False)


def _row_number(name: str) -> Column[int]:
    """A row id that SQLite gives out."""
    return Column(name, Integer, primary_key=True)


def _blob(name: str, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


def _table(name: str, *parts: Column[str] | Column[int] | Column[bytes] | CheckConstraint, rowid: bool = True) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


till_identity = _table(  # state: one row
    "till_identity",
    _int("one", primary=True),
    _text("id"),
    _int("number"),
    _text("branch_id"),
    _text("label"),
    _int("epoch"),
    # Own numbers up to here belong to earlier epochs: number on the wire = seq - epoch_base.
    _int("epoch_base"),
    _text("server_url"),
    _blob("private_key", null=True),
    _blob("server_public_key", null=True),
    CheckConstraint("one = 1"),
    CheckConstraint("number BETWEEN 1 AND 9999"),
    CheckConstraint("epoch >= 1 AND epoch_base >= 0"),
)

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

counter = _table(  # state
    "counter", _text("name", primary=True), _int("value"), CheckConstraint("value >= 1"), rowid=False
)

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
    CheckConstraint("refund_satang >= 0 AND withheld_satang >= 0"),
    CheckConstraint("points_taken_back >= 0 AND points_given_back >= 0 AND points_owed >= 0"),
)
Index("bill_return_bill", bill_return.c.bill_id)
Index("bill_return_day", bill_return.c.business_date, bill_return.c.seq)

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

owed = _table("owed", _int("seq", primary=True), _text("member_id", primary=True), _int("points"), rowid=False)
Index("owed_member", owed.c.member_id)

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

print_job = _table(  # state
    "print_job",
    _row_number("number"),
    _text("id", unique=True),
    _text("kind"),
    _text("subject_id"),
    _int("copy_number"),
    _text("state"),
    _text("reason"),
    _int("attempts"),
    _int("created_at_us"),
    _int("updated_at_us"),
    _blob("document"),
    # What goes to the printer, byte for byte: frozen when sending begins.
    _blob("payload", null=True),
    CheckConstraint("state IN ('queued', 'blocked', 'sending', 'sent', 'confirmed', 'unconfirmed', 'cancelled')"),
)
Index("print_job_subject", print_job.c.subject_id, print_job.c.kind)
Index(
    "print_job_open",
    print_job.c.state,
    print_job.c.number,
    sqlite_where=print_job.c.state.in_(("queued", "blocked", "sending")),
)

pin_lock = _table(  # state
    "pin_lock", _text("staff_id", primary=True), _int("failures"), _int("locked_until_us", null=True), rowid=False
)

draft = _table("draft", _int("one", primary=True), _blob("body"), CheckConstraint("one = 1"))  # state

parked = _table("parked", _row_number("number"), _text("id", unique=True), _blob("body"))  # state
