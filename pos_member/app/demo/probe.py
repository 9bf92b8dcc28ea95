"""How long the UI thread was away: gaps of a fast timer, while the probe is on."""

from __future__ import annotations

import faulthandler
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer

_TICK_MS = 2
FRAME_MS = 16.0
BLOCKED_MS = 50.0
#: How often a witness looks at a UI thread that is away (s).
_WITNESS_S = 0.004
_CALL = re.compile(r'File "([^"]+)", line (\d+) in')


@dataclass(frozen=True)
class Gap:
    """A time in which the UI thread handled nothing: by the clock, and of that computing (ms); what it was seen at."""

    away_ms: float
    busy_ms: float
    seen: tuple[str, ...] = ()


class LoopProbe(QObject):
    """Ticks every 2 ms on the UI thread. A gap beyond a tick is time in which no key or paint was handled.

    ``busy`` is the part the thread itself computed: the rest it waited for a core, or for another thread of Python.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ticks = 0
        self.worst_ms = 0.0
        self.over_frame = 0
        self.over_blocked = 0
        self.worst_busy_ms = 0.0
        self.busy_over_frame = 0
        self.busy_over_blocked = 0
        #: The gaps longer than a frame, in order.
        self.gaps: list[Gap] = []
        self.witness: Witness | None = None
        self.last = 0.0
        self.watching = False
        self._last_busy = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin, or go on after ``stop``."""
        self.last, self._last_busy = time.perf_counter(), time.thread_time()
        self.watching = True
        self._timer.start(_TICK_MS)

    def stop(self) -> None:
        """Do not look: what comes now is not the till's own work."""
        if self.watching:
            self._look()
        self.watching = False
        self._timer.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Screenshots and the script's own arithmetic are not the till's."""
        was = self.watching
        self.stop()
        try:
            yield
        finally:
            if was:
                self.start()

    def _tick(self) -> None:
        self.ticks += 1
        self._look()

    def _look(self) -> None:
        """Count the time since the last look, whoever ends it: a tick, or the script that pauses."""
        now, busy = time.perf_counter(), time.thread_time()
        away_ms = (now - self.last) * 1000 - _TICK_MS
        busy_ms = (busy - self._last_busy) * 1000
        self.last, self._last_busy = now, busy
        self.worst_ms = max(self.worst_ms, away_ms)
        self.over_frame += away_ms > FRAME_MS
        self.over_blocked += away_ms > BLOCKED_MS
        self.worst_busy_ms = max(self.worst_busy_ms, busy_ms)
        self.busy_over_frame += busy_ms > FRAME_MS
        self.busy_over_blocked += busy_ms > BLOCKED_MS
        seen = self.witness.taken() if self.witness is not None else ()
        if away_ms > FRAME_MS:
            self.gaps.append(Gap(away_ms, busy_ms, seen))


class Witness(threading.Thread):
    """Writes down where the UI thread is while it is away. For the benchmark: it takes time itself.

    The interpreter's own dump is read: frame objects made of a thread that runs bring Python 3.11 down now and then.
    """

    def __init__(self, probe: LoopProbe, ui_thread: int) -> None:
        super().__init__(name="witness", daemon=True)
        self._probe = probe
        self._seen: list[str] = []
        self._head = f"0x{ui_thread:016x} (most recent call first):"
        self._ends = threading.Event()

    def run(self) -> None:
        with tempfile.TemporaryFile("w+") as dump:
            while not self._ends.wait(_WITNESS_S):
                if self._probe.watching and (time.perf_counter() - self._probe.last) * 1000 > FRAME_MS:
                    dump.seek(0)
                    dump.truncate()
                    faulthandler.dump_traceback(dump, all_threads=True)
                    dump.seek(0)
                    self._seen.append(self._where(dump.read()))

    def _where(self, dump: str) -> str:
        calls = dump.partition(self._head)[2].partition("\n\n")[0]
        return " < ".join(f"{file.split('/')[-1]}:{line}" for file, line in _CALL.findall(calls)[:7])

    def taken(self) -> tuple[str, ...]:
        """What was seen since the last time."""
        seen, self._seen = tuple(self._seen), []
        return seen

    def stop(self) -> None:
        """No more."""
        self._ends.set()
        self.join()
