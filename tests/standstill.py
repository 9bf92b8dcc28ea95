"""A run of the tests that stands still says where, and ends.

Two things are watched. Of xdist's controller: that tests go on ending; where none does for ten minutes, every worker
tells the stacks of its threads and the run is a failure. Of each of its workers: that it hears the controller. A deaf
one would run what it has and wait for ever for more: it says so after the test that did it, and makes room for another.
"""

from __future__ import annotations

import _thread
import contextlib
import faulthandler
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

#: Far longer than any test takes on a busy machine.
LIMIT_S = float(os.environ.get("POS_MEMBER_STANDSTILL_S", "600"))
#: What a worker that was sent a message needs to read it.
_HEARS_WITHIN_S = 60.0
_TELLS_WITHIN_S = 1.0


def pytest_configure(config: pytest.Config) -> None:
    """For xdist alone: who runs tests in one process sees where it stands, and has Ctrl+C."""
    if hasattr(config, "workerinput"):
        if sys.platform != "win32":
            # A copy: what a test does to the standard streams does not reach it.
            faulthandler.register(signal.SIGUSR1, file=os.dup(2), all_threads=True)
        config.pluginmanager.register(_Hearing())
    elif config.getoption("dist", "no") != "no":
        config.pluginmanager.register(_Going())


class _Going:
    """The controller's watch: tests go on ending."""

    def __init__(self) -> None:
        self._under_way: dict[str, None] = {}
        self._workers: dict[str, int] = {}
        self._moved_s: float | None = None
        self._over = threading.Event()
        self._said = ""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        self._workers[node.gateway.id] = node.gateway._io.popen.pid

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._workers.pop(node.gateway.id, None)

    def pytest_sessionstart(self) -> None:
        threading.Thread(target=self._watch, name="standstill", daemon=True).start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._under_way[nodeid] = None
        self._moved_s = self._moved_s or time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._under_way.pop(nodeid, None)
        self._moved_s = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # At once: a run that is ended by somebody never comes to its summary.
        if report.failed:
            sys.stderr.write(f"\nfailed: {report.nodeid} ({report.when})\n")
            sys.stderr.flush()

    def pytest_unconfigure(self) -> None:
        self._over.set()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._said:
            terminalreporter.section("stood still", red=True)
            terminalreporter.line(self._said)

    def _watch(self) -> None:
        while not self._over.wait(min(1.0, LIMIT_S / 4)):
            if self._moved_s is not None and time.monotonic() - self._moved_s > LIMIT_S:
                under_way = ", ".join(self._under_way) or "nothing: a worker is deaf"
                self._said = f"no test has ended for {LIMIT_S:.0f} s; under way: {under_way}"
                if sys.platform == "win32":
                    _thread.interrupt_main()
                    return
                # Their stacks, on the standard error that they share with this process.
                self._send(signal.SIGUSR1)
                self._over.wait(_TELLS_WITHIN_S)
                # As Ctrl+C does: workers and what they started end, and the run is no success.
                self._send(signal.SIGINT)
                os.kill(os.getpid(), signal.SIGINT)
                return

    def _send(self, number: signal.Signals) -> None:
        for pid in list(self._workers.values()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


class _Hearing:
    """A worker's watch: the thread that reads what the controller says reads on, and from where it did."""

    def __init__(self) -> None:
        self._thread: int | None = None
        self._descriptor = -1
        self._pipe: tuple[int, int] | None = None
        self._trouble = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        plugins = session.config.pluginmanager.get_plugins()
        channel = next(one.channel for one in plugins if type(one).__name__ == "WorkerInteractor")
        self._descriptor = channel.gateway._io.infile.fileno()
        self._pipe = self._read_from()
        self._thread = next(ident for ident, frame in sys._current_frames().items() if _receives(frame))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        try:
            return (yield)
        finally:
            self._trouble = self._heard()
            if self._trouble:
                pytest.fail(self._trouble, pytrace=False)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Iterator[Any]:
        done = yield
        if self._trouble:
            os._exit(os.EX_SOFTWARE if hasattr(os, "EX_SOFTWARE") else 70)
        return done

    def _read_from(self) -> tuple[int, int] | None:
        try:
            found = os.fstat(self._descriptor)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _heard(self) -> str:
        """What is the matter; empty when all is well."""
        if self._read_from() != self._pipe:
            return "the worker no longer hears its controller: its descriptor was closed under it"
        until_s, tick = time.monotonic() + _HEARS_WITHIN_S, threading.Event()
        while True:
            frame = sys._current_frames().get(self._thread or 0)
            if frame is None or not _receives(frame):
                return "the worker no longer hears its controller: the thread that reads has ended"
            if frame.f_code.co_name == "read":
                return ""
            if time.monotonic() > until_s:
                stack = "".join(traceback.format_stack(frame))
                return f"the worker no longer hears its controller: the thread that reads is busy with\n{stack}"
            tick.wait(0.01)


def _receives(frame: FrameType | None) -> bool:
    """Whether this is within execnet's reading thread."""
    while frame is not None:
        if frame.f_code.co_name == "_thread_receiver":
            return True
        frame = frame.f_back
    return False
