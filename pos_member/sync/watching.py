"""Waits until head office has something new, on a line of its own: the one that sends is never held up by it."""

from __future__ import annotations

from collections.abc import Callable

from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Refusal
from pos_member.services.sync_ports import SyncStore
from pos_member.sync import protocol
from pos_member.sync.conversation import Conversation, Stopped, refused
from pos_member.sync.transport import HttpTransport, read_answer

#: One wait. Shorter than any proxy's patience.
WAIT_S = 20


class Watcher:
    """For one thread; ``stop`` from any. ``make_transport`` gives a line of its own."""

    def __init__(self, store: SyncStore, make_transport: Callable[[], HttpTransport], clock: Clock) -> None:
        self._store = store
        self._transport = make_transport()
        self._stopped = False
        self._line = Conversation(self._transport, clock, lambda: self._stopped)

    def news(self) -> bool:
        """Whether there is something beyond the till's cursor; returns at once then, else after ``WAIT_S``.

        ``False`` too where the line is down: the rounds of the engine find out about that by themselves.
        """
        link = self._store.link()
        cursor = self._store.cursor()
        if link is None:
            return False
        try:
            self._line.speak_as(link)
            answer = self._line.call("GET", "/v1/pull", params={"after": cursor, "limit": 1, "wait_s": WAIT_S})
            if answer.status != 200:
                raise refused(answer)
            return read_answer(protocol.PullAnswer, answer).upto > cursor
        except (EnvironmentProblem, Refusal, Stopped):
            return False

    def stop(self) -> None:
        """End a wait that is under way, and all later ones (any thread)."""
        self._stopped = True
        self._transport.cut()
