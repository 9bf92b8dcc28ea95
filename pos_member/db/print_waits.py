"""How long print jobs have waited, by a clock that nobody sets: a wall clock set back or forward holds nothing up,
hands nothing over too early and opens no drawer late. Kept in memory; after a restart the waiting begins anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

#: A blocked job is tried again after this.
RETRY_AFTER = timedelta(seconds=2)
#: A printer that could not begin for this long gives its papers to its fallback.
FALLBACK_AFTER = timedelta(seconds=8)
#: Two failures further apart than this are two troubles, not one that lasts.
_ONE_TROUBLE_S = 30.0


class PrintWaits:
    """What the printers of a till wait for. Any thread. ``monotonic`` gives seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        #: printer → (since when it could not begin, when it was last tried)
        self._troubles: dict[str, tuple[float, float]] = {}
        #: printer → job → when it may be tried again
        self._due: dict[str, dict[str, float]] = {}
        #: printer → (when its pulses were last looked for, pulse → (the look before it was there, when it was seen))
        self._looks: dict[str, tuple[float, dict[str, tuple[float, float]]]] = {}

    def blocked(self, printer: str, job: str, *, own: bool) -> None:
        """``printer`` could not begin ``job``; ``own``: it is not one taken over from another printer."""
        now = self._monotonic()
        with self._lock:
            # Every view tries one job at a time: older ones are gone or will be due at once.
            self._due[printer] = {each: due for each, due in self._due.get(printer, {}).items() if due > now} | {
                job: now + RETRY_AFTER.total_seconds()
            }
            if own:
                since, last = self._troubles.get(printer, (now, now))
                self._troubles[printer] = (since if now - last <= _ONE_TROUBLE_S else now, now)

    def went_on(self, printer: str) -> None:
        """``printer`` has begun a job: whatever kept it is over."""
        with self._lock:
            self._troubles.pop(printer, None)

    def due(self, printer: str, job: str) -> bool:
        """Whether ``printer`` may try ``job`` now."""
        with self._lock:
            return self._due.get(printer, {}).get(job, 0.0) <= self._monotonic()

    def stuck(self, printer: str) -> bool:
        """Whether ``printer`` has been unable to begin for so long that its fallback takes over."""
        now = self._monotonic()
        with self._lock:
            since, last = self._troubles.get(printer, (now, now))
        return now - since >= FALLBACK_AFTER.total_seconds() and now - last <= _ONE_TROUBLE_S

    def look(self, printer: str, ages: Mapping[str, float]) -> dict[str, float]:
        """``ages`` (seconds by the wall clock) of the pulses that ``printer`` finds now, held to what is certain.

        A pulse is at least as old as the time since it was first seen, and no older than the time since the look
        that did not find it yet.
        """
        now = self._monotonic()
        with self._lock:
            last, seen = self._looks.get(printer, (float("-inf"), {}))
            seen = {job: seen.get(job, (last, now)) for job in ages}
            self._looks[printer] = (now, seen)
        return {job: min(max(age, now - seen[job][1]), now - seen[job][0]) for job, age in ages.items()}
