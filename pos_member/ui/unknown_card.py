"""A card that was scanned beside the sale and that nobody here knows: head office is asked before it is refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.ui import not_asked
from pos_member.ui.finding_online import FindingOnline, Word
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell_refusal
from pos_member.ui.shell import Shell


class UnknownCard(QObject):
    """``again``: looks the same scan up once more. ``enrols``: to enrol all the same is an answer on this page."""

    def __init__(
        self,
        shell: Shell,
        finding: FindingOnline,
        again: Callable[[str], object],
        *,
        enrols: bool = True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shell = shell
        self._finding = finding
        self._again = again
        self._enrols = enrols
        self._scan = ""
        self._refusal = PosMemberError(Reason.MEMBER_UNKNOWN)

    def take(self, scan: str, refusal: PosMemberError) -> None:
        """``scan`` was refused here, with ``refusal``."""
        self._scan, self._refusal = scan, refusal
        if refusal.reason is not Reason.MEMBER_UNKNOWN or not self._finding.ask(scan, self._said):
            self._tell()

    def _said(self, word: Word) -> None:
        if word is Word.KNOWN:
            self._again(self._scan)
        else:
            self._tell()

    def _tell(self) -> None:
        if self._refusal.reason is Reason.MEMBER_UNKNOWN and self._finding.unanswered(self._scan):
            self._shell.play(Sound.UNKNOWN)
            self._shell.ask(not_asked.question("", enrols=self._enrols), self._answered)
        else:
            tell_refusal(self._shell, self._refusal)

    def _answered(self, key: str, typed: str) -> None:
        if key == "ask" and not self._finding.ask(self._scan, self._said, again=True):
            self._tell()
        elif key == "enrol":
            self._shell.open("enrol", all_the_same=True)
