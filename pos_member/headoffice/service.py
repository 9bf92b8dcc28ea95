"""Head office without the web: what each call means, on a database, a clock and an id maker.

The routes are thin around it, and so can be a simulation: everything a till can ask goes through here.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from pos_member.domain.clock import Clock
from pos_member.domain.errors import PosMemberError
from pos_member.domain.ids import is_id
from pos_member.headoffice import exceptions, feed, hello, identity, ingest, pulling, quotas, reading, schema, times
from pos_member.headoffice.acts import Act
from pos_member.headoffice.effects import Effects, Faults
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.feed_tail import Tail
from pos_member.headoffice.kept_acts import KeptActs
from pos_member.headoffice.large_batches import LARGE_BYTES, LargeBatches, nobody_waits
from pos_member.headoffice.portable import Database
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.reader_process import ReaderProcess
from pos_member.headoffice.seen_marks import Position
from pos_member.headoffice.snapshots import Snapshots
from pos_member.headoffice.stamper import Stamper
from pos_member.headoffice.steps import Step, no_step
from pos_member.headoffice.traffic import Traffic
from pos_member.headoffice.units import Units
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode, ItemStatus

log = logging.getLogger(__name__)
T = TypeVar("T")
#: A batch with more events than this is applied after its answer, where somebody looks after that.
INLINE_EVENTS = 20


class HeadOffice:
    """The use cases. Thread-safe. ``step`` is called at every point a process could die in while taking a batch in.

    ``distributed``: every transaction touches one shard, as where the tables lie on several machines.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: Callable[[], str],
        limits: protocol.Limits | None = None,
        step: Step = no_step,
        *,
        distributed: bool = False,
    ) -> None:
        self.database = database
        self.clock = clock
        self.limits = limits or protocol.Limits()
        self.new_id = new_id
        self._step = step
        self.units = Units(database, distributed=distributed)
        self.effects = Effects(self.units, step)
        self.stamper = Stamper(self.units, uuid4().hex, step=step)
        #: The files for tills that are far behind, where there are any.
        self.snapshots: Snapshots | None = None
        #: Wakes whoever applies what was taken in. Without one, every call applies what it brought.
        self.settler: Callable[[], None] | None = None
        self.traffic = Traffic()
        self._kept = KeptActs()
        self._tail = Tail()
        self._tokens = identity.Tokens(database)
        self._large = LargeBatches(one_writer=database.one_writer)
        self._reader: ReaderProcess | None = None
        #: Called with the newest number when there are newer ones.
        self.on_published: Callable[[int], None] = lambda _horizon: None

    def read_apart(self, reader: ReaderProcess) -> None:
        """Let ``reader`` read large batches, one while one is written; before any is served."""
        self._reader = reader
        self._large = LargeBatches(one_writer=self.database.one_writer, read_apart=True)

    def rest(self) -> None:
        """What is only kept for a rush is not needed now."""
        if self._reader is not None:
            self._reader.look()

    def enrol_code(self, branch_code: str) -> str:
        """A code for one till of a branch. Raises ``Problem(NOT_FOUND)`` for a branch nobody knows."""
        table = schema.catalogue
        known = (table.c.entity == "branch") & (table.c.code == branch_code)
        with self.database.write() as connection:
            branch_id = connection.execute(select(table.c.id).where(known)).scalars().first()
            if branch_id is None:
                raise Problem(ErrorCode.NOT_FOUND, branch=branch_code[:40])
            return identity.new_code(connection, branch_id, self.clock.now())

    def enrol_code_again(self, till_id: str, branch_code: str = "") -> str:
        """A code for a till that there is, or that this database has lost: it keeps its id, and its number if it can.

        Raises ``Problem(NOT_FOUND)`` for a till nobody knows without ``branch_code``, or a branch nobody knows.
        """
        till, table = schema.till, schema.catalogue
        named = (table.c.entity == "branch") & (table.c.code == branch_code)
        with self.database.write() as connection:
            branch_id = connection.execute(select(till.c.branch_id).where(till.c.id == till_id)).scalar_one_or_none()
            if branch_id is None:
                branch_id = connection.execute(select(table.c.id).where(named)).scalars().first()
            if branch_id is None or not is_id(till_id):
                raise Problem(ErrorCode.NOT_FOUND, branch=branch_code[:40])
            return identity.new_code(connection, branch_id, self.clock.now(), till_id)

    def enrol(self, request: protocol.EnrolRequest, address: str) -> protocol.EnrolAnswer:
        """Raises ``Problem(ENROL_CODE | RATE_LIMITED)``."""
        now = self.clock.now()
        if request.protocol != protocol.PROTOCOL:
            raise Problem(ErrorCode.MALFORMED, where="protocol")
        try:
            with self.database.write() as connection:
                identity.check_rate(connection, address, now)
                till = identity.enrol(connection, request, now, self.new_id)
                return protocol.EnrolAnswer(till, identity.server_public_key(connection), now)
        except Problem as problem:
            if problem.code is ErrorCode.ENROL_CODE:
                with self.database.write() as connection:
                    identity.note_failure(connection, address, now, self.new_id)
            raise

    def token(self, request: protocol.TokenRequest) -> protocol.TokenAnswer:
        """Raises ``Problem(UNAUTHORISED)``."""
        with self.database.read() as connection:
            return identity.token(connection, request, self.clock.now())

    def authenticate(self, bearer: str) -> str:
        """The id of the till that holds this token. Raises ``Problem(UNAUTHORISED)``."""
        return self._tokens.holder(bearer, self.clock.now())

    def known_holder(self, bearer: str) -> str | None:
        """As ``authenticate``, without the database; ``None`` where it has to be asked."""
        return self._tokens.known(bearer, self.clock.now())

    def hello(
        self, till_id: str, request: protocol.HelloRequest, said_at: datetime | None = None
    ) -> protocol.HelloAnswer:
        """Where both stand. ``said_at``: when the till spoke, where that is not now."""
        asked = request, self.limits, self.clock.now(), said_at
        with self.database.read() as connection:
            look = hello.look(connection, till_id, request)
            quiet = not pulling.something_waits(look)
            greeting = hello.glance(connection, look, *asked) if quiet else None
        if not quiet:
            self._catch_up(till_id)
            with self.database.read() as connection:
                greeting = hello.glance(connection, hello.look(connection, till_id, request), *asked)
        if greeting is not None:
            answer = hello.note(self.units, till_id, greeting)
        else:
            answer = hello.hello(self.units, till_id, *asked)
            self.stamp()
        newest = self.snapshots.newest() if self.snapshots is not None and not answer.revoked else None
        return answer if newest is None else replace(answer, snapshot=newest.cursor)

    def push(self, till_id: str, body: bytes) -> protocol.PushAnswer:
        """Take a batch in; a revoked till may still upload. ``body``: decompressed. Raises ``Problem``.

        Once the first stage is committed the batch is held whatever happens after: what the second stage and the
        stamper cannot do now, they do later.
        """
        large = len(body) > LARGE_BYTES
        place = self._large.place() if large else nullcontext(nobody_waits)
        with self.traffic.served(large=large), place as leave:
            return self._push(till_id, body, leave)

    def _push(self, till_id: str, body: bytes, leave: Callable[[], None]) -> protocol.PushAnswer:
        now = self.clock.now()
        batch = self._reader.read(till_id, body) if self._reader is not None and len(body) > LARGE_BYTES else None
        if batch is None:
            batch = reading.read_batch(till_id, body, self.limits.batch_events, self.limits.event_bytes)
        header, reads = batch.header, batch.events

        def take_in(connection: Connection) -> ingest.Taken:
            taken = ingest.push(connection, till_id, header, reads, now, self._step)
            leave()
            return taken

        try:
            # Repeatable: of a batch that is held already nothing is taken in twice.
            with self.database.later() if len(reads) > INLINE_EVENTS else nullcontext():
                taken = self.database.again(take_in, repeatable=True)
        except Problem as problem:
            self._report(till_id, problem)
            raise
        self._step("taken")
        items = self._settled(till_id, header.epoch, taken)
        self._step("committed")
        fates = Counter(item.status.value for item in items)
        log.info("push", extra={"fields": {"till": till_id, "last_seq": taken.last_seq, **fates}})
        return protocol.PushAnswer(tuple(items), taken.last_seq, server_time=now)

    def _settled(self, till_id: str, epoch: int, taken: ingest.Taken) -> list[protocol.PushItem]:
        """Apply and publish what was taken in. Returns the fates, with what was set aside on the way.

        Of a large batch the till need not wait for that: it is held.
        """
        if self.settler is not None and taken.waiting > INLINE_EVENTS:
            self._kept.put(till_id, taken.acts)
            self.settler()
            return taken.items
        try:
            faults = self._apply(till_id, taken.acts)
            self.stamp()
        except (OperationalError, PosMemberError) as problem:
            log.warning("push: held, to be applied later: %s", type(problem).__name__)
            return taken.items
        return [
            replace(item, status=ItemStatus.QUARANTINED, reason=faults[(epoch, item.seq)])
            if (epoch, item.seq) in faults and item.status is ItemStatus.APPLIED
            else item
            for item in taken.items
        ]

    def _apply(
        self,
        till_id: str,
        known: Mapping[Position, Act] | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> Faults:
        """Apply what waits of one till, and raise its quotas by what it gave."""
        # Taken in any case: once they are applied nobody asks for them.
        known = self._kept.take(till_id) | dict(known or {})
        faults = self.effects.settle(till_id, self.clock.now(), known, before)
        with self.database.read() as connection:
            raising = quotas.wanted(connection, till_id)
        if raising:
            self.database.again(lambda connection: quotas.top_up(connection, till_id), repeatable=True)
        return faults

    def pull(self, till_id: str, after: int, limit: int) -> protocol.PullAnswer:
        """The next page of the feed. Raises ``Problem(REVOKED | MALFORMED)``."""
        return self._pulled(pulling.pull, till_id, after, limit)

    def pull_written(self, till_id: str, after: int, limit: int) -> bytes:
        """As ``pull``, as JSON."""
        return self._pulled(pulling.pull_written, till_id, after, limit)

    def news_written(self, till_id: str, after: int, limit: int) -> bytes:
        """As ``pull_written``, for one who waited: what is published, whatever is about to be."""
        asked = till_id, after, min(limit, self.limits.pull_changes), self.clock.now(), self._tail
        with self.database.read() as connection:
            found = pulling.pull_written(connection, *asked, whole=False)
        assert found is not None
        return found

    def _pulled(self, pull: Callable[..., T | None], till_id: str, after: int, limit: int) -> T:
        """With the till's own events in it: they are applied and numbered first, where they wait."""
        asked = till_id, after, min(limit, self.limits.pull_changes), self.clock.now(), self._tail
        with self.database.read() as connection:
            found = pull(connection, *asked, whole=True)
        if found is None:
            self._catch_up(till_id)
            with self.database.read() as connection:
                found = pull(connection, *asked, whole=False)
        assert found is not None
        return found

    def _catch_up(self, till_id: str) -> None:
        """Apply and number what waits, so that a till hears of its own events at once; much is left to the settler."""
        with self.database.read() as connection:
            waiting = self.effects.waiting(connection, till_id, INLINE_EVENTS + 1)
        if self.settler is not None and waiting > INLINE_EVENTS:
            self.settler()
        elif waiting:
            self._apply(till_id)
        self.stamp()

    def horizon(self) -> int:
        """The newest number of the feed."""
        with self.database.read() as connection:
            return feed.horizon(connection)

    def settle_effects(self, before: Callable[[], object] = lambda: None) -> int:
        """Apply what waits of all tills: after a start, and now and then. Returns how many tills had something."""
        with self.database.read() as connection:
            tills = self.effects.waiting_tills(connection)
        self._kept.drop_others(tills)
        for till_id in tills:
            self._apply(till_id, before=before)
            self.stamp()
        return len(tills)

    def stamp(self) -> int:
        """Give what waits its numbers, where no other worker does that. Returns how many changes."""
        done = self.stamper.run(self.clock.now())
        if done:
            self.on_published(self.horizon())
        return done

    def look(self) -> int:
        """Number what others left, and say how far the feed is then: for those who wait for news."""
        self.stamp()
        return self.horizon()

    def _report(self, till_id: str, problem: Problem) -> None:
        """A fork or a broken chain is shown at head office too; the batch itself left no trace."""
        kinds = {ErrorCode.FORK: ExceptionKind.FORK, ErrorCode.CHAIN_BROKEN: ExceptionKind.CHAIN_BROKEN}
        if problem.code in kinds:
            log.warning("till %s: %s", till_id, problem)
            finding = Finding(kinds[problem.code], till_id, True, detail={"till_id": till_id, **problem.extra})
            with self.database.write() as connection:
                exceptions.record(connection, [finding], times.stored(self.clock.now()))
