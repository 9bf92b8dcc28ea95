"""The base of pages' parts that talk to devices: work by name on the set-up lane, dropped when nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.ui.tasks import Job
from pos_member.ui.widgets import Button

if TYPE_CHECKING:
    from pos_member.ui.shell import Shell

T = TypeVar("T")
#: Devices are asked here, so that papers go on printing and bills go on being rung up.
LANE = "setup"


class DeviceWork(QWidget):
    """A widget with work of its own on the set-up lane, and keys that work while it is seen."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shell = shell
        self._jobs: dict[str, Job] = {}

    def work(
        self,
        name: str,
        work: Callable[[Job], T],
        done: Callable[[T], None],
        failed: Callable[[PosMemberError], bool] | None = None,
    ) -> None:
        """Talk to a device. A newer piece of work of the same name makes this one stale."""
        self._jobs[name] = self.shell.runner.run_long(LANE, work, self, done, failed, key=name)

    def over(self, name: str) -> None:
        """That piece of work has answered."""
        self._jobs.pop(name, None)

    def busy(self, name: str = "") -> bool:
        """Whether an answer is awaited, of that name or any."""
        return name in self._jobs if name else bool(self._jobs)

    def stop(self, *names: str) -> None:
        """Nobody waits for these answers any more; without names for none."""
        for name in names or tuple(self._jobs):
            job = self._jobs.pop(name, None)
            if job is not None:
                job.cancel()

    def shortcut(self, keys: str, button: Button) -> None:
        """``keys`` click ``button`` while this is seen and the button can be used, wherever the focus is."""
        made = QShortcut(QKeySequence(keys), self)
        made.activated.connect(button.click)
