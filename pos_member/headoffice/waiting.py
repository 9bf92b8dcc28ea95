"""Tills that wait for news: woken by what is published here at once, and soon by what others publish.

A waiting till holds no thread and no connection to the database. While anybody waits, one poll per process asks how far
the feed is, for all of them.

Where one change follows another, tills are woken together and not with each: an answer costs what it costs, however
little is in it, and twenty tills that are told of every change by itself would hear of it later than so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)
WAIT_MAX_S = 25.0
WAITERS_MAX = 2_000
POLL_S = 0.1
#: What an answer may take of the time of one process, and the longest that tills are kept from news for that.
EACH_S, GATHER_MAX_S = 0.005, 2.0


class Waiting:
    """``wait`` on the server's event loop, ``published`` from any thread. ``horizon`` is called on a worker thread."""

    def __init__(
        self,
        horizon: Callable[[], int],
        poll_s: float = POLL_S,
        waiters_max: int = WAITERS_MAX,
        each_s: float = EACH_S,
    ) -> None:
        self._horizon = horizon
        self._poll_s = poll_s
        self._waiters_max = waiters_max
        self._each_s = each_s
        self._lock = threading.Lock()
        self._newest = 0
        self._ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        #: Each with the position beyond which it is news.
        self._waiters: dict[asyncio.Future[None], int] = {}
        #: When the answers that were let go are through, on the clock of the loop; what wakes the next ones then.
        self._free_at = float("-inf")
        self._waking: asyncio.TimerHandle | None = None
        self._poller: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._waiters)

    def published(self, horizon: int) -> None:
        """The feed reaches to ``horizon`` now."""
        with self._lock:
            if horizon <= self._newest:
                return
            self._newest = horizon
            loop = self._loop
        if loop is not None:
            # A loop that is closed meanwhile has nobody waiting on it.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._wake_in_time)

    async def wait(self, after: int, seconds: float) -> bool:
        """Whether the feed goes beyond ``after``, at once or within ``seconds`` (``WAIT_MAX_S`` at the most).

        ``False`` at once where too many wait already: the caller answers with what there is.
        """
        loop = asyncio.get_running_loop()
        if self._newest > after and loop.time() >= self._free_at:
            self._let_go(1)
            return True
        if self._ended or len(self._waiters) >= self._waiters_max:
            return self._newest > after
        with self._lock:
            self._loop = loop
        ends = loop.time() + min(seconds, WAIT_MAX_S)
        woken: asyncio.Future[None] = loop.create_future()
        self._waiters[woken] = after
        self._keep_polling()
        self._wake_in_time()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken, max(0.0, ends - loop.time()))
        finally:
            self._waiters.pop(woken, None)
        return self._newest > after

    def end(self) -> None:
        """Nobody waits any longer: the server stops (on its loop)."""
        self._ended = True
        if self._poller is not None:
            self._poller.cancel()
            self._poller = None
        if self._waking is not None:
            self._waking.cancel()
            self._waking = None
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _wake_in_time(self) -> None:
        """Wake those who have news when the answers before them are through: now, most of the time."""
        if self._waking is not None or not any(after < self._newest for after in self._waiters.values()):
            return
        loop = asyncio.get_running_loop()
        left = self._free_at - loop.time()
        if left > 0:
            self._waking = loop.call_later(left, self._wake)
        else:
            self._wake()

    def _wake(self) -> None:
        self._waking = None
        woken = [waiter for waiter, after in self._waiters.items() if after < self._newest and not waiter.done()]
        for waiter in woken:
            waiter.set_result(None)
        self._let_go(len(woken))

    def _let_go(self, answers: int) -> None:
        now = asyncio.get_running_loop().time()
        self._free_at = min(now + GATHER_MAX_S, max(now, self._free_at) + answers * self._each_s)

    def _keep_polling(self) -> None:
        if self._poller is None or self._poller.done():
            self._poller = asyncio.get_running_loop().create_task(self._poll())

    async def _poll(self) -> None:
        while self._waiters:
            try:
                newest = await asyncio.to_thread(self._horizon)
            except Exception as error:  # noqa: BLE001  # a database that is away for a moment; the tills wait on
                log.warning("cannot ask how far the feed is: %s", type(error).__name__)
            else:
                self.published(newest)
            await asyncio.sleep(self._poll_s)
