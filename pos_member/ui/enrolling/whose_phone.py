"""Whose phone it is that a new member gives: looked for here, then at head office, so that nobody is enrolled twice.

Decision 0313: where head office could not be asked, that is known, and whoever enrols all the same has said so.
"""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from pos_member.domain.errors import PosMemberError, Refusal
from pos_member.domain.member import Identified, normalise_phone
from pos_member.services.enrolment import PhoneCheck
from pos_member.services.views import MemberCardView
from pos_member.ui.finding_online import FindingOnline, Word
from pos_member.ui.shell import Shell


class Standing(Enum):
    """What is known of a phone."""

    #: There is no whole number yet.
    NONE = auto()
    #: This till looks in its own records.
    LOOKING = auto()
    #: Nobody here; head office is being asked.
    ASKING = auto()
    #: Nobody here, and head office could not be asked.
    NOT_ASKED = auto()
    #: It is nobody's, or it was decided to enrol all the same.
    FREE = auto()
    #: A member has it.
    TAKEN = auto()


class WhosePhone(QObject):
    """One phone at a time; ``changed`` tells of each step, ``refused`` why a text is no phone."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self, shell: Shell, finding: FindingOnline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._finding = finding
        self._text = ""
        self.standing = Standing.NONE
        #: The phone that was understood, from ``ASKING`` on.
        self.check: PhoneCheck | None = None
        #: How the member of ``check`` was recognised.
        self.identified = Identified.PHONE_TYPED
        #: Head office was not asked, and whoever enrols knows it.
        self.all_the_same = False

    @property
    def member(self) -> MemberCardView | None:
        """Who has the phone, or whose card was scanned."""
        return self.check.existing if self.check is not None else None

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return self.standing in (Standing.LOOKING, Standing.ASKING)

    def typed(self, text: str) -> None:
        """Another text stands in the field: looked up as soon as it is a whole number."""
        self._stop()
        self._text, self.all_the_same = text, False
        try:
            normalise_phone(text)
        except Refusal:
            # Half a number while it is typed is no mistake yet; whoever goes on with it is told (``look``).
            self._stands(Standing.NONE)
            return
        self.look()

    def look(self) -> None:
        """Look in this till's records, now."""
        text, till = self._text, self._shell.till
        self.check, self.identified = None, Identified.PHONE_TYPED
        self._stands(Standing.LOOKING)
        self._shell.runner.run(
            "db", lambda: till.enrolment.check_phone(text), self, self._looked, self._not_looked, key="phone"
        )

    def ask_again(self) -> None:
        """Ask head office once more, whatever the line was like when it was last tried."""
        self._ask(again=True)

    def enrol_all_the_same(self) -> None:
        """It was said that head office could not be asked, and the customer is to be enrolled now."""
        self._finding.give_up()
        self.all_the_same = True
        if self.standing in (Standing.ASKING, Standing.NOT_ASKED):
            self._stands(Standing.FREE)

    def show_member(self, card: MemberCardView, identified: Identified) -> None:
        """A member who was recognised in another way than by the phone."""
        self._stop()
        self.check, self.identified = PhoneCheck("", "", card), identified
        self._stands(Standing.TAKEN)

    def give_up(self) -> bool:
        """Esc: go on without head office's answer. False where none is waited for."""
        if self.standing is not Standing.ASKING or not self._finding.give_up():
            return False
        self._stands(Standing.NOT_ASKED)
        return True

    def forget(self) -> None:
        """Another customer."""
        self._finding.forget()
        self._text, self.check, self.all_the_same = "", None, False
        self.identified = Identified.PHONE_TYPED
        self._stands(Standing.NONE)

    def _stop(self) -> None:
        self._finding.give_up()
        self.check, self.identified = None, Identified.PHONE_TYPED

    def _stands(self, standing: Standing) -> None:
        self.standing = standing
        self.changed.emit()

    def _looked(self, check: PhoneCheck) -> None:
        if self.standing is not Standing.LOOKING:
            return  # of a phone that stands there no more
        self.check = check
        if check.existing is not None:
            self._stands(Standing.TAKEN)
        else:
            self._ask()

    def _not_looked(self, error: PosMemberError) -> bool:
        if self.standing is Standing.LOOKING:
            self._stands(Standing.NONE)
            self.refused.emit(error)
        return True

    def _ask(self, *, again: bool = False) -> None:
        text = self._text
        if self._finding.ask(text, self._told, again=again):
            # Whoever has decided does not wait for the answer; it may come in time all the same.
            self._stands(Standing.FREE if self.all_the_same else Standing.ASKING)
        else:
            self._unknown()

    def _told(self, word: Word) -> None:
        if word is Word.KNOWN:
            self.look()
        else:
            self._unknown()

    def _unknown(self) -> None:
        told = self.all_the_same or not self._finding.unanswered(self._text)
        self._stands(Standing.FREE if told else Standing.NOT_ASKED)
