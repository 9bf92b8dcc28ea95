"""The base of the wizard's steps: each builds once, enters, works on the set-up lane, and says how to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.ui.printers.draft import Draft
from pos_member.ui.tasks import Job
from pos_member.ui.widgets import Button

if TYPE_CHECKING:
    from pos_member.ui.ports import PrinterAdmin
    from pos_member.ui.shell import Shell

T = TypeVar("T")
#: Devices are asked here, so that papers go on printing and bills go on being rung up.
LANE = "setup"


class Step(QWidget):
    """One step of the wizard. What it shows comes from ``draft``; what a person does changes ``draft``."""

    #: Its object name, and the name of its place in the wizard.
    name = ""
    #: What it shows as the way on may have changed.
    changed = Signal()
    #: It is done with: go on as Enter would.
    finished = Signal()
    #: Nothing is left to be answered here: the focus belongs to the button that goes on.
    settled = Signal()

    def __init__(self, shell: Shell, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shell = shell
        self.draft = draft
        self._jobs: dict[str, Job] = {}
        self.setObjectName(f"printer_step_{self.name}")

    # --- to override ---------------------------------------------------------------------------------------

    def head(self) -> str:
        """What is done here, in a few words."""
        return ""

    def hint(self) -> str:
        """The keys of this step."""
        return ""

    def way_on(self) -> tuple[str, bool]:
        """The words of the button that goes on, and whether it can be pressed now."""
        raise NotImplementedError

    def take(self) -> bool:
        """Enter. False goes on to the next step; True means that there is something to be done here first."""
        return False

    def entered(self) -> None:
        """It is shown: from the step before, or back from a later one."""

    def first(self) -> QWidget | None:
        """Where the focus belongs; ``None`` for the button that goes on."""
        return None

    def back(self) -> bool:
        """Esc. False goes back to the step before."""
        return False

    def scanned(self, text: str) -> bool:
        """A scan while it is shown."""
        return False

    def retranslate(self) -> None:
        """Every text."""

    # --- to use --------------------------------------------------------------------------------------------

    @property
    def admin(self) -> PrinterAdmin:
        """Who talks to devices; there is a wizard only where there is one."""
        found = self.shell.services.printer_admin()
        if found is None:
            raise RuntimeError("the till is not open")
        return found

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

    def stop(self) -> None:
        """Nobody waits for an answer any more."""
        for job in self._jobs.values():
            job.cancel()
        self._jobs.clear()

    def shortcut(self, keys: str, button: Button) -> None:
        """``keys`` click ``button`` while this step is seen and the button can be used, wherever the focus is."""
        made = QShortcut(QKeySequence(keys), self)
        made.activated.connect(button.click)
