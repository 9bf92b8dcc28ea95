"""Short questions to head office for the bill at hand: points and coupons for it, a member this till has not heard of.

On a connection of its own, with tight time limits: whoever asks stands at the counter. It is never in the way of a
sale: without an answer the till goes by what it holds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.org import TillIdentity
from pos_member.services.sync_ports import FeedChange, SyncStore
from pos_member.sync.conversation import Conversation, Stopped, refused
from pos_member.sync.protocol_rights import CouponVerdict, MembersAnswer, RedeemAnswer, RedeemRequest
from pos_member.sync.rights import own_rights
from pos_member.sync.transport import Answer, HttpTransport, Transport, read_answer

CONNECT_S = 1.0
#: All requests of one question together.
WHOLE_S = 3.0


class OnlineDesk:
    """One question at a time, on the caller's thread; ``give_up`` may be called from any.

    ``hold``: for how long head office holds a coupon for a bill. ``transport``: in place of HTTP. ``whole_s``: the time
    that one question may take.
    """

    def __init__(
        self,
        store: SyncStore,
        clock: Clock,
        hold: Callable[[], timedelta],
        transport: Transport | None = None,
        whole_s: float = WHOLE_S,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hold = hold
        self._given = transport
        self._whole_s = whole_s
        self._http: HttpTransport | None = None
        self._line: Conversation | None = None
        self._deadline = 0.0
        self._given_up = threading.Event()

    def redeem(self, bill_id: str, member_id: str = "", points: int = 0, coupons: Sequence[str] = ()) -> RedeemAnswer:
        """Ask for ``points`` of a member, in all for this bill, and for coupons; safe to repeat.

        What was granted is stored before this returns. Raises ``EnvironmentProblem``: LINE_SLOW when it took too long
        or was given up, LINE_DOWN and others as ``Transport``; ``Refusal`` as ``conversation.refused``.
        """
        with self._question() as (line, identity):
            request = RedeemRequest(identity.epoch, bill_id, member_id, points, tuple(coupons))
            body = codec.canonical_bytes(request)
            told = read_answer(RedeemAnswer, _good(line.call("POST", "/v1/redeem", body=body)))
        rights = own_rights(identity, (*(() if told.right is None else (told.right,)), *told.more))
        self._store.rights.store(right for right in rights if right.member_id == member_id)
        good = [code for code, verdict in told.coupons.items() if verdict is CouponVerdict.GOOD and code in coupons]
        self._store.rights.keep_good(bill_id, dict.fromkeys(good, told.server_time + self._hold()))
        return told

    def find_member(self, *, number: str = "", phone: str = "", code: str = "") -> tuple[FeedChange, ...]:
        """Members with exactly this number or phone, or the one a scanned code names; now known here too.

        As the feed will tell of them; none for nobody. Raises as ``redeem``, and ``ValueError`` without a question.
        """
        asked = [(name, text) for name, text in (("number", number), ("phone", phone), ("code", code)) if text]
        if len(asked) != 1:
            raise ValueError("one of number, phone and code")
        [(name, text)] = asked
        with self._question() as (line, _):
            answer = _good(line.call("GET", f"/v1/members?{name}={quote(text, safe='')}"))
            told = read_answer(MembersAnswer, answer)
        self._store.bring(told.changes)
        return told.changes

    def give_up(self) -> None:
        """End the question that is under way (any thread)."""
        self._given_up.set()
        http = self._http
        if http is not None:
            http.cut()

    def close(self) -> None:
        """Let go of kept connections."""
        if self._http is not None:
            self._http.close()
            self._http = self._line = None

    @contextmanager
    def _question(self) -> Iterator[tuple[Conversation, TillIdentity]]:
        """A line to ask on, cut when the time is over. Raises ``Refusal(TILL_NOT_ENROLLED)``."""
        link = self._store.link()
        if link is None or not link.server_url:
            raise Refusal(Reason.TILL_NOT_ENROLLED)
        if self._given_up.is_set():
            self.close()
        self._given_up.clear()
        self._deadline = time.monotonic() + self._whole_s
        line = self._line or self._connect(link.server_url)
        line.speak_as(link)
        limit = threading.Timer(self._whole_s, self.give_up)
        limit.daemon = True
        limit.start()
        try:
            yield line, link.identity
        except (EnvironmentProblem, Stopped):
            # A line that was cut stays cut: the next question gets another.
            self.close()
            if self._over():
                raise EnvironmentProblem(Reason.LINE_SLOW) from None
            raise
        finally:
            limit.cancel()

    def _connect(self, url: str) -> Conversation:
        transport = self._given
        if transport is None:
            transport = self._http = HttpTransport(
                url,
                timeouts_s=(min(CONNECT_S, self._whole_s), self._whole_s),
                exchange_timeout_s=self._whole_s,
                cancelled=self._over,
            )
        self._line = Conversation(transport, self._clock, self._over)
        return self._line

    def _over(self) -> bool:
        return self._given_up.is_set() or time.monotonic() >= self._deadline


def _good(answer: Answer) -> Answer:
    if answer.status != 200:
        raise refused(answer)
    return answer
