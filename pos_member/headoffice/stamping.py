"""The stamper of a running head office: what others write has its number within a tenth of a second.

Uploads are numbered by the call that brings them. What else is written (at the console, by jobs, by other workers) is
found by a look every 50 ms; of several workers only the one with the lease looks, and another takes over when it is
silent for longer than the lease lasts.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pos_member.domain.errors import PosMemberError
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.stamper import LEASE_LASTS

log = logging.getLogger(__name__)
#: How often what waits for a number is looked for.
LOOK_S = 0.05
_JOIN_S = 20.0


class StamperThread:
    """A thread that numbers for ``office`` until ``stop``."""

    def __init__(self, office: HeadOffice, look_s: float = LOOK_S) -> None:
        self._office = office
        self._look_s = look_s
        self._news = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._renew_at: datetime | None = None

    def start(self) -> None:
        """Begin, with a first look at once."""
        self._thread = threading.Thread(target=self._run, name="stamper", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something was written: look now."""
        self._news.set()

    def stop(self) -> None:
        """End, and let another worker take over at once."""
        self._ended.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._guarded(self.look)
            self._news.wait(self._look_s)
            self._news.clear()
        self._guarded(self._office.stamper.give_up)

    def look(self) -> None:
        """One look: number what waits, where this worker has the lease."""
        if self._holds(self._office.clock.now()):
            self._office.stamp()

    def _holds(self, now: datetime) -> bool:
        """Whether this worker has the lease, renewed when half of it is over (or the clock was set back)."""
        half = LEASE_LASTS / 2
        if self._renew_at is None or not self._renew_at - half <= now < self._renew_at:
            self._renew_at = now + half if self._office.stamper.hold(now) else None
        return self._renew_at is not None

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (DBAPIError, PoolTimeout, PosMemberError) as problem:
            # Busy, full or out of reach: said, and tried again at the next look.
            log.warning("stamper: %s", type(problem).__name__)
        except Exception:
            log.exception("stamper failed")
