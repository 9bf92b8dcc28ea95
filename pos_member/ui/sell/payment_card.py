"""Paying, in place of the offers: kind, amount, notes to touch, what is missing, what goes back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_member.domain.bill import Tender, TenderKind
from pos_member.domain.errors import Refusal
from pos_member.domain.money import format_baht, parse_baht
from pos_member.services.checkout import Preview
from pos_member.ui import theme
from pos_member.ui.customer_display.view import Asking
from pos_member.ui.i18n import language, mark, tr, tr_marked
from pos_member.ui.tendering import Tendering, quick_notes
from pos_member.ui.widgets import Button, Card, Field, IconLabel, Text, column, grid, row, rule
from pos_member.ui.widgets.qr_view import QrView
from pos_member.wording import say_error

KINDS = (
    (TenderKind.CASH, "cash", mark("Cash")),
    (TenderKind.CARD, "card", mark("Card")),
    (TenderKind.PROMPTPAY, "qr", mark("PromptPay")),
)
TENDERS_SHOWN = 3
_QR_KEYS_WIDE = 3


class PaymentCard(Card):
    """``paid`` carries the tenders once they cover the bill; ``left`` asks to go back to the bill.

    ``asked`` carries what PromptPay would pay now (satang), 0 while another means is chosen.
    """

    paid = Signal(object)
    left = Signal()
    asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("card", name="payment_card", parent=parent)
        self._state = Tendering(0, 0)
        self._kind = TenderKind.CASH
        self._build()

    def _build(self) -> None:
        layout = column(self, space="m", margin="l")
        layout.addLayout(self._build_head())
        kinds = row(space="s")
        self._kinds: dict[TenderKind, Button] = {}
        for kind, icon, _ in KINDS:
            button = Button("plain", name=f"pay_{kind.value}", icon=icon, checkable=True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setProperty("tender", kind.value)
            button.clicked.connect(self._kind_clicked)
            kinds.addWidget(button, 1)
            self._kinds[kind] = button
        layout.addLayout(kinds)
        self.amount = Field(name="pay_amount", role="amount", length_max=14)
        self.amount.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.amount.edit.installEventFilter(self)
        self.amount.changed.connect(self._typed)
        self.amount.entered.connect(self.go_on)
        layout.addWidget(self.amount)
        self._notes = [Button("plain", name=f"pay_note_{at}") for at in range(5)]
        notes = grid(space="s")
        for at, button in enumerate(self._notes):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._note_clicked)
            notes.addWidget(button, at // 3, at % 3)
        layout.addLayout(notes)
        self._code = QrView(_QR_KEYS_WIDE * theme.active().px("touch", "key"), name="pay_code")
        self._code_note = Text("soft", name="pay_code_note", align="centre", wrap=True)
        self._code_note.hide()
        layout.addWidget(self._code, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._code_note)
        self._tenders = Text("soft", name="pay_tenders", wrap=True)
        layout.addWidget(self._tenders)
        layout.addStretch(1)
        layout.addWidget(rule())
        self._change_label = Text("heading", name="pay_change_label")
        self._change = Text("huge", name="pay_change", align="right")
        change = row(space="m")
        change.addWidget(self._change_label)
        change.addWidget(self._change, 1)
        layout.addLayout(change)

    def _build_head(self) -> QHBoxLayout:
        self._head = Text("heading", name="pay_head")
        self._back = Button("quiet", name="pay_back", icon="back")
        self._back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._back.clicked.connect(self.left)
        self._due = Text("big", name="pay_due", align="right")
        head = row(space="s")
        head.addWidget(IconLabel("cash", "accent"))
        head.addWidget(self._head, 1)
        head.addWidget(self._due)
        head.addWidget(self._back)
        return head

    # --- state ---------------------------------------------------------------------------------------------

    def begin(self, preview: Preview, kind: TenderKind = TenderKind.CASH) -> None:
        """Start paying ``preview``."""
        self._state = Tendering(preview.evaluation.total_satang, preview.total_cash_satang)
        self.amount.set_text("")
        self.set_kind(kind)
        self.amount.setFocus()

    def follow(self, preview: Preview) -> None:
        """The bill changed while it was being paid: what was noted stays, the sums follow."""
        self._state = Tendering(preview.evaluation.total_satang, preview.total_cash_satang, self._state.tenders)
        self._show()

    def set_kind(self, kind: TenderKind) -> None:
        """Another means of payment."""
        self._kind = kind
        for each, button in self._kinds.items():
            button.setChecked(each is kind)
        self._show()

    def show_asking(self, asking: Asking | None) -> None:
        """The code to scan, as soon as it is drawn; for a counter without a display for the customer."""
        modules = asking.modules if asking is not None else ()
        self._code.show_modules(modules, tr("PromptPay code"))
        self._code_note.setVisible(asking is not None)
        if asking is None:
            return
        amount = format_baht(asking.amount_satang)
        self._code_note.show_text(
            tr("The customer scans {amount}; complete the bill when the money has arrived", amount=amount)
            if modules
            else tr("Complete the bill when the money has arrived")
        )

    def go_on(self) -> None:
        """Enter: note what was typed (nothing typed = exactly what is missing); complete when nothing is missing."""
        left = self._state.left_satang(self._kind)
        try:
            amount = parse_baht(self.amount.text()) if self.amount.text() else left
        except Refusal as error:
            self.amount.complain(say_error(error, language()))
            return
        state = self._state.note(self._kind, amount) if amount else self._state
        if state.settled:
            self.paid.emit(state.tenders)
            return
        self._state = state
        self.amount.set_text("")
        self._show()

    def step_back(self) -> bool:
        """Esc: first the typed amount, then the last tender; False when there is nothing to take back."""
        if self.amount.text():
            self.amount.set_text("")
            return True
        if self._state.tenders:
            self._state = self._state.without_last()
            self._show()
            return True
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.text() == "+":
                self.set_kind(TenderKind.CASH)
                self.amount.set_text("")
                self.go_on()
                return True
            step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
            if step is not None and not self.amount.text():
                at = [kind for kind, _, _ in KINDS].index(self._kind)
                self.set_kind(KINDS[(at + step) % len(KINDS)][0])
                return True
        return False

    # --- what it shows -------------------------------------------------------------------------------------

    def _kind_clicked(self) -> None:
        self.set_kind(TenderKind(str(self.sender().property("tender"))))
        self.amount.setFocus()

    def _note_clicked(self) -> None:
        satang = int(self.sender().property("satang"))
        self.set_kind(TenderKind.CASH)
        self.amount.set_text(format_baht(satang, symbol=False, trim=True))
        self.amount.setFocus()

    def _typed(self, text: str) -> None:
        self._show_change()

    def _show(self) -> None:
        left = self._state.left_satang(self._kind)
        self._due.show_text(format_baht(left))
        self.amount.edit.setPlaceholderText(format_baht(left, symbol=False))
        sums = [left, *quick_notes(left)] if self._kind is TenderKind.CASH and left else []
        for at, button in enumerate(self._notes):
            button.setVisible(at < len(sums))
            if at < len(sums):
                button.setProperty("satang", sums[at])
                button.show_text(tr("Exact") if at == 0 else format_baht(sums[at], trim=True))
        self._show_tenders()
        self._show_change()

    def _show_tenders(self) -> None:
        names = {kind: tr_marked(label) for kind, _, label in KINDS}
        shown = [f"{names[each.kind]} {format_baht(each.amount_satang)}" for each in self._state.tenders]
        more = len(shown) - TENDERS_SHOWN
        if more > 0:
            shown = [tr("{count} more", count=more), *shown[-TENDERS_SHOWN:]]
        self._tenders.setVisible(bool(shown))
        self._tenders.show_text(tr("Paid so far: {what}", what=" · ".join(shown)) if shown else "")

    def _show_change(self) -> None:
        try:
            typed = parse_baht(self.amount.text()) if self.amount.text() else self._state.left_satang(self._kind)
        except Refusal:
            typed = 0
        # More than is missing would be refused: nobody is asked to transfer it.
        payable = min(typed, self._state.left_satang(self._kind))
        self.asked.emit(payable if self._kind is TenderKind.PROMPTPAY else 0)
        after = self._state.note(self._kind, typed) if typed else self._state
        if after.settled:
            self._change_label.show_text(tr("Change"))
            self._change.show_text(format_baht(after.change_satang), "good" if after.change_satang else "none")
        else:
            self._change_label.show_text(tr("Still missing"))
            self._change.show_text(format_baht(after.to_pay_satang - after.paid_satang), "warn")

    def tenders(self) -> tuple[Tender, ...]:
        """What was noted so far."""
        return self._state.tenders

    def retranslate(self) -> None:
        """Every text."""
        self._head.show_text(tr("To receive"))
        self._back.setAccessibleName(tr("Back to the bill"))
        self._back.setToolTip(f"{tr('Back to the bill')}  Esc")
        for kind, _, label in KINDS:
            self._kinds[kind].show_text(tr_marked(label))
        self.amount.show_label(tr("Amount received  (← → other means, + exact cash)"))
        self._show()
