"""What bills in quarantine may have spent of rights: it stays aside until they are taken in.

A bill that could not be read or applied was acknowledged: its till counts what it spent as spent. Where its bytes say
out of which rights, just that is kept; where they cannot be read, everything that its till may have had then. A person
who settles the case of such a bill decides that it will not be taken in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from pos_member.domain.chain import payload_hash
from pos_member.domain.errors import Refusal
from pos_member.domain.events import EventKind
from pos_member.domain.rights import RightKind
from pos_member.headoffice import schema, times
from pos_member.headoffice.acts import read_act
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState
from pos_member.headoffice.quarantine import poison_subject
from pos_member.headoffice.rights_ledger import Kept, RightState

#: Of more bills in quarantine than this nobody reads every one with each hello: they count as unread.
READ_MAX = 200
_SPENDS = EventKind.BILL_COMPLETED.value
_KNOWN = frozenset(kind.value for kind in EventKind)


@dataclass(frozen=True)
class Unread:
    """A bill whose bytes say nothing: it may have used what its till had then."""

    epoch: int
    seq: int
    received_at: datetime

    def may_use(self, kept: Kept) -> bool:
        """Whether its till can have had this right by then."""
        if kept.right.epoch != self.epoch:
            return False
        if kept.right.kind is RightKind.OWN and kept.origin_seq is not None:
            return kept.origin_seq < self.seq  # made by the till's clock, which may be wrong
        return kept.right.granted_at <= self.received_at


@dataclass(frozen=True)
class SetAside:
    """What the bills of one till in quarantine may have spent. ``named``: right id → points."""

    named: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()

    def of(self, kept: Kept) -> int:
        """Points of this right that they may have spent."""
        if any(each.may_use(kept) for each in self.unread):
            return kept.left
        return min(kept.left, self.named.get(kept.right.id, 0))


def read(connection: Connection, till_id: str) -> SetAside:
    """As the quarantine of a till stands now."""
    table, event = schema.quarantine, schema.event
    columns = (table.c.epoch, table.c.seq, table.c.kind, event.c.version, event.c.received_at)
    # Of a fork the first telling counts, and has been applied: it has no row of its own among the events.
    same = (event.c.till_id == table.c.till_id) & (event.c.epoch == table.c.epoch) & (event.c.seq == table.c.seq)
    query = select(*columns).select_from(table.join(event, same)).where(table.c.till_id == till_id)
    waiting = [row for row in connection.execute(query) if row.kind == _SPENDS or row.kind not in _KNOWN]
    if not waiting:
        return SetAside()
    decided = _decided(connection, till_id)
    waiting = [row for row in waiting if poison_subject(till_id, row.epoch, row.seq) not in decided]
    named, unread = Counter[str](), list[Unread]()
    for row in waiting:
        uses = _uses(connection, till_id, row) if len(waiting) <= READ_MAX else None
        if uses is None:
            unread.append(Unread(row.epoch, row.seq, times.read(row.received_at)))
        else:
            named.update(uses)
    return SetAside(named, tuple(unread))


def _decided(connection: Connection, till_id: str) -> set[str]:
    """Cases of set-aside events that a person settled."""
    table = schema.exception
    here = (table.c.shard == till_id) & (table.c.kind == ExceptionKind.POISON.value)
    by_hand = table.c.state == ExceptionState.SETTLED_BY_HAND.value
    return set(connection.execute(select(table.c.subject_id).where(here, by_hand)).scalars())


def _uses(connection: Connection, till_id: str, row: Row[Any]) -> dict[str, int] | None:
    """Right id → points that this bill spent; ``None`` where nobody can say."""
    table = schema.event
    here = (table.c.till_id == till_id) & (table.c.epoch == row.epoch) & (table.c.seq == row.seq)
    payload, sha256 = connection.execute(select(table.c.payload, table.c.sha256).where(here)).one()
    if payload_hash(bytes(payload)) != sha256:
        return None  # not what its till wrote
    try:
        act = read_act(till_id, row.seq, row.kind, row.version, bytes(payload))
    except Refusal:
        return None
    return {} if act.spending is None else {use.right_id: max(0, use.points) for use in act.spending.rights}


def end(kept: Kept, state: RightState, aside: SetAside, now: datetime) -> None:
    """End a right that its till may have had; what bills in quarantine may have used of it stays aside."""
    pending = aside.of(kept)
    if pending and state is RightState.LAPSED:
        state = RightState.RELEASED
    if pending or state is RightState.RELEASED:
        kept.spent = kept.used + pending
    kept.state, kept.ended_at = state, kept.ended_at or now
