"""Jobs into a file: for trying out, for keeping, for programs that watch a folder."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof


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

    @property
    def describe(self) -> str:
        """The path."""
        return str(self.path)

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

    def finish(self) -> Proof:
        """Write all or nothing; ``Proof.FILE``."""
        try:
            if self.way.append:
                _append(self.way.path, bytes(self._gathered))
            else:
                write_atomically(self.way.path, bytes(self._gathered))
        except OSError as error:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self.way.path), detail=str(error)) from error
        self._kept = len(self._gathered)
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
