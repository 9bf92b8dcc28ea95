"""Spending rights in a round of sync: what was identified here is asked about, what was given back is told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.org import TillIdentity
from pos_member.domain.rights import RightUse, SpendingRight
from pos_member.services.rights_ports import Forgotten, RightsStore
from pos_member.sync.conversation import Conversation, refused
from pos_member.sync.protocol import ErrorCode
from pos_member.sync.protocol_rights import RIGHTS_ITEMS_MAX, RightsAnswer, RightsRequest
from pos_member.sync.transport import Answer, read_answer

#: A till that asks about more in one round than this has a counter that nobody could stand at.
_REQUESTS_MAX = 5
_PATH = "/v1/rights"
#: What lapsed long ago is forgotten now and then.
_PRUNE_EVERY = timedelta(hours=1)
#: What came to the request after its first build: left out where it is not said.
_LATER_FIELDS = frozenset({"acked_seq", "head_seq", "earned"})

log = logging.getLogger(__name__)


class RightsExchange:
    """Called by the engine once per round, when what waits was sent. ``keep`` notes beside the database where the till
    stands."""

    def __init__(self, store: RightsStore, line: Conversation, clock: Clock, keep: Callable[[], None]) -> None:
        self._store = store
        self._keep = keep
        self._line = line
        self._clock = clock
        self._pruned_at: datetime | None = None

    def exchange(self, identity: TillIdentity, recalls: Sequence[str] = (), clock_off_s: int = 0) -> int:
        """Give back what is asked back and not needed, tell it, ask about members identified; returns rights gained.

        What acknowledged bills earned is this till's no longer by itself: it is asked for with the others, so that it
        can be spent here when the line is gone. ``recalls`` as of hello; ``clock_off_s``: head office's clock less this
        till's. Rights are stored before this returns. Raises as ``Conversation.call``; members that were to be asked
        about stay on the list then.
        """
        now = self._clock.now()
        heard = self._line.last_contact_at or now
        self._store.note_contact(heard, heard + timedelta(seconds=clock_off_s))
        # Lapsed by both clocks: a right that is forgotten sooner would come again with nothing marked as spent of it.
        self._prune(min(now, now + timedelta(seconds=clock_off_s)))
        if not recalls and self._store.quiet(now):
            return 0
        self._store.release(recalls, now)
        gained, applied = 0, True
        for turn in range(_REQUESTS_MAX):
            if turn:
                self._line.bills_first()
            asked = self._question(applied)
            if asked.empty:
                break
            # What head office hears of as ended it gives to others: this till must know that if it is put back.
            self._keep()
            answer = self._ask(identity, asked)
            if answer is None:
                break
            gained += answer.gained
            applied = applied and not answer.later
        return gained

    def _prune(self, now: datetime) -> None:
        if self._pruned_at is None or not timedelta(0) <= now - self._pruned_at < _PRUNE_EVERY:
            self._store.prune(now)
            self._pruned_at = now

    def _question(self, applied: bool) -> _Question:
        """What the next request is about. ``applied``: head office is not still at work on what was sent."""
        release = self._store.to_tell(RIGHTS_ITEMS_MAX)
        touched = self._store.take_touched(RIGHTS_ITEMS_MAX - len(release))
        room = RIGHTS_ITEMS_MAX - len(release) - len(touched)
        forgotten = self._store.forgotten(room, self._clock.now()) if room and applied else Forgotten()
        # With what is asked for anew comes no more than was earned: who also stands at the counter is asked about next.
        both = frozenset(touched) & frozenset(forgotten.member_ids)
        for member_id in reversed(touched):
            if member_id in both:
                self._store.touch(member_id)
        return _Question(release, tuple(each for each in touched if each not in both), forgotten)

    def _call(self, request: RightsRequest) -> Answer:
        """Without a field that an older head office does not know, once it said so: it then answers as it did."""
        while True:
            answer = self._line.call("POST", _PATH, body=codec.canonical_bytes(request))
            name = str(answer.data.get("where", "")).rpartition(".")[2]
            known = name not in _LATER_FIELDS or not getattr(request, name)
            if known or answer.data.get("error") != ErrorCode.MALFORMED:
                return answer
            log.info("head office is older: it is asked for rights without %s", name)
            not_said: dict[str, Any] = {name: 0}
            request = replace(request, **not_said)

    def _ask(self, identity: TillIdentity, asked: _Question) -> _Told | None:
        """One request; ``None`` where head office gives no rights now and the round goes on without them."""
        forgotten = asked.forgotten
        touch = tuple(dict.fromkeys((*asked.touched, *forgotten.member_ids)))
        said_of = forgotten.acked_seq, forgotten.head_seq, len(forgotten.member_ids)
        request = RightsRequest(identity.epoch, touch, asked.release, *said_of)
        told: _Told | None = None
        try:
            answer = self._call(request)
            if answer.data.get("error") in (ErrorCode.EPOCH, ErrorCode.NOT_FOUND):
                # Another epoch is the next hello's matter; an older head office has no rights to give.
                log.info("head office gives no rights now: %s", answer.data.get("error"))
                return None
            if answer.status != 200:
                raise refused(answer)
            said = read_answer(RightsAnswer, answer)
            gained = self._store.store(own_rights(identity, said.granted))
            self._store.told(use.right_id for use in asked.release)
            if forgotten.member_ids and not said.later:
                self._store.asked(forgotten.upto)
            told = _Told(gained, said.later)
        finally:
            if told is None:
                # The one identified last stands at the counter: it stays the first to be asked about.
                for member_id in reversed(asked.touched):
                    self._store.touch(member_id)
        return told


@dataclass(frozen=True)
class _Question:
    release: tuple[RightUse, ...]
    touched: tuple[str, ...]
    forgotten: Forgotten

    @property
    def empty(self) -> bool:
        return not (self.release or self.touched or self.forgotten.member_ids)


@dataclass(frozen=True)
class _Told:
    gained: int
    later: bool


def own_rights(identity: TillIdentity, rights: Iterable[SpendingRight]) -> list[SpendingRight]:
    """Those that are this till's, of this epoch: nothing else may ever be held."""
    return [right for right in rights if (right.till_id, right.epoch) == (identity.id, identity.epoch)]
