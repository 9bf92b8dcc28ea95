"""The template screen over a real till, with the renderer that prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos_member.app.template_tools import PaperTemplateTools
from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import PrinterSetup
from pos_member.ui.ports import UiServices, UiSettings
from pos_member.ui.screens.templates import TemplatesScreen
from pos_member.ui.shell import Shell
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.templates.edit_page import EditPage
from pos_member.ui.templates.preview import PaperPreview
from tests.factories import make_world
from tests.ui.on_screen import Stage, find, type_in

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


@dataclass
class TemplateStage(Stage):
    """Keys go to whatever has the focus, as a keyboard's do."""

    setups: list[PrinterSetup] = field(default_factory=list)
    screen: TemplatesScreen = field(init=False)

    def open(self, code: str = "1004") -> TemplatesScreen:
        """The screen, for the manager."""
        self.sign_in(code)
        self.screen = self.show(TemplatesScreen)
        self.screen.activateWindow()
        self.rest()
        return self.screen

    def rest(self) -> None:
        """Until nothing runs and the paper shows what stands in the form."""
        preview = self.preview
        self.until(lambda: not preview.waiting and not self.shell.runner.busy())
        QApplication.processEvents()

    @property
    def preview(self) -> PaperPreview:
        return find(self.screen, PaperPreview, "template_preview")

    @property
    def edit(self) -> EditPage:
        found = self.screen.findChild(EditPage)
        assert found is not None
        return found

    def focused(self) -> QWidget:
        return self.screen.focusWidget() or self.screen

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        if key == KEY.Key_Escape:
            # As the window does with the Esc that no widget wanted.
            if not self.screen.back():
                self.backs += 1
        else:
            QTest.keyClick(self.focused(), key, modifiers)
        self.rest()

    def type(self, text: str) -> None:
        type_in(self.focused(), text)
        self.rest()

    def edit_paper(self, kind: DocumentKind) -> None:
        """Down the list to the paper, Enter."""
        table = self.screen._papers.table
        while (current := table.current()) is not None and current.kind is not kind:
            before = current
            self.press(KEY.Key_Down)
            assert table.current() != before, "not in the list"
        self.press(KEY.Key_Return)

    def to_part(self, key: str) -> None:
        """Down the parts to this one."""
        table = self.edit.table
        assert self.focused() is table
        self.press(KEY.Key_Home, CONTROL)
        while (current := table.current()) is not None and current.part.key != key:
            before = current
            self.press(KEY.Key_Down)
            assert table.current() != before, f"no part {key}"

    def to_part_from_form(self, key: str) -> None:
        """Esc out of the form, then down the parts."""
        self.press(KEY.Key_Escape)
        self.to_part(key)

    def parts(self) -> list[tuple[str, bool]]:
        return [(each.part.key, each.part.on) for each in self.edit.table.rows_model.rows]

    @property
    def last_said(self) -> str:
        return self.said[-1].text if self.said else ""


@pytest.fixture
def paper_stage(qtbot: QtBot, runner: TaskRunner, tmp_path: Path) -> Iterator[TemplateStage]:
    """The window is in Thai; nobody has opened the screen yet."""
    world = make_world(tmp_path)
    till = world.till
    setups: list[PrinterSetup] = []

    def printers() -> Sequence[PrinterSetup]:
        return tuple(setups)

    tools = PaperTemplateTools(printers)
    services = UiServices(open_till=lambda: till, clock=world.clock, template_tools=lambda: tools)
    shell = Shell(services, runner, UiSettings())
    made = TemplateStage(qtbot, world, shell, setups=setups)
    made.listen()
    shell.set_till(till, till.lookup.header())
    try:
        yield made
    finally:
        for screen in made.screens:
            screen.left()
        qtbot.waitUntil(lambda: not runner.busy())
        world.folder.close()


__all__ = ["ALT", "CONTROL", "KEY", "SHIFT", "DocumentKind", "TemplateStage", "find", "paper_stage"]
