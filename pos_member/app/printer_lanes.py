"""What goes on behind the window with paper: each physical printer on a lane of its own, driven by timers.

None of them can hold the counter up: the sale is done when its transaction is, and they read what it left.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from pos_member.domain.errors import PosMemberError, Refusal
from pos_member.ui.tasks import PRINTER_LANES, TaskRunner

if TYPE_CHECKING:
    from pos_member.app.printer_views import Heard
    from pos_member.domain.printers import PrinterCondition, PrinterSetup
    from pos_member.hardware.printing.worker import Outcome

_log = logging.getLogger(__name__)
#: How soon a paper is looked for when nobody said that there is one; a blocked one is tried again as often.
_LOOK_MS = 1_000
_SOON_MS = 0
#: After a bug: it may be met again at once.
_AFTER_A_BUG_MS = 5_000
_NOTHING_MORE = ("idle", "blocked")


class Worker(Protocol):
    """``hardware.printing.worker.PrintWorker`` as a lane drives it."""

    def recover(self) -> int: ...
    def run_once(self) -> Outcome: ...


#: Makes the worker of a printer: the set-up, all set-ups, what to tell conditions to, what to ask whether to stop.
MakeWorker = Callable[
    ["PrinterSetup", tuple["PrinterSetup", ...], Callable[["PrinterCondition"], None], Callable[[], bool]], Worker
]


#: The same for one printer: only whether to stop is still to be told.
MakeOwn = Callable[[Callable[[], bool]], Worker]


class PrinterLane(QObject):
    """Drains the spool onto one printer, one paper at a time.

    ``make`` is called on the lane: what it imports must not hold up the window. Set-ups of one address share a lane of
    the runner, so that never two of them hold the device.
    """

    #: A paper changed its state.
    changed = Signal()
    #: The printer as set up cannot be used (``PosMemberError``).
    unusable = Signal(object)

    def __init__(self, runner: TaskRunner, address: str, make: MakeOwn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.address = address
        self._lane = PRINTER_LANES + address
        self._latest: Callable[[], Worker] = lambda: make(self.stopping)
        #: The next turn begins with a worker made by it.
        self._make: Callable[[], Worker] | None = self._latest
        self._making: Callable[[], Worker] | None = None
        self._worker: Worker | None = None
        self._busy = False
        self._wanted = False
        self._stopping = threading.Event()
        self.reason = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    @property
    def busy(self) -> bool:
        """Whether the worker is at it."""
        return self._busy

    def stopping(self) -> bool:
        """For the worker: whether to let go of a printer that keeps it waiting (any thread)."""
        return self._stopping.is_set()

    def look(self) -> None:
        """There may be a paper to print: look now. The first look settles what was in flight before."""
        if self._busy or self.stopping():
            self._wanted = True
            return
        self._timer.stop()
        self._busy, self._wanted = True, False
        make, worker = self._make, self._worker
        self._making = make
        self._runner.run(self._lane, lambda: _turn(make, worker), self, self._ran, self._failed)

    def renew(self, make: MakeOwn) -> None:
        """Another worker from the next paper on: the set-ups have changed, the device has not."""
        self._make = self._latest = lambda: make(self.stopping)

    def stop(self) -> None:
        """No further paper; a worker that waits for its printer lets go, one that sends finishes."""
        self._stopping.set()
        self._timer.stop()

    def _ran(self, done: tuple[Worker, int, Outcome] | None) -> None:
        if done is None:
            # Another worker settles what this one had in hand, and keeps the lane going.
            self._busy, self._worker, self._make = False, None, self._make or self._latest
            self.changed.emit()
            self._again(_AFTER_A_BUG_MS)
            return
        self._worker, unconfirmed, outcome = done
        if self._make is self._making:
            self._make = None
        self._busy, self.reason = False, ""
        if unconfirmed or outcome.value != "idle":
            self.changed.emit()
        self._again(_SOON_MS if self._wanted or outcome.value not in _NOTHING_MORE else _LOOK_MS)

    def _failed(self, error: PosMemberError) -> bool:
        self._busy = False
        if self._worker is None and isinstance(error, Refusal):
            self.reason = error.reason.value
            self.unusable.emit(error)
            return True
        _log.warning("printing waits: %s", error)
        self._again(_LOOK_MS)
        return True

    def _again(self, delay_ms: int) -> None:
        if not self.stopping():
            self._timer.start(delay_ms)


def _turn(make: Callable[[], Worker] | None, worker: Worker | None) -> tuple[Worker, int, Outcome] | None:
    """On the lane: a worker if there is none or another is wanted, what the one before left in flight, one paper.

    ``None`` for a bug: it is in the log, and must not end the printing of this till.
    """
    try:
        unconfirmed = 0
        if make is not None:
            worker = make()
            unconfirmed = worker.recover()
        if worker is None:
            raise RuntimeError("a lane without a worker")
        return worker, unconfirmed, worker.run_once()
    except PosMemberError:
        raise
    except Exception:  # noqa: BLE001 - told in the log; the lane goes on with another worker
        _log.exception("bug while printing")
        return None


class PrinterLanes(QObject):
    """All printers of the till. Set-ups can change while it runs; ``apply`` may be called from any thread."""

    #: Something about papers or printers is otherwise than before.
    changed = Signal()
    #: A printer as set up cannot be used (``PosMemberError``).
    unusable = Signal(object)
    _applied = Signal(object)

    def __init__(self, runner: TaskRunner, make_worker: MakeWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._make_worker = make_worker
        self._setups: tuple[PrinterSetup, ...] = ()
        self._lanes: dict[str, PrinterLane] = {}
        self._lock = threading.Lock()
        self._heard: dict[str, tuple[PrinterCondition, float]] = {}
        self._applied.connect(self._take)

    # --- any thread ----------------------------------------------------------------------------------------

    def setups(self) -> tuple[PrinterSetup, ...]:
        """The printers that are in use."""
        return self._setups

    def apply(self, setups: Sequence[PrinterSetup]) -> None:
        """Print by these from now on. A paper under way at a printer that stays as it is, is not disturbed."""
        self._setups = tuple(setups)
        self._applied.emit(self._setups)

    def busy(self, key: str) -> bool:
        """Whether the printer of this key is at work for the till."""
        lane = self._lanes.get(key)
        return lane is not None and lane.busy

    def heard(self) -> dict[str, Heard]:
        """What each printer last said."""
        from pos_member.app.printer_views import Heard
        from pos_member.domain.printers import PrinterCondition

        now = time.monotonic()
        with self._lock:
            said = dict(self._heard)
        silent = (PrinterCondition(), now)
        found = {}
        for key, lane in list(self._lanes.items()):
            condition, at = said.get(key, silent)
            found[key] = Heard(condition, now - at, lane.reason)
        return found

    # --- the window's thread -------------------------------------------------------------------------------

    def look(self) -> None:
        """There may be something to print."""
        for lane in self._lanes.values():
            lane.look()

    def stop(self) -> None:
        """No further paper anywhere."""
        for lane in self._lanes.values():
            lane.stop()

    def _take(self, setups: tuple[PrinterSetup, ...]) -> None:
        addresses = {setup.key: _address(setup) for setup in setups}
        for key, lane in list(self._lanes.items()):
            if addresses.get(key) != lane.address:
                self._end(key)
        for setup in setups:
            make = self._maker(setup, setups)
            if setup.key in self._lanes:
                self._lanes[setup.key].renew(make)
            else:
                self._begin(setup.key, addresses[setup.key], make)
        self.changed.emit()
        self.look()

    def _begin(self, key: str, address: str, make: MakeOwn) -> None:
        lane = PrinterLane(self._runner, address, make, self)
        lane.changed.connect(self.changed)
        lane.unusable.connect(self.unusable)
        self._lanes[key] = lane

    def _end(self, key: str) -> None:
        lane = self._lanes.pop(key)
        with self._lock:
            self._heard.pop(key, None)
        lane.stop()
        lane.changed.disconnect(self.changed)
        lane.unusable.disconnect(self.unusable)
        lane.deleteLater()

    def _maker(self, setup: PrinterSetup, setups: tuple[PrinterSetup, ...]) -> MakeOwn:
        def told(condition: PrinterCondition) -> None:
            self._told(setup.key, condition)

        return lambda stopping: self._make_worker(setup, setups, told, stopping)

    def _told(self, key: str, condition: PrinterCondition) -> None:
        """On a printer's lane: it said how it stands."""
        with self._lock:
            before = self._heard.get(key)
            self._heard[key] = (condition, time.monotonic())
        if before is None or before[0] != condition:
            self.changed.emit()


def _address(setup: PrinterSetup) -> str:
    from pos_member.app.printers import place_of  # imported with the first set-ups by now, on a lane

    return place_of(setup.address)
