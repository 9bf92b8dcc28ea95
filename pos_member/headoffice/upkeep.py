"""What every worker looks after all the time: events that were taken in and not applied, changes without a number.

A sale is applied by the call that brings it. The effects of a large batch come after its answer, here, and uploads go
first; so do those that a dead worker left.
"""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pos_member.domain.errors import PosMemberError
from pos_member.headoffice.service import HeadOffice

log = logging.getLogger(__name__)
_EVERY_S = 2.0
_JOIN_S = 20.0
#: How long a batch of effects lets uploads go first.
_ASIDE_S = 0.25


class _Stopped(Exception):
    """Between two batches."""


class Upkeep:
    """A thread that does this for ``office`` until ``stop``."""

    def __init__(self, office: HeadOffice, every_s: float = _EVERY_S) -> None:
        self._office = office
        self._every_s = every_s
        self._stop = threading.Event()
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin, with a first look at once. From now on uploads leave the effects of large batches to this thread."""
        self._thread.start()
        self._office.settler = self._wanted.set

    def stop(self) -> None:
        """End after the batch that is being done; what is left waits for the next start."""
        self._office.settler = None
        self._stop.set()
        self._wanted.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if tills := self._office.settle_effects(self._aside):
                    log.debug("applied what waited", extra={"fields": {"tills": tills}})
                self._office.stamp()
            except _Stopped:
                return
            except (DBAPIError, PoolTimeout, PosMemberError) as problem:
                # Busy, full or away: said, and tried again at the next look.
                log.warning("upkeep: %s", type(problem).__name__)
            except Exception:
                log.exception("upkeep failed")
            self._wanted.wait(self._every_s)
            self._wanted.clear()

    def _aside(self) -> None:
        if self._stop.is_set():
            raise _Stopped
        self._office.traffic.step_aside(_ASIDE_S)
