"""What goes on behind the window with head office, on its lane, driven by timers.

It cannot hold the counter up: the sale is done when its transaction is, and the lane reads what it left.
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
    from pos_member.sync.engine import SyncEngine, SyncState

_log = logging.getLogger(__name__)
_SOON_MS = 0


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
