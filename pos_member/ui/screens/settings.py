"""This till's own choices: language, light or dark. They hold at once and after the next start."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from pos_member import __version__
from pos_member.ui import theme
from pos_member.ui.i18n import language, mark, pick, tr, tr_marked
from pos_member.ui.page import Page, PageHead
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Text, column, row
from pos_member.ui.widgets.facts import Fact, FactList

#: (key of the choice, its name, icon, keys). Each language is named in itself, so those names are not translated.
_LANGUAGES = (("th", "ภาษาไทย", "language", "Ctrl+1"), ("en", "English", "language", "Ctrl+2"))
_MODES = (("light", mark("Light"), "eye", "Ctrl+3"), ("dark", mark("Dark"), "moon", "Ctrl+4"))
_DISPLAYS = (("shown", mark("Shown"), "eye", "Ctrl+7"), ("hidden", mark("Not shown"), "close", "Ctrl+8"))


class SettingsScreen(Page):
    """Tiles to press; the one that holds is lit."""

    name = "settings"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._head = PageHead(self.name)
        self._language_head = Text("heading")
        self._mode_head = Text("heading")
        self._display_head = Text("heading")
        self._display_note = Text("soft", name="settings_display_note", wrap=True)
        self._about_head = Text("heading")
        self._languages = {key: self._tile(key, icon, keys) for key, _, icon, keys in _LANGUAGES}
        self._modes = {key: self._tile(key, icon, keys) for key, _, icon, keys in _MODES}
        self._displays = {key: self._tile(key, icon, keys) for key, _, icon, keys in _DISPLAYS}
        self._about = FactList(name="settings_about")
        self._printers = Button(name="settings_printers", icon="print")
        self._templates = Button(name="settings_templates", icon="receipt")
        self._readers = Button(name="settings_readers", icon="scan")
        self._line = Button(name="settings_line", icon="sync")
        choices, about = Card(), Card()
        inside = column(choices, space="m", margin="xl")
        groups = (
            (self._language_head, self._languages),
            (self._mode_head, self._modes),
            (self._display_head, self._displays),
        )
        for head, tiles in groups:
            inside.addWidget(head)
            line = row(space="m")
            for tile in tiles.values():
                line.addWidget(tile, 1)
            inside.addLayout(line)
        inside.addWidget(self._display_note)
        inside.addStretch(1)
        facts = column(about, space="m", margin="xl")
        facts.addWidget(self._about_head)
        facts.addWidget(self._about)
        facts.addStretch(1)
        facts.addWidget(self._printers)
        self._printers.clicked.connect(self._to_printers)
        self.shortcut("Ctrl+5", self._printers)
        facts.addWidget(self._templates)
        self._templates.clicked.connect(self._to_templates)
        self.shortcut("Ctrl+6", self._templates)
        facts.addWidget(self._readers)
        self._readers.clicked.connect(self._to_readers)
        self.shortcut("Ctrl+9", self._readers)
        facts.addWidget(self._line)
        self._line.clicked.connect(self._to_line)
        self.shortcut("Ctrl+0", self._line)
        body = QWidget(self)
        sides = row(body, space="l")
        sides.addWidget(choices, 3)
        sides.addWidget(about, 2)
        self.lay_out(self._head, body)
        self.finish()

    def _tile(self, key: str, icon: str, keys: str) -> Button:
        tile = Button("tile", name=f"settings_{key}", icon=icon, checkable=True)
        tile.setProperty("choice", key)
        tile.clicked.connect(self._pressed)
        self.shortcut(keys, tile)
        return tile

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Settings")

    def hint(self) -> str:
        return tr("A choice holds at once and is kept · F11 also changes the language · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title(), tr("of this till only"))
        self._language_head.show_text(tr("Language of the window"))
        self._mode_head.show_text(tr("Light or dark"))
        self._display_head.show_text(tr("Customer's display (second screen)"))
        self._display_note.show_text(
            tr("There is one screen only: the display is a window behind this one. Push it to where customers look.")
        )
        self._about_head.show_text(tr("About this till"))
        self._printers.show_text(tr("Printers"), "Ctrl+5")
        self._templates.show_text(tr("Paper templates"), "Ctrl+6")
        self._readers.show_text(tr("Scanners"), "Ctrl+9")
        self._line.show_text(tr("Line to head office"), "Ctrl+0")
        for key, name, _, keys in _LANGUAGES:
            self._languages[key].show_text(name, keys)
        for key, literal, _, keys in _MODES:
            self._modes[key].show_text(tr_marked(literal), keys)
        for key, literal, _, keys in _DISPLAYS:
            self._displays[key].show_text(tr_marked(literal), keys)
        self._light()
        self._show_about()

    def _light(self) -> None:
        display = "shown" if self.shell.ui_settings.customer_display else "hidden"
        self._display_note.setVisible(display == "shown" and len(QGuiApplication.screens()) < 2)
        chosen_of = (
            (self._languages, language()),
            (self._modes, theme.active().mode),
            (self._displays, display),
        )
        for tiles, chosen in chosen_of:
            for key, tile in tiles.items():
                tile.setChecked(key == chosen)

    def _show_about(self) -> None:
        facts = [Fact(tr("Version"), __version__)]
        where = self.shell.header
        if where is not None:
            facts += [
                Fact(tr("Company"), pick(where.organisation_name_th, where.organisation_name_en)),
                Fact(tr("Branch"), pick(where.branch_name_th, where.branch_name_en)),
                Fact(tr("This till"), where.till_label),
                Fact(tr("Data"), tr("Practice: nothing here is real") if where.practice else tr("Real sales")),
                Fact(tr("Locks itself after"), tr("{count} minute(s)", count=where.settings.auto_lock_s // 60)),
            ]
        self._about.show_facts(facts)

    def _to_printers(self) -> None:
        self.shell.open("printers")

    # --- choosing ------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        self.retranslate()
        self._languages[language()].setFocus()

    def _pressed(self) -> None:
        choice = str(self.sender().property("choice"))
        now = replace(self.shell.ui_settings, language=language(), mode=theme.active().mode)
        if choice in self._languages:
            wanted = replace(now, language=choice)
        elif choice in self._modes:
            wanted = replace(now, mode=choice)
        else:
            wanted = replace(now, customer_display=choice == "shown")
        if wanted != now:
            self.shell.look_wanted.emit(wanted)
        self._light()

    def _to_templates(self) -> None:
        self.shell.open("templates")

    def _to_readers(self) -> None:
        self.shell.open("readers")

    def _to_line(self) -> None:
        self.shell.open("line")
