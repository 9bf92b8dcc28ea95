"""Room on the disk: warned of early, kept in reserve, refused before a bill could fail half-way.

The ballast is a file that is only there to be given up: when the disk is full, letting go of it leaves the room to
finish the bill at hand and to write down what the shop must know.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from pos_member.domain.errors import EnvironmentProblem, Reason

log = logging.getLogger(__name__)
WARN_BELOW = 1_000_000_000
REFUSE_BELOW = 200_000_000
BALLAST_BYTES = 32 * 1024 * 1024
_BALLAST_FILE = "ballast.bin"
_BLOCK = bytes(1024 * 1024)

#: Bytes that may still be written in a folder.
FreeSpace = Callable[[Path], int]


class SpaceLevel(StrEnum):
    """``LOW`` is shown; at ``FULL`` the bill at hand is finished and no new one begun."""

    OK = "ok"
    LOW = "low"
    FULL = "full"


def free_bytes(folder: Path) -> int:
    """What the file system says."""
    return shutil.disk_usage(folder).free


def space_level(folder: Path, free: FreeSpace = free_bytes) -> SpaceLevel:
    """Where the disk of ``folder`` stands."""
    left = free(folder)
    if left < REFUSE_BELOW:
        return SpaceLevel.FULL
    return SpaceLevel.LOW if left < WARN_BELOW else SpaceLevel.OK


def require_space(folder: Path, free: FreeSpace = free_bytes) -> None:
    """Ask before a new bill. Raises ``EnvironmentProblem(DISK_FULL)`` below ``REFUSE_BELOW``."""
    if space_level(folder, free) is SpaceLevel.FULL:
        raise EnvironmentProblem(Reason.DISK_FULL, path=str(folder))


class Ballast:
    """The reserve file of one data folder."""

    def __init__(self, folder: Path, size: int = BALLAST_BYTES) -> None:
        self._folder = folder
        self._path = folder / _BALLAST_FILE
        self._size = size

    def keep(self, free: FreeSpace = free_bytes) -> bool:
        """Make the file where it is missing and there is plenty of room; whether it is there."""
        if self._path.exists():
            return True
        if free(self._folder) < WARN_BELOW + self._size:
            return False
        part = self._path.with_suffix(".part")
        try:
            with part.open("wb") as file:
                # Real bytes: a file with a hole in it holds no room.
                for _ in range(0, self._size, len(_BLOCK)):
                    file.write(_BLOCK[: min(len(_BLOCK), self._size)])
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            log.warning("no ballast: %s", error.strerror)
            part.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> bool:
        """Give the room up; whether there was any."""
        if not self._path.exists():
            return False
        self._path.unlink()
        log.warning("the disk is full: the ballast was given up")
        return True
