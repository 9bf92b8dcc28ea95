"""Where a stick's file goes, or which file comes in: a list of what was found, and a line to type another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.ui.i18n import mark, tr
from pos_member.ui.line_ports import AnswerFile, Place
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Column, Field, Table, Text, column

_GIB, _MIB = 1 << 30, 1 << 20


class Choosing(Card):
    """``wanted``: Enter on a row or in the field; ``again``: look for sticks again."""

    wanted = Signal()
    again = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._out = True
        self._head = Text("heading", name="stick_head", wrap=True)
        self.places: Table[Place] = Table(
            [
                Column(mark("Where"), lambda each: each.label, stretch=True),
                Column(mark("What it is"), _kind),
                Column(mark("Room"), _room, sort=lambda each: each.free_bytes, right=True),
            ],
            name="stick_places",
        )
        self.files: Table[AnswerFile] = Table(
            [
                Column(mark("File"), lambda each: each.path.name, stretch=True),
                Column(mark("Where"), lambda each: each.place),
                Column(mark("Written"), lambda each: moment(shell, each.at), sort=lambda each: each.at),
            ],
            name="stick_files",
        )
        self._none = Text("strong", name="stick_none", wrap=True)
        self._tables = QStackedWidget()
        for table in (self.places, self.files):
            self._tables.addWidget(table)
        self.path = Field(name="stick_path")
        self.look = Button(name="stick_look", icon="find")
        layout = column(self, space="s", margin="l")
        layout.addWidget(self._head)
        layout.addWidget(self._tables, 1)
        layout.addWidget(self._none)
        layout.addWidget(self.path)
        layout.addWidget(self.look)
        self.places.chosen.connect(self._row_chosen)
        self.files.chosen.connect(self._row_chosen)
        self.path.entered.connect(self.wanted)
        self.look.clicked.connect(self.again)

    def _row_chosen(self, row: object) -> None:
        self.path.set_text("")
        self.wanted.emit()

    def retranslate(self) -> None:
        """Every text."""
        self.places.retranslate()
        self.files.retranslate()
        self.look.show_text(tr("Look for sticks again"), "Ctrl+3")
        self._show()

    def show_way(self, *, out: bool) -> None:
        """Bills out, or an answer in."""
        self._out = out
        self._tables.setCurrentIndex(0 if out else 1)
        self.path.set_text("")
        self._show()

    def show_found(self, places: Sequence[Place], files: Sequence[AnswerFile]) -> None:
        """What there is to choose from."""
        self.places.set_rows(places)
        self.files.set_rows(files)
        self._show()

    def _show(self) -> None:
        sticks = any(place.stick for place in self.places.rows_model.rows)
        if self._out:
            self._head.show_text(tr("Where should the file go?"))
            self.path.show_label(tr("Or another folder"), tr("type its path"))
            self._none.show_text(
                tr("No stick that can be written was found. Plug one in, unlocked, and look again, or choose a folder.")
            )
        else:
            self._head.show_text(tr("Which answer of head office?"))
            self.path.show_label(tr("Or another file (.pmdown)"), tr("type its path"))
            self._none.show_text(
                tr("No answer of head office was found. Plug in the stick that head office gave back and look again.")
            )
        self._none.setVisible(not sticks if self._out else not self.files.rows_model.rows)

    def first(self) -> QWidget:
        """Where work begins."""
        table = self.places if self._out else self.files
        return table if table.rows_model.rows else self.path.edit

    def chosen(self) -> Path | None:
        """What was typed, or else the row under the cursor."""
        typed = self.path.text()
        if typed:
            return Path(typed).expanduser()
        found = self.places.current() if self._out else self.files.current()
        return None if found is None else found.path

    def set_usable(self, usable: bool) -> None:
        """Whether anything can be chosen now."""
        for widget in (self.places, self.files, self.path, self.look):
            widget.setEnabled(usable)


def _kind(place: Place) -> str:
    return tr("stick") if place.stick else tr("this machine")


def _room(place: Place) -> str:
    if place.free_bytes >= _GIB:
        return tr("{n} GB free", n=f"{place.free_bytes // _GIB:,}")
    return tr("{n} MB free", n=f"{place.free_bytes // _MIB:,}")
