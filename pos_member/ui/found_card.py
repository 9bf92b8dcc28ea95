"""Beside the list of F3: the member or product that is chosen, or why there is none."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.member import Member, MemberStatus, format_phone
from pos_member.domain.money import format_baht
from pos_member.domain.org import Product
from pos_member.domain.permission import Permission
from pos_member.services.views import MemberPanel
from pos_member.ui.i18n import pick, tr
from pos_member.ui.member_view import MemberView
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Text, column, scroller


class FoundCard(Card):
    """``use`` is what Enter does; ``unmask`` shows a member in clear, for those who may, and it is on record."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(name="find_detail", parent=parent)
        self._shell = shell
        self._unmasked: Member | None = None
        self._empty = Text("soft", name="find_empty", wrap=True, align="centre")
        self._view = MemberView(shell, "find_member")
        self._clear_data = Text("strong", name="find_unmasked", wrap=True)
        self._price = Text("huge", name="find_price")
        self._product_name = Text("title", name="find_product_name", wrap=True)
        self._product_code = Text("soft", name="find_product_code")
        self.unmask = Button(name="find_unmask", icon="eye")
        self.use = Button("pay", name="find_use", icon="check")
        inside = column(self, space="m", margin="l")
        inside.addWidget(self._empty)
        person = QWidget()
        told = column(person, space="s")
        told.addWidget(self._view)
        told.addWidget(self._clear_data)
        told.addStretch(1)
        # Members with tiers, stamps and many coupons have more to tell than a small screen is tall.
        self._person = scroller(person, name="find_person")
        inside.addWidget(self._person, 100)  # all the room there is, as long as it is shown
        for widget in (self._product_name, self._price, self._product_code):
            inside.addWidget(widget)
        inside.addStretch(1)
        inside.addWidget(self.unmask)
        inside.addWidget(self.use)
        self.unmask.clicked.connect(self._unmask_pressed)

    def retranslate(self) -> None:
        """Every text that is its own."""
        self.unmask.show_text(tr("Show the data in clear (recorded)"), "Ctrl+U")
        self._view.retranslate()

    @property
    def panel(self) -> MemberPanel | None:
        """The member that is shown."""
        return self._view.panel

    def show_member(self, panel: MemberPanel) -> None:
        """A member, masked."""
        if panel is not self._view.panel:
            self._unmasked = None
        self._view.show_panel(panel)
        self._show(None, "")
        self.use.setEnabled(panel.card.status is MemberStatus.ACTIVE)

    def show_product(self, product: Product) -> None:
        """A product with its price."""
        self._forget()
        self._show(product, "")
        self.use.setEnabled(True)

    def show_nothing(self, why: str, *, use: bool = False) -> None:
        """Neither; ``why`` says what to do. ``use``: Enter does something all the same."""
        self._forget()
        self._show(None, why)
        self.use.setEnabled(use)

    def _forget(self) -> None:
        self._unmasked = None
        self._view.show_panel(None)

    def _show(self, product: Product | None, why: str) -> None:
        panel = self._view.panel
        self._person.setVisible(panel is not None)
        self._view.setVisible(panel is not None)
        for widget in (self._price, self._product_name, self._product_code):
            widget.setVisible(product is not None)
        if product is not None:
            self._product_name.show_text(pick(product.name_th, product.name_en))
            self._price.show_text(format_baht(product.price_satang))
            self._product_code.show_text(product.barcode)
        self._empty.setVisible(product is None and panel is None)
        self._empty.show_text(why)
        self.unmask.setVisible(panel is not None and self._shell.may(Permission.UNMASK))
        self._show_in_clear()

    def _show_in_clear(self) -> None:
        member = self._unmasked
        self._clear_data.setVisible(member is not None)
        if member is not None:
            parts = (f"{member.first_name} {member.last_name}".strip(), format_phone(member.phone), member.number)
            self._clear_data.show_text("\n".join(part for part in parts if part))

    def _unmask_pressed(self) -> None:
        panel = self._view.panel
        if panel is None or not self.unmask.isVisibleTo(self):
            return
        session, till, member_id = self._shell.signed_in(), self._shell.till, panel.card.member_id
        self._shell.runner.run(
            "db",
            lambda: till.lookup.unmask(session, member_id),
            self,
            self._shown_in_clear,
            self._not_shown,
            key="unmask",
        )

    def _shown_in_clear(self, member: Member) -> None:
        panel = self._view.panel
        if panel is not None and panel.card.member_id == member.id:
            self._unmasked = member
            self._show_in_clear()

    def _not_shown(self, error: PosMemberError) -> bool:
        self._unmasked = None
        self._show_in_clear()
        return False
