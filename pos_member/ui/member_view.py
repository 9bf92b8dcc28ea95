"""A member's panel to read: masked card, balance as of a time, coupons. For the screens beside the sell screen."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from pos_member.domain.clock import business_date, format_date
from pos_member.domain.member import MemberStatus
from pos_member.domain.money import format_baht
from pos_member.services.views import CouponView, MemberPanel, MemberRow
from pos_member.ui.i18n import language, mark, pick, tr
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.standing_words import pending_text, power_text, stamp_text, tier_kept, tier_tone, tier_way
from pos_member.ui.widgets import Badge, Column, Text, column, row, rule
from pos_member.ui.widgets.progress import StampDots

_COUPONS_SHOWN = 4
#: Members in a list, masked.
MEMBER_COLUMNS = (
    Column[MemberRow](mark("Name"), lambda row: row.card.name_masked, stretch=True),
    Column[MemberRow](mark("Phone"), lambda row: row.card.phone_masked),
    Column[MemberRow](mark("Number"), lambda row: row.card.number_masked),
    Column[MemberRow](mark("Tier"), lambda row: pick(row.card.tier_name_th, row.card.tier_name_en)),
    Column[MemberRow](mark("Points"), lambda row: f"{row.balance:,}", lambda row: row.balance, right=True),
)


class MemberView(QWidget):
    """``name`` is the prefix of its widgets' names; ``brief`` leaves visits and coupons out."""

    def __init__(self, shell: Shell, name: str, *, brief: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._brief = brief
        self.panel: MemberPanel | None = None
        self.setObjectName(name)
        self._who = Text("title", name=f"{name}_name")
        self._tier = Badge(name=f"{name}_tier")
        self._ids = Text("soft", name=f"{name}_ids")
        self._points = Text("huge", name=f"{name}_points")
        self._worth = Text("strong")
        self._as_of = Text("small", name=f"{name}_as_of", wrap=True)
        self._notes = Text("strong", name=f"{name}_notes", wrap=True)
        self._way = Text(name=f"{name}_tier_way", wrap=True)
        self._dots = StampDots(name=f"{name}_dots")
        self._stamps = Text(name=f"{name}_stamps", wrap=True)
        self._way.hide()
        self._stamps.hide()
        self._visits = Text("soft", name=f"{name}_visits", wrap=True)
        self._line = rule()
        self._coupons_head = Text("label")
        self._coupons = Text(name=f"{name}_coupons", wrap=True)
        head = row(space="m")
        head.addWidget(self._who, 1)
        head.addWidget(self._tier)
        balance = row(space="m")
        balance.addWidget(self._points)
        beside = column(space="")
        beside.addStretch(1)
        beside.addWidget(self._worth)
        beside.addWidget(self._as_of)
        beside.addStretch(1)
        balance.addLayout(beside, 1)
        layout = column(self, space="xs")
        layout.addLayout(head)
        layout.addWidget(self._ids)
        layout.addLayout(balance)
        stamps = row(space="s")
        stamps.addWidget(self._dots)
        stamps.addWidget(self._stamps, 1)
        layout.addWidget(self._notes)
        layout.addWidget(self._way)
        layout.addLayout(stamps)
        below: tuple[QWidget, ...] = (self._visits, self._line, self._coupons_head, self._coupons)
        for widget in below:
            layout.addWidget(widget)

    def show_panel(self, panel: MemberPanel | None) -> None:
        """Another member, or nobody."""
        self.panel = panel
        self.setVisible(panel is not None)
        if panel is None:
            return
        card = panel.card
        self._who.show_text(card.who)
        self._tier.show_state(tier_tone(card.tier_code), pick(card.tier_name_th, card.tier_name_en))
        if card.status is not MemberStatus.ACTIVE:
            self._tier.show_state("bad", tr("Card blocked"), "bad")
        self._ids.show_text(card.ids)
        self._points.show_text(f"{panel.balance:,}")
        worth = format_baht(panel.worth_satang, trim=True)
        self._worth.show_text(tr("points ≈ {worth}", worth=worth) if panel.worth_satang else tr("points"))
        self._as_of.show_text(self._since(panel))
        self._show_notes(panel)
        self._show_standing(panel)
        visits = tr("{count} visit(s)", count=panel.visits) if panel.visits else tr("First visit")
        if panel.last_visit is not None:
            visits = tr(
                "{count} visit(s) · last on {date}", count=panel.visits, date=format_date(panel.last_visit, language())
            )
        if panel.referred_by_masked:
            visits = f"{visits} · {tr('brought by {name}', name=panel.referred_by_masked)}"
        self._visits.show_text(visits)
        self._visits.setVisible(not self._brief)
        self._show_coupons(() if self._brief else panel.coupons)

    def retranslate(self) -> None:
        """Every text."""
        self.show_panel(self.panel)

    def _since(self, panel: MemberPanel) -> str:
        if panel.presented:
            return tr("from this till alone; the rest is not known here yet")
        if panel.as_of is None:
            return tr("as this till knows")
        return tr("as of {when}", when=moment(self._shell, panel.as_of))

    def _show_standing(self, panel: MemberPanel) -> None:
        tier = panel.tier
        way = "" if tier is None else " · ".join(filter(None, (tier_way(tier), tier_kept(tier, self._today()))))
        self._way.show_text(way)
        self._way.setVisible(bool(way))
        only = panel.stamps[0] if len(panel.stamps) == 1 else None
        self._dots.show_stamps(only.count if only is not None else 0, only.target if only is not None else 0)
        self._stamps.show_text(" · ".join(stamp_text(stamp) for stamp in panel.stamps))
        self._stamps.setVisible(bool(panel.stamps))

    def _today(self) -> date:
        return business_date(self._shell.services.clock.now(), self._shell.settings.zone)

    def _show_notes(self, panel: MemberPanel) -> None:
        notes: list[str] = []
        if panel.owed:
            notes.append(tr("Owes {points} point(s) from a return", points=panel.owed))
        pending = pending_text(panel, self._today())
        if pending:
            notes.append(pending)
        power = power_text(panel)
        if power:
            notes.append(power)
        if panel.expiring_points and panel.expiring_on is not None:
            date = format_date(panel.expiring_on, language())
            notes.append(tr("{points} point(s) until {date}", points=panel.expiring_points, date=date))
        if panel.birthday_month:
            notes.append(tr("Birthday month"))
        self._notes.show_text(" · ".join(notes), "bad" if panel.owed else "warn" if panel.expiring_points else "info")
        self._notes.setVisible(bool(notes))

    def _show_coupons(self, coupons: tuple[CouponView, ...]) -> None:
        for widget in (self._line, self._coupons_head, self._coupons):
            widget.setVisible(bool(coupons))
        self._coupons_head.show_text(tr("{count} coupon(s) to use", count=sum(1 for c in coupons if c.usable)))
        lines = [
            tr(
                "{value} until {date}",
                value=pick(coupon.value_text, coupon.value_text_en),
                date=format_date(coupon.valid_to, language()),
            )
            for coupon in coupons[:_COUPONS_SHOWN]
        ]
        self._coupons.show_text("\n".join(lines))
