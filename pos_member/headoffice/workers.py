"""Several workers on one socket: who starts them, starts one that died anew, and ends them all.

Workers keep nothing that another would need: whoever is connected to one that dies asks again and is answered by the
next. PostgreSQL alone can stand behind several; SQLite has one process.
"""

from __future__ import annotations

import errno
import json
import logging
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pos_member import __version__
from pos_member.headoffice.counts import Counts
from pos_member.headoffice.database import open_database
from pos_member.headoffice.serve import GRACE_S, HOST, PORT, address_of, listen

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-m", "pos_member.headoffice.worker")
#: A worker that lives this long was well; one that does not is started anew after a growing pause.
_WELL_S = 10.0
_PAUSE_S, _PAUSE_MAX_S = 0.2, 30.0
#: The machine has no process, no memory or no file left for another one, now.
_NO_ROOM = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


@dataclass
class _Worker:
    row: int
    process: subprocess.Popen[str] | None = None
    began: float = 0.0
    failures: int = 0
    due: float | None = None


@dataclass(frozen=True)
class _News:
    """What a worker did, or, without one, that all are to stop."""

    worker: _Worker | None
    ready: bool = False


@dataclass
class Supervisor:
    """``count`` workers on ``host``:``port``. ``run`` blocks; ``stop`` may be called from anywhere, even a handler."""

    database_url: str
    count: int
    host: str = HOST
    port: int = PORT
    distributed: bool = False
    command: Sequence[str] = COMMAND
    _news: queue.SimpleQueue[_News] = field(default_factory=queue.SimpleQueue, repr=False)

    def __post_init__(self) -> None:
        self._workers = [_Worker(row) for row in range(self.count)]

    @property
    def pids(self) -> list[int]:
        """The processes at work now."""
        return [each.process.pid for each in self._workers if each.process and each.process.poll() is None]

    def stop(self) -> None:
        """End all workers, and ``run`` with them."""
        self._news.put(_News(None))

    def run(self, ready: Callable[[str], None]) -> None:
        """Serve until ``stop``. ``ready`` gets the base URL once the first worker answers.

        Raises ``OSError`` where the port is taken, ``EnvironmentProblem`` where the database cannot be used.
        """
        open_database(self.database_url).close()  # tables are made once, and what is wrong is said here
        with listen(self.host, self.port) as taken, tempfile.TemporaryDirectory(prefix="pos-member-") as place:
            counts = Path(place) / "counts"
            Counts.make(counts, self.count)
            url = address_of(taken)
            try:
                for worker in self._workers:
                    self._start(worker, taken.fileno(), counts)
                self._watch(taken.fileno(), counts, lambda: ready(url))
            finally:
                self._end_all()

    def _start(self, worker: _Worker, socket_number: int, counts: Path) -> None:
        worker.began, worker.due = time.monotonic(), None
        try:
            self._begin(worker, socket_number, counts)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            self._put_off(worker)
            fields = {"worker": worker.row, "error": errno.errorcode[error.errno]}
            log.warning("a worker cannot be started now and is started later", extra={"fields": fields})

    def _begin(self, worker: _Worker, socket_number: int, counts: Path) -> None:
        # A session of its own: Ctrl+C in a terminal is for the supervisor, which ends the workers in order.
        worker.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=(socket_number,),
            start_new_session=True,
        )
        given = {"database": self.database_url, "distributed": self.distributed}
        given |= {"socket": socket_number, "counts": str(counts), "row": worker.row}
        assert worker.process.stdin is not None
        try:
            worker.process.stdin.write(json.dumps(given) + "\n")
            worker.process.stdin.flush()
        except BrokenPipeError:
            log.warning("a worker ended before it was told anything")
        threading.Thread(target=self._listen_to, args=(worker, worker.process), daemon=True).start()

    def _listen_to(self, worker: _Worker, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            if process.stdout.readline():
                self._news.put(_News(worker, ready=True))
            process.wait()
        self._news.put(_News(worker))

    def _watch(self, socket_number: int, counts: Path, ready: Callable[[], None]) -> None:
        told = False
        while True:
            due = [each.due for each in self._workers if each.due is not None]
            try:
                news = self._news.get(timeout=max(0.0, min(due) - time.monotonic()) if due else None)
            except queue.Empty:
                for worker in self._workers:
                    if worker.due is not None and worker.due <= time.monotonic():
                        self._start(worker, socket_number, counts)
                continue
            if news.worker is None:
                return
            if not news.ready:
                self._ended(news.worker)
            elif not told:
                told = True
                log.info("serving", extra={"fields": {"workers": self.count, "version": __version__}})
                ready()

    def _ended(self, worker: _Worker) -> None:
        assert worker.process is not None
        _let_go(worker.process)
        lived = self._put_off(worker)
        fields = {"worker": worker.row, "code": worker.process.returncode, "lived_s": round(lived)}
        log.warning("a worker ended and is started anew", extra={"fields": fields})

    def _put_off(self, worker: _Worker) -> float:
        """Set when it is started again. Returns how long it lived."""
        lived = time.monotonic() - worker.began
        worker.failures = 0 if lived >= _WELL_S else worker.failures + 1
        pause = min(_PAUSE_MAX_S, _PAUSE_S * 2**worker.failures) if worker.failures else _PAUSE_S
        worker.due = time.monotonic() + pause
        return lived

    def _end_all(self) -> None:
        running = [each.process for each in self._workers if each.process is not None]
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + GRACE_S + 20
        for process in running:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("a worker does not end and is killed")
                process.kill()
                process.wait()
            _let_go(process)


def _let_go(process: subprocess.Popen[str]) -> None:
    """Close what it was told through. One that was killed before it read is no trouble of the others."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()


def supervise(supervisor: Supervisor, ready: Callable[[str], None]) -> None:
    """Run its workers until a signal stops this process. Raises as ``Supervisor.run``."""
    before = signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())
    try:
        supervisor.run(ready)
    finally:
        signal.signal(signal.SIGTERM, before)
        log.info("stopped")
