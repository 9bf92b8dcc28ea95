"""From a reader's text to the one act that ``ui.scan_routes`` has for it on the page that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from pos_member.domain.clock import business_date
from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.scan_meaning import ScanKind, ScanMeaning, classify
from pos_member.ui.i18n import tr
from pos_member.ui.navigation import Navigation
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.scan_queue import ScanQueue
from pos_member.ui.scan_routes import QUESTION, SIGN_IN, Act, decided
from pos_member.ui.scanning.cashier import CashierBadge
from pos_member.ui.scanning.feedback import tell, tell_refusal
from pos_member.ui.scanning.gate import ScanGate, Source
from pos_member.ui.scanning.words import kind_words
from pos_member.ui.screen import Screen
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import QuestionPanel

if TYPE_CHECKING:
    from pos_member.domain.bill import Bill
    from pos_member.services.views import Resolved
    from pos_member.ui.desk import Desk

#: Pages that open with a code (``shell.open(name, code=…)``).
_PAGES = {Act.COUPON: "coupons", Act.MEMBER: "find", Act.PAPERS: "reprint"}


@dataclass(frozen=True)
class Frame:
    """What of the window a scan can reach."""

    shell: Shell
    navigation: Navigation
    question: QuestionPanel
    desk: Callable[[], Desk]
    #: The page of the open bill, and the way there.
    sell: Callable[[], Screen]
    show: Callable[[str, dict[str, object]], None]


class ScanRouter(QObject):
    """One per window. ``take`` is where every reader ends."""

    def __init__(self, frame: Frame, early: ScanQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frame = frame
        self._shell = frame.shell
        self._early = early
        self._badge = CashierBadge(frame.shell, self)
        self.gate = ScanGate()
        # Once what the answer set off has happened: a scan held back must not overtake it.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.hand_on)
        frame.question.closed.connect(self.hand_on_soon)
        frame.shell.code_wanted.connect(self.to_bill)

    # --- in ------------------------------------------------------------------------------------------------

    def take(self, text: str, source: Source = Source.LINE) -> None:
        """A code from a reader."""
        meaning = classify(text)
        if not self.gate.passes(meaning, source):
            return
        if self._later.isActive():
            # What was kept is about to be handed on: this one came after it.
            self._early.keep(text, self._shell.services.clock.now())
            return
        self._route(text, meaning)

    def typed(self, text: str) -> None:
        """A code from a reader that types."""
        self.take(text, Source.KEYS)

    def to_bill(self, text: str) -> None:
        """A code that belongs on the bill, whatever page is open: goods found by their name."""
        self._do(Act.BILL, text, classify(text))

    def hand_on(self) -> None:
        """What was kept, in its order, now that it may be used; the rest stays."""
        for kept in self._early.take(self._shell.services.clock.now()):
            if not self._route(kept.text, classify(kept.text), quiet=True):
                self._early.keep(kept.text, kept.at)

    def hand_on_soon(self) -> None:
        """As ``hand_on``, after what is under way in this turn of the loop."""
        if len(self._early):
            self._later.start(0)

    # --- where ---------------------------------------------------------------------------------------------

    @property
    def place(self) -> str:
        """The row of the table that counts now."""
        if self._shell.session is None:
            return SIGN_IN
        if self._frame.question.open:
            return QUESTION
        screen = self._frame.navigation.current
        return screen.name if screen is not None else SIGN_IN

    def _begun(self) -> bool:
        screen = self._frame.navigation.current
        return screen is not None and self.place == screen.name and screen.begun

    def _route(self, text: str, meaning: ScanMeaning, *, quiet: bool = False) -> bool:
        """Do what the table says. False where the scan is to be kept, and ``quiet`` keeps it with the caller."""
        place, begun = self.place, self._begun()
        act = decided(place, meaning.kind, begun=begun)
        if act is Act.PAGE:
            if self._page_takes(place, text):
                return True
            act = decided(place, meaning.kind, begun=begun, declined=True)
        if act not in (Act.MISTYPED, Act.FOREIGN) and not self._usable(act):
            act = Act.KEEP
        if act is Act.KEEP and quiet:
            return False
        self._do(act, text, meaning)
        return True

    def _usable(self, act: Act) -> bool:
        """Whether the till is open far enough: a badge needs the people, the rest the bill."""
        if act is Act.CASHIER:
            return self._shell.ready
        return self._shell.ready and self._frame.desk().draft is not None

    def _page_takes(self, place: str, text: str) -> bool:
        if place == QUESTION:
            return self._frame.question.scanned(text)
        screen = self._frame.navigation.current
        return screen is not None and screen.scanned(text)

    # --- acts ----------------------------------------------------------------------------------------------

    def _do(self, act: Act, text: str, meaning: ScanMeaning) -> None:
        match act:
            case Act.BILL:
                sell = self._frame.sell()
                if self._frame.navigation.current is not sell:
                    self._frame.show("sell", {})
                sell.scanned(text)
            case Act.RECEIPT:
                self._to_receipt(text)
            case Act.CASHIER:
                self._badge.take(meaning.code)
            case Act.KEEP:
                self._keep(text)
            case Act.COUPON | Act.MEMBER | Act.PAPERS:
                self._shell.open(_PAGES[act], code=text)
            case _:
                tell_refusal(self._shell, _refusal(act, meaning))

    def _keep(self, text: str) -> None:
        self._early.keep(text, self._shell.services.clock.now())
        if self.place == QUESTION:
            words = tr("The scan is kept: answer the question first")
        elif self._shell.session is None:
            words = tr("The scan is kept: sign in to use it")
        else:
            words = tr("The scan is kept: the PIN first, or Esc")
        tell(self._shell, Sound.READ, words, Tone.INFO)

    def _to_receipt(self, text: str) -> None:
        till = self._shell.till
        self._shell.runner.run(
            "db", lambda: till.lookup.resolve(text), self, self._receipt_found, self._refused, key="receipt"
        )

    def _receipt_found(self, found: Resolved) -> None:
        if found.bill is None:
            return
        # The answer comes later than the scan: somebody may have signed out or begun something meanwhile.
        act = decided(self.place, ScanKind.RECEIPT, begun=self._begun())
        if act is not Act.RECEIPT:
            return
        wanted = "claim" if self._may_claim(found.bill) else "return"
        self._shell.open(wanted, code=found.meaning.code)

    def _may_claim(self, bill: Bill) -> bool:
        """Whether points after the bill are what is meant: a member is on the open one, this one has none, of today."""
        draft = self._frame.desk().draft
        settings = self._shell.settings
        today = business_date(self._shell.services.clock.now(), settings.zone)
        return (
            self._frame.navigation.known("claim")
            and settings.points_after_bill
            and draft is not None
            and draft.member_id is not None
            and bill.member_id is None
            and bill.business_date == today
        )

    def _refused(self, error: PosMemberError) -> bool:
        tell_refusal(self._shell, error)
        return True


def _refusal(act: Act, meaning: ScanMeaning) -> Refusal:
    match act:
        case Act.MISTYPED:
            return Refusal(Reason.CODE_MISTYPED, looks_like=(meaning.looks_like or ScanKind.TEXT).value)
        case Act.FOREIGN:
            return Refusal(Reason.CODE_FOREIGN, hint=meaning.hint.value if meaning.hint is not None else "")
        case Act.HALF_DONE:
            return Refusal(Reason.SCAN_HALF_DONE, what=kind_words(meaning.kind))
    return Refusal(Reason.SCAN_NOT_HERE, what=kind_words(meaning.kind))
