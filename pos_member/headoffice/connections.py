"""The web server's side of a connection: bounded headers, which have to come in time, and room for who speaks."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

#: Bytes of a request's head, and how long it may take to come.
HEAD_BYTES_MAX = 32 << 10
HEAD_S = 20.0
#: Connections at once. Tills that wait for news each hold one; what is busy at once is limited where the work is.
CONNECTIONS_MAX = 4_000
#: Where they are all taken, one in so many of them makes room, those first that have been idle longest.
_PART = 8


class TimedHead(H11Protocol):
    """Closes a connection on which a request was begun and its head does not end."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._late: asyncio.TimerHandle | None = None
        self._heard = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head has to come, too."""
        super().connection_made(transport)
        self._heard = self.loop.time()
        self._wait()
        if len(self.connections) > CONNECTIONS_MAX:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """More of a head, or of a body: bodies have a limit of their own."""
        self._heard = self.loop.time()
        super().data_received(data)
        if self._at_work():
            self._stop_waiting()
        elif self._late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _make_room(self) -> None:
        """Connections that say nothing keep nobody out: a request that comes whole is at work before its turn to go."""
        each = [one for one in self.connections if isinstance(one, TimedHead)]
        idle = sorted((one for one in each if not one._at_work()), key=lambda one: one._heard)
        for one in idle[: max(1, CONNECTIONS_MAX // _PART)]:
            self.connections.discard(one)  # gone from the count at once: its end is told only later
            one.transport.abort()

    def _at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEAD_S, self._too_late)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        if not self._at_work() and not self.transport.is_closing():
            self.transport.close()
