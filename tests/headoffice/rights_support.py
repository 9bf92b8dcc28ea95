"""Tills in memory that spend by their rights as the real ones do, and head office's side of it on a real database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from pos_member.domain import codec
from pos_member.domain.bill import Bill
from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.clock import business_date
from pos_member.domain.events import EventKind
from pos_member.domain.org import Settings, TillIdentity
from pos_member.domain.own_rights import own_right
from pos_member.domain.points import PointEntry, PointKind
from pos_member.domain.rights import (
    HeldRight,
    RightKind,
    RightUse,
    Spending,
    SpendingRight,
    draw_rights,
    guaranteed_points,
)
from pos_member.headoffice import portable, rights_ledger, schema, settling, times
from pos_member.headoffice.account_figures import as_account
from pos_member.headoffice.accounts import AccountState, account_of
from pos_member.headoffice.portable import Database
from pos_member.headoffice.rights_ledger import Kept, kept_of
from pos_member.headoffice.schema_sync import spending_right
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.settling import Signature
from pos_member.services.sync_ports import QueuedEvent
from pos_member.sync import protocol
from tests.headoffice.office_support import BRANCHES, MEMBERS, make_bill, make_entry, new_id

START = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
SETTINGS = Settings()
MARGIN = timedelta(minutes=SETTINGS.rights.margin_minutes)
MEMBER = MEMBERS[0]


@dataclass
class MemoryTill:
    """What a till knows of rights. ``queue``: bills not acknowledged, by sequence number."""

    identity: TillIdentity
    now: datetime = START
    epoch: int = 1
    seq: int = 0
    acked: int = 0
    queue: list[tuple[int, Bill]] = field(default_factory=list)
    held: dict[str, HeldRight] = field(default_factory=dict)
    own_seq: dict[str, int] = field(default_factory=dict)
    #: The lot that ends first, as its replica knows it: last day, points that it has not drawn itself.
    soon: tuple[date, int] | None = None

    @property
    def id(self) -> str:
        return self.identity.id

    def rights(self, bill_id: str = "") -> list[HeldRight]:
        """Those that may be used on a bill: what was asked for a bill is that bill's."""
        return [
            each
            for each in self.held.values()
            if each.right.kind is not RightKind.BILL or (bill_id and each.right.id.startswith(bill_id))
        ]

    def guaranteed(self, bill_id: str = "") -> int:
        return guaranteed_points(self.rights(bill_id), self.now, self.epoch, MARGIN)

    def sell(self, *, earn: int = 0, spend: int = 0, provisional: int = 0, bill_id: str = "", **more: Any) -> Bill:
        """A bill: points out of rights first; nothing beyond them but ``provisional``."""
        bill_id = bill_id or new_id()
        uses, rest = draw_rights(self.rights(bill_id), spend, self.now, self.epoch, MARGIN)
        assert rest == 0, "a till does not spend beyond its rights by itself"
        points = spend + provisional
        spending = Spending(uses, provisional) if points else None
        values: dict[str, Any] = {"id": bill_id, "completed_at": self.now, "opened_at": self.now, "spending": spending}
        values["point_entries"] = self._entries(bill_id, earn, points)
        bill = make_bill(self.identity, self.seq + 1, member=MEMBER, points=earn, redeem=points, **(values | more))
        self.take(bill)
        return bill

    def take(self, bill: Bill) -> None:
        """Write a bill down: its event, what it used, what it earned."""
        self.seq += 1
        self.queue.append((self.seq, bill))
        for use in bill.spending.rights if bill.spending else ():
            if use.right_id in self.held:
                held = self.held[use.right_id]
                self.held[use.right_id] = replace(held, spent=held.spent + use.points)
        own = own_right(bill, self.epoch, SETTINGS)
        if own is not None:
            self.held[own.id] = HeldRight(own)
            self.own_seq[own.id] = self.seq

    def hold(self, *rights: SpendingRight) -> None:
        for right in rights:
            self.held.setdefault(right.id, HeldRight(right))

    def acknowledge(self, seq: int) -> None:
        """Head office holds everything up to ``seq``: rights to those sales are forgotten."""
        self.acked = max(self.acked, seq)
        self.queue = [each for each in self.queue if each[0] > self.acked]
        for right_id in [each for each, at in self.own_seq.items() if at <= self.acked]:
            del self.own_seq[right_id], self.held[right_id]

    def give_back(self, right_id: str) -> RightUse:
        """Stop using a right, durably; returns what to tell."""
        held = self.held[right_id]
        self.held[right_id] = replace(held, released=True)
        return RightUse(right_id, held.spent)

    def new_epoch(self, epoch: int) -> None:
        """Restored: rights are void, what was not acknowledged is numbered anew."""
        waiting = [bill for _, bill in self.queue]
        self.epoch, self.seq, self.acked, self.queue = epoch, 0, 0, []
        self.held, self.own_seq = {}, {}
        for bill in waiting:
            self.seq += 1
            self.queue.append((self.seq, bill))

    def _entries(self, bill_id: str, earn: int, redeem: int) -> tuple[PointEntry, ...]:
        ending = 0
        day = None if self.soon is None else self.soon[0]
        if self.soon is not None and business_date(self.now, SETTINGS.zone) <= self.soon[0]:
            ending = min(redeem, self.soon[1])
            self.soon = (self.soon[0], self.soon[1] - ending)
        parts = (
            (PointKind.EARN, earn, None),
            (PointKind.REDEEM, -ending, day),
            (PointKind.REDEEM, ending - redeem, None),
        )
        made = [
            (make_entry(self.identity, MEMBER.id, kind, points, bill_id), lot) for kind, points, lot in parts if points
        ]
        return tuple(replace(each, bucket=lot, at=self.now) for each, lot in made)


