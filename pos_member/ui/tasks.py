"""All threads of the window: named lanes of one worker each, results on the UI thread, or nowhere.

``run("db", work, owner, done)``: ``work`` runs on the lane's thread, ``done(result)`` on the UI thread. ``done`` and
``failed`` must be bound methods: they are kept weakly and dropped when their object, or ``owner``, is gone. ``work``
may be a closure; it is released on the UI thread, so that no widget ever dies on another one.

Errors: ``failed(error) -> bool`` is asked first (True = dealt with). What is left goes to ``trouble``: refusals and
environment problems as they are; anything else is a bug, logged with its traceback, and ``failed`` is told of it as
``EnvironmentProblem(FAULT_INSIDE)``: what waits for the end of the work ends with it. The till stays usable.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason

T = TypeVar("T")
LANES = ("db", "network", "printer", "setup", "draw", "camera", "online", "news")
#: Each printer has a lane of its own, ``printer:<key>``.
PRINTER_LANES = "printer:"
_log = logging.getLogger(__name__)


class Job:
    """What long work sees of itself: whether it was cancelled, and where it says how far it is."""

    def __init__(self, report: Callable[[int, int], None]) -> None:
        self._cancelled = threading.Event()
        self._report = report

    @property
    def cancelled(self) -> bool:
        """Long work looks here between steps and returns early."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the work to stop; its result is dropped."""
        self._cancelled.set()

    def progress(self, done: int, total: int) -> None:
        """Say how far it is (any thread)."""
        self._report(done, total)


class _Task(Generic[T]):
    """One piece of work on its way. After ``work`` ran only the UI thread touches what it holds."""

    def __init__(self, lane: str, work: Callable[[Job], T], owner: QObject, done: Callable[[T], None]) -> None:
        self.lane = lane
        self.work: Callable[[Job], T] | None = work
        self.owner = weakref.ref(owner)
        self.done: weakref.WeakMethod[Callable[[T], None]] = weakref.WeakMethod(done)
        self.failed: weakref.WeakMethod[Callable[[PosMemberError], bool]] | None = None
        self.progressed: weakref.WeakMethod[Callable[[int, int], None]] | None = None
        self.key = ""
        self.job = Job(lambda done, total: None)
        self.result: T | None = None
        self.error: Exception | None = None

    def wanted(self) -> bool:
        owner = self.owner()
        return owner is not None and shiboken6.isValid(owner) and not self.job.cancelled

    def release(self) -> None:
        self.work = None
        self.result = None
        self.error = None


class _Lane(threading.Thread):
    """One worker: takes tasks in order, never touches a widget."""

    def __init__(self, name: str, finished: Callable[[_Task[Any]], None]) -> None:
        super().__init__(name=f"lane-{name}", daemon=True)
        self._queue: queue.SimpleQueue[_Task[Any] | None] = queue.SimpleQueue()
        self._finished = finished

    def put(self, task: _Task[Any] | None) -> None:
        self._queue.put(task)

    def run(self) -> None:
        while (task := self._queue.get()) is not None:
            if task.work is not None and not task.job.cancelled:
                try:
                    task.result = task.work(task.job)
                except Exception as error:  # noqa: BLE001 — carried to the UI thread, which words or logs it
                    task.error = error
            self._finished(task)
            del task


class TaskRunner(QObject):
    """Owns the lanes. Make it on the UI thread; ``stop`` before the application ends."""

    #: An error nobody dealt with: ``PosMemberError``, or any other exception for a bug (already logged).
    trouble = Signal(object)
    #: Lane name, number of tasks waiting or running on it.
    load = Signal(str, int)
    _finished = Signal(object)
    _progressed = Signal(object, int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, _Lane] = {}
        self._waiting: dict[str, int] = {}
        self._latest: dict[tuple[int, str], _Task[Any]] = {}
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._progressed.connect(self._deliver_progress, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        lane: str,
        work: Callable[[], T],
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[PosMemberError], bool] | None = None,
        *,
        key: str = "",
    ) -> Job:
        """Do ``work`` on ``lane``. With ``key`` a newer task of the same owner and key makes this one stale."""
        return self.run_long(lane, lambda job: work(), owner, done, failed, key=key)

    def run_long(
        self,
        lane: str,
        work: Callable[[Job], T],
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[PosMemberError], bool] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        *,
        key: str = "",
    ) -> Job:
        """As ``run`` for work that takes its ``Job``: to see ``job.cancelled`` and to call ``job.progress``."""
        worker = self._lane(lane)
        task = _Task(lane, work, owner, done)
        task.key = key
        task.failed = weakref.WeakMethod(failed) if failed is not None else None
        task.progressed = weakref.WeakMethod(progressed) if progressed is not None else None
        if progressed is not None:
            task.job = Job(lambda done, total: self._progressed.emit(task, done, total))
        if key:
            older = self._latest.get((id(owner), key))
            if older is not None:
                older.job.cancel()
            self._latest[(id(owner), key)] = task
        self._count(lane, 1)
        worker.put(task)
        return task.job

    def busy(self, lane: str | None = None) -> bool:
        """Whether anything waits or runs, on one lane or on any."""
        return bool(self._waiting.get(lane, 0)) if lane is not None else any(self._waiting.values())

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Let each lane finish what it has and end. False where one is still at work after ``timeout_s`` in all."""
        for lane in self._lanes.values():
            lane.put(None)
        until = time.monotonic() + timeout_s
        for lane in self._lanes.values():
            lane.join(max(0.0, until - time.monotonic()))
        return not any(lane.is_alive() for lane in self._lanes.values())

    def _lane(self, name: str) -> _Lane:
        if name not in LANES and not name.startswith(PRINTER_LANES):
            raise ValueError(f"no lane {name!r}")
        if name not in self._lanes:
            self._lanes[name] = _Lane(name, self._finished.emit)
            self._lanes[name].start()
        return self._lanes[name]

    def _count(self, lane: str, change: int) -> None:
        self._waiting[lane] = self._waiting.get(lane, 0) + change
        self.load.emit(lane, self._waiting[lane])

    @Slot(object)
    def _deliver(self, task: _Task[Any]) -> None:
        for name, latest in list(self._latest.items()):
            if latest is task:
                del self._latest[name]
        try:
            if task.wanted():
                self._hand_over(task)
            elif isinstance(task.error, Exception) and not isinstance(task.error, PosMemberError):
                _log.error("work on lane %s failed after its owner had gone", task.lane, exc_info=task.error)
        finally:
            task.release()
            self._count(task.lane, -1)

    def _hand_over(self, task: _Task[Any]) -> None:
        if task.error is None:
            done = task.done()
            if done is not None:
                try:
                    done(task.result)
                except PosMemberError as error:
                    self._route(task, error)
            return
        self._route(task, task.error)

    def _route(self, task: _Task[Any], error: Exception) -> None:
        failed = task.failed() if task.failed is not None else None
        told = error if isinstance(error, PosMemberError) else EnvironmentProblem(Reason.FAULT_INSIDE)
        if told is not error:
            _log.error("bug on lane %s", task.lane, exc_info=error)
        elif isinstance(error, EnvironmentProblem):
            _log.warning("on lane %s: %s", task.lane, error)
        if failed is None or not failed(told):
            self.trouble.emit(error)

    @Slot(object, int, int)
    def _deliver_progress(self, task: _Task[Any], done: int, total: int) -> None:
        progressed = task.progressed() if task.progressed is not None else None
        if progressed is not None and task.wanted():
            progressed(done, total)
