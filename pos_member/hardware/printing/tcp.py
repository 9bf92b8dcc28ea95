"""A network printer on port 9100, each call with a deadline and an honest count of what left."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.deadlines import call_within

TCP_PORT = 9100
_CHUNK = 4_096
#: Bytes that the system may hold for the printer. It takes megabytes by itself, so that a job would count as written
#: while most of it has not left, a printer that takes nothing would be felt late, and what was given up would still
#: come out. No slower for it: 60 kB to the virtual printer take 0.8 ms instead of 0.6; a head prints some 20 kB/s.
_HELD_BYTES = 16_384
_POLL_S = 0.05
_AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_SIOCOUTQ = 0x5411


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
        ends = time.monotonic() + self.connect_timeout_s
        refused: Exception | None = None
        try:
            for family, kind, protocol, _, address in self._addresses():
                made = socket.socket(family, kind, protocol)
                try:
                    with contextlib.suppress(OSError):  # as below; before connecting, or the window is agreed on
                        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _HELD_BYTES)
                    made.settimeout(max(ends - time.monotonic(), 0.001))
                    made.connect(address)
                except OSError as error:
                    made.close()
                    refused = error
                    continue
                with contextlib.suppress(OSError):  # a nicety some stacks refuse
                    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return TcpConnection(made, self)
        except (OSError, UnicodeError, EnvironmentProblem) as error:
            refused = error
        raise EnvironmentProblem(
            Reason.PRINTER_UNREACHABLE, host=self.host, port=str(self.port), detail=str(refused)
        ) from refused

    def _addresses(self) -> list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]]:
        def look_up() -> list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]]:
            return socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)  # type: ignore[return-value]

        if not self.host:
            raise UnicodeError("no host")
        try:
            ipaddress.ip_address(self.host.partition("%")[0])
        except ValueError:
            # A name may be looked for much longer than anybody waits: no time-out of a socket bounds that.
            return call_within(self.connect_timeout_s, look_up, f"name {self.host}")
        return look_up()


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
                raise self._not_reading()
            self._socket.settimeout(left)
            try:
                count = self._socket.send(view[:_CHUNK])
            except TimeoutError:
                raise self._not_reading() from None
            except OSError as error:
                raise self._problem(Reason.PRINTER_BROKE_OFF, str(error)) from error
            self._written += count
            view = view[count:]

    def write_some(self, data: bytes, timeout_s: float) -> int:
        """Raises ``EnvironmentProblem(PRINTER_BROKE_OFF)``; 0 where nothing was taken within ``timeout_s``."""
        self._socket.settimeout(max(timeout_s, 0.001))
        try:
            count = self._socket.send(data[:_CHUNK])
        except TimeoutError:
            return 0
        except OSError as error:
            raise self._problem(Reason.PRINTER_BROKE_OFF, str(error)) from error
        self._written += count
        # The job's patience is the caller's here; ``write`` and ``finish`` begin theirs from now.
        self._ends = max(self._ends, time.monotonic() + self._way.stall_timeout_s)
        return count

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
        """Half-close, wait until the printer's side has taken everything, read what still comes, close: ``Proof.NONE``.

        Closing a socket with unread status bytes in it sends a reset, and a reset throws away what the printer
        has received and not yet read: the end of the receipt. Raises ``EnvironmentProblem(PRINTER_BROKE_OFF |
        PRINTER_NOT_READING)``: what the system merely holds for a printer that does not take it has not gone out.
        """
        try:
            self._socket.shutdown(socket.SHUT_WR)
            self._drain()
        except OSError as error:
            raise self._problem(Reason.PRINTER_BROKE_OFF, str(error)) from error
        finally:
            self.close()
        return Proof.NONE

    def _drain(self) -> None:
        # A printer may keep its side open for ever: once all is acknowledged it gets a moment and no more.
        now = time.monotonic()
        lingers, stalls = now + self._way.linger_timeout_s, now + self._way.stall_timeout_s
        waiting = self._unacknowledged()
        while (now := time.monotonic()) < lingers or waiting:
            if waiting and now >= min(stalls, self._ends):
                raise self._not_reading()
            self._socket.settimeout(_POLL_S if waiting else max(lingers - now, 0.001))
            with contextlib.suppress(TimeoutError):
                if not self._socket.recv(_CHUNK):
                    return
            left = self._unacknowledged()
            if left < waiting:
                stalls = time.monotonic() + self._way.stall_timeout_s
            waiting = left

    def _unacknowledged(self) -> int:
        """Bytes the system holds that the other side has not taken; 0 where the system does not tell (not Linux)."""
        if sys.platform != "linux":
            return 0
        import fcntl

        return int.from_bytes(fcntl.ioctl(self._socket, _SIOCOUTQ, bytes(4)), sys.byteorder)

    def _not_reading(self) -> EnvironmentProblem:
        # The rest would be printed whenever the printer wakes up, maybe after the paper was printed again.
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        return self._problem(Reason.PRINTER_NOT_READING)

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
