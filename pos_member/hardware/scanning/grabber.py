"""One attempt at a source of frames, on a thread of its own that nothing waits for."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, TypeVar

from pos_member.hardware.scanning.frames import Adjustable, FrameSource, SourceState, SourceTrouble

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")
#: Threads in drivers that do not return; each holds a device and its memory, so there are never more.
HANGING_MAX = 3


class Grabber:
    """Opens a source and keeps its newest frame. Abandoned, it closes its device whenever the driver comes back."""

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self._changed = threading.Condition()
        self._frame: Picture | None = None
        self._opened = False
        self._over = threading.Event()
        self._end: SourceState | None = None
        self._asked: deque[tuple[Callable[[Adjustable], Any], Future[Any]]] = deque()
        self.live = source.live
        # A daemon: a driver that never returns must not keep the process alive.
        self.thread = threading.Thread(target=self._run, name="camera-grabber", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        end = SourceState.LOST
        try:
            self._source.open()
            with self._changed:
                self._opened = True
                self._changed.notify_all()
            end = self._read_all()
        except SourceTrouble as trouble:
            log.info("frames end: %s", trouble)
            end = trouble.state
        except Exception:
            log.exception("the source of frames failed")
        finally:
            self._source.close()
            with self._changed:
                self._end = end
                self._changed.notify_all()
            self._answer(None)

    def _read_all(self) -> SourceState:
        while not self._over.is_set():
            frame = self._source.read()
            if frame is None:
                break
            with self._changed:
                # A camera's old frames are worth nothing; of a file every frame is looked at.
                while not self.live and self._frame is not None and not self._over.is_set():
                    self._changed.wait()
                self._frame = frame
                self._changed.notify_all()
            if self._asked:
                self._answer(self._source if isinstance(self._source, Adjustable) else None)
            if self._source.interval_s:
                self._over.wait(self._source.interval_s)
        return SourceState.STOPPED

    def _answer(self, source: Adjustable | None) -> None:
        """Do what was asked for, between two frames; without a source nobody is left waiting."""
        while True:
            with self._changed:
                if not self._asked:
                    return
                work, answer = self._asked.popleft()
            if source is None or not answer.set_running_or_notify_cancel():
                answer.cancel()
                continue
            try:
                answer.set_result(work(source))
            except Exception:
                log.exception("turning something at the camera failed")
                answer.set_result(None)

    def ask(self, work: Callable[[Adjustable], _Answer], timeout_s: float) -> _Answer | None:
        """Do ``work`` at the source on the thread that reads it. None where nothing can be turned, or not in time."""
        answer: Future[_Answer] = Future()
        with self._changed:
            if self._end is not None or self._over.is_set() or not isinstance(self._source, Adjustable):
                return None
            self._asked.append((work, answer))
        try:
            return answer.result(timeout_s)
        except (TimeoutError, CancelledError):
            answer.cancel()
            return None

    def wait_open(self, timeout_s: float) -> bool:
        """Until the source is open, has ended or was abandoned. False when it is none of these in time."""
        with self._changed:
            return self._changed.wait_for(self._settled, timeout_s)

    def _settled(self) -> bool:
        return self._opened or self._end is not None or self._over.is_set()

    def take(self, timeout_s: float) -> Picture | None:
        """The newest frame, waiting for one; None when none came in time, at the end, and when abandoned."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._end or self._over.is_set(), timeout_s)
            frame, self._frame = self._frame, None
            self._changed.notify_all()
            return frame

    @property
    def end(self) -> SourceState | None:
        """How the source ended, or None while it goes on (or hangs)."""
        with self._changed:
            return self._end

    def abandon(self) -> None:
        """Ask the thread to end at its next chance and stop caring whether it does."""
        self._over.set()
        with self._changed:
            self._changed.notify_all()


class Hanging:
    """Counts threads that were abandoned and are still in a driver. Any thread; one for all readers of a till."""

    def __init__(self, most: int = HANGING_MAX) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def add(self, thread: threading.Thread) -> None:
        """It was abandoned."""
        with self._lock:
            self._threads = [each for each in (*self._threads, thread) if each.is_alive()]

    @property
    def full(self) -> bool:
        """Whether no further attempt may be made before one of them comes back."""
        with self._lock:
            self._threads = [each for each in self._threads if each.is_alive()]
            return len(self._threads) >= self._most


def joined(thread: threading.Thread | None, until_s: float) -> bool:
    """Wait for a thread until a time of ``time.monotonic``; True when it has ended (or is the one that asks)."""
    if thread is None or thread is threading.current_thread():
        return True
    thread.join(max(0.0, until_s - time.monotonic()))
    return not thread.is_alive()
