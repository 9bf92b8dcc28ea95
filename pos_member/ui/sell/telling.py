"""What the cashier hears and reads after each act on the bill, and where an act leads besides the bill."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pos_member.domain.bill import MILLI
from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.member import format_phone, normalise_phone
from pos_member.domain.money import format_baht
from pos_member.ui import not_asked
from pos_member.ui.desk import Desk, Step
from pos_member.ui.i18n import pick, tr
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.cashier import CashierBadge
from pos_member.ui.scanning.feedback import tell, tell_refusal
from pos_member.ui.sell.asking_online import AskingOnline
from pos_member.ui.sell.bill_card import format_quantity
from pos_member.ui.shell import Answer, Question, Shell


class Telling(QObject):
    """Words, sounds and the next screen for the desk's steps and refusals."""

    def __init__(self, shell: Shell, desk: Desk, asking: AskingOnline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._asking = asking
        self._unknown_phone = ""
        #: Whom this till does not know and head office was not asked about, and how that was refused.
        self._not_asked: tuple[PosMemberError, str] | None = None
        self._badge = CashierBadge(shell, self)
        desk.stepped.connect(self._stepped)
        desk.refused.connect(self._refused)

    def enrol_params(self, typed: str) -> dict[str, object]:
        """What the enrol screen starts with: the phone that found nobody, or the one being typed."""
        text, self._unknown_phone = self._unknown_phone or typed.strip(), ""
        phone = _phone(text)
        return {"phone": format_phone(phone)} if phone else {}

    def _stepped(self, step: Step) -> None:
        code = step.found.meaning.code if step.found is not None else ""
        match step.what:
            case "member":
                self._member(step)
            case "product":
                self._product(step)
            case "amount":
                self._shell.play(Sound.READ)
            case "coupon":
                tell(self._shell, Sound.READ, tr("The coupon is on the bill"))
            case "bill":
                self._shell.open("return", code=code)
            case "text":
                self._shell.open("find", text=code)
            case "staff":
                self._badge.take(code)

    def _member(self, step: Step) -> None:
        before = step.before
        name = step.member.card.name_masked or step.member.card.number_masked if step.member is not None else ""
        if before is None or before.member_id is None:
            tell(self._shell, Sound.READ, tr("Member {name}", name=name))
        elif before.member_id != step.draft.member_id:
            words = tr("The member of this bill is {name} now · Ctrl+Z = the one before", name=name)
            tell(self._shell, Sound.READ, words, Tone.WARN)
        elif before.identified is not step.draft.identified:
            tell(self._shell, Sound.READ, tr("{name}: proved by the code", name=name))
        else:
            tell(self._shell, Sound.ALREADY, tr("{name} is on the bill already", name=name), Tone.INFO)

    def _product(self, step: Step) -> None:
        before = step.before.lines if step.before is not None else ()
        line = next((each for each in step.draft.lines if each not in before), None)
        if line is None:
            self._shell.play(Sound.READ)
            return
        name, price = pick(line.name_th, line.name_en), format_baht(line.gross_satang, trim=True)
        many = f"{format_quantity(line.quantity_milli)} × " if line.quantity_milli != MILLI else ""
        tell(self._shell, Sound.READ, f"{many}{name} · {price}")

    def _refused(self, error: PosMemberError, tried: str) -> None:
        if self._asking.takes(error, tried):
            return
        phone = _phone(tried)
        if error.reason is Reason.MEMBER_UNKNOWN and self._asking.unanswered(tried):
            self._nobody_asked(error, tried, phone)
            return
        if error.reason is Reason.MEMBER_UNKNOWN and phone:
            self._unknown_phone = tried
            self._shell.play(Sound.UNKNOWN)
            self._shell.ask(
                Question(
                    tr("Nobody is enrolled with {phone}", phone=format_phone(phone)),
                    (Answer("enrol", tr("Enrol now"), "primary"), Answer("no", tr("Not now"))),
                ),
                self._answered,
            )
            return
        tell_refusal(self._shell, error)

    def _nobody_asked(self, error: PosMemberError, tried: str, phone: str) -> None:
        """Whoever joined at another branch would be a member twice: to enrol them is not the first thing to do."""
        self._not_asked = error, tried
        self._unknown_phone = tried if phone else ""
        self._shell.play(Sound.UNKNOWN)
        self._shell.ask(not_asked.question(phone), self._answered)

    def _answered(self, key: str, typed: str) -> None:
        waiting, self._not_asked = self._not_asked, None
        if key == "ask" and waiting is not None:
            self._unknown_phone = ""
            self._asking.ask_again(*waiting)
            return
        if key == "enrol":
            # Who was told already that head office was not asked has decided.
            decided: dict[str, object] = {"all_the_same": True} if waiting is not None else {}
            self._shell.open("enrol", **self.enrol_params(""), **decided)
        else:
            self._unknown_phone = ""


def _phone(text: str) -> str:
    try:
        return normalise_phone(text) if text else ""
    except Refusal:
        return ""
