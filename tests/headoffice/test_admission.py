"""Who is let in: places, those who wait, those sent away, and who takes too long."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice import connections
from pos_member.headoffice.admission import Admission
from pos_member.headoffice.calls import NAMES, OTHER, ROOMS, Lane, Room, call_of, lane_of
from pos_member.headoffice.counts import CELLS, Counts
from pos_member.headoffice.portable import Database
from pos_member.sync.protocol import PROTOCOL_HEADER
from tests.headoffice.office_support import running_office
from tests.log_watch import ExpectLog

WITHOUT = pytest.mark.one_database("no database is asked")
ROOM = {lane: Room(2, 1) for lane in ROOMS}


class Caller:
    """One request to an ASGI application, its answer as it comes."""

    def __init__(self, app: Admission, path: str = "/v1/push", query: bytes = b"", body: list[bytes] | None = None):
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self._parts = body if body is not None else [b""]
        self.task = asyncio.create_task(self._call(app, path, query))

    async def _call(self, app: Admission, path: str, query: bytes) -> None:
        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": path, "query_string": query, "headers": []}

        async def receive() -> dict[str, Any]:
            if not self._parts:
                await asyncio.Event().wait()  # the rest never comes
            part = self._parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": part != b""}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                self.body += message.get("body", b"")

        await app(scope, receive, send)


class Kitchen:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.at_work = 0
        self.most = 0
        self.serve = asyncio.Event()

    async def __call__(self, _scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        while (await receive()).get("more_body"):
            pass
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        try:
            await self.serve.wait()
        finally:
            self.at_work -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def run(what: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(what(), 30))  # type: ignore[arg-type]


@WITHOUT
def test_places_are_bounded_some_wait_and_the_rest_is_sent_away() -> None:
    async def day() -> None:
        kitchen, counts = Kitchen(), Counts()
        app = Admission(kitchen, counts, ROOM)
        callers = []
        for _ in range(5):
            callers.append(Caller(app))
            await _settle()
        assert [each.status for each in callers] == [0, 0, 0, 503, 503]
        for each in callers[3:]:
            assert 2 <= int(each.headers["retry-after"]) <= 10
            assert json.loads(each.body) == {"error": "busy"} and PROTOCOL_HEADER.lower() in each.headers
        assert (kitchen.at_work, counts.total("at_work:push"), counts.total("waiting:push")) == (2, 2, 1)
        other = Caller(app, "/v1/hello")
        probe = Caller(app, "/metrics")
        await _settle()
        assert kitchen.at_work == 4, "other lanes have their own places, probes need none"
        kitchen.serve.set()
        await asyncio.gather(*(each.task for each in [*callers, other, probe]))
        assert [each.status for each in callers] == [200, 200, 200, 503, 503]
        assert counts.total("refused:push") == 2
        assert (counts.total("requests:push:2xx"), counts.total("requests:push:503")) == (3, 2)
        assert sum(counts.total(f"{what}:{lane}") for lane in Lane for what in ("at_work", "waiting")) == 0
        again = Caller(app)
        await again.task
        assert again.status == 200

    run(day)


@WITHOUT
def test_who_waits_too_long_is_sent_away_and_those_sent_away_come_back_apart() -> None:
    async def day() -> None:
        app = Admission(Kitchen(), Counts(), {Lane.PUSH: Room(1, 100)}, wait_s=0.05)
        first = Caller(app)
        await _settle()
        later = [Caller(app) for _ in range(60)]
        await asyncio.gather(*(each.task for each in later))
        assert {each.status for each in later} == {503}
        assert len({each.headers["retry-after"] for each in later}) > 3
        first.task.cancel()

    run(day)


@WITHOUT
def test_a_body_has_to_come_in_time_and_gives_its_place_back() -> None:
    async def day() -> None:
        kitchen, counts = Kitchen(), Counts()
        app = Admission(kitchen, counts, {Lane.PUSH: Room(1, 0)}, body_s=0.05)
        slow = Caller(app, body=[b"x", b"y"])
        await slow.task
        assert (slow.status, slow.headers["connection"]) == (408, "close")
        kitchen.serve.set()
        quick = Caller(app, body=[b"x", b""])
        await quick.task
        assert quick.status == 200 and counts.total("requests:push:4xx") == 1

    run(day)


@WITHOUT
def test_who_breaks_off_gives_the_place_back() -> None:
    async def day() -> None:
        kitchen, counts = Kitchen(), Counts()
        app = Admission(kitchen, counts, {Lane.PUSH: Room(1, 1)})
        one, two = Caller(app), Caller(app)
        await _settle()
        for each in (two, one):
            each.task.cancel()
        await asyncio.gather(one.task, two.task, return_exceptions=True)
        kitchen.serve.set()
        three = Caller(app)
        await three.task
        assert three.status == 200 and counts.total("requests:push:cut") == 2

    run(day)


@WITHOUT
@pytest.mark.parametrize(
    ("path", "query", "call", "lane"),
    [
        ("/v1/push", b"", "push", Lane.PUSH),
        ("/v1/pull", b"after=0&limit=5", "pull", Lane.PULL),
        ("/v1/pull", b"after=0&limit=5&wait_s=25", "pull", Lane.POLL),
        ("/v1/snapshot/1/parts/2", b"", "snapshot", Lane.SNAPSHOT),
        ("/v1/redeem", b"", "redeem", Lane.RIGHTS),
        ("/v1/token", b"", "token", Lane.GREETING),
        ("/v1/whatever/a/stranger/types", b"wait_s=1", OTHER, Lane.CONSOLE),
        ("/members/0812345678", b"", "console", Lane.CONSOLE),
        ("/readyz", b"", "readyz", Lane.PROBE),
        ("", b"", "console", Lane.CONSOLE),
    ],
)
def test_what_a_request_counts_as(path: str, query: bytes, call: str, lane: Lane) -> None:
    assert (call_of(path), lane_of(path, query)) == (call, lane) and call in NAMES


@WITHOUT
def test_counts_of_all_workers_are_told_by_any_and_outlive_one(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    Counts.make(path, 3)
    workers = [Counts(path, row) for row in range(3)]
    for n, worker in enumerate(workers):
        worker.request("push", 200, 7)
        worker.add("at_work:push", n)
    assert {worker.total("requests:push:2xx") for worker in workers} == {3}
    assert workers[0].total("at_work:push") == 3 and workers[0].total("took_ms:push") == 21
    again = Counts(path, 2)
    assert again.total("requests:push:2xx") == 3, "what was counted stays"
    assert again.total("at_work:push") == 1, "what the dead worker had at work does not"
    assert path.stat().st_size == 3 * 8 * CELLS
    with pytest.raises(KeyError):
        again.add("a label a stranger made up")


def test_every_call_of_the_protocol_has_its_name_and_lane(tmp_path: Path) -> None:
    with running_office(tmp_path) as server:
        described = requests.get(f"{server.url}/openapi.json", timeout=60).json()["paths"]
        calls = {path: call_of(path) for path in described}
        assert OTHER not in calls.values() and "console" not in calls.values(), calls


def test_live_is_not_ready(tmp_path: Path, expected_logs: ExpectLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database is away a process lives, and should get no calls."""
    expected_logs("not ready")
    with running_office(tmp_path) as server:
        assert requests.get(f"{server.url}/readyz", timeout=60).status_code == 200

        def away(_self: Database) -> None:
            raise EnvironmentProblem(Reason.DATABASE_BUSY)

        with monkeypatch.context() as patch:
            patch.setattr(Database, "read", away)
            answer = requests.get(f"{server.url}/readyz", timeout=60)
            assert (answer.status_code, answer.json()["error"]) == (503, "busy") and "Retry-After" in answer.headers
            assert requests.get(f"{server.url}/healthz", timeout=60).json()["status"] == "ok"
        assert requests.get(f"{server.url}/readyz", timeout=60).status_code == 200


