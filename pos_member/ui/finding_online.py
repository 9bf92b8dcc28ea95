"""A member of whom this till has not heard: head office is asked, the same at a sale, at F2 and at F3.

Nobody waits: the page stays usable, Esc goes on without, and the answer comes within seconds or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from PySide6.QtCore import QObject

from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.scan_meaning import classify
from pos_member.ui.not_asked import say_asking
from pos_member.ui.online import LANE, names_a_member
from pos_member.ui.shell import Shell


class Word(Enum):
    """What became of a question."""

    #: Head office knows them, and this till now does, too.
    KNOWN = auto()
    #: Head office said so.
    NOBODY = auto()
    #: Nobody could be asked.
    UNANSWERED = auto()


class FindingOnline(QObject):
    """One question at a time: the newest counts, and an answer to an older one changes nothing.

    What head office has answered is not asked again until ``forget``: at a sale for that bill, on a page for that
    customer. What it did not answer may be asked again.
    """

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._asking = ""
        self._told: Callable[[Word], None] | None = None
        self._answered: set[str] = set()
        #: Why the newest question had no answer.
        self.why = Reason.LINE_DOWN

    @property
    def waiting(self) -> bool:
        """Whether an answer is on its way."""
        return self._told is not None

    def unanswered(self, text: str) -> bool:
        """Whether this till's head office may know whom ``text`` names, and has not said so."""
        online = self._shell.services.online
        return online is not None and not online.alone() and names_a_member(text) and _who(text) not in self._answered

    def ask(self, text: str, told: Callable[[Word], None], *, again: bool = False) -> bool:
        """Ask whom ``text`` names; what became of it goes to ``told``, once.

        False, and nothing is told, where there is nothing to ask, head office has answered already, or the line was
        down when it was last tried. ``again``: a person wants to know, whatever the line was like then.
        """
        online = self._shell.services.online
        if online is None or not self.unanswered(text):
            return False
        if not again and not online.up():
            self.why = Reason.LINE_DOWN
            return False
        if self.waiting and self._asking == _who(text):
            self._told = told
            return True
        self._asking, self._told = _who(text), told
        say_asking(self._shell)
        self._shell.runner.run(LANE, lambda: online.find_member(text), self, self._said, self._failed, key=LANE)
        return True

    def give_up(self) -> bool:
        """Esc: nobody waits for the answer any more, and nothing is told. False where none was waited for."""
        online = self._shell.services.online
        if not self.waiting or online is None:
            return False
        online.give_up()
        self.why = Reason.LINE_SLOW
        self._take()
        return True

    def forget(self) -> None:
        """Another bill, another customer: what was asked may be asked again."""
        self.give_up()
        self._answered.clear()

    def _take(self) -> Callable[[Word], None] | None:
        told, self._told = self._told, None
        if told is not None:
            self._shell.hush()
        return told

    def _said(self, known: bool) -> None:
        if told := self._take():
            self._answered.add(self._asking)
            told(Word.KNOWN if known else Word.NOBODY)

    def _failed(self, error: PosMemberError) -> bool:
        if told := self._take():
            self.why = error.reason
            told(Word.UNANSWERED)
        return True


def _who(text: str) -> str:
    """The same for every way to write a number or phone."""
    try:
        meaning = classify(text)
    except Refusal:
        return ""
    return f"{meaning.kind.value}:{meaning.code}"
