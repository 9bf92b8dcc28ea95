"""Accounts that tills ended because nobody had used them: what such bills took is put right by all the facts.

Part of the expiry run (``expiring``); what should have been taken is ``domain.lapses``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from pos_member.domain.expiry import terms_of
from pos_member.domain.lapses import Visit, evened
from pos_member.domain.ledger import EntryContext
from pos_member.domain.org import PointsExpiry, Settings
from pos_member.domain.points import Account, PointEntry, PointKind
from pos_member.headoffice import schema, times

#: Ids asked for in one statement.
_IDS = 500


def ends_by_inactivity(settings: Settings) -> bool:
    """Whether points, or stamps of any currency, end that way here."""
    currencies = ("", *(each.code for each in settings.currencies))
    return any(terms_of(settings, each).policy is PointsExpiry.INACTIVITY for each in currencies)


def lapsed(connection: Connection, member_ids: Iterable[str]) -> dict[str, list[PointEntry]]:
    """All entries of those of ``member_ids`` for whom a bill took what inactivity had ended."""
    table, ids = schema.point_entry, list(member_ids)
    marked = (table.c.kind == PointKind.EXPIRE.value) & table.c.bill_id.is_not(None)
    query = select(table.c.member_id).where(table.c.member_id.in_(ids), marked).distinct()
    found = list(connection.execute(query).scalars())
    entries: dict[str, list[PointEntry]] = defaultdict(list)
    if found:
        for row in connection.execute(select(table).where(table.c.member_id.in_(found))):
            entries[row.member_id].append(_entry(row))
    return entries


def corrections(
    connection: Connection, entries: list[PointEntry], account: Account, settings: Settings, context: EntryContext
) -> tuple[PointEntry, ...]:
    """What one member's lapses took too much or too little; ``entries`` are all of theirs."""
    return evened(entries, _visits(connection, entries), account, settings, context)


def _visits(connection: Connection, entries: Iterable[PointEntry]) -> list[Visit]:
    """Bills of the member's own that moved points, and those they claimed afterwards; those of friends that paid them
    something are not theirs."""
    entries = list(entries)
    ids = sorted({each.bill_id for each in entries if each.bill_id is not None})
    bill, claim = schema.bill.c, schema.bill_claim.c
    found: list[Visit] = []
    for start in range(0, len(ids), _IDS):
        of = bill.id.in_(ids[start : start + _IDS]) & (bill.member_id == entries[0].member_id)
        rows = connection.execute(select(bill.completed_at, bill.business_date).where(of))
        found += [(times.read(row.completed_at), date.fromisoformat(row.business_date)) for row in rows]
        mine = claim.bill_id.in_(ids[start : start + _IDS]) & (claim.member_id == entries[0].member_id)
        claims = connection.execute(select(claim.at, claim.business_date).where(mine))
        found += [(times.read(row.at), date.fromisoformat(row.business_date)) for row in claims]
    return found


def _entry(row: Row[Any]) -> PointEntry:
    """An entry as far as ``evened`` reads it."""
    return PointEntry(
        id=row.id,
        member_id=row.member_id,
        kind=PointKind(row.kind),
        points=row.points,
        bucket=date.fromisoformat(row.bucket) if row.bucket else None,
        bill_id=row.bill_id,
        line_no=None,
        program_id=row.program_id,
        reason="",
        staff_id="",
        till_id=row.till_id,
        at=times.read(row.at),
        business_date=date.fromisoformat(row.business_date),
        reverses_id=row.reverses_id,
        currency=row.currency,
    )
