"""The line: everything that can come back, and what the till makes of it."""

from __future__ import annotations

import gzip
import http.server
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.sync import protocol
from pos_member.sync.pacing import Pace
from pos_member.sync.transport import HttpTransport, check_url
from tests.log_watch import ExpectLog

pytestmark = pytest.mark.one_database("nothing of head office runs")
Serve = Callable[[http.server.BaseHTTPRequestHandler], None]
Talk = Callable[[socket.socket, threading.Event], None]


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
        (say(407, b"<html>proxy: who are you?</html>", ours=False), Reason.ANSWER_NOT_OURS),
        (say(401, b"<html>sign in</html>", ours=False), Reason.ANSWER_NOT_OURS),
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
        (say(200, b"{}", Content_Encoding="br"), Reason.ANSWER_NOT_OURS),
        (say(200, b"{}", Content_Encoding="zstd"), Reason.ANSWER_NOT_OURS),
        (say(302, bomb(), ours=False, Location="/here", Content_Encoding="gzip"), Reason.ANSWER_NOT_OURS),
        (say(302, b"", Location="http://[::1"), Reason.ANSWER_NOT_OURS),
        (say(302, b"", Location="http://\xff\xfe/"), Reason.ANSWER_NOT_OURS),
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
    # A quarter of an hour is what a person hears who tried too many codes.
    assert outcome(say(429, b"", Retry_After="900")).params == {"retry_after_s": 900}
    assert outcome(say(503, b"", Retry_After="999999")).params == {"retry_after_s": 3_600}
    assert outcome(say(503, b"", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")).params == {"retry_after_s": 30}


def test_silence_is_a_line_that_is_down() -> None:
    free = threading.Event()
    try:
        assert outcome(lambda _handler: free.wait(20) and None, timeouts_s=(2, 0.2)).reason is Reason.LINE_DOWN
    finally:
        free.set()


@contextmanager
def raw(answer: Talk) -> Iterator[str]:
    """Something on a port that reads a request's head and does ``answer``; told when it is over."""
    over = threading.Event()

    def serve(listening: socket.socket) -> None:
        while not over.is_set():
            try:
                taken, _ = listening.accept()
            except TimeoutError:
                continue
            with taken:
                head = b""
                while b"\r\n\r\n" not in head and (more := taken.recv(65_536)):
                    head += more
                with suppress(OSError):  # the till went away
                    answer(taken, over)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


OURS = f"HTTP/1.1 200 OK\r\n{protocol.PROTOCOL_HEADER}: 1\r\n".encode()


def again_and_again(first: bytes, piece: bytes, pause_s: float = 0.0) -> Talk:
    """``first``, then ``piece`` for ever."""

    def answer(taken: socket.socket, over: threading.Event) -> None:
        taken.sendall(first)
        while not over.wait(pause_s):
            taken.sendall(piece)

    return answer


def reason_of(url: str, **options: Any) -> EnvironmentProblem:
    with closing(HttpTransport(url, **options)) as line, pytest.raises(EnvironmentProblem) as caught:
        line.exchange("GET", "/v1/pull")
    return caught.value


DRIP_S = 0.05


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200", b" "),
        (OURS, b"a"),
        (OURS, b"X-More: 1\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (OURS + b"Content-Length: 100000\r\n\r\n", b"x"),
        (OURS + b"\r\n", b"x"),
        (OURS + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (OURS + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", b"x"),
    ],
)
def test_a_line_that_drips_does_not_hold_the_till(first: bytes, piece: bytes) -> None:
    """Each byte comes within the read time-out; the answer as a whole is over all the same."""
    with raw(again_and_again(first, piece, DRIP_S)) as url:
        began = time.monotonic()
        problem = reason_of(url, timeouts_s=(30, 30), exchange_timeout_s=0.6)
        took = time.monotonic() - began
    assert problem.reason is Reason.LINE_DOWN
    assert 0.5 < took < 30, "neither the time-out of one byte nor that of many"


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (OURS + b"Content-Length: 99999999999999\r\n\r\n", b""),
        (OURS + b"\r\n", b"x" * 65_536),
        (OURS + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65_536 + b"\r\n"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", b"x" * 65_536),
    ],
)
def test_an_answer_without_end_is_cut_at_the_limit(first: bytes, piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 1 << 20
    monkeypatch.setattr(protocol, "ANSWER_BYTES_MAX", limit)
    sent = 0

    def answer(taken: socket.socket, over: threading.Event) -> None:
        nonlocal sent
        taken.sendall(first)
        while not over.wait(0 if piece else 0.01):
            taken.sendall(piece)
            sent += len(piece)

    with raw(answer) as url:
        problem = reason_of(url, timeouts_s=(5, 5), exchange_timeout_s=20)
    assert (problem.reason, problem.params) == (Reason.ANSWER_NOT_OURS, {"detail": "size"})
    assert sent < 16 * limit, "what the sockets hold on the way, and no more"


@pytest.mark.parametrize(
    "flood",
    [
        again_and_again(OURS + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 65_536),
        again_and_again(OURS, b"X" * 65_536),
        again_and_again(b"", b"HTTP/1.1" * 8_192),
    ],
)
def test_a_head_without_end_is_given_up_at_once(flood: Talk) -> None:
    with raw(flood) as url:
        began = time.monotonic()
        assert reason_of(url, timeouts_s=(60, 60), exchange_timeout_s=60).reason is Reason.LINE_DOWN
        assert time.monotonic() - began < 50, "long before any of its limits"


def test_what_takes_long_by_our_own_limit_is_not_cut() -> None:
    body = b'{"a": "' + bytes(range(97, 123)) * 400 + b'"}'
    with served(say(200, body)) as url:
        slow = Pace(lambda: 8_000)
        with closing(HttpTransport(url, exchange_timeout_s=0.2, paces=(Pace(lambda: 0), slow))) as line:
            began = time.monotonic()
            assert len(line.exchange("GET", "/v1/pull").data["a"]) == 10_400
            assert time.monotonic() - began > 0.3, "longer than a line of its own may take"


def test_no_cookie_of_a_stranger_is_sent_back() -> None:
    sent: list[str | None] = []

    def serve(handler: http.server.BaseHTTPRequestHandler) -> None:
        sent.append(handler.headers.get("Cookie"))
        say(200, b"{}", Set_Cookie="portal=" + "x" * 4_000)(handler)

    with served(serve) as url, closing(HttpTransport(url)) as line:
        for _ in range(3):
            line.exchange("GET", "/v1/pull")
    assert sent == [None] * 3


def test_any_bytes_at_all_are_trouble_of_the_line(expected_logs: ExpectLog) -> None:
    """Answers cut, turned and mixed up by chance: whatever comes, it is one of the line's reasons, or an answer."""
    expected_logs("Failed to parse headers")
    dice = random.Random(20)
    packed = gzip.compress(b'{"advice": "ok"}')
    whole = OURS + b"Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
    sound = (
        whole + b"Content-Length: %d\r\n\r\n" % len(packed) + packed,
        whole + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(packed) + packed + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n",
    )
    answers = [bytes(_damaged(dice, dice.choice(sound))) for _ in range(250)]
    asked = iter(answers)
    seen: Counter[Reason | None] = Counter()
    with (
        raw(lambda taken, _over: taken.sendall(next(asked))) as url,
        closing(HttpTransport(url, timeouts_s=(2, 2), exchange_timeout_s=2)) as line,
    ):
        for _ in answers:
            try:
                line.exchange("GET", "/v1/pull")
                seen[None] += 1
            except EnvironmentProblem as problem:
                seen[problem.reason] += 1
    assert set(seen) <= {
        *(None, Reason.LINE_DOWN, Reason.ANSWER_NOT_OURS, Reason.HEADOFFICE_BUSY, Reason.HEADOFFICE_FAILED)
    }
    assert seen[Reason.LINE_DOWN] > 20 < seen[Reason.ANSWER_NOT_OURS]


def _damaged(dice: random.Random, sound: bytes) -> bytearray:
    made = bytearray(sound)
    for _ in range(dice.randrange(1, 5)):
        at = dice.randrange(len(made))
        what = dice.randrange(4)
        if what == 0:
            made[at] = dice.randrange(256)
        elif what == 1:
            del made[at : at + dice.randrange(1, 20)]
        elif what == 2:
            made[at:at] = made[dice.randrange(len(made)) :][: dice.randrange(30)]
        else:
            made[at:at] = dice.randbytes(dice.randrange(1, 6))
        made = made or bytearray(b"H")
    return made


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
