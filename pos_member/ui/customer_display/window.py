"""The customer's display: a window for the second screen, to be read from an arm's length and never touched."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from pos_member.domain.clock import format_date
from pos_member.domain.money import format_baht
from pos_member.ui import theme
from pos_member.ui.customer_display.view import Asking, DisplayView, Points, Row, Stage
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Card, IconLabel, Text, column, row, rule
from pos_member.ui.widgets.qr_view import QrView

#: Lines shown; of a longer bill the latest.
ROWS_SHOWN = 8
DISCOUNTS_SHOWN = 3
_QR_KEYS_WIDE = 6
_WELCOME, _BILL, _DONE = 0, 1, 2


class DisplayWindow(QWidget):
    """``show_view`` with each change. Takes no focus and no keys: the cashier's window keeps both."""

    def __init__(self, shell: Shell) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus
        super().__init__(None, flags)
        self._shell = shell
        self._view = DisplayView()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, True)
        # Closing the cashier's window ends the program, this one or not.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(800, 480)
        self._shop = Text("title", name="customer_shop")
        self._branch = Text("soft", name="customer_branch")
        self._practice = Badge(name="customer_practice")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._build_welcome())
        self._pages.addWidget(self._build_bill())
        self._pages.addWidget(self._build_done())
        head = row(space="m")
        head.addWidget(IconLabel("bag", "accent", "icon_large"))
        head.addWidget(self._shop)
        head.addWidget(self._branch)
        head.addStretch(1)
        head.addWidget(self._practice)
        layout = column(self, space="m", margin="xl")
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        shell.header_changed.connect(self._retranslated)
        self.retranslate()

    # --- building ------------------------------------------------------------------------------------------

    def _build_welcome(self) -> QWidget:
        page = Card("card", name="customer_welcome")
        layout = column(page, space="l", margin="xxl")
        self._hello = Text("giant", name="customer_hello", align="centre", wrap=True)
        self._invite = Text("title", name="customer_invite", align="centre", wrap=True)
        self._member_early = Text("big", name="customer_member_early", align="centre")
        layout.addStretch(2)
        layout.addWidget(self._hello)
        layout.addWidget(self._invite)
        layout.addWidget(self._member_early)
        layout.addStretch(3)
        return page

    def _build_bill(self) -> QWidget:
        page = QWidget()
        sides = row(page, space="l")
        sides.addWidget(self._build_lines(), 3)
        sides.addLayout(self._build_side(), 2)
        return page

    def _build_lines(self) -> QWidget:
        card = Card("card", name="customer_lines")
        layout = column(card, space="s", margin="l")
        self._more = Text("soft", name="customer_more")
        layout.addWidget(self._more)
        self._rows = [_Line(f"customer_line_{at}", "title") for at in range(ROWS_SHOWN)]
        self._discounts = [_Line(f"customer_discount_{at}", "heading") for at in range(DISCOUNTS_SHOWN)]
        for line in self._rows:
            layout.addLayout(line)
        layout.addStretch(1)
        for line in self._discounts:
            layout.addLayout(line)
        layout.addWidget(rule())
        self._total_label = Text("big", name="customer_total_label")
        self._total = Text("giant", name="customer_total", align="right")
        total = row(space="m")
        total.addWidget(self._total_label)
        total.addWidget(self._total, 1)
        layout.addLayout(total)
        return card

    def _build_side(self) -> QHBoxLayout:
        self._member = Card("card", name="customer_member")
        inside = column(self._member, space="s", margin="l")
        self._name = Text("title", name="customer_name", wrap=True)
        self._points = Text("huge", name="customer_points")
        self._as_of = Text("soft", name="customer_as_of")
        self._earning = Text("title", name="customer_earning", wrap=True)
        self._using = Text("heading", name="customer_using", wrap=True)
        for widget in (self._name, self._points, self._as_of, self._earning, self._using):
            inside.addWidget(widget)
        self._pay = Card("card", name="customer_pay")
        pay = column(self._pay, space="s", margin="l")
        self._pay_head = Text("title", name="customer_pay_head", align="centre", wrap=True)
        self._pay_amount = Text("huge", name="customer_pay_amount", align="centre")
        self._qr = QrView(_QR_KEYS_WIDE * theme.active().px("touch", "key"), name="customer_qr")
        self._payee = Text("soft", name="customer_payee", align="centre", wrap=True)
        pay.addWidget(self._pay_head)
        pay.addWidget(self._pay_amount)
        pay.addWidget(self._qr, 0, Qt.AlignmentFlag.AlignHCenter)
        pay.addWidget(self._payee)
        side = column(space="l")
        side.addWidget(self._member)
        side.addWidget(self._pay)
        side.addStretch(1)
        across = row(space="")
        across.addLayout(side, 1)
        return across

    def _build_done(self) -> QWidget:
        page = Card("band", name="customer_done", tone="good")
        layout = column(page, space="l", margin="xxl")
        self._thanks = Text("giant", name="customer_thanks", align="centre", wrap=True)
        self._change = Text("huge", name="customer_change", align="centre", wrap=True)
        self._earned = Text("big", name="customer_earned", align="centre", wrap=True)
        self._balance = Text("title", name="customer_balance", align="centre", wrap=True)
        self._coupons = Text("title", name="customer_coupons", align="centre", wrap=True)
        layout.addStretch(1)
        for widget in (self._thanks, self._change, self._earned, self._balance, self._coupons):
            layout.addWidget(widget)
        layout.addStretch(1)
        return page

    # --- what it shows -------------------------------------------------------------------------------------

    def show_view(self, view: DisplayView) -> None:
        """Another state of affairs."""
        self._view = view
        match view.stage:
            case Stage.WELCOME:
                self._pages.setCurrentIndex(_WELCOME)
                self._show_welcome(view)
            case Stage.DONE:
                self._pages.setCurrentIndex(_DONE)
                self._show_done(view)
            case _:
                self._pages.setCurrentIndex(_BILL)
                self._show_bill(view)

    def _show_welcome(self, view: DisplayView) -> None:
        member = view.points
        self._member_early.setVisible(member is not None)
        self._invite.setVisible(member is None)
        if member is not None:
            self._member_early.show_text(f"{_spoken(member)} · {_balance(member)}")

    def _show_bill(self, view: DisplayView) -> None:
        hidden = len(view.rows) - ROWS_SHOWN
        self._more.setVisible(hidden > 0)
        self._more.show_text(tr("… and {count} line(s) before these", count=hidden) if hidden > 0 else "")
        for at, line in enumerate(self._rows):
            line.show_row(view.rows[max(0, hidden) + at] if at < len(view.rows) else None)
        shown = view.discounts
        if len(shown) > DISCOUNTS_SHOWN:
            rest = sum(amount for _, amount in shown[DISCOUNTS_SHOWN - 1 :])
            shown = (*shown[: DISCOUNTS_SHOWN - 1], (tr("Other discounts"), rest))
        for at, line in enumerate(self._discounts):
            line.show_row(Row(shown[at][0], "", shown[at][1]) if at < len(shown) else None, "good")
        self._total.show_text(format_baht(view.total_satang))
        self._show_member(view)
        self._show_asking(view.asking)

    def _show_member(self, view: DisplayView) -> None:
        member = view.points
        self._points.setVisible(member is not None)
        if member is None:
            self._name.show_text(tr("Tell us your phone number to earn points"))
            self._as_of.show_text("")
        else:
            self._name.show_text(_spoken(member))
            self._points.show_text(_balance(member))
            when = moment(self._shell, member.as_of) if member.as_of is not None else ""
            alone = tr("from this till alone; the rest is not known here yet") if member.here_alone else ""
            self._as_of.show_text(tr("as of {when}", when=when) if when else alone)
        self._as_of.setVisible(bool(self._as_of.text()))
        self._earning.setVisible(member is not None and view.earning > 0)
        self._earning.show_text(tr("This bill earns {points} point(s)", points=view.earning), "good")
        self._using.setVisible(view.using > 0)
        self._using.show_text(tr("Points used: {points}", points=view.using))

    def _show_asking(self, asking: Asking | None) -> None:
        self._pay.setVisible(asking is not None)
        self._qr.show_modules(asking.modules if asking is not None else (), tr("PromptPay code"))
        # The code wants the room; what the bill earns is told again once it is paid.
        self._member.setVisible(asking is None or not asking.modules)
        header = self._shell.header
        if asking is None or header is None:
            return
        scan = bool(asking.modules)
        self._pay_head.show_text(tr("Scan to pay by PromptPay") if scan else tr("Please pay by PromptPay"))
        self._pay_amount.show_text(format_baht(asking.amount_satang))
        company = pick(header.organisation_name_th, header.organisation_name_en)
        self._payee.show_text(tr("To {company}. Check the name and the amount before you confirm.", company=company))
        self._payee.setVisible(scan)

    def _show_done(self, view: DisplayView) -> None:
        change = view.change_satang
        self._change.show_text(
            tr("Change {amount}", amount=format_baht(change))
            if change
            else tr("Paid {amount}", amount=format_baht(view.total_satang))
        )
        member = view.points
        self._earned.setVisible(member is not None and view.earning > 0)
        self._earned.show_text(tr("You earned {points} point(s)", points=view.earning))
        self._balance.setVisible(member is not None)
        if member is not None:
            self._balance.show_text(f"{_spoken(member)} · {_balance(member)}")
        self._coupons.setVisible(bool(view.coupons_until))
        if view.coupons_until:
            until = format_date(max(view.coupons_until), language())
            count = len(view.coupons_until)
            self._coupons.show_text(tr("{count} next-bill coupon(s) for you, until {date}", count=count, date=until))

    # --- texts ---------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Every text."""
        header = self._shell.header
        self._shop.show_text(pick(header.brand_name_th, header.brand_name_en) if header is not None else "")
        self._branch.show_text(pick(header.branch_name_th, header.branch_name_en) if header is not None else "")
        self._practice.setVisible(header is not None and header.practice)
        self._practice.show_state("practice", tr("Practice"), "warn")
        self._hello.show_text(tr("Welcome"))
        self._invite.show_text(tr("Show your member code, or tell us your phone number, and earn points"))
        self._thanks.show_text(tr("Thank you"))
        self._total_label.show_text(tr("Total"))
        self.setWindowTitle(tr("Customer's display"))
        self.show_view(self._view)

    def _retranslated(self, _header: object = None) -> None:
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class _Line(QHBoxLayout):
    """A name, a quantity and an amount; made once and filled anew, so that a scan costs no widgets."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._quantity = Text(role, name=f"{name}_quantity", align="right")
        self._name = Text(role, name=name, elide=True)
        self._amount = Text(role, name=f"{name}_amount", align="right")
        self.addWidget(self._quantity)
        self.addWidget(self._name, 1)
        self.addWidget(self._amount)

    def show_row(self, shown: Row | None, tone: str = "none") -> None:
        """Fill it, or take it away."""
        for part in (self._name, self._amount):
            part.setVisible(shown is not None)
        quantity = f"{shown.quantity} ×" if shown is not None and shown.quantity else ""
        self._quantity.setVisible(bool(quantity))
        self._quantity.show_text(quantity)
        self._name.show_text(shown.name if shown is not None else "", tone)
        self._amount.show_text(format_baht(shown.amount_satang, symbol=False) if shown is not None else "", tone)


def _spoken(member: Points) -> str:
    return tr("Khun {name}", name=member.name_masked)


def _balance(member: Points) -> str:
    return tr("{points} point(s)", points=member.balance)
