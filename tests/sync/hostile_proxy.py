"""A line that does everything a line can do wrong, in a seeded order, between a real till and a real head office."""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

PORTAL = b"<html><body>Please accept our Wi-Fi terms</body></html>"
FAULTS = (
    "lost_request",
    "lost_response",
    "doubled",
    "truncated",
    "reset_before",
    "reset_after",
    "html_instead",
    "html_after",
    "error_instead",
    "error_after",
    "garbage",
    "not_gzip",
    "busy",
)


class HostileProxy(ThreadingHTTPServer):
    """Forwards to ``target``; while ``rate`` > 0 each request meets a fault with that probability."""

    daemon_threads = True

    def __init__(self, target: str, seed: int, rate: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(target)
        self.rate = rate
        self.met: dict[str, int] = dict.fromkeys(FAULTS, 0)
        self._random = random.Random(seed)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def faults(self) -> int:
        return sum(self.met.values())

    def pick(self) -> str:
        """The fault of the next request, or nothing."""
        if self._random.random() >= self.rate:
            return ""
        fault = self._random.choice(FAULTS)
        self.met[fault] += 1
        return fault

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the game."""

    def __enter__(self) -> HostileProxy:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: HostileProxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._meet()

    def do_POST(self) -> None:
        self._meet()

    def log_message(self, *_args: Any) -> None:
        """Silence."""

    def _meet(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.pick()
        self.close_connection = True
        if fault in ("lost_request", "reset_before"):
            return self._vanish(reset=fault == "reset_before")
        if fault == "html_instead":
            return self._say(200, {"Content-Type": "text/html"}, PORTAL)
        if fault == "error_instead":
            return self._say(500, {"Content-Type": "text/html"}, b"upstream fell over")
        if fault == "busy":
            return self._say(503, {"Retry-After": "1"}, b"")
        if fault == "doubled":
            self._forward(body)
        status, headers, answer = self._forward(body)
        if fault in ("lost_response", "reset_after"):
            return self._vanish(reset=fault == "reset_after")
        if fault == "html_after":
            return self._say(200, {"Content-Type": "text/html"}, PORTAL)
        if fault == "error_after":
            return self._say(502, {}, b"bad gateway")
        if fault == "garbage":
            return self._say(status, headers, bytes(byte ^ 0x5A for byte in answer))
        if fault == "not_gzip":
            return self._say(status, headers | {"Content-Encoding": "gzip"}, b"\x1f\x8b" + answer[:7])
        if fault == "truncated":
            return self._say(status, headers, answer, cut=max(0, len(answer) // 2))
        return self._say(status, headers, answer)

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection(self.server.target.hostname or "", self.server.target.port, timeout=20)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            line.request(self.command, self.path, body=body or None, headers=headers)
            answer = line.getresponse()
            kept = ("content-type", "content-encoding", "x-pos-member-protocol", "retry-after")
            return answer.status, {n: v for n, v in answer.getheaders() if n.lower() in kept}, answer.read()
        finally:
            line.close()

    def _say(self, status: int, headers: dict[str, str], body: bytes, cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        self.wfile.flush()

    def _vanish(self, *, reset: bool) -> None:
        if reset:  # an RST instead of a FIN
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
