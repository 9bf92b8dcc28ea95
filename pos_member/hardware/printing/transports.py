"""Ways for bytes to reach a printer, each with a deadline on every call and an honest count of what left.

Nothing here retries. A byte handed to the system counts as written: whoever decides about sending again must
assume the printer has it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pos_member.domain.errors import EnvironmentProblem, Reason

TCP_PORT = 9100
_CHUNK = 4_096


class Connection(Protocol):
    """An open way to one printer, used by one thread. Errors: ``EnvironmentProblem`` as named by each transport."""

    @property
    def written(self) -> int:
        """Bytes handed over so far, correct after an error too."""
        ...

    def write(self, data: bytes) -> None:
        """Hand over all of ``data`` before the transport's deadlines."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """What the printer has said within ``timeout_s``; empty when it said nothing or cannot speak."""
        ...

    def finish(self) -> None:
        """All was written: make sure it went out, then close."""
        ...

    def close(self) -> None:
        """Let go. Never raises."""
        ...


class Transport(Protocol):
    """Where a printer is and how it is reached."""

    @property
    def can_answer(self) -> bool:
        """Whether anything can come back this way."""
        ...

    def connect(self) -> Connection:
        """Open the way. Raises ``EnvironmentProblem(PRINTER_UNREACHABLE | FILE_NOT_WRITABLE)``, nothing written."""
        ...


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

    def finish(self) -> None:
        """Half-close, read what still comes, close.

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


@dataclass(frozen=True)
class FileTransport:
    """Jobs into a file: one complete job or nothing. ``append`` adds to the file, else each job replaces it.

    Raises ``EnvironmentProblem(FILE_NOT_WRITABLE, path=)`` on connecting or finishing.
    """

    path: Path
    append: bool = True

    @property
    def can_answer(self) -> bool:
        """A file never answers."""
        return False

    def connect(self) -> FileConnection:
        """Look whether the folder is there; the file itself is touched by ``finish`` only."""
        if not self.path.parent.is_dir() or self.path.is_dir():
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self.path))
        return FileConnection(self)


@dataclass
class FileConnection:
    """A job on its way into a file, gathered in memory."""

    way: FileTransport
    _gathered: bytearray = field(default_factory=bytearray)
    _kept: int = 0

    @property
    def written(self) -> int:
        """Bytes that stand in the file; 0 until ``finish``, so a failed job may be tried again."""
        return self._kept

    def write(self, data: bytes) -> None:
        """Gather."""
        self._gathered += data

    def read(self, timeout_s: float) -> bytes:
        """Files are silent."""
        return b""

    def finish(self) -> None:
        """Write all or nothing."""
        try:
            if self.way.append:
                _append(self.way.path, bytes(self._gathered))
            else:
                write_atomically(self.way.path, bytes(self._gathered))
        except OSError as error:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self.way.path), detail=str(error)) from error
        self._kept = len(self._gathered)

    def close(self) -> None:
        """Forget what was gathered."""
        self._gathered.clear()


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        before = file.tell()
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):  # the first error is the one to tell
                file.truncate(before)
            raise


def write_atomically(path: Path, data: bytes) -> None:
    """``data`` as the whole content of ``path``: a reader sees the old file or the new one. Raises ``OSError``."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class NullTransport:
    """A till without a printer: every job goes nowhere, at once."""

    @property
    def can_answer(self) -> bool:
        """Nobody is there."""
        return False

    def connect(self) -> NullConnection:
        """Always open."""
        return NullConnection()


class NullConnection:
    """Counts and forgets."""

    def __init__(self) -> None:
        self._written = 0

    @property
    def written(self) -> int:
        """Bytes taken."""
        return self._written

    def write(self, data: bytes) -> None:
        """Count."""
        self._written += len(data)

    def read(self, timeout_s: float) -> bytes:
        """Silence."""
        return b""

    def finish(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""
