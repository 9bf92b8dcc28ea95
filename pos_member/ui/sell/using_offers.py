"""Keys and touches on the list of offers: Alt+n uses one or takes it off, Ctrl+n uses part of the points."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos_member.domain.pricing import UsableReward
from pos_member.ui.desk import Desk
from pos_member.ui.i18n import language, pick
from pos_member.ui.notices import Tone
from pos_member.ui.offers import Offer, usual_times
from pos_member.ui.sell.asking_online import AskingOnline
from pos_member.ui.sell.offers_card import KEYS_MAX, OffersCard
from pos_member.ui.sell.part_of_points import PartOfPoints
from pos_member.ui.shell import Shell
from pos_member.wording import say


class UsingOffers(QObject):
    """Between the list and the desk. The keys work while ``screen`` or anything in it has the focus."""

    def __init__(self, shell: Shell, desk: Desk, card: OffersCard, asking: AskingOnline, screen: QWidget) -> None:
        super().__init__(screen)
        self._shell = shell
        self._desk = desk
        self._card = card
        self._asking = asking
        self._points = PartOfPoints(shell, desk, self)
        card.toggled.connect(self._toggle)
        card.part_wanted.connect(self._points.ask)
        for at in range(KEYS_MAX):
            for modifier, slot in (("Alt", self._alt), ("Ctrl", self._ctrl)):
                shortcut = QShortcut(QKeySequence(f"{modifier}+{at + 1}"), screen)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.setProperty("at", at)
                shortcut.activated.connect(slot)

    def _alt(self) -> None:
        self._card.press(int(self.sender().property("at")))

    def _ctrl(self) -> None:
        self._card.press_part(int(self.sender().property("at")))

    def _toggle(self, offer: Offer) -> None:
        if offer.coupon is not None:
            if offer.usable:
                self._desk.toggle_coupon(offer.coupon.code)
            return
        reward = offer.reward
        if reward is None:
            return
        if not offer.chosen and offer.askable and self._asking.ask_points(reward, usual_times(reward, asking=True)):
            return
        if not offer.usable:
            self._shell.say(Tone.WARN, f"{pick(reward.name_th, reward.name_en)}: {_why(reward)}")
            return
        self._desk.set_reward(reward.program_id, 0 if offer.chosen else usual_times(reward))


def _why(reward: UsableReward) -> str:
    return say("explain", reward.why_not, language(), reward.why_params) if reward.why_not else ""
