"""The first tables of ``till.db``."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_UP = (
    """
    CREATE TABLE ack (
        seq INTEGER NOT NULL,
        at_us INTEGER NOT NULL,
        PRIMARY KEY (seq)
    )
     STRICT
    """,
    """
    CREATE TABLE audit (
        id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        act TEXT NOT NULL,
        staff_id TEXT NOT NULL,
        approved_by TEXT NOT NULL,
        till_id TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        subject_id TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (id)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX audit_seq ON audit (seq)",
    """
    CREATE TABLE bill (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        number TEXT NOT NULL,
        receipt_code TEXT NOT NULL,
        till_id TEXT NOT NULL,
        branch_id TEXT NOT NULL,
        staff_id TEXT NOT NULL,
        shift_id TEXT,
        member_id TEXT,
        identified TEXT,
        opened_at_us INTEGER NOT NULL,
        completed_at_us INTEGER NOT NULL,
        business_date TEXT NOT NULL,
        gross_satang INTEGER NOT NULL,
        discount_satang INTEGER NOT NULL,
        total_satang INTEGER NOT NULL,
        cash_rounding_satang INTEGER NOT NULL,
        change_satang INTEGER NOT NULL,
        vat_satang INTEGER NOT NULL,
        points_earned INTEGER NOT NULL,
        points_redeemed INTEGER NOT NULL,
        PRIMARY KEY (seq),
        CHECK (gross_satang >= 0 AND discount_satang >= 0 AND total_satang >= 0 AND change_satang >= 0),
        CHECK (gross_satang - discount_satang + cash_rounding_satang = total_satang),
        CHECK (points_earned >= 0 AND points_redeemed >= 0),
        UNIQUE (id),
        UNIQUE (number),
        UNIQUE (receipt_code)
    )
     STRICT
    """,
    "CREATE INDEX bill_day ON bill (business_date, seq)",
    "CREATE INDEX bill_member ON bill (member_id, seq) WHERE member_id IS NOT NULL",
    """
    CREATE TABLE bill_return (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        number TEXT NOT NULL,
        receipt_code TEXT NOT NULL,
        bill_id TEXT NOT NULL,
        bill_number TEXT NOT NULL,
        till_id TEXT NOT NULL,
        branch_id TEXT NOT NULL,
        staff_id TEXT NOT NULL,
        approved_by TEXT NOT NULL,
        shift_id TEXT,
        member_id TEXT,
        completed_at_us INTEGER NOT NULL,
        business_date TEXT NOT NULL,
        refund_satang INTEGER NOT NULL,
        withheld_satang INTEGER NOT NULL,
        tender TEXT NOT NULL,
        points_taken_back INTEGER NOT NULL,
        points_given_back INTEGER NOT NULL,
        points_owed INTEGER NOT NULL,
        coupons_restored TEXT NOT NULL,
        coupons_voided TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (seq),
        CHECK (refund_satang >= 0 AND withheld_satang >= 0),
        CHECK (points_taken_back >= 0 AND points_given_back >= 0 AND points_owed >= 0),
        UNIQUE (id),
        UNIQUE (number),
        UNIQUE (receipt_code)
    )
     STRICT
    """,
    "CREATE INDEX bill_return_bill ON bill_return (bill_id)",
    "CREATE INDEX bill_return_day ON bill_return (business_date, seq)",
    """
    CREATE TABLE change_queue (
        seq INTEGER NOT NULL,
        event_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        created_at_us INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        chain BLOB NOT NULL,
        payload BLOB NOT NULL,
        PRIMARY KEY (seq),
        CHECK (seq >= 1),
        CHECK (length(sha256) = 32 AND length(chain) = 32),
        UNIQUE (event_id)
    )
     STRICT
    """,
    "CREATE INDEX change_queue_kind ON change_queue (kind, seq)",
    """
    CREATE TABLE consent (
        seq INTEGER NOT NULL,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        member_id TEXT NOT NULL,
        purpose TEXT NOT NULL,
        granted INTEGER NOT NULL,
        notice_version TEXT NOT NULL,
        notice_sha256 TEXT NOT NULL,
        notice_language TEXT NOT NULL,
        channel TEXT NOT NULL,
        staff_id TEXT NOT NULL,
        till_id TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        PRIMARY KEY (seq, position),
        CHECK (granted IN (0, 1)),
        UNIQUE (id)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX consent_member ON consent (member_id, seq)",
    """
    CREATE TABLE counter (
        name TEXT NOT NULL,
        value INTEGER NOT NULL,
        PRIMARY KEY (name),
        CHECK (value >= 1)
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE coupon (
        number INTEGER NOT NULL,
        code TEXT NOT NULL,
        definition_id TEXT NOT NULL,
        state TEXT NOT NULL,
        member_id TEXT,
        issued_bill_id TEXT,
        issued_till_id TEXT NOT NULL,
        issued_branch_id TEXT NOT NULL,
        issued_at_us INTEGER NOT NULL,
        valid_from TEXT NOT NULL,
        valid_to TEXT NOT NULL,
        redeemed_bill_id TEXT,
        seq INTEGER NOT NULL,
        PRIMARY KEY (number),
        CHECK (state IN ('issued', 'reserved', 'redeemed', 'reversed', 'expired', 'cancelled', 'voided_by_return')),
        UNIQUE (code)
    )
     STRICT
    """,
    "CREATE INDEX coupon_member ON coupon (member_id, seq) WHERE member_id IS NOT NULL",
    """
    CREATE TABLE coupon_event (
        number INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        code TEXT NOT NULL,
        kind TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        bill_id TEXT,
        PRIMARY KEY (number),
        CHECK (kind IN ('issued', 'redeemed', 'reversed', 'cancelled', 'voided_by_return'))
    )
     STRICT
    """,
    "CREATE UNIQUE INDEX coupon_event_code ON coupon_event (code, seq, kind)",
    "CREATE INDEX coupon_event_seq ON coupon_event (seq)",
    """
    CREATE TABLE draft (
        one INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (one),
        CHECK (one = 1)
    )
     STRICT
    """,
    """
    CREATE TABLE member (
        id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        number TEXT NOT NULL,
        phone TEXT NOT NULL,
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        birth_day INTEGER,
        birth_month INTEGER,
        birth_year INTEGER,
        status TEXT NOT NULL,
        tier TEXT NOT NULL,
        home_branch_id TEXT NOT NULL,
        enrolled_till_id TEXT NOT NULL,
        enrolled_at_us INTEGER NOT NULL,
        PRIMARY KEY (id, seq),
        CHECK (status IN ('active', 'blocked', 'erased'))
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX member_enrolled ON member (enrolled_at_us)",
    "CREATE INDEX member_number ON member (number)",
    "CREATE INDEX member_phone ON member (phone)",
    "CREATE INDEX member_seq ON member (seq)",
    """
    CREATE TABLE owed (
        seq INTEGER NOT NULL,
        member_id TEXT NOT NULL,
        points INTEGER NOT NULL,
        PRIMARY KEY (seq, member_id)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX owed_member ON owed (member_id)",
    """
    CREATE TABLE parked (
        number INTEGER NOT NULL,
        id TEXT NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (number),
        UNIQUE (id)
    )
     STRICT
    """,
    """
    CREATE TABLE pin_lock (
        staff_id TEXT NOT NULL,
        failures INTEGER NOT NULL,
        locked_until_us INTEGER,
        PRIMARY KEY (staff_id)
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE point_entry (
        seq INTEGER NOT NULL,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        member_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        points INTEGER NOT NULL,
        bucket TEXT,
        bill_id TEXT,
        line_no INTEGER,
        program_id TEXT,
        reason TEXT NOT NULL,
        staff_id TEXT NOT NULL,
        till_id TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        business_date TEXT NOT NULL,
        reverses_id TEXT,
        PRIMARY KEY (seq, position),
        CHECK (kind IN ('earn', 'redeem', 'adjust', 'expire', 'reverse', 'transfer')),
        UNIQUE (id)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX point_entry_day ON point_entry (business_date, seq)",
    "CREATE INDEX point_entry_member ON point_entry (member_id, seq)",
    """
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
    """,
    "CREATE INDEX print_job_open ON print_job (state, number) WHERE state IN ('queued', 'blocked', 'sending')",
    "CREATE INDEX print_job_subject ON print_job (subject_id, kind)",
    """
    CREATE TABLE shift (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        staff_id TEXT NOT NULL,
        till_id TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        business_date TEXT NOT NULL,
        float_satang INTEGER NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (id)
    )
     STRICT
    """,
    """
    CREATE TABLE till_identity (
        one INTEGER NOT NULL,
        id TEXT NOT NULL,
        number INTEGER NOT NULL,
        branch_id TEXT NOT NULL,
        label TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        epoch_base INTEGER NOT NULL,
        server_url TEXT NOT NULL,
        private_key BLOB,
        server_public_key BLOB,
        PRIMARY KEY (one),
        CHECK (one = 1),
        CHECK (number BETWEEN 1 AND 9999),
        CHECK (epoch >= 1 AND epoch_base >= 0)
    )
     STRICT
    """,
    """
    CREATE TABLE bill_discount (
        bill_seq INTEGER NOT NULL,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        program_id TEXT,
        coupon_code TEXT,
        label_th TEXT NOT NULL,
        label_en TEXT NOT NULL,
        amount_satang INTEGER NOT NULL,
        points INTEGER NOT NULL,
        PRIMARY KEY (bill_seq, position),
        CHECK (kind IN ('program', 'coupon', 'points')),
        CHECK (amount_satang >= 0 AND points >= 0),
        FOREIGN KEY(bill_seq) REFERENCES bill (seq)
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE bill_line (
        bill_seq INTEGER NOT NULL,
        line_no INTEGER NOT NULL,
        product_id TEXT,
        barcode TEXT NOT NULL,
        name_th TEXT NOT NULL,
        name_en TEXT NOT NULL,
        category_id TEXT NOT NULL,
        brand_id TEXT NOT NULL,
        tags TEXT NOT NULL,
        quantity_milli INTEGER NOT NULL,
        unit_price_satang INTEGER NOT NULL,
        gross_satang INTEGER NOT NULL,
        discount_satang INTEGER NOT NULL,
        net_satang INTEGER NOT NULL,
        points_earned INTEGER NOT NULL,
        points_paid_satang INTEGER NOT NULL,
        PRIMARY KEY (bill_seq, line_no),
        CHECK (quantity_milli > 0 AND unit_price_satang >= 0),
        CHECK (gross_satang - discount_satang = net_satang AND net_satang >= 0),
        CHECK (points_paid_satang BETWEEN 0 AND discount_satang),
        FOREIGN KEY(bill_seq) REFERENCES bill (seq)
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE coupon_use (
        bill_seq INTEGER NOT NULL,
        position INTEGER NOT NULL,
        code TEXT NOT NULL,
        definition_id TEXT NOT NULL,
        amount_satang INTEGER NOT NULL,
        PRIMARY KEY (bill_seq, position),
        CHECK (amount_satang >= 0),
        FOREIGN KEY(bill_seq) REFERENCES bill (seq)
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX coupon_use_code ON coupon_use (code)",
    """
    CREATE TABLE return_line (
        return_seq INTEGER NOT NULL,
        position INTEGER NOT NULL,
        line_no INTEGER NOT NULL,
        quantity_milli INTEGER NOT NULL,
        refund_satang INTEGER NOT NULL,
        points_reversed INTEGER NOT NULL,
        PRIMARY KEY (return_seq, position),
        CHECK (quantity_milli > 0 AND refund_satang >= 0 AND points_reversed >= 0),
        FOREIGN KEY(return_seq) REFERENCES bill_return (seq)
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE shift_close (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        shift_id TEXT NOT NULL,
        staff_id TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        business_date TEXT NOT NULL,
        counted_satang INTEGER NOT NULL,
        expected_satang INTEGER NOT NULL,
        bills INTEGER NOT NULL,
        returns INTEGER NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (id),
        UNIQUE (shift_id),
        FOREIGN KEY(shift_id) REFERENCES shift (id)
    )
     STRICT
    """,
    """
    CREATE TABLE tender (
        bill_seq INTEGER NOT NULL,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        amount_satang INTEGER NOT NULL,
        reference TEXT NOT NULL,
        PRIMARY KEY (bill_seq, position),
        CHECK (amount_satang >= 0),
        FOREIGN KEY(bill_seq) REFERENCES bill (seq)
    )
     WITHOUT ROWID,
     STRICT
    """,
)
_TABLES = (
    "ack",
    "audit",
    "bill",
    "bill_return",
    "change_queue",
    "consent",
    "counter",
    "coupon",
    "coupon_event",
    "draft",
    "member",
    "owed",
    "parked",
    "pin_lock",
    "point_entry",
    "print_job",
    "shift",
    "till_identity",
    "bill_discount",
    "bill_line",
    "coupon_use",
    "return_line",
    "shift_close",
    "tender",
)


def upgrade() -> None:
    """Forward."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Back to an empty file."""
    for table in reversed(_TABLES):
        op.execute(f"DROP TABLE {table}")
