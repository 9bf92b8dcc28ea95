"""Bills to head office by stick, and its answer back, where there is no line for days. The till sells meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.permission import Permission
from pos_member.ui.carrying.choosing import Choosing
from pos_member.ui.carrying.under_way import UnderWay
from pos_member.ui.carrying.words import in_words, out_words
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.line_ports import AnswerFile, CarriedIn, CarriedOut, LineAdmin, Place
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound, SyncStateView
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Text
from pos_member.ui.widgets.facts import Fact, FactList
from pos_member.ui.widgets.progress import ThinBar
from pos_member.ui.widgets.sides import two_sides

_OUT, _IN = "out", "in"
_WAYS = ((_OUT, mark("Bills out"), "up", "Ctrl+1"), (_IN, mark("Answer in"), "down", "Ctrl+2"))
#: An answer is taken in where head office is talked to, so that the two never meet in the middle.
_LANE_OF = {_OUT: "setup", _IN: "network"}
#: How often a page that waits looks what it waits for.
_LOOK_MS = 500


class StickScreen(Page):
    """``opened(way="out" | "in")``. Esc stops what is under way, and nothing half done is left.

    What waits behind a load over the line says so, and how far that is; Ctrl+4 puts the load off meanwhile.
    """

    name = "stick"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._way = _OUT
        self._work: UnderWay | None = None
        self._line = SyncStateView()
        #: The load was put off here: it goes on when the answer is in.
        self._put_off = False
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
        self._load = Button(name="stick_load", icon="down")
        self._stop = Button(name="stick_stop", icon="close")
        # Esc stops; the focus never goes there by itself, where the Enter that began would end it.
        for button in (self._stop, self._load):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._go = Button("pay", name="stick_go", icon="save")
        said = (self._what, self._told, self._bar, self._facts, self._next, self._only_look)
        self.lay_out(self._head, two_sides(self._choosing, said, (self._load, self._stop, self._go)))
        self._choosing.wanted.connect(self.go_on)
        self._choosing.again.connect(self._look)
        self.shortcut("Ctrl+3", self._choosing.look)
        self._go.clicked.connect(self.go_on)
        self._stop.clicked.connect(self.back)
        self._load.clicked.connect(self._put_load_off)
        self.shortcut("Ctrl+4", self._load)
        self._waiting = QTimer(self)
        self._waiting.setInterval(_LOOK_MS)
        self._waiting.timeout.connect(self._look_at_line)
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
        self._load.show_text(tr("Put the load off"), "Ctrl+4")
        self._only_look.show_text(tr("For this a manager has to sign in."), "warn")
        self._show()

    def _show(self) -> None:
        out, busy = self._way == _OUT, self._work is not None
        for way, tab in self._tabs.items():
            tab.setChecked(way == self._way)
            tab.setEnabled(not busy)
        may = self.shell.may(Permission.MANAGE_TILL)
        self._go.show_text(tr("Put it on the stick") if out else tr("Take it in"), "Enter")
        self._go.setEnabled(may and not busy)
        self._stop.setVisible(self._work is not None and not self._work.stopping())
        self._load.setVisible(self._behind_a_load() and not self._line.loading_paused)
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
                told, tone, facts, then = out_words(self.shell, made)
            case CarriedIn() as done:
                told, tone, facts, then = in_words(done)
        if self._work is not None:
            told, tone = self._busy_words(self._work), "info"
        self._told.setVisible(bool(told))
        self._told.show_text(told, tone)
        self._facts.setVisible(bool(facts))
        self._facts.show_facts(facts)
        self._next.setVisible(bool(then))
        self._next.show_text(then)

    def _behind_a_load(self) -> bool:
        work = self._work
        waits = work is not None and not work.begun and self._way == _IN
        return waits and self._line.loading_percent is not None

    def _busy_words(self, work: UnderWay) -> str:
        if work.stopping():
            return tr("Stopping: what is being written right now is ended first.")
        if self._behind_a_load():
            if self._line.loading_paused:
                return tr("The load over the line stops after the part that is coming; then the answer is taken in.")
            return tr(
                "Waits until the load over the line has ended: {percent}% so far. Selling goes on. To take the answer "
                "in first, put the load off: what has come of it is kept.",
                percent=self._line.loading_percent,
            )
        if not work.begun and self._way == _IN:
            return tr("Waits until the talk with head office that is going on has ended. Selling goes on.")
        return tr("Under way. Selling goes on.")

    # --- coming and going ----------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        if self._work is None:
            self._go_to(str(params.get("way", self._way)))

    def _go_to(self, way: str) -> None:
        self._way = way if way in self._tabs else _OUT
        self._outcome, self._trouble = None, ""
        self._choosing.show_way(out=self._way == _OUT)
        self._show()
        self._look()

    def _tab_pressed(self) -> None:
        if self._work is None:
            self._go_to(str(self.sender().property("way")))
        self._show()

    def _look(self) -> None:
        admin = self.shell.services.line_admin()
        if admin is not None and self._work is None:

            def look() -> tuple[Sequence[Place], Sequence[AnswerFile]]:
                return admin.places(), admin.answers()

            self.run(look, self._found, key="look", lane="setup")

    def _found(self, found: tuple[Sequence[Place], Sequence[AnswerFile]]) -> None:
        self._choosing.show_found(*found)
        self._choosing.first().setFocus()

    def back(self) -> bool:
        """Stops what is under way; ``False`` where nothing is, or it is stopping already."""
        work = self._work
        if work is None or work.stopping():
            return False
        if work.stop():
            self._ended(tr("Stopped before it began. Nothing was changed."))
            self._choosing.first().setFocus()
        self._show()
        return True

    @property
    def begun(self) -> bool:
        return self._work is not None

    # --- doing ---------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if not self._go.isEnabled() or self._work is not None:
            return
        path = self._choosing.chosen()
        if path is None:
            self.shell.say(Tone.WARN, tr("Choose a place from the list, or type one."))
            return
        admin = self.shell.services.line_admin()
        if admin is None:
            return
        self._outcome, self._trouble = None, ""
        self._line = SyncStateView()
        self._work = self._begin(admin, path)
        self._progressed(0, 0)
        self._show()
        self._waiting.start()

    def _begin(self, admin: LineAdmin, path: Path) -> UnderWay:
        work, session, first = UnderWay(), self.shell.signed_in(), self._first
        lane = _LANE_OF[self._way]
        if self._way == _OUT:
            out = work.work(lambda tell, stopping: admin.carry_out(session, path, first, tell, stopping))
            work.job = self.run_long(out, self._done, self._failed, self._progressed, lane=lane)
        else:
            back_in = work.work(lambda tell, stopping: admin.take_in(session, path, tell, stopping))
            work.job = self.run_long(back_in, self._done, self._failed, self._progressed, lane=lane)
        return work

    def _look_at_line(self) -> None:
        """While the work waits for its lane: what for?"""
        if self._work is None or self._work.begun:
            self._waiting.stop()
            self._show()
        else:
            self.run(self.shell.services.sync_state, self._line_seen, key="line")

    def _line_seen(self, view: SyncStateView) -> None:
        if self._work is None or self._work.begun:
            return
        self._line = view
        percent = view.loading_percent
        if percent is not None:
            self._bar.show_part(percent, 100, tr("Loading members · {percent}%", percent=percent))
        self._show()

    def _put_load_off(self) -> None:
        admin = self.shell.services.line_admin()
        if admin is not None and self._behind_a_load():
            admin.pause_load()
            self._put_off = True
            self._look_at_line()

    def _progressed(self, done: int, total: int) -> None:
        self._bar.show_part(done, total, tr("{done} of {total}", done=f"{done:,}", total=f"{total:,}"))

    def _done(self, outcome: CarriedOut | CarriedIn | None) -> None:
        late = outcome is not None and self._work is not None and self._work.stopping()
        stopped = tr("Stopped. There is no half file: begin again when you like.")
        if self._way == _IN:
            stopped = tr("Stopped. What was taken in so far is kept: take the file in again when you like.")
        self._ended("" if outcome is not None else stopped)
        self._outcome = outcome
        if isinstance(outcome, CarriedIn):
            self._first = outcome.again_from
        elif outcome is not None:
            self._first = 0
        if late:
            self.shell.say(Tone.INFO, tr("It was done before it could be stopped."))
        self._show()
        self.shell.refresh_badges()
        self._choosing.first().setFocus()

    def _failed(self, error: PosMemberError) -> bool:
        self._ended(self.shell.why(error))
        self.shell.play(Sound.INVALID)
        self._show()
        self._look()
        return True

    def _ended(self, trouble: str) -> None:
        self._work, self._trouble = None, trouble
        self._waiting.stop()
        admin = self.shell.services.line_admin()
        if self._put_off and admin is not None:
            self._put_off = False
            admin.go_on_loading()
