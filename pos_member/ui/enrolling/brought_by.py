"""Who brought the new member: named by phone, number or card, and looked up while typed, here and at head office."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.services.views import MemberCardView
from pos_member.ui.finding_online import FindingOnline, Word
from pos_member.ui.i18n import tr
from pos_member.ui.not_asked import why_not
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Field

#: Refusals of an enrolment that are about this field.
ABOUT_REFERRER = (Reason.REFERRER_UNKNOWN, Reason.REFERRAL_SELF, Reason.MEMBER_BLOCKED, Reason.CODE_MISTYPED)


class BroughtBy(QObject):
    """Says under ``field`` who it is. ``phone``: that of the new member, as it stands typed."""

    def __init__(self, shell: Shell, field: Field, phone: Callable[[], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._field = field
        self._phone = phone
        self._finding = FindingOnline(shell, self)
        field.changed.connect(self._changed)

    def unknown(self, error: PosMemberError, *, again: bool = True) -> None:
        """Nobody here is named so: head office is asked. ``again``: Enter was pressed, whatever the line was like."""
        text = self._field.text()
        if not self._finding.ask(text, lambda word: self._told(text, word, error), again=again):
            self._complain(error)

    def give_up(self) -> bool:
        """Esc: go on without head office's answer. False where none is waited for."""
        return self._finding.give_up()

    def forget(self) -> None:
        """Another customer."""
        self._finding.forget()

    def _changed(self, text: str) -> None:
        if classify(text).kind not in (ScanKind.MEMBER, ScanKind.PHONE):
            # Half a number; also makes an answer that is on its way stale. Enter says what is wrong with it.
            self._run(lambda: None)
            return
        till, phone = self._shell.till, self._phone()
        self._run(lambda: till.enrolment.referrer(text, phone))

    def _run(self, work: Callable[[], MemberCardView | None]) -> None:
        self._shell.runner.run("db", work, self, self._found, self._refused, key="referrer")

    def _found(self, card: MemberCardView | None) -> None:
        if card is not None:
            name = card.name_masked or card.number_masked
            self._field.confirm(tr("Brought by {name}", name=name))

    def _refused(self, error: PosMemberError) -> bool:
        if self._shell.is_reason(error, Reason.PHONE_INVALID):
            # The new member's own phone is not typed yet: it is looked at when they are enrolled.
            return True
        if error.reason is Reason.REFERRER_UNKNOWN:
            self.unknown(error, again=False)
        else:
            self._field.complain(self._shell.why(error))
        return True

    def _told(self, text: str, word: Word, error: PosMemberError) -> None:
        if self._field.text() != text:
            return
        if word is Word.KNOWN:
            self._changed(text)
        else:
            self._complain(error)

    def _complain(self, error: PosMemberError) -> None:
        said = self._shell.why(error)
        if self._finding.unanswered(self._field.text()):
            said = tr(
                "Not known here, and head office could not be asked: {why}. Enter asks again, or leave it empty.",
                why=why_not(self._finding.why),
            )
        self._field.complain(said)
