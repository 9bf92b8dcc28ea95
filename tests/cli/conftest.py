"""Commands in this process: one that prints needs a GUI application; a bare one would spoil the window's tests."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> QApplication:
    """The one application of the process."""
    return qapp
