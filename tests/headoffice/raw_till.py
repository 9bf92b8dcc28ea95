"""A till that is nothing but its change queue, for tests that care for every call: no folder, no engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from pos_member.domain import codec
from pos_member.domain.bill import Basis, Bill
from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.events import EventKind, Payload
from pos_member.domain.member import Member
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointKind
from pos_member.headoffice import schema
from pos_member.headoffice.database import open_database
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.steps import Step, no_step
from pos_member.services.sync_ports import QueuedEvent
from pos_member.sync import protocol
from tests.headoffice.office_support import CLOCK, database_url, make_bill, make_entry, new_id, rows

AT = "2026-11-21T12:00:00.000000Z"


class Crash(BaseException):
    """The process ends here."""


def crash_at(name: str, turn: int = 1) -> Step:
    """A step that ends the process the ``turn``-th time ``name`` is passed."""
    seen = 0

    def step(passed: str) -> None:
        nonlocal seen
        seen += passed == name
        if passed == name and seen == turn:
            raise Crash

    return step


def worker(folder: Path, step: Step = no_step, *, distributed: bool = False) -> HeadOffice:
    """One more worker of the head office in ``folder``, with connections of its own."""
    return HeadOffice(open_database(database_url(folder)), CLOCK, new_id, step=step, distributed=distributed)


class RawTill:
    """Its queue, and how far it was sent."""

    def __init__(self, database: Database, identity: TillIdentity) -> None:
        self.identity = identity
        self.epoch = 1
        self.queue: list[QueuedEvent] = []
        self._bills = 0
        values = {"id": identity.id, "number": identity.number, "branch_id": identity.branch_id, "label": "x"}
        stands = {"epoch": 1, "last_seq": 0, "chain": GENESIS, "revoked": False, "enrolled_at": AT, "cursor": 0}
        with database.write() as connection:
            connection.execute(insert(schema.till).values(**values, **stands, public_key="", app_version=""))

    def add(self, kind: EventKind, payload: Payload, event_id: str = "") -> QueuedEvent:
        """One more event."""
        return self.add_bytes(kind, codec.canonical_bytes(payload), event_id or getattr(payload, "id", "") or new_id())

    def add_bytes(self, kind: EventKind, payload: bytes, event_id: str) -> QueuedEvent:
        """One more event of these bytes."""
        seq, sha = len(self.queue) + 1, payload_hash(payload)
        before = self.queue[-1].chain if self.queue else GENESIS
        made = QueuedEvent(seq, event_id, kind.value, 1, payload, sha, link(before, seq, sha), CLOCK.now())
        self.queue.append(made)
        return made

    def sell(self, member: Member | None, points: int = 0, brought_by: Member | None = None, **changes: Any) -> Bill:
        """A bill; ``brought_by`` gets a point for having brought the member."""
        self._bills += 1
        bill = make_bill(self.identity, self._bills, member=member, points=points, redeem=0)
        if brought_by is not None:
            thanks = make_entry(self.identity, brought_by.id, PointKind.EARN, 1, bill.id)
            basis = Basis("digest", referred_by=brought_by.id)
            changes |= {"point_entries": (*bill.point_entries, thanks), "basis": basis}
        bill = replace(bill, **changes)
        self.add(EventKind.BILL_COMPLETED, bill)
        return bill

    def push(self, office: HeadOffice, first: int = 1, last: int | None = None) -> protocol.PushAnswer:
        """Send events ``first`` to ``last`` (all, for ``None``)."""
        return office.push(self.identity.id, protocol.encode_batch(self.epoch, self.queue[first - 1 : last]))

    def told_anew(self, epoch: int, events: list[QueuedEvent]) -> None:
        """Begin a new epoch whose queue holds these events again, under new numbers."""
        self.epoch, self.queue = epoch, []
        for event in events:
            self.add_bytes(EventKind(event.kind), event.payload, event.event_id)


def facts(database: Database) -> dict[str, list[Any]]:
    """Everything that follows from the events, but for when and in what steps it was worked out."""
    found: dict[str, list[Any]] = {}
    for table in ("account", "member", "coupon", "coupon_event", "point_entry", "bill", "spending_right", "applied"):
        found[table] = sorted(_plain(row, ("n", "seen", "as_of")) for row in rows(database, table))
    found["open"] = sorted(
        (row.shard, row.kind, row.subject_id, row.detail) for row in rows(database, "exception") if row.state == "open"
    )
    of_facts = ("member", "account", "coupon", "right")
    newest = {(row.entity, row.id): row.body for row in rows(database, "feed") if row.entity in of_facts}
    found["told"] = sorted((*key, body) for key, body in newest.items())
    return found


def _plain(row: Any, left_out: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(str(value) for name, value in row._mapping.items() if name not in left_out)


def assert_gap_free(database: Database, *, forgotten: bool = False) -> None:
    """The feed has every number once, everything has its number, and of one thing the tellings are in order.

    ``forgotten``: revisions were pruned on the way, so that they say nothing of the order.
    """
    told = sorted(rows(database, "feed"), key=lambda row: row.publish_no)
    assert [row.publish_no for row in told] == list(range(1, len(told) + 1))
    assert rows(database, "outgoing") == [] and rows(database, "effect") == []
    head = rows(database, "feed_head")[0]
    assert (head.publish_no, head.cleared_no) == (len(told), len(told))
    last: dict[tuple[str, str, str], int] = {}
    for row in told if not forgotten else ():
        key = (row.shard, row.entity, row.id)
        assert row.n > last.get(key, -1), "a telling comes twice or late"
        last[key] = row.n
