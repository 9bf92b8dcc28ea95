"""What goes on behind the window: papers to the printer, facts to head office. Each on its lane, driven by timers.

Neither can hold the counter up: the sale is done when its transaction is, and both read what it left.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.ui.ports import Line, SyncStateView
from pos_member.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from pos_member.hardware.printing.worker import Outcome, PrintWorker
    from pos_member.sync.engine import SyncEngine, SyncState

_log = logging.getLogger(__name__)
#: How soon a paper is looked for when nobody said that there is one; a blocked one is tried again as often.
_LOOK_MS = 1_000
_SOON_MS = 0


class PrinterLane(QObject):
    """Drains the spool onto the printer, one paper at a time.

    ``make_worker`` is called on the lane: what it imports must not hold up the window.
    """

    #: A paper changed its state.
    changed = Signal()
    #: The printer as set up cannot be used (``PosMemberError``).
    unusable = Signal(object)

    def __init__(
        self, runner: TaskRunner, make_worker: Callable[[], PrintWorker], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._make_worker = make_worker
        self._worker: PrintWorker | None = None
        self._busy = False
        self._wanted = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Settle what was in flight when the till stopped, then look for papers."""
        self._busy = True
        self._runner.run("printer", self._begin, self, self._begun, self._not_begun)

    def look(self) -> None:
        """There may be a paper to print: look now."""
        worker = self._worker
        if self._busy or worker is None:
            self._wanted = True
            return
        self._busy, self._wanted = True, False
        self._runner.run("printer", worker.run_once, self, self._ran, self._failed)

    def stop(self) -> None:
        """No further paper; the one under way is finished by the lane."""
        self._timer.stop()
        self._busy = True

    def _begin(self) -> tuple[PrintWorker, int]:
        worker = self._make_worker()
        return worker, worker.recover()

    def _begun(self, made: tuple[PrintWorker, int]) -> None:
        self._worker, unconfirmed = made
        self._busy = False
        if unconfirmed:
            self.changed.emit()
        self.look()

    def _not_begun(self, error: PosMemberError) -> bool:
        self.unusable.emit(error)
        return True

    def _ran(self, outcome: Outcome) -> None:
        self._busy = False
        if outcome.value != "idle":
            self.changed.emit()
        more = self._wanted or outcome.value not in ("idle", "blocked")
        self._timer.start(_SOON_MS if more else _LOOK_MS)

    def _failed(self, error: PosMemberError) -> bool:
        _log.warning("printing waits: %s", error)
        self._busy = False
        self._timer.start(_LOOK_MS)
        return True


class NetworkLane(QObject):
    """Talks with head office: now and then, at once when asked, later and later while the line is down."""

    #: A round ended.
    changed = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._engine: SyncEngine | None = None
        self._seen = SyncStateView()
        self._stopping = threading.Event()
        self._busy = False
        self._wanted = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def begin(self, make_engine: Callable[[], SyncEngine]) -> None:
        """The till is enrolled: start talking. ``make_engine`` is called on the lane."""
        self._busy = True
        self._runner.run("network", make_engine, self, self._begun)

    def _begun(self, engine: SyncEngine) -> None:
        self._engine = engine
        self._busy = False
        self.look()

    def stopping(self) -> bool:
        """For the engine: whether to end between two requests (any thread)."""
        return self._stopping.is_set()

    def look(self) -> None:
        """A round now."""
        if self._engine is None:
            return
        if self._busy:
            self._wanted = True
            return
        self._timer.stop()
        self._busy, self._wanted = True, False
        self._runner.run("network", self._engine.sync_once, self, self._ran, self._failed)

    def nudge(self) -> None:
        """Something waits to be sent. While the line is down the timer keeps its own, growing, time."""
        if self._engine is not None and not self._engine.troubled:
            self.look()

    def stop(self) -> None:
        """End between two requests."""
        self._stopping.set()
        self._timer.stop()

    def view(self) -> SyncStateView:
        """How the line stands, for the window. Reads the change queue: call it on the ``db`` lane."""
        engine = self._engine
        if engine is not None:
            self._seen = _view(engine.state(), self._busy)
        return self._seen

    def view_cached(self) -> SyncStateView:
        """What ``view`` last saw (any thread, no reading)."""
        return self._seen

    def _ran(self, outcome: object) -> None:
        self._again()

    def _failed(self, error: PosMemberError) -> bool:
        _log.warning("sync waits: %s", error)
        self._again()
        return True

    def _again(self) -> None:
        self._busy = False
        self.changed.emit()
        if self._engine is not None and not self._stopping.is_set():
            self._timer.start(_SOON_MS if self._wanted else round(self._engine.next_delay_s() * 1000))


def _view(state: SyncState, busy: bool) -> SyncStateView:
    line = {"online": Line.ONLINE, "offline": Line.OFFLINE, "never": Line.OFFLINE, "refused": Line.TROUBLE}[state.line]
    if line is Line.ONLINE and busy and state.waiting:
        line = Line.SENDING
    since: datetime | None = state.oldest_waiting_at
    reason = state.reason.value if isinstance(state.reason, Reason) else ""
    return SyncStateView(line, state.bills_waiting, state.waiting, since, state.last_contact_at, reason)
