"""The base of the three parts of the page: each enters, works on the set-up lane, and is left without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_member.domain.permission import Permission
from pos_member.ui.device_work import DeviceWork

if TYPE_CHECKING:
    from pos_member.ui.ports import ReaderAdmin
    from pos_member.ui.shell import Shell


class Part(DeviceWork):
    """One part of the page. ``opened`` when it is shown, ``closed`` when it no longer is."""

    name = ""
    #: The keys it tells of may have changed.
    changed = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
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
