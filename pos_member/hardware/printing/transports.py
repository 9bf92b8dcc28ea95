"""Ways for bytes to reach a printer, each with a deadline on every call and an honest count of what left.

Nothing here retries. A byte handed to the system counts as written: whoever decides about sending again must
assume the printer has it. Each way has a module of its own; ``addresses`` makes a transport of a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pos_member.domain.printers import Proof
from pos_member.hardware.printing.files import FileConnection, FileTransport, write_atomically
from pos_member.hardware.printing.tcp import TCP_PORT, TcpConnection, TcpTransport

__all__ = [
    "TCP_PORT",
    "Connection",
    "FileConnection",
    "FileTransport",
    "NullConnection",
    "NullTransport",
    "Patient",
    "TcpConnection",
    "TcpTransport",
    "Transport",
    "write_atomically",
]


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

    def finish(self) -> Proof:
        """All was written: make sure it went out, then close. What may be believed of it: ``NONE`` where bytes merely
        left, ``FILE`` where they stand on disk, ``SPOOLER`` where the system's queue says that it passed them on."""
        ...

    def close(self) -> None:
        """Let go. Never raises."""
        ...


@runtime_checkable
class Patient(Protocol):
    """A connection that can hand over what goes and come back, so that the printer is heard while it takes nothing."""

    def write_some(self, data: bytes, timeout_s: float) -> int:
        """Hand over what is taken of ``data`` within ``timeout_s``; how many bytes, 0 for none.

        No deadline of the job is looked at. Raises as ``write``, but for PRINTER_NOT_READING.
        """
        ...


class Transport(Protocol):
    """Where a printer is and how it is reached."""

    @property
    def can_answer(self) -> bool:
        """Whether anything can come back this way."""
        ...

    @property
    def describe(self) -> str:
        """Where it is, as people see it: a host, a port, the name of a queue. No sentence."""
        ...

    def connect(self) -> Connection:
        """Open the way. Raises ``EnvironmentProblem(PRINTER_UNREACHABLE | FILE_NOT_WRITABLE)``, nothing written."""
        ...


@dataclass(frozen=True)
class NullTransport:
    """A till without a printer: every job goes nowhere, at once."""

    @property
    def can_answer(self) -> bool:
        """Nobody is there."""
        return False

    @property
    def describe(self) -> str:
        """Nothing there."""
        return ""

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

    def finish(self) -> Proof:
        """``Proof.NONE``."""
        return Proof.NONE

    def close(self) -> None:
        """Nothing to do."""
