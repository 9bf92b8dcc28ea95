"""What an event says of its own till: bills, returns, shifts, days, tallies. Keyed by the till, written at intake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from pos_member.domain.tally import OF_PROGRAM, Tally, TallyKind
from pos_member.headoffice import exceptions, portable, quotas, schema
from pos_member.headoffice.acts import Act
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.outlines import Outline

#: What is kept of tallies one by one: for draws, budgets and the cost of a program. Sums of the others are enough.
_KEPT_TALLIES = frozenset({TallyKind.TOTAL, TallyKind.BUDGET, TallyKind.ENTRIES, TallyKind.REWARDED})
_TABLES = ("bill", "bill_return", "bill_program", "shift", "audit", "day_certificate", "tally")


def write(connection: Connection, till_id: str, acts: Sequence[tuple[int, Act | Outline]], at: str) -> None:
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
    findings = quotas.note_use(connection, till_id, shared)
    exceptions.record(connection, [*findings, *_claims(connection, till_id, rows["bill_claim"])], at)


def _claims(connection: Connection, till_id: str, rows: list[dict[str, Any]]) -> list[Finding]:
    """Write claims. A till claims a bill once, but does not know of a claim that went with an older database, or that
    its copy made: both are facts, of which the first that came stands for the bill, and a case tells of the other."""
    if not rows:
        return []
    claim, made = schema.bill_claim, {row["id"]: row for row in rows}
    portable.insert_new(connection, claim, rows)
    findings = []
    for part in portable.chunks({row["bill_id"] for row in rows}):
        here = (claim.c.till_id == till_id) & claim.c.bill_id.in_(part)
        standing = {row.bill_id: dict(row._mapping) for row in connection.execute(select(claim).where(here))}
        findings += [
            _claimed_twice(till_id, standing[row["bill_id"]], row)
            for row in made.values()
            if row["bill_id"] in standing and standing[row["bill_id"]]["id"] != row["id"]
        ]
    return findings


def _claimed_twice(till_id: str, *claims: dict[str, Any]) -> Finding:
    """The same whichever of them came first."""
    named = sorted(claims, key=lambda row: str(row["id"]))
    bills = [{name: row[name] for name in ("bill_id", "till_id", "at", "points", "member_id")} for row in named]
    detail = {"till_id": till_id, "bills": bills}
    points = min(int(row["points"]) for row in named)
    return Finding(ExceptionKind.CLAIMED_TWICE, named[0]["bill_id"], True, 0, points, detail, till_id)


def _tally_row(tally: Tally, till_id: str, seq: int, n: int, act: Act | Outline) -> dict[str, Any]:
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
