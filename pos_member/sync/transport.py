"""HTTP to head office, distrustful: time limits on everything, bounded reads, TLS verified, nothing foreign believed.

Whatever goes wrong on the way becomes one ``EnvironmentProblem`` with a reason a person can act on: ``LINE_DOWN``
(no connection, time-out, broken off), ``CERTIFICATE_UNTRUSTED`` and ``CERTIFICATE_TIME``, ``ANSWER_NOT_OURS`` (a
portal's page, garbage), ``HEADOFFICE_BUSY`` with ``retry_after_s``, ``HEADOFFICE_FAILED``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.line_setup import LineSetup
from pos_member.sync import packing, protocol
from pos_member.sync.pacing import Pace, PacedBody, both_ways
from pos_member.sync.packing import Unpackable
from pos_member.sync.patience import Patience
from pos_member.sync.protocol_feed import PART_TYPE
from pos_member.sync.trust import Cut, LineAdapter, certificate_problem

T = TypeVar("T")

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
#: A whole answer, so that a line that drips a byte now and then does not hold the till's network lane.
EXCHANGE_TIMEOUT_S = 120.0
#: Beyond every time that head office names: a code may be tried again after a quarter of an hour.
_RETRY_AFTER_READ_MAX_S = 3_600
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Answer:
    """An answer that is head office's own: its status (2xx or 4xx) and its JSON object.

    ``raw``: instead of that, the bytes of a part of a snapshot.
    """

    status: int
    data: Mapping[str, Any]
    raw: bytes = b""


def read_answer(cls: type[T], answer: Answer) -> T:
    """The answer as ``cls``. Raises ``EnvironmentProblem(ANSWER_NOT_OURS)`` when it does not fit."""
    try:
        return protocol.read_answer(cls, answer.data)
    except Refusal as refusal:
        raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, **refusal.params) from refusal


class Transport(Protocol):
    """One request, one answer. Raises ``EnvironmentProblem`` as the module says."""

    def exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = protocol.JSON_TYPE,
        params: Mapping[str, int] | None = None,
        token: str = "",
    ) -> Answer: ...


def check_url(url: str) -> str:
    """``url`` without its trailing slash; https, or http on loopback. Raises ``Refusal(SERVER_ADDRESS_INVALID)``."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise Refusal(Reason.SERVER_ADDRESS_INVALID) from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not secure or not parts.hostname or parts.query or parts.fragment:
        raise Refusal(Reason.SERVER_ADDRESS_INVALID)
    return url.strip().rstrip("/")


class _Session(requests.Session):
    """Believes no redirect and keeps no cookie: both would be a stranger's."""

    def __init__(self) -> None:
        super().__init__()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: to know where one leads ``requests`` would read all that comes with it, however much that is."""
        return None


class HttpTransport:
    """``Transport`` over ``requests``: the system's proxies and certificates, redirects never followed.

    One thread at a time; ``cut`` may be called from any. ``setup`` is asked for the limits with every piece.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeouts_s: tuple[float, float] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        exchange_timeout_s: float = EXCHANGE_TIMEOUT_S,
        cancelled: Callable[[], bool] = lambda: False,
        setup: Callable[[], LineSetup] = LineSetup,
        paces: tuple[Pace, Pace] | None = None,
    ) -> None:
        self.base_url = check_url(base_url)
        self.bytes_sent = 0
        self._timeouts_s = timeouts_s
        self._patience = Patience(exchange_timeout_s)
        self._cancelled = cancelled
        self._up, self._down = paces or both_ways(setup)
        #: What head office said it reads; gzip until it has said so.
        self._encoding = packing.GZIP
        self._connections = Cut()
        self._session = _Session()
        adapter = LineAdapter(self._connections, self._patience)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)
        if urlsplit(self.base_url).hostname in _LOOPBACK:
            self._session.trust_env = False  # no proxy stands between a till and its own machine

    def close(self) -> None:
        """Let go of kept connections."""
        self._session.close()

    def cut(self) -> None:
        """End what is under way, and all that comes: the till is being closed (any thread)."""
        self._connections.now()

    def exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = protocol.JSON_TYPE,
        params: Mapping[str, int] | None = None,
        token: str = "",
    ) -> Answer:
        headers = {"Accept": protocol.JSON_TYPE, "Accept-Encoding": packing.READS}
        headers[protocol.PROTOCOL_HEADER] = str(protocol.PROTOCOL)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            whole = body if isinstance(body, packing.Body) else packing.Body(body)
            packed = whole.packed(self._encoding)
            headers |= {"Content-Type": content_type, "Content-Encoding": self._encoding}
            self.bytes_sent += len(packed)
            data = PacedBody(packed, self._up)
        try:
            with self._session.request(
                method,
                self.base_url + path,
                params=params,
                data=data,
                headers=headers,
                timeout=self._timeouts_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._judge(response, self._read(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            problem = certificate_problem(error)
            if problem is not None:
                raise problem from error
            raise EnvironmentProblem(Reason.LINE_DOWN, detail=type(error).__name__) from error

    def _read(self, response: requests.Response) -> bytes:
        """The body as sent, at most ``ANSWER_BYTES_MAX`` before and after decompression.

        What our own limit makes it wait does not count as the line's slowness.
        """
        parts: list[bytes] = []
        size = 0
        if (response.raw.length_remaining or 0) > protocol.ANSWER_BYTES_MAX:
            raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, detail="size")
        # What is there, not a whole step: a line that drips is looked at between two drops.
        while chunk := response.raw.read1(self._down.step(), decode_content=False):
            size += len(chunk)
            if size > protocol.ANSWER_BYTES_MAX:
                raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, detail="size")
            self._patience.longer(self._down.spend(len(chunk)))
            if self._cancelled():
                raise EnvironmentProblem(Reason.LINE_DOWN, detail="time")
            parts.append(chunk)
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        try:
            return packing.unpack(b"".join(parts), encoding, protocol.ANSWER_BYTES_MAX)
        except Unpackable as error:
            reason = Reason.LINE_DOWN if error.cut else Reason.ANSWER_NOT_OURS
            raise EnvironmentProblem(reason, detail=f"packed {encoding[:20]}") from error

    def _judge(self, response: requests.Response, raw: bytes) -> Answer:
        ours = protocol.PROTOCOL_HEADER in response.headers
        status = response.status_code
        if status in (429, 503):
            raise EnvironmentProblem(Reason.HEADOFFICE_BUSY, retry_after_s=_retry_after_s(response))
        if status >= 500:
            raise EnvironmentProblem(Reason.HEADOFFICE_FAILED, status=status)
        if status == 413:  # a proxy may say so before head office does: the engine sends less at a time
            return Answer(status, {"error": protocol.ErrorCode.TOO_LARGE.value})
        if not ours:
            raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, status=status)
        self._encoding = packing.best(response.headers.get("Accept-Encoding", "")) or packing.GZIP
        if status == 200 and response.headers.get("Content-Type", "") == PART_TYPE:
            return Answer(status, {}, raw)
        try:
            return Answer(status, protocol.read_json_object(raw))
        except Refusal as refusal:
            raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, status=status) from refusal


def _retry_after_s(response: requests.Response) -> int:
    text = response.headers.get("Retry-After", "")
    return min(int(text), _RETRY_AFTER_READ_MAX_S) if text.isascii() and text.isdigit() and len(text) < 10 else 30
