"""The day: first what needs attention, then the figures, then the hours and the people. Every figure opens its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.clock import business_date, format_date
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.money import format_baht
from pos_member.domain.permission import Permission, Session
from pos_member.services.exports import What
from pos_member.services.ports import PrintJobState
from pos_member.services.reports import CashierFigure, DayReport
from pos_member.services.till import TillServices
from pos_member.services.views import Header
from pos_member.ui.chart import HourChart
from pos_member.ui.i18n import language, mark, pick, tr
from pos_member.ui.moments import moment
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import SyncStateView
from pos_member.ui.report.files import documents_folder, save_csv
from pos_member.ui.report.programs_card import ProgramsCard
from pos_member.ui.report.rows_card import Rows, RowsCard, read_rows
from pos_member.ui.report.tiles import Tiles
from pos_member.ui.report_pdf import write_report_pdf
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, Column, Table, Text, column, row

_DAY, _ROWS, _CLOSED, _PROGRAMS = range(4)
_DOUBTFUL = frozenset({PrintJobState.UNCONFIRMED, PrintJobState.BLOCKED})
_CASHIERS = (
    Column[CashierFigure](mark("Cashier"), lambda who: pick(who.name_th, who.name_en), stretch=True),
    Column[CashierFigure](mark("Bills"), lambda who: f"{who.bills:,}", lambda who: who.bills, right=True),
    Column[CashierFigure](
        mark("Sales"), lambda who: format_baht(who.sales_satang, trim=True), lambda who: who.sales_satang, right=True
    ),
    Column[CashierFigure](mark("Returns"), lambda who: f"{who.returns:,}", lambda who: who.returns, right=True),
    Column[CashierFigure](
        mark("Enrolled"), lambda who: f"{who.members_enrolled:,}", lambda who: who.members_enrolled, right=True
    ),
)


@dataclass(frozen=True)
class _Day:
    report: DayReport
    papers: int
    line: SyncStateView


class ReportScreen(Page):
    """``opened(day=date)`` shows that day, otherwise today. Files go to ``folder`` (the person's documents)."""

    name = "report"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self.folder: Path | None = None
        self._day: _Day | None = None
        self._build_head()
        self._rows = RowsCard()
        self._closed = Text("heading", name="report_closed", wrap=True, align="centre")
        self._stack = QStackedWidget(self)
        self._programs = ProgramsCard()
        for page in (self._build_day(), self._rows, self._closed, self._programs):
            self._stack.addWidget(page)
        self.lay_out(self._head, self._stack)
        self._connect()
        self.finish()

    def _build_head(self) -> None:
        self._head = PageHead(self.name)
        self._before = Button(name="report_before", icon="back")
        self._after = Button(name="report_after", icon="right")
        self._today = Button(name="report_today", icon="clock")
        self._by_program = Button(name="report_by_program", icon="gift")
        self._pdf = Button(name="report_pdf", icon="receipt")
        self._csv = Button(name="report_csv", icon="save")
        for button in (self._before, self._today, self._after, self._by_program, self._pdf, self._csv):
            self._head.beside.addWidget(button)

    def _build_day(self) -> QWidget:
        page = QWidget()
        self._line_state = Badge(name="report_unsent")
        self._paper_state = Badge(name="report_papers")
        self._claim_state = Badge(name="report_claims")
        self._claim_state.hide()
        self._to_line = Button("quiet", name="report_to_sync")
        self._to_papers = Button("quiet", name="report_to_papers")
        self._tiles = Tiles()
        self._chart = HourChart()
        self._chart_head = Text("heading")
        self._chart_note = Text("small", name="report_chart_note")
        self._cashiers = Table(_CASHIERS, name="report_cashiers")
        attention = row(space="m")
        for widget in (self._line_state, self._to_line, self._paper_state, self._to_papers, self._claim_state):
            attention.addWidget(widget)
        attention.addStretch(1)
        chart = Card(name="report_chart_card")
        inside = column(chart, space="xs", margin="m")
        heads = row()
        heads.addWidget(self._chart_head)
        heads.addStretch(1)
        heads.addWidget(self._chart_note)
        inside.addLayout(heads)
        inside.addWidget(self._chart, 1)
        below = row(space="m")
        below.addWidget(chart, 3)
        below.addWidget(self._cashiers, 2)
        layout = column(page, space="m")
        layout.addLayout(attention)
        layout.addWidget(self._tiles)
        layout.addLayout(below, 1)
        return page

    def _connect(self) -> None:
        self._before.clicked.connect(self._day_before)
        self._after.clicked.connect(self._day_after)
        self._today.clicked.connect(self._to_today)
        self._by_program.clicked.connect(self._open_programs)
        self._pdf.clicked.connect(self._save_pdf)
        self._csv.clicked.connect(self._save_csv)
        self._to_line.clicked.connect(self._open_sync)
        self._to_papers.clicked.connect(self._open_papers)
        self._tiles.opened.connect(self._open_rows)
        for keys, button in (
            ("Ctrl+Left", self._before),
            ("Ctrl+Right", self._after),
            ("Home", self._today),
            ("Ctrl+G", self._by_program),
            ("Ctrl+D", self._pdf),
            ("Ctrl+S", self._csv),
        ):
            self.shortcut(keys, button)

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Day report")

    def hint(self) -> str:
        return tr("Tab and Enter open what a figure is made of · Ctrl+← Ctrl+→ another day · Esc = back")

    def retranslate(self) -> None:
        self._before.show_text(tr("Before"), "Ctrl+←")
        self._after.show_text(tr("After"), "Ctrl+→")
        self._today.show_text(tr("Today"))
        self._by_program.show_text(tr("Programs"), "Ctrl+G")
        self._pdf.show_text(tr("PDF"), "Ctrl+D")
        self._csv.show_text(tr("CSV"), "Ctrl+S")
        self._to_line.show_text(tr("See what waits"), "F12")
        self._to_papers.show_text(tr("See the papers"), "Ctrl+P")
        self._chart_head.show_text(tr("Sales by hour"))
        self._closed.show_text(tr("The report is for supervisors and managers. Change the cashier with F10 to see it."))
        self._rows.retranslate()
        self._programs.retranslate()
        self._show_day()

    def _show_day(self) -> None:
        day = self._day
        if day is None:
            self._head.show_text(self.title())
            return
        report = day.report
        self._head.show_text(self.title(), format_date(report.day, language()))
        self._after.setEnabled(report.day < self._shop_today())
        self._tiles.show_day(report)
        self._programs.show_programs(report.programs)
        self._chart.show_report(report)
        week = report.last_week
        compared = week is not None and week.bills
        self._chart_note.show_text(
            tr("dashed: {date}", date=format_date(week.day, language())) if week is not None and compared else ""
        )
        self._cashiers.set_rows(report.cashiers)
        self._cashiers.retranslate()
        self._show_attention(day)
        self._show_claims(report)

    def _show_claims(self, report: DayReport) -> None:
        """Points given after bills: who gave one member many of them stands out."""
        self._claim_state.setVisible(bool(report.claims))
        if report.many_claims:
            most = report.many_claims[0]
            name = pick(most.name_th, most.name_en)
            text = tr(
                "{name} gave member {number} the points of {count} bills afterwards",
                name=name, number=most.member_number, count=most.claims,
            )  # fmt: skip
            self._claim_state.show_state("warn", text, "warn")
        else:
            text = tr("{count} bill(s) with points given afterwards", count=report.claims)
            self._claim_state.show_state("neutral", text, "member")

    def _show_attention(self, day: _Day) -> None:
        waiting, since = day.line.waiting, day.line.since
        self._to_line.setVisible(bool(waiting))
        if waiting and since is not None:
            text = tr("{count} item(s) not sent yet, since {when}", count=waiting, when=moment(self.shell, since))
            self._line_state.show_state("warn", text, "sync")
        elif waiting:
            self._line_state.show_state("warn", tr("{count} item(s) not sent yet", count=waiting), "sync")
        else:
            self._line_state.show_state("good", tr("Nothing waits to be sent"), "good")
        self._to_papers.setVisible(bool(day.papers))
        if day.papers:
            text = tr("{count} paper(s) not printed or in doubt", count=day.papers)
            self._paper_state.show_state("warn", text, "print_off")
        else:
            self._paper_state.show_state("good", tr("No paper needs a look"), "print")

    # --- which day -----------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        # What the person before saw is not shown to one who may not see it, not even for a moment.
        self._stack.setCurrentIndex(_DAY if self.shell.may(Permission.VIEW_REPORT) else _CLOSED)
        day = params.get("day")
        self._load(day if isinstance(day, date) else self._shop_today())
        self._today.setFocus()

    def left(self) -> None:
        self._day = None

    def back(self) -> bool:
        if self._stack.currentIndex() in (_ROWS, _PROGRAMS):
            self._stack.setCurrentIndex(_DAY)
            self._today.setFocus()
            return True
        return False

    def _shop_today(self) -> date:
        return business_date(self.shell.services.clock.now(), self.shell.settings.zone)

    def _load(self, day: date) -> None:
        session, till, sync_state = self.shell.signed_in(), self.shell.till, self.shell.services.sync_state
        self.run(lambda: _read(till, session, day, sync_state()), self._loaded, self._not_loaded, key="day")

    def _loaded(self, day: _Day) -> None:
        self._day = day
        self._show_day()
        for button in (self._before, self._today, self._by_program, self._pdf, self._csv):
            button.setEnabled(True)

    def _not_loaded(self, error: PosMemberError) -> bool:
        if not self.shell.is_reason(error, Reason.NOT_PERMITTED):
            return False
        self._day = None
        self._stack.setCurrentIndex(_CLOSED)
        for button in (self._before, self._after, self._today, self._by_program, self._pdf, self._csv):
            button.setEnabled(False)
        return True

    def _day_before(self) -> None:
        self._move(-1)

    def _day_after(self) -> None:
        self._move(1)

    def _open_programs(self) -> None:
        if self._day is not None:
            self._stack.setCurrentIndex(_PROGRAMS)
            self._programs.table.setFocus()

    def _move(self, days: int) -> None:
        if self._day is not None:
            if self._stack.currentIndex() != _PROGRAMS:
                self._stack.setCurrentIndex(_DAY)
            self._load(self._day.report.day + timedelta(days=days))

    def _to_today(self) -> None:
        self._stack.setCurrentIndex(_DAY)
        self._load(self._shop_today())

    def _open_sync(self) -> None:
        self.shell.open("sync")

    def _open_papers(self) -> None:
        self.shell.open("print_jobs")

    # --- the rows behind a figure --------------------------------------------------------------------------

    def _open_rows(self, what: What) -> None:
        if self._day is None:
            return
        session, till, day, wanted = self.shell.signed_in(), self.shell.till, self._day.report.day, language()
        self.run(lambda: _rows(till, session, what, day, wanted), self._rows_read, key="rows")

    def _rows_read(self, found: Rows) -> None:
        self._rows.show_rows(found)
        self._stack.setCurrentIndex(_ROWS)

    # --- files ---------------------------------------------------------------------------------------------

    def _file(self, kind: str, ending: str) -> Path:
        day = self._day.report.day.isoformat() if self._day is not None else ""
        return (self.folder or documents_folder()) / f"pos-member-{kind}-{day}.{ending}"

    def _save_pdf(self) -> None:
        header = self.shell.header
        if self._day is None or header is None:
            return
        report, path, wanted = self._day.report, self._file("day", "pdf"), language()
        self.run(lambda: _pdf(report, header, path, wanted), self._saved, key="save")

    def _save_csv(self) -> None:
        if self._day is None:
            return
        if self._stack.currentIndex() == _ROWS and self._rows.shown is not None:
            text, path = self._rows.csv(), self._file(self._rows.shown.what, "csv")
            self.run(lambda: save_csv(text, path), self._saved, key="save")
            return
        report, path, wanted, till = self._day.report, self._file("day", "csv"), language(), self.shell.till
        self.run(lambda: save_csv(till.reports.csv(report, wanted), path), self._saved, key="save")

    def _saved(self, path: Path) -> None:
        self.shell.say(Tone.GOOD, tr("Saved: {path}", path=str(path)))


def _read(till: TillServices, session: Session, day: date, line: SyncStateView) -> _Day:
    report = till.reports.day(day, session=session)
    papers = (job for job in till.reprint.jobs() if job.kind is not DocumentKind.DRAWER)
    return _Day(report, sum(1 for job in papers if job.state in _DOUBTFUL), line)


def _rows(till: TillServices, session: Session, what: What, day: date, wanted: str) -> Rows:
    header, rows = till.reports.rows(what, day, day, wanted, session=session)
    return read_rows(what, header, rows)


def _pdf(report: DayReport, header: Header, path: Path, wanted: str) -> Path:
    write_report_pdf(report, header, path, wanted)
    return path
