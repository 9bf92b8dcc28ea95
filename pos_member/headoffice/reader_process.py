"""Large batches are read in a process beside this one, so that reading and writing do not share one interpreter.

It is started by the first large batch, and ended when there was none for a while. Nothing depends on it: what it cannot
read now, because it is not up yet, was killed or does not answer, is read here.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from pos_member.headoffice import reader
from pos_member.headoffice.reading import Batch

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-m", "pos_member.headoffice.reader")
#: The longest answer is a matter of a second; who is silent for so long is ended.
ANSWER_S = 20.0
#: Without a batch for so long it is ended.
IDLE_S = 60.0
#: One that died is started anew after a pause, twice as long each time.
_PAUSE_S, _PAUSE_MAX_S = 1.0, 60.0
_END_S = 2.0
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def worth_it() -> bool:
    """Whether this process may use more than one processor."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable > 1


class ReaderProcess:
    """Reads one batch at a time. Thread-safe. ``events_max`` and ``event_bytes_max`` as of ``read_batch``."""

    def __init__(
        self, events_max: int, event_bytes_max: int, command: Sequence[str] = COMMAND, answer_s: float = ANSWER_S
    ) -> None:
        self._limits = events_max, event_bytes_max
        self._command = command
        self._answer_s = answer_s
        self._turn = threading.Lock()
        self._child: _Child | None = None
        self._used_at = 0.0
        self._failures = 0
        self._not_before = 0.0
        self._ended = False

    @property
    def pid(self) -> int | None:
        """Of the process at work; ``None`` where there is none."""
        child = self._child
        return None if child is None else child.process.pid

    @property
    def ready(self) -> bool:
        """Whether it would read a batch now."""
        child = self._child
        return child is not None and child.ready.is_set()

    def read(self, till_id: str, body: bytes) -> Batch | None:
        """``read_batch``, with outlines for acts; ``None`` where the caller has to read it. Raises ``Problem``."""
        with self._turn:
            child = self._at_work()
            if child is None:
                return None
            try:
                raw = child.ask(reader.asked(till_id, body, *self._limits), self._answer_s)
                self._failures = 0
            except (OSError, EOFError, ValueError) as error:
                self._gone(type(error).__name__)
                return None
        try:
            return reader.answered(raw, body)
        except (ValueError, EOFError, TypeError):
            log.exception("what the reader told cannot be read")
            return None

    def look(self) -> None:
        """End it where it had nothing to do for a while."""
        if (
            self._child is not None
            and time.monotonic() >= self._used_at + IDLE_S
            and self._turn.acquire(blocking=False)
        ):
            try:
                self._end()
            finally:
                self._turn.release()

    def close(self) -> None:
        """End it; none is started any more."""
        with self._turn:
            self._ended = True
            self._end()

    def _at_work(self) -> _Child | None:
        now = self._used_at = time.monotonic()
        if self._child is None and not self._ended and now >= self._not_before:
            try:
                self._child = _Child(self._command)
            except OSError as error:
                self._gone(type(error).__name__)
        child = self._child
        if child is not None and child.process.poll() is not None:
            self._gone(f"ended with {child.process.returncode}")
            return None
        return child if child is not None and child.ready.is_set() else None

    def _gone(self, why: str) -> None:
        pause_s = min(_PAUSE_MAX_S, _PAUSE_S * 2.0 ** min(self._failures, 20))
        self._failures += 1
        self._not_before = time.monotonic() + pause_s
        log.warning("the reader is gone, batches are read without it: %s", why)
        self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


class _Child:
    """One process, from its start to its end."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, creationflags=_NO_WINDOW
        )
        self.ready = threading.Event()
        threading.Thread(target=self._wait, name="reader", daemon=True).start()

    def _wait(self) -> None:
        assert self.process.stdout is not None
        with suppress(OSError, ValueError):
            if self.process.stdout.read(len(reader.READY)) == reader.READY:
                self.ready.set()

    def ask(self, question: list[bytes], answer_s: float) -> bytes:
        """Raises ``OSError`` or ``EOFError`` where it died, or was silent for too long and was killed for it."""
        source, out = self.process.stdout, self.process.stdin
        assert source is not None and out is not None
        watch = threading.Timer(answer_s, self.process.kill)
        watch.daemon = True
        watch.start()
        try:
            for part in question:
                out.write(part)
            out.flush()
            return reader.take(source)
        finally:
            watch.cancel()

    def end(self) -> None:
        """End it, by force if need be."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
