"""Keeps the customer's view true: listens to the open bill and to the payment, draws codes off the window's thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from pos_member.domain.bill import BillDraft
from pos_member.domain.errors import Refusal
from pos_member.domain.promptpay import payload
from pos_member.ui.customer_display.view import Asking, DisplayView, Modules, of_bill, of_done
from pos_member.ui.shell import Shell

if TYPE_CHECKING:
    from pos_member.services.checkout import Completed
    from pos_member.ui.desk import Desk

#: How long a thank-you stands before the display greets the next customer.
THANKS_MS = 20_000
_log = logging.getLogger(__name__)


class DisplayFeed(QObject):
    """``changed`` carries the ``DisplayView`` as it stands; ``view`` is the last one."""

    changed = Signal(object)

    def __init__(self, shell: Shell, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._desk = desk
        self._asking = shell.asking
        self.view = DisplayView()
        self._thanks = QTimer(self)
        self._thanks.setSingleShot(True)
        self._thanks.setInterval(THANKS_MS)
        self._thanks.timeout.connect(self._greet)
        desk.changed.connect(self._bill_changed)
        desk.previewed.connect(self._previewed)
        desk.completed.connect(self._completed)
        shell.asking_changed.connect(self._asked)
        shell.session_changed.connect(self._follow)
        if desk.draft is not None:
            self._follow()

    def _bill_changed(self, draft: BillDraft) -> None:
        if draft.empty and self._thanks.isActive():
            return  # the empty bill that follows a sale: the thank-you stands a while
        self._follow()

    def _previewed(self, preview: object) -> None:
        draft = self._desk.draft
        if draft is not None and not (draft.empty and self._thanks.isActive()):
            self._follow()

    def _asked(self, asking: Asking | None) -> None:
        self._asking = asking
        # While thanks are given, the lines at the desk are still those that were paid.
        if self._desk.has_lines and not self._thanks.isActive():
            self._follow()

    def _completed(self, done: Completed) -> None:
        self._asking = None
        self._show(of_done(done))
        self._thanks.start()

    def _greet(self) -> None:
        draft = self._desk.draft
        if draft is None or draft.empty:
            self._show(DisplayView())

    def _follow(self, _session: object = None) -> None:
        draft = self._desk.draft
        if draft is None or (self._shell.session is None and draft.empty):
            self._show(DisplayView())
            return
        if not draft.empty:
            self._thanks.stop()
        self._show(of_bill(draft, self._desk.preview, self._desk.panel, self._asking))

    def _show(self, view: DisplayView) -> None:
        if view != self.view:
            self.view = view
            self.changed.emit(view)


class PayCodes(QObject):
    """Draws the PromptPay code of what is to be paid: asked by the payment, told to whoever shows it.

    Without a number from head office nothing is drawn; the amount is told all the same.
    """

    #: An ``Asking`` as soon as it is known, again once its code is drawn; None when nothing is to be paid any more.
    changed = Signal(object)

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._amount = 0

    def ask(self, amount_satang: int) -> None:
        """This much by PromptPay; 0 for nothing."""
        if amount_satang == self._amount:
            return
        self._amount = amount_satang
        self.changed.emit(Asking(amount_satang) if amount_satang else None)
        header = self._shell.header
        if not amount_satang or header is None or not header.promptpay:
            return
        try:
            text = payload(header.promptpay, amount_satang)
        except Refusal as refused:
            # What head office sent is no PromptPay number: the amount alone is shown, and selling goes on.
            _log.warning("no PromptPay code can be made: %s", refused)
            return
        drawn = self._shell.services.qr_modules
        self._shell.runner.run("draw", lambda: (amount_satang, drawn(text)), self, self._drawn, key="code")

    def _drawn(self, found: tuple[int, Modules]) -> None:
        amount, modules = found
        if amount == self._amount:
            self.changed.emit(Asking(amount, modules))
