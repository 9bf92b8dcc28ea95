"""Shift+F9: the cash drawer without a sale. One key opens it; a cashier has somebody approve it in place."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.permission import Permission, Session
from pos_member.ui.i18n import tr
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Text, column, row
from pos_member.ui.widgets.approval import ApprovalPanel
from pos_member.ui.widgets.number_pad import pad_width

_GO, _APPROVE = range(2)


class DrawerScreen(Page):
    """Says what it does and that it is written down; then opens."""

    name = "drawer"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._busy = False
        self._head = PageHead(self.name)
        self._explain = Text(name="drawer_explain", wrap=True)
        self._go = Button("pay", name="drawer_go", icon="cash")
        self._approval = ApprovalPanel(shell, "drawer_approval", Permission.OPEN_DRAWER)
        left, work = Card(), Card()
        words = column(left, space="l", margin="xl")
        words.addWidget(self._explain)
        words.addStretch(1)
        act = column(work, space="m", margin="xl")
        act.addStretch(1)
        act.addWidget(self._go)
        self._right = QStackedWidget(self)
        self._right.setFixedWidth(2 * pad_width())
        self._right.addWidget(work)
        self._right.addWidget(self._approval)
        body = QWidget(self)
        sides = row(body, space="l")
        sides.addWidget(left, 1)
        sides.addWidget(self._right)
        self.lay_out(self._head, body)
        self._go.clicked.connect(self.go_on)
        self._approval.approved.connect(self._open)
        self.finish()

    def title(self) -> str:
        return tr("Cash drawer")

    def hint(self) -> str:
        return tr("Enter = open the drawer · Esc = back to the bill")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        self._explain.show_text(
            tr(
                "A sale for cash opens the drawer by itself. To open it without one is written down:"
                " who did it, who approved it, and when."
            )
        )
        self._go.show_text(tr("Open the drawer"), "Enter")
        if self._right.currentIndex() == _APPROVE:
            self._ask()

    def opened(self, **params: object) -> None:
        self._busy = False
        if self.shell.may(Permission.OPEN_DRAWER):
            self._right.setCurrentIndex(_GO)
            self._go.setFocus()
            return
        self._right.setCurrentIndex(_APPROVE)
        self._ask()

    def left(self) -> None:
        self._approval.forget()

    def scanned(self, text: str) -> bool:
        return self._approval.take_badge(text)

    def go_on(self) -> None:
        if self._right.currentIndex() == _GO:
            self._open(None)

    def _ask(self) -> None:
        self._approval.ask(tr("A supervisor opens the drawer with you"), tr("Open the drawer"))

    def _open(self, approver: Session | None) -> None:
        if self._busy:
            return
        self._busy = True
        session, till = self.shell.signed_in(), self.shell.till
        self.run(lambda: till.drawer.open_drawer(session, approver), self._opened_now, self._refused)

    def _opened_now(self, job_id: str) -> None:
        self._busy = False
        self.shell.play(Sound.READ)
        self.shell.refresh_badges()
        self.shell.back()
        self.shell.say(Tone.GOOD, tr("The drawer opens."))

    def _refused(self, error: PosMemberError) -> bool:
        self._busy = False
        if self.shell.is_reason(error, Reason.DRAWER_NONE):
            self.shell.back()
        return False
