"""Several workers where there is no PostgreSQL, and one that ends before it began."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pos_member.cli import main
from pos_member.headoffice.workers import Supervisor
from tests.log_watch import ExpectLog
from tests.office_database import OFFICES


@pytest.mark.one_database("SQLite has one process")
def test_sqlite_has_one_worker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = OFFICES.empty_url(tmp_path / "office.db")
    assert not (tmp_path / "office.db").exists()
    code = main(["headoffice", "serve", "--workers", "2", "--database", url, "--lang", "en"])
    assert code != 0 and "PostgreSQL" in "".join(capsys.readouterr())
    assert not (tmp_path / "office.db").exists()


@pytest.mark.one_database("no database is asked")
def test_one_that_ends_before_it_is_told_anything_is_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    """Killed before it read: what it was to be told is in nobody's hands, and the others stay at work."""
    expected_logs("a worker ended")

    def ended_already(*arguments: Any, **named: Any) -> subprocess.Popen[str]:
        made: subprocess.Popen[str] = start(*arguments, **named)
        made.wait()
        return made

    start = subprocess.Popen
    supervisor = Supervisor("postgresql:///none", 1, command=(sys.executable, "-c", "pass"))
    [worker] = supervisor._workers
    with socket.socket() as taken, monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", ended_already)
        supervisor._start(worker, taken.fileno(), tmp_path / "counts")
    ended = supervisor._news.get(timeout=60)
    assert ended.worker is worker and not ended.ready
    supervisor._ended(worker)
    assert worker.due is not None, "its next start is set"
    supervisor._end_all()
