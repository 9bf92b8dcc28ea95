"""A member whom nobody finds at this till: head office is asked once for each whole number, code or phone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from pos_member.domain.errors import PosMemberError
from pos_member.ui.i18n import tr
from pos_member.ui.notices import Tone
from pos_member.ui.online import LANE, names_a_member
from pos_member.ui.shell import Shell


class FindingOnline(QObject):
    """The newest question counts; an answer to an older one changes nothing."""

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._asked = ""
        self._found: Callable[[], None] | None = None
        self._nobody: Callable[[], None] | None = None

    def ask(self, text: str, found: Callable[[], None], nobody: Callable[[], None]) -> bool:
        """Ask who ``text`` names; then ``found()`` where this till now knows them, else ``nobody()``.

        False, and neither is called, where nobody can be asked, or was asked for this text just before.
        """
        online = self._shell.services.online
        if online is None or text == self._asked or not names_a_member(text) or not online.up():
            return False
        self._asked, self._found, self._nobody = text, found, nobody
        self._shell.say(Tone.INFO, tr("Asking head office … Esc = go on without"), lasting=True)
        self._shell.runner.run(LANE, lambda: (text, online.find_member(text)), self, self._said, self._failed, key=LANE)
        return True

    def forget(self) -> None:
        """Nobody waits for an answer any more, and what was asked may be asked again."""
        if self._found is not None:
            self._shell.hush()
        self._asked, self._found, self._nobody = "", None, None

    def _said(self, answer: tuple[str, bool]) -> None:
        text, known = answer
        if text == self._asked:
            self._end(known)

    def _failed(self, error: PosMemberError) -> bool:
        self._end(known=False)
        return True

    def _end(self, known: bool) -> None:
        then, self._found, self._nobody = self._found if known else self._nobody, None, None
        if then is not None:
            self._shell.hush()
            then()
