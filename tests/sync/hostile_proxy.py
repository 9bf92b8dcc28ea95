"""A line that does everything a line can do wrong, in a seeded order, between a real till and a real head office."""

from __future__ import annotations

import http.client
import random
import socket
import struct
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.sync.line_server import LineServer

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
#: Those that cost their time, or need to be asked for.
SLOW_FAULTS = ("stalled", "drips")
EVERY_FAULT = (*FAULTS, *SLOW_FAULTS, "unknown_packing", "damaged")
_DRIP_S = 0.05


class HostileProxy(LineServer, HTTPServer):
    """Forwards to ``target``; while ``rate`` > 0 each request meets a fault with that probability.

    ``plan`` says instead which requests meet which. ``seen`` notes every request: its path, without the query, and
    the fault.
    """

    def __init__(self, target: str, seed: int, rate: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(target)
        self.rate = rate
        self.met: dict[str, int] = dict.fromkeys(EVERY_FAULT, 0)
        self.seen: list[tuple[str, str]] = []
        #: The newest answer to each path, as a cache that minds neither the query nor who asks would keep it.
        self.kept: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.from_cache: tuple[str, ...] = ()
        self.down = False
        self._plans: list[list[Any]] = []
        self._random = random.Random(seed)

    @property
    def faults(self) -> int:
        return sum(self.met.values())

    def plan(self, path: str, fault: str, times: int = 1) -> None:
        """The next ``times`` requests for what begins with ``path`` meet ``fault``."""
        self._plans.append([path, fault, times])

    @property
    def planned(self) -> int:
        """How many faults that were planned nobody has met."""
        return sum(times for _, _, times in self._plans)

    def pick(self, path: str) -> str:
        """The fault of the next request, or nothing."""
        fault = ""
        if self.down:
            fault = "reset_before"
        elif found := next((each for each in self._plans if each[2] and path.startswith(each[0])), None):
            found[2] -= 1
            fault = found[1]
        elif self._random.random() < self.rate:
            fault = self._random.choice(FAULTS)
        if fault:
            self.met[fault] += 1
        self.seen.append((path, fault))
        return fault

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the game."""


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
        path = self.path.partition("?")[0]
        fault = self.server.pick(path)
        self.close_connection = True
        if path.startswith(self.server.from_cache or "-") and path in self.server.kept:
            return self._say(*self.server.kept[path])
        if fault == "stalled":
            self.server.over.wait(30)
            return self._vanish(reset=True)
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
        if not fault and status == 200:
            self.server.kept[path] = status, headers, answer
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
        if fault == "unknown_packing":
            return self._say(status, headers | {"Content-Encoding": "br"}, answer)
        if fault == "damaged":  # a bit somewhere, and everything about it as it should be
            at = len(answer) // 2
            return self._say(status, headers, answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :])
        if fault == "drips":
            return self._drip(status, headers, answer)
        return self._say(status, headers, answer)

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection(self.server.target.hostname or "", self.server.target.port, timeout=60)
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

    def _drip(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """The head at once, the body a byte at a time."""
        self._say(status, headers, body, cut=0)
        for at in range(len(body)):
            if self.server.over.wait(_DRIP_S):
                return
            self.wfile.write(body[at : at + 1])
            self.wfile.flush()

    def _vanish(self, *, reset: bool) -> None:
        if reset:  # an RST instead of a FIN
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
