"""A run that stands still ends in words: a small one of its own, in which a worker goes deaf and a test never ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import standstill
from tests.e2e.prepared import ROOT
from tests.patience import PATIENCE_S

CONFTEST = "from tests.standstill import pytest_configure as pytest_configure\n"
TESTS = """
import os, sys, threading

def test_closes_what_is_not_its_own():
    frame = next(one for one in sys._current_frames().values() if one.f_code.co_name == "read")
    os.dup2(os.open(os.devnull, os.O_RDONLY), frame.f_locals["self"].infile.fileno())

def test_waits_for_ever():
    threading.Event().wait()

def test_is_kept_waiting():
    pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_it_says_who_is_deaf_and_what_never_ends(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_inner.py").write_text(TESTS)
    unwanted = [word for name in ("cacheprovider", "pytest-qt", "hypothesispytest") for word in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", "-n", "1", "--dist", "worksteal", *unwanted, str(tmp_path)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env=kept | {"PYTHONPATH": str(ROOT), "POS_MEMBER_STANDSTILL_S": "2"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == pytest.ExitCode.INTERRUPTED, ran.stdout
    assert "hears its controller: its descriptor was closed under it" in ran.stdout
    assert "failed: test_inner.py::test_closes_what_is_not_its_own (teardown)" in ran.stdout, "as soon as it did"
    assert "replacing crashed worker gw0" in ran.stdout
    assert "no test has ended for 2 s; under way: test_inner.py::test_waits_for_ever" in ran.stdout
    assert "in test_waits_for_ever" in ran.stdout, "the stacks of the worker"


def test_a_thread_that_is_busy_with_something_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a finaliser that never ends would do to a worker."""
    monkeypatch.setattr(standstill, "_HEARS_WITHIN_S", 0.05)
    go_on, held = threading.Event(), threading.Event()
    hearing = standstill._Hearing()
    hearing._pipe = hearing._read_from()

    def _thread_receiver() -> None:
        held.set()
        go_on.wait()

    thread = threading.Thread(target=_thread_receiver)
    thread.start()
    held.wait()
    hearing._thread = thread.ident
    assert "is busy with" in hearing._heard() and "go_on.wait()" in hearing._heard()
    go_on.set()
    thread.join()
    assert "has ended" in hearing._heard()