@WITHOUT
@pytest.mark.parametrize("begun", [b"", b"POST /v1/push HTTP/1.1\r\nHost: x\r\nX-", b"GET /healthz"])
def test_a_head_that_does_not_end_closes_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog, begun: bytes
) -> None:
    expected_logs("Invalid HTTP request")
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    with running_office(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(begun)
            assert line.recv(1_000) == b""
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(15) == b"HTTP/1.1 200 OK"
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 70_000)
            assert line.recv(1_000).split(b" ", 2)[1] in (b"400", b"431")


@WITHOUT
def test_who_says_nothing_keeps_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all connections are taken the longest idle ones go: who asks is answered, and who is at work stays."""
    monkeypatch.setattr(connections, "CONNECTIONS_MAX", 8)
    with running_office(tmp_path) as server, ExitStack() as open_lines:
        port = int(server.url.rpartition(":")[2])

        def line() -> socket.socket:
            return open_lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))

        slow = line()
        slow.sendall(b"POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert slow.recv(1_000).startswith(b"HTTP/1.1 100"), "it is at work"
        silent = [line() for _ in range(40)]
        answer = requests.get(f"{server.url}/healthz", timeout=60)
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
        assert silent[0].recv(1) == b"", "the oldest of them went"
        slow.sendall(b"{}")
        assert slow.recv(12) == b"HTTP/1.1 400", "what it asked was read to its end"


def test_every_answer_names_the_protocol(tmp_path: Path) -> None:
    """Also what the framework answers by itself: a client believes no other."""
    with running_office(tmp_path) as server:
        calls = (
            "/healthz",
            "/openapi.json",
            "/v1/docs",
            "/v1/pull/",
            "/nowhere",
            "/v1/push",
            "/login",
            "/v1/pull?after=x",
        )
        for path in calls:
            answer = requests.get(server.url + path, timeout=60, allow_redirects=False)
            assert answer.headers[PROTOCOL_HEADER] == "1", path
        assert requests.get(f"{server.url}/v1/pull/", timeout=60, allow_redirects=False).status_code == 404
        wrong = requests.get(f"{server.url}/v1/push", timeout=60)
        assert (wrong.status_code, wrong.headers["Allow"], wrong.json()) == (405, "POST", {"error": "not_found"})
        for probe in ("/healthz", "/readyz"):
            assert requests.head(server.url + probe, timeout=60).status_code == 200, "as many a proxy asks"
