"""Head office without the web: what each call means, on a database, a clock and an id maker.

The routes are thin around it, and so can be a simulation: everything a till can ask goes through here.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

from sqlalchemy import select

from pos_member.domain.clock import Clock
from pos_member.domain.errors import Refusal
from pos_member.headoffice import exceptions, hello, identity, ingest, pulling, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.portable import Database
from pos_member.headoffice.problems import Problem
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

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
        with self.database.write() as connection:
            return hello.hello(connection, till_id, request, self.limits, self.clock.now())

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
        with self.database.read() as connection:
            return pulling.pull(connection, till_id, after, min(limit, self.limits.pull_changes), self.clock.now())

    def _report(self, till_id: str, problem: Problem) -> None:
        """A fork or a broken chain is shown at head office too; the batch itself left no trace."""
        kinds = {ErrorCode.FORK: ExceptionKind.FORK, ErrorCode.CHAIN_BROKEN: ExceptionKind.CHAIN_BROKEN}
        if problem.code in kinds:
            log.warning("till %s: %s", till_id, problem)
            finding = Finding(kinds[problem.code], till_id, True, detail={"till_id": till_id, **problem.extra})
            with self.database.write() as connection:
                exceptions.record(connection, [finding], times.stored(self.clock.now()))
