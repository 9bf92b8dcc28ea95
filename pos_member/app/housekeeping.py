"""What a till does for itself while nobody waits: keeps a reserve on the disk, a daily backup, an eye on
room, and closes days that nobody closed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from pos_member.db.folder import BACKUPS, DataFolder
from pos_member.db.space import SpaceLevel
from pos_member.domain.clock import Clock
from pos_member.domain.errors import PosMemberError
from pos_member.ui.tasks import TaskRunner

_log = logging.getLogger(__name__)
#: After the window is up and the first scans are through.
_FIRST_MS = 20_000
_EVERY_MS = 10 * 60_000
_BACKUP_AFTER = timedelta(hours=20)


class Housekeeping(QObject):
    """Runs on the ``network`` lane: nothing at the counter waits there."""

    #: The disk has little room left (``SpaceLevel.LOW`` or ``FULL``).
    short_of_room = Signal(object)

    def __init__(
        self,
        runner: TaskRunner,
        folder: DataFolder,
        clock: Clock,
        parent: QObject | None = None,
        *,
        close_days: Callable[[], tuple[date, ...]] = tuple,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._folder = folder
        self._clock = clock
        self._close_days = close_days
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go)

    def start(self) -> None:
        """Begin a little later, then go on every ten minutes."""
        self._timer.start(_FIRST_MS)

    def stop(self) -> None:
        """No more."""
        self._timer.stop()

    def _go(self) -> None:
        self._timer.setInterval(_EVERY_MS)
        self._runner.run("network", self._work, self, self._done, self._failed, key="housekeeping")

    def _work(self) -> SpaceLevel:
        self._folder.keep_reserve()
        self._close_days()
        if backup_is_due(self._folder.path / BACKUPS, self._clock.now()):
            self._folder.backup()
        return self._folder.space()

    def _done(self, level: SpaceLevel) -> None:
        if level is not SpaceLevel.OK:
            self.short_of_room.emit(level)

    def _failed(self, error: PosMemberError) -> bool:
        # Logged by the runner; it is tried again in ten minutes, and doctor shows the age of the last backup.
        return True


def backup_is_due(folder: Path, now: datetime) -> bool:
    """Whether the newest backup is older than most of a day, or there is none."""
    newest = max((path.stat().st_mtime for path in folder.glob("till-*.db")), default=0.0)
    return now - datetime.fromtimestamp(newest, UTC) > _BACKUP_AFTER
