"""A bench with its window; nothing is on the air when a test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_member.hardware.printing import sending
from pos_member.ui import i18n
from pos_member.ui.theme import Theme
from tests.e2e.printing import assertions
from tests.e2e.printing import bench as bench_of
from tests.e2e.printing.bench import Bench
from tests.e2e.printing.plants import PLANTS
from tests.e2e.printing.words import Window
from tests.log_watch import ExpectLog


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e/printing/" in item.path.as_posix():
            # Said by the offscreen platform of every window.
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


@pytest.fixture(autouse=True)
def _quick_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The virtual heads are fast: a paper is not waited for as from the slowest head there is."""
    monkeypatch.setattr(sending, "SLOWEST_ROWS_S", 40_000)


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> QApplication:
    """The application in the light theme."""
    assert assertions.MODULES
    Theme.load("light").apply(qapp)
    return qapp


@pytest.fixture
def themed(dressed: QApplication) -> Iterator[QApplication]:
    """The application in Thai."""
    i18n.set_language("th")
    yield dressed
    i18n.set_language("en")


@pytest.fixture
def bench(tmp_path: Path, themed: QApplication, expected_logs: ExpectLog) -> Iterator[Bench]:
    """A till without printers yet."""
    made = Bench(tmp_path, expect=expected_logs)
    yield made
    made.close()


@pytest.fixture
def window(bench: Bench, qtbot: QtBot) -> Window:
    """The list of papers and the head of the window over the bench's till."""
    return Window(bench, qtbot)


@pytest.fixture
def planted(
    tmp_path: Path,
    themed: QApplication,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[str], tuple[Bench, Window]]]:
    """Makes a till with a planted fault; whatever it logs, and however its lanes end, is its own.

    What will not let go is not waited for as long as one that may.
    """
    made: list[Bench] = []
    monkeypatch.setattr(bench_of, "LET_GO_S", 2.0)

    def make(plant: str) -> tuple[Bench, Window]:
        made.append(Bench(tmp_path, PLANTS[plant]()))
        return made[0], Window(made[0], qtbot)

    yield make
    for bench in made:
        with suppress(AssertionError):
            bench.close()
