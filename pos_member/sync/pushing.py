"""Upwards: the change queue in batches, in order, until nothing waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.services.sync_ports import SyncStore
from pos_member.sync import protocol
from pos_member.sync.ahead import Helper, beside
from pos_member.sync.conversation import Conversation, refused
from pos_member.sync.packing import Body
from pos_member.sync.protocol import Advice, ErrorCode, ItemStatus
from pos_member.sync.round_figures import RoundFigures
from pos_member.sync.transport import Answer, read_answer

_BATCH_BYTES_MIN = 16 << 10
#: Under a limit of the till's own a batch takes no longer than this, packed to a fifth of its size.
_BATCH_S = 10
_PACKS_TO = 5

log = logging.getLogger(__name__)


class _Batch(NamedTuple):
    """Events ``first`` … ``last`` as they are sent. ``sizes``: what was allowed when they were read."""

    first: int
    last: int
    sizes: tuple[int, int]
    body: Body


class Pusher:
    """Sends what waits, one batch after the other. Keeps the size of a batch that got through.

    While head office works on a batch the next one is made ready, and no more than that one. ``helper``: where. It is
    sent only where it is still what is to be sent next: after a plain acknowledgement, under the same limits.
    ``bytes_s``: the till's own limit upwards, 0 for none: a batch is then no more than goes through in some seconds.
    """

    def __init__(
        self,
        store: SyncStore,
        line: Conversation,
        clock: Clock,
        bytes_s: Callable[[], int] = lambda: 0,
        helper: Helper = beside,
    ) -> None:
        self._store = store
        self._line = line
        self._clock = clock
        self._bytes_s = bytes_s
        self._helper = helper
        self._batch_bytes = line.limits.batch_bytes
        #: What the last batch was packed as: the next one most likely is too.
        self._packed_as = ""

    def waits(self) -> bool:
        """Whether anything is to be sent."""
        return self._store.waits()

    def push_all(self, epoch: int, hello: protocol.HelloAnswer | None, done: RoundFigures) -> None:
        """Send until nothing waits, from where ``hello`` asks for it. Without ``hello``: what waits."""
        self._batch_bytes = min(self._batch_bytes, self._line.limits.batch_bytes)
        # None on the straight way: what the queue says is pending.
        next_seq = hello.resend_from if hello is not None and hello.advice is Advice.RESEND else None
        ahead: Future[_Batch | None] | None = None
        with self._helper() as helper:
            while True:
                if next_seq is not None and next_seq > self._store.acked_seq():
                    next_seq = None
                batch = self._next(epoch, next_seq, ahead)
                ahead = None
                if batch is None:
                    return
                if next_seq is not None and batch.first != next_seq:
                    raise Refusal(Reason.SYNC_GAP, seq=next_seq)
                if batch.last < self._store.head()[0]:
                    ahead = helper.submit(self._read, epoch, batch.last + 1)
                answer = self._line.call("POST", "/v1/push", body=batch.body, content_type=protocol.EVENTS_TYPE)
                self._packed_as = batch.body.encoding
                if answer.status == 413 and self._batch_bytes > _BATCH_BYTES_MIN and batch.first < batch.last:
                    self._batch_bytes = max(_BATCH_BYTES_MIN, self._batch_bytes // 2)
                    continue  # what is ahead does not begin where the next one does: it is thrown away
                if answer.data.get("error") == ErrorCode.GAP:
                    next_seq = _gap_start(answer, batch.first)
                    continue
                if answer.status != 200:
                    raise refused(answer)
                self._acknowledged(batch.last, read_answer(protocol.PushAnswer, answer), done)
                next_seq = None if next_seq is None else batch.last + 1

    def _next(self, epoch: int, seq: int | None, ahead: Future[_Batch | None] | None) -> _Batch | None:
        """The batch from ``seq`` on, or of what is pending: the one made ready, where it is that one; ``None`` when
        nothing waits. Raises what making it ready raised."""
        ready = None if ahead is None else ahead.result()
        if ready is not None and ready.sizes == self._sizes():
            wanted = self._store.acked_seq() + 1 if seq is None else seq
            if ready.first == wanted:
                return ready
        return self._read(epoch, seq)

    def _read(self, epoch: int, seq: int | None) -> _Batch | None:
        limit, max_bytes = sizes = self._sizes()
        if seq is None:
            waiting = self._store.pending(limit, max_bytes)
        else:
            waiting = self._store.events_from(seq, limit, max_bytes)
        if not waiting:
            return None
        body = Body(protocol.encode_batch(epoch, waiting))
        if self._packed_as:
            body.packed(self._packed_as)
        return _Batch(waiting[0].seq, waiting[-1].seq, sizes, body)

    def _acknowledged(self, sent: int, pushed: protocol.PushAnswer, done: RoundFigures) -> None:
        if pushed.last_seq < sent:
            raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, last_seq=pushed.last_seq)
        # The later of both clocks: what is let go of some day was held for so long by either.
        self._store.mark_acked(sent, max(self._clock.now(), pushed.server_time))
        self._count(pushed, done)

    def _sizes(self) -> tuple[int, int]:
        return self._line.limits.batch_events, self._bytes_at_once()

    def _bytes_at_once(self) -> int:
        limit = self._bytes_s()
        paced = max(_BATCH_BYTES_MIN, limit * _BATCH_S * _PACKS_TO) if limit else self._batch_bytes
        return min(self._batch_bytes, paced)

    def _count(self, pushed: protocol.PushAnswer, done: RoundFigures) -> None:
        for item in pushed.items:
            if item.status is ItemStatus.APPLIED:
                done.applied += 1
            elif item.status is ItemStatus.DUPLICATE:
                done.duplicate += 1
            else:
                done.quarantined += 1
                log.warning("head office put event %d aside: %s", item.seq, item.reason)


def _gap_start(answer: Answer, first_sent: int) -> int:
    """Where head office wants to go on from. Raises ``Refusal(SYNC_FORK)`` when that is not behind what was sent."""
    expected: Any = answer.data.get("expected_seq")
    if isinstance(expected, bool) or not isinstance(expected, int):
        raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, expected_seq=str(expected)[:20])
    if not 1 <= expected < first_sent:
        raise Refusal(Reason.SYNC_FORK)
    return expected
