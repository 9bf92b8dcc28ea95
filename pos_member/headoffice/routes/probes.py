"""``/healthz``, ``/readyz`` and ``/metrics``: for those who watch over head office."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import logging

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from pos_member import __version__
from pos_member.domain.errors import EnvironmentProblem
from pos_member.headoffice import feed
from pos_member.headoffice.admission import retry_after_s
from pos_member.headoffice.console.door import Door
from pos_member.headoffice.counts import Counts
from pos_member.headoffice.kept import VERSION, read_setting
from pos_member.headoffice.metrics import CONTENT_TYPE, OpenDays, metrics
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.schema import SCHEMA_VERSION
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

log = logging.getLogger(__name__)


def probe_routes(office: HeadOffice, door: Door, counts: Counts) -> APIRouter:
    """The probes of ``office``."""
    router = APIRouter(tags=["probes"])
    open_days = OpenDays()
    headers = {protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL), "Cache-Control": "no-store"}

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz")
    async def healthz() -> Response:
        """200 while this process answers; it does not ask the database, which may be away for a moment."""
        return JSONResponse({"status": "ok", "version": __version__}, headers=headers)

    @router.head("/readyz", include_in_schema=False)
    @router.get("/readyz")
    def readyz() -> Response:
        """200 while calls can be served: the database answers, and its tables are of this version. Else 503."""
        try:
            with office.database.read() as connection:
                found, horizon = read_setting(connection, VERSION), feed.horizon(connection)
        except (SQLAlchemyError, EnvironmentProblem) as error:
            log.warning("not ready: %s", type(error).__name__)
            raise Problem(ErrorCode.BUSY, retry_after_s=retry_after_s(), reason="database") from error
        if found != str(SCHEMA_VERSION):
            raise Problem(ErrorCode.BUSY, retry_after_s=retry_after_s(), reason="version")
        return JSONResponse({"status": "ready", "version": __version__, "horizon": horizon}, headers=headers)

    @router.get("/metrics")
    def figures(request: Request) -> Response:
        """Prometheus text. From this machine as it is; from elsewhere with the console's password (HTTP Basic)."""
        now = office.clock.now()
        address = request.client.host if request.client else ""
        if not _is_here(address) and door.waiting(address, now):
            raise Problem(ErrorCode.RATE_LIMITED, retry_after_s=30)
        with office.database.read() as connection:
            if not _is_here(address) and not door.right(connection, _password(request), address, now):
                return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="POS Member"'})
            return Response(
                metrics(connection, now, counts, open_days),
                media_type=CONTENT_TYPE,
                headers={"Cache-Control": "no-store"},
            )

    return router


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _password(request: Request) -> str:
    """The password of HTTP Basic, whatever the user's name; empty where there is none."""
    scheme, _, sealed = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(sealed[:400], validate=True).decode(errors="replace").partition(":")[2]
    except binascii.Error:
        return ""
