"""One conversation with head office: requests that bear the till's token, and when it was last heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason, Refusal
from pos_member.services.sync_ports import TillLink
from pos_member.sync import protocol
from pos_member.sync.enrol import TokenSource
from pos_member.sync.protocol import ErrorCode
from pos_member.sync.transport import Answer, Transport, read_answer

#: Another copy's turn is over sooner, by any head office.
TURN_WAIT_MAX_S = 3_600


class Stopped(Exception):
    """The app asked to stop between two requests."""


class Conversation:
    """Requests of one till, one after the other. ``limits`` are head office's as last announced.

    ``bills_first`` is called before everything that is fetched: a download comes in slices, and what waits to be sent
    goes between them.
    """

    def __init__(self, transport: Transport, clock: Clock, stop: Callable[[], bool] = lambda: False) -> None:
        self._transport = transport
        self._clock = clock
        self._stop = stop
        self._tokens: TokenSource | None = None
        self._tokens_for: TillLink | None = None
        self.last_contact_at: datetime | None = None
        self.limits = protocol.Limits()
        self.till_id = ""
        self.bills_first: Callable[[], None] = lambda: None
        self._sending_first = False

    def speak_as(self, link: TillLink) -> None:
        """From now on the requests are this till's. Raises ``Refusal(TILL_NOT_ENROLLED)`` without a key."""
        if link.private_key is None:
            raise Refusal(Reason.TILL_NOT_ENROLLED)
        self.till_id = link.identity.id
        if self._tokens is None or self._tokens_for != link:
            self._tokens = TokenSource(link.identity.id, link.private_key, self._clock)
            self._tokens_for = link

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = protocol.JSON_TYPE,
        params: Mapping[str, int] | None = None,
    ) -> Answer:
        """One request; a refused token is renewed once. Raises as ``Transport``, and ``Stopped``."""
        assert self._tokens is not None
        if method == "GET" and not self._sending_first:
            self._sending_first = True
            try:
                self.bills_first()
            finally:
                self._sending_first = False
        for retry in (True, False):
            if self._stop():
                raise Stopped
            token = self._tokens.token(self._transport)
            answer = self._transport.exchange(
                method, path, body=body, content_type=content_type, params=params, token=token
            )
            self.last_contact_at = self._clock.now()
            if answer.status != 401 or not retry:
                break
            self._tokens.forget()
        return answer


def own_page(answer: Answer, till_id: str) -> protocol.PullAnswer:
    """A page of the feed that head office made for this till. Raises ``EnvironmentProblem(ANSWER_NOT_OURS)``.

    A cache on the way that gives one till what another asked for would leave out what is this one's own.
    """
    page = read_answer(protocol.PullAnswer, answer)
    if page.till_id not in ("", till_id):
        raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, where="till_id")
    return page


def refused(answer: Answer, now: datetime | None = None) -> PosMemberError:
    """What a 4xx answer means to this till. ``now``: by its clock, to say until when it waits for its turn."""
    error = answer.data.get("error")
    if error in (ErrorCode.FORK, ErrorCode.CHAIN_BROKEN, ErrorCode.EPOCH):
        return Refusal(Reason.SYNC_FORK, detail=error)
    if error == ErrorCode.CLONED:
        wait_s = answer.data.get("wait_s")
        if not (isinstance(wait_s, int) and 0 < wait_s <= TURN_WAIT_MAX_S):
            return Refusal(Reason.TILL_COPIED)
        more = {} if now is None else {"turn_at": now + timedelta(seconds=wait_s)}
        return Refusal(Reason.TILL_COPIED, retry_after_s=wait_s, **more)
    if error == ErrorCode.REVOKED:
        return Refusal(Reason.TILL_REVOKED)
    return Refusal(Reason.HEADOFFICE_REFUSED, status=answer.status, detail=str(error)[:40])
