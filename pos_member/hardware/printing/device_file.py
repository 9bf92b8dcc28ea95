"""A printer as a device file of a POSIX system (``/dev/usb/lp0``, ``/dev/lp0``), or a pipe with a name.

Opened and used without blocking: a printer that takes nothing costs a deadline, never a thread.
"""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing import descriptors
from pos_member.hardware.printing.deadlines import call_within
from pos_member.hardware.printing.troubles import Pace, opening_trouble, sending_trouble

#: ``/dev/null``, ``/dev/full`` and their like: files to everybody but the system.
_MEMORY_MAJOR = 1
_OPEN_S = 3.0
_CLOSE_S = 3.0
_log = logging.getLogger(__name__)


def is_device(path: Path) -> bool:
    """Whether ``path`` is a device or a pipe rather than a file. Raises ``OSError``, but for what is not there."""
    if os.name != "posix":
        return False
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    if stat.S_ISCHR(found.st_mode):
        return os.major(found.st_rdev) != _MEMORY_MAJOR
    return stat.S_ISFIFO(found.st_mode)


@dataclass(frozen=True)
class DeviceTransport:
    """A device file. Errors on connecting: ``PRINTER_GONE``, ``PRINTER_NO_RIGHTS``, ``PRINTER_HELD``,
    ``PRINTER_UNREACHABLE``, ``PRINTER_HANGS``."""

    path: Path
    stall_timeout_s: float = 5.0
    total_timeout_s: float = 30.0

    @property
    def can_answer(self) -> bool:
        """Devices may talk; a pipe never does, and is silent."""
        return True

    @property
    def describe(self) -> str:
        """The path."""
        return str(self.path)

    def connect(self) -> DeviceConnection:
        """Open the device, for writing alone where reading is not allowed."""
        try:
            descriptor = call_within(_OPEN_S, self._open, self.describe, undo=os.close)
        except OSError as error:
            raise EnvironmentProblem(opening_trouble(error), printer=self.describe, detail=str(error)) from error
        return DeviceConnection(descriptor, self)

    def _open(self) -> int:
        found = self.path.stat()
        flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        if stat.S_ISFIFO(found.st_mode):
            return os.open(self.path, os.O_WRONLY | flags)
        try:
            return os.open(self.path, os.O_RDWR | flags)
        except PermissionError:
            return os.open(self.path, os.O_WRONLY | flags)


class DeviceConnection:
    """An open device file."""

    def __init__(self, descriptor: int, way: DeviceTransport) -> None:
        self._descriptor = descriptor
        self._way = way
        self._written = 0
        self._pace = Pace(way.stall_timeout_s, way.total_timeout_s)

    @property
    def written(self) -> int:
        """Bytes the driver has taken."""
        return self._written

    def write(self, data: bytes) -> None:
        """Raises ``EnvironmentProblem(PRINTER_NOT_READING | PRINTER_GONE | PRINTER_BROKE_OFF)``."""
        view = memoryview(data)
        self._pace.moved()
        while view:
            count = self._put(view, self._pace.left) if self._pace.left > 0 else 0
            if not count:
                raise self._problem(Reason.PRINTER_NOT_READING)
            self._pace.moved()
            view = view[count:]

    def write_some(self, data: bytes, timeout_s: float) -> int:
        """Raises ``EnvironmentProblem(PRINTER_GONE | PRINTER_BROKE_OFF)``."""
        count = self._put(memoryview(data), timeout_s)
        self._pace.anew()
        return count

    def _put(self, view: memoryview, left: float) -> int:
        try:
            count = descriptors.put(self._descriptor, view, left)
        except OSError as error:
            raise self._problem(sending_trouble(self._written), str(error)) from error
        self._written += count
        return count

    def read(self, timeout_s: float) -> bytes:
        """Raises ``EnvironmentProblem(PRINTER_GONE | PRINTER_BROKE_OFF)`` when the device went away."""
        ends = time.monotonic() + timeout_s
        try:
            if not self._readable():
                threading.Event().wait(timeout_s)
                return b""
            while True:
                said = descriptors.get(self._descriptor, ends - time.monotonic())
                if said or time.monotonic() >= ends:
                    return said
        except OSError as error:
            raise self._problem(sending_trouble(self._written), str(error)) from error

    def finish(self) -> Proof:
        """Wait until the driver has room again, which it has once the last piece went out; ``Proof.NONE``.

        Raises ``EnvironmentProblem(PRINTER_NOT_READING | PRINTER_BROKE_OFF)``.
        """
        self._pace.moved()
        try:
            out = descriptors.wait_for_room(self._descriptor, self._pace.left)
        except OSError as error:
            raise self._problem(sending_trouble(self._written), str(error)) from error
        finally:
            self.close()
        if not out:
            raise self._problem(Reason.PRINTER_NOT_READING)
        return Proof.NONE

    def close(self) -> None:
        """Let go; a driver that takes its time is left to it."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor < 0:
            return
        try:
            call_within(_CLOSE_S, lambda: os.close(descriptor), self._way.describe)
        except (OSError, EnvironmentProblem) as error:
            _log.warning("%s could not be closed: %s", self._way.describe, error)

    def _readable(self) -> bool:
        import fcntl

        return fcntl.fcntl(self._descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_WRONLY

    def _problem(self, reason: Reason, detail: str = "") -> EnvironmentProblem:
        return EnvironmentProblem(reason, printer=self._way.describe, written=self._written, detail=detail)
