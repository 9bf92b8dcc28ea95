"""Lots of which more was spent than there was: made good out of the member's other points when they end.

Two tills that are cut off both draw the lot that ends first; what they spend is covered by rights, the sum is right,
and that lot stands below zero. While it runs it counts against the others. When it ends, what is missing is moved over
from the lots that end next: brought to zero like any other it would come back to the member as points that were spent.
What is moved follows from all the facts, and is moved back where a late one shows that it was there after all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, func, select

from pos_member.domain.ledger import EntryContext
from pos_member.domain.points import PointEntry, PointKind
from pos_member.headoffice import portable, schema

#: ``PointEntry.reason`` of what is moved.
REASON = "lot_overdrawn"
#: A lot's key: its last day as ISO text, empty for never.
Lots = Mapping[str, int]


@dataclass
class OfficeMade:
    """What head office itself did to the lots of one member: brought to zero when they ended, moved between them."""

    ended: dict[str, int] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)

    def add(self, entries: Iterable[PointEntry]) -> None:
        """Count what it does now; of stamps nothing."""
        for entry in entries:
            if entry.kind is PointKind.EXPIRE and not entry.currency:
                lot = entry.bucket.isoformat() if entry.bucket else ""
                self.ended[lot] = self.ended.get(lot, 0) + entry.points


def made(connection: Connection, member_ids: Iterable[str]) -> dict[str, OfficeMade]:
    """By member; of points, not of stamps."""
    ids = list(member_ids)
    table, found = schema.point_entry, {member_id: OfficeMade() for member_id in ids}
    kinds = (PointKind.EXPIRE.value, PointKind.TRANSFER.value)
    for part in portable.chunks(ids):
        here = table.c.member_id.in_(part) & table.c.kind.in_(kinds) & (table.c.currency == "")
        columns = (table.c.member_id, table.c.kind, table.c.bucket)
        query = select(*columns, func.sum(table.c.points).label("points")).where(here).group_by(*columns)
        for row in connection.execute(query):
            of = found[row.member_id]
            lots = of.ended if row.kind == PointKind.EXPIRE else of.moved
            lots[row.bucket] = int(row.points)
    return found


def has_ended(lot: str, today: date) -> bool:
    """Whether the last day of a lot is over."""
    return bool(lot) and lot < today.isoformat()


def moves(lots: Lots, before: OfficeMade, today: date) -> dict[str, int]:
    """What is to be added to each lot, Σ = 0: out of lots that run into ended ones that were overdrawn, or back."""
    added: dict[str, int] = defaultdict(int)
    for lot in sorted({*lots, *before.moved}):
        if not has_ended(lot, today):
            continue
        # What was moved in is no fact of the lot itself; what was moved out of it, while it ran, is gone as if spent.
        moved_in = max(0, before.moved.get(lot, 0) + added[lot])
        spent_beyond = -(lots.get(lot, 0) + added[lot] - before.ended.get(lot, 0) - moved_in)
        wanted = max(0, spent_beyond) - moved_in
        if wanted > 0:
            _take(added, lots, lot, wanted, today)
        elif wanted < 0:
            _give_back(added, before.moved, lot, -wanted)
    return {lot: points for lot, points in added.items() if points}


def _take(added: dict[str, int], lots: Lots, into: str, points: int, today: date) -> None:
    for lot in sorted(lots, key=lambda each: (not each, each)):
        if points and not has_ended(lot, today):
            part = min(points, max(0, lots[lot] + added[lot]))
            added[lot] -= part
            added[into] += part
            points -= part


def _give_back(added: dict[str, int], moved: Lots, out_of: str, points: int) -> None:
    for lot in sorted(moved, key=lambda each: (not each, each)):
        part = min(points, max(0, -moved[lot] - added[lot]))
        added[lot] += part
        added[out_of] -= part
        points -= part


def entries(lots: Lots, before: OfficeMade, today: date, context: EntryContext) -> tuple[PointEntry, ...]:
    """``moves`` as entries of head office."""
    return tuple(
        context.entry(PointKind.TRANSFER, points, date.fromisoformat(lot) if lot else None, reason=REASON)
        for lot, points in sorted(moves(lots, before, today).items())
    )
