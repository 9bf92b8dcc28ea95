"""What signed codes told of members and coupons not heard of yet; bills whose member came after them."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PRESENTED = """
    CREATE TABLE presented (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        number TEXT NOT NULL,
        body BLOB NOT NULL,
        proof TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        PRIMARY KEY (kind, id),
        CHECK (kind IN ('member', 'coupon'))
    )
     WITHOUT ROWID,
     STRICT
    """

_CLAIMS = """
    CREATE TABLE bill_claim (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        bill_id TEXT NOT NULL,
        member_id TEXT NOT NULL,
        identified TEXT NOT NULL,
        till_id TEXT NOT NULL,
        staff_id TEXT NOT NULL,
        approved_by TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        business_date TEXT NOT NULL,
        qualifying_satang INTEGER NOT NULL,
        tier_change TEXT NOT NULL,
        basis TEXT NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (id),
        UNIQUE (bill_id)
    )
     STRICT
    """


def upgrade() -> None:
    """Forward."""
    op.execute(_PRESENTED)
    op.execute("CREATE INDEX presented_number ON presented (number) WHERE number != ''")
    op.execute(_CLAIMS)
    op.execute("CREATE INDEX bill_claim_member ON bill_claim (member_id, seq)")


def downgrade() -> None:
    """Back to what an older build knows."""
    op.execute("DROP TABLE bill_claim")
    op.execute("DROP TABLE presented")
