"""Tills that wait for news: woken by what is published here at once, and soon by what others publish.

A waiting till holds no thread and no connection to the database. While anybody waits, one poll per process asks how far
the feed is, for all of them.
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


class Waiting:
    """``wait`` on the server's event loop, ``published`` from any thread. ``horizon`` is called on a worker thread."""

    def __init__(self, horizon: Callable[[], int], poll_s: float = POLL_S, waiters_max: int = WAITERS_MAX) -> None:
        self._horizon = horizon
        self._poll_s = poll_s
        self._waiters_max = waiters_max
        self._lock = threading.Lock()
        self._newest = 0
        self._ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiters: set[asyncio.Future[None]] = set()
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
                loop.call_soon_threadsafe(self._wake)

    async def wait(self, after: int, seconds: float) -> bool:
        """Whether the feed goes beyond ``after``, at once or within ``seconds`` (``WAIT_MAX_S`` at the most).

        ``False`` at once where too many wait already: the caller answers with what there is.
        """
        if self._newest > after:
            return True
        if len(self._waiters) >= self._waiters_max:
            return False
        loop = asyncio.get_running_loop()
        with self._lock:
            self._loop = loop
        ends = loop.time() + min(seconds, WAIT_MAX_S)
        while self._newest <= after:
            left = ends - loop.time()
            if left <= 0 or self._ended:
                return False
            woken: asyncio.Future[None] = loop.create_future()
            self._waiters.add(woken)
            self._keep_polling()
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken, left)
            finally:
                self._waiters.discard(woken)
        return True

    def end(self) -> None:
        """Nobody waits any longer: the server stops (on its loop)."""
        self._ended = True
        if self._poller is not None:
            self._poller.cancel()
            self._poller = None
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

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
