"""F4: goods come back. Scan the receipt, Enter; who may not return alone asks one who may, in place."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.bill import BillReturn
from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.in_store import read_label
from pos_member.domain.money import format_baht
from pos_member.domain.permission import Permission, Session
from pos_member.domain.scan_meaning import ScanKind, ScanMeaning, classify
from pos_member.services.ports import BillSummary
from pos_member.services.returns import ReturnableBill, ReturnableLine, ReturnDone, ReturnPreview
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.returns.chosen import Chosen
from pos_member.ui.returns.effect_card import EffectCard, effects
from pos_member.ui.returns.lines_card import LinesCard
from pos_member.ui.returns.picker import BillPicker
from pos_member.ui.scanning.feedback import tell, tell_refusal
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, IconLabel, Text, row
from pos_member.ui.widgets.approval import ApprovalPanel
from pos_member.ui.widgets.facts import FactList, OutcomeCard

_PICK, _LINES, _DONE = range(3)
_EFFECT, _APPROVAL = range(2)
_RECENT = 50


class ReturnsScreen(Page):
    """``opened(code=…)`` with a receipt code or a bill number goes straight to that bill."""

    name = "return"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._chosen: Chosen | None = None
        self._done_with: ReturnDone | None = None
        self._busy = False
        self._previewing = False
        self._go_wanted = False
        self._head = PageHead(self.name)
        self._picker = BillPicker(shell, self.name)
        self._lines = LinesCard(shell)
        self._effect = EffectCard(shell)
        self._approval = ApprovalPanel(shell, "return_approval", Permission.RETURN)
        self._right = QStackedWidget()
        self._right.addWidget(self._effect)
        self._right.addWidget(self._approval)
        working = QWidget()
        sides = row(working, space="l")
        sides.addWidget(self._lines, 3)
        sides.addWidget(self._right, 2)
        self._stack = QStackedWidget(self)
        for page in (self._picker, working, self._build_done()):
            self._stack.addWidget(page)
        self.lay_out(self._head, self._stack)
        self._connect()
        self.finish()

    def _build_done(self) -> Card:
        self._done_head = Text("title")
        self._done_amount = Text("giant", name="return_done_amount")
        self._done_number = Text("soft", name="return_done_number")
        self._done_facts = FactList(name="return_done_facts")
        self._printed = Badge(name="return_printed")
        self._close = Button("pay", name="return_close", icon="check")
        head = row()
        head.addWidget(IconLabel("good", "good_ink", "icon_large"))
        head.addWidget(self._done_head)
        head.addStretch(1)
        said = (head, self._done_amount, self._done_number, self._printed)
        return OutcomeCard("return_done", said, self._close, self._done_facts)

    def _connect(self) -> None:
        self._picker.wanted.connect(self._find)
        self._lines.changed.connect(self._preview)
        self._lines.entered.connect(self.go_on)
        self._effect.go_pressed.connect(self.go_on)
        self._effect.tender_changed.connect(self._preview)
        self._approval.approved.connect(self._approved)
        self._close.clicked.connect(self.go_on)
        self.shortcut("Ctrl+A", self._lines.all)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Take goods back")

    def hint(self) -> str:
        return tr("Scan the receipt · Enter = return all that is left · ← → = fewer or more of a line · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        self._picker.retranslate()
        self._lines.retranslate()
        self._effect.retranslate()
        self._close.show_text(tr("Back to the bill"), "Enter")
        self._show_done()

    def _show_done(self) -> None:
        done = self._done_with
        if done is None:
            return
        document = done.document
        self._done_head.show_text(tr("Returned. Hand the customer"), "good")
        self._done_amount.show_text(format_baht(document.refund_satang))
        number = tr("Return {number} of bill {bill}", number=document.number, bill=document.bill_number)
        self._done_number.show_text(number)
        self._printed.show_state("good", tr("The return slip is printing"), "print")
        self._printed.setVisible(bool(done.print_job_ids))
        self._done_facts.show_facts(effects(self._came_about(document), self.shell.settings))

    def _came_about(self, document: BillReturn) -> ReturnPreview:
        """What the return did, by its document; what that does not tell (stamps, the tier) as it was announced."""
        done = ReturnPreview(
            refund_satang=document.refund_satang,
            withheld_satang=document.withheld_satang,
            points_taken_back=document.points_taken_back,
            points_given_back=document.points_given_back,
            points_owed=document.points_owed,
            coupons_voided=document.coupons_voided,
            coupons_restored=document.coupons_restored,
            coupons_withheld=document.coupons_withheld,
            stamps_owed=document.stamps_owed,
            complete=document.complete,
        )
        seen = self._effect.preview
        if seen is None:
            return done
        return replace(
            done,
            stamps_taken_back=seen.stamps_taken_back,
            stamps_given_back=seen.stamps_given_back,
            tier_change=seen.tier_change,
        )

    # --- which bill ----------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._begin()
        code = str(params.get("code", ""))
        if code:
            self._find(code)

    def left(self) -> None:
        self._approval.forget()
        self._picker.text.set_text("")

    def scanned(self, text: str) -> bool:
        """A receipt opens its bill; goods of the open one come back one by one; a badge chooses who approves."""
        meaning = classify(text)
        if meaning.kind is ScanKind.STAFF:
            return self._approval.take_badge(text)
        if meaning.kind is not ScanKind.RECEIPT:
            return self.begun and not self._busy and self._goods_scanned(meaning)
        chosen = self._chosen
        if not self.begun or chosen is None:
            self._find(text)
        elif chosen.found.bill.receipt_code == meaning.code:
            tell(self.shell, Sound.ALREADY, tr("This bill is open already"), Tone.INFO)
        elif chosen.changed or self._busy or self._effect.reason.text() or self._right.currentIndex() == _APPROVAL:
            return False
        else:
            self._find(text)
        return True

    @property
    def begun(self) -> bool:
        return self._stack.currentIndex() == _LINES

    def _goods_scanned(self, meaning: ScanMeaning) -> bool:
        try:
            label = read_label(meaning.code, self.shell.settings.in_store)
        except Refusal as error:
            tell_refusal(self.shell, error)
            return True
        codes = {meaning.code} if label is None else {meaning.code, label.barcode}
        found = self._lines.take_one(codes)
        if found is None:
            if meaning.kind is not ScanKind.PRODUCT:
                return False
            tell(self.shell, Sound.INVALID, tr("This is not on the bill that comes back"))
        elif isinstance(found, ReturnableLine):
            name = pick(found.line.name_th, found.line.name_en)
            tell(self.shell, Sound.READ, tr("{name} comes back", name=name))
        else:
            tell(self.shell, Sound.ALREADY, tr("All of it comes back already"))
        return True

    def back(self) -> bool:
        if self._stack.currentIndex() == _LINES and self._right.currentIndex() == _APPROVAL:
            self._approval.forget()
            self._right.setCurrentIndex(_EFFECT)
            self._lines.table.setFocus()
            return True
        if self._stack.currentIndex() == _LINES:
            self._begin()
            return True
        if self._stack.currentIndex() == _PICK and self._picker.text.text():
            self._picker.text.set_text("")
            return True
        return False

    def _begin(self) -> None:
        self._chosen = self._done_with = None
        self._busy = self._previewing = self._go_wanted = False
        self._stack.setCurrentIndex(_PICK)
        self._picker.text.set_text("")
        self._picker.text.setFocus()
        till = self.shell.till
        self.run(lambda: till.reprint.recent(_RECENT), self._recent_read, key="recent")

    def _recent_read(self, rows: tuple[BillSummary, ...]) -> None:
        self._picker.show_bills(rows)

    def _find(self, text: str) -> None:
        till = self.shell.till
        self.run(lambda: (till.returns.find(text), till.returns.new_id()), self._found, self._not_found, key="find")

    def _not_found(self, error: PosMemberError) -> bool:
        if self.shell.is_reason(error, Reason.BILL_UNKNOWN, Reason.CODE_MISTYPED, Reason.TEXT_EMPTY):
            self._stack.setCurrentIndex(_PICK)
            self._picker.text.complain(self.shell.why(error))
            self._picker.text.setFocus()
            self.shell.play(Sound.UNKNOWN)
            return True
        return False

    def _found(self, found: tuple[ReturnableBill, str]) -> None:
        self._chosen = Chosen(*found)
        self._lines.show_bill(self._chosen)
        self._effect.show_tender(self._chosen.refund_by())
        self._effect.reason.set_text("")
        self._right.setCurrentIndex(_EFFECT)
        self._stack.setCurrentIndex(_LINES)
        self._lines.table.setFocus()
        self.shell.play(Sound.READ)
        if not self._chosen.left:
            self.shell.say(Tone.WARN, tr("Everything on this bill came back already."))
        self._preview()

    # --- what it does --------------------------------------------------------------------------------------

    def _preview(self) -> None:
        chosen = self._chosen
        if chosen is None:
            return
        self._right.setCurrentIndex(_EFFECT)
        lines, till = chosen.lines(), self.shell.till
        self._previewing = True
        if not lines:
            # Also makes a preview that is on its way stale.
            self.run(lambda: None, self._previewed, key="preview")
            return
        bill_id = chosen.found.bill.id
        tender = self._effect.tender
        self.run(
            lambda: till.returns.preview(bill_id, lines, tender=tender),
            self._previewed,
            self._not_previewed,
            key="preview",
        )

    def _previewed(self, preview: ReturnPreview | None) -> None:
        self._previewing = False
        wanted, self._go_wanted = self._go_wanted, False
        self._effect.show_preview(preview)
        if wanted:
            self.go_on()

    def _not_previewed(self, error: PosMemberError) -> bool:
        self._previewing = self._go_wanted = False
        self._effect.show_preview(None)
        return False

    def go_on(self) -> None:
        if self._stack.currentIndex() == _DONE:
            self.shell.back()
        elif self._stack.currentIndex() == _PICK:
            self._picker.take()
        elif self._previewing:
            # Enter came faster than the figures: it waits for them, so that the button says what it does.
            self._go_wanted = True
        elif self._effect.preview is None:
            self.shell.say(Tone.INFO, tr("Nothing is chosen yet: → takes one of this line, Ctrl+A takes all."))
        elif self.shell.may(Permission.RETURN):
            self._complete(None)
        else:
            self._right.setCurrentIndex(_APPROVAL)
            self._approval.ask(tr("A supervisor approves this return"), self._effect.verb())

    def _approved(self, approver: Session) -> None:
        self._complete(approver)

    def _complete(self, approver: Session | None) -> None:
        chosen = self._chosen
        if chosen is None or self._busy:
            return
        self._busy = True
        session, till, wanted = self.shell.signed_in(), self.shell.till, language()
        bill_id, lines, tender, reason = (
            chosen.found.bill.id,
            chosen.lines(),
            self._effect.tender,
            self._effect.reason.text(),
        )
        self.run(
            lambda: till.returns.complete(
                session,
                bill_id,
                lines,
                return_id=chosen.return_id,
                tender=tender,
                reason=reason,
                approver=approver,
                language=wanted,
            ),
            self._completed,
            self._not_completed,
        )

    def _completed(self, done: ReturnDone) -> None:
        self._busy = False
        self._done_with = done
        self._stack.setCurrentIndex(_DONE)
        self._show_done()
        self._close.setFocus()
        self.shell.refresh_badges()

    def _not_completed(self, error: PosMemberError) -> bool:
        self._busy = False
        self._right.setCurrentIndex(_EFFECT)
        self._lines.table.setFocus()
        if self.shell.is_reason(error, Reason.RETURN_EXCEEDS) and self._chosen is not None:
            # Somebody returned part of it meanwhile: show what is left now.
            self._find(self._chosen.found.bill.number)
        return False
