"""Who is let in: a bounded number at work of each kind, a bounded number that waits, everyone else told when to return.

Bodies have to arrive in time, and answers to tills to be taken in time; a request that is over is counted with what
became of it.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pos_member.headoffice.calls import ROOMS, Lane, Room, call_of, lane_of
from pos_member.headoffice.counts import Counts
from pos_member.sync.protocol import PROTOCOL, PROTOCOL_HEADER, ErrorCode

#: How long a request waits for a place, and how long its body may take.
WAIT_S, BODY_S = 5.0, 60.0
#: How long an answer to a till may take from its first byte: no till waits longer than two minutes for the whole.
ANSWER_S = 180.0
_RETRY_S = (2, 10)


def retry_after_s() -> int:
    """When to come back, spread, so that those sent away together do not come back together."""
    return random.randint(*_RETRY_S)


class _TooSlow(Exception):
    """The body did not come in time, or the answer was not taken."""


class _Full(Exception):
    """No place, and too many wait."""


class _Places:
    """The places of one lane."""

    def __init__(self, lane: Lane, room: Room, counts: Counts, wait_s: float) -> None:
        self._lane, self._room, self._counts, self._wait_s = lane, room, counts, wait_s
        self._free = asyncio.Semaphore(room.places)
        self._waiting = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """A place until the end of the block. Raises ``_Full``."""
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        self._counts.add(f"at_work:{self._lane}")
        try:
            yield
        finally:
            self._counts.add(f"at_work:{self._lane}", -1)
            self._free.release()

    async def _wait(self) -> None:
        if self._waiting >= self._room.waiting:
            raise _Full
        self._waiting += 1
        self._counts.add(f"waiting:{self._lane}")
        try:
            await asyncio.wait_for(self._free.acquire(), self._wait_s)
        except TimeoutError:
            raise _Full from None
        finally:
            self._waiting -= 1
            self._counts.add(f"waiting:{self._lane}", -1)


class Admission:
    """ASGI: places, time limits, counts."""

    def __init__(
        self,
        app: ASGIApp,
        counts: Counts,
        rooms: Mapping[Lane, Room] = ROOMS,
        wait_s: float = WAIT_S,
        body_s: float = BODY_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._app, self._counts, self._body_s, self._answer_s = app, counts, body_s, answer_s
        self._lanes = {lane: _Places(lane, room, counts, wait_s) for lane, room in rooms.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say no."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, until = time.perf_counter(), 0, 0.0
        lane = lane_of(scope["path"], scope.get("query_string", b""), scope["headers"])
        loop = asyncio.get_running_loop()

        async def told(message: Message) -> None:
            nonlocal status, until
            if message["type"] == "http.response.start":
                status, until = message["status"], loop.time() + self._answer_s
                _name_protocol(message)
            if lane is Lane.CONSOLE or not message.get("more_body"):
                await send(message)
                return
            # Of one that is written in one go the place is free at once; this one waits for who reads it.
            try:
                async with asyncio.timeout_at(until):
                    await send(message)
            except TimeoutError:
                raise _TooSlow from None

        try:
            if lane in self._lanes:
                async with self._lanes[lane].taken():
                    await self._app(scope, self._in_time(receive), told)
            else:
                await self._app(scope, self._in_time(receive), told)
        except _Full:
            self._counts.add(f"refused:{lane}")
            await _refuse(told, 503, ErrorCode.BUSY, retry_after_s())
        except _TooSlow:
            if not status:
                await _refuse(told, 408, ErrorCode.MALFORMED, None)
        finally:
            took_ms = round((time.perf_counter() - began) * 1_000)
            self._counts.request(call_of(scope["path"]), status, took_ms)

    def _in_time(self, receive: Receive) -> Receive:
        """``receive``, which gives up when the body is not complete in time; what comes after it has no limit."""
        until = time.monotonic() + self._body_s
        complete = False

        async def received() -> Message:
            nonlocal complete
            if complete:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
            except TimeoutError:
                raise _TooSlow from None
            complete = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        return received


def _name_protocol(message: Message) -> None:
    """Every answer says which protocol is spoken here: one that does not is taken for a stranger's on the way."""
    name = PROTOCOL_HEADER.lower().encode()
    headers = list(message.get("headers", ()))
    if not any(each.lower() == name for each, _ in headers):
        message["headers"] = [*headers, (name, str(PROTOCOL).encode())]


async def _refuse(send: Send, status: int, code: ErrorCode, retry_s: int | None) -> None:
    body = json.dumps({"error": code.value}).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        PROTOCOL_HEADER.lower(): str(PROTOCOL),
        # The body was not read: nothing else can follow on this connection.
        "connection": "close",
    }
    if retry_s is not None:
        headers["retry-after"] = str(retry_s)
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
