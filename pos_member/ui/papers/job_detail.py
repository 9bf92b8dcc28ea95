"""One print job beside the list: what it is, how it stands and why, and a button for everything that may be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_member.domain.documents import DocumentKind
from pos_member.services.ports import PrintJobState
from pos_member.services.print_jobs import JobAct, ListedJob
from pos_member.ui.i18n import tr, tr_marked
from pos_member.ui.papers import job_words
from pos_member.ui.widgets import Badge, Button, Card, Text, column, row

PDF = "pdf"


class JobDetail(Card):
    """``wanted`` carries a ``JobAct`` or ``PDF``."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(name="papers_job_detail", parent=parent)
        self._job: ListedJob | None = None
        self._printer = ""
        self._head = Text("title", name="papers_job", wrap=True)
        self._state = Badge(name="papers_job_state")
        self._where = Text("soft", name="papers_job_printer", wrap=True)
        self._question = Text("heading", name="papers_job_question", wrap=True)
        self._why = Text(name="papers_job_why", wrap=True)
        self.cancel = Button("danger", name="papers_cancel", icon="close")
        self.pdf = Button(name="papers_pdf", icon="save")
        self.other = Button(name="papers_other", icon="print")
        self.seen = Button(name="papers_seen", icon="check")
        self.retry = Button("pay", name="papers_retry", icon="print")
        inside = column(self, space="m", margin="l")
        for widget in (self._head, self._state, self._where, self._question, self._why):
            inside.addWidget(widget)
        inside.addStretch(1)
        beside = row(space="m")
        beside.addWidget(self.pdf, 1)
        beside.addWidget(self.other, 1)
        inside.addWidget(self.cancel)
        inside.addLayout(beside)
        inside.addWidget(self.seen)
        inside.addWidget(self.retry)
        for button, act in (
            (self.cancel, JobAct.CANCEL.value),
            (self.pdf, PDF),
            (self.other, JobAct.OTHER.value),
            (self.seen, JobAct.SEEN.value),
            (self.retry, JobAct.PRINT.value),
        ):
            button.setProperty("act", act)
            button.clicked.connect(self._clicked)

    def retranslate(self) -> None:
        """Every text."""
        self.cancel.show_text(tr("Do not print this any more"), "Delete")
        self.pdf.show_text(tr("PDF"), "Ctrl+D")
        self.other.show_text(tr("Other printer"), "Ctrl+E")
        self.seen.show_text(tr("It is all there"), "Ctrl+Y")
        self.show_job(self._job, self._printer, self.other.isVisibleTo(self), self.pdf.isVisibleTo(self))

    def show_job(self, job: ListedJob | None, printer: str, several: bool, pdf: bool) -> None:
        """``printer``: the name of the one that has it or had it; ``several``: there is another one to choose;
        ``pdf``: papers can be had as files."""
        self._job, self._printer = job, printer
        acts = job.acts if job is not None else frozenset()
        paper = job is not None and job.info.kind is not DocumentKind.DRAWER
        self.retry.setEnabled(JobAct.PRINT in acts)
        self.cancel.setEnabled(JobAct.CANCEL in acts)
        self.other.setVisible(several)
        self.other.setEnabled(JobAct.OTHER in acts)
        self.pdf.setVisible(pdf)
        self.pdf.setEnabled(paper)
        self.seen.setVisible(JobAct.SEEN in acts)
        self._state.setVisible(job is not None)
        if job is None:
            self._head.show_text(tr("Nothing was printed yet"))
            for text in (self._where, self._question):
                text.hide()
            self._why.show_text(tr("Receipts, coupons, slips and reports stand here as soon as there is one."))
            self._why.show()
            self.retry.show_text(tr("Print again"), "Enter")
            return
        literal, tone, icon = job_words.state_of(job)
        self._head.show_text(" ".join(part for part in (job_words.paper(job), job.number) if part))
        self._state.show_state(tone, tr_marked(literal), icon)
        for text, words in (
            (self._where, tr("Printer: {name}", name=printer) if printer else ""),
            (self._question, job_words.question(job)),
            (self._why, job_words.why(job)),
        ):
            text.show_text(words)
            text.setVisible(bool(words))
        self.retry.show_text(self._verb(job), "Enter")

    def _verb(self, job: ListedJob) -> str:
        if job.info.state in (PrintJobState.QUEUED, PrintJobState.BLOCKED):
            return tr("Print now")
        if job.info.state is PrintJobState.CANCELLED and not job.info.begun:
            return tr("Print it after all")
        return tr("Print a copy") if job.info.state is PrintJobState.CONFIRMED else tr("Print again, as a copy")

    def _clicked(self) -> None:
        self.wanted.emit(str(self.sender().property("act")))
