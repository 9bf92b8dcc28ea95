"""What goes on behind the window with head office, on its lanes, driven by timers.

It cannot hold the counter up: the sale is done when its transaction is, and the lane reads what it left. One lane
talks, one round after the other, so there is one uploader; another only waits until head office has news, on a
connection of its own, so that a sale never waits behind it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.ui.ports import Line, SyncStateView
from pos_member.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from pos_member.sync.engine import SyncEngine, SyncState
    from pos_member.sync.news import News
    from pos_member.sync.watching import Watcher

_log = logging.getLogger(__name__)
_SOON_MS = 0
#: What this till itself failed in is tried again so often: it is logged each time.
_AFTER_A_FAULT_MS = 60_000
#: A wait for news that was over sooner, without any, is not begun again before the next round: the line is not there.
_WAITED_S = 1.0


class NetworkLane(QObject):
    """Talks with head office: now and then, at once when asked, later and later while the line is down."""

    #: A round ended.
    changed = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._engine: SyncEngine | None = None
        self._watcher: Watcher | None = None
        self._make: Callable[[], tuple[SyncEngine, Watcher | None]] | None = None
        #: What ended the last round on this till's own side; a line that is down is none.
        self._fault: PosMemberError | None = None
        self._seen = SyncStateView()
        self._stopping = threading.Event()
        self._busy = False
        self._wanted = False
        self._watching_since: float | None = None
        #: What was heard while a round was under way; whether what is under way only takes in what was heard.
        self._heard_of: News | None = None
        self._hearing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def begin(self, make_engine: Callable[[], SyncEngine], make_watcher: Callable[[], Watcher] | None = None) -> None:
        """The till is enrolled: start talking. Both are called on the lane, again where they failed."""

        def make() -> tuple[SyncEngine, Watcher | None]:
            return make_engine(), make_watcher() if make_watcher is not None else None

        self._make = make
        self._begin()

    def _begin(self) -> None:
        if self._make is not None:
            self._busy = True
            self._runner.run("network", self._make, self, self._begun, self._failed)

    def _begun(self, made: tuple[SyncEngine, Watcher | None]) -> None:
        self._engine, self._watcher = made
        self._busy, self._make, self._fault = False, None, None
        if self._stopping.is_set():
            self._stop_watching()
        self.look()

    def stopping(self) -> bool:
        """For the engine: whether to end between two requests (any thread)."""
        return self._stopping.is_set()

    def look(self) -> None:
        """A round now."""
        if self._stopping.is_set():
            return
        if self._busy:
            self._wanted = True
            return
        if self._engine is None:
            self._begin()
            return
        self._timer.stop()
        self._busy, self._wanted = True, False
        self._runner.run("network", self._engine.sync_once, self, self._ran, self._failed)

    def nudge(self) -> None:
        """Something waits to be sent. While the line is down the timer keeps its own, growing, time."""
        if self._engine is not None and not self._engine.troubled:
            self.look()

    def pause_load(self) -> None:
        """Put the load of all of head office's data off that is under way (any thread)."""
        if self._engine is not None:
            self._engine.pause_load()

    def go_on_loading(self) -> None:
        """Go on with it, now."""
        if self._engine is not None:
            self._engine.go_on_loading()
            self.look()

    def stop(self) -> None:
        """End between two requests; a wait for news ends at once."""
        self._stopping.set()
        self._timer.stop()
        self._stop_watching()

    @property
    def waits_to_try(self) -> bool:
        """Whether a time for the next round is set."""
        return self._timer.isActive()

    @property
    def listening(self) -> bool:
        """Whether news are being waited for."""
        return self._watching_since is not None

    def view(self) -> SyncStateView:
        """How the line stands, for the window. Reads the change queue: call it on the ``db`` lane."""
        engine, fault = self._engine, self._fault
        if engine is not None:
            self._seen = _view(engine.state(), self._busy)
        if fault is not None:
            self._seen = replace(self._seen, line=Line.TROUBLE, reason=fault.reason.value, params=dict(fault.params))
        return self._seen

    def view_cached(self) -> SyncStateView:
        """What ``view`` last saw (any thread, no reading)."""
        return self._seen

    def _ran(self, outcome: object) -> None:
        self._fault = None
        self._again()

    def _failed(self, error: PosMemberError) -> bool:
        """This till's own trouble: a disk, a fault inside. Told in the header, and tried again."""
        _log.warning("sync waits: %s", error)
        self._fault = error
        self._wanted, self._heard_of = False, None
        self._again()
        return True

    def _again(self) -> None:
        self._busy = False
        self.changed.emit()
        if self._stopping.is_set():
            return
        if self._fault is not None:
            self._timer.start(_AFTER_A_FAULT_MS)
        elif self._engine is not None:
            self._next_round(self._engine)
            news, self._heard_of = self._heard_of, None
            if self._wanted:
                return  # the round that comes now fetches what is new, and then news are waited for
            if news is not None:
                self._hear(news)
            else:
                self._watch()

    def _next_round(self, engine: SyncEngine) -> None:
        """Set the time for it. What is only taken in puts it off no further."""
        taken_in, self._hearing = self._hearing, False
        if self._wanted:
            self._timer.start(_SOON_MS)
        elif not (taken_in and self._timer.isActive()) or engine.troubled:
            self._timer.start(round(engine.next_delay_s() * 1000))

    # --- news ----------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Wait for news while the line is up. While a load is put off all there is stays news: nobody asks for it."""
        watcher, engine = self._watcher, self._engine
        if watcher is None or engine is None or self._watching_since is not None:
            return
        if engine.troubled or engine.load_paused:
            return
        self._watching_since = time.monotonic()
        self._runner.run("news", watcher.news, self, self._heard, self._deaf)

    def _heard(self, news: News | None) -> None:
        since, self._watching_since = self._watching_since, None
        if self._stopping.is_set():
            return
        if news is not None:
            self._hear(news)
        elif since is not None and time.monotonic() - since >= _WAITED_S:
            self._watch()

    def _hear(self, news: News) -> None:
        """Take in what was heard; the engine makes a round of it where there is more to do. A round that failed is
        made again in its own time, whatever is heard: that one fetches it."""
        engine = self._engine
        if self._busy or engine is None:
            self._heard_of = news  # the round that is under way may have brought it
            return
        if engine.troubled or self._fault is not None:
            return
        self._busy, self._wanted, self._hearing = True, False, True
        self._runner.run("network", lambda: engine.hear(news), self, self._ran, self._failed)

    def _deaf(self, error: PosMemberError) -> bool:
        self._watching_since = None
        _log.warning("no news can be waited for: %s", error)
        return True

    def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.stop()


def _view(state: SyncState, busy: bool) -> SyncStateView:
    line = {"online": Line.ONLINE, "offline": Line.OFFLINE, "never": Line.OFFLINE, "refused": Line.TROUBLE}[state.line]
    reason = state.reason.value if isinstance(state.reason, Reason) else ""
    if reason in _FOR_A_PERSON:
        line = Line.TROUBLE
    if line is Line.ONLINE and busy and state.waiting:
        line = Line.SENDING
    return SyncStateView(
        line=line,
        bills_waiting=state.bills_waiting,
        waiting=state.waiting,
        since=state.oldest_waiting_at,
        last_contact=state.last_contact_at,
        reason=reason,
        params=dict(state.params),
        loading_percent=state.loading_percent,
        loading_paused=state.loading_paused,
        suspended=state.suspended,
        clock_off_s=state.clock_off_s,
        waits_for_night=state.waits_for_night,
        limited=state.limited,
    )


#: Of the line, and yet it will not come back by itself.
_FOR_A_PERSON = (Reason.CERTIFICATE_UNTRUSTED.value, Reason.CERTIFICATE_TIME.value)
