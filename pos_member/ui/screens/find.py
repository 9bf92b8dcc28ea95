"""F3: find a member or a product while typing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.member import Identified, MemberStatus, format_phone
from pos_member.domain.money import format_baht
from pos_member.domain.org import Product
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.services.lookup import SEARCH_CHARS_MIN
from pos_member.services.views import MemberPanel, MemberRow, Resolved
from pos_member.ui.finding_online import FindingOnline, Word
from pos_member.ui.found_card import FoundCard
from pos_member.ui.i18n import mark, pick, tr
from pos_member.ui.member_view import MEMBER_COLUMNS
from pos_member.ui.not_asked import why_not
from pos_member.ui.notices import Tone
from pos_member.ui.online import names_a_member
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.shell import Shell
from pos_member.ui.unknown_card import UnknownCard
from pos_member.ui.widgets import Button, Column, Field, Table, column, row

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
        self._searching = False
        self._go_wanted = False
        self._scanned = ""
        #: Whose card was scanned here, and how strong a proof it is.
        self._by_scan = ("", Identified.SEARCH)
        self._online = FindingOnline(shell, self)
        self._unknown = UnknownCard(shell, self._online, self.scanned, parent=self)
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
        self._detail = FoundCard(shell)
        sides.addWidget(self._detail, 2)
        self.lay_out(self._head, body)
        self._connect()
        self.finish()

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
        self._detail.use.clicked.connect(self.go_on)
        self.shortcut("Ctrl+1", self._tab_members)
        self.shortcut("Ctrl+2", self._tab_products)
        self.shortcut("Ctrl+U", self._detail.unmask)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Find")

    def hint(self) -> str:
        return tr("Type part of a name, phone or number · ↑ ↓ choose · Enter = use on the bill · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        self._tab_members.show_text(tr("Members"), "Ctrl+1")
        self._tab_products.show_text(tr("Products"), "Ctrl+2")
        self._members.retranslate()
        self._products.retranslate()
        self._detail.retranslate()
        self._show_tab()
        self._show_detail()

    def enrol_params(self) -> dict[str, object]:
        """The whole phone that is typed here, and whether it was said already that head office was not asked."""
        try:
            meaning = classify(self._wanted)
        except Refusal:
            return {}
        if meaning.kind is not ScanKind.PHONE:
            return {}
        decided: dict[str, object] = {"all_the_same": True} if self._may_ask_again else {}
        return {"phone": format_phone(meaning.code), **decided}

    @property
    def _of_products(self) -> bool:
        return self._lists.currentIndex() == 1

    @property
    def _wanted(self) -> str:
        return self._text.text().strip()

    def _show_tab(self) -> None:
        products = self._of_products
        self._tab_members.setChecked(not products)
        self._tab_products.setChecked(products)
        if products:
            self._text.show_label(tr("Part of the product's name"), tr("for example latte"))
        else:
            self._text.show_label(tr("Name, phone or member number"), tr("at least two characters"))

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
        self._unknown.take(self._scanned, error)
        return True

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
        if self._online.give_up():
            self._searching = self._go_wanted = False
            self._show_detail()
            return True
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
        if not rows and self._ask_online():
            return  # Enter waits for this answer, too
        self._arrived()

    def _ask_online(self, *, again: bool = False) -> bool:
        """Ask head office whom the whole number or phone names that stands here."""
        text = self._wanted
        self._searching = self._online.ask(text, lambda word: self._told(text, word), again=again)
        self._show_detail()
        return self._searching

    def _told(self, text: str, word: Word) -> None:
        if self._wanted != text or self._of_products:
            return
        if word is Word.KNOWN:
            wanted = self._go_wanted
            self._search(text)
            self._go_wanted = wanted
            return
        if word is Word.UNANSWERED and self._go_wanted:
            # Enter has been answered: it takes another one to ask again.
            self._go_wanted = False
            self.shell.play(Sound.UNKNOWN)
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
        if found is None:
            self._show_detail()
            return
        till, member_id = self.shell.till, found.card.member_id
        self.run(lambda: till.lookup.panel(member_id), self._panel_read, key="panel")

    def _panel_read(self, panel: MemberPanel) -> None:
        current = self._members.current()
        if current is not None and current.card.member_id == panel.card.member_id:
            self._detail.show_member(panel)

    def _show_detail(self) -> None:
        """What is chosen; a member's panel is read first."""
        use = tr("Put on the bill") if self._of_products else tr("Use on the bill")
        product = self._products.current() if self._of_products else None
        panel = None if self._of_products or self._members.current() is None else self._detail.panel
        if product is not None:
            self._detail.show_product(product)
        elif panel is not None:
            self._detail.show_member(panel)
        else:
            self._detail.show_nothing(self._why_nothing(), use=self._may_ask_again)
            use = tr("Ask again") if self._may_ask_again else use
        self._detail.use.set_icon("sync" if self._may_ask_again else "check")
        self._detail.use.show_text(use, "Enter")

    @property
    def _may_ask_again(self) -> bool:
        """Whether nobody is found, and head office could not be asked about it."""
        nobody = not self._of_products and self._members.current() is None
        return nobody and not self._online.waiting and self._online.unanswered(self._wanted)

    def _why_nothing(self) -> str:
        if self._of_products:
            return tr("No product with this in its name.")
        if len(self._wanted) < SEARCH_CHARS_MIN:
            return tr("Type two characters or more: part of the name, the last digits of the phone, or the number.")
        if self._online.waiting:
            return tr("Not among the members this till holds. Head office is being asked.")
        if self._may_ask_again:
            return tr(
                "Not among the members this till holds, and head office could not be asked: {why}.\n"
                "Enter asks again, F2 enrols all the same.",
                why=why_not(self._online.why),
            )
        online = self.shell.services.online
        if online is not None and not online.alone() and not names_a_member(self._wanted):
            return tr(
                "Not among the members this till holds.\nFor a member of another branch type the whole phone or member "
                "number, or scan the card: head office is asked.\nF2 enrols a new one."
            )
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
        if found is None and self._may_ask_again:
            self._go_wanted = self._ask_online(again=True)
        elif found is None:
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
