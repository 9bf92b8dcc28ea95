"""First step: where the printer is. What this machine sees, or an address that is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.printers import FoundPrinter
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.printers.draft import Draft
from pos_member.ui.printers.step import Step
from pos_member.ui.printers.words import WAYS, place_words, reason_words
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Column, Field, Table, Text, column, row

_FIND = "find"


class FindStep(Step):
    """A list to choose from and a field to type into; the search can be stopped at any time."""

    name = "find"

    def __init__(self, shell: Shell, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(shell, draft, parent)
        self._looked = False
        columns = (
            Column[FoundPrinter](mark("Way"), lambda found: tr_marked(WAYS[found.way])),
            Column[FoundPrinter](mark("Printer"), lambda found: found.label, stretch=True),
            Column[FoundPrinter](mark("State"), lambda found: tr("Look right") if found.trouble else tr("Seen")),
        )
        self.address = Field(name="printer_address", length_max=200)
        self.address_help = Text("small", name="printer_address_help", wrap=True)
        self.table = Table(columns, name="printer_found")
        self._told = Text("strong", name="printer_found_told", wrap=True)
        self._again = Button(name="printer_find_again", icon="find")
        self._stop = Button(name="printer_find_stop", icon="close")
        self._detail = Text("heading", name="printer_found_label", wrap=True)
        self._where = Text("soft", name="printer_found_where", wrap=True)
        self._why = Text(name="printer_found_why", wrap=True)
        typed, seen = Card(), Card()
        left = column(seen, space="m", margin="l")
        head = row(space="m")
        head.addWidget(self._told, 1)
        head.addWidget(self._again)
        head.addWidget(self._stop)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        right = column(typed, space="m", margin="l")
        for widget in (self.address, self.address_help):
            right.addWidget(widget)
        right.addStretch(1)
        for widget in (self._detail, self._where, self._why):
            right.addWidget(widget)
        sides = row(self, space="l")
        sides.addWidget(seen, 3)
        sides.addWidget(typed, 2)
        self._connect()
        self.address.set_text(draft.setup.address)

    def _connect(self) -> None:
        self.table.picked.connect(self._picked)
        self.table.chosen.connect(self._chosen)
        self.address.entered.connect(self.finished)
        self.address.changed.connect(self._typed)
        self._again.clicked.connect(self.look)
        self._stop.clicked.connect(self.stop_looking)
        self.shortcut("Ctrl+F", self._again)
        self.shortcut("Ctrl+S", self._stop)

    # --- texts ---------------------------------------------------------------------------------------------

    def head(self) -> str:
        return tr("Where is the printer?")

    def hint(self) -> str:
        return tr("Type an address, or ↓ and choose from the list")

    def way_on(self) -> tuple[str, bool]:
        return tr("Ask the printer"), bool(self.address.text())

    def retranslate(self) -> None:
        self.address.show_label(tr("Address of the printer"), "192.168.1.50")
        self.address_help.show_text(
            tr(
                "A network printer prints its address on its self-test: hold the feed button while switching it on. "
                "What stands in the list needs no address."
            )
        )
        self._again.show_text(tr("Look again"), "Ctrl+F")
        self._stop.show_text(tr("Stop looking"), "Ctrl+S")
        self.table.retranslate()
        self._show()

    def _show(self) -> None:
        looking = self.busy(_FIND)
        self._stop.setVisible(looking)
        self._again.setVisible(not looking)
        count = len(self.table.rows_model.rows)
        if looking:
            self._told.show_text(tr("Looking for printers at this machine …"), "info")
        elif count:
            self._told.show_text(tr("{count} place(s) found", count=count), "none")
        else:
            self._told.show_text(tr("Nothing found at this machine. Type the printer's address."), "none")
        self._picked(self.table.current())

    def _picked(self, found: FoundPrinter | None) -> None:
        if found is not None and self.table.hasFocus():
            self._take_row(found)
        self._detail.show_text(found.label if found is not None else "")
        self._where.show_text(place_words(found.address) if found is not None else "")
        self._why.show_text(reason_words(found.trouble) if found is not None else "", "warn")

    # --- looking -------------------------------------------------------------------------------------------

    def entered(self) -> None:
        if not self._looked and not self.draft.setup.address:
            self.look()
        self._show()

    def first(self) -> QWidget:
        return self.address

    def look(self) -> None:
        """Ask the machine what it sees."""
        self._looked = True
        admin = self.admin
        self.work(_FIND, lambda job: admin.find(lambda: job.cancelled), self._found, self._not_found)
        self._show()

    def stop_looking(self) -> None:
        """Enough: what was typed does."""
        self.stop()
        self._show()
        self.address.setFocus()

    def _found(self, found: tuple[FoundPrinter, ...]) -> None:
        self.over(_FIND)
        self.table.set_rows(found)
        self._show()
        likely = next((each for each in found if each.model and not each.trouble), None)
        if likely is not None and not self.address.text():
            self._take_row(likely)
            # Whoever types an address all the same types over it.
            self.address.edit.selectAll()

    def _not_found(self, error: PosMemberError) -> bool:
        self.over(_FIND)
        self._show()
        self._told.show_text(self.shell.why(error), "bad")
        return True

    # --- choosing ------------------------------------------------------------------------------------------

    def _chosen(self, found: FoundPrinter) -> None:
        self._take_row(found)
        self.finished.emit()

    def _take_row(self, found: FoundPrinter) -> None:
        self.address.set_text(found.address)

    def _typed(self, text: str) -> None:
        self.changed.emit()

    def take(self) -> bool:
        if not self.address.text() and self.table.rows_model.rows and not self.busy(_FIND):
            self.table.setFocus()
            self._picked(self.table.current())
            return True
        if not self.address.text():
            self.address.complain(tr("Type an address, or choose a printer from the list."))
            self.address.setFocus()
            return True
        address = self.address.text()
        seen = next((each for each in self.table.rows_model.rows if each.address == address), None)
        self.stop()
        self.draft.use_address(address)
        if seen is not None and seen.model and self.draft.is_new and not self.draft.chosen:
            known = dict(self.admin.profiles()).get(seen.model)
            if known is not None:
                self.draft.use_model(seen.model, known)
        return False

    def complain(self, text: str) -> None:
        """The address was none."""
        self.address.complain(text)
        self.address.setFocus()

    def back(self) -> bool:
        if self.busy(_FIND):
            self.stop_looking()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.address.edit.hasFocus() and self.table.rows_model.rows:
            self.table.setFocus()
            self._picked(self.table.current())
            return
        super().keyPressEvent(event)
