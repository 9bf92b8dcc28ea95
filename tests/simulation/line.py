"""The line: the till's real HTTP client at one end, head office's real routes at the other, faults between them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from pos_member.domain.errors import Reason
from pos_member.sync.transport import HttpTransport
from tests.simulation.office import Wire

URL = "http://127.0.0.1:1"
PORTAL = b"<html><body>Please accept our Wi-Fi terms</body></html>"
#: What can befall one request.
FAULTS = (
    "lost_request",
    "lost_response",
    "doubled",
    "truncated",
    "html_instead",
    "html_after",
    "busy",
    "failed_after",
    "garbage",
    "not_gzip",
    "late",
)
#: Those after which head office did what was asked, and the till does not know.
ANSWERLESS = frozenset({"lost_response", "truncated", "html_after", "failed_after", "garbage", "not_gzip", "late"})
#: What ends a question at the counter: the till goes by what it holds.
OF_THE_LINE = frozenset(
    {Reason.LINE_DOWN, Reason.ANSWER_NOT_OURS, Reason.HEADOFFICE_BUSY, Reason.HEADOFFICE_FAILED, Reason.TILL_COPIED}
)


@dataclass(frozen=True)
class Sent:
    """A request as it went out."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class Refused(Exception):
    """Nobody answered."""


#: Head office: answers a request, or raises ``Refused`` when its process ended meanwhile.
Serve = Callable[[Sent], Wire]


class SimLine(BaseAdapter):
    """``requests`` goes through here. ``fault`` names what befalls the next request; ``late`` takes what is held up."""

    def __init__(self, serve: Serve, fault: Callable[[Sent], str], late: Callable[[Sent], None]) -> None:
        super().__init__()
        self._serve = serve
        self._fault = fault
        self._late = late

    def send(self, request: requests.PreparedRequest, *_args: Any, **_named: Any) -> requests.Response:
        sent = Sent(
            request.method or "",
            request.url or "",
            dict(request.headers),
            _bytes_of(request.body),
        )
        status, headers, answer = self._meet(sent)
        response = requests.Response()
        response.status_code = status
        response.headers.update(headers)
        response.request = request
        response.url = sent.url
        response.raw = HTTPResponse(io.BytesIO(answer), headers=headers, status=status, preload_content=False)
        return response

    def close(self) -> None:
        """Nothing is kept open."""

    def _meet(self, sent: Sent) -> Wire:
        fault = self._fault(sent)
        if fault in ("lost_request", "late"):
            if fault == "late":
                self._late(sent)
            raise requests.ConnectionError(fault)
        if fault == "html_instead":
            return 200, {"Content-Type": "text/html"}, PORTAL
        if fault == "busy":
            return 503, {"Retry-After": "1"}, b""
        try:
            if fault == "doubled":
                self._serve(sent)
            status, headers, answer = self._serve(sent)
        except Refused as refused:
            raise requests.ConnectionError("reset") from refused
        if fault == "lost_response":
            raise requests.ConnectionError(fault)
        if fault == "html_after":
            return 200, {"Content-Type": "text/html"}, PORTAL
        if fault == "failed_after":
            return 502, {}, b"bad gateway"
        if fault == "garbage":
            return status, headers, bytes(byte ^ 0x5A for byte in answer)
        if fault == "not_gzip":
            return status, headers | {"Content-Encoding": "gzip"}, b"\x1f\x8b" + answer[:7]
        if fault == "truncated":
            return status, headers, answer[: len(answer) // 2]
        return status, headers, answer


class Cache:
    """A proxy that keeps what never changes again: whole segments of the feed. It does not hear of it where head office
    is set back, and has the old ones then."""

    def __init__(self) -> None:
        self.kept: dict[str, Wire] = {}

    def answer(self, sent: Sent, serve: Serve) -> Wire:
        """What it has, or what ``serve`` says."""
        if (known := self.kept.get(sent.url)) is not None:
            return known
        answer = serve(sent)
        if answer[0] == 200 and "/feed/segments/" in sent.url:
            self.kept[sent.url] = answer
        return answer


def _bytes_of(body: Any) -> bytes:
    """A body as it would leave the machine, also one that is read piece by piece."""
    if body is None:
        return b""
    if isinstance(body, str | bytes):
        return body.encode() if isinstance(body, str) else body
    found: bytes = body.read() if hasattr(body, "read") else b"".join(body)
    return found


def transport(line: SimLine) -> HttpTransport:
    """The till's HTTP client on ``line``."""
    made = HttpTransport(URL)
    made._session.mount("http://", line)
    return made


def path_of(sent: Sent) -> str:
    """What it asks for, without host and parameters."""
    return urlsplit(sent.url).path
