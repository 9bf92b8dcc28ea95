"""What an event says of its own till: bills, returns, shifts, days, tallies. Keyed by the till, written at intake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from pos_member.domain.tally import OF_PROGRAM, Tally, TallyKind
from pos_member.headoffice import exceptions, portable, quotas, schema
from pos_member.headoffice.acts import Act

#: What is kept of tallies one by one: for draws, budgets and the cost of a program. Sums of the others are enough.
_KEPT_TALLIES = frozenset({TallyKind.TOTAL, TallyKind.BUDGET, TallyKind.ENTRIES, TallyKind.REWARDED})
_TABLES = ("bill", "bill_return", "bill_program", "bill_claim", "shift", "audit", "day_certificate", "tally")


def write(connection: Connection, till_id: str, acts: Sequence[tuple[int, Act]], at: str) -> None:
    """Write the rows of ``(seq, act)``. ``at``: stored time. Raises SQLAlchemy's errors: the caller undoes all."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    shared: list[Tally] = []
    for seq, act in acts:
        for table, more in act.rows.items():
            rows[table] += more
        kept = [tally for tally in act.tallies if tally.kind in _KEPT_TALLIES]
        rows["tally"] += [_tally_row(tally, till_id, seq, n, act) for n, tally in enumerate(kept)]
        shared += [tally for tally in kept if tally.kind in OF_PROGRAM]
    for table in _TABLES:
        portable.insert_many(connection, schema.metadata.tables[table], rows[table])
    # A program may have done something on the bill itself, too.
    portable.insert_new(connection, schema.bill_program, rows["claim_program"])
    exceptions.record(connection, quotas.note_use(connection, till_id, shared), at)


def _tally_row(tally: Tally, till_id: str, seq: int, n: int, act: Act) -> dict[str, Any]:
    return {
        "till_id": till_id,
        "source_id": act.source_id,
        "n": n,
        "seq": seq,
        "kind": tally.kind.value,
        "key": tally.key,
        "period": tally.period,
        "amount": tally.amount,
        "member_id": tally.member_id,
        "business_date": act.day,
    }
