"""A machine that has no room for another process, for a while: the supervisor goes on, and starts it later."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from pos_member.headoffice import workers
from pos_member.headoffice.workers import Supervisor
from tests.headoffice.until import until
from tests.log_watch import ExpectLog

pytestmark = pytest.mark.one_database("no database is asked for anything")
WITHIN_S = 60
#: Says that it is ready and stays until it is told to go.
STAYS = (sys.executable, "-c", "import sys; sys.stdin.readline(); print('ready', flush=True); sys.stdin.read()")
STARTS = subprocess.Popen


class Machine:
    """Starts processes, but for ``refusals`` times."""

    def __init__(self, refuse: Callable[[], Exception], refusals: int) -> None:
        self._refuse, self.refusals = refuse, refusals

    def __call__(self, *arguments: Any, **named: Any) -> subprocess.Popen[str]:
        if self.refusals:
            self.refusals -= 1
            raise self._refuse()
        return STARTS(*arguments, **named)


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE])
def test_a_worker_that_cannot_be_started_is_started_later(
    tmp_path: Path, expected_logs: ExpectLog, number: int
) -> None:
    supervisor = Supervisor(f"sqlite:///{tmp_path / 'office.db'}", 2, port=0, command=STAYS)
    machine, ready = Machine(lambda: OSError(number, "no room"), 0), threading.Event()
    expected_logs("a worker (ended and is started anew|cannot be started now)")
    with patch.multiple(workers, _PAUSE_S=0.01, _PAUSE_MAX_S=0.05), patch.object(subprocess, "Popen", machine):
        thread = threading.Thread(target=supervisor.run, args=(lambda _: ready.set(),))
        thread.start()
        try:
            assert ready.wait(WITHIN_S)
            until(lambda: len(supervisor.pids) == 2)
            machine.refusals = 3
            ended = supervisor.pids[0]
            for worker in supervisor._workers:
                if worker.process is not None and worker.process.pid == ended:
                    worker.process.kill()
            until(lambda: ended not in supervisor.pids and len(supervisor.pids) == 2)
            assert machine.refusals == 0 and thread.is_alive()
        finally:
            supervisor.stop()
            thread.join(WITHIN_S)
    assert not thread.is_alive() and supervisor.pids == []


def test_a_command_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    supervisor = Supervisor(f"sqlite:///{tmp_path / 'office.db'}", 1, port=0, command=(str(tmp_path / "none"),))
    with pytest.raises(FileNotFoundError):
        supervisor.run(lambda _: None)
