"""A network printer on port 9100, each call with a deadline and an honest count of what left."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof

TCP_PORT = 9100
_CHUNK = 4_096


@dataclass(frozen=True)
class TcpTransport:
    """A network printer on port 9100, or the virtual printer.

    ``stall_timeout_s`` bounds the time without progress, ``total_timeout_s`` the whole job. Errors:
    ``PRINTER_UNREACHABLE`` (no connection), ``PRINTER_NOT_READING`` (deadline), ``PRINTER_BROKE_OFF`` (closed on us).
    """

    host: str
    port: int = TCP_PORT
    connect_timeout_s: float = 2.0
    stall_timeout_s: float = 5.0
    total_timeout_s: float = 30.0
    #: How long to wait for the printer to close its side; many never do.
    linger_timeout_s: float = 0.3

    @property
    def can_answer(self) -> bool:
        """A socket talks both ways."""
        return True

    @property
    def describe(self) -> str:
        """``host:port``, an IPv6 host in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def connect(self) -> TcpConnection:
        """Open a socket. Raises ``EnvironmentProblem(PRINTER_UNREACHABLE, host=, port=)``."""
        try:
            made = socket.create_connection((self.host, self.port), self.connect_timeout_s)
        except (OSError, UnicodeError) as error:
            raise EnvironmentProblem(
                Reason.PRINTER_UNREACHABLE, host=self.host, port=str(self.port), detail=str(error)
            ) from error
        with contextlib.suppress(OSError):  # a nicety some stacks refuse
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return TcpConnection(made, self)


class TcpConnection:
    """An open socket to a printer."""

    def __init__(self, made: socket.socket, way: TcpTransport) -> None:
        self._socket = made
        self._way = way
        self._written = 0
        self._ends = time.monotonic() + way.total_timeout_s

    @property
    def written(self) -> int:
        """Bytes the system has taken."""
        return self._written

    def write(self, data: bytes) -> None:
        """Raises ``EnvironmentProblem(PRINTER_NOT_READING | PRINTER_BROKE_OFF)``; ``written`` says how far it came."""
        view = memoryview(data)
        while view:
            left = min(self._way.stall_timeout_s, self._ends - time.monotonic())
            if left <= 0:
                raise self._problem(Reason.PRINTER_NOT_READING)
            self._socket.settimeout(left)
            try:
                count = self._socket.send(view[:_CHUNK])
            except TimeoutError:
                raise self._problem(Reason.PRINTER_NOT_READING) from None
            except OSError as error:
                raise self._problem(Reason.PRINTER_BROKE_OFF, str(error)) from error
            self._written += count
            view = view[count:]

    def read(self, timeout_s: float) -> bytes:
        """Raises ``EnvironmentProblem(PRINTER_BROKE_OFF)`` when the printer has closed the connection."""
        self._socket.settimeout(max(timeout_s, 0.001))
        try:
            said = self._socket.recv(_CHUNK)
        except TimeoutError:
            return b""
        except OSError as error:
            raise self._problem(Reason.PRINTER_BROKE_OFF, str(error)) from error
        if not said:
            raise self._problem(Reason.PRINTER_BROKE_OFF, "closed")
        return said

    def finish(self) -> Proof:
        """Half-close, read what still comes, close; ``Proof.NONE``.

        Closing a socket with unread status bytes in it sends a reset, and a reset throws away what the printer
        has received and not yet read: the end of the receipt. Raises ``EnvironmentProblem(PRINTER_BROKE_OFF)``.
        """
        try:
            self._socket.shutdown(socket.SHUT_WR)
            ends = time.monotonic() + self._way.linger_timeout_s
            # A printer may keep its side open for ever: what is ours is acknowledged or on its way by then.
            with contextlib.suppress(TimeoutError):
                while (left := ends - time.monotonic()) > 0:
                    self._socket.settimeout(left)
                    if not self._socket.recv(_CHUNK):
                        break
        except OSError as error:
            raise self._problem(Reason.PRINTER_BROKE_OFF, str(error)) from error
        finally:
            self.close()
        return Proof.NONE

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _problem(self, reason: Reason, detail: str = "") -> EnvironmentProblem:
        return EnvironmentProblem(
            reason, host=self._way.host, port=str(self._way.port), written=self._written, detail=detail
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
