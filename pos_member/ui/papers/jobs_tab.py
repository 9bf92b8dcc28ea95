"""What the printer has, had and could not: states in words, with what to do next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_member.domain.documents import DocumentKind
from pos_member.services.ports import PrintJobInfo, PrintJobState
from pos_member.services.reprint import CANCELLABLE, RETRIABLE
from pos_member.ui.i18n import language, mark, tr, tr_marked
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, Column, Table, Text, column, row
from pos_member.wording import say

KINDS = {
    DocumentKind.RECEIPT: mark("Receipt"),
    DocumentKind.COUPON: mark("Coupon"),
    DocumentKind.MEMBER_CARD: mark("Member card"),
    DocumentKind.RETURN: mark("Return slip"),
    DocumentKind.DAY_REPORT: mark("Shift report"),
    DocumentKind.TEST_PAGE: mark("Test page"),
    DocumentKind.ORDER_SLIP: mark("Order slip"),
    DocumentKind.DRAWER: mark("Cash drawer"),
}
#: Word, tone and icon of each state.
STATES = {
    PrintJobState.QUEUED: (mark("Waits for the printer"), "info", "clock"),
    PrintJobState.BLOCKED: (mark("Cannot print yet"), "warn", "print_off"),
    PrintJobState.SENDING: (mark("Printing"), "info", "print"),
    PrintJobState.SENT: (mark("Sent, asking the printer"), "info", "print"),
    PrintJobState.WAITING_PRINTER: (mark("The printer has it and waits"), "warn", "clock"),
    PrintJobState.CONFIRMED: (mark("Printed"), "good", "good"),
    PrintJobState.UNCONFIRMED: (mark("In doubt: look at the paper"), "bad", "warn"),
    PrintJobState.UNVERIFIABLE: (mark("Sent; this printer cannot confirm"), "neutral", "print"),
    PrintJobState.SUPERSEDED: (mark("Printed anew"), "neutral", "print"),
    PrintJobState.CANCELLED: (mark("Given up"), "neutral", "close"),
}


class JobsTab(QWidget):
    """``retry_wanted`` and ``cancel_wanted`` carry the id of a job."""

    retry_wanted = Signal(str)
    cancel_wanted = Signal(str)

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: dict[str, str] = {}
        columns = (
            Column[PrintJobInfo](mark("Paper"), _paper),
            Column[PrintJobInfo](mark("Of"), self._subject, stretch=True),
            Column[PrintJobInfo](mark("State"), lambda job: tr_marked(STATES[job.state][0])),
            Column[PrintJobInfo](
                mark("Time"), lambda job: moment(shell, job.created_at), lambda job: job.created_at, right=True
            ),
        )
        self.table = Table(columns, name="papers_jobs")
        self._head = Text("title", name="papers_job")
        self._state = Badge(name="papers_job_state")
        self._why = Text(name="papers_job_why", wrap=True)
        self.cancel = Button("danger", name="papers_cancel", icon="close")
        self.retry = Button("pay", name="papers_retry", icon="print")
        detail = Card(name="papers_job_detail")
        inside = column(detail, space="m", margin="l")
        for widget in (self._head, self._state, self._why):
            inside.addWidget(widget)
        inside.addStretch(1)
        inside.addWidget(self.cancel)
        inside.addWidget(self.retry)
        sides = row(self, space="l")
        sides.addWidget(self.table, 3)
        sides.addWidget(detail, 2)
        self.table.picked.connect(self._picked)
        self.table.chosen.connect(self._chosen)
        self.retry.clicked.connect(self.take)
        self.cancel.clicked.connect(self._cancel)

    def retranslate(self) -> None:
        """Every text."""
        self.retry.show_text(tr("Print again"), "Enter")
        self.cancel.show_text(tr("Do not print this any more"), "Delete")
        self.table.retranslate()
        self._picked(self.table.current())

    def show_jobs(self, jobs: tuple[PrintJobInfo, ...], numbers: dict[str, str]) -> None:
        """Other jobs; the cursor stays on the same one. ``numbers``: subject id → number of the bill or return."""
        if jobs == self.table.rows_model.rows and numbers == self._numbers:
            return
        before = self.table.current()
        self._numbers = numbers
        self.table.set_rows(jobs)
        for at, job in enumerate(self.table.shown_rows()):
            if before is not None and job.id == before.id:
                self.table.selectRow(at)
        self._picked(self.table.current())

    def take(self) -> None:
        """Enter: the paper once more."""
        current = self.table.current()
        if current is not None and current.state in RETRIABLE:
            self.retry_wanted.emit(current.id)

    def _cancel(self) -> None:
        current = self.table.current()
        if current is not None and current.state in CANCELLABLE:
            self.cancel_wanted.emit(current.id)

    def _chosen(self, current: PrintJobInfo) -> None:
        self.take()

    def _subject(self, job: PrintJobInfo) -> str:
        return self._numbers.get(job.subject_id, "")

    def _picked(self, current: PrintJobInfo | None) -> None:
        self.retry.setEnabled(current is not None and current.state in RETRIABLE)
        self.cancel.setEnabled(current is not None and current.state in CANCELLABLE)
        self._state.setVisible(current is not None)
        if current is None:
            self._head.show_text(tr("Nothing was printed yet"))
            self._why.show_text("")
            return
        word, tone, icon = STATES[current.state]
        self._head.show_text(" ".join(part for part in (_paper(current), self._subject(current)) if part))
        self._state.show_state(tone, tr_marked(word), icon)
        why = say("reasons", current.reason, language()) if current.reason else ""
        if not why and current.state is PrintJobState.QUEUED:
            why = tr("It prints by itself as soon as the printer is free. Selling goes on.")
        self._why.show_text(why)


def _paper(job: PrintJobInfo) -> str:
    name = tr_marked(KINDS[job.kind])
    return tr("{paper}, copy {number}", paper=name, number=job.copy_number) if job.copy_number else name
