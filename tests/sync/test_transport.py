"""The line: everything that can come back, and what the till makes of it."""

from __future__ import annotations

import gzip
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.sync import protocol
from pos_member.sync.transport import HttpTransport, check_url

Serve = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextmanager
def served(serve: Serve) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.close_connection = True
            serve(self)

        def log_message(self, *_args: Any) -> None:
            """Silence."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def say(status: int, body: bytes, ours: bool = True, **headers: str) -> Serve:
    def serve(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        if ours:
            handler.send_header(protocol.PROTOCOL_HEADER, "1")
        for name, value in (
            {"Content-Length": str(len(body))} | {k.replace("_", "-"): v for k, v in headers.items()}
        ).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return serve


def outcome(serve: Serve, **options: Any) -> EnvironmentProblem:
    with served(serve) as url:
        line = HttpTransport(url, **options)
        try:
            with pytest.raises(EnvironmentProblem) as caught:
                line.exchange("GET", "/v1/pull")
        finally:
            line.close()
    return caught.value


def bomb() -> bytes:
    return gzip.compress(b"\x00" * (protocol.ANSWER_BYTES_MAX + 100))


@pytest.mark.parametrize(
    ("serve", "reason"),
    [
        (say(200, b"<html>sign in</html>", ours=False), Reason.ANSWER_NOT_OURS),
        (say(404, b"<html>no such page</html>", ours=False), Reason.ANSWER_NOT_OURS),
        (say(302, b"", ours=False, Location="https://portal.example/"), Reason.ANSWER_NOT_OURS),
        (say(200, b"not json"), Reason.ANSWER_NOT_OURS),
        (say(200, b"[1]"), Reason.ANSWER_NOT_OURS),
        (say(200, b"[" * 100_000), Reason.ANSWER_NOT_OURS),
        (say(200, b""), Reason.ANSWER_NOT_OURS),
        (say(200, b"\x1f\x8bxx", Content_Encoding="gzip"), Reason.ANSWER_NOT_OURS),
        (say(200, bomb(), Content_Encoding="gzip"), Reason.ANSWER_NOT_OURS),
        (say(200, gzip.compress(b"{}" * 900)[:-9], Content_Encoding="gzip"), Reason.LINE_DOWN),
        (say(200, b"{", Content_Length="999"), Reason.LINE_DOWN),
        (say(500, b"oops", ours=False), Reason.HEADOFFICE_FAILED),
        (say(502, b"<html>bad gateway</html>", ours=False), Reason.HEADOFFICE_FAILED),
        (say(503, b"", Retry_After="7"), Reason.HEADOFFICE_BUSY),
        (say(429, b"", Retry_After="never"), Reason.HEADOFFICE_BUSY),
    ],
)
def test_what_is_no_answer_has_its_reason(serve: Serve, reason: Reason) -> None:
    assert outcome(serve).reason is reason


def test_retry_after_is_passed_on_within_bounds() -> None:
    assert outcome(say(503, b"", Retry_After="7")).params == {"retry_after_s": 7}
    assert outcome(say(503, b"", Retry_After="999999")).params == {"retry_after_s": 600}
    assert outcome(say(503, b"", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")).params == {"retry_after_s": 30}


def test_silence_is_a_line_that_is_down() -> None:
    free = threading.Event()
    try:
        assert outcome(lambda _handler: free.wait(20) and None, timeouts_s=(2, 0.2)).reason is Reason.LINE_DOWN
    finally:
        free.set()


def test_a_dripping_line_does_not_hold_the_till() -> None:
    """Each byte comes within the read time-out; the exchange as a whole is over all the same."""
    stop = threading.Event()

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000000")
        handler.end_headers()
        while not stop.wait(0.02):
            handler.wfile.write(b"x" * 70_000)

    try:
        assert outcome(drip, timeouts_s=(2, 2), exchange_timeout_s=0.2).reason is Reason.LINE_DOWN
    finally:
        stop.set()


def test_nobody_there_is_a_line_that_is_down() -> None:
    with served(say(200, b"{}")) as url:
        pass
    line = HttpTransport(url)
    with pytest.raises(EnvironmentProblem) as caught:
        line.exchange("GET", "/healthz")
    line.close()
    assert caught.value.reason is Reason.LINE_DOWN


@pytest.mark.parametrize(
    "url",
    ["https://ho.example", "https://ho.example/pos/", " http://127.0.0.1:8470", "http://localhost:1", "http://[::1]:9"],
)
def test_addresses_that_can_be_used(url: str) -> None:
    assert check_url(url) == url.strip().rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ho.example",
        "http://ho.example",
        "ftp://ho.example",
        "https://",
        "https://a:b:c",
        "https://x/?q=1",
        "http://127.0.0.1.evil.example",
        "https://[::1",
        "https://x:99999",
    ],
)
def test_addresses_that_cannot(url: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_url(url)
    assert caught.value.reason is Reason.SERVER_ADDRESS_INVALID
