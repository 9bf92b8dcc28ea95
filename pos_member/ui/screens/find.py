"""F3: find a member or a product while typing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.member import Identified, Member, MemberStatus, format_phone
from pos_member.domain.money import format_baht
from pos_member.domain.org import Product
from pos_member.domain.permission import Permission
from pos_member.services.lookup import SEARCH_CHARS_MIN
from pos_member.services.views import MemberPanel, MemberRow, Resolved
from pos_member.ui.finding_online import FindingOnline
from pos_member.ui.i18n import mark, pick, tr
from pos_member.ui.member_view import MEMBER_COLUMNS, MemberView
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell_refusal
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Column, Field, Table, Text, column, row, scroller

_FOUND_MAX = 50
_TO_THE_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
_PRODUCTS = (
    Column[Product](mark("Product"), lambda item: pick(item.name_th, item.name_en), stretch=True),
    Column[Product](mark("Barcode"), lambda item: item.barcode),
    Column[Product](
        mark("Price"), lambda item: format_baht(item.price_satang), lambda item: item.price_satang, right=True
    ),
)


class FindScreen(Page):
    """``opened(text=…)`` starts with what was typed on the sell screen; ``opened(products=True)`` with products."""

    name = "find"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._unmasked: Member | None = None
        self._searching = False
        self._go_wanted = False
        self._scanned = ""
        #: Whose card was scanned here, and how strong a proof it is.
        self._by_scan = ("", Identified.SEARCH)
        self._online = FindingOnline(shell, self)
        self._head = PageHead(self.name)
        self._tab_members = Button(name="find_tab_members", icon="member", checkable=True)
        self._tab_products = Button(name="find_tab_products", icon="bag", checkable=True)
        self._head.beside.addWidget(self._tab_members)
        self._head.beside.addWidget(self._tab_products)
        self._text = Field(name="find_text", role="entry", length_max=80)
        self._members = Table(MEMBER_COLUMNS, name="find_members")
        self._products = Table(_PRODUCTS, name="find_products")
        self._lists = QStackedWidget()
        self._lists.addWidget(self._members)
        self._lists.addWidget(self._products)
        left = column(space="m")
        left.addWidget(self._text)
        left.addWidget(self._lists, 1)
        body = QWidget(self)
        sides = row(body, space="l")
        sides.addLayout(left, 3)
        sides.addWidget(self._build_detail(), 2)
        self.lay_out(self._head, body)
        self._connect()
        self.finish()

    def _build_detail(self) -> Card:
        self._empty = Text("soft", name="find_empty", wrap=True, align="centre")
        self._view = MemberView(self.shell, "find_member")
        self._clear_data = Text("strong", name="find_unmasked", wrap=True)
        self._price = Text("huge", name="find_price")
        self._product_name = Text("title", name="find_product_name", wrap=True)
        self._product_code = Text("soft", name="find_product_code")
        self._unmask = Button(name="find_unmask", icon="eye")
        self._use = Button("pay", name="find_use", icon="check")
        card = Card(name="find_detail")
        inside = column(card, space="m", margin="l")
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
        inside.addWidget(self._unmask)
        inside.addWidget(self._use)
        return card

    def _connect(self) -> None:
        self._text.changed.connect(self._search)
        self._text.entered.connect(self.go_on)
        self._text.edit.installEventFilter(self)
        self._members.picked.connect(self._member_picked)
        self._members.chosen.connect(self._chosen)
        self._products.picked.connect(self._product_picked)
        self._products.chosen.connect(self._chosen)
        self._tab_members.clicked.connect(self._show_members)
        self._tab_products.clicked.connect(self._show_products)
        self._use.clicked.connect(self.go_on)
        self._unmask.clicked.connect(self._unmask_pressed)
        self.shortcut("Ctrl+1", self._tab_members)
        self.shortcut("Ctrl+2", self._tab_products)
        self.shortcut("Ctrl+U", self._unmask)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Find")

    def hint(self) -> str:
        return tr("Type part of a name, phone or number · ↑ ↓ choose · Enter = use on the bill · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        self._tab_members.show_text(tr("Members"), "Ctrl+1")
        self._tab_products.show_text(tr("Products"), "Ctrl+2")
        self._unmask.show_text(tr("Show the data in clear (recorded)"), "Ctrl+U")
        self._members.retranslate()
        self._products.retranslate()
        self._view.retranslate()
        self._show_detail()
        self._show_tab()

    @property
    def _of_products(self) -> bool:
        return self._lists.currentIndex() == 1

    def _show_tab(self) -> None:
        products = self._of_products
        self._tab_members.setChecked(not products)
        self._tab_products.setChecked(products)
        if products:
            self._text.show_label(tr("Part of the product's name"), tr("for example latte"))
            self._use.show_text(tr("Put on the bill"), "Enter")
        else:
            self._text.show_label(tr("Name, phone or member number"), tr("at least two characters"))
            self._use.show_text(tr("Use on the bill"), "Enter")

    # --- opening -------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._lists.setCurrentIndex(1 if params.get("products") else 0)
        self._show_tab()
        self._text.set_text(str(params.get("text", "")))
        self._search(self._text.text())
        self._text.setFocus()

        code = str(params.get("code", ""))
        if code:
            self.scanned(code)

    def scanned(self, text: str) -> bool:
        """A card shows its member, a bar code its product and price; anything else is looked for."""
        till = self.shell.till
        self._scanned = text
        self.run(lambda: till.lookup.resolve(text), self._resolved, self._scan_failed, key="scan")
        return True

    def _scan_failed(self, error: PosMemberError) -> bool:
        text = self._scanned
        if error.reason is Reason.MEMBER_UNKNOWN and self._online.ask(
            text, lambda: self._again(text), lambda: tell_refusal(self.shell, error)
        ):
            return True
        return self.scan_refused(error)

    def _again(self, text: str) -> None:
        self.scanned(text)

    def _resolved(self, found: Resolved) -> None:
        self._lists.setCurrentIndex(1 if found.product is not None else 0)
        self._show_tab()
        member, product = found.member, found.product
        # What stands in the field is searched for as it is put in; what was scanned takes the place of that answer.
        if member is not None:
            row_found = (MemberRow(member.card, member.balance),)
            self._text.set_text(member.card.number)
            self._by_scan = (member.card.member_id, found.identified or Identified.SEARCH)
            self.run(lambda: row_found, self._members_found, key="search")
        elif product is not None:
            self._text.set_text(product.barcode or product.sku)
            self.run(lambda: (product,), self._products_found, key="search")
        else:
            self._text.set_text(found.meaning.code)
        self._text.setFocus()
        self.shell.play(Sound.READ)

    def left(self) -> None:
        self._online.forget()
        self._text.set_text("")
        self._go_wanted = False
        self._members_found(())

    def back(self) -> bool:
        if not self._text.text():
            return False
        self._online.forget()
        self._text.set_text("")
        self._text.setFocus()
        return True

    def _show_members(self) -> None:
        self._switch(0)

    def _show_products(self) -> None:
        self._switch(1)

    def _switch(self, tab: int) -> None:
        self._lists.setCurrentIndex(tab)
        self._show_tab()
        self._search(self._text.text())
        self._text.setFocus()

    # --- searching -----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TO_THE_LIST:
            QApplication.sendEvent(self._products if self._of_products else self._members, event)
            return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        if not self.shell.ready:
            return
        till, wanted = self.shell.till, text.strip()
        self._searching, self._go_wanted = True, False
        self._by_scan = ("", Identified.SEARCH)
        if self._of_products:
            self.run(lambda: till.lookup.products(wanted), self._products_found, self._not_found, key="search")
        elif len(wanted) < SEARCH_CHARS_MIN:
            # Also makes a search that is still on its way stale.
            self.run(tuple, self._members_found, key="search")
        else:
            self.run(
                lambda: till.lookup.search_members(wanted, _FOUND_MAX),
                self._members_found,
                self._not_found,
                key="search",
            )

    def _members_found(self, rows: tuple[MemberRow, ...]) -> None:
        self._members.set_rows(rows)
        if not rows:
            self._member_picked(None)
            text = self._text.text().strip()
            if self._online.ask(text, lambda: self._found_online(text), self._nobody_online):
                return  # Enter waits for this answer, too
        self._arrived()

    def _found_online(self, text: str) -> None:
        wanted = self._go_wanted
        if self._text.text().strip() == text and not self._of_products:
            self._search(text)
            self._go_wanted = wanted

    def _nobody_online(self) -> None:
        self._show_detail()
        self._arrived()

    def _products_found(self, rows: tuple[Product, ...]) -> None:
        self._products.set_rows(rows)
        self._show_detail()
        self._arrived()

    def _not_found(self, error: PosMemberError) -> bool:
        self._searching = self._go_wanted = False
        return False

    def _arrived(self) -> None:
        self._searching = False
        wanted, self._go_wanted = self._go_wanted, False
        if wanted:
            self.go_on()

    def _product_picked(self, product: Product | None) -> None:
        self._show_detail()

    def _member_picked(self, found: MemberRow | None) -> None:
        self._unmasked = None
        if found is None:
            self._view.show_panel(None)
            self._show_detail()
            return
        till, member_id = self.shell.till, found.card.member_id
        self.run(lambda: till.lookup.panel(member_id), self._panel_read, key="panel")

    def _panel_read(self, panel: MemberPanel) -> None:
        current = self._members.current()
        if current is None or current.card.member_id != panel.card.member_id:
            return
        self._view.show_panel(panel)
        self._show_detail()

    def _show_detail(self) -> None:
        products = self._of_products
        product = self._products.current() if products else None
        panel = None if products else self._view.panel
        self._view.setVisible(panel is not None)
        self._person.setVisible(panel is not None)
        for widget in (self._price, self._product_name, self._product_code):
            widget.setVisible(product is not None)
        if product is not None:
            self._product_name.show_text(pick(product.name_th, product.name_en))
            self._price.show_text(format_baht(product.price_satang))
            self._product_code.show_text(product.barcode)
        self._clear_data.setVisible(panel is not None and self._unmasked is not None)
        if self._unmasked is not None:
            member = self._unmasked
            parts = (f"{member.first_name} {member.last_name}".strip(), format_phone(member.phone), member.number)
            self._clear_data.show_text("\n".join(part for part in parts if part))
        nothing = product is None and panel is None
        self._empty.setVisible(nothing)
        self._empty.show_text(self._why_nothing())
        self._use.setEnabled(not nothing and not (panel and panel.card.status is not MemberStatus.ACTIVE))
        self._unmask.setVisible(panel is not None and self.shell.may(Permission.UNMASK))

    def _why_nothing(self) -> str:
        if self._of_products:
            return tr("No product with this in its name.")
        if len(self._text.text()) < SEARCH_CHARS_MIN:
            return tr("Type two characters or more: part of the name, the last digits of the phone, or the number.")
        return tr("No member found. F2 enrols a new one in ten seconds.")

    # --- going on ------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if self._searching:
            # The rows shown answer an older text: Enter waits for those of this one.
            self._go_wanted = True
            return
        if self._of_products:
            product = self._products.current()
            if product is not None:
                self.shell.ring(product.barcode or product.sku)
            return
        found = self._members.current()
        if found is None:
            self.shell.play(Sound.UNKNOWN)
            self.shell.say(Tone.INFO, self._why_nothing())
        elif found.card.status is MemberStatus.ACTIVE:
            member_id, identified = self._by_scan
            same = member_id == found.card.member_id
            self.shell.use_member(found.card.member_id, identified if same else Identified.SEARCH)
        else:
            self.shell.play(Sound.INVALID)
            self.shell.say_reason(Reason.MEMBER_BLOCKED.value)

    def _chosen(self, row_chosen: object) -> None:
        self.go_on()

    def _unmask_pressed(self) -> None:
        panel = self._view.panel
        if panel is None or not self._unmask.isVisibleTo(self):
            return
        session, till, member_id = self.shell.signed_in(), self.shell.till, panel.card.member_id
        self.run(lambda: till.lookup.unmask(session, member_id), self._shown_in_clear, self._not_shown, key="unmask")

    def _shown_in_clear(self, member: Member) -> None:
        panel = self._view.panel
        if panel is not None and panel.card.member_id == member.id:
            self._unmasked = member
            self._show_detail()

    def _not_shown(self, error: PosMemberError) -> bool:
        self._unmasked = None
        self._show_detail()
        return False
