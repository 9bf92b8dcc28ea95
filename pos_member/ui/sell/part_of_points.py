"""Using fewer points than the bill could take: asked in place, rounded down to whole steps."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pos_member.domain.money import format_baht
from pos_member.ui.desk import Desk
from pos_member.ui.i18n import tr
from pos_member.ui.notices import Tone
from pos_member.ui.offers import Offer
from pos_member.ui.shell import Answer, Question, Shell

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
        self._shell.ask(
            Question(
                tr("How many points does the customer use?"),
                (Answer("use", tr("Use the points"), "primary"), Answer("no", tr("Leave it as it is"))),
                field="amount",
                label=tr("Points, up to {most}", most=reward.points_per_time * reward.times_max),
                detail=tr(
                    "Each {points} points take {amount} off",
                    points=reward.points_per_time,
                    amount=format_baht(reward.amount_per_time_satang, trim=True),
                ),
            ),
            self._answered,
        )

    def _answered(self, key: str, typed: str) -> None:
        offer, self._offer = self._offer, None
        if key != "use" or offer is None or offer.reward is None:
            return
        reward = offer.reward
        digits = typed.translate(_THAI_DIGITS).replace(",", "").strip()
        if not (digits.isascii() and digits.isdigit()):
            self._shell.say(Tone.WARN, tr("Type the points as a whole number"))
            return
        # Seven figures are more points than anybody has; int() of a flood of digits is slow.
        times = min(int(digits[:7]) // reward.points_per_time, reward.times_max)
        self._desk.set_reward(reward.program_id, times)
