"""What the printers have, had and could not: the list, one job beside it, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.permission import Permission, Session
from pos_member.services.print_jobs import JobAct, ListedJob
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.moments import moment
from pos_member.ui.papers import job_words
from pos_member.ui.papers.job_detail import PDF, JobDetail
from pos_member.ui.papers.printer_picker import PrinterPicker
from pos_member.ui.ports import PrinterLight, PrinterView
from pos_member.ui.printer_faults import fault, sentence
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Column, Table, Text, column, row
from pos_member.ui.widgets.approval import ApprovalPanel

_DETAIL, _PICK, _APPROVE = range(3)


@dataclass(frozen=True)
class JobWish:
    """What a person wants of a job as they saw it. ``act``: a ``JobAct`` or ``PDF``; ``printer`` for OTHER."""

    act: str
    job: ListedJob
    printer: str = ""
    approver: Session | None = None


class JobsTab(QWidget):
    """``wanted`` carries a ``JobWish``."""

    wanted = Signal(object)

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._printers: tuple[PrinterView, ...] = ()
        self._names: Mapping[str, str] = {}
        self._wish: JobWish | None = None
        #: Newly opened: whatever a person must look at stands on top, and the cursor on it.
        self._from_top = True
        columns = (
            Column[ListedJob](mark("Paper"), job_words.paper),
            Column[ListedJob](mark("Of"), lambda job: job.number),
            Column[ListedJob](
                mark("State"),
                lambda job: tr_marked(job_words.state_of(job)[0]),
                tone=lambda job: job_words.state_of(job)[1],
            ),
            # A long name is cut here and whole beside the list: the time stays in sight.
            Column[ListedJob](mark("Printer"), self._printer_of, stretch=True),
            Column[ListedJob](
                mark("Time"),
                lambda job: moment(shell, job.info.created_at),
                lambda job: job.info.created_at,
                right=True,
            ),
        )
        self.trouble = Text("strong", name="papers_trouble", wrap=True)
        self.trouble.hide()
        self.table = Table(columns, name="papers_jobs")
        self.detail = JobDetail()
        self.picker = PrinterPicker()
        self._approval = ApprovalPanel(shell, "papers_approval", Permission.REPRINT)
        self._right = QStackedWidget(self)
        for page in (self.detail, self.picker, self._approval):
            self._right.addWidget(page)
        sides = row(self, space="l")
        left = column(space="m")
        left.addWidget(self.trouble)
        left.addWidget(self.table, 1)
        sides.addLayout(left, 3)
        sides.addWidget(self._right, 2)
        self.table.picked.connect(self._picked)
        self.table.chosen.connect(self._chosen)
        self.detail.wanted.connect(self.want)
        self.picker.chosen.connect(self._printer_chosen)
        self._approval.approved.connect(self._approved)

    def retranslate(self) -> None:
        """Every text."""
        self.detail.retranslate()
        self.picker.retranslate()
        self._show_trouble()
        self.table.retranslate()
        self._picked(self.table.current())

    def show_jobs(self, jobs: tuple[ListedJob, ...], printers: tuple[PrinterView, ...]) -> None:
        """Other jobs; the cursor stays on the same one."""
        self._printers = printers
        self._names = {printer.key: printer.name for printer in printers}
        self._show_trouble()
        if jobs == self.table.rows_model.rows and not self._from_top:
            self._picked(self.table.current())
            return
        before = None if self._from_top else self.table.current()
        self._from_top = not jobs
        at = next((at for at, job in enumerate(jobs) if before is not None and job.info.id == before.info.id), 0)
        self.table.set_rows(jobs, at)
        self._picked(self.table.current())

    @property
    def troubled(self) -> PrinterView | None:
        """The first printer that cannot print."""
        return next((each for each in self._printers if each.light is PrinterLight.TROUBLE), None)

    def _show_trouble(self) -> None:
        troubled = [each for each in self._printers if each.light is PrinterLight.TROUBLE]
        self.trouble.setVisible(bool(troubled))
        if not troubled:
            return
        told = sentence(troubled[0].reason) or fault("")
        words = f"{troubled[0].name}: {told}"
        if len(troubled) > 1:
            words += " " + tr("{count} more cannot print.", count=len(troubled) - 1)
        self.trouble.show_text(f"{words} · {tr('Ctrl+3 = printers')}", "warn")

    def take(self) -> None:
        """Enter: the paper once more."""
        if self._right.currentIndex() == _DETAIL:
            self.want(JobAct.PRINT.value)

    def want(self, act: str) -> None:
        """An act on the job under the cursor, if it may be done."""
        job = self.table.current()
        if job is None or (act != PDF and act not in job.acts):
            return
        if act == JobAct.OTHER:
            others = tuple(printer for printer in self._printers if printer.key != job.info.printer)
            self._wish = JobWish(act, job)
            self._right.setCurrentIndex(_PICK)
            self.picker.ask(others or self._printers)
            return
        self._go(JobWish(act, job))

    def back(self) -> bool:
        """Esc: from the picker or the approval back to the job. False where there is nothing to leave."""
        if self._right.currentIndex() == _DETAIL:
            return False
        self.show_list()
        return True

    def show_list(self) -> None:
        """The job beside the list, and the keys in the list."""
        self.rest()
        self.table.setFocus()

    def leave(self) -> None:
        """Nobody looks any more; whoever comes back begins at the top."""
        self.rest()
        self._from_top = True

    def rest(self) -> None:
        """Nothing is asked any more."""
        self._wish = None
        self._approval.forget()
        self._right.setCurrentIndex(_DETAIL)

    def _go(self, wish: JobWish) -> None:
        if wish.act == PDF or self._shell.may(Permission.REPRINT):
            self.show_list()
            self.wanted.emit(wish)
            return
        self._wish = wish
        self._right.setCurrentIndex(_APPROVE)
        self._approval.ask(tr("Somebody of this shop decides about its papers"), tr("Do it"))

    def _printer_chosen(self, key: str) -> None:
        if self._wish is not None:
            self._go(replace(self._wish, printer=key))

    def _approved(self, approver: Session) -> None:
        wish = self._wish
        self.show_list()
        if wish is not None:
            self.wanted.emit(replace(wish, approver=approver))

    def _chosen(self, current: ListedJob) -> None:
        self.take()

    def _printer_of(self, job: ListedJob) -> str:
        return self._names.get(job.info.printer, "")

    def _picked(self, current: ListedJob | None) -> None:
        name = self._printer_of(current) if current is not None else ""
        pdf = self._shell.services.printer_admin() is not None
        self.detail.show_job(current, name, len(self._printers) > 1, pdf)
