"""The base of the three parts of the page: each enters, works on the set-up lane, and is left without a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.permission import Permission
from pos_member.ui.tasks import Job
from pos_member.ui.widgets import Button

if TYPE_CHECKING:
    from pos_member.ui.ports import ReaderAdmin
    from pos_member.ui.shell import Shell

T = TypeVar("T")
#: Devices are asked here, so that bills go on being rung up.
LANE = "setup"


class Part(QWidget):
    """One part of the page. ``opened`` when it is shown, ``closed`` when it no longer is."""

    name = ""
    #: The keys it tells of may have changed.
    changed = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shell = shell
        self._jobs: dict[str, Job] = {}
        self.setObjectName(f"readers_{self.name}")

    # --- to override ---------------------------------------------------------------------------------------

    def hint(self) -> str:
        """The keys of this part."""
        return ""

    def retranslate(self) -> None:
        """Every text."""

    def opened(self) -> None:
        """It is shown."""

    def closed(self) -> None:
        """It is not shown any more: nothing goes on."""
        self.stop()

    def first(self) -> QWidget:
        """Where the focus belongs."""
        return self

    def go_on(self) -> None:
        """Enter, where nothing else took it."""

    def back(self) -> bool:
        """Esc: True after one step back inside the part."""
        return False

    def scanned(self, text: str) -> None:
        """A code of whatever reader while it is shown."""

    # --- to use --------------------------------------------------------------------------------------------

    @property
    def admin(self) -> ReaderAdmin | None:
        """Who talks to devices; none before the till is open."""
        return self.shell.services.reader_admin() if self.shell.ready else None

    @property
    def allowed(self) -> bool:
        """Whether whoever is signed in may change anything here."""
        return self.admin is not None and self.shell.may(Permission.MANAGE_TILL)

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

    def busy(self, name: str) -> bool:
        """Whether an answer of that name is awaited."""
        return name in self._jobs

    def stop(self, *names: str) -> None:
        """Nobody waits for these answers any more; without names for none."""
        for name in names or tuple(self._jobs):
            job = self._jobs.pop(name, None)
            if job is not None:
                job.cancel()

    def shortcut(self, keys: str, button: Button) -> None:
        """``keys`` click ``button`` while this part is seen and the button can be used, wherever the focus is."""
        made = QShortcut(QKeySequence(keys), self)
        made.activated.connect(button.click)
