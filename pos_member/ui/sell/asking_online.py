"""Points or a coupon that this till may not let go by itself, a member it has not heard of: head office is asked while
the line is up.

The sale goes on meanwhile, Esc gives up, and without an answer the till does what it may on its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.ui.desk import Desk
from pos_member.ui.finding_online import FindingOnline, Word
from pos_member.ui.i18n import tr
from pos_member.ui.moments import moment
from pos_member.ui.not_asked import say_asking
from pos_member.ui.notices import Tone
from pos_member.ui.online import LANE
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell
from pos_member.ui.shell import Shell

if TYPE_CHECKING:
    from pos_member.domain.pricing import UsableReward
    from pos_member.services.checkout import Preview
    from pos_member.services.online import OnlineWord

#: Refusals of a coupon that head office's word would lift.
_ASKABLE = frozenset(
    {Reason.COUPON_ONLINE_ONLY, Reason.COUPON_BEYOND_FLOOR, Reason.COUPON_DENIED, Reason.COUPON_OTHER_BRANCH}
)
#: Their sentences are about the line, or about points.
_UNANSWERED = frozenset({Reason.LINE_DOWN, Reason.LINE_SLOW})
_SAID = {
    "used": Reason.COUPON_USED_ELSEWHERE,
    "held": Reason.COUPON_HELD_ELSEWHERE,
    "ended": Reason.COUPON_EXPIRED,
    "unknown": Reason.COUPON_UNKNOWN,
}


class AskingOnline(QObject):
    """One question at a time; what it brings goes to the desk."""

    def __init__(self, shell: Shell, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._desk = desk
        self._busy = False
        self._bill = ""
        self._quiet = False
        self._reward: UsableReward | None = None
        self._times = 0
        self._code = ""
        self._finding = FindingOnline(shell, self)
        #: The bill whose members ``_finding`` asks about.
        self._finding_for = ""
        #: Whom nobody could be asked about just now, while that is told.
        self._unanswered = ""
        #: Codes that were asked about, each for a bill: an answer is enough, without one it may be asked again.
        self._asked: set[tuple[str, str]] = set()
        desk.previewed.connect(self._previewed)

    @property
    def possible(self) -> bool:
        """Whether head office can be asked now."""
        online = self._shell.services.online
        return online is not None and online.up()

    @property
    def _free(self) -> bool:
        return self.possible and not self._busy and not self._finding.waiting

    # --- points ---

    def ask_points(self, reward: UsableReward, times: int) -> bool:
        """Ask for what the till lacks to use ``reward`` so often; False where nobody can be asked now."""
        draft, online = self._desk.draft, self._shell.services.online
        if draft is None or draft.member_id is None or online is None or not self._free:
            return False
        till, member_id = self._shell.till, draft.member_id
        self._reward, self._times, self._code = reward, times, ""

        def ask() -> OnlineWord | None:
            points = till.redemption.points_to_ask(draft, reward.program_id, times)
            return online.redeem(draft.id, member_id, points, ()) if points > 0 else None

        self._begin(draft.id)
        self._shell.runner.run(LANE, ask, self, self._points_said, self._points_failed)
        return True

    def _points_said(self, word: OnlineWord | None) -> None:
        reward, times = self._reward, self._times
        if not self._end() or reward is None:
            return
        if word is None or word.enough:
            self._shell.say(Tone.GOOD, tr("Head office has agreed to the points"))
            self._desk.set_reward(reward.program_id, times)
            return
        text = tr("Only {points} point(s) are free now", points=word.free)
        if word.elsewhere and word.elsewhere_until is not None:
            when = moment(self._shell, word.elsewhere_until)
            text = tr(
                "Only {points} point(s) are free now, {held} are held at another till until {when} at the latest",
                points=word.free,
                held=word.elsewhere,
                when=when,
            )
        elif word.elsewhere:
            text = tr(
                "Only {points} point(s) are free now, {held} are held at a till without a line",
                points=word.free,
                held=word.elsewhere,
            )
        self._fall_back(reward, text)

    def _points_failed(self, error: PosMemberError) -> bool:
        reward = self._reward
        if self._end() and reward is not None:
            text = self._shell.why(error)
            if error.reason is Reason.LINE_DOWN:
                text = tr("Head office could not be reached")
                if reward.times_max <= reward.times_chosen:
                    text = tr("Head office could not be reached. No points were used: press again, or go on without.")
            self._fall_back(reward, text)
        return True

    def _fall_back(self, reward: UsableReward, text: str) -> None:
        """Use what the till may let go by itself, if anything."""
        if reward.times_max > reward.times_chosen:
            self._desk.set_reward(reward.program_id, min(self._times, reward.times_max))
            text = f"{text} · {tr('Used as far as this till may')}"
        self._shell.say(Tone.WARN, text)

    # --- coupons ---

    def takes(self, error: PosMemberError, tried: str) -> bool:
        """A coupon or member was refused: whether head office is asked about it instead of saying no."""
        draft = self._desk.draft
        if error.reason is Reason.MEMBER_UNKNOWN:
            return tried != self._unanswered and self._ask_member(error, tried)
        if error.reason not in _ASKABLE or not tried or draft is None or (draft.id, tried) in self._asked:
            return False
        return self._ask_coupon(tried, quiet=False)

    def _previewed(self, preview: Preview) -> None:
        """Coupons that were taken on trust are asked about while the line is up, without a word."""
        for code in preview.uncertain:
            if (preview.draft.id, code) not in self._asked and self._ask_coupon(code, quiet=True):
                return

    def _ask_coupon(self, text: str, *, quiet: bool) -> bool:
        draft, online = self._desk.draft, self._shell.services.online
        if draft is None or online is None or not self._free:
            return False
        till, member_id = self._shell.till, draft.member_id or ""
        self._reward, self._code, self._quiet = None, text, quiet
        self._note(draft.id, text)

        def ask() -> OnlineWord:
            return online.redeem(draft.id, member_id, 0, (till.redemption.code_of(text),))

        self._begin(draft.id, quiet=quiet)
        self._shell.runner.run(LANE, ask, self, self._coupon_said, self._coupon_failed)
        return True

    def _coupon_said(self, word: OnlineWord) -> None:
        code, quiet = self._code, self._quiet
        if not self._end():
            return
        verdict = next(iter(word.coupons.values()), None)
        said = "unknown" if verdict is None else verdict.value
        reason = _SAID.get(said)
        if reason is None:
            # Held for this bill now: laid again it is certain.
            if quiet:
                self._desk.refresh()
            else:
                self._desk.look_up(code)
            return
        draft = self._desk.draft
        if quiet and draft is not None and code in draft.coupon_codes:
            self._desk.toggle_coupon(code)
        tell(self._shell, Sound.ALREADY, self._shell.why(PosMemberError(reason)), Tone.BAD)

    def _coupon_failed(self, error: PosMemberError) -> bool:
        quiet = self._quiet
        if not quiet:
            self._unasked()
        if self._end() and not quiet:
            text = self._shell.why(error)
            if error.reason in _UNANSWERED:
                text = tr("Head office did not answer. The coupon is not used: scan it again, or go on without it.")
            tell(self._shell, Sound.INVALID, text, Tone.WARN)
        return True

    # --- a member ---

    def unanswered(self, text: str) -> bool:
        """Whether this till's head office may know whom ``text`` names, and has not said so for this bill."""
        return self._of_this_bill() and self._finding.unanswered(text)

    def ask_again(self, error: PosMemberError, text: str) -> None:
        """Ask whom ``text`` names, whether or not the line was up when it was last tried: the cashier wants to know."""
        if not self._ask_member(error, text, again=True):
            self._desk.refused.emit(error, text)

    def _ask_member(self, error: PosMemberError, text: str, *, again: bool = False) -> bool:
        if not self._of_this_bill():
            return False
        bill = self._finding_for
        return self._finding.ask(text, lambda word: self._member_said(bill, error, text, word), again=again)

    def _member_said(self, bill: str, error: PosMemberError, text: str, word: Word) -> None:
        draft = self._desk.draft
        if draft is None or draft.id != bill:
            return
        if word is Word.KNOWN:
            self._desk.look_up(text)
            return
        # Where nobody could be asked, what this till knows by itself is said; it is not asked about once more for that.
        self._unanswered = text if word is Word.UNANSWERED else ""
        self._desk.refused.emit(error, text)
        self._unanswered = ""

    def _of_this_bill(self) -> bool:
        """False where there is no bill. What head office said for another one is forgotten."""
        draft = self._desk.draft
        if draft is not None and draft.id != self._finding_for:
            self._finding.forget()
            self._finding_for = draft.id
        return draft is not None

    # --- one question ---

    def _note(self, bill_id: str, text: str) -> None:
        self._asked = {each for each in self._asked if each[0] == bill_id} | {(bill_id, text)}

    def _unasked(self) -> None:
        """There was no answer to what was asked last: tried once more it is asked once more."""
        self._asked = {each for each in self._asked if each[1] != self._code}

    def give_up(self) -> bool:
        """Esc: go on without an answer. False when nothing is being asked."""
        online = self._shell.services.online
        if self._finding.give_up():
            self._shell.say(Tone.INFO, tr("Not asked any more"))
            return True
        if not self._busy or self._quiet or online is None:
            return False
        online.give_up()
        reward = self._reward
        self._bill = ""
        if reward is not None and reward.times_max > reward.times_chosen:
            self._fall_back(reward, tr("Not asked any more"))
        else:
            self._shell.say(Tone.INFO, tr("Not asked any more"))
        return True

    def _begin(self, bill_id: str, *, quiet: bool = False) -> None:
        self._busy, self._bill, self._quiet = True, bill_id, quiet
        if not quiet:
            say_asking(self._shell)

    def _end(self) -> bool:
        """The answer came; whether the bill it is for is still the open one, and somebody still waits for it."""
        draft, bill = self._desk.draft, self._bill
        self._busy, self._bill = False, ""
        return draft is not None and bool(bill) and draft.id == bill
