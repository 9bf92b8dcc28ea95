"""The stamper: gives what is to be told to tills its numbers, without gaps, in an order that never changes again.

One worker at a time, by a lease; any other takes over when it runs out. On one database a batch is one transaction.
Where shards lie on several machines it is several, each of one shard, and a crash between two is made good by the next
run: the numbers come first, in one segment of the feed and all or none (two who think they hold the lease cannot both
write the same number); then the head; then the rows of ``outgoing`` go, which until then are known to be numbered
because the head says up to where it is cleared.
"""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from pos_member.headoffice import leases, portable
from pos_member.headoffice.feed import segment_of
from pos_member.headoffice.schema import feed, feed_head, outgoing
from pos_member.headoffice.schema_feed import SEGMENT
from pos_member.headoffice.steps import Step, no_step
from pos_member.headoffice.units import Pack, Units

LEASE = "stamper"
#: Of what was written at the same moment the order is any, and the same on every database.
_PLACE = attrgetter("at", "place", "shard", "entity", "id", "n")
#: How long a worker that keeps the lease may be silent before another takes over.
LEASE_LASTS = timedelta(seconds=5)
#: Changes numbered by one transaction.
BATCH = 10_000


class Stamper:
    """Numbers changes for one worker, named ``holder``. Thread-safe; several of them on one database too."""

    def __init__(
        self,
        units: Units,
        holder: str,
        *,
        step: Step = no_step,
        new_mark: Callable[[], str] = lambda: secrets.token_hex(8),
        batch: int = BATCH,
    ) -> None:
        self._units = units
        self._holder = holder
        self._step = step
        self._new_mark = new_mark
        self._batch = batch
        #: Threads of this process go one after the other; a step of a test may come back in.
        self._turn = threading.RLock()
        self._batches = 0

    def pending(self, connection: Connection) -> bool:
        """Whether anything waits for a number, or a run that broke off left something to clear."""
        return connection.execute(_WAITS).first() is not None or bool(connection.execute(_UNCLEARED).scalar_one())

    def hold(self, now: datetime) -> bool:
        """Take or renew the lease, for a worker that numbers all the time. ``False`` where another has it."""
        with self._units.database.read() as connection:
            if leases.seen_with_another(connection, LEASE, self._holder, now, LEASE_LASTS):
                return False
        with self._units.database.write() as connection:
            return leases.take(connection, LEASE, self._holder, now, LEASE_LASTS)

    def give_up(self) -> None:
        """End the lease before its time."""
        with self._units.database.write() as connection:
            leases.give_up(connection, LEASE, self._holder)

    def run(self, now: datetime) -> int:
        """Number everything that waits. Returns how many changes; 0 where another worker holds the lease."""
        total = 0
        while True:
            before = self._batches
            if not self._wanted(now):
                return total
            with self._turn:
                # Tills that are woken together find the same changes: one numbers them, no other needs a transaction.
                if self._batches != before and not self._wanted(now):
                    return total
                try:
                    done = self._batch_once(now)
                except IntegrityError:
                    # Another worker numbered these first: it holds the lease by now.
                    if not self._units.distributed:
                        raise
                    return total
                finally:
                    self._batches += 1
            if not done:
                return total
            total += done

    def wanted(self, connection: Connection, now: datetime) -> bool:
        """Whether there is something to number, and no other worker does it."""
        return self.pending(connection) and not leases.seen_with_another(
            connection, LEASE, self._holder, now, LEASE_LASTS
        )

    def _wanted(self, now: datetime) -> bool:
        with self._units.database.read() as connection:
            return self.wanted(connection, now)

    @property
    def _batch_limit(self) -> int:
        return min(self._batch, SEGMENT) if self._units.distributed else self._batch

    def _batch_once(self, now: datetime) -> int | None:
        """One batch; ``None`` where the lease is another's."""
        with self._units.pack() as pack:
            with pack.unit() as connection:
                if not self._lease(connection, now):
                    return None
                self._step("stamping")
            head = self._recover(pack)
            rows = self._number(pack, head)
            if rows:
                with pack.unit() as connection:
                    self._move_head(connection, rows[-1]["publish_no"])
                self._clear(pack, [(r["shard"], r["entity"], r["id"], r["n"]) for r in rows], rows[-1]["publish_no"])
        if rows:
            self._step("stamped")
        return len(rows)

    def _lease(self, connection: Connection, now: datetime) -> bool:
        if self._units.distributed:
            return leases.take(connection, LEASE, self._holder, now, LEASE_LASTS)
        # One transaction: the lock on the row is all that is needed.
        return not leases.held_by_another(connection, LEASE, self._holder, now, LEASE_LASTS)

    def _recover(self, pack: Pack) -> int:
        """Make good what a run that broke off left. Returns the newest number."""
        with pack.unit() as connection:
            head = connection.execute(select(feed_head).with_for_update()).one()
            if pack.shared:  # numbers, head and clearing are one transaction: nothing can be left
                return int(head.publish_no)
            ahead = feed.c.segment.in_((segment_of(head.publish_no), segment_of(head.publish_no + 1)))
            query = select(func.max(feed.c.publish_no)).where(ahead)
            newest = max(int(connection.execute(query).scalar_one() or 0), int(head.publish_no))
            left = self._numbered_since(connection, head.cleared_no, newest)
        if newest > head.publish_no:
            with pack.unit() as connection:
                self._move_head(connection, newest)
        if newest > head.cleared_no:
            self._clear(pack, left, newest)
        return newest

    @staticmethod
    def _numbered_since(connection: Connection, cleared: int, newest: int) -> list[tuple[str, str, str, int]]:
        columns = (feed.c.shard, feed.c.entity, feed.c.id, feed.c.n)
        here = (feed.c.segment >= segment_of(cleared + 1)) & feed.c.publish_no.between(cleared + 1, newest)
        return [tuple(row) for row in connection.execute(select(*columns).where(here))]

    def _number(self, pack: Pack, head: int) -> list[dict[str, Any]]:
        """Insert the next batch into the feed."""
        limit = self._batch_limit
        if not pack.shared:
            limit = min(limit, SEGMENT - (head + 1) % SEGMENT)  # one segment is one shard
            with self._units.database.read() as connection:
                found = self._waiting(connection, limit)
            if not found:
                return []
        with pack.unit() as connection:
            if pack.shared:
                found = self._waiting(connection, limit)
                if not found:
                    return []
            rows = _rows(found, head, self._new_mark())
            portable.insert_many(connection, feed, rows)
            self._step("numbered")
        return rows

    @staticmethod
    def _waiting(connection: Connection, limit: int) -> list[Row[Any]]:
        """The next changes, in the order they are to have; of one thing the earlier telling always first."""
        found = sorted(connection.execute(_NEXT, {"most": limit}), key=_PLACE)
        if len(found) == limit:
            # Clocks of workers differ: of no thing may an earlier telling stay behind.
            found = [*_left_behind(connection, found), *found]
        return _by_revision(found)[:limit]

    def _move_head(self, connection: Connection, newest: int) -> None:
        connection.execute(update(feed_head).values(publish_no=newest))

    def _clear(self, pack: Pack, numbered: Sequence[tuple[str, str, str, int]], newest: int) -> None:
        """Take what has its number out of ``outgoing``, shard by shard."""
        for keys in pack.units_of(numbered, itemgetter(0)):
            with pack.unit() as connection:
                self._step("clearing")
                gone = [{"s": shard, "e": entity, "i": subject, "k": n} for shard, entity, subject, n in keys]
                connection.execute(_GONE, gone)
        with pack.unit() as connection:
            connection.execute(update(feed_head).values(cleared_no=newest))


