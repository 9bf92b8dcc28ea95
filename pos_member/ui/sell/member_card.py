"""Who the bill is for: masked, with the balance as of a time, and what is worth mentioning."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from pos_member.domain.clock import business_date, format_date, format_time
from pos_member.domain.money import format_baht
from pos_member.services.views import MemberPanel
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, IconLabel, Text, column, row


class MemberCard(Card):
    """``enrol_wanted`` and ``forget_wanted`` come from its two buttons."""

    enrol_wanted = Signal()
    forget_wanted = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__("card", name="member_card", parent=parent)
        self._shell = shell
        self._panel: MemberPanel | None = None
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._build_nobody())
        self._pages.addWidget(self._build_member())

    def _build_nobody(self) -> QWidget:
        page = QWidget()
        self._nobody = Text("heading", name="member_none", align="centre")
        self._how = Text("soft", wrap=True, align="centre")
        self._enrol = Button("plain", name="member_enrol", icon="enrol")
        self._enrol.clicked.connect(self.enrol_wanted)
        layout = column(page, space="s", margin="l")
        layout.addStretch(1)
        centred = row()
        centred.addStretch(1)
        centred.addWidget(IconLabel("member", "faint", "icon_large"))
        centred.addStretch(1)
        layout.addLayout(centred)
        layout.addWidget(self._nobody)
        layout.addWidget(self._how)
        layout.addStretch(1)
        layout.addWidget(self._enrol)
        return page

    def _build_member(self) -> QWidget:
        page = QWidget()
        self._name = Text("title", name="member_name")
        self._tier = Badge(name="member_tier")
        self._forget = Button("quiet", name="member_forget", icon="close")
        self._forget.setFixedWidth(self._forget.sizeHint().height())
        self._forget.clicked.connect(self.forget_wanted)
        self._ids = Text("soft", name="member_ids")
        self._points = Text("huge", name="member_points")
        self._unit = Text("strong", name="member_worth")
        self._as_of = Text("small", name="member_as_of", elide=True)
        self._visits = Text("soft", name="member_visits", elide=True)
        self._note = Text("strong", name="member_note", wrap=True)
        self._birthday = Badge(name="member_birthday")
        head = row(space="m")
        head.addWidget(self._name)
        head.addWidget(self._tier)
        head.addStretch(1)
        head.addWidget(self._forget)
        balance = row(space="m")
        balance.addWidget(self._points)
        beside = column(space="")
        beside.addStretch(1)
        beside.addWidget(self._unit)
        beside.addWidget(self._as_of)
        beside.addStretch(1)
        balance.addLayout(beside, 1)
        foot = row(space="m")
        foot.addWidget(self._visits, 1)
        foot.addWidget(self._birthday)
        layout = column(page, space="xs", margin="l")
        layout.addLayout(head)
        layout.addWidget(self._ids)
        layout.addLayout(balance)
        layout.addWidget(self._note)
        layout.addStretch(1)
        layout.addLayout(foot)
        return page

    def show_member(self, panel: MemberPanel | None) -> None:
        """The member of the bill, or nobody."""
        self._panel = panel
        self._pages.setCurrentIndex(0 if panel is None else 1)
        if panel is None:
            self.setAccessibleName(tr("No member on this bill"))
            return
        card = panel.card
        name = card.name_masked or card.phone_masked
        self._name.show_text(tr("Khun {name}", name=name) if card.name_masked else name)
        tier = pick(card.tier_name_th, card.tier_name_en)
        self._tier.setVisible(bool(tier))
        self._tier.show_state("gold" if card.tier_code == "gold" else "neutral", tier, "star")
        self._ids.show_text(f"{card.phone_masked} · {card.number_masked}")
        self._points.show_text(f"{panel.balance:,}")
        worth = format_baht(panel.worth_satang, trim=True)
        self._unit.show_text(tr("points ≈ {worth}", worth=worth) if panel.worth_satang else tr("points"))
        self._as_of.show_text(self._when(panel))
        self._birthday.setVisible(panel.birthday_month)
        self._birthday.show_state("info", tr("Birthday month"), "cake")
        self._show_note(panel)
        self._show_visits(panel)
        self.setAccessibleName(f"{self._name.said()}, {panel.balance:,} {tr('points')}")

    def _when(self, panel: MemberPanel) -> str:
        if panel.as_of is None:
            return tr("as this till knows")
        zone = self._shell.settings.zone
        clock = format_time(panel.as_of, zone)
        day = business_date(panel.as_of, zone)
        if day != business_date(self._shell.services.clock.now(), zone):
            clock = f"{format_date(day, language())} {clock}"
        if panel.own_points_since:
            return tr("as of {when} · {points} here since", when=clock, points=f"{panel.own_points_since:+,}")
        return tr("as of {when}", when=clock)

    def _show_note(self, panel: MemberPanel) -> None:
        notes: list[str] = []
        tone = "none"
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
        if panel.last_visit is None:
            self._visits.show_text(
                tr("First visit") if panel.visits == 0 else tr("{count} visit(s)", count=panel.visits)
            )
            return
        day = format_date(panel.last_visit, language())
        self._visits.show_text(tr("{count} visit(s) · last on {date}", count=panel.visits, date=day))

    def retranslate(self) -> None:
        """Every text."""
        self._nobody.show_text(tr("No member on this bill"))
        self._how.show_text(tr("Scan the card, or type the phone number"))
        self._enrol.show_text(tr("Enrol a member"), "F2")
        self._forget.setAccessibleName(tr("Take the member off the bill"))
        self._forget.setToolTip(tr("Take the member off the bill"))
        self.show_member(self._panel)
