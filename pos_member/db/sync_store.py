"""The sync engine's side of the storage: the change queue upwards, head office's changes downwards.

Numbers on this side are the wire's: they count within the till's epoch (``outbox``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pos_member.db import at_hello, epochs
from pos_member.db.bulk import load_in_bulk
from pos_member.db.engine import Database
from pos_member.db.feed import apply, gone_members
from pos_member.db.feed_rights import rights_of
from pos_member.db.outbox import read_head
from pos_member.db.own_numbers import OwnNumbers
from pos_member.db.replica import empty
from pos_member.db.repositories.facts import acked_own, identity_of, queue_status
from pos_member.db.repositories.mark import read_mark
from pos_member.db.repositories.presented import forget_members
from pos_member.db.repositories.rights import SqlRights
from pos_member.db.values import from_us, to_us
from pos_member.domain.clock import Clock, SystemClock
from pos_member.domain.ids import IdMaker
from pos_member.domain.org import TillIdentity
from pos_member.services.ports import QueueStatus
from pos_member.services.sync_ports import (
    KEEP_ACKED_DAYS,
    AtHello,
    Doubt,
    FeedChange,
    FeedEntity,
    FeedPage,
    QueuedEvent,
    ReplicaMark,
    TillLink,
)

#: ``as_of`` alone is written no more often than that: it is told to the minute, and every write waits for the disk.
_AS_OF_EVERY = timedelta(seconds=30)
_BASE = "SELECT coalesce((SELECT epoch_base FROM till_identity), 0)"
_LINK = "SELECT server_url, private_key, server_public_key FROM till_identity"
_SAVE_IDENTITY = "INSERT OR REPLACE INTO till_identity VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_MARK = (
    "UPDATE mark SET cursor = ?, included_seq = coalesce(?, included_seq), as_of_us = ?, feed_mark = ?,"
    " revision = revision + ?"
)
# The head stays whatever its age: the next event chains to it.
_PRUNABLE = (
    "SELECT max(seq) FROM ack WHERE at_us < ? AND seq >= (SELECT min(seq) FROM change_queue)"
    " AND (SELECT min(seq) FROM change_queue) < (SELECT max(seq) FROM change_queue)"
)
_BASE_AND_ACKED = (
    "SELECT coalesce((SELECT epoch_base FROM till_identity), 0), (SELECT coalesce(max(seq), 0) FROM ack),"
    " (SELECT coalesce(max(seq), 0) FROM change_queue)"
)
_WAITS = (
    "SELECT coalesce((SELECT max(seq) FROM change_queue), 0)"
    " > max(coalesce((SELECT epoch_base FROM till_identity), 0), (SELECT coalesce(max(seq), 0) FROM ack))"
)
_EVENTS_AFTER = (
    "SELECT seq, event_id, kind, version, payload, sha256, chain, created_at_us FROM change_queue"
    " WHERE seq > ? ORDER BY seq LIMIT ?"
)
_PRUNE = "DELETE FROM change_queue WHERE seq <= ? AND seq < (SELECT max(seq) FROM change_queue)"


class SqlSyncStore:
    """``services.sync_ports.SyncStore`` over both files. Thread-safe."""

    def __init__(
        self,
        till: Database,
        replica: Database,
        clock: Clock | None = None,
        keep: Callable[[], None] = lambda: None,
        rights: SqlRights | None = None,
    ) -> None:
        self._till = till
        self._replica = replica
        self._new_id = IdMaker(clock or SystemClock())
        self._keep = keep
        #: One with the use cases': members identified at the counter are asked about here, and it counts what changes.
        self.rights = rights or SqlRights(till.read, replica.read, till.write)

    def identity(self) -> TillIdentity | None:
        """Who this till is; ``None`` before it is enrolled."""
        with self._till.read() as connection:
            return identity_of(connection)

    def link(self) -> TillLink | None:
        """How this till reaches head office; ``None`` before it is enrolled."""
        with self._till.read() as connection:
            row = connection.exec_driver_sql(_LINK).one_or_none()
            identity = identity_of(connection)
        return None if row is None or identity is None else TillLink(identity, *row)

    def at_hello(self) -> AtHello | None:
        """See ``SyncStore``."""
        with self._till.read() as connection:
            stands = at_hello.read_stands(connection)
        if stands is None:
            return None
        with self._replica.read() as connection:
            reached = at_hello.read_reached(connection)
        return at_hello.said(stands, stands.database_id or self.database_id(), reached)

    def set_identity(
        self,
        identity: TillIdentity,
        server_url: str,
        private_key: bytes | None = None,
        server_public_key: bytes | None = None,
    ) -> None:
        """Who this till is from now on.

        Under another till id or epoch, what head office has not acknowledged is numbered and chained anew from 1;
        ids, payloads and their hashes stay as they are.
        """
        with self._till.write() as connection:
            before = identity_of(connection)
            base: int = connection.exec_driver_sql(_BASE).scalar_one()
            anew = before is not None and (before.id, before.epoch) != (identity.id, identity.epoch)
            if anew:
                base = acked_own(connection)
            row = (identity.id, identity.number, identity.branch_id, identity.label, identity.epoch, base)
            connection.exec_driver_sql(_SAVE_IDENTITY, (*row, server_url, private_key, server_public_key))
            epochs.remember_epoch(connection, identity.epoch, base, identity.id)
            if anew:
                epochs.chain_anew(connection, base)

    def begin_epoch(
        self,
        epoch: int,
        next_numbers: Mapping[str, int],
        at: datetime,
        *,
        refill: bool = False,
        new_name: bool = False,
    ) -> TillIdentity:
        """See ``SyncStore``. Raises ``ValueError`` for an epoch that is not later than this till's."""
        with self._till.write() as connection:
            before = identity_of(connection)
            if before is None or epoch <= before.epoch:
                raise ValueError(f"epoch {epoch} after {before and before.epoch}")
            epochs.begin(connection, epoch, next_numbers, at, refill=refill)
            if new_name:
                epochs.set_note(connection, epochs.DATABASE_ID, self._new_id())
        self._keep()
        return replace(before, epoch=epoch)

    def database_id(self) -> str:
        """See ``SyncStore``."""
        with self._till.read() as connection:
            found = epochs.note(connection, epochs.DATABASE_ID)
        if found is not None:
            return found
        with self._till.write() as connection:
            return epochs.name_database(connection, self._new_id)

    def doubt(self) -> Doubt | None:
        """See ``SyncStore``."""
        with self._till.read() as connection:
            return epochs.doubt_of(connection)

    def suspended(self) -> bool:
        """See ``SyncStore``."""
        return self.doubt() is not None

    def raise_doubt(self, doubt: Doubt) -> None:
        """See ``SyncStore``."""
        with self._till.write() as connection:
            # Two copies that nobody could tell apart may both find a fork: from now on they have two names.
            epochs.raise_doubt(connection, doubt, self._new_id() if doubt is Doubt.FORK else None)

    def keep_sidecar(self) -> None:
        """See ``SyncStore``."""
        self._keep()

    def pending(self, limit: int = 200, max_bytes: int = 1_000_000) -> tuple[QueuedEvent, ...]:
        """The oldest events not acknowledged, in order; at least one when any waits."""
        with self._till.read() as connection:
            base, acked, head = connection.exec_driver_sql(_BASE_AND_ACKED).one()
            return _events(connection, acked, base, limit, max_bytes) if head > acked else ()

    def events_from(self, seq: int, limit: int = 200, max_bytes: int = 1_000_000) -> tuple[QueuedEvent, ...]:
        """Kept events of this epoch from ``seq`` on, acknowledged or not."""
        with self._till.read() as connection:
            base: int = connection.exec_driver_sql(_BASE).scalar_one()
            return _events(connection, base + max(seq, 1) - 1, base, limit, max_bytes)

    def mark_acked(self, seq: int, at: datetime) -> None:
        """Everything up to ``seq`` is held by head office. An older number changes nothing.

        Raises ``ValueError`` for a number that this till has not given out yet.
        """
        with self._till.write() as connection:
            head, base, _ = read_head(connection)
            own = base + seq
            if own > head:
                raise ValueError(f"acknowledged {seq} beyond the last event {head - base}")
            if own > acked_own(connection):
                connection.exec_driver_sql("INSERT INTO ack (seq, at_us) VALUES (?, ?)", (own, to_us(at)))
                epochs.let_go(connection)

    def acked_seq(self) -> int:
        """The last event of this epoch that head office holds; 0 when none."""
        with self._till.read() as connection:
            base, acked, _ = connection.exec_driver_sql(_BASE_AND_ACKED).one()
        return max(0, int(acked) - int(base))

    def waits(self) -> bool:
        """See ``SyncStore``."""
        with self._till.read() as connection:
            return bool(connection.exec_driver_sql(_WAITS).scalar_one())

    def head(self) -> tuple[int, str]:
        """(last number, chain hash) of this epoch."""
        with self._till.read() as connection:
            seq, base, chain = read_head(connection)
        return seq - base, chain

    def queue_status(self) -> QueueStatus:
        """The queue in figures, numbers as on the wire."""
        with self._till.read() as connection:
            base: int = connection.exec_driver_sql(_BASE).scalar_one()
            own = queue_status(connection)
        return QueueStatus(
            head_seq=own.head_seq - base,
            acked_seq=max(0, own.acked_seq - base),
            waiting=own.waiting,
            bills_waiting=own.bills_waiting,
            oldest_waiting_at=own.oldest_waiting_at,
        )

    def prune_acked(self, now: datetime) -> int:
        """Drop events acknowledged more than ``KEEP_ACKED_DAYS`` ago, but never the last; returns how many."""
        old = to_us(now - timedelta(days=KEEP_ACKED_DAYS))
        with self._till.read() as connection:
            # Looked at first without the write lock: a sale has it, most of the time there is nothing to do.
            upto = connection.exec_driver_sql(_PRUNABLE, (old,)).scalar()
        if upto is None:
            return 0
        with self._till.write() as connection:
            gone = connection.exec_driver_sql(_PRUNE, (upto,)).rowcount
            connection.exec_driver_sql("DELETE FROM ack WHERE seq < ?", (upto,))
        return gone

    def cursor(self) -> int:
        """Position in head office's feed; 0 before the first load."""
        return self.reached()[0]

    def reached(self) -> tuple[int, bool]:
        """See ``SyncStore``."""
        with self._replica.read() as connection:
            reached = at_hello.read_reached(connection)
        return reached.cursor, reached.asks_for_load

    def mark(self) -> ReplicaMark:
        """How far the replica is."""
        with self._till.read() as connection:
            base: int = connection.exec_driver_sql(_BASE).scalar_one()
        with self._replica.read() as connection:
            mark = read_mark(connection)
        return ReplicaMark(mark.cursor, max(0, mark.included_seq - base), mark.as_of, mark.feed_mark)

    def apply_changes(
        self,
        changes: Sequence[FeedChange],
        cursor: int,
        included_seq: int | None,
        as_of: datetime,
        feed_mark: str = "",
    ) -> None:
        """Rows and cursor in one transaction. Raises ``Refusal(PAYLOAD_INVALID)``; then nothing is changed.

        Rights go to ``till.db`` first: where that or this is broken off, the same page comes again.
        """
        own = self._own_numbers()
        if not changes and self._says(cursor, _own_or_none(own, included_seq), as_of, feed_mark):
            return
        self.rights.store(rights_of(changes, own.till_id))
        with self._replica.write() as connection:
            _, catalogue = apply(connection, changes, own)
            mark = (cursor, _own_or_none(own, included_seq), to_us(as_of), feed_mark, int(catalogue))
            connection.exec_driver_sql(_MARK, mark)
        self._forget(gone_members(changes))

    def _says(self, cursor: int, included_seq: int | None, as_of: datetime, feed_mark: str) -> bool:
        """Whether the replica's mark says the same already, of a moment that is as good."""
        with self._replica.read() as connection:
            mark = read_mark(connection)
        same = (mark.cursor, mark.feed_mark) == (cursor, feed_mark) and included_seq in (None, mark.included_seq)
        return same and mark.as_of is not None and timedelta(0) <= as_of - mark.as_of < _AS_OF_EVERY

    def bring(self, changes: Sequence[FeedChange]) -> None:
        """Rows ahead of the feed, without moving the mark. Raises ``Refusal(PAYLOAD_INVALID)``."""
        if changes:
            own = self._own_numbers()
            with self._replica.write() as connection:
                apply(connection, changes, own)

    def _forget(self, member_ids: Sequence[str]) -> None:
        """Nothing that a signed code told is kept of members who are erased."""
        if member_ids:
            with self._till.write() as connection:
                forget_members(connection, member_ids)

    def bulk_load(self, changes: Iterable[FeedChange], cursor: int, included_seq: int | None, as_of: datetime) -> int:
        """As ``apply_changes`` for a first load: member indexes are built once at the end. Returns how many."""
        own = self._own_numbers()
        with self._replica.write() as connection:
            count = load_in_bulk(connection, self._rights_kept(changes, own), own)
            connection.exec_driver_sql(_MARK, (cursor, _own_or_none(own, included_seq), to_us(as_of), "", 1))
        return count

    def _rights_kept(self, changes: Iterable[FeedChange], own: OwnNumbers) -> Iterator[FeedChange]:
        for change in changes:
            if change.entity == FeedEntity.RIGHT:
                self.rights.store(rights_of((change,), own.till_id))
            yield change

    def load_anew(self, pages: Iterable[FeedPage]) -> int:
        """Everything anew in one transaction; readers have the old rows until it is through. Returns how many."""
        last: FeedPage | None = None
        own = self._own_numbers()

        def changes() -> Iterator[FeedChange]:
            nonlocal last
            for page in pages:
                last = page
                self.rights.store(rights_of(page.changes, own.till_id))
                yield from page.changes

        with self._replica.write() as connection:
            empty(connection)
            count = load_in_bulk(connection, changes(), own)
            if last is None:
                raise ValueError("nothing to load the replica from")
            mark = (last.cursor, own.of_wire(last.included_seq), to_us(last.as_of), last.feed_mark, 1)
            connection.exec_driver_sql(_MARK, mark)
        return count

    def clear_replica(self) -> None:
        """Forget head office's data and the cursor."""
        with self._replica.write() as connection:
            empty(connection)

    def _own_numbers(self) -> OwnNumbers:
        with self._till.read() as connection:
            return OwnNumbers.read(connection)


def _own_or_none(own: OwnNumbers, wire_seq: int | None) -> int | None:
    return None if wire_seq is None else own.of_wire(wire_seq)


def _events(connection: Connection, after: int, base: int, limit: int, max_bytes: int) -> tuple[QueuedEvent, ...]:
    found: list[QueuedEvent] = []
    size = 0
    rows = connection.execution_options(yield_per=100).exec_driver_sql(_EVENTS_AFTER, (after, limit))
    for seq, event_id, kind, version, payload, sha256, chain, created_at_us in rows:
        size += len(payload)
        if found and size > max_bytes:
            break
        at = from_us(created_at_us)
        found.append(QueuedEvent(seq - base, event_id, kind, version, payload, sha256.hex(), chain.hex(), at))
    rows.close()
    return tuple(found)
