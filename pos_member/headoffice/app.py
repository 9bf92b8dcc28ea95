"""The web application: routes, console, and one way of saying no."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from pos_member import __version__
from pos_member.domain.clock import Clock, SystemClock
from pos_member.domain.errors import EnvironmentProblem
from pos_member.domain.ids import IdMaker
from pos_member.headoffice import feed
from pos_member.headoffice.console.pages import console_routes
from pos_member.headoffice.database import open_database
from pos_member.headoffice.ingest import Step
from pos_member.headoffice.portable import is_overload
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.routes.till_api import till_routes
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

log = logging.getLogger(__name__)
OVERLOAD_RETRY_S = 5


@dataclass(frozen=True)
class HeadOfficeSettings:
    """How to run. ``database_url``: ``sqlite:///path/headoffice.db`` or another database by URL."""

    database_url: str
    clock: Clock = field(default_factory=SystemClock)
    limits: protocol.Limits = field(default_factory=protocol.Limits)
    step: Step = lambda _name: None


def create_app(settings: HeadOfficeSettings) -> FastAPI:
    """The application on its database, which is made where it is missing. Raises ``EnvironmentProblem``."""
    database = open_database(settings.database_url)
    new_id = IdMaker(settings.clock)
    office = HeadOffice(database, settings.clock, new_id, settings.limits, settings.step)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        database.close()

    app = FastAPI(
        title="POS Member head office", version=__version__, docs_url="/v1/docs", redoc_url=None, lifespan=lifespan
    )
    app.state.office = office
    app.include_router(till_routes(office))
    app.include_router(console_routes(office))
    _say_no(app)

    @app.get("/healthz", tags=["probes"])
    def healthz() -> Response:
        """200 while the database answers."""
        with database.read() as connection:
            horizon = feed.horizon(connection)
        return _json(200, {"status": "ok", "version": __version__, "horizon": horizon})

    return app


def _json(status: int, content: dict[str, object], retry_after_s: int | None = None) -> Response:
    headers = {protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL)}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    return JSONResponse(content, status_code=status, headers=headers)


def _say_no(app: FastAPI) -> None:
    """Every refusal and failure in the one form tills read: ``{"error": code, …}``."""

    @app.exception_handler(Problem)
    def problem(_request: Request, error: Problem) -> Response:
        return _json(error.status, {"error": error.code.value, **error.extra}, error.retry_after_s)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, _error: RequestValidationError) -> Response:
        return _json(400, {"error": ErrorCode.MALFORMED.value, "where": "query"})

    @app.exception_handler(HTTPException)
    def plain(_request: Request, error: HTTPException) -> Response:
        code = ErrorCode.NOT_FOUND if error.status_code in (404, 405) else ErrorCode.MALFORMED
        return _json(error.status_code, {"error": code.value})

    @app.exception_handler(OperationalError)
    def database_says_no(_request: Request, error: OperationalError) -> Response:
        if is_overload(error):
            return _json(503, {"error": ErrorCode.BUSY.value}, OVERLOAD_RETRY_S)
        log.error("database: %s", error.orig)
        return _json(500, {"error": ErrorCode.FAILED.value})

    @app.exception_handler(PoolTimeout)
    @app.exception_handler(EnvironmentProblem)
    def overload(_request: Request, error: Exception) -> Response:
        log.warning("busy: %s", error)
        return _json(503, {"error": ErrorCode.BUSY.value}, OVERLOAD_RETRY_S)

    @app.exception_handler(Exception)
    def bug(_request: Request, error: Exception) -> Response:
        log.error("a bug", exc_info=error)
        return _json(500, {"error": ErrorCode.FAILED.value})


def default_database_url(data_folder: Path) -> str:
    """SQLite in ``data_folder``."""
    return f"sqlite:///{data_folder / 'headoffice.db'}"
