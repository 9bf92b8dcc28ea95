"""What can be seen of a virtual printer from outside, and waiting for it to become so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.virtual.engine import Engine
from pos_member.hardware.printing.virtual.faults import Step
from pos_member.hardware.printing.virtual.sensors import Sensors


class View:
    """Read from any thread. ``_state`` is notified whenever the printer has done something."""

    _engine: Engine

    def __init__(self) -> None:
        self._state = threading.Condition()
        self._pictures: list[Path] = []
        self._last_piece: Bitmap | None = None

    def wait_for_pictures(self, count: int, timeout_s: float = 60.0) -> bool:
        """Wait until ``count`` papers were cut; whether they were."""
        return self.wait_until(lambda: len(self._pictures) >= count, timeout_s)

    def wait_until(self, reached: Callable[[], bool], timeout_s: float = 60.0) -> bool:
        """Wait until ``reached()``, looked at whenever the printer has done something; whether it was."""
        with self._state:
            return self._state.wait_for(reached, timeout=timeout_s)

    @property
    def address(self) -> str:
        """How to reach it, as ``domain.printers`` writes addresses."""
        return self._engine.link.address

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The papers cut so far, oldest first."""
        with self._state:
            return tuple(self._pictures)

    @property
    def kicks(self) -> int:
        """How often the drawer was opened."""
        return self._engine.machine.kicks

    @property
    def received(self) -> int:
        """Bytes taken in since the start."""
        return self._engine.counters.bytes

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was received and not understood."""
        return tuple(self._engine.machine.unknown)

    @property
    def rows(self) -> int:
        """Rows of paper that have come out since the start."""
        return self._engine.counters.rows

    @property
    def cuts(self) -> int:
        """Papers cut off since the start."""
        return self._engine.counters.cuts

    @property
    def jobs(self) -> int:
        """Connections taken since the start."""
        return self._engine.counters.jobs

    @property
    def connected(self) -> int:
        """Clients that are connected now."""
        return len(self._engine.sessions)

    @property
    def waiting(self) -> int:
        """Bytes in the receive buffer."""
        return self._engine.machine.waiting

    @property
    def held(self) -> bool:
        """Whether a client has to wait: the buffer is full, or nothing is read."""
        return self._engine.held

    @property
    def printing(self) -> bool:
        """Whether something is still to come out."""
        return not self._engine.machine.mechanics.idle

    @property
    def sensors(self) -> Sensors:
        """A copy of what its sensors say."""
        return replace(self._engine.machine.sensors)

    @property
    def off(self) -> bool:
        """Whether it has no power."""
        return self._engine.off

    @property
    def fired(self) -> tuple[Step, ...]:
        """Planned steps whose moment has come, in order."""
        return tuple(self._engine.director.fired)

    @property
    def planned(self) -> tuple[Step, ...]:
        """Planned steps whose moment has not come."""
        return self._engine.director.waiting

    @property
    def dots(self) -> int:
        """Width of the head."""
        return self._engine.build.dots

    @property
    def last_piece(self) -> Bitmap | None:
        """The paper that was cut off last."""
        return self._last_piece

    def paper_since(self, cuts: int, row: int) -> tuple[int, int, bytes]:
        """What has come out of the slot: (cuts so far, first row, rows from it) of the paper that hangs there.

        ``cuts`` and ``row`` are how far the caller has seen; after another cut the paper begins anew.
        """
        roll = self._engine.machine.mechanics.roll
        while True:
            now = self.cuts
            first = row if cuts == now else 0
            rows = bytes(memoryview(bytes(roll.rows))[first * roll.stride :])
            if now == self.cuts:
                return now, first, rows
