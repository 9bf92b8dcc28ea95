"""The base of the wizard's steps: each builds once, enters, works on the set-up lane, and says how to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_member.ui.device_work import DeviceWork
from pos_member.ui.printers.draft import Draft

if TYPE_CHECKING:
    from pos_member.ui.ports import PrinterAdmin
    from pos_member.ui.shell import Shell


class Step(DeviceWork):
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
        super().__init__(shell, parent)
        self.draft = draft
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
