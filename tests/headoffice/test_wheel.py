"""What is installed from a wheel is whole: pages, style, migrations and resources are inside."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.source_tree import ROOT

_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


def test_the_wheel_holds_every_file_the_programs_read(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("pos_member", "resources"):
        shutil.copytree(ROOT / name, source / name, ignore=_IGNORED)
    for path in (ROOT / "pyproject.toml", ROOT / "setup.py", ROOT / "README.md"):
        if path.is_file():
            shutil.copy(path, source)
    command = [sys.executable, "-m", "pip", "wheel", str(source), "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "-w", str(tmp_path)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    package = {
        f"pos_member/{path.relative_to(source / 'pos_member').as_posix()}" for path in _files(source / "pos_member")
    }
    resources = {
        f"pos_member/resources/{path.relative_to(source / 'resources').as_posix()}"
        for path in _files(source / "resources")
    }
    assert package | resources <= held
    assert {name.partition("/")[0] for name in held} <= {"pos_member", "pos_member-0.1.0.dist-info"}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
