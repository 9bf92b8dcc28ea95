"""The spool of several printers: who has a job, by which template, on what its verdict rests; the shop's own templates.

``sent`` was the end of a job that no device could speak of; that is ``unverifiable`` now. The pictures of papers that
are over stay behind: they are never sent again, and copying those of years would hold the till up.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BEFORE = """
    CREATE TABLE print_job (
        number INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        copy_number INTEGER NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        created_at_us INTEGER NOT NULL,
        updated_at_us INTEGER NOT NULL,
        document BLOB NOT NULL,
        payload BLOB,
        PRIMARY KEY (number),
        CHECK (state IN ('queued', 'blocked', 'sending', 'sent', 'confirmed', 'unconfirmed', 'cancelled')),
        UNIQUE (id)
    )
     STRICT
    """

_NOW = """
    CREATE TABLE print_job (
        number INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        copy_number INTEGER NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        created_at_us INTEGER NOT NULL,
        updated_at_us INTEGER NOT NULL,
        document BLOB NOT NULL,
        payload BLOB,
        role TEXT NOT NULL,
        printer TEXT NOT NULL,
        template INTEGER NOT NULL,
        proof TEXT NOT NULL,
        replaced_by TEXT NOT NULL,
        PRIMARY KEY (number),
        CHECK (state IN ('queued', 'blocked', 'sending', 'sent', 'waiting_printer', 'confirmed', 'unconfirmed', 'unverifiable', 'superseded', 'cancelled')),
        CHECK (role IN ('receipt', 'coupon', 'kitchen')),
        UNIQUE (id)
    )
     STRICT
    """  # noqa: E501

_OPEN_BEFORE = (
    "CREATE INDEX print_job_open ON print_job (state, number) WHERE state IN ('queued', 'blocked', 'sending')"
)
_OPEN_NOW = (
    "CREATE INDEX print_job_open ON print_job (state, number)"
    " WHERE state IN ('queued', 'blocked', 'sending', 'sent', 'waiting_printer', 'unconfirmed')"
)
_SUBJECT = "CREATE INDEX print_job_subject ON print_job (subject_id, kind)"

_TEMPLATES = """
    CREATE TABLE paper_template (
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        content TEXT NOT NULL,
        saved_at_us INTEGER NOT NULL,
        staff_id TEXT NOT NULL,
        PRIMARY KEY (kind, version),
        CHECK (version >= 1)
    )
     WITHOUT ROWID,
     STRICT
    """

_SAME = "number, id, kind, subject_id, copy_number"
_REST = "attempts, created_at_us, updated_at_us, document, payload"
_REST_THERE = (
    "attempts, created_at_us, updated_at_us, document,"
    " CASE WHEN payload IS NOT NULL AND state IN ('sent', 'confirmed', 'cancelled') THEN x'' ELSE payload END"
)

_FORWARD = f"""
    INSERT INTO print_job ({_SAME}, state, reason, {_REST}, role, printer, template, proof, replaced_by)
    SELECT {_SAME}, CASE state WHEN 'sent' THEN 'unverifiable' ELSE state END, reason, {_REST_THERE},
        CASE kind WHEN 'coupon' THEN 'coupon' ELSE 'receipt' END, '', 0, 'none', ''
    FROM print_job_before
    """  # noqa: S608

#: What the older build has no words for: papers it does not know go, and what a person must look at stays so.
_BACK = f"""
    INSERT INTO print_job ({_SAME}, state, reason, {_REST})
    SELECT {_SAME}, CASE state WHEN 'unverifiable' THEN 'sent' WHEN 'superseded' THEN 'cancelled'
        WHEN 'waiting_printer' THEN 'unconfirmed' WHEN 'sent' THEN 'unconfirmed' ELSE state END, reason, {_REST}
    FROM print_job_before WHERE kind NOT IN ('order_slip', 'drawer')
    """  # noqa: S608


def _rebuild(create: str, copy: str, open_index: str) -> None:
    op.execute("ALTER TABLE print_job RENAME TO print_job_before")
    op.execute("DROP INDEX print_job_open")
    op.execute("DROP INDEX print_job_subject")
    op.execute(create)
    op.execute(copy)
    op.execute("DROP TABLE print_job_before")
    op.execute(open_index)
    op.execute(_SUBJECT)


def upgrade() -> None:
    """Forward."""
    _rebuild(_NOW, _FORWARD, _OPEN_NOW)
    op.execute(_TEMPLATES)


def downgrade() -> None:
    """Back to one printer."""
    op.execute("DROP TABLE paper_template")
    _rebuild(_BEFORE, _BACK, _OPEN_BEFORE)
