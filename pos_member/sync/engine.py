"""The till's side of sync: hello, push until nothing waits, pull until the horizon. One call, no threads.

The app calls ``sync_once`` on its network lane and waits ``next_delay_s`` between calls. Whatever fails, the
queue keeps what is not acknowledged and the next call goes on from there: head office drops what it knows.
"""

from __future__ import annotations

import logging
import random as random_module
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason, Refusal
from pos_member.services.sync_ports import SyncStore, TillLink
from pos_member.sync import protocol
from pos_member.sync.conversation import Conversation, Stopped, refused
from pos_member.sync.protocol import Advice
from pos_member.sync.pulling import Puller
from pos_member.sync.pushing import Pusher
from pos_member.sync.round_figures import RoundFigures, SyncOutcome
from pos_member.sync.transport import Transport, read_answer

Line = Literal["online", "offline", "never", "refused"]

#: Between two rounds while all is well.
POLL_S = 10.0
#: The first retry after head office was lost: spread, so that a thousand tills do not come back in one second.
FIRST_SPREAD_S = 120.0
BACKOFF_MAX_S = 300.0
#: A till that was refused asks again now and then: head office may have put it right meanwhile.
REFUSED_DELAY_S = 300.0

log = logging.getLogger(__name__)


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
        self._clock = clock
        self._random = random or random_module.Random()
        self._app_version = app_version
        self._line = Conversation(transport, clock, stop)
        self._pusher = Pusher(store, self._line, clock)
        self._puller = Puller(store, self._line)
        self._failures = 0
        self._error: PosMemberError | None = None

    def state(self) -> SyncState:
        """How things stand, from the queue and the last round."""
        queue = self._store.queue_status()
        error = self._error
        line: Line = "online"
        if isinstance(error, Refusal):
            line = "refused"
        elif self._contact() is None:
            line = "never"
        elif error is not None or self._line.last_contact_at is None:
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
        done = RoundFigures()
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

    def _round(self, done: RoundFigures) -> None:
        link = self._store.link()
        if link is None:
            raise Refusal(Reason.TILL_NOT_ENROLLED)
        self._line.speak_as(link)
        hello = self._hello(link)
        self._pusher.push_all(link.identity.epoch, hello, done)
        if hello.revoked:
            raise Refusal(Reason.TILL_REVOKED)
        if hello.reload:
            log.warning("head office's feed ends before this till's cursor: reading it from the start")
            self._store.clear_replica()
        self._puller.pull_all(done)
        if self._store.asks_for_load():
            # After the pull: where the line is too poor for the whole feed at once, changes come down all the same.
            log.info("replica of an earlier build: reading head office's feed from the start")
            done.pulled += self._store.load_anew(self._puller.pages(0))
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
        answer = self._line.call("POST", "/v1/hello", body=codec.canonical_bytes(request))
        if answer.status != 200:
            raise refused(answer)
        hello = read_answer(protocol.HelloAnswer, answer)
        if hello.advice is Advice.FORK:
            raise Refusal(Reason.SYNC_FORK)
        if hello.advice is Advice.UPGRADE:
            raise Refusal(Reason.HEADOFFICE_REFUSED, detail=hello.advice.value)
        self._line.limits = hello.limits
        return hello

    def _contact(self) -> datetime | None:
        """The last word from head office: in this run, or the one the replica remembers."""
        return self._line.last_contact_at or self._store.mark().as_of


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
