"""Shift+F6: the coupon desk. One coupon with its life; taken out of use with a reason, or its paper once more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.coupon import USABLE, CouponState
from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.permission import Permission, Session
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.ui.coupons.life_card import Found, LifeCard, find_coupon, with_holder
from pos_member.ui.i18n import language, mark, pick, tr, tr_marked
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.shell import Answer, Question, Shell
from pos_member.ui.widgets import Button, Card, Field, NumberPad, column, row
from pos_member.ui.widgets.approval import ApprovalPanel

_WORK, _APPROVAL = range(2)
#: The paper of any other would mislead.
_GOOD = USABLE | {CouponState.RESERVED}
#: Reasons said again and again; anything else is typed.
_REASONS = (
    mark("Given by mistake"),
    mark("Paper lost"),
    mark("Customer gives it up"),
)
_NOT_FOUND = (Reason.COUPON_UNKNOWN, Reason.CODE_MISTYPED, Reason.CODE_FOREIGN, Reason.TEXT_EMPTY)


class CouponsScreen(Page):
    """``opened(code=…)`` goes straight to that coupon."""

    name = "coupons"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._busy = False
        self._head = PageHead(self.name)
        self._text = Field(name="coupons_text", role="amount", length_max=64)
        self._life = LifeCard(shell)
        self._approval = ApprovalPanel(shell, "coupons_approval", Permission.CANCEL_COUPON)
        self._right = QStackedWidget()
        self._right.addWidget(self._build_work())
        self._right.addWidget(self._approval)
        body = QWidget(self)
        left = column(space="m")
        left.addWidget(self._text)
        left.addWidget(self._life, 1)
        sides = row(body, space="l")
        sides.addLayout(left, 3)
        sides.addWidget(self._right, 2)
        self.lay_out(self._head, body)
        self._connect()
        self.finish()
        self._enable()

    def _build_work(self) -> Card:
        self._pad = NumberPad(name="coupons_pad", pin=True)
        self._pad.set_target(self._text.edit)
        self._reason = Field(name="coupons_reason", length_max=200)
        self._chips = [Button(name=f"coupons_reason_{at}") for at in range(len(_REASONS))]
        self._print = Button(name="coupons_print", icon="print")
        self._cancel = Button("danger", name="coupons_cancel", icon="close")
        card = Card(name="coupons_work")
        inside = column(card, space="m", margin="l")
        inside.addWidget(self._pad)
        inside.addStretch(1)
        inside.addWidget(self._reason)
        chips = row(space="s")
        for at, chip in enumerate(self._chips):
            chip.setProperty("at", at)
            chip.clicked.connect(self._chip_clicked)
            chips.addWidget(chip, 1)
        inside.addLayout(chips)
        acts = row(space="m")
        acts.addWidget(self._print, 1)
        acts.addWidget(self._cancel, 1)
        inside.addLayout(acts)
        return card

    def _connect(self) -> None:
        self._text.entered.connect(self.go_on)
        self._reason.entered.connect(self.go_on)
        self._print.clicked.connect(self._reprint)
        self._cancel.clicked.connect(self._ask_cancel)
        self._approval.approved.connect(self._cancel_with)
        self.shortcut("Ctrl+K", self._print)
        self.shortcut("Ctrl+T", self._cancel)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Coupons")

    def hint(self) -> str:
        return tr("Scan a coupon · Ctrl+K = print it again · Ctrl+T = cancel it · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title(), tr("find, cancel, print again"))
        self._text.show_label(tr("Scan the coupon, or type its number"), "8xxx xxxx xxxx xxxx")
        self._reason.show_label(tr("Why it is cancelled"), tr("what happened, and who asked"))
        for chip, literal in zip(self._chips, _REASONS, strict=True):
            chip.show_text(tr_marked(literal))
        self._print.show_text(tr("Print again"), "Ctrl+K")
        self._cancel.show_text(tr("Cancel it"), "Ctrl+T")
        self._life.retranslate()

    # --- which coupon --------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._begin()
        code = str(params.get("code", ""))
        if code:
            self._find(code)

    def left(self) -> None:
        self._approval.forget()
        self._begin()

    def _begin(self) -> None:
        self._busy = False
        self._text.set_text("")
        self._show(None)
        self._text.setFocus()

    def scanned(self, text: str) -> bool:
        """A coupon is shown; a badge chooses who approves."""
        meaning = classify(text)
        if meaning.kind is ScanKind.STAFF:
            return self._approval.take_badge(text)
        if self.begun:
            return False
        self._find(text)
        return True

    @property
    def begun(self) -> bool:
        return self._busy or self._right.currentIndex() == _APPROVAL or bool(self._reason.text())

    def back(self) -> bool:
        if self._right.currentIndex() == _APPROVAL:
            self._approval.forget()
            self._right.setCurrentIndex(_WORK)
            self._reason.setFocus()
            return True
        if self._life.life is not None or self._text.text():
            self._begin()
            return True
        return False

    def _find(self, text: str) -> None:
        till = self.shell.till
        self.run(lambda: find_coupon(till, text), self._found, self._not_found, key="find")

    def _found(self, found: Found) -> None:
        self.shell.play(Sound.READ)
        self._text.set_text(found.life.view.code_shown)
        self._text.edit.selectAll()
        self._text.setFocus()
        self._show(found)

    def _not_found(self, error: PosMemberError) -> bool:
        if not self.shell.is_reason(error, *_NOT_FOUND):
            return False
        self._show(None)
        self._text.complain(self.shell.why(error))
        self._text.setFocus()
        self.shell.play(Sound.UNKNOWN)
        return True

    def _show(self, found: Found | None) -> None:
        self._life.show_found(found)
        self._reason.set_text("")
        self._reason.complain("")
        self._right.setCurrentIndex(_WORK)
        self._enable()

    def _enable(self) -> None:
        life = self._life.life
        self._print.setEnabled(life is not None and life.state in _GOOD)
        for widget in (self._reason, self._cancel, *self._chips):
            widget.setEnabled(life is not None and life.may_cancel)

    # --- acts ----------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if self._reason.edit.hasFocus():
            self._ask_cancel()
        elif self._text.text():
            self._find(self._text.text())
        else:
            self._text.complain(tr("Scan a coupon, or type its number first."))
            self._text.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pages = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()))
        if pages is not None:
            self._life.turn(pages)
            return
        super().keyPressEvent(event)

    def _chip_clicked(self) -> None:
        self._reason.set_text(tr_marked(_REASONS[int(self.sender().property("at"))]))
        self._reason.setFocus()

    def _reprint(self) -> None:
        life = self._life.life
        if life is None or self._busy:
            return
        self._busy = True
        session, till, wanted, code = self.shell.signed_in(), self.shell.till, language(), life.coupon.code
        self.run(
            lambda: (till.coupons.reprint(session, code, wanted), find_coupon(till, code)),
            self._queued,
            self._not_done,
        )

    def _queued(self, done: tuple[str, Found]) -> None:
        self._busy = False
        self._life.show_found(done[1])
        self.shell.play(Sound.READ)
        self.shell.say(Tone.GOOD, tr("The coupon is printing, marked as copy {number}.", number=done[1].life.copies))
        self.shell.refresh_badges()

    def _ask_cancel(self) -> None:
        """The reason first; then one question: whether, or whose PIN."""
        life = self._life.life
        if life is None or not life.may_cancel or self._busy:
            return
        if not self._reason.text():
            self._reason.complain(tr("Say why: head office reads it.") if self._reason.edit.hasFocus() else "")
            self._reason.setFocus()
            return
        what = pick(life.view.name_th, life.view.name_en)
        verb = tr("Cancel {coupon}", coupon=what)
        if not self.shell.may(Permission.CANCEL_COUPON):
            self._right.setCurrentIndex(_APPROVAL)
            self._approval.ask(tr("A supervisor approves the end of this coupon"), verb)
            return
        self.shell.ask(
            Question(
                tr("Cancel this coupon for good?"),
                (Answer("cancel", verb, "danger"), Answer("no", tr("Keep it"))),
                detail=f"{what} · {life.view.code_shown}",
            ),
            self._answered,
        )

    def _answered(self, key: str, typed: str) -> None:
        if key == "cancel":
            self._cancel_with(None)

    def _cancel_with(self, approver: Session | None) -> None:
        life = self._life.life
        if life is None or self._busy:
            return
        self._busy = True
        session, till, code, reason = self.shell.signed_in(), self.shell.till, life.coupon.code, self._reason.text()
        self.run(
            lambda: with_holder(till, till.coupons.cancel(session, code, reason, approver)),
            self._cancelled,
            self._not_done,
        )

    def _cancelled(self, found: Found) -> None:
        self._busy = False
        self._show(found)
        self._text.edit.selectAll()
        self._text.setFocus()
        self.shell.play(Sound.READ)
        self.shell.say(Tone.GOOD, tr("The coupon can no longer be used."))
        self.shell.refresh_badges()

    def _not_done(self, error: PosMemberError) -> bool:
        self._busy = False
        self._right.setCurrentIndex(_WORK)
        life = self._life.life
        if life is not None and not self.shell.is_reason(error, Reason.NOT_PERMITTED, Reason.OVERRIDE_SELF):
            # It may have been used or taken meanwhile: show how it stands now.
            self._find(life.coupon.code)
        return False
