"""Who the bill is for: masked, with the balance as of a time, and what is worth mentioning."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from pos_member.domain.clock import business_date, format_date
from pos_member.domain.money import format_baht
from pos_member.domain.tiers import TierChange
from pos_member.services.views import MemberPanel
from pos_member.ui import theme
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.standing_words import (
    pending_text,
    power_text,
    short_date,
    stamp_text,
    tier_kept,
    tier_name,
    tier_tone,
    tier_way,
)
from pos_member.ui.widgets import Badge, Button, Card, IconLabel, Text, column, row
from pos_member.ui.widgets.progress import StampDots


class MemberCard(Card):
    """``enrol_wanted`` and ``forget_wanted`` come from its two buttons."""

    enrol_wanted = Signal()
    forget_wanted = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__("card", name="member_card", parent=parent)
        self._shell = shell
        self._panel: MemberPanel | None = None
        self._change: TierChange | None = None
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._build_nobody())
        self._pages.addWidget(self._build_member())

    def _build_nobody(self) -> QWidget:
        page = QWidget()
        self._nobody = Text("heading", name="member_none", align="centre")
        self._how = Text("soft", wrap=True, align="centre")
        self._enrol = Button("plain", name="member_enrol", icon="enrol")
        self._enrol.clicked.connect(self.enrol_wanted)
        self._who = QWidget()
        who = column(self._who, space="s")
        who.addStretch(1)
        centred = row()
        centred.addStretch(1)
        centred.addWidget(IconLabel("member", "faint", "icon_large"))
        centred.addStretch(1)
        who.addLayout(centred)
        who.addWidget(self._nobody)
        who.addWidget(self._how)
        who.addStretch(1)
        self._empty = column(page, space="s", margin="l")
        self._empty.addWidget(self._who, 1)
        self._empty.addWidget(self._enrol)
        return page

    def show_view(self, view: QWidget, shown: bool) -> None:
        """What the camera sees, in place of the words while nobody is on the bill."""
        if self._empty.indexOf(view) < 0:
            self._empty.insertWidget(0, view, 1)
        view.setVisible(shown)
        self._who.setVisible(not shown)

    def _build_member(self) -> QWidget:
        page = QWidget()
        self._name = Text("title", name="member_name", elide=True)
        self._birthday = IconLabel("cake", "info_ink")
        self._birthday.setObjectName("member_birthday")
        self._forget = Button("quiet", name="member_forget", icon="close")
        self._forget.setFixedWidth(self._forget.sizeHint().height())
        self._forget.clicked.connect(self.forget_wanted)
        self._ids = Text("soft", name="member_ids", elide=True)
        self._note = Text("strong", name="member_note", elide=True)
        self._visits = Text("small", name="member_visits", elide=True)
        who = column(space="")
        who.addWidget(self._name)
        who.addWidget(self._ids)
        head = row(space="s")
        head.addLayout(who, 1)
        head.addWidget(self._birthday)
        head.addWidget(self._forget)
        # Lines of Thai are tall enough by themselves, and all of these have to fit above the number pad.
        layout = column(page, space="", margin="s")
        side = theme.active().px("space", "m")
        layout.setContentsMargins(side, layout.contentsMargins().top(), side, layout.contentsMargins().bottom())
        layout.addLayout(head)
        layout.addLayout(self._build_balance())
        layout.addLayout(self._build_tier())
        layout.addLayout(self._build_stamps())
        layout.addWidget(self._note)
        layout.addStretch(1)
        layout.addWidget(self._visits)
        return page

    def _build_balance(self) -> QHBoxLayout:
        self._points = Text("huge", name="member_points")
        self._unit = Text("strong", name="member_worth")
        self._as_of = Text("small", name="member_as_of", elide=True)
        self._pending = Text("small", name="member_pending", elide=True)
        self._pending.hide()
        self._power = Text("small", name="member_power", elide=True)
        self._power.hide()
        # Four lines beside the points would make the card taller than a small screen has room for.
        self._as_of_beside = Text("small", name="member_as_of_beside", elide=True)
        self._as_of_beside.hide()
        balance = row(space="m")
        balance.addWidget(self._points)
        beside = column(space="")
        beside.addStretch(1)
        first = row(space="s")
        first.addWidget(self._unit)
        first.addWidget(self._as_of_beside, 1)
        beside.addLayout(first)
        for widget in (self._power, self._as_of, self._pending):
            beside.addWidget(widget)
        beside.addStretch(1)
        balance.addLayout(beside, 1)
        return balance

    def _build_tier(self) -> QHBoxLayout:
        self._tier = Badge(name="member_tier")
        self._way = Text("strong", name="member_tier_way", elide=True)
        tier = row(space="s")
        tier.addWidget(self._tier)
        tier.addWidget(self._way, 1)
        return tier

    def _build_stamps(self) -> QHBoxLayout:
        self._dots = StampDots(name="member_dots")
        self._stamps = Text("strong", name="member_stamps", elide=True)
        self._stamps.hide()
        stamps = row(space="s")
        stamps.addWidget(self._dots)
        stamps.addWidget(self._stamps, 1)
        return stamps

    def show_member(self, panel: MemberPanel | None, change: TierChange | None = None) -> None:
        """The member of the bill, or nobody; ``change``: the tier reached with this bill."""
        self._panel, self._change = panel, change
        self._pages.setCurrentIndex(0 if panel is None else 1)
        if panel is None:
            self.setAccessibleName(tr("No member on this bill"))
            return
        card = panel.card
        self._name.show_text(tr("Khun {name}", name=card.name_masked) if card.name_masked else card.who)
        self._ids.show_text(card.ids)
        self._points.show_text(f"{panel.balance:,}")
        worth = format_baht(panel.worth_satang, trim=True)
        self._unit.show_text(tr("points ≈ {worth}", worth=worth) if panel.worth_satang else tr("points"))
        self._as_of.show_text(self._when(panel))
        pending = pending_text(panel, self._today())
        self._pending.show_text(pending, "warn")
        self._pending.setVisible(bool(pending))
        power = power_text(panel)
        self._power.show_text(power, "warn")
        self._power.setVisible(bool(power))
        crowded = bool(power and pending)
        self._as_of_beside.show_text(self._when(panel) if crowded else "")
        self._as_of_beside.setVisible(crowded)
        self._as_of.setVisible(not crowded)
        self._birthday.setVisible(panel.birthday_month)
        self._birthday.setToolTip(tr("Birthday month"))
        self._show_tier(panel, change)
        self._show_stamps(panel)
        self._show_note(panel)
        self._show_visits(panel)
        self.setAccessibleName(f"{self._name.said()}, {panel.balance:,} {tr('points')}")

    def _show_tier(self, panel: MemberPanel, change: TierChange | None) -> None:
        card = panel.card
        code = change.after if change is not None else card.tier_code
        tier = pick(card.tier_name_th, card.tier_name_en)
        if change is not None:
            tier = tier_name(self._shell.settings, change.after)
        self._tier.setVisible(bool(tier))
        self._tier.show_state(tier_tone(code), tier, "star")
        if change is not None:
            self._way.show_text(tr("Reached with this bill"), "good")
        else:
            self._way.show_text(tier_way(panel.tier) if panel.tier is not None else "", "none")

    def _show_stamps(self, panel: MemberPanel) -> None:
        only = panel.stamps[0] if len(panel.stamps) == 1 else None
        self._dots.show_stamps(only.count if only is not None else 0, only.target if only is not None else 0)
        self._stamps.setVisible(bool(panel.stamps))
        self._stamps.show_text(" · ".join(stamp_text(stamp) for stamp in panel.stamps))

    def _today(self) -> date:
        return business_date(self._shell.services.clock.now(), self._shell.settings.zone)

    def _when(self, panel: MemberPanel) -> str:
        if panel.presented:
            return tr("from this till alone; the rest is not known here yet")
        if panel.as_of is None:
            return tr("as this till knows")
        when = moment(self._shell, panel.as_of)
        if panel.own_points_since:
            return tr("as of {when} · {points} here since", when=when, points=f"{panel.own_points_since:+,}")
        return tr("as of {when}", when=when)

    def _show_note(self, panel: MemberPanel) -> None:
        notes: list[str] = []
        tone = "none"
        if panel.birthday_month:
            notes.append(tr("Birthday month"))
        if panel.owed:
            notes.append(tr("Owes {points} point(s) from a return", points=panel.owed))
            tone = "bad"
        if panel.expiring_points and panel.expiring_on is not None:
            on = format_date(panel.expiring_on, language())
            notes.append(tr("{points} point(s) until {date}", points=panel.expiring_points, date=on))
            tone = "warn" if tone == "none" else tone
        if panel.coupons:
            usable = sum(1 for coupon in panel.coupons if coupon.usable)
            notes.append(tr("{count} coupon(s) to use", count=usable))
        self._note.show_text(" · ".join(notes), tone)

    def _show_visits(self, panel: MemberPanel) -> None:
        """Ahead of them until when the tier is kept: beside its badge there is no room for that."""
        kept = "" if panel.tier is None or self._change is not None else tier_kept(panel.tier, self._today())
        visits = tr("{count} visit(s)", count=panel.visits) if panel.visits else tr("First visit")
        if panel.last_visit is not None:
            day = short_date(panel.last_visit, self._today())
            visits = tr("{count} visit(s) · last on {date}", count=panel.visits, date=day)
        brought = tr("brought by {name}", name=panel.referred_by_masked) if panel.referred_by_masked else ""
        self._visits.show_text(" · ".join(filter(None, (kept and f"{self._tier.said()} {kept}", visits, brought))))

    def retranslate(self) -> None:
        """Every text."""
        self._nobody.show_text(tr("No member on this bill"))
        self._how.show_text(tr("Scan the card, or type the phone number"))
        self._enrol.show_text(tr("Enrol a member"), "F2")
        self._forget.setAccessibleName(tr("Take the member off the bill"))
        self._forget.setToolTip(tr("Take the member off the bill"))
        self.show_member(self._panel, self._change)
