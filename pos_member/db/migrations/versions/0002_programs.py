"""What programs of the second format leave: stamps, pending points, tallies, the basis of a bill.

New columns are filled by their defaults, so that rows of years need no rewriting. Going back, what the older build
has no words for goes: stamps would be points to it. The facts themselves stay in the change queue.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("bill", "qualifying_satang INTEGER DEFAULT 0 NOT NULL"),
    ("bill", "tier_change TEXT DEFAULT '' NOT NULL"),
    ("bill", "basis TEXT DEFAULT '' NOT NULL"),
    ("bill", "grants TEXT DEFAULT '' NOT NULL"),
    ("bill_discount", "currency TEXT DEFAULT '' NOT NULL"),
    ("bill_discount", "lines TEXT DEFAULT '' NOT NULL"),
    ("point_entry", "currency TEXT DEFAULT '' NOT NULL"),
    ("point_entry", "spendable_from TEXT"),
    ("point_entry", "qualifying INTEGER DEFAULT 1 NOT NULL"),
    ("coupon", "program_id TEXT DEFAULT '' NOT NULL"),
    ("coupon", "uses INTEGER DEFAULT 0 NOT NULL"),
    ("bill_return", "complete INTEGER DEFAULT 0 NOT NULL"),
    ("bill_return", "qualifying_satang INTEGER DEFAULT 0 NOT NULL"),
    ("bill_return", "bill_date TEXT"),
    ("bill_return", "stamps_owed TEXT DEFAULT '' NOT NULL"),
    ("bill_return", "coupons_withheld TEXT DEFAULT '' NOT NULL"),
    ("bill_return", "qualifying_points INTEGER DEFAULT 0 NOT NULL"),
    ("member", "segments TEXT DEFAULT '' NOT NULL"),
    ("member", "referred_by TEXT"),
)

_TABLES = (
    """
    CREATE TABLE tally (
        seq INTEGER NOT NULL,
        position INTEGER NOT NULL,
        member_id TEXT,
        kind TEXT NOT NULL,
        "key" TEXT NOT NULL,
        period TEXT NOT NULL,
        amount INTEGER NOT NULL,
        line_no INTEGER,
        PRIMARY KEY (seq, position)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX tally_member ON tally (member_id, seq) WHERE member_id IS NOT NULL",
    """
    CREATE TABLE given (
        till_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        "key" TEXT NOT NULL,
        amount INTEGER NOT NULL,
        PRIMARY KEY (till_id, kind, "key")
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX bill_return_member ON bill_return (member_id, seq) WHERE member_id IS NOT NULL",
)

_OWED = """
    CREATE TABLE owed (
        seq INTEGER NOT NULL,
        member_id TEXT NOT NULL,
        currency TEXT DEFAULT '' NOT NULL,
        points INTEGER NOT NULL,
        PRIMARY KEY (seq, member_id, currency)
    )
     WITHOUT ROWID,
     STRICT
    """

_OWED_BEFORE = """
    CREATE TABLE owed (
        seq INTEGER NOT NULL,
        member_id TEXT NOT NULL,
        points INTEGER NOT NULL,
        PRIMARY KEY (seq, member_id)
    )
     WITHOUT ROWID,
     STRICT
    """


def _owed(create: str, copy: str) -> None:
    """The table made anew: its key changes. It holds a row per return that owed something, so it is small."""
    op.execute("ALTER TABLE owed RENAME TO owed_before")
    op.execute("DROP INDEX owed_member")
    op.execute(create)
    op.execute(copy)
    op.execute("DROP TABLE owed_before")
    op.execute("CREATE INDEX owed_member ON owed (member_id)")


def upgrade() -> None:
    """Forward."""
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    for statement in _TABLES:
        op.execute(statement)
    _owed(_OWED, "INSERT INTO owed (seq, member_id, points) SELECT seq, member_id, points FROM owed_before")


def downgrade() -> None:
    """Back to points alone."""
    op.execute("DELETE FROM point_entry WHERE currency != ''")
    op.execute("DROP TABLE tally")
    op.execute("DROP TABLE given")
    op.execute("DROP INDEX bill_return_member")
    copy = "INSERT INTO owed (seq, member_id, points) SELECT seq, member_id, points FROM owed_before"
    _owed(_OWED_BEFORE, f"{copy} WHERE currency = ''")
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
