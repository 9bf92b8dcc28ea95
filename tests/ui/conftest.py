"""Fixtures of the window's tests: offscreen, dressed, in Thai, and silent (a Qt warning fails the test)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from pos_member.ui import i18n
from pos_member.ui.ports import UiServices, UiSettings
from pos_member.ui.shell import Shell
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.theme import Theme


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/ui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))


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
    assert made.stop()


def no_till() -> object:
    raise AssertionError("this test opens no database")


@pytest.fixture
def shell(runner: TaskRunner) -> Shell:
    """A frame without a window. Give it a fake till with ``shell.set_till(fake, header)``."""
    return Shell(UiServices(open_till=no_till), runner, UiSettings())  # type: ignore[arg-type]
