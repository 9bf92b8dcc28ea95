"""The tables of ``till.db`` that are states: who this till is, papers on their way, PIN locks, bills being rung."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, text

from pos_member.db.schema_columns import blob as _blob
from pos_member.db.schema_columns import integer as _int
from pos_member.db.schema_columns import row_number as _row_number
from pos_member.db.schema_columns import table as _table
from pos_member.db.schema_columns import text as _text

#: Jobs that are not over, and those a person must look at. Queries say it in these very words, beside what else they
#: want: only so does SQLite see that the index will do, and a spool of years is not read through every second.
OPEN_JOBS = "state IN ('queued', 'blocked', 'sending', 'sent', 'waiting_printer', 'unconfirmed')"

till_identity = _table(
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

presented = _table(  # what a signed code told of a member or a coupon that the replica does not hold (yet)
    "presented",
    _text("kind", primary=True),
    # The member's id, or the coupon's plain code.
    _text("id", primary=True),
    # The member's number; empty for a coupon.
    _text("number"),
    # The member or coupon as the code tells of it, and the code itself.
    _blob("body"),
    _text("proof"),
    _int("at_us"),
    CheckConstraint("kind IN ('member', 'coupon')"),
    rowid=False,
)
Index("presented_number", presented.c.number, sqlite_where=presented.c.number != "")

counter = _table("counter", _text("name", primary=True), _int("value"), CheckConstraint("value >= 1"), rowid=False)

print_job = _table(
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
    # What goes to the printer, byte for byte: frozen when sending begins, kept while it may matter. Empty once the job
    # is over (a picture is some 60 kB, and is never sent again), NULL for one that was never begun.
    _blob("payload", null=True),
    # "receipt", "coupon" or "kitchen": which printers may take it while ``printer`` is empty.
    _text("role"),
    # Key of the printer that has it or had it, or that a person chose.
    _text("printer"),
    # Version of the shop's own template it is drawn by; 0 for the one that comes with the product.
    _int("template"),
    # What the verdict rests on (``domain.printers.Proof``).
    _text("proof"),
    # The job that prints this one anew.
    _text("replaced_by"),
    CheckConstraint(
        "state IN ('queued', 'blocked', 'sending', 'sent', 'waiting_printer', 'confirmed', 'unconfirmed',"
        " 'unverifiable', 'superseded', 'cancelled')"
    ),
    CheckConstraint("role IN ('receipt', 'coupon', 'kitchen')"),
)
Index("print_job_subject", print_job.c.subject_id, print_job.c.kind)
Index(
    "print_job_open",
    print_job.c.state,
    print_job.c.number,
    sqlite_where=text(OPEN_JOBS),
)

#: The shop's own templates of papers; the highest version of a kind is in force, empty content means the shipped one.
paper_template = _table(
    "paper_template",
    _text("kind", primary=True),
    _int("version", primary=True),
    _text("content"),
    _int("saved_at_us"),
    _text("staff_id"),
    CheckConstraint("version >= 1"),
    rowid=False,
)

pin_lock = _table(
    "pin_lock", _text("staff_id", primary=True), _int("failures"), _int("locked_until_us", null=True), rowid=False
)

draft = _table("draft", _int("one", primary=True), _blob("body"), CheckConstraint("one = 1"))

parked = _table("parked", _row_number("number"), _text("id", unique=True), _blob("body"))
