"""A screen over a real till: encrypted files, real use cases on the ``db`` lane, a person signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pos_member.ui.notices import Notice
from pos_member.ui.ports import SyncStateView, UiServices, UiSettings
from pos_member.ui.screen import Screen
from pos_member.ui.shell import Shell
from pos_member.ui.tasks import TaskRunner
from tests.factories import PINS, World, make_world

S = TypeVar("S", bound=Screen)
W = TypeVar("W", bound=QWidget)


def qr_stub(text: str) -> Sequence[Sequence[bool]]:
    """A pattern that depends on the text, as large as a small symbol."""
    return [[(len(text) + x * y + x) % 3 == 0 for x in range(21)] for y in range(21)]


@dataclass
class Stage:
    """A shell over a real till, and what it was asked for."""

    qtbot: QtBot
    world: World
    shell: Shell
    opened: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    said: list[Notice] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    backs: int = 0
    asked: list[str] = field(default_factory=list)
    saved: list[UiSettings] = field(default_factory=list)
    sync_state: SyncStateView = field(default_factory=SyncStateView)
    screens: list[Screen] = field(default_factory=list)

    def listen(self) -> None:
        """Note what the screens ask of the frame."""
        self.shell.open_wanted.connect(self._opened)
        self.shell.noticed.connect(self.said.append)
        self.shell.member_wanted.connect(self._member)
        self.shell.back_wanted.connect(self._back)

    def _opened(self, name: str, params: dict[str, object]) -> None:
        self.opened.append((name, params))

    def _member(self, member_id: str, identified: object) -> None:
        self.members.append(member_id)

    def _back(self) -> None:
        self.backs += 1

    def sign_in(self, code: str) -> None:
        """Another person at the till."""
        self.shell.set_session(self.world.session(code))

    def show(self, kind: type[S], **params: object) -> S:
        """The screen, opened and shown."""
        screen = kind(self.shell)
        self.qtbot.addWidget(screen)
        self.screens.append(screen)
        screen.resize(1340, 560)
        screen.show()
        screen.opened(**params)
        self.settle()
        return screen

    def settle(self) -> None:
        """Until no task waits or runs: their results are on the screen."""
        self.qtbot.waitUntil(lambda: not self.shell.runner.busy())

    def until(self, true: Callable[[], bool]) -> None:
        """Until ``true()``."""
        self.qtbot.waitUntil(true)


def find(screen: QWidget, kind: type[W], name: str) -> W:
    """The one widget of this name."""
    found = screen.findChildren(kind, name)
    assert len(found) == 1, f"{name}: {len(found)}"
    return found[0]


def type_in(widget: QWidget, text: str) -> None:
    """Type, key by key (Thai as it would arrive from an input method)."""
    for char in text:
        QTest.sendKeyEvent(QTest.KeyAction.Click, widget, Qt.Key.Key_unknown, char, Qt.KeyboardModifier.NoModifier)


def press(widget: QWidget, key: Qt.Key) -> None:
    """One key, with the focus there."""
    widget.setFocus()
    QTest.keyClick(widget, key)


@pytest.fixture
def stage(qtbot: QtBot, runner: TaskRunner, tmp_path: Path) -> Iterator[Stage]:
    """A cashier (1001) is signed in; the window is in Thai."""
    world = make_world(tmp_path)
    made: Stage
    asked: list[str] = []
    saved: list[UiSettings] = []
    services = UiServices(
        open_till=lambda: world.till,
        sync_state=lambda: made.sync_state,
        request_sync=partial(asked.append, "sync"),
        clock=world.clock,
        save_settings=saved.append,
        qr_modules=qr_stub,
    )
    shell = Shell(services, runner, UiSettings())
    made = Stage(qtbot, world, shell, asked=asked, saved=saved)
    made.listen()
    shell.set_till(world.till, world.till.lookup.header())
    made.sign_in("1001")
    try:
        yield made
    finally:
        for screen in made.screens:
            # Whatever looks again and again stops before the till closes.
            screen.left()
        qtbot.waitUntil(lambda: not runner.busy())
        world.folder.close()


__all__ = ["PINS", "Stage", "find", "press", "qr_stub", "stage", "type_in"]
