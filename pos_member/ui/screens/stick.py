"""Bills to head office by stick, and its answer back, where there is no line for days. The till sells meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.permission import Permission
from pos_member.ui.carrying.choosing import Choosing
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.line_ports import AnswerFile, CarriedIn, CarriedOut, Place
from pos_member.ui.moments import moment
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.shell import Shell
from pos_member.ui.tasks import Job
from pos_member.ui.widgets import Button, Card, Text, column, row
from pos_member.ui.widgets.facts import Fact, FactList
from pos_member.ui.widgets.progress import ThinBar

_OUT, _IN = "out", "in"
_WAYS = ((_OUT, mark("Bills out"), "up", "Ctrl+1"), (_IN, mark("Answer in"), "down", "Ctrl+2"))
#: An answer is taken in where head office is talked to, so that the two never meet in the middle.
_LANE_OF = {_OUT: "setup", _IN: "network"}


class StickScreen(Page):
    """``opened(way="out" | "in")``. Esc stops what is under way, and nothing half done is left."""

    name = "stick"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._way = _OUT
        self._job: Job | None = None
        #: From where head office wants everything again; 0: what waits.
        self._first = 0
        self._outcome: CarriedOut | CarriedIn | None = None
        self._trouble = ""
        self._head = PageHead(self.name)
        self._tabs = {way: self._tab(way, icon, keys) for way, _, icon, keys in _WAYS}
        self._choosing = Choosing(shell)
        self._what = Text(name="stick_what", wrap=True)
        self._told = Text("strong", name="stick_told", wrap=True)
        self._bar = ThinBar(name="stick_bar")
        self._facts = FactList(name="stick_facts")
        self._next = Text(name="stick_next", wrap=True)
        self._only_look = Text("strong", name="stick_only_look", wrap=True)
        self._stop = Button(name="stick_stop", icon="close")
        # Esc stops; the focus never goes there by itself, where the Enter that began would end it.
        self._stop.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._go = Button("pay", name="stick_go", icon="save")
        right = Card()
        words = column(right, space="m", margin="xl")
        for widget in (self._what, self._told, self._bar, self._facts, self._next, self._only_look):
            words.addWidget(widget)
        words.addStretch(1)
        words.addWidget(self._stop)
        words.addWidget(self._go)
        body = QWidget(self)
        sides = row(body, space="l")
        sides.addWidget(self._choosing, 3)
        sides.addWidget(right, 2)
        self.lay_out(self._head, body)
        self._choosing.wanted.connect(self.go_on)
        self._choosing.again.connect(self._look)
        self.shortcut("Ctrl+3", self._choosing.look)
        self._go.clicked.connect(self.go_on)
        self._stop.clicked.connect(self.back)
        self.finish()

    def _tab(self, way: str, icon: str, keys: str) -> Button:
        tab = Button(name=f"stick_{way}", icon=icon, checkable=True)
        tab.setProperty("way", way)
        tab.clicked.connect(self._tab_pressed)
        self.shortcut(keys, tab)
        self._head.beside.addWidget(tab)
        return tab

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("By stick")

    def hint(self) -> str:
        return tr("Arrows = choose · Enter = go · Esc = stop, or back")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        for way, literal, _, keys in _WAYS:
            self._tabs[way].show_text(tr_marked(literal), keys)
        self._choosing.retranslate()
        self._stop.show_text(tr("Stop"), "Esc")
        self._only_look.show_text(tr("For this a manager has to sign in."), "warn")
        self._show()

    def _show(self) -> None:
        out, busy = self._way == _OUT, self._job is not None
        for way, tab in self._tabs.items():
            tab.setChecked(way == self._way)
            tab.setEnabled(not busy)
        may = self.shell.may(Permission.MANAGE_TILL)
        self._go.show_text(tr("Put it on the stick") if out else tr("Take it in"), "Enter")
        self._go.setEnabled(may and not busy)
        self._stop.setVisible(busy)
        self._bar.setVisible(busy)
        self._choosing.set_usable(may and not busy)
        self._only_look.setVisible(not may)
        if out:
            text = tr("Everything that waits goes into one file, signed by this till. It stays here too, until head "
                      "office's answer is taken in.")  # fmt: skip
        else:
            text = tr("The answer says what head office holds by now, and brings its news: members, prices, programs.")
        self._what.show_text(text)
        self._show_outcome()

    def _show_outcome(self) -> None:
        facts: list[Fact] = []
        told, tone, then = self._trouble, "bad" if self._trouble else "none", ""
        match self._outcome:
            case CarriedOut() as made:
                told, tone, facts, then = self._out_words(made)
            case CarriedIn() as done:
                told, tone, facts, then = self._in_words(done)
        if self._job is not None:
            told, tone = tr("Under way. Selling goes on."), "info"
        self._told.setVisible(bool(told))
        self._told.show_text(told, tone)
        self._facts.setVisible(bool(facts))
        self._facts.show_facts(facts)
        self._next.setVisible(bool(then))
        self._next.show_text(then)

    def _out_words(self, made: CarriedOut) -> tuple[str, str, list[Fact], str]:
        facts = [
            Fact(tr("File"), made.path.name),
            Fact(tr("Where"), str(made.path.parent)),
            Fact(tr("Bills"), f"{made.bills:,}"),
            Fact(tr("Items in all"), f"{made.events:,}"),
        ]
        if made.oldest is not None and made.newest is not None:
            facts.append(Fact(tr("From"), moment(self.shell, made.oldest)))
            facts.append(Fact(tr("To"), moment(self.shell, made.newest)))
        then = tr("Let the system eject the stick, take it to head office, and bring its answer (.pmdown) back here.")
        return tr("The file is whole and on the stick."), "good", facts, then

    def _in_words(self, done: CarriedIn) -> tuple[str, str, list[Fact], str]:
        facts = [
            Fact(tr("News taken in"), f"{done.changes:,}"),
            Fact(tr("Still to send"), f"{done.waiting:,}", "warn" if done.waiting else "good"),
        ]
        if done.quarantined:
            facts.append(Fact(tr("Set aside at head office"), f"{done.quarantined:,}", "warn"))
        if done.new_epoch:
            then = tr("Put the bills on the stick once more and take them to head office: then they count.")
            return tr("Head office has this till begin a new series of numbers."), "warn", [], then
        if done.again_from:
            then = tr("Put the bills on the stick once more, this time from further back, and take it to head office.")
            return tr("Head office lacks bills that it had before."), "warn", facts, then
        if done.nothing_new:
            then = tr("This answer is older, or was taken in before. Nothing was changed. Look for a newer file.")
            return tr("Nothing in it is new."), "warn", facts, then
        then = tr("What was sold since then waits for the line, or the next stick.")
        return tr("The answer is in."), "good", facts, then

    # --- coming and going ----------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        if self._job is None:
            self._go_to(str(params.get("way", self._way)))

    def _go_to(self, way: str) -> None:
        self._way = way if way in self._tabs else _OUT
        self._outcome, self._trouble = None, ""
        self._choosing.show_way(out=self._way == _OUT)
        self._show()
        self._look()

    def _tab_pressed(self) -> None:
        if self._job is None:
            self._go_to(str(self.sender().property("way")))
        self._show()

    def _look(self) -> None:
        admin = self.shell.services.line_admin()
        if admin is not None and self._job is None:

            def look() -> tuple[Sequence[Place], Sequence[AnswerFile]]:
                return admin.places(), admin.answers()

            self.run(look, self._found, key="look", lane="setup")

    def _found(self, found: tuple[Sequence[Place], Sequence[AnswerFile]]) -> None:
        self._choosing.show_found(*found)
        self._choosing.first().setFocus()

    def back(self) -> bool:
        """Stops what is under way; ``False`` where nothing is."""
        job, self._job = self._job, None
        if job is None:
            return False
        job.cancel()
        # What was under way is undone, or waits to be gone on with, on its own lane.
        self._trouble = tr("Stopped. There is no half file: begin again when you like.")
        self._show()
        self._choosing.first().setFocus()
        return True

    @property
    def begun(self) -> bool:
        return self._job is not None

    # --- doing ---------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if not self._go.isEnabled() or self._job is not None:
            return
        path = self._choosing.chosen()
        if path is None:
            self.shell.say(Tone.WARN, tr("Choose a place from the list, or type one."))
            return
        self._outcome, self._trouble = None, ""
        self._job = self._begin(path)
        self._progressed(0, 0)
        self._show()

    def _begin(self, path: Path) -> Job | None:
        admin, session, first = self.shell.services.line_admin(), self.shell.signed_in(), self._first
        if admin is None:
            return None

        def out(job: Job) -> CarriedOut | None:
            return admin.carry_out(session, path, first, job.progress, lambda: job.cancelled)

        def back_in(job: Job) -> CarriedIn | None:
            return admin.take_in(session, path, job.progress, lambda: job.cancelled)

        lane = _LANE_OF[self._way]
        if self._way == _OUT:
            return self.run_long(out, self._done, self._failed, self._progressed, lane=lane)
        return self.run_long(back_in, self._done, self._failed, self._progressed, lane=lane)

    def _progressed(self, done: int, total: int) -> None:
        self._bar.show_part(done, total, tr("{done} of {total}", done=f"{done:,}", total=f"{total:,}"))

    def _done(self, outcome: CarriedOut | CarriedIn | None) -> None:
        self._job, self._outcome = None, outcome
        if isinstance(outcome, CarriedIn):
            self._first = outcome.again_from
        elif outcome is not None:
            self._first = 0
        self._show()
        self.shell.refresh_badges()
        self._choosing.first().setFocus()

    def _failed(self, error: PosMemberError) -> bool:
        self._job, self._trouble = None, self.shell.why(error)
        self.shell.play(Sound.INVALID)
        self._show()
        self._look()
        return True
