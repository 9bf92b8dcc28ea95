"""A GUI application for the renderer, and a virtual printer that is strict about what it understands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from pos_member.hardware.printing.simulator import VirtualPrinter
from tests.db_support import NOW, SetClock, make_store
from tests.hardware.printing.print_shop import Shop


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> QApplication:
    """One application for the process: a bare QGuiApplication here would spoil the window's tests."""
    return qapp


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[VirtualPrinter]:
    """A running virtual printer of 576 dots; its papers lie in ``tmp_path / "paper"``."""
    with VirtualPrinter(out_dir=tmp_path / "paper", strict=True) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A till's spool on a real file."""
    clock = SetClock(NOW)
    with make_store(tmp_path, clock=clock) as folder:
        yield Shop(folder, clock)
