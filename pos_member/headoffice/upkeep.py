"""What every worker looks after all the time: events that were taken in and not applied, changes without a number.

A sale is applied by the call that brings it. The effects of a large batch come after its answer, here, as do those
that a dead worker left. Uploads go first: what comes in many batches is soonest held when nothing is applied meanwhile,
and is applied no later for it. For how long has its limit, so that other tills hear of it while a storm lasts.
"""

from __future__ import annotations

import logging

from pos_member.headoffice import memory
from pos_member.headoffice.background import Background, Ended
from pos_member.headoffice.service import HeadOffice

log = logging.getLogger(__name__)
_EVERY_S = 2.0
#: How long a batch of effects lets uploads go first, how long while there are large ones among them, and how long none
#: may have been under way.
_ASIDE_S, _ASIDE_LARGE_S, _QUIET_S = 1.0, 5.0, 0.15
#: So many batches of effects are a rush: when it is over, what it took of memory is given back.
RUSH_BATCHES = 20


class Upkeep(Background):
    """Does this for ``office``; while it runs, uploads leave the effects of large batches to it."""

    def __init__(self, office: HeadOffice, every_s: float = _EVERY_S) -> None:
        super().__init__("upkeep", every_s)
        self._office = office
        #: Batches since memory was given back.
        self._batches = 0

    def start(self) -> None:
        """Begin, with a first look at once."""
        super().start()
        self._office.settler = self.wake

    def stop(self) -> None:
        """End after the batch that is being done; what is left waits for the next start."""
        self._office.settler = None
        super().stop()

    def look(self) -> None:
        """Apply and number what waits."""
        with self._office.database.later():
            if tills := self._office.settle_effects(self._aside):
                log.debug("applied what waited", extra={"fields": {"tills": tills}})
            self._office.stamp()
        self._office.rest()
        if not tills and self._batches >= RUSH_BATCHES:
            self._batches = 0
            self._office.database.rest()
            memory.give_back()

    def _aside(self) -> None:
        if self.stopping:
            raise Ended
        self._batches += 1
        self._office.traffic.step_aside(_ASIDE_S, _QUIET_S, _ASIDE_LARGE_S)
