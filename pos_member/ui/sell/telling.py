"""What the cashier hears and reads after each act on the bill, and where an act leads besides the bill."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.member import format_phone, normalise_phone
from pos_member.ui.desk import Desk, Step
from pos_member.ui.i18n import tr
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.shell import Answer, Question, Shell

_UNKNOWN = (Reason.MEMBER_UNKNOWN, Reason.PRODUCT_UNKNOWN, Reason.COUPON_UNKNOWN, Reason.BILL_UNKNOWN)
_ALREADY = (Reason.COUPON_USED, Reason.COUPON_ON_BILL, Reason.COUPON_RESERVED)


class Telling(QObject):
    """Words, sounds and the next screen for the desk's steps and refusals."""

    def __init__(self, shell: Shell, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._unknown_phone = ""
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
                self._shell.play(Sound.READ)
                name = step.member.card.name_masked if step.member is not None else ""
                self._shell.say(Tone.GOOD, tr("Member {name}", name=name))
            case "product" | "amount":
                self._shell.play(Sound.READ)
            case "coupon":
                self._shell.play(Sound.READ)
                self._shell.say(Tone.GOOD, tr("The coupon is on the bill"))
            case "bill":
                self._shell.open("return", code=code)
            case "text":
                self._shell.open("find", text=code)
            case "staff":
                self._shell.say(Tone.INFO, tr("A staff badge: lock with F10 to change the cashier"))

    def _refused(self, error: PosMemberError, tried: str) -> None:
        phone = _phone(tried)
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
        already = error.reason in _ALREADY
        self._shell.play(Sound.UNKNOWN if error.reason in _UNKNOWN else Sound.ALREADY if already else Sound.INVALID)
        self._shell.say(Tone.WARN if already else Tone.BAD, self._shell.why(error))

    def _answered(self, key: str, typed: str) -> None:
        if key == "enrol":
            self._shell.open("enrol", **self.enrol_params(""))
        else:
            self._unknown_phone = ""


def _phone(text: str) -> str:
    try:
        return normalise_phone(text) if text else ""
    except Refusal:
        return ""
