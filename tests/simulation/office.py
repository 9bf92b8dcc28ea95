"""Head office in this process: its real routes, on a real file, with as many workers as wanted, and none of the web."""

from __future__ import annotations

import inspect
import json
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute
from starlette.routing import Match

from pos_member.domain.ids import IdMaker
from pos_member.headoffice.database import open_database
from pos_member.headoffice.kept_segments import KeptSegments
from pos_member.headoffice.online import Online
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.routes import feed_api, rights_api
from pos_member.headoffice.routes.feed_api import feed_routes
from pos_member.headoffice.routes.rights_api import rights_routes
from pos_member.headoffice.routes.till_api import till_routes
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshots import Snapshots, snapshot_folder
from pos_member.headoffice.units import remember
from pos_member.headoffice.waiting import Waiting
from pos_member.sync import protocol
from tests.simulation.clocks import WrongClock
from tests.simulation.profile import Profile

T = TypeVar("T")
FILE = "office.db"
#: An answer on the wire: status, headers, body.
Wire = tuple[int, dict[str, str], bytes]


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("a route of the till waits for something: nothing else would ever run")


class _Whoever:
    """In the place of ``name`` of a desk, whoever that is then."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._standing = desk, name

    def __getattr__(self, name: str) -> Any:
        desk, who = self._standing
        return getattr(getattr(desk, who), name)


class Desk:
    """Routes for one worker after another: describing them takes as long as a dozen sales."""

    office: HeadOffice
    snapshots: Snapshots
    #: Remembers who asked.
    online: Online
    #: What was sent before: nothing of it is known to another process.
    kept: KeptSegments

    def __init__(self) -> None:
        office: Any = _Whoever(self, "office")
        snapshots: Any = _Whoever(self, "snapshots")
        with patch.object(rights_api, "Online", lambda _office: _Whoever(self, "online")):
            online = rights_routes(office)
        with patch.object(feed_api, "KeptSegments", lambda: _Whoever(self, "kept")):
            feed = feed_routes(office, snapshots, Waiting(self._horizon))
        routers = till_routes(office), feed, online
        self.routes = [route for router in routers for route in _routes_of(router)]

    def _horizon(self) -> int:
        return self.office.horizon()


def _routes_of(router: APIRouter) -> list[APIRoute]:
    return [route for route in router.routes if isinstance(route, APIRoute)]


#: Desks that no worker has.
_FREE: list[Desk] = []


@dataclass(eq=False)
class Worker:
    """One process of head office. ``step`` is told every point that head office names."""

    folder: Path
    clock: WrongClock
    name: str
    seed: str
    step: Callable[[Worker, str], None]
    profile: Profile = field(default_factory=Profile)
    #: It left effects of a batch for after its answer, and did not get to them yet.
    woken: bool = False
    office: HeadOffice = field(init=False)
    snapshots: Snapshots = field(init=False)
    routes: list[APIRoute] = field(init=False)
    _desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        new_id = IdMaker(self.clock, random.Random(self.seed).getrandbits)
        url = f"sqlite:///{self.folder / FILE}"
        database = open_database(url)
        self.office = HeadOffice(
            database,
            self.clock,
            new_id,
            replace(protocol.Limits(), pull_changes=page, batch_events=page) if (page := self.profile.page) else None,
            step=lambda name: self.step(self, name),
            distributed=self.profile.distributed,
        )
        if self.profile.settler:
            self.office.settler = self._wake
        if self.profile.distributed and "command" in self.profile.troubles:
            remember(self.office.units)
        self.snapshots = Snapshots(database, snapshot_folder(url), self.clock, new_id)
        if "snapshot" in self.profile.troubles:
            self.office.snapshots = self.snapshots
        self._desk = _FREE.pop() if _FREE else Desk()
        self._desk.office, self._desk.snapshots = self.office, self.snapshots
        self._desk.online, self._desk.kept = Online(self.office), KeptSegments()
        self.routes = self._desk.routes

    def __str__(self) -> str:
        return self.name

    def close(self) -> None:
        self.office.database.close()
        _FREE.append(self._desk)

    def _wake(self) -> None:
        self.woken = True
        self.step(self, "woken")

    def background(self) -> None:
        """What a running head office does by itself, now and then and after a start."""
        self.woken = False
        self.office.settle_effects()
        self.office.stamp()

    def serve(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Wire:
        """One request as the web application answers it. Raises what is not a ``Problem``."""
        try:
            response = self._route(_request(method, url, headers, body))
        except Problem as problem:
            said = {protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL)}
            if problem.retry_after_s is not None:
                said["Retry-After"] = str(problem.retry_after_s)
            return problem.status, said, json.dumps({"error": problem.code.value, **problem.extra}).encode()
        if isinstance(response, FileResponse):
            return response.status_code, dict(response.headers), Path(response.path).read_bytes()
        return response.status_code, dict(response.headers), bytes(response.body)

    def _route(self, request: Request) -> Response:
        for route in self.routes:
            match, scope = route.matches(request.scope)
            if match is Match.FULL:
                request.scope.update(scope)
                response: Response = _called(route.endpoint, _solved(route.dependant, request))
                return response
        raise AssertionError(f"no route for {request.method} {request.url.path}")


def _request(method: str, url: str, headers: dict[str, str], body: bytes) -> Request:
    parts = urlsplit(url)
    scope = {
        "type": "http",
        "method": method,
        "path": parts.path,
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("10.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


async def at_once(function: Callable[..., T], *args: Any, **named: Any) -> T:
    """In the place of ``run_in_threadpool``: there is one thread."""
    return function(*args, **named)


def _called(function: Callable[..., Any], values: dict[str, Any]) -> Any:
    found = function(**values)
    return run(found) if inspect.iscoroutine(found) else found


def _solved(dependant: Any, request: Request) -> dict[str, Any]:
    """What a route asks for: what FastAPI would have found for it."""
    values: dict[str, Any] = {}
    if dependant.request_param_name:
        values[dependant.request_param_name] = request
    for each in dependant.dependencies:
        values[each.name] = _called(each.call, _solved(each, request))
    for each in dependant.path_params:
        values[each.name], errors = each.validate(request.path_params[each.alias], values, loc=("path", each.alias))
        assert not errors, errors
    query = parse_qs(request.url.query)
    for each in dependant.query_params:
        if each.alias in query:
            value, errors = each.validate(query[each.alias][0], values, loc=("query", each.alias))
            assert not errors, errors
            values[each.name] = value
    return values
