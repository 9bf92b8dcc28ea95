"""The stamper of a running head office: what others write has its number within a tenth of a second.

Uploads are numbered by the call that brings them. What else is written (at the console, by jobs, by other workers) is
found by a look every 50 ms; of several workers only the one with the lease looks, and another takes over when it is
silent for longer than the lease lasts.
"""

from __future__ import annotations

from datetime import datetime

from pos_member.headoffice.background import Background
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.stamper import LEASE_LASTS

#: How often what waits for a number is looked for.
LOOK_S = 0.05


class StamperThread(Background):
    """Numbers for ``office``; at its end another worker takes over at once."""

    def __init__(self, office: HeadOffice, look_s: float = LOOK_S) -> None:
        super().__init__("stamper", look_s)
        self._office = office
        self._renew_at: datetime | None = None

    def look(self) -> None:
        """One look: number what waits, where this worker has the lease."""
        if self._holds(self._office.clock.now()):
            self._office.stamp()

    def at_end(self) -> None:
        """Give the lease up."""
        self._office.stamper.give_up()

    def _holds(self, now: datetime) -> bool:
        """Whether this worker has the lease, renewed when half of it is over (or the clock was set back)."""
        half = LEASE_LASTS / 2
        if self._renew_at is None or not self._renew_at - half <= now < self._renew_at:
            self._renew_at = now + half if self._office.stamper.hold(now) else None
        return self._renew_at is not None
