"""A staff badge: whose it is, and then their PIN. The badge alone signs nobody in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_member.domain.errors import PosMemberError
from pos_member.ui.i18n import pick, tr
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell, tell_refusal
from pos_member.ui.shell import Shell

if TYPE_CHECKING:
    from pos_member.services.staff import StaffTile


class CashierBadge(QObject):
    """Opens the sign-in page with the person chosen; the open bill and who is signed in stay until the PIN holds."""

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell

    def take(self, code: str) -> None:
        """A badge was scanned."""
        till = self._shell.till
        self._shell.runner.run("db", lambda: till.staff.by_badge(code), self, self._known, self._unknown, key="badge")

    def _known(self, person: StaffTile) -> None:
        name = pick(person.name_th, person.name_en)
        session = self._shell.session
        if session is not None and session.staff.id == person.id:
            tell(self._shell, Sound.ALREADY, tr("{name} is signed in already", name=name), Tone.INFO)
            return
        self._shell.open("sign_in", staff_id=person.id)
        tell(self._shell, Sound.READ, tr("Badge of {name}: type the PIN", name=name), Tone.INFO)

    def _unknown(self, error: PosMemberError) -> bool:
        tell_refusal(self._shell, error)
        return True