#: Looked at twenty times a second, and with every call of a till.
_WAITS = select(outgoing.c.n).limit(1)
_UNCLEARED = select(feed_head.c.cleared_no < feed_head.c.publish_no)
# By the index's own columns and no more: to order by others SQLite read and sorted all that waits for each batch of it.
_NEXT = select(outgoing).order_by(outgoing.c.at, outgoing.c.place).limit(bindparam("most"))
_GONE = delete(outgoing).where(
    and_(
        outgoing.c.shard == bindparam("s"),
        outgoing.c.entity == bindparam("e"),
        outgoing.c.id == bindparam("i"),
        outgoing.c.n == bindparam("k"),
    )
)


def _rows(found: Sequence[Row[Any]], head: int, mark: str) -> list[dict[str, Any]]:
    rows = []
    for number, row in enumerate(found, head + 1):
        rows.append(
            {
                "segment": segment_of(number),
                "publish_no": number,
                "shard": row.shard,
                "n": row.n,
                "mark": mark,
                "scope": row.scope,
                "entity": row.entity,
                "id": row.id,
                "deleted": row.deleted,
                "body": row.body,
                "seen": row.seen,
                "origin_till": row.origin_till,
                "origin_epoch": row.origin_epoch,
                "origin_seq": row.origin_seq,
            }
        )
    return rows


def _by_revision(found: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The same places, but of one thing in the order of its revisions."""
    places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, row in enumerate(found):
        places[(row.shard, row.entity, row.id)].append(place)
    ordered = list(found)
    for listed in places.values():
        if len(listed) > 1:
            for place, row in zip(listed, sorted((found[i] for i in listed), key=lambda row: row.n), strict=True):
                ordered[place] = row
    return ordered


def _left_behind(connection: Connection, found: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Earlier tellings of things in ``found`` that are not in it themselves."""
    newest: dict[tuple[str, str, str], int] = {}
    for row in found:
        key = (row.shard, row.entity, row.id)
        newest[key] = max(newest.get(key, 0), row.n)
    taken = {(row.shard, row.entity, row.id, row.n) for row in found}
    left: list[Row[Any]] = []
    for part in portable.chunks(row.shard for row in found if row.n > 1):
        for row in connection.execute(select(outgoing).where(outgoing.c.shard.in_(part))):
            key = (row.shard, row.entity, row.id)
            if row.n < newest.get(key, 0) and (*key, row.n) not in taken:
                left.append(row)
    return left
