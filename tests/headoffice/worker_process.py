"""A worker for the tests, started by ``workers.Supervisor``: its clock stands as that of the tests' tills, and it dies
where it is told to.

``POS_MEMBER_TEST_CLOCK`` names a file: the clock goes on from there, by as many seconds as the file's age, and as many
more as stand in it. ``POS_MEMBER_TEST_DIE`` (``folder:step step …``): the first worker to come to a step ends there
with kill -9, once; a file of the step's name in the folder says that it did. Steps are those of ``headoffice.steps``,
``daily`` (the first part of the daily work is done) and ``snapshot`` (in the midst of building one).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pos_member.headoffice import daily
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.snapshots import Snapshots
from pos_member.headoffice.worker import work
from tests.db_support import NOW, SetClock

CLOCK_FILE, DIE_AT = "POS_MEMBER_TEST_CLOCK", "POS_MEMBER_TEST_DIE"


class GoingClock(SetClock):
    """Begins at ``NOW`` when ``file`` was made; what stands in it is added."""

    def __init__(self, file: Path) -> None:
        super().__init__(NOW)
        self._file = file
        self._began = float(file.with_suffix(".began").read_text())

    def now(self) -> datetime:
        more = float(self._file.read_text() or 0)
        return self.at + timedelta(seconds=time.time() - self._began + more)

    @staticmethod
    def make(file: Path) -> GoingClock:
        """A new one, for this process and for workers."""
        file.with_suffix(".began").write_text(str(time.time()))
        file.write_text("0")
        return GoingClock(file)


def dying() -> Callable[[str], None]:
    """What a worker calls at each step."""
    folder, _, steps = (os.environ.get(DIE_AT) or "").partition(":")
    pending = set(steps.split())

    def at(name: str) -> None:
        if name not in pending:
            return
        pending.discard(name)
        try:
            os.close(os.open(Path(folder) / name, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    return at


def main() -> None:
    at = dying()
    expire, make = daily.expiring.expire, Snapshots.make

    def expired(*given: Any, **named: Any) -> Any:
        done = expire(*given, **named)
        at("daily")
        return done

    def made(self: Snapshots, cancelled: Callable[[], bool] = lambda: False) -> Any:
        def looked() -> bool:
            at("snapshot")
            return cancelled()

        return make(self, looked)

    daily.expiring.expire, Snapshots.make = expired, made  # type: ignore[method-assign]
    place = os.environ.get(CLOCK_FILE)
    clock = GoingClock(Path(place)) if place else SetClock()
    work(sys.stdin, sys.stdout, HeadOfficeSettings("", clock=clock, step=at))


if __name__ == "__main__":
    main()
