"""The web server's side of a connection: bounded headers, which have to come in time, and answers that are taken; room
for who speaks."""

from __future__ import annotations

import array
import asyncio
import sys
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if sys.platform == "linux":
    import fcntl
    import termios

#: Bytes of a request's head, and how long it may take to come.
HEAD_BYTES_MAX = 32 << 10
HEAD_S = 20.0
#: Connections at once. Tills that wait for news each hold one; what is busy at once is limited where the work is.
CONNECTIONS_MAX = 4_000
#: Of an answer that waits to be taken so many bytes have to go in so many seconds, or the connection ends: what was
#: held for it is free again. A line of 20 kbit/s takes nine times as many.
TAKE_BYTES, TAKE_S = 16 << 10, 60.0
#: Where they are all taken, one in so many of them makes room, those first that have been idle longest.
_PART = 8


def _held(socket: Any) -> int:
    """Bytes of a connection that the system holds, not confirmed by the other side; 0 where that cannot be asked."""
    if sys.platform != "linux" or socket is None:
        return 0
    count = array.array("i", [0])
    try:
        fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, count)
    except OSError:  # it is gone
        return 0
    return count[0]


class TimedHead(H11Protocol):
    """Closes a connection on which a request was begun and its head does not end."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._late: asyncio.TimerHandle | None = None
        self._heard = 0.0
        self._taking: asyncio.TimerHandle | None = None

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
        self._stop_taking()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """What was written last is not taken yet."""
        super().pause_writing()
        self._take()

    def resume_writing(self) -> None:
        """The other side reads: whatever comes next has its own time."""
        self._stop_taking()
        super().resume_writing()

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

    def _take(self) -> None:
        self._taking = self.loop.call_later(TAKE_S, self._look, self._left())

    def _left(self) -> int:
        """Bytes that the other side has not taken. The system asks for more of an answer only when a third of what it
        holds, megabytes of it, has gone: on a poor line nothing moves here meanwhile."""
        return self.transport.get_write_buffer_size() + _held(self.transport.get_extra_info("socket"))

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _look(self, before: int) -> None:
        """An answer may be larger than what is written at once, and a poor line takes long over it: it has to move."""
        self._taking = None
        if before - self._left() < TAKE_BYTES:
            self.transport.abort()  # not closed: that would wait for the same
        else:
            self._take()