def memory_till(n: int, branch: int = 0, now: datetime = START) -> MemoryTill:
    return MemoryTill(TillIdentity(new_id(), n, BRANCHES[branch].id, f"T{n}", 1), now)


def account(database: Database, member_id: str = MEMBER.id) -> AccountState:
    with database.read() as connection:
        return account_in(connection, member_id)


def account_in(connection: Connection, member_id: str = MEMBER.id) -> AccountState:
    row = connection.execute(select(schema.account).where(schema.account.c.member_id == member_id)).one_or_none()
    return AccountState(member_id) if row is None else account_of(row)


def kept(database: Database, right_id: str) -> Kept:
    with database.read() as connection:
        return kept_of(connection.execute(select(spending_right).where(spending_right.c.id == right_id)).one())


def reserved(connection: Connection, now: datetime, member_id: str = MEMBER.id) -> int:
    listed = rights_ledger.set_aside(connection, [member_id], now).get(member_id, [])
    return sum(each.reserved(now) for each in listed)


def spendable(connection: Connection, now: datetime, member_id: str = MEMBER.id) -> int:
    return as_account(account_in(connection, member_id)).spendable(business_date(now, SETTINGS.zone), SETTINGS)


def admit(database: Database, till: MemoryTill) -> None:
    """A till that head office knows."""
    named = {"id": till.id, "number": till.identity.number, "branch_id": till.identity.branch_id, "label": "till"}
    queue = {"epoch": 1, "last_seq": 0, "chain": GENESIS, "cursor": 0, "revoked": False, "app_version": ""}
    times_ = {"enrolled_at": times.stored(START), "last_contact_at": times.stored(START), "public_key": ""}
    with database.write() as connection:
        connection.execute(insert(schema.till).values(**named, **queue, **times_))


def upload(
    office: HeadOffice, till: MemoryTill, count: int | None = None, *, answer_lost: bool = False, reason: str = ""
) -> int:
    """Send what waits, or the first ``count`` of it. Returns how many events that were. ``reason``: why all of them are
    set aside."""
    sent = till.queue if count is None else till.queue[:count]
    if not sent:
        return 0
    with office.database.read() as connection:
        row = connection.execute(select(schema.till).where(schema.till.c.id == till.id)).one()
    fresh, chain = [each for each in sent if each[0] > row.last_seq], row.chain
    events = []
    for seq, bill in fresh:
        payload = codec.canonical_bytes(bill)
        sha = payload_hash(payload)
        chain = link(chain, seq, sha)
        events.append(QueuedEvent(seq, bill.id, EventKind.BILL_COMPLETED, 1, payload, sha, chain, bill.completed_at))
    if events:
        answer = office.push(till.id, protocol.encode_batch(till.epoch, events))
        assert {item.reason for item in answer.items} == {reason}
    if not answer_lost:
        till.acknowledge(sent[-1][0])
    return len(events)


def give(office: HeadOffice, points: int, bucket: date | None = None, member_id: str = MEMBER.id) -> None:
    """Points from head office (below zero: taken away), as an import or a correction makes them."""
    with office.database.write() as connection:
        rights_ledger.lock_accounts(connection, [member_id])
        figures = account_in(connection, member_id)
        key = "" if bucket is None else bucket.isoformat()
        figures.buckets[key] = figures.buckets.get(key, 0) + points
        portable.upsert(connection, schema.account, [figures.row(times.stored(office.clock.now()))])


def strict(office: HeadOffice) -> HeadOffice:
    """The same head office where every event is too large: it is set aside, with bytes that can be read."""
    return HeadOffice(office.database, office.clock, new_id, replace(office.limits, event_bytes=1))


def take_in(office: HeadOffice, till: MemoryTill) -> int:
    """Take in again what was set aside. Returns how many events that were."""
    by = Signature(new_id(), "ann", "again", office.clock.now())
    with office.database.write() as connection:
        taken, _ = settling.reapply(connection, till.id, office.limits.event_bytes, by)
    office.settle_effects()
    return taken
