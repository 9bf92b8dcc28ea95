"""An answer that is read slowly is not taken for one that is not read, however much of it the kernel holds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from pos_member.headoffice import connections
from pos_member.headoffice.connections import TimedHead
from tests.headoffice.until import WITHIN_S, until

WITHOUT = pytest.mark.one_database("no database is asked")
#: What the kernel holds of an answer, and an answer that is more than that.
HELD, LARGE = 4 << 20, 24 << 20
#: Taken between two looks: several times what has to be, a small part of what the kernel holds.
SLOWLY = 512 << 10
LOOKS = 4


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """A large answer, handed over in one piece."""
    if scope["type"] == "http":
        length = [(b"content-length", b"%d" % LARGE)]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": bytes(LARGE), "more_body": False})


class Server:
    """The real web server on a socket whose connections hold much unsent. ``looked``: once for each look."""

    def __init__(self) -> None:
        self.looked = looked = threading.Semaphore(0)
        self.looks = 0
        self.waits, self.lost = threading.Event(), threading.Event()
        server = self

        class Watched(TimedHead):
            def pause_writing(self) -> None:
                super().pause_writing()
                server.waits.set()

            def _look(self, before: int) -> None:
                server.looks += 1
                super()._look(before)
                looked.release()

            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                server.lost.set()
                looked.release()

        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD)
        self.port = self._socket.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, http=Watched, lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        until(lambda: self._server.started)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(WITHIN_S)
        self._socket.close()

    @contextmanager
    def asked(self) -> Iterator[socket.socket]:
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOWLY)
            line.settimeout(WITHIN_S)
            line.connect(("127.0.0.1", self.port))
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(12) == b"HTTP/1.1 200"
            assert self.waits.wait(WITHIN_S), "more than the system holds is left"
            yield line


def read(line: socket.socket, most: int) -> int:
    """Bytes taken: ``most``, or what comes until the connection ends."""
    count = 0
    while count < most:
        try:
            more = len(line.recv(min(most - count, 64 << 10)))
        except ConnectionError:
            break
        if not more:
            break
        count += more
    return count


@WITHOUT
def test_who_reads_slowly_gets_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "TAKE_S", 0.3)
    with Server() as server, server.asked() as line:
        count = 12
        for _ in range(LOOKS):
            count += read(line, SLOWLY)
            assert server.looked.acquire(timeout=WITHIN_S)
            assert not server.lost.is_set(), f"cut off after {count} bytes that were read"
        count += read(line, 2 * LARGE)
    assert count > LARGE and server.looks >= LOOKS


@WITHOUT
def test_who_stops_reading_is_cut_off_at_the_next_look_but_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its own kernel still takes in counts as taken once."""
    monkeypatch.setattr(connections, "TAKE_S", 0.3)
    with Server() as server, server.asked() as line:
        assert server.lost.wait(WITHIN_S)
        assert server.looks <= 2
        assert read(line, 2 * LARGE) < LARGE
