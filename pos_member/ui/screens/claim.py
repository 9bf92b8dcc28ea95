"""Points after the bill: the receipt was scanned, a member is named, Enter gives what the bill would have earned."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.bill import Bill, BillLine
from pos_member.domain.errors import PosMemberError
from pos_member.domain.member import Identified
from pos_member.domain.money import format_baht
from pos_member.domain.permission import Permission, Session
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.services.claims import Claimed, ClaimPreview
from pos_member.services.views import Resolved
from pos_member.ui.i18n import language, mark, pick, tr
from pos_member.ui.member_view import MemberView
from pos_member.ui.moments import moment, quantity_text
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.scanning.feedback import tell, tell_refusal
from pos_member.ui.shell import Shell
from pos_member.ui.standing_words import stamps_moved, tier_name
from pos_member.ui.widgets import Badge, Button, Card, Column, Field, IconLabel, Table, Text, column, row, scroller
from pos_member.ui.widgets.approval import ApprovalPanel
from pos_member.ui.widgets.facts import Fact, FactList, OutcomeCard

_WORKING, _DONE = range(2)
_WORK, _APPROVAL = range(2)
_LINES = (
    Column[BillLine](mark("Product"), lambda line: pick(line.name_th, line.name_en), stretch=True),
    Column[BillLine](mark("Sold"), lambda line: quantity_text(line.quantity_milli), right=True),
    Column[BillLine](mark("Paid"), lambda line: format_baht(line.net_satang), right=True),
)


@dataclass(frozen=True)
class _Opened:
    """A bill that can be claimed; ``preview`` where the open bill has a member already."""

    bill: Bill
    claim_id: str
    preview: ClaimPreview | None
    identified: Identified


class ClaimScreen(Page):
    """``opened(code=…)`` with the receipt's code; the member is that of the open bill, or is asked for."""

    name = "claim"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._opened: _Opened | None = None
        self._preview: ClaimPreview | None = None
        self._identified = Identified.SEARCH
        self._given: Claimed | None = None
        self._busy = False
        # A bill is being opened; who was named meanwhile is for that bill, not for the one still shown.
        self._opening = False
        self._named_early = ""
        self._head = PageHead(self.name)
        self._approval = ApprovalPanel(shell, "claim_approval", Permission.CLAIM_MANY)
        self._right = QStackedWidget()
        self._right.addWidget(self._build_work())
        self._right.addWidget(self._approval)
        working = QWidget()
        sides = row(working, space="l")
        sides.addWidget(self._build_bill(), 3)
        sides.addWidget(self._right, 2)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(working)
        self._stack.addWidget(self._build_done())
        self.lay_out(self._head, self._stack)
        self._who.entered.connect(self._look_up)
        self._go.clicked.connect(self.go_on)
        self._close.clicked.connect(self.go_on)
        self._approval.approved.connect(self._give)
        self.finish()

    def _build_bill(self) -> Card:
        self._number = Text("heading", name="claim_bill")
        self._about = Text("soft", name="claim_about", wrap=True)
        self._lines = Table(_LINES, name="claim_lines")
        self._lines.setSortingEnabled(False)
        card = Card(name="claim_bill_card")
        inside = column(card, space="m", margin="l")
        for widget in (self._number, self._about):
            inside.addWidget(widget)
        inside.addWidget(self._lines, 1)
        return card

    def _build_work(self) -> Card:
        self._who = Field(name="claim_who", length_max=80)
        self._view = MemberView(self.shell, "claim_member", brief=True)
        self._points = Text("giant", name="claim_points")
        self._facts = FactList(name="claim_facts")
        self._go = Button("pay", name="claim_go", icon="check")
        card = Card(name="claim_work")
        inside = column(card, space="m", margin="l")
        inside.addWidget(self._who)
        told = QWidget()
        parts = column(told, space="m")
        for widget in (self._view, self._points, self._facts):
            parts.addWidget(widget)
        parts.addStretch(1)
        inside.addWidget(scroller(told), 1)
        inside.addWidget(self._go)
        return card

    def _build_done(self) -> Card:
        self._done_head = Text("title", name="claim_done_head")
        self._done_points = Text("giant", name="claim_done_points")
        self._done_facts = FactList(name="claim_done_facts")
        self._printed = Badge(name="claim_printed")
        self._close = Button("pay", name="claim_close", icon="check")
        head = row()
        head.addWidget(IconLabel("good", "good_ink", "icon_large"))
        head.addWidget(self._done_head)
        head.addStretch(1)
        return OutcomeCard("claim_done", (head, self._done_points, self._printed), self._close, self._done_facts)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Points after the bill")

    def hint(self) -> str:
        return tr("Scan the card, or type the phone · Enter = give the points · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title(), tr("on the day of the bill, once"))
        self._who.show_label(tr("Phone or member number"), tr("or scan the card"))
        self._lines.retranslate()
        self._view.retranslate()
        self._close.show_text(tr("Back to the bill"), "Enter")
        self._show_bill()
        self._show_preview()
        self._show_done()

    def _show_bill(self) -> None:
        opened = self._opened
        self._lines.set_rows(() if opened is None else opened.bill.lines)
        if opened is None:
            self._number.show_text("")
            self._about.show_text("")
            return
        bill = opened.bill
        self._number.show_text(tr("Bill {number}", number=bill.number))
        self._about.show_text(f"{moment(self.shell, bill.completed_at)} · {format_baht(bill.total_satang)}")

    def _show_preview(self) -> None:
        preview = self._preview
        self._view.show_panel(None if preview is None else preview.member)
        self._who.setVisible(preview is None)
        self._points.setVisible(preview is not None)
        self._go.setEnabled(preview is not None)
        if preview is None:
            self._go.show_text(tr("Give the points"), "Enter")
            self._facts.show_facts(())
            return
        self._points.show_text(tr("+{points} point(s)", points=preview.points), "good")
        self._go.show_text(tr("Give {points} point(s)", points=preview.points), "Enter")
        self._facts.show_facts(self._about_preview(preview))

    def _about_preview(self, preview: ClaimPreview) -> tuple[Fact, ...]:
        settings = self.shell.settings
        facts = [
            Fact(tr("Stamps"), stamps_moved(settings, code, count), "good") for code, count in preview.stamps.items()
        ]
        if preview.tier_change is not None:
            facts.append(Fact(tr("Tier afterwards"), tier_name(settings, preview.tier_change.after), "good"))
        if preview.claims_today:
            tone = "warn" if preview.needs_approval else "none"
            facts.append(Fact(tr("Claimed today by this member"), tr("{n} bill(s)", n=preview.claims_today), tone))
        if preview.needs_approval:
            facts.append(Fact(tr("One more needs"), tr("a supervisor's word"), "warn"))
        return tuple(facts)

    def _show_done(self) -> None:
        given = self._given
        if given is None:
            return
        self._done_head.show_text(tr("Points added to bill {number}", number=given.bill.number), "good")
        self._done_points.show_text(tr("+{points} point(s)", points=given.claim.points_earned))
        member = given.member_after
        facts = [Fact(tr("Member"), member.card.name_masked or member.card.number_masked)]
        if not member.presented:
            facts.append(Fact(tr("Points now"), f"{member.balance:,}", "good"))
        if given.claim.tier_change is not None:
            facts.append(Fact(tr("Tier afterwards"), tier_name(self.shell.settings, given.claim.tier_change.after)))
        self._done_facts.show_facts(facts)
        self._printed.show_state("good", tr("A copy of the receipt with the points is printing"), "print")
        self._printed.setVisible(bool(given.print_job_id))

    # --- which bill, and whose -----------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._begin()
        code = str(params.get("code", ""))
        if code:
            self._open(code)
        else:
            self._who.setFocus()

    def left(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._approval.forget()
        self._opened = self._preview = self._given = None
        self._identified, self._busy = Identified.SEARCH, False
        self._opening, self._named_early = False, ""
        self._who.set_text("")
        self._who.complain("")
        self._stack.setCurrentIndex(_WORKING)
        self._right.setCurrentIndex(_WORK)
        self._show_bill()
        self._show_preview()

    def _open(self, code: str) -> None:
        till = self.shell.till
        self._opening, self._named_early = True, ""

        def load() -> _Opened:
            bill = till.claims.find(code)
            draft = till.checkout.saved_draft()
            known = draft.member_id if draft is not None else None
            preview = None if known is None else till.claims.preview(code, known)
            proof = draft.identified if draft is not None and draft.identified is not None else Identified.SEARCH
            return _Opened(bill, till.claims.new_id(), preview, proof)

        self.run(load, self._loaded, self._not_claimable, key="claim")

    def _loaded(self, opened: _Opened) -> None:
        if not self._opening:
            return  # somebody has left the page
        early = self._named_early
        self._begin()
        self._opened, self._preview, self._identified = opened, opened.preview, opened.identified
        self._show_bill()
        self._show_preview()
        (self._who if opened.preview is None else self._go).setFocus()
        tell(self.shell, Sound.READ, tr("Bill {number}", number=opened.bill.number))
        if early:
            self._named(early)

    def _not_claimable(self, error: PosMemberError) -> bool:
        here, self._opening, self._named_early = self._opening, False, ""
        tell_refusal(self.shell, error)
        if here and self._opened is None:
            self.shell.back()
        return True

    @property
    def begun(self) -> bool:
        return self._busy or self._right.currentIndex() == _APPROVAL

    def scanned(self, text: str) -> bool:
        """Another receipt is another bill; a card says whose points they become; a badge, who approves."""
        meaning = classify(text)
        if meaning.kind is ScanKind.STAFF:
            return self._right.currentIndex() == _APPROVAL and self._approval.take_badge(text)
        if self.begun:
            return False
        if meaning.kind is ScanKind.RECEIPT:
            self._open(text)
            return True
        return self._named(text)

    def _look_up(self) -> None:
        text = self._who.text().strip()
        if text:
            self._named(text)

    def _named(self, text: str) -> bool:
        if self._opening:
            self._named_early = text
            return True
        opened = self._opened
        if opened is None or self._given is not None:
            return False
        till, code = self.shell.till, opened.bill.receipt_code

        def look() -> tuple[Resolved, ClaimPreview | None]:
            found = till.lookup.resolve(text)
            member = found.member
            return found, None if member is None else till.claims.preview(code, member.card.member_id)

        self.run(look, self._member_found, self._no_member, key="claim")
        return True

    def _member_found(self, found: tuple[Resolved, ClaimPreview | None]) -> None:
        resolved, preview = found
        if preview is None:
            self._who.complain(tr("That is no member: scan the card, or type the whole phone number."))
            self.shell.play(Sound.INVALID)
            return
        self._preview, self._identified = preview, resolved.identified or Identified.SEARCH
        self._show_preview()
        self._go.setFocus()
        name = preview.member.card.name_masked or preview.member.card.number_masked
        tell(self.shell, Sound.READ, tr("Member {name}", name=name))

    def _no_member(self, error: PosMemberError) -> bool:
        self._who.complain(self.shell.why(error))
        tell_refusal(self.shell, error)
        return True

    # --- giving --------------------------------------------------------------------------------------------

    def back(self) -> bool:
        if self._right.currentIndex() == _APPROVAL:
            self._approval.forget()
            self._right.setCurrentIndex(_WORK)
            self._go.setFocus()
            return True
        return False

    def go_on(self) -> None:
        if self._given is not None:
            self.shell.back()
        elif self._opening:
            return  # Enter was meant for what is not shown any more in a moment
        elif self._preview is None:
            self._look_up()
        elif self._preview.needs_approval and not self.shell.may(Permission.CLAIM_MANY):
            self._right.setCurrentIndex(_APPROVAL)
            verb = tr("Give {points} point(s)", points=self._preview.points)
            self._approval.ask(tr("A supervisor approves: this member claimed several bills today"), verb)
        else:
            self._give(None)

    def _give(self, approver: Session | None) -> None:
        opened, preview = self._opened, self._preview
        if opened is None or preview is None or self._busy:
            return
        self._busy = True
        session, till, proof, spoken = self.shell.signed_in(), self.shell.till, self._identified, language()
        code, member_id = opened.bill.receipt_code, preview.member.card.member_id

        def give() -> Claimed:
            return till.claims.give(
                session, code, member_id, proof, claim_id=opened.claim_id, approver=approver, language=spoken
            )

        self.run(give, self._given_out, self._refused)

    def _given_out(self, given: Claimed) -> None:
        self._busy = False
        self._given = given
        self._right.setCurrentIndex(_WORK)
        self._show_done()
        self._stack.setCurrentIndex(_DONE)
        self._close.setFocus()
        tell(self.shell, Sound.READ, tr("+{points} point(s)", points=given.claim.points_earned))
        self.shell.refresh_badges()

    def _refused(self, error: PosMemberError) -> bool:
        self._busy = False
        self._right.setCurrentIndex(_WORK)
        tell_refusal(self.shell, error)
        return True
