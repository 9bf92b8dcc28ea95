"""Head, motor and cutter: what is to be printed comes out row by row, as fast as the head is, and only while it can.

The interpreter puts work in; ``run`` does what is due. Work is kept in order: an answer that waits for paper (a
process id) lies in the same queue as the rows before it. Everything stops at the very row at which the printer is
no longer ready, and goes on from it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.virtual.clocks import MS, SECOND
from pos_member.hardware.printing.virtual.roll import Roll
from pos_member.hardware.printing.virtual.sensors import Sensors

#: Paper comes out in steps of at most this long (ns): 250 a second look smooth.
_STEP = 4 * MS


@dataclass(frozen=True)
class Pace:
    """How fast the mechanics are. ``rows_per_second`` 0: at once. ``cut_ms``: what a cut takes.

    ``ahead_rows``: rows the printer interprets before they are out. With 0 it takes the next command when the paper of
    the last one is out; with more, ``GS r`` is answered early, as by printers with a large print buffer.
    """

    rows_per_second: int = 0
    cut_ms: int = 0
    ahead_rows: int = 0


@dataclass
class _Rows:
    """Rows not yet out; the first ``done`` bytes are."""

    data: bytes
    done: int = 0


@dataclass(frozen=True, eq=False)
class _Cut:
    """The knife."""


#: Something that happens when everything before it is on paper.
_Then = Callable[[], None]


@dataclass
class Watch:
    """Who is told what the mechanics do. All are called in order, between two rows.

    ``rows_left``: how many rows may come out before ``after_rows`` must be asked again; None = any number.
    """

    rows_left: Callable[[], int | None] = lambda: None
    after_rows: Callable[[int], None] = lambda count: None
    before_cut: Callable[[], None] = lambda: None
    on_piece: Callable[[Bitmap | None], None] = lambda piece: None


class Mechanics:
    """One head over one roll. ``now`` is always in nanoseconds of the same clock."""

    def __init__(self, roll: Roll, sensors: Sensors, pace: Pace, watch: Watch) -> None:
        self.roll = roll
        self.pace = pace
        self._sensors = sensors
        self._watch = watch
        self._queue: deque[_Rows | _Cut | _Then] = deque()
        self._pending = 0
        self._free_at = 0
        self._idle = True
        self._struck = False

    @property
    def idle(self) -> bool:
        """Nothing left to do."""
        return not self._queue

    @property
    def accepting(self) -> bool:
        """Whether the interpreter may go on to its next command."""
        if self.pace.ahead_rows:
            return self._pending <= self.pace.ahead_rows
        return not self._queue

    def print_rows(self, rows: bytes) -> None:
        """Whole rows of the roll's stride, to come out in their turn."""
        if rows:
            self._queue.append(_Rows(rows))
            self._pending += len(rows) // self.roll.stride

    def feed(self, rows: int) -> None:
        """Blank paper."""
        self.print_rows(bytes(rows * self.roll.stride))

    def cut(self) -> None:
        """Part the paper when everything before is out."""
        self._queue.append(_Cut())

    def then(self, action: _Then) -> None:
        """Do something when everything before is out."""
        self._queue.append(action)

    def forget(self) -> None:
        """Power off, or a cleared buffer: nothing of what waits will be printed."""
        self._queue.clear()
        self._pending = 0
        self._struck = False

    def run(self, now: int) -> None:
        """Do everything that is due by ``now``."""
        if self._idle:
            self._free_at, self._idle = max(self._free_at, now), False
        while self._queue:
            if not self._sensors.ready:
                self._idle = True
                return
            first = self._queue[0]
            if isinstance(first, _Rows):
                if not self._print(first, now):
                    return
            elif isinstance(first, _Cut):
                if not self._strike(first, now):
                    return
            elif self._free_at > now:
                return
            else:
                self._queue.popleft()
                first()

    def rest(self) -> None:
        """Nothing is waiting anywhere: the time that passes until the next work is no time to catch up with."""
        self._idle = self._idle or not self._queue

    def due(self) -> int | None:
        """When ``run`` has something to do again; None = not by itself."""
        if not self._queue or not self._sensors.ready:
            return None
        first, speed = self._queue[0], self.pace.rows_per_second
        if not speed or not isinstance(first, _Rows):
            return self._free_at
        # Some rows at a time: waking for every single one would keep a core busy.
        left = (len(first.data) - first.done) // self.roll.stride
        return self._free_at + max(SECOND, min(left * SECOND, speed * _STEP)) // speed + 1

    def _print(self, work: _Rows, now: int) -> bool:
        """Print what is due of it; whether something came out or it is through."""
        stride, speed = self.roll.stride, self.pace.rows_per_second
        count = (len(work.data) - work.done) // stride
        if speed:
            count = min(count, max(0, now - self._free_at) * speed // SECOND)
        allowed = self._watch.rows_left()
        if allowed is not None:
            count = min(count, max(allowed, 1))
        if not count:
            return False
        self.roll.add(memoryview(work.data)[work.done : work.done + count * stride])
        work.done += count * stride
        self._pending -= count
        if speed:
            self._free_at += count * SECOND // speed
        if work.done >= len(work.data):
            self._queue.popleft()
        self._watch.after_rows(count)
        return True

    def _strike(self, work: _Cut, now: int) -> bool:
        """Cut, as far as that is due; whether something happened."""
        if not self._struck:
            if self._free_at > now:
                return False
            self._watch.before_cut()
            if not self._sensors.ready or not self._queue or self._queue[0] is not work:
                return True  # it jams: the cut is made once it has recovered; or the power went
            self._struck = True
            self._free_at += self.pace.cut_ms * MS
        if self._free_at > now:
            return False
        self._struck = False
        self._queue.popleft()
        self._watch.on_piece(self.roll.cut())
        return True
