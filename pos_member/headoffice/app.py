"""The web application: routes, console, and one way of saying no."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from pos_member import __version__
from pos_member.db.errors import problem_of
from pos_member.domain.clock import Clock, SystemClock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.ids import IdMaker
from pos_member.headoffice.admission import Admission, retry_after_s
from pos_member.headoffice.console.assets import asset_routes
from pos_member.headoffice.console.changes import console_changes
from pos_member.headoffice.console.day_pages import day_pages
from pos_member.headoffice.console.door import Door
from pos_member.headoffice.console.key_pages import key_pages
from pos_member.headoffice.console.pages import Guard, console_pages, door_routes
from pos_member.headoffice.console.program_changes import program_changes
from pos_member.headoffice.console.program_pages import program_pages
from pos_member.headoffice.console.render import error_page, reads_html
from pos_member.headoffice.console.report_changes import report_changes
from pos_member.headoffice.console.report_pages import report_pages
from pos_member.headoffice.console.risk_pages import risk_pages
from pos_member.headoffice.counts import Counts
from pos_member.headoffice.database import open_database
from pos_member.headoffice.ingest import Step
from pos_member.headoffice.journal import RequestLog
from pos_member.headoffice.portable import is_overload, is_refused_text
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.routes.describing import describe
from pos_member.headoffice.routes.feed_api import feed_routes
from pos_member.headoffice.routes.probes import probe_routes
from pos_member.headoffice.routes.rights_api import rights_routes
from pos_member.headoffice.routes.till_api import till_routes
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshots import Snapshots, snapshot_folder
from pos_member.headoffice.units import remember
from pos_member.headoffice.waiting import Waiting
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

log = logging.getLogger(__name__)
#: Calls at work at once in one worker that use a thread; each may want a connection of the pool.
THREADS = 72


@dataclass(frozen=True)
class HeadOfficeSettings:
    """How to run. ``database_url``: ``sqlite:///path/headoffice.db`` or another database by URL."""

    database_url: str
    clock: Clock = field(default_factory=SystemClock)
    limits: protocol.Limits = field(default_factory=protocol.Limits)
    #: The tables lie on several machines: every transaction touches one shard.
    distributed: bool = False
    step: Step = lambda _name: None
    #: Where this worker counts; in its own memory where nothing is shared.
    counts: Counts | None = None
    #: Where snapshots lie; beside the database where none is named.
    snapshots: Path | None = None


class _CountingOffice(HeadOffice):
    """Head office that counts what becomes of events."""

    counts: Counts

    def push(self, till_id: str, body: bytes) -> protocol.PushAnswer:
        """As ``HeadOffice.push``."""
        answer = super().push(till_id, body)
        for fate, n in Counter(item.status.value for item in answer.items).items():
            self.counts.add(f"events:{fate}", n)
        return answer


def create_app(settings: HeadOfficeSettings) -> FastAPI:
    """The application on its database, which is made where it is missing. Raises ``EnvironmentProblem``."""
    database = open_database(settings.database_url)
    new_id = IdMaker(settings.clock)
    counts = settings.counts or Counts()
    office = _CountingOffice(
        database, settings.clock, new_id, settings.limits, settings.step, distributed=settings.distributed
    )
    office.counts = counts
    remember(office.units)
    event.listen(database.engine, "checkout", lambda *_: counts.add("connections"))
    event.listen(database.engine, "checkin", lambda *_: counts.add("connections", -1))

    snapshots = Snapshots(
        database, settings.snapshots or snapshot_folder(settings.database_url), settings.clock, new_id
    )
    waiting = Waiting(office.look)
    office.snapshots = snapshots
    office.on_published = waiting.published

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        yield
        waiting.end()
        database.close()

    app = FastAPI(
        title="POS Member head office",
        version=__version__,
        docs_url="/v1/docs",
        redoc_url=None,
        lifespan=lifespan,
        # A path that is almost right is none: tills follow no redirects.
        redirect_slashes=False,
    )
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.state.office = office
    app.state.snapshots = snapshots
    app.state.waiting = waiting
    app.include_router(till_routes(office))
    app.include_router(feed_routes(office, snapshots, waiting))
    app.include_router(rights_routes(office))
    guard = Guard(office, Door(database))
    app.include_router(probe_routes(office, guard.door, counts))
    for router in (asset_routes(), door_routes(guard), console_pages(guard), console_changes(guard)):
        app.include_router(router)
    for made in (program_pages, program_changes, report_pages, report_changes, key_pages, day_pages, risk_pages):
        app.include_router(made(guard))
    _say_no(app, settings.clock)
    app.add_middleware(Admission, counts=counts)
    app.add_middleware(RequestLog)
    return app


def _json(status: int, content: dict[str, object], retry_after_s: int | None = None) -> Response:
    headers = {protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL)}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    return JSONResponse(content, status_code=status, headers=headers)


def _say_no(app: FastAPI, clock: Clock) -> None:
    """Every refusal and failure in the one form tills read, ``{"error": code, …}``; a page for a person's browser."""

    def said(request: Request, status: int, code: ErrorCode, retry_after_s: int | None = None) -> Response:
        if not reads_html(request):
            return _json(status, {"error": code.value}, retry_after_s)
        shown = error_page(request, status, clock.now())
        if retry_after_s is not None:
            shown.headers["Retry-After"] = str(retry_after_s)
        return shown

    @app.exception_handler(Problem)
    def problem(request: Request, error: Problem) -> Response:
        if reads_html(request):
            return said(request, error.status, error.code, error.retry_after_s)
        return _json(error.status, {"error": error.code.value, **error.extra}, error.retry_after_s)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, _error: RequestValidationError) -> Response:
        return _json(400, {"error": ErrorCode.MALFORMED.value, "where": "query"})

    @app.exception_handler(HTTPException)
    def plain(request: Request, error: HTTPException) -> Response:
        code = ErrorCode.NOT_FOUND if error.status_code in (404, 405) else ErrorCode.MALFORMED
        refused = said(request, error.status_code, code)
        if allowed := (error.headers or {}).get("Allow"):
            refused.headers["Allow"] = allowed
        return refused

    @app.exception_handler(DBAPIError)
    def database_says_no(request: Request, error: DBAPIError) -> Response:
        if is_refused_text(error):
            # A NUL in text, a number too large: what was asked cannot be stored, and so is nowhere.
            return said(request, 400, ErrorCode.MALFORMED)
        if not is_overload(error):
            log.error("database", exc_info=error)
            return said(request, 500, ErrorCode.FAILED)
        # Waiting for one's turn passes by itself; a full or failing disk is for a person to mend.
        problem = problem_of(error)
        level = logging.WARNING if problem is None or problem.reason is Reason.DATABASE_BUSY else logging.ERROR
        log.log(level, "database: %s", problem.reason.value if problem else error.orig)
        return said(request, 503, ErrorCode.BUSY, retry_after_s())

    @app.exception_handler(PoolTimeout)
    @app.exception_handler(EnvironmentProblem)
    def overload(request: Request, error: Exception) -> Response:
        log.warning("busy: %s", error)
        return said(request, 503, ErrorCode.BUSY, retry_after_s())

    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> Response:
        log.error("a bug", exc_info=error)
        return said(request, 500, ErrorCode.FAILED)
