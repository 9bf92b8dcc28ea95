"""Waits until head office has something new, on a line of its own: the one that sends is never held up by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.services.sync_ports import SyncStore
from pos_member.sync.conversation import Conversation, Stopped, refused
from pos_member.sync.news import News, news_of
from pos_member.sync.transport import HttpTransport

#: One wait. Shorter than any proxy's patience.
WAIT_S = 20


class Watcher:
    """For one thread; ``stop`` from any. ``make_transport`` gives a line of its own. ``wait_s``: 0 only asks."""

    def __init__(
        self, store: SyncStore, make_transport: Callable[[], HttpTransport], clock: Clock, wait_s: int = WAIT_S
    ) -> None:
        self._store = store
        self._transport = make_transport()
        self._wait_s = wait_s
        self._stopped = False
        self._clock = clock
        #: Head office asked for quiet: from when on, and how long.
        self._quiet: tuple[datetime, timedelta] | None = None
        self._line = Conversation(self._transport, clock, lambda: self._stopped)

    def news(self) -> News | None:
        """What is beyond the till's cursor: at once where there is something, else ``None`` after ``WAIT_S``.

        ``None`` too where the line is down: the rounds of the engine find out about that by themselves; and, at once,
        for as long as head office asked not to be asked.
        """
        if self._asked_for_quiet():
            return None
        link = self._store.link()
        cursor = self._store.cursor()
        if link is None:
            return None
        # To a till that has nothing yet all of it comes by another way.
        params = {"after": cursor, "limit": self._line.limits.pull_changes if cursor else 1}
        try:
            self._line.speak_as(link)
            answer = self._line.call("GET", "/v1/pull", params=params | {"wait_s": self._wait_s})
            if answer.status != 200:
                raise refused(answer)
            return news_of(answer, cursor, link.identity.id)
        except EnvironmentProblem as problem:
            wait_s = problem.params.get("retry_after_s")
            if problem.reason is Reason.HEADOFFICE_BUSY and isinstance(wait_s, int):
                self._quiet = self._clock.now(), timedelta(seconds=wait_s)
            return None
        except (Refusal, Stopped):
            return None

    def _asked_for_quiet(self) -> bool:
        if self._quiet is None:
            return False
        since, lasts = self._quiet
        # A clock that was set back tells nothing: asking once too often is the smaller harm.
        if timedelta(0) <= self._clock.now() - since < lasts:
            return True
        self._quiet = None
        return False

    def stop(self) -> None:
        """End a wait that is under way, and all later ones (any thread)."""
        self._stopped = True
        self._transport.cut()
