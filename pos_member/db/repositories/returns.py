"""Returns: a document after a bill, with its lines and the point entries it made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from pos_member.db import schema as s
from pos_member.db.repositories.bills import load_entries
from pos_member.db.repositories.tallies import load_tallies
from pos_member.db.sql import Insert
from pos_member.db.values import from_day, from_json_counts, from_texts, from_us, to_day, to_json, to_texts, to_us
from pos_member.domain.bill import BillReturn, ReturnLine, TenderKind

_RETURN = Insert(s.bill_return)
_LINE = Insert(s.return_line)
_LINES = (
    select(s.return_line)
    .where(s.return_line.c.return_seq.in_(bindparam("seqs", expanding=True)))
    .order_by("return_seq", "position")
)


def insert_return(connection: Connection, document: BillReturn, seq: int) -> None:
    """The return's own rows. Point entries, tallies and coupons are written by their own modules."""
    _RETURN.one(
        connection,
        (
            seq,
            document.id,
            document.number,
            document.receipt_code,
            document.bill_id,
            document.bill_number,
            document.till_id,
            document.branch_id,
            document.staff_id,
            document.approved_by,
            document.shift_id,
            document.member_id,
            to_us(document.completed_at),
            to_day(document.business_date),
            document.refund_satang,
            document.withheld_satang,
            document.tender.value,
            document.points_taken_back,
            document.points_given_back,
            document.points_owed,
            to_texts(document.coupons_restored),
            to_texts(document.coupons_voided),
            document.reason,
            int(document.complete),
            document.qualifying_satang,
            to_day(document.bill_date),
            to_json(document.stamps_owed),
            to_json(document.coupons_withheld),
            document.qualifying_points,
        ),
    )
    _LINE.many(
        connection,
        [
            (seq, i, line.line_no, line.quantity_milli, line.refund_satang, line.points_reversed)
            for i, line in enumerate(document.lines)
        ],
    )


def load_returns(connection: Connection, rows: Sequence[Row[Any]]) -> list[BillReturn]:
    """The returns of ``rows`` of the return table, in their order."""
    if not rows:
        return []
    seqs = [row.seq for row in rows]
    lines: dict[int, list[ReturnLine]] = defaultdict(list)
    for row in connection.execute(_LINES, {"seqs": seqs}):
        lines[row.return_seq].append(
            ReturnLine(row.line_no, row.quantity_milli, row.refund_satang, row.points_reversed)
        )
    entries = load_entries(connection, seqs)
    tallies = load_tallies(connection, seqs)
    return [
        BillReturn(
            id=row.id,
            number=row.number,
            receipt_code=row.receipt_code,
            bill_id=row.bill_id,
            bill_number=row.bill_number,
            till_id=row.till_id,
            branch_id=row.branch_id,
            staff_id=row.staff_id,
            approved_by=row.approved_by,
            shift_id=row.shift_id,
            member_id=row.member_id,
            completed_at=from_us(row.completed_at_us),
            business_date=date.fromisoformat(row.business_date),
            lines=tuple(lines[row.seq]),
            refund_satang=row.refund_satang,
            withheld_satang=row.withheld_satang,
            tender=TenderKind(row.tender),
            points_taken_back=row.points_taken_back,
            points_given_back=row.points_given_back,
            points_owed=row.points_owed,
            point_entries=tuple(entries[row.seq]),
            coupons_restored=from_texts(row.coupons_restored),
            coupons_voided=from_texts(row.coupons_voided),
            reason=row.reason,
            tallies=tuple(tallies[row.seq]),
            complete=bool(row.complete),
            qualifying_satang=row.qualifying_satang,
            bill_date=from_day(row.bill_date),
            stamps_owed=from_json_counts(row.stamps_owed),
            coupons_withheld=from_json_counts(row.coupons_withheld),
            qualifying_points=row.qualifying_points,
        )
        for row in rows
    ]
