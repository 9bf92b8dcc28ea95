"""The form: parts of the paper on the left, the chosen part's texts on the right, undo below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from pos_member.ui.i18n import mark, tr
from pos_member.ui.templates import model
from pos_member.ui.templates.edits import Edits
from pos_member.ui.templates.part_form import PartForm, WordPair
from pos_member.ui.templates.type_choice import TypeChoice
from pos_member.ui.templates.words import part_name
from pos_member.ui.widgets import Button, Column, Table, Text, column, row, scroller


@dataclass(frozen=True)
class _Row:
    """A part in the list; ``lock``: why it cannot be left out, or empty."""

    part: model.Part
    lock: str


class EditPage(QWidget):
    """Holds the sheet and its steps. ``changed`` after every change, undo and redo."""

    changed = Signal()
    #: A part that must be printed was to be left out: why not.
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edits = Edits({"labels": {"th": {}, "en": {}}, "blocks": []})
        self._vocabulary: Mapping[str, Sequence[str]] = {}
        self._locks: dict[str, str] = {}
        columns = (
            Column[_Row](mark("Part of the paper"), lambda each: part_name(each.part), stretch=True),
            Column[_Row](mark("On the paper"), _printed, right=True),
        )
        self.table = Table(columns, name="template_parts")
        self.table.setSortingEnabled(False)
        self.why = Text("small", name="template_part_why", wrap=True)
        self.form = PartForm()
        self.up = Button(name="template_up", icon="up")
        self.down = Button(name="template_down", icon="down")
        self.switch = Button(name="template_switch", icon="eye")
        self.undo = Button(name="template_undo", icon="undo")
        self.redo = Button(name="template_redo", icon="right")
        self.word = Button(name="template_word", icon="plus")
        self.logo = Button(name="template_logo", icon="bag")
        self.no_logo = Button(name="template_no_logo", icon="close")
        self.sample = Button(name="template_sample", icon="print")
        self.save = Button("primary", name="template_save", icon="save")
        self.type = TypeChoice()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        parts = column(space="s")
        parts.addWidget(self.table, 1)
        parts.addWidget(self.why)
        acts = row(space="s")
        for button, share in ((self.switch, 3), (self.up, 2), (self.down, 2)):
            acts.addWidget(button, share)
        parts.addLayout(acts)
        texts = column(space="s")
        texts.addWidget(self.type)
        texts.addWidget(scroller(self.form, name="template_form"), 1)
        acts = row(space="s")
        for button in (self.word, self.logo, self.no_logo):
            acts.addWidget(button, 1)
        texts.addLayout(acts)
        sides = row(space="m")
        sides.addLayout(parts, 2)
        sides.addLayout(texts, 3)
        foot = row(space="s")
        for button, share in ((self.undo, 2), (self.redo, 2), (self.sample, 3), (self.save, 4)):
            foot.addWidget(button, share)
        inside = column(self, space="s")
        inside.addLayout(sides, 1)
        inside.addLayout(foot)

    def _connect(self) -> None:
        self.table.picked.connect(self._picked)
        self.table.chosen.connect(self._to_form)
        self.type.picked.connect(self._type_picked)
        self.form.worded.connect(self._worded)
        self.form.optioned.connect(self._optioned)
        self.switch.clicked.connect(self._switch)
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.undo.clicked.connect(self._undo)
        self.redo.clicked.connect(self._redo)
        self.no_logo.clicked.connect(self._drop_logo)
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.table)
        space.setContext(Qt.ShortcutContext.WidgetShortcut)
        space.activated.connect(self.switch.click)

    def retranslate(self) -> None:
        """Every text."""
        self.table.retranslate()
        for button, keys, said in ((self.up, "Alt+↑", tr("Up")), (self.down, "Alt+↓", tr("Down"))):
            button.show_text("", keys)
            button.setAccessibleName(f"{said} {keys}")
        self.type.retranslate()
        self.undo.show_text(tr("Undo"), "Ctrl+Z")
        self.redo.show_text(tr("Redo"), "Ctrl+Y")
        self.word.show_text(tr("Put in a field"), "Ctrl+I")
        self.logo.show_text(tr("Logo"), "Ctrl+G")
        self.no_logo.show_text(tr("No logo"), "Ctrl+J")
        self.sample.show_text(tr("Print a sample"), "Ctrl+T")
        self.save.show_text(tr("Use from now on"), "Ctrl+S")
        self._show_all()

    # --- what is edited ------------------------------------------------------------------------------------

    def begin(
        self, sheet: model.Json, vocabulary: Mapping[str, Sequence[str]], fonts: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Another template; ``fonts``: the shop's own."""
        self.edits = Edits(sheet)
        self.type.offer(fonts)
        self._vocabulary = vocabulary
        self._locks = {}
        self._show_all()
        self.table.selectRow(0)
        self.table.setFocus()

    def replace_sheet(self, sheet: model.Json, key: str = "") -> None:
        """A change from outside the form (a file, a logo): one step, that undo takes back."""
        if self.edits.change(sheet, key):
            self._show_all()
            self.changed.emit()

    def show_locks(self, locks: Mapping[str, str]) -> None:
        """Which parts must be printed, and why."""
        if dict(locks) != self._locks:
            self._locks = dict(locks)
            self._show_all()

    @property
    def content(self) -> str:
        """The template as JSON."""
        return model.write(self.edits.now)

    def saved(self) -> None:
        """What stands is in force."""
        self.edits.saved()
        self._enable()

    # --- fields --------------------------------------------------------------------------------------------

    def current_pair(self) -> tuple[WordPair, QLineEdit] | None:
        """The text the cursor stands in."""
        focused = self.window().focusWidget()
        pair = self.form.pair_of(focused)
        return (pair, focused) if pair is not None and isinstance(focused, QLineEdit) else None

    def words_for(self, pair: WordPair) -> Sequence[str]:
        """The placeholders that may stand there."""
        return self._vocabulary.get(pair.row, ())

    def insert(self, edit: QLineEdit, name: str) -> None:
        """Put a placeholder where the cursor stands."""
        edit.setFocus()
        edit.insert(f"{{{name}}}")

    def step_back(self) -> bool:
        """Esc inside the form goes to the list of parts."""
        focused = self.window().focusWidget()
        if focused is not None and self.type.isAncestorOf(focused):
            self.table.setFocus()
            return True
        if isinstance(focused, QLineEdit | QComboBox) and self.form.isAncestorOf(focused):
            self.table.setFocus()
            return True
        return False

    def enter(self) -> None:
        """Enter in a field goes to the next one, after the last to the list."""
        focused = self.window().focusWidget()
        following = self.form.after(focused) if focused is not None else None
        (following or self.table).setFocus()

    # --- acts ----------------------------------------------------------------------------------------------

    def _worded(self, language: str, name: str, text: str) -> None:
        self._take(model.worded(self.edits.now, language, name, text), f"text:{language}:{name}")

    def _optioned(self, way: model.Way, name: str, value: object) -> None:
        self._take(model.optioned(self.edits.now, way, name, value))

    def _type_picked(self, name: str) -> None:
        self._take(model.with_font(self.edits.now, name))

    def _switch(self) -> None:
        current = self.table.current()
        if current is None:
            return
        if current.part.on and current.lock:
            self.refused.emit(current.lock)
            return
        self._take(model.switched(self.edits.now, current.part.key, not current.part.on))

    def _move_up(self) -> None:
        self._move(-1)

    def _move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        current = self.table.current()
        if current is not None:
            self._take(model.moved(self.edits.now, current.part.key, by))

    def _drop_logo(self) -> None:
        self._take(model.without_logo(self.edits.now))

    def _undo(self) -> None:
        if self.edits.undo():
            self._show_all()
            self.changed.emit()

    def _redo(self) -> None:
        if self.edits.redo():
            self._show_all()
            self.changed.emit()

    def _take(self, sheet: model.Json, key: str = "") -> None:
        if self.edits.change(sheet, key):
            self._show_all()
            self.changed.emit()

    def _to_form(self, chosen: _Row) -> None:
        first = self.form.first()
        if first is not None:
            first.setFocus()

    # --- showing -------------------------------------------------------------------------------------------

    def _show_all(self) -> None:
        before = self.table.current()
        rows = tuple(_Row(part, self._locks.get(part.key, "")) for part in model.parts(self.edits.now))
        if rows != self.table.rows_model.rows:
            cursor = next((at for at, each in enumerate(rows) if before and each.part.key == before.part.key), 0)
            self.table.set_rows(rows, cursor)
        self.type.show_font(model.font(self.edits.now))
        self._picked(self.table.current())

    def _picked(self, current: _Row | None) -> None:
        self.form.show_part(self.edits.now, current.part if current is not None else None, self._vocabulary)
        on = current is not None and current.part.on
        self.switch.show_text(tr("Leave out") if on else tr("Print it"), "Space")
        if current is not None and current.lock and on:
            self.why.show_text(current.lock, "warn")
        else:
            self.why.show_text(tr("Enter = its texts"), "none")
        self.switch.setEnabled(current is not None)
        self._enable()

    def _enable(self) -> None:
        self.undo.setEnabled(self.edits.can_undo)
        self.redo.setEnabled(self.edits.can_redo)
        self.save.setEnabled(self.edits.changed)
        self.no_logo.setVisible(model.has_logo(self.edits.now))


def _printed(each: _Row) -> str:
    if each.part.on and each.lock:
        return tr("always")
    return tr("yes") if each.part.on else tr("no")
