"""Upwards: the change queue in batches, in order, until nothing waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.services.sync_ports import SyncStore
from pos_member.sync import protocol
from pos_member.sync.conversation import Conversation, refused
from pos_member.sync.protocol import Advice, ErrorCode, ItemStatus
from pos_member.sync.round_figures import RoundFigures
from pos_member.sync.transport import Answer, read_answer

_BATCH_BYTES_MIN = 16 << 10
#: Under a limit of the till's own a batch takes no longer than this, packed to a fifth of its size.
_BATCH_S = 10
_PACKS_TO = 5

log = logging.getLogger(__name__)


class Pusher:
    """Sends what waits. Keeps the size of a batch that got through.

    ``bytes_s``: the till's own limit upwards, 0 for none: a batch is then no more than goes through in some seconds.
    """

    def __init__(
        self, store: SyncStore, line: Conversation, clock: Clock, bytes_s: Callable[[], int] = lambda: 0
    ) -> None:
        self._store = store
        self._line = line
        self._clock = clock
        self._bytes_s = bytes_s
        self._batch_bytes = line.limits.batch_bytes

    def waits(self) -> bool:
        """Whether anything is to be sent."""
        return self._store.head()[0] > self._store.acked_seq()

    def push_all(self, epoch: int, hello: protocol.HelloAnswer | None, done: RoundFigures) -> None:
        """Send until nothing waits, from where ``hello`` asks for it. Without ``hello``: what waits."""
        self._batch_bytes = min(self._batch_bytes, self._line.limits.batch_bytes)
        # None on the straight way: what the queue says is pending.
        next_seq = hello.resend_from if hello is not None and hello.advice is Advice.RESEND else None
        while True:
            sizes = {"limit": self._line.limits.batch_events, "max_bytes": self._bytes_at_once()}
            if next_seq is not None and next_seq > self._store.acked_seq():
                next_seq = None
            waiting = self._store.pending(**sizes) if next_seq is None else self._store.events_from(next_seq, **sizes)
            if not waiting:
                return
            if next_seq is not None and waiting[0].seq != next_seq:
                raise Refusal(Reason.SYNC_GAP, seq=next_seq)
            body = protocol.encode_batch(epoch, waiting)
            answer = self._line.call("POST", "/v1/push", body=body, content_type=protocol.EVENTS_TYPE)
            if answer.status == 413 and self._batch_bytes > _BATCH_BYTES_MIN and len(waiting) > 1:
                self._batch_bytes = max(_BATCH_BYTES_MIN, self._batch_bytes // 2)
                continue
            if answer.data.get("error") == ErrorCode.GAP:
                next_seq = _gap_start(answer, waiting[0].seq)
                continue
            if answer.status != 200:
                raise refused(answer)
            pushed = read_answer(protocol.PushAnswer, answer)
            sent = waiting[-1].seq
            if pushed.last_seq < sent:
                raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, last_seq=pushed.last_seq)
            # The later of both clocks: what is let go of some day was held for so long by either.
            self._store.mark_acked(sent, max(self._clock.now(), pushed.server_time))
            self._count(pushed, done)
            next_seq = None if next_seq is None else sent + 1

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
