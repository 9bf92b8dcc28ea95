"""Epochs are kept by till and number: enrolled as another till, a folder keeps where those of the first one began."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AS_THEY_WERE = "CREATE TABLE epoch_as_they_were AS SELECT epoch, base, till_id FROM epoch"
_NO_MORE = "DROP TABLE epoch_as_they_were"


def upgrade() -> None:
    """Forward."""
    op.execute(_AS_THEY_WERE)
    op.execute("DROP TABLE epoch")
    op.execute(
        """
        CREATE TABLE epoch (
            till_id TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            base INTEGER NOT NULL,
            PRIMARY KEY (till_id, epoch),
            CHECK (epoch >= 1 AND base >= 0)
        )
         WITHOUT ROWID,
         STRICT
        """
    )
    op.execute("INSERT INTO epoch (till_id, epoch, base) SELECT till_id, epoch, base FROM epoch_as_they_were")
    op.execute(_NO_MORE)


def downgrade() -> None:
    """Back to one row a number: of two tills that of the later one stays, as it was written then."""
    op.execute(_AS_THEY_WERE)
    op.execute("DROP TABLE epoch")
    op.execute(
        """
        CREATE TABLE epoch (
            epoch INTEGER NOT NULL,
            base INTEGER NOT NULL,
            till_id TEXT NOT NULL,
            PRIMARY KEY (epoch),
            CHECK (epoch >= 1 AND base >= 0)
        )
         STRICT
        """
    )
    op.execute(
        "INSERT OR REPLACE INTO epoch (epoch, base, till_id)"
        " SELECT epoch, base, till_id FROM epoch_as_they_were ORDER BY base"
    )
    op.execute(_NO_MORE)
