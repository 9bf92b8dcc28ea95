"""The till's side of sync: hello, push until nothing waits, pull until the horizon. One call, no threads.

The app calls ``sync_once`` on its network lane and waits ``next_delay_s`` between calls. Whatever fails, the
queue keeps what is not acknowledged and the next call goes on from there: head office drops what it knows.
"""

from __future__ import annotations

import logging
import random as random_module
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason, Refusal
from pos_member.services.sync_ports import FeedPage, SyncStore, TillLink
from pos_member.sync import protocol
from pos_member.sync.enrol import TokenSource
from pos_member.sync.protocol import Advice, ErrorCode, ItemStatus
from pos_member.sync.transport import Answer, Transport, read_answer

Line = Literal["online", "offline", "never", "refused"]

#: Between two rounds while all is well.
POLL_S = 10.0
#: The first retry after head office was lost: spread, so that a thousand tills do not come back in one second.
FIRST_SPREAD_S = 120.0
BACKOFF_MAX_S = 300.0
#: A till that was refused asks again now and then: head office may have put it right meanwhile.
REFUSED_DELAY_S = 300.0
_BATCH_BYTES_MIN = 16 << 10

log = logging.getLogger(__name__)


class Stopped(Exception):
    """The app asked to stop between two requests."""


@dataclass(frozen=True)
class SyncState:
    """What the window shows. ``reason`` with ``params`` says why the line is not ``online``."""

    line: Line
    waiting: int
    bills_waiting: int
    oldest_waiting_at: datetime | None
    last_contact_at: datetime | None
    reason: Reason | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class SyncOutcome:
    """What one round did. ``reason`` is ``None`` when it went through to the horizon."""

    pushed: int
    applied: int
    duplicate: int
    quarantined: int
    pulled: int
    reason: Reason | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass
class _Round:
    """Figures of the round under way."""

    applied: int = 0
    duplicate: int = 0
    quarantined: int = 0
    pulled: int = 0

    def outcome(self, error: PosMemberError | None = None) -> SyncOutcome:
        pushed = self.applied + self.duplicate + self.quarantined
        reason, params = (None, {}) if error is None else (error.reason, dict(error.params))
        return SyncOutcome(pushed, self.applied, self.duplicate, self.quarantined, self.pulled, reason, params)


