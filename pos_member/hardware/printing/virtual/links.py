"""The lines a printer hangs on: a TCP port, or a pseudo-terminal that programs take for a serial port."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from pathlib import Path
from typing import Protocol

from pos_member.domain.errors import EnvironmentProblem, Reason

#: What the system holds for the printer before the printer reads it; small, so that a slow head is felt.
LINK_BYTES = 8_192
_SEND_TIMEOUT_S = 1.0


class Client(Protocol):
    """One that is connected."""

    def fileno(self) -> int:
        """What to watch for bytes."""
        ...

    def receive(self, most: int) -> bytes:
        """What has come; empty = the other side has closed. Raises ``OSError``, ``BlockingIOError``: nothing there."""
        ...

    def send(self, data: bytes) -> None:
        """Answer. Raises ``OSError``."""
        ...

    def close(self, *, reset: bool = False) -> None:
        """Hang up; ``reset`` without the politeness of TCP. Never raises."""
        ...

    def finish(self) -> bool:
        """Say that nothing more comes from here; whether the line must still be read until the other side closes."""
        ...


class Link(Protocol):
    """Where clients come from."""

    #: Whether it stays where it is while the printer is off: a serial cable does, a port does not.
    stays: bool

    @property
    def address(self) -> str:
        """As ``domain.printers`` writes addresses."""
        ...

    def open(self) -> None:
        """Let clients come. Raises ``EnvironmentProblem(PORT_TAKEN | PRINTER_WAY_MISSING)``."""
        ...

    def listener(self) -> int | None:
        """What to watch for clients; None: a client is there as soon as it is accepted."""
        ...

    def accept(self) -> Client:
        """The next client. Raises ``OSError``."""
        ...

    def close(self) -> None:
        """No more clients."""
        ...


class TcpLink:
    """A port, IPv4 or IPv6. ``port`` 0: any free one; it is kept when the link is opened again."""

    stays = False

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._socket: socket.socket | None = None

    @property
    def address(self) -> str:
        """``tcp://host:port``."""
        return f"tcp://[{self.host}]:{self.port}" if ":" in self.host else f"tcp://{self.host}:{self.port}"

    def open(self) -> None:
        """Raises ``EnvironmentProblem(PORT_TAKEN, host=, port=)``."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        made = socket.socket(family)
        try:
            if os.name == "posix":
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LINK_BYTES)
            made.bind((self.host, self.port))
            made.listen(8)
        except (OSError, OverflowError) as error:
            made.close()
            raise EnvironmentProblem(Reason.PORT_TAKEN, host=self.host, port=str(self.port)) from error
        self._socket = made
        self.port = int(made.getsockname()[1])

    def listener(self) -> int | None:
        """The listening socket."""
        return self._socket.fileno() if self._socket is not None else None

    def accept(self) -> Client:
        """Raises ``OSError`` where the client gave up."""
        if self._socket is None:
            raise ConnectionAbortedError("the port is closed")
        client, _ = self._socket.accept()
        client.settimeout(_SEND_TIMEOUT_S)
        with contextlib.suppress(OSError):  # a nicety some stacks refuse
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _TcpClient(client)

    def close(self) -> None:
        """Connections are refused from now on."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class _TcpClient:
    def __init__(self, made: socket.socket) -> None:
        self._socket = made

    def fileno(self) -> int:
        return self._socket.fileno()

    def receive(self, most: int) -> bytes:
        return self._socket.recv(most)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close(self, *, reset: bool = False) -> None:
        with contextlib.suppress(OSError):
            if reset:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._socket.close()

    def finish(self) -> bool:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            return True
        return False


class PtyLink:
    """A pseudo-terminal. ``name``: a symbolic link to it that stays the same when it is opened again.

    Four kilobytes fit between the two ends; then the writer waits, as on a serial line with handshake.
    """

    stays = True

    def __init__(self, name: Path | None = None) -> None:
        # An address is read the same wherever it is used from.
        self._name = name.absolute() if name is not None else None
        self._path = ""
        self._ends: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        """The device to open; it changes when the printer has hung up."""
        return str(self._name) if self._name is not None else self._path

    @property
    def address(self) -> str:
        """``serial:///dev/pts/7``."""
        return f"serial://{self.path}"

    def open(self) -> None:
        """Raises ``EnvironmentProblem(PRINTER_WAY_MISSING | FILE_NOT_WRITABLE)``."""
        try:
            import tty

            inner, outer = os.openpty()
        except (ImportError, AttributeError, OSError) as error:
            raise EnvironmentProblem(Reason.PRINTER_WAY_MISSING, way="pty", detail=str(error)) from error
        tty.setraw(outer)
        os.set_blocking(inner, False)
        # The outer end stays open here too: a pseudo-terminal that nobody has open reads as broken.
        self._ends = inner, outer
        self._path = os.ttyname(outer)
        if self._name is not None:
            try:
                # A name of an earlier run is taken over; somebody's file or device is not.
                if self._name.is_symlink():
                    self._name.unlink()
                self._name.symlink_to(self._path)
            except OSError as error:
                self.close()
                raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self._name)) from error

    def listener(self) -> int | None:
        """A cable needs no connecting."""
        return None

    def accept(self) -> Client:
        """The cable's end."""
        if self._ends is None:
            self.open()
        assert self._ends is not None
        return _PtyClient(self._ends[0], self)

    def close(self) -> None:
        """Both ends are closed: whoever writes gets an error, as when the adapter is unplugged."""
        if self._ends is None:
            return
        for end in self._ends:
            os.close(end)
        self._ends = None
        if self._name is not None:
            with contextlib.suppress(OSError):
                if str(self._name.readlink()) == self._path:
                    self._name.unlink()


class _PtyClient:
    def __init__(self, end: int, link: PtyLink) -> None:
        self._end = end
        self._link = link

    def fileno(self) -> int:
        return self._end

    def receive(self, most: int) -> bytes:
        return os.read(self._end, most)

    def send(self, data: bytes) -> None:
        os.write(self._end, data)

    def close(self, *, reset: bool = False) -> None:
        self._link.close()

    def finish(self) -> bool:
        return False
