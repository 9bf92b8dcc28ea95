"""A till and its epochs: hello until both agree in which epoch it goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable

from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.services.sync_ports import AtHello, Doubt, SyncStore, TillLink
from pos_member.sync import protocol
from pos_member.sync.protocol import Advice, ErrorCode, HelloAnswer, HelloRequest

#: A second answer of "go on in another epoch" can only come from another copy of this till having been quicker.
_ANSWERS_MAX = 2
_NUMBER_MAX = 10**9
_SERIES = ("bill", "return", "member")

log = logging.getLogger(__name__)


def hello_request(stands: AtHello, clock: Clock, app_version: str) -> HelloRequest:
    """Where this till stands."""
    return HelloRequest(
        protocol=protocol.PROTOCOL,
        app=app_version,
        epoch=stands.link.identity.epoch,
        head_seq=stands.head_seq,
        head_chain=stands.head_chain,
        acked_seq=stands.acked_seq,
        cursor=stands.cursor,
        cursor_mark=stands.feed_mark,
        database_id=stands.database_id,
        restored=stands.doubt is not None,
        doubt=stands.doubt or "",
        kept_from=stands.kept_from,
        at=clock.now(),
    )


def follow(store: SyncStore, link: TillLink, hello: HelloAnswer, clock: Clock) -> None:
    """Go on in the epoch that head office names. Raises ``EnvironmentProblem(ANSWER_NOT_OURS)``."""
    if hello.epoch <= link.identity.epoch:
        raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, epoch=hello.epoch)
    numbers = {name: hello.next_numbers[name] for name in _SERIES if name in hello.next_numbers}
    if not all(0 <= number <= _NUMBER_MAX for number in numbers.values()):
        raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, where="next_numbers")
    log.warning("head office begins epoch %d of this till (it was in %d)", hello.epoch, link.identity.epoch)
    store.begin_epoch(hello.epoch, numbers, clock.now(), refill=hello.refill, new_name=hello.new_name)


class Epochs:
    """Asks head office and follows. ``say_hello`` makes the call for the till as it is in the store."""

    def __init__(self, store: SyncStore, clock: Clock, say_hello: Callable[[AtHello], HelloAnswer]) -> None:
        self._store = store
        self._clock = clock
        self._say_hello = say_hello

    def agree(self) -> tuple[TillLink, HelloAnswer]:
        """Who this till is, and an answer that belongs to its epoch.

        Raises ``Refusal``: TILL_NOT_ENROLLED, TILL_COPIED, SYNC_FORK, TILL_OUTDATED, HEADOFFICE_OUTDATED; and as the
        call does. The sidecar is written first, so that what is sent from now on was noted before.
        """
        self._store.keep_sidecar()
        for _ in range(_ANSWERS_MAX + 1):
            stands = self._store.at_hello()
            if stands is None:
                raise Refusal(Reason.TILL_NOT_ENROLLED)
            link, hello = stands.link, self._say_hello(stands)
            if hello.advice is Advice.UPGRADE:
                older = hello.protocol and hello.protocol < protocol.PROTOCOL
                raise Refusal(Reason.HEADOFFICE_OUTDATED if older else Reason.TILL_OUTDATED)
            if hello.advice is Advice.FORK:
                raise Refusal(Reason.SYNC_FORK)
            if hello.advice is not Advice.NEW_EPOCH:
                return link, hello
            follow(self._store, link, hello, self._clock)
        raise Refusal(Reason.TILL_COPIED)

    def forked(self, refusal: Refusal) -> None:
        """Head office refused a batch because it holds another history: the next hello says so, and gets an epoch.

        Raises ``refusal`` again where it is about something else. A batch of an epoch that is over (another copy was
        heard in between) says nothing about the history.
        """
        if refusal.reason is not Reason.SYNC_FORK:
            raise refusal
        if refusal.params.get("detail") != ErrorCode.EPOCH:
            self._store.raise_doubt(Doubt.FORK)
