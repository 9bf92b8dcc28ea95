"""What every worker looks after all the time: events whose effects a dead worker left, changes that wait for a number.

Mostly there is nothing to do, for whoever takes a batch in applies and numbers it at once.
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


class Upkeep:
    """A thread that does this for ``office`` until ``stop``."""

    def __init__(self, office: HeadOffice, every_s: float = _EVERY_S) -> None:
        self._office = office
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin, with a first look at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done."""
        self._stop.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if tills := self._office.settle_effects():
                    log.info("applied what had been left", extra={"fields": {"tills": tills}})
                self._office.stamp()
            except (DBAPIError, PoolTimeout, PosMemberError) as problem:
                # Busy, full or away: said, and tried again at the next look.
                log.warning("upkeep: %s", type(problem).__name__)
            except Exception:
                log.exception("upkeep failed")
            self._stop.wait(self._every_s)
