"""One program per data folder: a lock of the operating system, gone with the process however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pos_member.domain.errors import EnvironmentProblem, Reason

_FILE = "in-use.lock"


class FolderLock:
    """Holds the folder until ``release``. Raises ``EnvironmentProblem(ALREADY_RUNNING)`` when another has it."""

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError:
            os.close(self._handle)
            raise EnvironmentProblem(Reason.ALREADY_RUNNING, folder=str(folder)) from None

    def release(self) -> None:
        """Let others have the folder. The file stays: removing it would let two hold different files."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
