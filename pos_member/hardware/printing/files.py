"""Jobs into a file: for trying out, for keeping, for programs that watch a folder."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.deadlines import call_within
from pos_member.hardware.printing.device_file import DeviceConnection, DeviceTransport, is_device

_DEVICES = Path("/dev")


@dataclass(frozen=True)
class FileTransport:
    """Jobs into a file: one complete job or nothing. ``append`` adds to the file, else each job replaces it.

    Where the path turns out to be a device or a pipe it is used as one (``DeviceTransport``). Raises
    ``EnvironmentProblem(FILE_NOT_WRITABLE, path=)`` on connecting or finishing, ``PRINTER_HANGS`` when the folder is
    on a share that does not answer within ``timeout_s``.
    """

    path: Path
    append: bool = True
    timeout_s: float = 5.0

    @property
    def can_answer(self) -> bool:
        """A file never answers; a device may."""
        # Nothing else is looked at: a question to a dead network share does not come back.
        try:
            return _DEVICES in self.path.parents and is_device(self.path)
        except OSError:
            return False

    @property
    def describe(self) -> str:
        """The path."""
        return str(self.path)

    def connect(self) -> FileConnection | DeviceConnection:
        """Look whether the folder is there; the file itself is touched by ``finish`` only."""
        try:
            device, fits = call_within(self.timeout_s, self._look, self.describe)
        except OSError as error:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self.path), detail=str(error)) from error
        if device:
            return DeviceTransport(self.path).connect()
        if not fits:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self.path))
        return FileConnection(self)

    def _look(self) -> tuple[bool, bool]:
        return is_device(self.path), self.path.parent.is_dir() and not self.path.is_dir()


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

    def finish(self) -> Proof:
        """Write all or nothing; ``Proof.FILE``. One that hangs may still be done: it counts as written."""
        whole = bytes(self._gathered)
        keep = _append if self.way.append else write_atomically
        try:
            call_within(self.way.timeout_s, lambda: keep(self.way.path, whole), self.way.describe)
        except OSError as error:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self.way.path), detail=str(error)) from error
        except EnvironmentProblem as problem:
            self._kept = len(whole) if problem.params["begun"] else 0
            raise
        self._kept = len(whole)
        return Proof.FILE

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