class SyncEngine:
    """One till's conversation with head office. Not thread-safe: one lane calls it; ``state`` may be read anywhere."""

    def __init__(
        self,
        store: SyncStore,
        transport: Transport,
        clock: Clock,
        random: random_module.Random | None = None,
        *,
        app_version: str = "",
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._transport = transport
        self._clock = clock
        self._random = random or random_module.Random()
        self._app_version = app_version
        self._stop = stop
        self._tokens: TokenSource | None = None
        self._tokens_for: TillLink | None = None
        self._limits = protocol.Limits()
        self._batch_bytes = self._limits.batch_bytes
        self._failures = 0
        self._error: PosMemberError | None = None
        self._last_contact_at: datetime | None = None

    def state(self) -> SyncState:
        """How things stand, from the queue and the last round."""
        queue = self._store.queue_status()
        error = self._error
        line: Line = "online"
        if isinstance(error, Refusal):
            line = "refused"
        elif self._contact() is None:
            line = "never"
        elif error is not None or self._last_contact_at is None:
            line = "offline"
        return SyncState(
            line=line,
            waiting=queue.waiting,
            bills_waiting=queue.bills_waiting,
            oldest_waiting_at=queue.oldest_waiting_at,
            last_contact_at=self._contact(),
            reason=error.reason if error else None,
            params=dict(error.params) if error else {},
        )

    @property
    def troubled(self) -> bool:
        """Whether the last round ended in trouble."""
        return self._error is not None

    def sync_once(self) -> SyncOutcome:
        """One whole round. Trouble ends the round and is in the outcome; bugs and a broken disk are raised."""
        done = _Round()
        try:
            self._round(done)
        except Stopped:
            return done.outcome()
        except (EnvironmentProblem, Refusal) as error:
            if error.reason not in _OF_THE_LINE:
                raise
            self._failures += 1
            self._error = error
            log.info("sync stopped: %s", error)
            return done.outcome(error)
        self._failures = 0
        self._error = None
        return done.outcome()

    def next_delay_s(self) -> float:
        """Seconds to wait before the next round."""
        if self._error is None:
            return POLL_S
        if isinstance(self._error, Refusal):
            return self._random.uniform(REFUSED_DELAY_S / 2, REFUSED_DELAY_S)
        if self._failures <= 1:
            delay = self._random.uniform(0, FIRST_SPREAD_S)
        else:
            # Jitter comes after the cap: below it every till would end up at the same five minutes.
            delay = self._random.uniform(0, min(BACKOFF_MAX_S, 2.0 ** min(self._failures, 16)))
        wanted = self._error.params.get("retry_after_s", 0)
        return delay + wanted if isinstance(wanted, int) else delay

    def _round(self, done: _Round) -> None:
        link = self._store.link()
        if link is None or link.private_key is None:
            raise Refusal(Reason.TILL_NOT_ENROLLED)
        if self._tokens is None or self._tokens_for != link:
            self._tokens = TokenSource(link.identity.id, link.private_key, self._clock)
            self._tokens_for = link
        hello = self._hello(link)
        self._push_all(link, hello, done)
        if hello.revoked:
            raise Refusal(Reason.TILL_REVOKED)
        if hello.reload:
            log.warning("head office's feed ends before this till's cursor: reading it from the start")
            self._store.clear_replica()
        self._pull_all(done)
        if self._store.asks_for_load():
            # After the pull: where the line is too poor for the whole feed at once, changes come down all the same.
            log.info("replica of an earlier build: reading head office's feed from the start")
            done.pulled += self._store.load_anew(self._pages(0))
        self._store.prune_acked(self._clock.now())

    def _hello(self, link: TillLink) -> protocol.HelloAnswer:
        head_seq, head_chain = self._store.head()
        request = protocol.HelloRequest(
            protocol=protocol.PROTOCOL,
            app=self._app_version,
            epoch=link.identity.epoch,
            head_seq=head_seq,
            head_chain=head_chain,
            acked_seq=self._store.acked_seq(),
            cursor=self._store.cursor(),
        )
        answer = self._call("POST", "/v1/hello", body=codec.canonical_bytes(request))
        if answer.status != 200:
            raise _refused(answer)
        hello = read_answer(protocol.HelloAnswer, answer)
        if hello.advice is Advice.FORK:
            raise Refusal(Reason.SYNC_FORK)
        if hello.advice is Advice.UPGRADE:
            raise Refusal(Reason.HEADOFFICE_REFUSED, detail=hello.advice.value)
        self._limits = hello.limits
        self._batch_bytes = min(self._batch_bytes, hello.limits.batch_bytes)
        return hello

    def _push_all(self, link: TillLink, hello: protocol.HelloAnswer, done: _Round) -> None:
        """Send until nothing waits. ``next_seq`` is ``None`` on the straight way: what the queue says is pending."""
        next_seq = hello.resend_from if hello.advice is Advice.RESEND else None
        while True:
            sizes = {"limit": self._limits.batch_events, "max_bytes": self._batch_bytes}
            if next_seq is not None and next_seq > self._store.acked_seq():
                next_seq = None
            waiting = self._store.pending(**sizes) if next_seq is None else self._store.events_from(next_seq, **sizes)
            if not waiting:
                return
            if next_seq is not None and waiting[0].seq != next_seq:
                raise Refusal(Reason.SYNC_GAP, seq=next_seq)
            body = protocol.encode_batch(link.identity.epoch, waiting)
            answer = self._call("POST", "/v1/push", body=body, content_type=protocol.EVENTS_TYPE)
            if answer.status == 413 and self._batch_bytes > _BATCH_BYTES_MIN and len(waiting) > 1:
                self._batch_bytes = max(_BATCH_BYTES_MIN, self._batch_bytes // 2)
                continue
            if answer.data.get("error") == ErrorCode.GAP:
                next_seq = _gap_start(answer, waiting[0].seq)
                continue
            if answer.status != 200:
                raise _refused(answer)
            pushed = read_answer(protocol.PushAnswer, answer)
            sent = waiting[-1].seq
            if pushed.last_seq < sent:
                raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, last_seq=pushed.last_seq)
            self._store.mark_acked(sent, self._clock.now())
            self._count(pushed, done)
            next_seq = None if next_seq is None else sent + 1

    def _count(self, pushed: protocol.PushAnswer, done: _Round) -> None:
        for item in pushed.items:
            if item.status is ItemStatus.APPLIED:
                done.applied += 1
            elif item.status is ItemStatus.DUPLICATE:
                done.duplicate += 1
            else:
                done.quarantined += 1
                log.warning("head office put event %d aside: %s", item.seq, item.reason)

    def _pull_all(self, done: _Round) -> None:
        for page in self._pages(self._store.cursor()):
            # Every page is written, an empty one too: it says up to when the figures are true.
            self._store.apply_changes(page.changes, page.cursor, page.included_seq, page.as_of)
            done.pulled += len(page.changes)

    def _pages(self, after: int) -> Iterator[FeedPage]:
        """Head office's feed from ``after`` to the horizon, at least one page."""
        while True:
            params = {"after": after, "limit": self._limits.pull_changes}
            answer = self._call("GET", "/v1/pull", params=params)
            if answer.status != 200:
                raise _refused(answer)
            page = read_answer(protocol.PullAnswer, answer)
            if page.after != after or page.upto < after or (page.more and page.upto == after):
                raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, after=after, upto=page.upto)
            yield FeedPage(tuple(page.changes), page.upto, page.included_seq, page.server_time)
            if not page.more:
                return
            after = page.upto

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = protocol.JSON_TYPE,
        params: Mapping[str, int] | None = None,
    ) -> Answer:
        """One request with the till's token; a refused token is renewed once."""
        assert self._tokens is not None
        for retry in (True, False):
            if self._stop():
                raise Stopped
            token = self._tokens.token(self._transport)
            answer = self._transport.exchange(
                method, path, body=body, content_type=content_type, params=params, token=token
            )
            self._last_contact_at = self._clock.now()
            if answer.status != 401 or not retry:
                break
            self._tokens.forget()
        return answer

    def _contact(self) -> datetime | None:
        """The last word from head office: in this run, or the one the replica remembers."""
        return self._last_contact_at or self._store.mark().as_of


