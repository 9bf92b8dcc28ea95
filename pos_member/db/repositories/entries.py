"""Point entries: appended, read back, summed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from pos_member.db import schema as s
from pos_member.db.sql import Insert
from pos_member.db.values import from_day, from_us, to_day, to_us
from pos_member.domain.points import PointEntry, PointKind

_ENTRY = Insert(s.point_entry)
#: Everything but ``seq`` and ``position``, in the order of ``entry_of``.
ENTRY_COLUMNS = tuple(column for column in s.point_entry.c if column.name not in ("seq", "position"))


def insert_entries(connection: Connection, entries: Sequence[PointEntry], seq: int, start: int = 0) -> None:
    """Append ``entries`` of event ``seq``, numbered within it from ``start``."""
    _ENTRY.many(
        connection,
        [
            (
                seq,
                position,
                entry.id,
                entry.member_id,
                entry.kind.value,
                entry.points,
                to_day(entry.bucket),
                entry.bill_id,
                entry.line_no,
                entry.program_id,
                entry.reason,
                entry.staff_id,
                entry.till_id,
                to_us(entry.at),
                to_day(entry.business_date),
                entry.reverses_id,
                entry.currency,
                to_day(entry.spendable_from),
                int(entry.qualifying),
            )
            for position, entry in enumerate(entries, start)
        ],
    )


def entry_of(row: Row[Any]) -> PointEntry:
    """The entry of a row that has ``ENTRY_COLUMNS``."""
    return PointEntry(
        id=row.id,
        member_id=row.member_id,
        kind=PointKind(row.kind),
        points=row.points,
        bucket=from_day(row.bucket),
        bill_id=row.bill_id,
        line_no=row.line_no,
        program_id=row.program_id,
        reason=row.reason,
        staff_id=row.staff_id,
        till_id=row.till_id,
        at=from_us(row.at_us),
        business_date=date.fromisoformat(row.business_date),
        reverses_id=row.reverses_id,
        currency=row.currency,
        spendable_from=from_day(row.spendable_from),
        qualifying=bool(row.qualifying),
    )
