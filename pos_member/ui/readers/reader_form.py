"""Name and form of one reader that types: what stands before and after its codes, and what ends them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_member.domain.readers import Ending, ReaderSetup
from pos_member.ui.i18n import tr
from pos_member.ui.printers.choices import Choice, Choices
from pos_member.ui.readers.words import KEY_NAMES
from pos_member.ui.widgets import Button, Field, Text, column, row

_ENDINGS = (Ending.EITHER, Ending.ENTER, Ending.TAB, Ending.SILENCE)


class ReaderForm(QWidget):
    """``saved`` carries the set-up as it stands in the form; ``left`` and ``removed`` say so."""

    saved = Signal(object)
    left = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup: ReaderSetup | None = None
        self._new = True
        self._head = Text("heading", name="reader_form_head", wrap=True)
        self.name = Field(name="reader_name", length_max=40)
        self.prefix = Field(name="reader_prefix", length_max=16)
        self.suffix = Field(name="reader_suffix", length_max=16)
        self.ending = Choices([Choice(each, f"Ctrl+{at}") for at, each in enumerate(_ENDINGS, 4)], name="reader_ending")
        self._pace = Text("soft", name="reader_pace", wrap=True)
        self._save = Button("primary", name="reader_save", icon="save")
        self._back = Button(name="reader_back", icon="back")
        self._remove = Button("danger", name="reader_remove", icon="delete")
        layout = column(self, space="m")
        layout.addWidget(self._head)
        layout.addWidget(self.name)
        around = row(space="m")
        around.addWidget(self.prefix, 1)
        around.addWidget(self.suffix, 1)
        layout.addLayout(around)
        layout.addWidget(self.ending)
        layout.addWidget(self._pace)
        layout.addStretch(1)
        layout.addWidget(self._remove)
        foot = row(space="m")
        foot.addWidget(self._back)
        foot.addWidget(self._save, 1)
        layout.addLayout(foot)
        for each in (self.name, self.prefix, self.suffix):
            each.entered.connect(self.save)
        self._save.clicked.connect(self.save)
        self._back.clicked.connect(self.left)
        self._remove.clicked.connect(self.removed)

    def retranslate(self) -> None:
        """Every text."""
        self.name.show_label(tr("Name"), tr("for example: reader at the counter"))
        self.prefix.show_label(tr("Before the code"), tr("nothing"))
        self.suffix.show_label(tr("After the code"), tr("nothing"))
        self.ending.show_texts(
            tr("What ends a code"), [tr("Either"), KEY_NAMES[Ending.ENTER], KEY_NAMES[Ending.TAB], tr("Silence")]
        )
        self._save.show_text(tr("Save and use"), "Enter")
        self._back.show_text(tr("Back"), "Esc")
        self._remove.show_text(tr("Remove this reader"))
        self._show()

    def show_setup(self, setup: ReaderSetup, *, new: bool, usable: bool) -> None:
        """What there is to change; ``new``: it is not saved yet."""
        self._setup, self._new = setup, new
        self.name.set_text(setup.name)
        self.prefix.set_text(setup.prefix)
        self.suffix.set_text(setup.suffix)
        self.ending.set_value(setup.ending)
        for widget in (self.name, self.prefix, self.suffix, self._save, self._remove):
            widget.setEnabled(usable)
        self.ending.set_usable(usable)
        self._show()

    @property
    def setup(self) -> ReaderSetup | None:
        """The one that is shown."""
        return self._setup

    def _show(self) -> None:
        self._remove.setVisible(not self._new)
        setup = self._setup
        if setup is None:
            return
        self._head.show_text(tr("This fits the reader: give it a name") if self._new else setup.name)
        self._pace.show_text(
            tr("At most {gap} ms from key to key; {silence} ms of silence end a code", gap=setup.gap_max_ms,
               silence=setup.silence_ms)
        )  # fmt: skip

    def save(self) -> None:
        """Hand the set-up over, once it has a name."""
        if self._setup is None or not self._save.isEnabled():
            return
        if not self.name.text():
            self.name.complain(tr("Give the reader a name, so that it is known in the list."))
            self.name.setFocus()
            return
        chosen = self.ending.value()
        wanted = replace(
            self._setup,
            name=self.name.text(),
            # Spaces may belong to them.
            prefix=self.prefix.edit.text(),
            suffix=self.suffix.edit.text(),
            ending=chosen if isinstance(chosen, Ending) else self._setup.ending,
        )
        self.saved.emit(wanted)