#: What ends a round but not the engine. Anything else is the till's own trouble and goes to the app.
_OF_THE_LINE = frozenset(
    {
        Reason.LINE_DOWN,
        Reason.ANSWER_NOT_OURS,
        Reason.HEADOFFICE_BUSY,
        Reason.HEADOFFICE_FAILED,
        Reason.HEADOFFICE_REFUSED,
        Reason.TILL_REVOKED,
        Reason.TILL_NOT_ENROLLED,
        Reason.SYNC_FORK,
        Reason.SYNC_GAP,
    }
)


def _gap_start(answer: Answer, first_sent: int) -> int:
    """Where head office wants to go on from. Raises ``Refusal(SYNC_FORK)`` when that is not behind what was sent."""
    expected: Any = answer.data.get("expected_seq")
    if isinstance(expected, bool) or not isinstance(expected, int):
        raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, expected_seq=str(expected)[:20])
    if not 1 <= expected < first_sent:
        raise Refusal(Reason.SYNC_FORK)
    return expected


def _refused(answer: Answer) -> PosMemberError:
    error = answer.data.get("error")
    if error in (ErrorCode.FORK, ErrorCode.CHAIN_BROKEN, ErrorCode.EPOCH):
        return Refusal(Reason.SYNC_FORK, detail=error)
    if error == ErrorCode.REVOKED:
        return Refusal(Reason.TILL_REVOKED)
    return Refusal(Reason.HEADOFFICE_REFUSED, status=answer.status, detail=str(error)[:40])
