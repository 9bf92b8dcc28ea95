"""Spending rights and what was let pass beyond them, epochs, closed days, what sync remembers."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE spending_right (
        id TEXT NOT NULL,
        member_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        points INTEGER NOT NULL,
        granted_at_us INTEGER NOT NULL,
        lapses_at_us INTEGER NOT NULL,
        released_at_us INTEGER,
        PRIMARY KEY (id),
        CHECK (points > 0)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX spending_right_member ON spending_right (member_id)",
    "CREATE INDEX spending_right_lapse ON spending_right (lapses_at_us)",
    """
    CREATE TABLE right_use (
        seq INTEGER NOT NULL,
        right_id TEXT NOT NULL,
        member_id TEXT NOT NULL,
        points INTEGER NOT NULL,
        PRIMARY KEY (seq, right_id),
        CHECK (points > 0)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX right_use_right ON right_use (right_id)",
    """
    CREATE TABLE floor_use (
        seq INTEGER NOT NULL,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        points INTEGER NOT NULL,
        satang INTEGER NOT NULL,
        at_us INTEGER NOT NULL,
        PRIMARY KEY (seq, kind, subject_id),
        CHECK (kind IN ('points', 'coupon'))
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE epoch (
        epoch INTEGER NOT NULL,
        base INTEGER NOT NULL,
        till_id TEXT NOT NULL,
        PRIMARY KEY (epoch),
        CHECK (epoch >= 1 AND base >= 0)
    )
     STRICT
    """,
    "INSERT INTO epoch (epoch, base, till_id) SELECT epoch, epoch_base, id FROM till_identity",
    """
    CREATE TABLE day_close (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        business_date TEXT NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (id)
    )
     STRICT
    """,
    "CREATE INDEX day_close_day ON day_close (business_date, seq)",
    """
    CREATE TABLE sync_note (
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (name)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "ALTER TABLE bill ADD COLUMN spending TEXT DEFAULT '' NOT NULL",
)


def upgrade() -> None:
    """Forward."""
    for statement in _TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Back to what an older build knows."""
    op.execute("ALTER TABLE bill DROP COLUMN spending")
    for table in ("sync_note", "day_close", "epoch", "floor_use", "right_use", "spending_right"):
        op.execute(f"DROP TABLE {table}")
