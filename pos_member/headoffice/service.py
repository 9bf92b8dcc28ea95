"""Head office without the web: what each call means, on a database, a clock and an id maker.

The routes are thin around it, and so can be a simulation: everything a till can ask goes through here.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

from sqlalchemy import select, update

from pos_member.domain.clock import Clock
from pos_member.domain.errors import Refusal
from pos_member.headoffice import exceptions, feed, identity, ingest, quotas, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.portable import Database
from pos_member.headoffice.problems import Problem
from pos_member.sync import protocol
from pos_member.sync.protocol import Advice, ErrorCode

log = logging.getLogger(__name__)


class HeadOffice:
    """The use cases. Thread-safe. ``step`` is called at every point a process could die in while taking a batch in."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: Callable[[], str],
        limits: protocol.Limits | None = None,
        step: ingest.Step = lambda _name: None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.limits = limits or protocol.Limits()
        self.new_id = new_id
        self._step = step

    def enrol_code(self, branch_code: str) -> str:
        """A code for one till of a branch. Raises ``Problem(NOT_FOUND)`` for a branch nobody knows."""
        table = schema.catalogue
        known = (table.c.entity == "branch") & (table.c.code == branch_code)
        with self.database.write() as connection:
            branch_id = connection.execute(select(table.c.id).where(known)).scalars().first()
            if branch_id is None:
                raise Problem(ErrorCode.NOT_FOUND, branch=branch_code[:40])
            return identity.new_code(connection, branch_id, self.clock.now())

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
        with self.database.read() as connection:
            return identity.token_holder(connection, bearer, self.clock.now())

    def hello(self, till_id: str, request: protocol.HelloRequest) -> protocol.HelloAnswer:
        """Where both stand."""
        now = self.clock.now()
        with self.database.write() as connection:
            caller = identity.caller(connection, till_id)
            advice, resend_from = self._advice(caller, request)
            if advice is Advice.OK and request.head_seq and request.head_seq <= caller.last_seq:
                table = schema.event
                here = (table.c.till_id == caller.id) & (table.c.epoch == caller.epoch)
                query = select(table.c.chain).where(here, table.c.seq == request.head_seq)
                if connection.execute(query).scalar_one_or_none() != request.head_chain:
                    advice = Advice.FORK
            if advice is Advice.FORK:
                detail = {"till_id": caller.id, "head_seq": request.head_seq, "last_seq": caller.last_seq}
                exceptions.record(
                    connection, [Finding(ExceptionKind.FORK, caller.id, True, detail=detail)], times.stored(now)
                )
            seen = {"last_contact_at": times.stored(now), "app_version": request.app[:40], "cursor": request.cursor}
            connection.execute(update(schema.till).where(schema.till.c.id == caller.id).values(**seen))
            if not caller.revoked and advice is Advice.OK:
                quotas.top_up(connection, caller.id)
            horizon = feed.horizon(connection)
        return protocol.HelloAnswer(
            advice=advice,
            last_seq=caller.last_seq,
            resend_from=resend_from,
            horizon=horizon,
            revoked=caller.revoked,
            reload=request.cursor > horizon,
            limits=self.limits,
            server_time=now,
        )

    def push(self, till_id: str, body: bytes) -> protocol.PushAnswer:
        """Take a batch in; a revoked till may still upload. ``body``: decompressed. Raises ``Problem``."""
        now = self.clock.now()
        try:
            header, events = protocol.decode_batch(body, self.limits.batch_events)
        except Refusal as refusal:
            raise Problem(ErrorCode.MALFORMED, where=str(refusal.params.get("where", ""))) from refusal
        if header.protocol != protocol.PROTOCOL:
            raise Problem(ErrorCode.MALFORMED, where="protocol")
        reads = ingest.read_events(till_id, events, self.limits.event_bytes)
        try:
            with self.database.write() as connection:
                items, last_seq = ingest.push(connection, till_id, header, reads, now, self._step)
        except Problem as problem:
            self._report(till_id, problem)
            raise
        self._step("committed")
        fates = Counter(item.status.value for item in items)
        log.info("push", extra={"fields": {"till": till_id, "last_seq": last_seq, **fates}})
        return protocol.PushAnswer(tuple(items), last_seq, server_time=now)

    def pull(self, till_id: str, after: int, limit: int) -> protocol.PullAnswer:
        """The next page of the feed. Raises ``Problem(REVOKED | MALFORMED)``."""
        now = self.clock.now()
        with self.database.read() as connection:
            caller = identity.caller(connection, till_id)
            if caller.revoked:
                raise Problem(ErrorCode.REVOKED)
            if not 0 <= after <= feed.horizon(connection):
                raise Problem(ErrorCode.MALFORMED, where="after")
            asked = max(1, min(limit, self.limits.pull_changes))
            page = feed.page(connection, caller.id, caller.branch_id, caller.last_seq, after, asked)
        return protocol.PullAnswer(
            after, page.upto, page.horizon, page.included_seq, page.more, page.changes, server_time=now
        )

    def _advice(self, caller: identity.Caller, request: protocol.HelloRequest) -> tuple[Advice, int]:
        if request.protocol != protocol.PROTOCOL:
            return Advice.UPGRADE, 0
        if request.epoch != caller.epoch or request.head_seq < caller.last_seq:
            return Advice.FORK, 0  # an older copy of the till: head office holds facts it does not know
        if caller.last_seq < request.acked_seq:
            return Advice.RESEND, caller.last_seq + 1
        return Advice.OK, 0

    def _report(self, till_id: str, problem: Problem) -> None:
        """A fork or a broken chain is shown at head office too; the batch itself left no trace."""
        kinds = {ErrorCode.FORK: ExceptionKind.FORK, ErrorCode.CHAIN_BROKEN: ExceptionKind.CHAIN_BROKEN}
        if problem.code in kinds:
            log.warning("till %s: %s", till_id, problem)
            finding = Finding(kinds[problem.code], till_id, True, detail={"till_id": till_id, **problem.extra})
            with self.database.write() as connection:
                exceptions.record(connection, [finding], times.stored(self.clock.now()))
