"""The window comes first: what it must not wait for is not imported with it."""

from __future__ import annotations

import subprocess
import sys

_LATER = (
    "sqlalchemy",
    "alembic",
    "sqlcipher3",
    "cv2",
    "numpy",
    "zxingcpp",
    "requests",
    "cryptography",
    "argon2",
    "segno",
)


def _modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_window_is_imported_without_database_line_or_devices() -> None:
    loaded = _modules_after("import pos_member.app.window")
    assert "pos_member.ui.main_window" in loaded
    assert [name for name in _LATER if name in loaded] == []


def test_the_check_sees_what_is_loaded() -> None:
    assert "sqlalchemy" in _modules_after("import pos_member.app.window, pos_member.app.composition")


def test_help_needs_neither_window_nor_database() -> None:
    loaded = _modules_after("from pos_member.cli.main import build_parser; build_parser('th')")
    assert not {"PySide6", "sqlalchemy", "numpy"} & loaded
