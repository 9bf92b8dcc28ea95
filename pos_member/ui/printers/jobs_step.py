"""Last step: what the printer is called, what it prints by itself, and who takes over when it cannot."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from pos_member.domain.printers import PrinterRole
from pos_member.ui.i18n import tr, tr_marked
from pos_member.ui.printers.choices import Choice, Choices
from pos_member.ui.printers.draft import Draft
from pos_member.ui.printers.facts_area import facts_area
from pos_member.ui.printers.step import Step
from pos_member.ui.printers.words import ROLES, WIDTHS, fallback_words, place_words
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Card, Field, Text, column, row
from pos_member.ui.widgets.facts import Fact, FactList

_ROLES = tuple(ROLES)
#: More printers than this at one till are chosen from by Tab and Enter.
_KEYED = 6


class JobsStep(Step):
    """Everything at a glance to the right; Enter saves."""

    name = "jobs"

    def __init__(self, shell: Shell, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(shell, draft, parent)
        self._possible = draft.possible_fallbacks()
        self.called = Field(name="printer_name", length_max=40)
        self._roles = Choices(
            [Choice(role, f"Ctrl+{at}") for at, role in enumerate(_ROLES, 1)], name="printer_roles", several=True
        )
        keys = ["", *(each.key for each in self._possible)]
        first = len(_ROLES) + 1
        self._fallback = Choices(
            [Choice(key, f"Ctrl+{at}" if at < first + _KEYED else "") for at, key in enumerate(keys, first)],
            name="printer_fallback",
        )
        self._warning = Text("strong", name="printer_jobs_warning", wrap=True)
        self._head = Text("heading")
        self.facts = FactList(name="printer_summary")
        work, all_of_it = Card(), Card()
        left = column(work, space="l", margin="l")
        for widget in (self.called, self._roles, self._fallback, self._warning):
            left.addWidget(widget)
        left.addStretch(1)
        right = column(all_of_it, space="m", margin="l")
        right.addWidget(self._head)
        right.addWidget(facts_area(self.facts), 1)
        sides = row(self, space="l")
        sides.addWidget(work, 1)
        sides.addWidget(all_of_it, 1)
        self.called.changed.connect(self._named)
        self.called.entered.connect(self.finished)
        self._roles.chosen.connect(self._set_roles)
        self._fallback.chosen.connect(self._set_fallback)

    # --- texts ---------------------------------------------------------------------------------------------

    def head(self) -> str:
        return tr("Name and work")

    def hint(self) -> str:
        return tr("Ctrl+1 … Ctrl+3 = what it prints")

    def way_on(self) -> tuple[str, bool]:
        return tr("Save and use"), True

    def retranslate(self) -> None:
        self.called.show_label(tr("Name, as the till calls it"), tr("Counter"))
        self._roles.show_texts(tr("It prints by itself"), [tr_marked(ROLES[role]) for role in _ROLES])
        self._fallback.show_texts(
            tr("When it cannot begin, its papers go to"),
            [tr("Nobody: they wait"), *(each.name for each in self._possible)],
        )
        self._head.show_text(tr("All of it"))
        self._show()

    def _show(self) -> None:
        setup = self.draft.setup
        self._roles.set_values(setup.roles)
        self._fallback.set_value(setup.fallback)
        self._warning.show_text(self._warning_words(), "warn")
        profile = setup.profile
        known = WIDTHS.get(profile.dots)
        drawer = (
            tr("plugged in here, pin {pin}", pin="2" if profile.drawer_pin == 0 else "5") if setup.drawer else tr("no")
        )
        self.facts.show_facts(
            [
                Fact(tr("Where"), place_words(setup.address)),
                Fact(tr("Model"), profile.name),
                Fact(tr("Width"), tr_marked(known) if known else tr("{dots} dots", dots=profile.dots)),
                Fact(tr("Letters"), tr("as pictures") if profile.text is None else tr("its own")),
                Fact(tr("Cash drawer"), drawer),
                Fact(
                    tr("Test page"),
                    tr("printed") if self.draft.printed is not None else tr("not printed"),
                    "good" if self.draft.printed is not None else "warn",
                ),
                Fact(tr("Takes over"), fallback_words(setup, (*self.draft.others, setup))),
            ]
        )

    def _warning_words(self) -> str:
        every = {role for each in (*self.draft.others, self.draft.setup) for role in each.roles}
        if PrinterRole.RECEIPT not in every:
            return tr("No printer of this till prints receipts. Tick “Receipts” here or at another one.")
        twice = [each.name for each in self.draft.others if set(each.roles) & set(self.draft.setup.roles)]
        if twice:
            return tr("{printers} prints the same: whichever is free first takes the paper.", printers=", ".join(twice))
        return ""

    # --- setting -------------------------------------------------------------------------------------------

    def entered(self) -> None:
        self.called.set_text(self.draft.setup.name or self.draft.profile.name)
        self.called.edit.selectAll()
        self._show()

    def first(self) -> QWidget:
        return self.called

    def _named(self, text: str) -> None:
        self.draft.change(name=text.strip())
        self.called.complain("")

    def _set_roles(self, role: object) -> None:
        self.draft.change(roles=tuple(role for role in _ROLES if role in self._roles.values()))
        self._show()

    def _set_fallback(self, key: object) -> None:
        self.draft.change(fallback=str(key))
        self._show()

    def take(self) -> bool:
        name = self.called.text()
        if not name:
            self.called.complain(tr("Give it a name: the till calls it by this name when something is wrong."))
            self.called.setFocus()
            return True
        if any(each.name.casefold() == name.casefold() for each in self.draft.others):
            self.called.complain(tr("Another printer of this till has this name."))
            self.called.setFocus()
            return True
        self.draft.setup = replace(self.draft.setup, name=name)
        return False
