"""A till that stops reading in the midst of a part holds its place for a bounded time, and gets the rest later."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from pos_member.headoffice import connections
from pos_member.headoffice.admission import Admission
from pos_member.headoffice.calls import ROOMS, Lane
from pos_member.headoffice.counts import Counts
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.snapshot_build import part_name
from pos_member.headoffice.snapshots import snapshot_folder
from pos_member.sync.enrol import TokenSource
from pos_member.sync.transport import HttpTransport
from tests.headoffice.office_support import CLOCK, database_url, enrolled_till, running_office

WITHOUT = pytest.mark.one_database("no database is asked")
NAME = "0198c0de-0000-7000-8000-000000000001"
#: More than any buffer between two programs holds.
LARGE = 64 << 20


@contextmanager
def beginning(server: RunningHeadOffice, token: str, number: int) -> Iterator[socket.socket]:
    """A connection that asked for a part, and has read nothing of it."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        line.settimeout(60)
        line.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
        head = f"GET /v1/snapshot/{NAME}/{number} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(12) == b"HTTP/1.1 200", "it is being sent"
        yield line


def taken(line: socket.socket) -> int:
    """Bytes that still come, up to the end of the connection."""
    count = 0
    while True:
        try:
            more = len(line.recv(1 << 20))
        except ConnectionError:
            return count
        if not more:
            return count
        count += more


@WITHOUT
def test_who_stops_reading_gives_the_place_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "TAKE_S", 0.3)
    folder = snapshot_folder(database_url(tmp_path)) / NAME
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "till") as till:
        folder.mkdir(parents=True)
        with (folder / part_name(0)).open("wb") as file:
            file.truncate(LARGE)
        (folder / part_name(1)).write_bytes(b"another part")
        link = till.folder.sync_store.link()
        assert link is not None and link.private_key is not None
        line = HttpTransport(server.url)
        token = TokenSource(till.identity.id, link.private_key, CLOCK).token(line)
        line.close()
        with ExitStack() as stopped:
            lines = [stopped.enter_context(beginning(server, token, 0)) for _ in range(ROOMS[Lane.SNAPSHOT].places)]
            # All places are taken: this one waits, or is sent away and comes again, until the first of them is free.
            headers = {"Authorization": f"Bearer {token}"}
            for _ in range(12):
                answer = requests.get(f"{server.url}/v1/snapshot/{NAME}/1", headers=headers, timeout=60)
                if answer.status_code != 503:
                    break
            assert (answer.status_code, answer.content) == (200, b"another part")
            assert any(taken(line) < LARGE for line in lines), "one of them ended before its end"
        headers["Range"] = f"bytes={LARGE - 5}-"
        rest = requests.get(f"{server.url}/v1/snapshot/{NAME}/0", headers=headers, timeout=60)
        assert (rest.status_code, rest.content) == (206, bytes(5))


@WITHOUT
@pytest.mark.parametrize(("path", "to_its_end"), [("/v1/snapshot/x/0", False), ("/receipts", True)])
def test_an_answer_to_a_till_has_an_end(path: str, to_its_end: bool) -> None:
    """Who reads a little now and then keeps no place longer than a till waits; a person's download may take long."""
    counts, sent, at_work = Counts(), [], []
    reads = asyncio.Event()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"some", "more_body": True})
        await send({"type": "http.response.body", "body": b"more", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def send(message: Any) -> None:
        if message.get("body") == b"more":
            at_work.append(counts.total("at_work:snapshot"))
            await reads.wait()
        sent.append(message.get("body"))

    async def call() -> None:
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        if to_its_end:
            asyncio.get_running_loop().call_later(0.2, reads.set)
        await asyncio.wait_for(Admission(app, counts, answer_s=0.05)(scope, None, send), 60)  # type: ignore[arg-type]

    asyncio.run(call())
    assert sent == [None, b"some", b"more", b""][: 4 if to_its_end else 2]
    assert at_work == [0 if to_its_end else 1] and counts.total("at_work:snapshot") == 0
