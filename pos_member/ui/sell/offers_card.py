"""What this bill could use: coupons and rewards by value, each on its key, the unusable ones with the reason."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_member.domain.clock import format_date
from pos_member.domain.money import format_baht
from pos_member.domain.pricing import UsableReward
from pos_member.services.checkout import Preview
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.offers import Offer, offers, usual_times
from pos_member.ui.sell.goals_strip import GoalsStrip
from pos_member.ui.shell import Shell
from pos_member.ui.standing_words import count_of
from pos_member.ui.widgets import Button, Card, IconLabel, Text, column, row, scroller
from pos_member.wording import say

#: Alt+1 … Alt+9.
KEYS_MAX = 9


class OfferTile(Button):
    """One offer: key, name, what it takes, what it is worth."""

    def __init__(self, shell: Shell, at: int) -> None:
        super().__init__("tile", name=f"offer_{at + 1}", checkable=True)
        self._shell = shell
        self.at = at
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._key = Text("key", align="centre")
        self._name = Text("strong", name=f"offer_{at + 1}_name", wrap=True)
        self._detail = Text("small", name=f"offer_{at + 1}_detail", wrap=True)
        self._value = Text("money", name=f"offer_{at + 1}_value", align="right")
        self._check = IconLabel("good", "accent_ink")
        words = column(space="")
        words.addWidget(self._name)
        below = row(space="xs")
        below.addWidget(self._check)
        below.addWidget(self._detail, 1)
        words.addLayout(below)
        layout = row(self, space="m", margin="m")
        layout.addWidget(self._key, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(words, 1)
        layout.addWidget(self._value)
        self.part = Button("step", name=f"offer_{at + 1}_part", icon="adjust")
        layout.addWidget(self.part)
        for child in (self._key, self._name, self._detail, self._value, self._check):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        # A button asks for the room of its text; here the layout knows.
        layout = self.layout()
        if layout is None:
            return super().sizeHint()
        hint = layout.sizeHint()
        # Words that wrap in the room there is may need another line than in the room they would like.
        return QSize(hint.width(), max(hint.height(), layout.heightForWidth(self.width())))

    def minimumSizeHint(self) -> QSize:
        # A button never wants to be narrower than it likes, and would stand out over the edge of the list.
        layout = self.layout()
        least = layout.minimumSize().width() if layout is not None else 0
        return QSize(least, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def show_offer(self, offer: Offer) -> None:
        """Fill it."""
        key = f"Alt+{self.at + 1}" if self.at < KEYS_MAX else ""
        self._key.show_text(key)
        self._key.setVisible(bool(key))
        name, detail = pick(offer.name_th, offer.name_en), self._detail_of(offer)
        self._name.show_text(name)
        self._detail.show_text(detail)
        value = format_baht(offer.value_satang, trim=True) if offer.value_satang else ""
        if not value and offer.coupon is not None:
            value = pick(offer.coupon.value_text, offer.coupon.value_text_en)
        self._value.show_text(f"−{value}" if value and offer.chosen else value)
        self._check.setVisible(offer.chosen)
        self.part.setVisible(offer.usable and offer.reward is not None and offer.reward.times_max > 1)
        self.part.setToolTip(f"{tr('How many points')}  Ctrl+{self.at + 1}")
        self.part.setAccessibleName(f"{tr('How many points')} Ctrl+{self.at + 1}")
        self.setChecked(offer.chosen)
        self.setEnabled(offer.usable or offer.askable)
        self.setAccessibleName(f"{key} {name} {value} {detail}".strip())

    def _detail_of(self, offer: Offer) -> str:
        if not offer.usable and offer.why_key:
            params: dict[str, object] = {"missing_satang": offer.missing_satang}
            if offer.reward is not None:
                params = dict(offer.reward.why_params)
            return say("explain", offer.why_key, language(), params)
        if offer.reward is not None:
            return self._detail_of_reward(offer.reward, offer.provisional)
        if offer.chosen:
            return tr("Used on this bill, to be checked") if offer.uncertain else tr("Used on this bill")
        if offer.coupon is None:
            return ""
        until = tr("Coupon until {date}", date=format_date(offer.coupon.valid_to, language()))
        parts = [until]
        if offer.count > 1:
            parts.append(tr("{count} of them", count=offer.count))
        if offer.coupon.uses_left > 1:
            parts.append(tr("{count} use(s) left", count=offer.coupon.uses_left))
        return " · ".join(parts)

    def _detail_of_reward(self, reward: UsableReward, provisional: int) -> str:
        points = reward.points_per_time * (reward.times_chosen or usual_times(reward))
        cost = count_of(self._shell.settings, reward.currency, points)
        if provisional and provisional >= points:
            if reward.times_chosen:
                return tr("{cost} used, to be checked", cost=cost)
            return tr("Uses {cost}, to be checked", cost=cost)
        detail = tr("{cost} used", cost=cost) if reward.times_chosen else tr("Uses {cost}", cost=cost)
        return f"{detail} · {tr('{points} of them to be checked', points=provisional)}" if provisional else detail


class OffersCard(Card):
    """``toggled`` carries the ``Offer`` that was switched."""

    toggled = Signal(object)
    #: Only a part of the points of this ``Offer`` is to be used: how many is asked.
    part_wanted = Signal(object)
    #: Why something is on the bill or not.
    why_wanted = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__("card", name="offers_card", parent=parent)
        self._shell = shell
        self._offers: tuple[Offer, ...] = ()
        self._tiles: list[OfferTile] = []
        self._head = Text("heading", name="offers_head")
        self._why = Button("plain", name="offers_why", icon="help")
        self._why.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._why.clicked.connect(self.why_wanted)
        self._empty = Text("soft", name="offers_empty", wrap=True)
        self.goals = GoalsStrip()
        holder = QWidget()
        self._list = column(holder, space="s")
        self._list.addWidget(self._empty)
        self._list.addStretch(1)
        layout = column(self, space="s", margin="m")
        head = row(space="s")
        head.addWidget(IconLabel("gift", "accent"))
        head.addWidget(self._head, 1)
        head.addWidget(self._why)
        layout.addLayout(head)
        layout.addWidget(scroller(holder, name="offers_list"), 1)
        layout.addWidget(self.goals)
        self._has_member = False

    def show_preview(self, preview: Preview | None) -> None:
        """The list for the bill as it stands. Tiles are kept, so that a key pressed twice meets the same tile."""
        self._offers = offers(preview) if preview is not None else ()
        self._has_member = preview is not None and preview.panel is not None
        while len(self._tiles) < len(self._offers):
            tile = OfferTile(self._shell, len(self._tiles))
            tile.clicked.connect(self._clicked)
            tile.part.setProperty("at", tile.at)
            tile.part.clicked.connect(self._part_clicked)
            self._list.insertWidget(self._list.count() - 1, tile)
            self._tiles.append(tile)
        for tile in self._tiles:
            shown = tile.at < len(self._offers)
            tile.setVisible(shown)
            if shown:
                tile.show_offer(self._offers[tile.at])
        self.goals.show_evaluation(preview.evaluation if preview is not None else None)
        self._show_empty()

    def press(self, at: int) -> bool:
        """Alt+n. False where there is no such offer."""
        if at >= len(self._offers):
            return False
        self.toggled.emit(self._offers[at])
        return True

    def press_part(self, at: int) -> None:
        """Ctrl+n."""
        if at < len(self._offers) and self._offers[at].usable and self._offers[at].reward is not None:
            self.part_wanted.emit(self._offers[at])

    def _part_clicked(self) -> None:
        self.press_part(int(self.sender().property("at")))

    def retranslate(self) -> None:
        """Every text."""
        self._head.show_text(tr("To use on this bill"))
        self._why.show_text(tr("Why?"), "Shift+F1")
        self.goals.retranslate()
        self._show_empty()
        for tile, offer in zip(self._tiles, self._offers, strict=False):
            tile.show_offer(offer)

    def _show_empty(self) -> None:
        self._empty.setVisible(not self._offers)
        if self._has_member:
            self._empty.show_text(tr("Nothing to use now. Coupons on paper: just scan them."))
        else:
            self._empty.show_text(tr("Coupons and points appear here once the member is known. Paper coupons: scan."))

    def _clicked(self) -> None:
        tile = self.sender()
        if isinstance(tile, OfferTile):
            # The bill decides whether it is on; the click alone changes nothing.
            tile.setChecked(self._offers[tile.at].chosen)
            self.toggled.emit(self._offers[tile.at])
