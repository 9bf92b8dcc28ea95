"""Odd printers on real sockets: each answers what its maker cared for, and nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pos_member.hardware.printing.transports import TcpTransport
from tests.patience import PATIENCE_S


@dataclass
class Clone:
    """A printer that answers ``questions`` of DLE EOT, ``GS r`` if ``in_order``, ``GS a`` if ``automatic``.

    ``replies`` maps a question to its byte and may be changed while it runs. ``greeting`` is said to whoever connects
    (left over from before). ``ids``: what it makes of a process id (None: nothing). ``on_data``: on its thread.
    """

    questions: tuple[int, ...] = (1, 2, 3, 4)
    in_order: bool = True
    automatic: bool = False
    greeting: bytes = b""
    ids: Callable[[bytes], bytes] | None = None
    names: dict[int, bytes] = field(default_factory=dict)
    replies: dict[int, int] = field(default_factory=lambda: {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12})
    told: bytes = b"\x10\x00\x00\x00"
    on_data: Callable[[Clone, bytes], None] = lambda clone, data: None
    received: bytearray = field(default_factory=bytearray)
    client: socket.socket | None = None

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A closed listener does not wake an accept that waits.
        self._stopping = True
        socket.create_connection(self._listener.getsockname(), 1).close()
        self._thread.join(PATIENCE_S)
        self._listener.close()

    @property
    def way(self) -> TcpTransport:
        return TcpTransport("127.0.0.1", self._listener.getsockname()[1])

    def say(self, said: bytes) -> None:
        """Something nobody asked for, to whoever is connected."""
        if self.client is not None:
            self.client.sendall(said)

    def hang_up(self) -> None:
        if self.client is not None:
            self.client.shutdown(socket.SHUT_RDWR)

    def wait_for(self, what: Callable[[bytes], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: what(bytes(self.received)), timeout=PATIENCE_S)

    _stopping = False

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            with client:
                if self._stopping:
                    return
                self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        self.client = client
        if self.greeting:
            client.sendall(self.greeting)
        try:
            while data := client.recv(65_536):
                with self._changed:
                    self.received += data
                    self._changed.notify_all()
                said = self._answers(data)
                if said:
                    client.sendall(said)
                self.on_data(self, data)
        except OSError:
            return
        finally:
            self.client = None

    def _answers(self, data: bytes) -> bytes:
        said = bytearray()
        at = 0
        while at < len(data) - 2:
            piece = data[at : at + 3]
            if piece[:2] == b"\x10\x04" and 1 <= piece[2] <= 4:
                if piece[2] in self.questions:
                    said.append(self.replies[piece[2]])
                at += 3
            elif piece[:2] == b"\x1da" and self.automatic and piece[2] == 0x0F:
                said += self.told
                at += 3
            elif piece[:2] == b"\x1dI" and piece[2] in self.names:
                said += b"_" + self.names[piece[2]] + b"\x00"
                at += 3
            elif data[at : at + 7] == b"\x1d(H\x06\x0000":
                said += b"" if self.ids is None else self.ids(data[at + 7 : at + 11])
                at += 11
            elif piece == b"\x1dr\x01" and at + 3 == len(data):
                said += b"\x00" if self.in_order else b""
                at += 3
            else:
                at += 1
        return bytes(said)
