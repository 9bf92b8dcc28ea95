"""Tables of ``till.db`` for spending rights, what was let pass beyond them, epochs and closed days."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index

from pos_member.db.schema_columns import blob as _blob
from pos_member.db.schema_columns import integer as _int
from pos_member.db.schema_columns import table as _table
from pos_member.db.schema_columns import text as _text

#: Rights this till was given or earned. State: ``released_at_us`` (given back: never spent again).
spending_right = _table(
    "spending_right",
    _text("id", primary=True),
    _text("member_id"),
    _text("kind"),
    _int("epoch"),
    _int("points"),
    _int("granted_at_us"),
    _int("lapses_at_us"),
    _int("released_at_us", null=True),
    CheckConstraint("points > 0"),
    rowid=False,
)
Index("spending_right_member", spending_right.c.member_id)
Index("spending_right_lapse", spending_right.c.lapses_at_us)

right_use = _table(  # points of a bill out of a right
    "right_use",
    _int("seq", primary=True),
    _text("right_id", primary=True),
    _text("member_id"),
    _int("points"),
    CheckConstraint("points > 0"),
    rowid=False,
)
Index("right_use_right", right_use.c.right_id)

floor_use = _table(  # spent beyond rights, or a coupon taken without knowing its state: counted until acknowledged
    "floor_use",
    _int("seq", primary=True),
    _text("kind", primary=True),
    # The member's id, or the coupon's code.
    _text("subject_id", primary=True),
    _int("points"),
    _int("satang"),
    _int("at_us"),
    CheckConstraint("kind IN ('points', 'coupon')"),
    rowid=False,
)

#: Where each epoch begins: number on the wire = seq - base. A folder that was enrolled as another till keeps those of
#: the one it was before.
epoch = _table(
    "epoch",
    _text("till_id", primary=True),
    _int("epoch", primary=True),
    _int("base"),
    CheckConstraint("epoch >= 1 AND base >= 0"),
    rowid=False,
)

day_close = _table(
    "day_close",
    _int("seq", primary=True),
    _text("id", unique=True),
    _text("business_date"),
    _blob("body"),
)
Index("day_close_day", day_close.c.business_date, day_close.c.seq)

#: *State* by name: this database's own id, the last contact, what the sync engine remembers.
sync_note = _table("sync_note", _text("name", primary=True), _text("value"), rowid=False)
