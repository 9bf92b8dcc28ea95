"""A poor line: everything goes through, downwards at so many bytes a second."""

from __future__ import annotations

import socket
import threading
from socketserver import BaseRequestHandler, TCPServer
from urllib.parse import urlsplit

from tests.patience import PATIENCE_S
from tests.sync.line_server import LineServer

_STEP = 512


class ThrottledLine(LineServer, TCPServer):
    """Between a till and ``target``; ``bytes_s`` are shared by all connections that are open."""

    allow_reuse_address = True

    def __init__(self, target: str, bytes_s: int) -> None:
        super().__init__(("127.0.0.1", 0), _Pipe)
        parts = urlsplit(target)
        self.upstream = (parts.hostname or "", parts.port or 0)
        self.bytes_s = bytes_s
        self.pacing = threading.Lock()


class _Pipe(BaseRequestHandler):
    server: ThrottledLine

    def handle(self) -> None:
        with socket.create_connection(self.server.upstream) as upstream:
            going_up = threading.Thread(target=_up, args=(self.request, upstream), daemon=True)
            going_up.start()
            try:
                while not self.server.over.is_set() and (piece := upstream.recv(_STEP)):
                    with self.server.pacing:
                        self.server.over.wait(len(piece) / self.server.bytes_s)
                    self.request.sendall(piece)
            except OSError:
                return  # the till hung up
            finally:
                for each in (self.request, upstream):
                    _end(each)
                going_up.join(PATIENCE_S)


def _up(till: socket.socket, upstream: socket.socket) -> None:
    try:
        while piece := till.recv(1 << 16):
            upstream.sendall(piece)
    except OSError:
        return
    finally:
        _end(upstream)


def _end(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # gone already
