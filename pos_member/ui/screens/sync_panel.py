"""F12: how the till stands to head office, in plain words: what waits, since when, why, and "send now"; from here to
sticks and limits, and the large load put off and gone on with."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from pos_member.ui.i18n import mark, pick, tr, tr_marked
from pos_member.ui.line_told import told
from pos_member.ui.moments import moment
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Line, SyncStateView
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, Text, column, row
from pos_member.ui.widgets.facts import Fact, FactList
from pos_member.ui.widgets.progress import ThinBar

#: How often it looks while it is open (ms).
_LOOK_MS = 1_000
#: Head, what it means for the shop, tone and icon of each state.
_WORDS = {
    Line.ALONE: (
        mark("This till works alone"),
        mark("Everything works; nothing is sent. To join a head office, ask it for a code and run: pos-member enrol"),
        "neutral",
        "offline",
    ),
    Line.ONLINE: (mark("Online"), mark("Bills and members go to head office by themselves."), "good", "online"),
    Line.SENDING: (mark("Sending"), mark("What waited is on its way. Selling goes on."), "info", "sync"),
    Line.OFFLINE: (
        mark("Offline, selling as usual"),
        mark("Everything is kept on this till and goes by itself when the line is back. Nothing is lost."),
        "warn",
        "offline",
    ),
    Line.TROUBLE: (
        mark("Somebody should look at this"),
        mark("Selling goes on and everything is kept on this till. Tell your support what stands below."),
        "bad",
        "warn",
    ),
}


class SyncScreen(Page):
    """Follows the line while it is open."""

    name = "sync"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._view = SyncStateView()
        self._head = PageHead(self.name)
        self._state = Badge(name="sync_state")
        self._waiting = Text("giant", name="sync_waiting")
        self._waiting_label = Text("strong", name="sync_waiting_label")
        self._told = Text("strong", name="sync_told", wrap=True)
        self._meaning = Text(name="sync_meaning", wrap=True)
        self._notes = Text(name="sync_notes", wrap=True)
        self._why = Text("strong", name="sync_why", wrap=True)
        self._facts = FactList(name="sync_facts")
        self._bar = ThinBar(name="sync_loading")
        self._load = Button(name="sync_load", icon="down")
        self._out = Button(name="sync_stick_out", icon="up")
        self._in = Button(name="sync_stick_in", icon="down")
        self._limits = Button(name="sync_limits", icon="settings")
        self._send = Button("pay", name="sync_now", icon="sync")
        left, right = Card(), Card()
        words = column(left, space="m", margin="xl")
        figures, texts = (self._state, self._waiting, self._waiting_label), (self._told, self._meaning, self._why)
        for widget in (*figures, *texts, self._notes):
            words.addWidget(widget)
        words.addStretch(1)
        words.addWidget(self._send)
        details = column(right, space="m", margin="xl")
        details.addWidget(self._facts)
        details.addWidget(self._bar)
        details.addWidget(self._load)
        details.addStretch(1)
        for button, keys in ((self._out, "Ctrl+1"), (self._in, "Ctrl+2"), (self._limits, "Ctrl+3")):
            details.addWidget(button)
            self.shortcut(keys, button)
        body = QWidget(self)
        sides = row(body, space="l")
        sides.addWidget(left, 3)
        sides.addWidget(right, 2)
        self.lay_out(self._head, body)
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._send.clicked.connect(self.go_on)
        self._load.clicked.connect(self._load_pressed)
        self.shortcut("Ctrl+4", self._load)
        self._out.clicked.connect(self._carry_out)
        self._in.clicked.connect(self._carry_in)
        self._limits.clicked.connect(self._to_limits)
        self.finish()

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Head office")

    def hint(self) -> str:
        return tr("Enter = send now · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title())
        self._send.show_text(tr("Send now"), "Enter")
        self._out.show_text(tr("Bills out by stick"), "Ctrl+1")
        self._in.show_text(tr("Answer in by stick"), "Ctrl+2")
        self._limits.show_text(tr("Limits of the line"), "Ctrl+3")
        self._show()

    def _show(self) -> None:
        view = self._view
        head, meaning, tone, icon = _WORDS[view.line]
        self._state.show_state(tone, tr_marked(head), icon)
        self._meaning.show_text(tr_marked(meaning))
        alone = view.line is Line.ALONE
        self._waiting.setVisible(not alone)
        self._waiting_label.setVisible(not alone)
        self._send.setEnabled(not alone)
        self._waiting.show_text(f"{view.waiting:,}")
        if view.waiting == 0:
            self._waiting_label.show_text(tr("Nothing waits: head office has everything"))
        elif view.since is not None:
            since = moment(self.shell, view.since)
            text = tr("items wait, {bills} bill(s) among them, since {when}", bills=view.bills_waiting, when=since)
            self._waiting_label.show_text(text)
        else:
            self._waiting_label.show_text(tr("items wait, {bills} bill(s) among them", bills=view.bills_waiting))
        words = told(self.shell, view)
        self._told.setVisible(not alone)
        self._told.show_text(words.told)
        # Why is said in the line above: here is what to do.
        self._why.setVisible(bool(words.next_step))
        self._why.show_text(words.next_step, "bad" if view.line is Line.TROUBLE else "warn")
        self._notes.setVisible(bool(words.notes))
        # What makes the head of the window say "look at the line" is told here as loudly.
        look = view.suspended or view.clock_off_s or view.loading_paused
        self._notes.show_text("\n".join(f"• {note}" for note in words.notes), "warn" if look else "none")
        self._show_load()
        for button in (self._out, self._in, self._limits):
            button.setVisible(not alone)
        self._show_facts(alone)

    def _show_load(self) -> None:
        percent, paused = self._view.loading_percent, self._view.loading_paused
        self._bar.setVisible(percent is not None)
        self._load.setVisible(percent is not None)
        if percent is None:
            return
        self._bar.show_part(percent, 100, tr("Loading members · {percent}%", percent=percent))
        self._load.show_text(tr("Go on loading") if paused else tr("Put the load off"), "Ctrl+4")

    def _show_facts(self, alone: bool) -> None:
        facts = []
        where = self.shell.header
        if where is not None:
            facts += [
                Fact(tr("Company"), pick(where.organisation_name_th, where.organisation_name_en)),
                Fact(tr("Branch"), pick(where.branch_name_th, where.branch_name_en)),
                Fact(tr("This till"), where.till_label),
            ]
        facts.append(Fact(tr("Joined to head office"), tr("no") if alone else tr("yes"), "none" if alone else "good"))
        last = self._view.last_contact
        facts.append(Fact(tr("Last contact"), moment(self.shell, last) if last is not None else tr("none yet")))
        self._facts.show_facts(facts)

    # --- looking -------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self._look()
        self._looking.start()
        self._send.setFocus()

    def left(self) -> None:
        self._looking.stop()

    def _look(self) -> None:
        self.run(self.shell.services.sync_state, self._looked, key="look")

    def _looked(self, view: SyncStateView) -> None:
        if view != self._view:
            self._view = view
            self._show()

    def _load_pressed(self) -> None:
        admin = self.shell.services.line_admin()
        if admin is None:
            return
        if self._view.loading_paused:
            admin.go_on_loading()
            self.shell.say(Tone.INFO, tr("Loading goes on where it was."))
        else:
            admin.pause_load()
            self.shell.say(Tone.INFO, tr("Put off. What has come is kept; bills are sent as always."))
        self._look()

    def _carry_out(self) -> None:
        self.shell.open("stick", way="out")

    def _carry_in(self) -> None:
        self.shell.open("stick", way="in")

    def _to_limits(self) -> None:
        self.shell.open("line")

    def go_on(self) -> None:
        if self._view.line is Line.ALONE:
            return
        self.shell.services.request_sync()
        self.shell.say(Tone.INFO, tr("Trying now. What cannot go stays here and goes later."))
