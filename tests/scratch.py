"""Where the tests write: in memory where the machine has room for it, for nothing here has to survive a power cut.

What a killed process had written is there after it, in memory as on a disk; what is left out is the waiting for a disk
of some ten thousand commits. ``TMPDIR`` set by hand says another place.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

_MEMORY = Path("/dev/shm")
_PREFIX = "pos-tests-"
#: What a run needs at its highest, with room to spare.
_BYTES_MIN = 2 << 30
#: What a failed or killed run left is kept this long for whoever looks into it.
_KEEP_S = 3600


def take_place() -> None:
    """Make the temporary folder of this process and of those it starts a fresh one in memory; emptied at its end."""
    if not _has_room():
        return
    _sweep()
    place = _MEMORY / f"{_PREFIX}{os.getpid()}"
    place.mkdir(exist_ok=True)
    place.chmod(0o711)  # PostgreSQL runs as somebody else in a folder below
    os.environ["TMPDIR"] = tempfile.tempdir = str(place)
    atexit.register(_leave, place)


def _has_room() -> bool:
    if sys.platform == "win32" or not os.access(_MEMORY, os.W_OK):
        return False
    found = os.statvfs(_MEMORY)
    # Programs are copied and run there too.
    return found.f_bavail * found.f_frsize >= _BYTES_MIN and not found.f_flag & os.ST_NOEXEC


def _leave(place: Path) -> None:
    """What is left when all passed is nobody's; pytest has removed its own folder then, and else it is kept."""
    if not list(place.glob("pytest-of-*/pytest-[0-9]*")):
        shutil.rmtree(place, ignore_errors=True)


def _sweep() -> None:
    for place in _MEMORY.glob(f"{_PREFIX}*"):
        pid = place.name.removeprefix(_PREFIX)
        try:
            if time.time() - place.stat().st_mtime > _KEEP_S and not Path(f"/proc/{pid}").exists():
                shutil.rmtree(place, ignore_errors=True)
        except FileNotFoundError:
            continue  # another run swept it
