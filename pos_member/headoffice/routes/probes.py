"""``/healthz`` and ``/metrics``: for those who watch over head office."""

from __future__ import annotations

import base64
import binascii
import ipaddress

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from pos_member import __version__
from pos_member.headoffice import feed
from pos_member.headoffice.console.door import Door
from pos_member.headoffice.metrics import CONTENT_TYPE, metrics
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode


def probe_routes(office: HeadOffice, door: Door) -> APIRouter:
    """The probes of ``office``."""
    router = APIRouter(tags=["probes"])

    @router.get("/healthz")
    def healthz() -> Response:
        """200 while the database answers."""
        with office.database.read() as connection:
            horizon = feed.horizon(connection)
        content = {"status": "ok", "version": __version__, "horizon": horizon}
        return JSONResponse(content, headers={protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL)})

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
            return Response(metrics(connection, now), media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})

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
