"""Using fewer points than the bill could take: asked in place, rounded down to whole steps."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pos_member.domain.money import format_baht
from pos_member.domain.pricing import UsableReward
from pos_member.domain.program import EffectKind
from pos_member.ui.desk import Desk
from pos_member.ui.i18n import pick, tr
from pos_member.ui.notices import Tone
from pos_member.ui.offers import Offer
from pos_member.ui.shell import Answer, Question, Shell
from pos_member.ui.standing_words import count_of

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


class PartOfPoints(QObject):
    """``ask`` for an offer of points; the answer goes to the desk."""

    def __init__(self, shell: Shell, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._desk = desk
        self._offer: Offer | None = None

    def ask(self, offer: Offer) -> None:
        """How many points?"""
        reward = offer.reward
        if reward is None:
            return
        self._offer = offer
        stamps = bool(reward.currency)
        self._shell.ask(
            Question(
                tr("How many stamps does the customer use?")
                if stamps
                else tr("How many points does the customer use?"),
                (
                    Answer("use", tr("Use the stamps") if stamps else tr("Use the points"), "primary"),
                    Answer("no", tr("Leave it as it is")),
                ),
                field="amount",
                label=tr("Up to {most}", most=self._cost(reward, reward.times_max)),
                detail=self._each(reward),
            ),
            self._answered,
        )

    def _cost(self, reward: UsableReward, times: int) -> str:
        return count_of(self._shell.settings, reward.currency, reward.points_per_time * times)

    def _each(self, reward: UsableReward) -> str:
        """What one time takes and gives."""
        cost = self._cost(reward, 1)
        if reward.kind == EffectKind.REWARD_DISCOUNT:
            amount = format_baht(reward.amount_per_time_satang, trim=True)
            return tr("Each {cost} take {amount} off", cost=cost, amount=amount)
        return tr("Each {cost}: {name}", cost=cost, name=pick(reward.name_th, reward.name_en))

    def _answered(self, key: str, typed: str) -> None:
        offer, self._offer = self._offer, None
        if key != "use" or offer is None or offer.reward is None:
            return
        reward = offer.reward
        digits = typed.translate(_THAI_DIGITS).replace(",", "").strip()
        if not (digits.isascii() and digits.isdigit()):
            self._shell.say(Tone.WARN, tr("Type a whole number"))
            return
        # Seven figures are more points than anybody has; int() of a flood of digits is slow.
        times = min(int(digits[:7]) // reward.points_per_time, reward.times_max)
        self._desk.set_reward(reward.program_id, times)
