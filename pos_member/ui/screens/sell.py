"""The screen a cashier lives in: identify, ring, use, pay. Fixed zones; the entry field is always live."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos_member.domain.bill import MILLI, BillDraft, Tender, TenderKind
from pos_member.domain.errors import PosMemberError, Refusal
from pos_member.domain.money import format_baht
from pos_member.services.checkout import Completed, Preview
from pos_member.ui import theme
from pos_member.ui.customer_display.feed import PayCodes
from pos_member.ui.desk import Desk
from pos_member.ui.entry import Amount, Entry, Look, Nothing, Times, read_entry
from pos_member.ui.i18n import tr
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.screen import Screen
from pos_member.ui.sell.asking_online import AskingOnline
from pos_member.ui.sell.asking_why import AskingWhy
from pos_member.ui.sell.columns import SellColumns
from pos_member.ui.sell.parking import Parking
from pos_member.ui.sell.reading import reading_of
from pos_member.ui.sell.seeing import Seeing
from pos_member.ui.sell.telling import Telling
from pos_member.ui.sell.using_offers import UsingOffers
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import row


class SellScreen(Screen):
    """Widgets and keys; the bill itself is the ``Desk``'s."""

    name = "sell"

    def __init__(
        self, shell: Shell, desk: Desk, columns: SellColumns | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(shell, parent)
        self.desk = desk
        self._exact_wanted = False
        self._parking = Parking(shell, desk, self)
        self._asking = AskingOnline(shell, desk, self)
        self._telling = Telling(shell, desk, self._asking, self)
        layout = row(self, space="m")
        margin = theme.active().px("space", "m")
        layout.setContentsMargins(margin, margin, margin, 0)
        columns = columns or SellColumns(shell)
        left, middle, right = columns.left, columns.middle, columns.right
        self.entry, self._reading, self.member, self.pad = left.entry, left.reading, left.member, left.pad
        self._middle, self.bill, self.done = middle, middle.bill, middle.done
        self.offers, self.payment = right.offers, right.payment
        self.exact, self.pay = right.exact, right.pay
        self._why = AskingWhy(desk, right.pages, self)
        layout.addWidget(left)
        layout.addWidget(middle, 1)
        layout.addWidget(right)
        self._using = UsingOffers(shell, desk, self.offers, self._asking, self)
        self._seeing = Seeing(shell, left, self._read_again, self)
        self._connect()
        self._shortcuts()
        self.finish()
        self._show_reading("")
        if desk.draft is not None:
            self._changed(desk.draft)

    # --- building ------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        desk = self.desk
        desk.changed.connect(self._changed)
        desk.previewed.connect(self._previewed)
        desk.refused.connect(self._refused)
        desk.completed.connect(self._completed)
        desk.failed.connect(self._failed)
        desk.multiplier_changed.connect(self.bill.show_times)
        self.entry.textChanged.connect(self._show_reading)
        self.entry.entered.connect(self._entered)
        self.entry.exact.connect(self._exact)
        self.entry.steered.connect(self._steer)
        self.bill.acted.connect(self._steer)
        self.member.enrol_wanted.connect(self._enrol)
        self.member.forget_wanted.connect(desk.forget_member)
        self._codes = PayCodes(self.shell, self)
        self._codes.changed.connect(self.payment.show_asking)
        self._codes.changed.connect(self.shell.asking_changed)
        self.payment.asked.connect(self._codes.ask)
        self.payment.paid.connect(self._pay_with)
        self.payment.left.connect(self._leave_payment)
        self.pay.clicked.connect(self._pay_pressed)
        self.exact.clicked.connect(self._exact_pressed)
        self.done.return_wanted.connect(self._return_last)
        self.offers.why_wanted.connect(self.ask_why)
        self._why.turned.connect(self._why_turned)
        self._why.coded.connect(self.scanned)

    def _shortcuts(self) -> None:
        for keys, slot in (
            ("Ctrl+Z", self._undo),
            ("Ctrl+Delete", self.desk.clear),
            ("Ctrl+M", self.desk.forget_member),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # --- Screen --------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Sell")

    def hint(self) -> str:
        return tr("Enter = go on · + = exact cash · Esc = back · Ctrl+Z = undo · Shift+F1 = why · F1 = all keys")

    def retranslate(self) -> None:
        self.entry.setPlaceholderText(tr("Scan / phone / amount"))
        self.entry.setAccessibleName(tr("Scan, phone number, code or amount"))
        for part in (self.member, self.bill, self.done, self.offers, self.payment, self._why, self._seeing):
            part.retranslate()
        self._show_pay()
        self._show_reading(self.entry.text())

    def opened(self, **params: object) -> None:
        self._leave_payment()
        self._seeing.opened()
        if params.get("promptpay"):
            self.pay_by_promptpay()

    @property
    def begun(self) -> bool:
        # Tenders that were taken down are lost with the payment: the bill itself never is.
        return self.paying

    def scanned(self, text: str) -> bool:
        self.entry.clear()
        self.desk.look_up(text)
        return True

    def back(self) -> bool:
        if self._asking.give_up():
            return True
        if self._why.open:
            self._why.close()
        elif self.paying:
            if not self.payment.step_back():
                self._leave_payment()
        elif self.entry.text():
            self.entry.clear()
        elif self.desk.multiplier_milli != MILLI:
            self.desk.set_multiplier(MILLI)
        self._focus()
        return True

    def enrol_params(self) -> dict[str, object]:
        """What the enrol screen starts with: the phone that was typed and found nobody."""
        return self._telling.enrol_params(self.entry.text())

    # --- the entry field -----------------------------------------------------------------------------------

    def _focus(self) -> None:
        if not self.isVisibleTo(self.window()):
            # Built while another screen is open: the field that is typed into there keeps the keys.
            return
        if self._why.panel is not None and self._why.open:
            self._why.panel.search.setFocus()
        elif self.paying:
            self.payment.amount.setFocus()
            self.pad.set_target(self.payment.amount.edit)
        else:
            self.entry.setFocus()
            self.pad.set_target(self.entry)

    def _read(self, text: str) -> Entry | None:
        try:
            return read_entry(text)
        except Refusal as error:
            self.shell.say_error(error)
            return None

    def _show_reading(self, text: str) -> None:
        """Says what Enter will do with what stands in the field."""
        try:
            entry = read_entry(text)
        except Refusal as error:
            self._reading.show_text(self.shell.why(error), "bad")
            return
        self._reading.show_text(reading_of(entry), "none" if isinstance(entry, Nothing) else "accent")

    def _read_again(self) -> None:
        self._show_reading(self.entry.text())

    def _entered(self, text: str) -> None:
        entry = self._read(text)
        if entry is None:
            return
        match entry:
            case Nothing():
                self._pay_pressed()
                return
            case Amount(amount, quantity):
                self.desk.add_amount(amount, quantity)
            case Times(quantity):
                self.desk.set_multiplier(quantity)
            case Look(looked, _, quantity):
                self.desk.look_up(looked, quantity)
        self.entry.clear()

    def _exact(self, text: str) -> None:
        entry = self._read(text)
        if isinstance(entry, Amount):
            self.entry.clear()
            self._exact_wanted = True
            self.desk.add_amount(entry.amount_satang, entry.quantity_milli)
        elif isinstance(entry, Nothing):
            self._exact_pressed()

    def _exact_pressed(self) -> None:
        """Exact cash: as soon as the figures are those of the bill as it stands."""
        if self.desk.has_lines:
            self._exact_wanted = True
            self._complete_exact()

    def _complete_exact(self) -> None:
        preview = self.desk.preview
        if not (self._exact_wanted and self.desk.idle and preview is not None and preview.draft == self.desk.draft):
            return
        self._exact_wanted = False
        due = preview.total_cash_satang
        self.desk.complete((Tender(TenderKind.CASH, due),) if due else ())

    def _steer(self, act: str) -> None:
        index = self.bill.current_index()
        match act:
            case "up":
                self.bill.move_cursor(-1)
            case "down":
                self.bill.move_cursor(1)
            case "undo":
                self._undo()
            case "less" | "more" if index >= 0:
                self.desk.change_quantity(index, MILLI if act == "more" else -MILLI)
            case "remove" if index >= 0:
                self.desk.remove_line(index)
        self._focus()

    # --- what the desk says --------------------------------------------------------------------------------

    def _changed(self, draft: BillDraft) -> None:
        begun = not draft.empty
        if begun or self.desk.last is None:
            self._middle.setCurrentWidget(self.bill)
        self.bill.show_draft(draft)
        if draft.empty:
            self.bill.show_preview(None)
            self.offers.show_preview(None)
            self._leave_payment()
        self.member.show_member(self.desk.panel)
        self._show_pay()

    def _previewed(self, preview: Preview) -> None:
        worth_showing = preview if not preview.draft.empty else None
        self.bill.show_preview(worth_showing)
        self.offers.show_preview(worth_showing)
        self.member.show_member(preview.panel, preview.evaluation.tier_change)
        if self.paying:
            self.payment.follow(preview)
        self._show_pay()
        self._complete_exact()

    def _refused(self, error: PosMemberError, tried: str) -> None:
        self._exact_wanted = False

    def _enrol(self) -> None:
        self.shell.open("enrol", **self.enrol_params())

    # --- paying --------------------------------------------------------------------------------------------

    @property
    def paying(self) -> bool:
        """Whether the payment is open (maybe under the "why" panel)."""
        return self._why.page is self.payment

    def pay_by_promptpay(self) -> None:
        """F8."""
        if self.desk.has_lines:
            self._enter_payment(TenderKind.PROMPTPAY)

    def _pay_pressed(self) -> None:
        if self.paying and self._why.open:
            # What was noted is seen again before anything is completed.
            self._why.close()
        elif self.paying:
            self.payment.go_on()
        elif self.desk.has_lines:
            self._enter_payment(TenderKind.CASH)

    def _enter_payment(self, kind: TenderKind) -> None:
        preview = self.desk.preview
        if preview is None or preview.draft != self.desk.draft:
            # The figures are on their way (some milliseconds); nobody pays a sum that is not that of the bill.
            return
        if not self.paying:
            self._why.show_beneath(self.payment)
            self.payment.begin(preview, kind)
        else:
            self.payment.set_kind(kind)
        self._show_pay()
        self._focus()

    def _leave_payment(self) -> None:
        self._codes.ask(0)
        self._why.show_beneath(self.offers)
        self._show_pay()
        self._focus()

    def _pay_with(self, tenders: tuple[Tender, ...]) -> None:
        self.desk.complete(tenders)

    def _completed(self, done: Completed) -> None:
        self._exact_wanted = False
        self.shell.hush()
        self.done.show_done(done)
        self._middle.setCurrentWidget(self.done)
        self._leave_payment()
        self.member.show_member(None)
        self.offers.show_preview(None)
        self.bill.show_preview(None)
        self.shell.play(Sound.READ)

    def _failed(self, error: PosMemberError) -> None:
        self._exact_wanted = False
        self.shell.say_error(error)
        self._focus()

    def _show_pay(self) -> None:
        preview, draft = self.desk.preview, self.desk.draft
        ready = preview is not None and draft is not None and preview.draft == draft
        total = preview.evaluation.total_satang if preview is not None and ready else 0
        payable = self.desk.has_lines
        self.pay.setEnabled(payable)
        self.exact.setEnabled(payable)
        self.exact.setVisible(not self.paying)
        if self.paying:
            self.pay.show_text(tr("Complete the bill"), "Enter")
        elif payable:
            self.pay.show_text(tr("Pay {amount}", amount=format_baht(total)), "Enter")
        else:
            self.pay.show_text(tr("Pay"), "Enter")
        self.exact.show_text(tr("Exact cash"), "+")

    # --- why, undo, park -----------------------------------------------------------------------------------

    def ask_why(self) -> None:
        """Shift+F1: why each promotion is in this bill or not; once more closes it."""
        self._why.toggle()

    def build_why(self) -> None:
        """Ahead of the first question, in a quiet moment."""
        self._why.build()

    def _why_turned(self) -> None:
        self._show_pay()
        self._focus()

    def park(self) -> None:
        """F5: park the open bill, or choose one that is parked."""
        self._parking.pressed()

    def _undo(self) -> None:
        if self.desk.undo():
            self.shell.say(Tone.INFO, tr("Undone"))
        elif self.desk.last is not None and (self.desk.draft is None or self.desk.draft.empty):
            self._return_last()
        else:
            self.shell.say(Tone.INFO, tr("Nothing to undo"))

    def _return_last(self) -> None:
        if self.desk.last is not None:
            self.shell.open("return", code=self.desk.last.bill.receipt_code)
