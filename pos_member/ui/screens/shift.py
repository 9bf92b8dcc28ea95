"""F9: the drawer. Open with a float; close blind: what was counted is typed before the till says what it expects."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError, Reason, Refusal
from pos_member.domain.events import ShiftOpened
from pos_member.domain.money import format_baht
from pos_member.domain.permission import Permission
from pos_member.services.shift_papers import ShiftFigures
from pos_member.services.shifts import ShiftDone
from pos_member.services.till import TillServices
from pos_member.ui.i18n import language, pick, tr
from pos_member.ui.moments import moment, read_amount
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Line, Sound, SyncStateView
from pos_member.ui.shell import Answer, Question, Shell
from pos_member.ui.widgets import Badge, Button, Card, Field, NumberPad, Text, column, row
from pos_member.ui.widgets.facts import Fact, FactList, OutcomeCard
from pos_member.ui.widgets.number_pad import pad_width

#: How often the line is looked at while the closed shift is shown (ms).
_LOOK_MS = 1_000
_COUNT, _DONE = range(2)


@dataclass(frozen=True)
class _State:
    shift: ShiftOpened | None
    figures: ShiftFigures | None
    people: dict[str, tuple[str, str]]


class ShiftScreen(Page):
    """One field: the float while no shift is open, the count while one is."""

    name = "shift"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._state: _State | None = None
        self._done: ShiftDone | None = None
        self._busy = False
        self._head = PageHead(self.name)
        self._report = Button(name="shift_report", icon="chart")
        self._x = Button(name="shift_x", icon="print")
        self._z = Button(name="shift_z", icon="print")
        for button in (self._x, self._z, self._report):
            self._head.beside.addWidget(button)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._build_count())
        self._stack.addWidget(self._build_done())
        self.lay_out(self._head, self._stack)
        self._amount.entered.connect(self.go_on)
        self._go.clicked.connect(self.go_on)
        self._close.clicked.connect(self.go_on)
        self._report.clicked.connect(self._open_report)
        self._x.clicked.connect(self._print_x)
        self._z.clicked.connect(self._print_z)
        self.shortcut("Ctrl+T", self._x)
        self.shortcut("Ctrl+D", self._z)
        self.finish()

    def _build_count(self) -> QWidget:
        self._status = Badge(name="shift_status")
        self._explain = Text("soft", name="shift_explain", wrap=True)
        self._figures = FactList(name="shift_figures")
        self._amount = Field(name="shift_amount", role="amount", length_max=20)
        self._pad = NumberPad(name="shift_pad")
        self._pad.set_target(self._amount.edit)
        self._go = Button("pay", name="shift_go", icon="cash")
        page = QWidget()
        left, right = Card(), Card()
        right.setFixedWidth(2 * pad_width())
        words = column(left, space="l", margin="xl")
        words.addWidget(self._status)
        words.addWidget(self._explain)
        words.addWidget(self._figures)
        words.addStretch(1)
        work = column(right, space="m", margin="xl")
        work.addWidget(self._amount)
        work.addWidget(self._pad)
        work.addStretch(1)
        work.addWidget(self._go)
        sides = row(page, space="l")
        sides.addWidget(left, 1)
        sides.addWidget(right)
        return page

    def _build_done(self) -> Card:
        self._verdict = Text("title", name="shift_verdict")
        self._difference = Text("giant", name="shift_difference")
        self._done_facts = FactList(name="shift_done_facts")
        self._sent = Badge(name="shift_sent")
        self._line = SyncStateView()
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._printed = Badge(name="shift_printed")
        self._close = Button("pay", name="shift_close", icon="check")
        return OutcomeCard(
            "shift_done", (self._verdict, self._difference, self._printed, self._sent), self._close, self._done_facts
        )

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Shift")

    def hint(self) -> str:
        return tr("Count the drawer, type the sum, Enter · Ctrl+T = X report · Ctrl+R = day report · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        self._report.show_text(tr("Day report"), "Ctrl+R")
        self._x.show_text(tr("Print X report"), "Ctrl+T")
        self._z.show_text(tr("Last Z again"), "Ctrl+D")
        self._close.show_text(tr("Back to the bill"), "Enter")
        self._show()
        self._show_done()
        self._show_line()

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        shift, figures = state.shift, state.figures
        if shift is None or figures is None:
            self._status.show_state("neutral", tr("No shift is open"), "shift")
            self._explain.show_text(
                tr("Selling works without a shift too. With one, the till says at the end whether the drawer agrees.")
            )
            self._figures.show_facts(())
            self._amount.show_label(tr("Money in the drawer to begin with"), tr("0 if it is empty"))
            self._go.show_text(tr("Open the shift"), "Enter")
            return
        self._status.show_state("good", tr("Open since {when}", when=moment(self.shell, shift.at)), "shift")
        self._explain.show_text(
            tr("Count all notes and coins, the float too. What the till expects is shown after the count.")
        )
        facts = [
            Fact(tr("Opened by"), pick(*state.people.get(shift.staff_id, ("", "")))),
            Fact(tr("Float"), format_baht(shift.float_satang)),
            Fact(tr("Bills"), f"{figures.bills:,}"),
            Fact(tr("Returns"), f"{figures.returns:,}"),
        ]
        if self.shell.may(Permission.VIEW_REPORT):
            facts.append(Fact(tr("Sales"), format_baht(figures.sales_satang)))
        self._figures.show_facts(facts)
        self._amount.show_label(tr("Counted in the drawer"), tr("the sum of notes and coins"))
        self._go.show_text(tr("Close the shift"), "Enter")

    def _show_done(self) -> None:
        done = self._done
        if done is None:
            return
        difference = done.difference_satang
        if difference == 0:
            self._verdict.show_text(tr("The drawer agrees"), "good")
        elif difference > 0:
            self._verdict.show_text(tr("More in the drawer than expected"), "warn")
        else:
            self._verdict.show_text(tr("Missing from the drawer"), "bad")
        self._difference.show_text(format_baht(difference), "good" if difference == 0 else "bad")
        self._printed.show_state("good", tr("The shift report is printing"), "print")
        self._printed.setVisible(bool(done.print_job_ids))
        self._done_facts.show_facts(
            (
                Fact(tr("Counted in the drawer"), format_baht(done.closed.counted_satang)),
                Fact(tr("Expected"), format_baht(done.closed.expected_satang)),
                Fact(tr("Bills"), f"{done.closed.bills:,}"),
                Fact(tr("Returns"), f"{done.closed.returns:,}"),
            )
        )

    # --- the day at head office ----------------------------------------------------------------------------

    def _look(self) -> None:
        self.run(self.shell.services.sync_state, self._line_seen, key="line")

    def _line_seen(self, view: SyncStateView) -> None:
        self._line = view
        self._show_line()

    def _show_line(self) -> None:
        """Whether head office holds the day by now: what was closed is the last thing that goes."""
        view = self._line
        self._sent.setVisible(view.line is not Line.ALONE)
        if view.bills_waiting:
            text = tr("Head office: {bills} bill(s) of the day still to send", bills=view.bills_waiting)
            self._sent.show_state("warn", text, "offline")
        elif view.waiting or view.last_contact is None:
            self._sent.show_state("warn", tr("Head office has every bill; the close is on its way"), "sync")
        else:
            when = moment(self.shell, view.last_contact)
            self._sent.show_state("good", tr("Head office has the whole day, as of {when}", when=when), "online")

    def left(self) -> None:
        self._looking.stop()

    # --- opening -------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._done = None
        self._looking.stop()
        self._busy = False
        self._stack.setCurrentIndex(_COUNT)
        self._amount.set_text("")
        self._amount.complain("")
        self._amount.setFocus()
        till = self.shell.till
        self.run(lambda: _read(till), self._loaded, key="shift")

    def back(self) -> bool:
        if self._stack.currentIndex() == _COUNT and self._amount.text():
            self._amount.set_text("")
            return True
        return False

    @property
    def begun(self) -> bool:
        return self._busy or (self._stack.currentIndex() == _COUNT and bool(self._amount.text()))

    def _loaded(self, state: _State) -> None:
        self._state = state
        # An X is for whoever may see the shop's figures, while there is a shift.
        self._x.setVisible(self.shell.may(Permission.VIEW_REPORT))
        self._x.setEnabled(state.shift is not None)
        self._show()

    def _print_x(self) -> None:
        session, till, wanted = self.shell.signed_in(), self.shell.till, language()
        self.run(lambda: till.shifts.print_x(session, wanted), self._x_queued)

    def _x_queued(self, job_id: str) -> None:
        self._printing(tr("The X report is printing. The shift goes on."))

    def _print_z(self) -> None:
        session, till = self.shell.signed_in(), self.shell.till
        self.run(lambda: till.shifts.print_last_z(session), self._z_queued)

    def _z_queued(self, job_id: str) -> None:
        self._printing(tr("A copy of the last Z report is printing."))

    def _printing(self, words: str) -> None:
        self.shell.play(Sound.READ)
        self.shell.say(Tone.GOOD, words)
        self.shell.refresh_badges()
        self._amount.setFocus()

    def _open_report(self) -> None:
        self.shell.open("report")

    # --- acts ----------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if self._stack.currentIndex() == _DONE:
            self.shell.back()
            return
        if self._state is None or self._busy:
            return
        try:
            satang = read_amount(self._amount.text())
        except Refusal as error:
            self._amount.complain(self.shell.why(error))
            self._amount.setFocus()
            self.shell.play(Sound.INVALID)
            return
        if self._state.shift is None:
            self._open(satang)
            return
        # A count is a fact that stays: it is read back once before it is written.
        amount = format_baht(satang)
        self.shell.ask(
            Question(
                tr("Close the shift with {amount} counted?", amount=amount),
                (
                    Answer("close", tr("Close with {amount}", amount=amount), "primary"),
                    Answer("no", tr("Count again")),
                ),
                detail=tr("The count cannot be changed afterwards."),
            ),
            self._answered,
        )

    def _open(self, satang: int) -> None:
        session, till = self.shell.signed_in(), self.shell.till
        self._busy = True
        self.run(lambda: till.shifts.open(session, satang), self._opened_now, self._refused)

    def _opened_now(self, shift: ShiftOpened) -> None:
        self.shell.play(Sound.READ)
        self.shell.refresh_badges()
        self.opened()

    def _answered(self, key: str, typed: str) -> None:
        if key != "close":
            self._amount.setFocus()
            return
        satang, session, till, wanted = (
            read_amount(self._amount.text()),
            self.shell.signed_in(),
            self.shell.till,
            language(),
        )
        self._busy = True
        self.run(lambda: till.shifts.close(session, satang, wanted), self._closed, self._refused)

    def _closed(self, done: ShiftDone) -> None:
        self._busy = False
        self._done = done
        self.shell.hush()  # an X that says the shift goes on
        self._show_done()
        self._stack.setCurrentIndex(_DONE)
        self._close.setFocus()
        self._look()
        self._looking.start()
        self.shell.refresh_badges()

    def _refused(self, error: PosMemberError) -> bool:
        self._busy = False
        if self.shell.is_reason(error, Reason.SHIFT_OPEN, Reason.SHIFT_NOT_OPEN):
            # Somebody else at this till was faster: show how it stands.
            self.opened()
        elif self.shell.is_reason(error, Reason.AMOUNT_OUT_OF_RANGE):
            self._amount.complain(self.shell.why(error))
            return True
        return False


def _read(till: TillServices) -> _State:
    shift = till.shifts.current()
    people = {person.id: (person.name_th, person.name_en) for person in till.staff.people()}
    return _State(shift, till.shifts.figures() if shift is not None else None, people)
