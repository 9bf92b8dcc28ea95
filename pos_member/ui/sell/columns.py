"""The three columns of the sell screen. Each can be built by itself, so that no moment is held up by all of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.ui import theme
from pos_member.ui.sell.bill_card import BillCard
from pos_member.ui.sell.done_card import DoneCard
from pos_member.ui.sell.entry_field import EntryField
from pos_member.ui.sell.member_card import MemberCard
from pos_member.ui.sell.offers_card import OffersCard
from pos_member.ui.sell.payment_card import PaymentCard
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, NumberPad, Text, column

_LEFT_PX = 360
_RIGHT_PX = 396


class LeftColumn(QWidget):
    """Entry field, what Enter will do with it, the member, the pad."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.stage)
        self.setFixedWidth(round(_LEFT_PX * theme.active().scale))
        self.entry = EntryField()
        self.reading = Text("small", name="entry_reading")
        self.member = MemberCard(shell)
        self.pad = NumberPad()
        layout = column(self, space="s")
        layout.addWidget(self.entry)
        layout.addWidget(self.reading)
        layout.addWidget(self.member, 1)
        layout.addWidget(self.pad)


class MiddleColumn(QStackedWidget):
    """The bill, or the one just completed."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.stage)
        self.bill = BillCard(shell)
        self.done = DoneCard(shell)
        self.addWidget(self.bill)
        self.addWidget(self.done)


class RightColumn(QWidget):
    """What can be used, or the payment; below them the two keys that end a bill."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.stage)
        self.setFixedWidth(round(_RIGHT_PX * theme.active().scale))
        self.offers = OffersCard(shell)
        self.payment = PaymentCard()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.offers)
        self.pages.addWidget(self.payment)
        self.exact = Button("plain", name="pay_exact", icon="cash")
        self.pay = Button("pay", name="pay")
        for button in (self.exact, self.pay):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = column(self, space="s")
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.exact)
        layout.addWidget(self.pay)


class SellColumns:
    """The columns, built when first asked for."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._left: LeftColumn | None = None
        self._middle: MiddleColumn | None = None
        self._right: RightColumn | None = None

    @property
    def left(self) -> LeftColumn:
        """See ``LeftColumn``."""
        if self._left is None:
            self._left = LeftColumn(self._shell)
        return self._left

    @property
    def middle(self) -> MiddleColumn:
        """See ``MiddleColumn``."""
        if self._middle is None:
            self._middle = MiddleColumn(self._shell)
        return self._middle

    @property
    def right(self) -> RightColumn:
        """See ``RightColumn``."""
        if self._right is None:
            self._right = RightColumn(self._shell)
        return self._right
