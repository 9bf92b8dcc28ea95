"""What ``headoffice serve`` writes: one JSON object a line on standard error, nothing personal in it.

``{"at": …, "level": …, "logger": …, "message": …}`` and what the record adds in ``extra={"fields": {…}}``. Requests are
named by their route, never by their address: an address may hold an id or whatever a stranger typed.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any, TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pos_member.log import RedactPersonal

log = logging.getLogger(__name__)
#: A request that takes longer is worth a line whatever it was.
SLOW_MS = 1_000


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at.replace("+00:00", "Z"), "level": record.levelname.lower()}
        line |= {"logger": record.name, "message": record.getMessage(), **getattr(record, "fields", {})}
        trace = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else "")
        if trace:
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to(stream: TextIO, level: int = logging.INFO) -> None:
    """Send this process's log to ``stream`` from now on, and only there."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(RedactPersonal())
    root = logging.getLogger()
    for older in list(root.handlers):
        root.removeHandler(older)
    root.addHandler(handler)
    root.setLevel(level)
    # The web server tells of its own comings and goings; ours are told here.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)


class RequestLog:
    """ASGI: a line for every request that changed something, was refused, failed or was slow; others at DEBUG."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and tell how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            _tell(scope, status, round((time.perf_counter() - began) * 1_000))


def _tell(scope: Scope, status: int, took_ms: int) -> None:
    route = getattr(scope.get("route"), "path", "")
    loud = scope["method"] != "GET" or status == 0 or status >= 400 or took_ms >= SLOW_MS
    # A till asks where it stands every few seconds: that is the same news again and again.
    quiet = route in ("/v1/hello", "/v1/token") and 0 < status < 400 and took_ms < SLOW_MS
    fields = {"method": scope["method"], "route": route or "unknown", "status": status, "ms": took_ms}
    log.log(logging.INFO if loud and not quiet else logging.DEBUG, "request", extra={"fields": fields})
