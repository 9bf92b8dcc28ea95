"""Claims of bills: whose a bill turned out to be after it was paid, with what it earned them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from pos_member.db import schema as s
from pos_member.db.repositories.bills import load_entries
from pos_member.db.repositories.tallies import load_tallies
from pos_member.db.sql import Insert
from pos_member.db.values import from_json, from_us, to_day, to_json, to_us
from pos_member.domain.bill import Basis
from pos_member.domain.events import BillClaimed
from pos_member.domain.member import Identified
from pos_member.domain.tiers import TierChange

_CLAIM = Insert(s.bill_claim)
CLAIM_OF = select(s.bill_claim).where(s.bill_claim.c.bill_id == bindparam("value"))


def insert_claim(connection: Connection, claim: BillClaimed, seq: int) -> None:
    """The claim's own row. Point entries and tallies are written by their own modules."""
    _CLAIM.one(
        connection,
        (
            seq,
            claim.id,
            claim.bill_id,
            claim.member_id,
            claim.identified.value,
            claim.till_id,
            claim.staff_id,
            claim.approved_by,
            to_us(claim.at),
            to_day(claim.business_date),
            claim.qualifying_satang,
            to_json(claim.tier_change),
            to_json(claim.basis),
        ),
    )


def load_claims(connection: Connection, rows: Sequence[Row[Any]]) -> list[BillClaimed]:
    """The claims of ``rows`` of the claim table, in their order."""
    if not rows:
        return []
    seqs = [row.seq for row in rows]
    entries = load_entries(connection, seqs)
    tallies = load_tallies(connection, seqs)
    return [
        BillClaimed(
            id=row.id,
            bill_id=row.bill_id,
            member_id=row.member_id,
            identified=Identified(row.identified),
            till_id=row.till_id,
            staff_id=row.staff_id,
            approved_by=row.approved_by,
            at=from_us(row.at_us),
            business_date=date.fromisoformat(row.business_date),
            point_entries=tuple(entries[row.seq]),
            tallies=tuple(tallies[row.seq]),
            qualifying_satang=row.qualifying_satang,
            tier_change=from_json(TierChange, row.tier_change),
            basis=from_json(Basis, row.basis),
        )
        for row in rows
    ]
