"""Readers that type: what came in key by key, what it was taken for, and readers told from people by their pace."""

from __future__ import annotations

import secrets
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError, Refusal
from pos_member.domain.readers import BurstReport, ReaderKind, ReaderSetup
from pos_member.ui.i18n import mark, tr
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.readers.heard_card import HeardCard
from pos_member.ui.readers.part import Part
from pos_member.ui.readers.reader_form import ReaderForm
from pos_member.ui.readers.runs import Runs
from pos_member.ui.readers.words import ending_words
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Column, Table, Text, column, row

_SAVE = "save"
_LIST, _FORM = range(2)
#: So many scans of one code tell how a reader works.
SCANS_WANTED = 3
#: A run shorter than this is a slip of the hand, not a code.
_KEYS_MIN = 6


class KeyboardPart(Part):
    """Ctrl+T calibrates; ↓ or Tab reach the list of readers, Enter changes one, Delete removes it."""

    name = "keyboard"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._setups: tuple[ReaderSetup, ...] = ()
        self._last: BurstReport | None = None
        self._scans: list[BurstReport] | None = None
        self._refused: Refusal | None = None
        self._said = ""
        self.heard = HeardCard()
        self.box = self.heard.box
        columns = (
            Column[ReaderSetup](mark("Reader"), lambda each: each.name, stretch=True),
            Column[ReaderSetup](mark("Ends with"), lambda each: ending_words(each.ending)),
        )
        self.table = Table(columns, name="reader_table")
        self._none = Text("soft", name="reader_none", wrap=True)
        self._steps = Text("heading", name="reader_steps", wrap=True)
        self._how = Text("soft", name="reader_how", wrap=True)
        self._calibrate = Button("primary", name="reader_calibrate", icon="scan")
        self._change = Button(name="reader_change", icon="settings")
        self._delete = Button("danger", name="reader_delete", icon="delete")
        self.form = ReaderForm()
        self._stack = QStackedWidget()
        self._runs = Runs(self)
        self._build()
        self._connect()

    def _build(self) -> None:
        known = Card()
        listed = QWidget()
        inside = column(listed, space="s")
        for widget in (self._steps, self._how):
            inside.addWidget(widget)
        inside.addWidget(self._none)
        inside.addWidget(self.table, 100)
        inside.addStretch(1)  # while there is no table, the texts stay at the top
        both = row(space="m")
        both.addWidget(self._change, 1)
        both.addWidget(self._delete, 1)
        inside.addLayout(both)
        inside.addWidget(self._calibrate)
        self._stack.addWidget(listed)
        self._stack.addWidget(self.form)
        right = column(known, margin="m")
        right.addWidget(self._stack)
        sides = row(self, space="l")
        sides.addWidget(self.heard, 1)
        sides.addWidget(known, 1)

    def _connect(self) -> None:
        self.shell.heard.connect(self._heard)
        self.box.keyed.connect(self._runs.key)
        self._runs.grew.connect(self._grew)
        self._runs.ended.connect(self._ended)
        self.table.chosen.connect(self._edit)
        self.table.picked.connect(self._picked)
        self._change.clicked.connect(self._edit_current)
        self._delete.clicked.connect(self._remove_current)
        self._calibrate.clicked.connect(self._calibrate_pressed)
        self.form.saved.connect(self._keep)
        self.form.left.connect(self.back)
        self.form.removed.connect(self._remove_shown)
        self.shortcut("Ctrl+T", self._calibrate)

    # --- texts ---------------------------------------------------------------------------------------------

    def hint(self) -> str:
        return tr("Scan anything to see what comes · Ctrl+T = teach the till a reader · Tab = the list · Esc = back")

    def retranslate(self) -> None:
        self.heard.retranslate()
        self._change.show_text(tr("Change it"), "Enter")
        self._delete.show_text(tr("Remove"), "Delete")
        self._none.show_text(
            tr("No reader was taught yet. The till knows fast readers all the same; teach it yours to be sure.")
        )
        self.table.retranslate()
        self.form.retranslate()
        self._show()

    def _show(self) -> None:
        scans = self._scans
        if scans is None:
            self._steps.show_text(tr("Readers of this till"))
            self._how.show_text(tr("To teach one: Ctrl+T, then scan one code three times."))
            self._calibrate.show_text(tr("Teach a reader"), "Ctrl+T")
        else:
            left = SCANS_WANTED - len(scans)
            self._steps.show_text(tr("Scan the same code {left} more time(s)", left=left))
            self._how.show_text(tr("Any code will do: a member card or a product. Do not touch the keyboard."))
            self._calibrate.show_text(tr("Stop teaching"), "Ctrl+T")
        self._calibrate.setEnabled(self.allowed)
        self._none.setVisible(not self._setups)
        self.table.setVisible(bool(self._setups))
        for button in (self._change, self._delete):
            button.setVisible(bool(self._setups))
        self._picked(self.table.current())
        self._show_run()

    def _picked(self, setup: ReaderSetup | None) -> None:
        usable = setup is not None and self.allowed and self._scans is None and not self.busy(_SAVE)
        self._change.setEnabled(usable)
        self._delete.setEnabled(usable)

    def _show_run(self) -> None:
        report = self._last
        setup = next((each for each in self._setups if report is not None and each.key == report.reader), None)
        self.heard.show_report(report, setup, self.shell.why(self._refused) if self._refused is not None else "")

    # --- coming and going ----------------------------------------------------------------------------------

    def first(self) -> QWidget:
        return self.form.name if self._stack.currentIndex() == _FORM else self.box

    def opened(self) -> None:
        self._to_list()
        self._runs.forget()
        self._last = self._refused = None
        self._load()

    def closed(self) -> None:
        self._end_teaching()
        self._runs.forget()

    def _load(self) -> None:
        admin = self.admin
        kept = admin.readers() if admin is not None else ()
        self._setups = tuple(each for each in kept if each.kind is ReaderKind.KEYBOARD)
        before = self.table.current()
        keys = [each.key for each in self._setups]
        self.table.set_rows(self._setups, keys.index(before.key) if before is not None and before.key in keys else 0)
        self._show()

    def back(self) -> bool:
        if self._stack.currentIndex() == _FORM:
            self._to_list()
            self._show()
            self.first().setFocus()
            return True
        if self._scans is not None:
            self._end_teaching()
            self._show()
            return True
        return False

    def _to_list(self) -> None:
        self._end_teaching()
        self._stack.setCurrentIndex(_LIST)

    def _end_teaching(self) -> None:
        self._scans = None
        self.box.holding = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self._delete.click()
            return
        if event.key() == Qt.Key.Key_Down and self.box.hasFocus() and self._setups and self._scans is None:
            self.table.setFocus()
            return
        super().keyPressEvent(event)

    # --- hearing -------------------------------------------------------------------------------------------

    def _heard(self, report: BurstReport) -> None:
        # Whoever fills the form in types; that is no reader to be judged.
        if self.isVisible() and self._stack.currentIndex() == _LIST:
            self._runs.hear(report)

    def _grew(self, report: BurstReport) -> None:
        self._last = report
        self._show_run()

    def _ended(self, report: BurstReport) -> None:
        if self._scans is None or len(report.keys) < _KEYS_MIN:
            return
        self._refused = None
        self._scans.append(report)
        if len(self._scans) == SCANS_WANTED:
            self._judge(self._scans)
        self._show()

    # --- teaching ------------------------------------------------------------------------------------------

    def _calibrate_pressed(self) -> None:
        if self._scans is not None:
            self._end_teaching()
        else:
            self._scans, self._refused, self._last = [], None, None
            self._runs.forget()
            self.box.holding = True
            self.box.setFocus()
        self._show()

    def _judge(self, scans: list[BurstReport]) -> None:
        admin = self.admin
        self._end_teaching()
        if admin is None:
            return
        try:
            fits = admin.calibrated(tuple(scans))
        except Refusal as refusal:
            self._refused = refusal
            self.shell.play(Sound.INVALID)
            return
        self.shell.play(Sound.READ)
        taken = {each.key for each in admin.readers()}
        self._edit(replace(fits, key=secrets.token_hex(4)) if fits.key in taken else fits, new=True)

    # --- changing ------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if self._stack.currentIndex() == _LIST and self.table.hasFocus():
            self._edit_current()

    def _edit_current(self) -> None:
        current = self.table.current()
        if current is not None and self._change.isEnabled():
            self._edit(current)

    def _edit(self, setup: ReaderSetup, *, new: bool = False) -> None:
        if not self.allowed:
            return
        self._end_teaching()
        self.form.show_setup(setup, new=new, usable=True)
        self._stack.setCurrentIndex(_FORM)
        self.form.name.setFocus()
        self.form.name.edit.selectAll()

    def _keep(self, wanted: ReaderSetup) -> None:
        admin = self.admin
        if admin is None:
            return
        kept = admin.readers()
        if any(each.key == wanted.key for each in kept):
            setups = tuple(wanted if each.key == wanted.key else each for each in kept)
        else:
            setups = (*kept, wanted)
        self._save(setups, tr("{reader} is in use from now on.", reader=wanted.name))

    def _remove_current(self) -> None:
        current = self.table.current()
        if current is not None and self._delete.isEnabled():
            self._remove(current)

    def _remove_shown(self) -> None:
        if self.form.setup is not None:
            self._remove(self.form.setup)

    def _remove(self, setup: ReaderSetup) -> None:
        admin = self.admin
        if admin is not None:
            setups = tuple(each for each in admin.readers() if each.key != setup.key)
            self._save(setups, tr("{reader} was removed.", reader=setup.name))

    def _save(self, setups: tuple[ReaderSetup, ...], said: str) -> None:
        admin = self.admin
        if admin is None or self.busy(_SAVE):
            return
        self._said = said
        self.work(_SAVE, lambda job: admin.save_readers(setups), self._saved, self._not_saved)

    def _saved(self, nothing: None) -> None:
        self.over(_SAVE)
        self._to_list()
        self._load()
        self.first().setFocus()
        self.shell.say(Tone.GOOD, self._said)

    def _not_saved(self, error: PosMemberError) -> bool:
        self.over(_SAVE)
        self._show()
        return False
