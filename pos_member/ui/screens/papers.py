"""F6: papers again, and the list of what the printer has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.permission import Session
from pos_member.services.ports import BillSummary
from pos_member.services.print_jobs import JobAct, ListedJob
from pos_member.services.till import TillServices
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.papers.bills_tab import BillsTab
from pos_member.ui.papers.job_detail import PDF
from pos_member.ui.papers.jobs_tab import JobsTab, JobWish
from pos_member.ui.ports import PrinterStateView, PrinterView, Sound
from pos_member.ui.report.files import documents_folder, save_bytes
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button

_BILLS, _JOBS = range(2)
#: How often the list of jobs looks while it is open (ms).
_LOOK_MS = 2_000
_RECENT = 200
Papers = tuple[tuple[BillSummary, ...], tuple[ListedJob, ...], tuple[PrinterView, ...]]
_DONE = {
    JobAct.PRINT: mark("It is printing."),
    JobAct.OTHER: mark("The other printer prints it."),
    JobAct.SEEN: mark("Noted: the paper is all there."),
    JobAct.CANCEL: mark("It is not printed any more."),
}


class PapersScreen(Page):
    """Two tabs; the second one follows the printer while it is open."""

    name = "reprint"
    first_tab = _BILLS

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._asked = DocumentKind.RECEIPT
        #: Where papers go as files; the person's documents where nobody says otherwise.
        self.folder: Path | None = None
        self._head = PageHead(self.name)
        self._tab_bills = Button(name="papers_tab_bills", icon="receipt", checkable=True)
        self._tab_jobs = Button(name="papers_tab_jobs", icon="print", checkable=True)
        self._printers = Button(name="papers_printers", icon="settings")
        self._head.beside.addWidget(self._tab_bills)
        self._head.beside.addWidget(self._tab_jobs)
        self._head.beside.addWidget(self._printers)
        self._bills = BillsTab(shell)
        self._jobs = JobsTab(shell)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._bills)
        self._stack.addWidget(self._jobs)
        self.lay_out(self._head, self._stack)
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._connect()
        self.finish()

    def _connect(self) -> None:
        self._tab_bills.clicked.connect(self._show_bills)
        self._tab_jobs.clicked.connect(self._show_jobs)
        self._printers.clicked.connect(self._to_printers)
        self._bills.wanted.connect(self._reprint)
        self._jobs.wanted.connect(self._do)
        self._looking.timeout.connect(self._load)
        for keys, button in (
            ("Ctrl+1", self._tab_bills),
            ("Ctrl+2", self._tab_jobs),
            ("Ctrl+3", self._printers),
            ("Ctrl+K", self._bills.coupon),
            ("Ctrl+M", self._bills.card),
            ("Ctrl+Y", self._jobs.detail.seen),
            ("Ctrl+E", self._jobs.detail.other),
            ("Ctrl+D", self._jobs.detail.pdf),
        ):
            self.shortcut(keys, button)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Papers")

    def hint(self) -> str:
        return tr("↑ ↓ choose · Enter = print · Ctrl+1, Ctrl+2 = papers again, at the printer · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        self._tab_bills.show_text(tr("Print again"), "Ctrl+1")
        self._tab_jobs.show_text(tr("At the printer"), "Ctrl+2")
        self._printers.show_text(tr("Printers"), "Ctrl+3")
        self._bills.retranslate()
        self._jobs.retranslate()

    # --- opening -------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._switch(self.first_tab)
        code = str(params.get("code", ""))
        if code:
            self.scanned(code)

    def left(self) -> None:
        self._looking.stop()
        self._jobs.leave()
        self._bills.text.set_text("")

    def back(self) -> bool:
        if self._stack.currentIndex() == _JOBS and self._jobs.back():
            return True
        if self._bills.text.text():
            self._bills.text.set_text("")
            return True
        return False

    def scanned(self, text: str) -> bool:
        """A receipt: that bill alone is left in the list, its papers one Enter away."""
        till = self.shell.till
        self.run(lambda: till.returns.find(text).bill.number, self._bill_found, self.scan_refused, key="scan")
        return True

    def _bill_found(self, number: str) -> None:
        self._switch(_BILLS)
        self._bills.text.set_text(number)
        self.shell.play(Sound.READ)

    def _show_bills(self) -> None:
        self._switch(_BILLS)

    def _show_jobs(self) -> None:
        self._switch(_JOBS)

    def _to_printers(self) -> None:
        """Their set-up, at the one that cannot print."""
        troubled = self._jobs.troubled
        self.shell.open("printers", key=troubled.key if troubled is not None else "")

    def _switch(self, tab: int) -> None:
        self._stack.setCurrentIndex(tab)
        self._tab_bills.setChecked(tab == _BILLS)
        self._tab_jobs.setChecked(tab == _JOBS)
        if tab == _BILLS:
            self._bills.text.setFocus()
        else:
            self._jobs.show_list()
        self._looking.start()
        self._load()

    def _load(self) -> None:
        till = self.shell.till
        printers = self.shell.services.printer_state
        self.run(lambda: _read(till, printers), self._loaded, key="papers")

    def _loaded(self, found: Papers) -> None:
        bills, jobs, printers = found
        if bills != self._bills.table.rows_model.rows:
            self._bills.show_bills(bills)
        self._jobs.show_jobs(jobs, printers)

    # --- acts ----------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if self._stack.currentIndex() == _BILLS:
            self._bills.take()
        else:
            self._jobs.take()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self._stack.currentIndex() == _JOBS:
            self._jobs.detail.cancel.click()
            return
        super().keyPressEvent(event)

    def _reprint(self, subject_id: str, kind: DocumentKind) -> None:
        session, till = self.shell.signed_in(), self.shell.till
        self._asked = kind
        self.run(lambda: till.reprint.reprint(session, subject_id, kind), self._queued, self._not_queued)

    def _queued(self, job_id: str) -> None:
        self.shell.play(Sound.READ)
        self.shell.say(Tone.GOOD, tr("A copy is printing."))
        self.shell.refresh_badges()
        self._load()

    def _not_queued(self, error: PosMemberError) -> bool:
        if not self.shell.is_reason(error, Reason.BILL_UNKNOWN):
            return False
        self.shell.play(Sound.UNKNOWN)
        if self._asked is DocumentKind.COUPON:
            self.shell.say(Tone.INFO, tr("No coupon was printed with this bill."))
        elif self._asked is DocumentKind.MEMBER_CARD:
            self.shell.say(Tone.INFO, tr("This member's card was not printed at this till."))
        else:
            return False
        return True

    def _do(self, wish: JobWish) -> None:
        if wish.act == PDF:
            self._save_pdf(wish)
            return
        session, till = self.shell.signed_in(), self.shell.till
        self.run(lambda: _act(till, session, wish), self._moved, self._not_moved)

    def _moved(self, act: str) -> None:
        self.shell.play(Sound.READ)
        self.shell.say(Tone.GOOD, tr_marked(_DONE[JobAct(act)]))
        self.shell.refresh_badges()
        self._load()

    def _not_moved(self, error: PosMemberError) -> bool:
        # Whatever the list showed is out of date.
        self._load()
        return False

    def _save_pdf(self, wish: JobWish) -> None:
        admin = self.shell.services.printer_admin()
        if admin is None:
            return
        job = wish.job.info
        name = wish.job.number or job.id
        copy_number = f"-{job.copy_number}" if job.copy_number else ""
        path = (self.folder or documents_folder()) / f"pos-member-{job.kind.value}-{name}{copy_number}.pdf"
        self.run(lambda: save_bytes(admin.pdf(job.id), path), self._saved, key="pdf", lane="printer")

    def _saved(self, path: Path) -> None:
        self.shell.say(Tone.GOOD, tr("Saved: {path}", path=str(path)))


class PrintJobsScreen(PapersScreen):
    """The same, opened at the printer's list: what the head of the window leads to."""

    name = "print_jobs"
    first_tab = _JOBS


def _read(till: TillServices, printers: Callable[[], PrinterStateView]) -> Papers:
    return till.reprint.recent(_RECENT), till.print_jobs.listed(), printers().printers


def _act(till: TillServices, session: Session, wish: JobWish) -> str:
    jobs, seen, job_id = till.print_jobs, wish.job.info.state, wish.job.info.id
    match wish.act:
        case JobAct.PRINT:
            jobs.print_again(session, job_id, expected=seen, approver=wish.approver)
        case JobAct.OTHER:
            jobs.other_printer(session, job_id, wish.printer, expected=seen, approver=wish.approver)
        case JobAct.SEEN:
            jobs.seen(session, job_id, expected=seen, approver=wish.approver)
        case _:
            jobs.cancel(session, job_id, expected=seen, approver=wish.approver)
    return wish.act
