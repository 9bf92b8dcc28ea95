"""Second step: what the printer says of itself, and what to do where it says nothing."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.domain.printers import Answers, Probe, Way
from pos_member.ui.i18n import tr
from pos_member.ui.printers.draft import Draft, device_words
from pos_member.ui.printers.facts_area import facts_area
from pos_member.ui.printers.step import Step
from pos_member.ui.printers.words import (
    cover_words,
    paper_words,
    place_words,
    reason_words,
    trial_words,
    trouble_words,
    way_of,
)
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Badge, Button, Card, Text, column, row
from pos_member.ui.widgets.facts import Fact, FactList

_PROBE = "probe"


class AskStep(Step):
    """Asks when it is entered with another address than before; Ctrl+T asks again."""

    name = "ask"

    def __init__(self, shell: Shell, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(shell, draft, parent)
        self._refused: PosMemberError | None = None
        self._where = Text("soft", name="printer_ask_where", wrap=True)
        self._state = Badge(name="printer_ask_state")
        self._who = Text("title", name="printer_ask_who", wrap=True)
        self._why = Text(name="printer_ask_why", wrap=True)
        self._next = Text("strong", name="printer_ask_next", wrap=True)
        self._again = Button(name="printer_ask_again", icon="sync")
        self._facts_head = Text("heading")
        self.facts = FactList(name="printer_ask_facts")
        said, knows = Card(), Card()
        left = column(said, space="m", margin="xl")
        for widget in (self._state, self._who, self._where, self._why, self._next):
            left.addWidget(widget)
        left.addStretch(1)
        left.addWidget(self._again)
        right = column(knows, space="m", margin="xl")
        right.addWidget(self._facts_head)
        right.addWidget(facts_area(self.facts), 1)
        sides = row(self, space="l")
        sides.addWidget(said, 1)
        sides.addWidget(knows, 1)
        self._again.clicked.connect(self.ask)
        self.shortcut("Ctrl+T", self._again)

    # --- texts ---------------------------------------------------------------------------------------------

    def head(self) -> str:
        return tr("What the printer says")

    def hint(self) -> str:
        return tr("Ctrl+T = ask again")

    def way_on(self) -> tuple[str, bool]:
        probe = self.draft.probe
        if self.busy(_PROBE) or probe is None:
            return tr("Go on"), False
        return (tr("Go on") if probe.reachable else tr("Go on without an answer")), True

    def retranslate(self) -> None:
        self._again.show_text(tr("Ask again"), "Ctrl+T")
        self._facts_head.show_text(tr("What it answered"))
        self._show()

    def _show(self) -> None:
        probe = self.draft.probe
        self._where.show_text(place_words(self.draft.setup.address))
        if self.busy(_PROBE):
            self._say("info", tr("Asking …"), "sync", tr("Waiting for the printer's answer"), "")
            return
        if probe is None:
            why = self.shell.why(self._refused) if self._refused is not None else ""
            self._say("warn", tr("Not asked"), "warn", tr("The printer could not be asked"), why)
            return
        if not probe.reachable:
            why = trial_words(probe.reason)
            self._say("bad", tr("Not reached"), "offline", tr("The printer does not answer here"), why)
            self._next.show_text(tr("You can go on and try it when it is on. Nothing is printed until then."))
        else:
            self._show_answer(probe)
        self._show_facts(probe)

    def _show_answer(self, probe: Probe) -> None:
        who = device_words(probe)
        trouble = "\n".join(part for part in (trouble_words(probe.condition), reason_words(probe.reason)) if part)
        if not probe.condition.answered:
            self._say("info", tr("Reached, but silent"), "info", who or tr("A printer that does not answer"), trouble)
            if way_of(self.draft.setup.address) in (Way.FILE, Way.CUPS, Way.WINDOWS):
                hint = tr("This way only takes papers and never answers. That is all right: the till says so honestly.")
            else:
                hint = tr("Many printers never answer. That is all right: the till then says “sent”, not “printed”.")
            self._next.show_text(hint)
            return
        tone, icon = ("warn", "warn") if trouble or probe.condition.online is False else ("good", "good")
        word = tr("Answers, and needs a hand") if tone == "warn" else tr("Answers")
        self._say(tone, word, icon, who or tr("A printer without a name"), trouble)

    def _say(self, tone: str, word: str, icon: str, who: str, why: str) -> None:
        self._state.show_state(tone, word, icon)
        self._who.show_text(who)
        self._why.show_text(why)
        self._next.show_text("")
        self._why.setVisible(bool(why))
        if self.draft.probe is None or self.busy(_PROBE):
            self.facts.show_facts(())

    def _show_facts(self, probe: Probe) -> None:
        silent = tr("It does not say")
        paper, cover = paper_words(probe.condition.paper), cover_words(probe.condition)
        facts = [
            Fact(tr("Maker"), probe.maker or silent),
            Fact(tr("Model"), probe.model or silent),
            Fact(tr("Firmware"), probe.firmware or silent),
            Fact(tr("Serial number"), probe.serial_number or silent),
            Fact(tr("Paper"), paper[0], paper[1]),
            Fact(tr("Cover"), cover[0], cover[1]),
        ]
        fits = probe.suggested
        if fits is not None:
            proof = tr("yes") if fits.process_id else tr("no")
            facts += [
                Fact(tr("Suits it"), fits.name),
                Fact(tr("Says when a paper is out"), proof),
                Fact(tr("Reports faults by itself"), tr("yes") if fits.automatic_status is Answers.YES else tr("no")),
            ]
        if probe.answer_ms:
            facts.append(Fact(tr("Answered within"), tr("{ms} ms", ms=probe.answer_ms)))
        self.facts.show_facts(facts)

    # --- asking --------------------------------------------------------------------------------------------

    def entered(self) -> None:
        if self.draft.probe is None:
            self.ask()
        self._show()

    def ask(self) -> None:
        """Ask the device."""
        if self.busy(_PROBE):
            return
        admin, address = self.admin, self.draft.setup.address
        self._refused = None
        self.work(_PROBE, lambda job: admin.probe(address), self._answered, self._not_asked)
        self._show()
        self.changed.emit()

    def _answered(self, probe: Probe) -> None:
        self.over(_PROBE)
        self.draft.learn(probe)
        self._show()
        self.changed.emit()

    def _not_asked(self, error: PosMemberError) -> bool:
        self.over(_PROBE)
        self._refused = error if self.shell.is_reason(error, Reason.PRINTER_ADDRESS_INVALID) else None
        self._show()
        self.changed.emit()
        return self._refused is not None

    @property
    def refused(self) -> PosMemberError | None:
        """Why nothing could be asked: the address is none."""
        return self._refused

    def back(self) -> bool:
        self.stop()
        return False
