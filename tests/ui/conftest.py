"""Fixtures of the window's tests: offscreen, dressed, in Thai, and silent (a Qt warning fails the test)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_member.ui import i18n
from pos_member.ui.ports import UiServices, UiSettings
from pos_member.ui.shell import Shell
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.theme import Theme
from tests.factories import World, make_world
from tests.patience import PATIENCE_S
from tests.ui.till_window import Driver


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/ui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            # Said by the offscreen platform of every window; there is nothing to be done about it.
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the light theme, in Thai."""
    Theme.load("light").apply(qapp)
    i18n.set_language("th")
    yield qapp
    i18n.set_language("en")


@pytest.fixture
def runner(themed: QApplication) -> Iterator[TaskRunner]:
    """Real lanes; ended with the test."""
    made = TaskRunner()
    yield made
    assert made.stop(PATIENCE_S)


def no_till() -> object:
    raise AssertionError("this test opens no database")


@pytest.fixture
def shell(runner: TaskRunner) -> Shell:
    """A frame without a window. Give it a fake till with ``shell.set_till(fake, header)``."""
    return Shell(UiServices(open_till=no_till), runner, UiSettings())  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A small shop on a real encrypted store."""
    made = make_world(tmp_path)
    yield made
    made.folder.close()


@pytest.fixture
def driver(world: World, runner: TaskRunner, qtbot: QtBot) -> Driver:
    """A window over ``world``, not opened yet."""
    return Driver(qtbot, world, runner)
