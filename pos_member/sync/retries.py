"""When to try again. All chance comes from one source, so that a run can be repeated."""

from __future__ import annotations

import random as random_module

from pos_member.domain.errors import PosMemberError, Refusal

#: Between two rounds while all is well.
POLL_S = 10.0
#: The first retry after head office was lost: spread, so that a thousand tills do not come back in one second.
FIRST_SPREAD_S = 120.0
BACKOFF_MAX_S = 300.0
#: A till that was refused asks again now and then: head office may have put it right meanwhile.
REFUSED_DELAY_S = 300.0
#: Where head office names a time it is asked again then, at the latest after so long.
RETRY_AFTER_MAX_S = 600
TURN_SPREAD_S = 5.0


class Retries:
    """Counts failures in a row."""

    def __init__(self, random: random_module.Random) -> None:
        self._random = random
        self._failures = 0
        self.error: PosMemberError | None = None

    def well(self) -> None:
        """A round went through."""
        self._failures = 0
        self.error = None

    def failed(self, error: PosMemberError) -> None:
        """A round ended in ``error``."""
        self._failures += 1
        self.error = error

    def delay_s(self) -> float:
        """Seconds until the next round."""
        if self.error is None:
            return POLL_S
        named = self.error.params.get("retry_after_s", 0)
        wanted = min(named, RETRY_AFTER_MAX_S) if isinstance(named, int) else 0
        if isinstance(self.error, Refusal) and wanted:
            # Head office said when: a turn that is waited for begins then, and no other till waits for it.
            return wanted + self._random.uniform(0, TURN_SPREAD_S)
        if isinstance(self.error, Refusal):
            return self._random.uniform(REFUSED_DELAY_S / 2, REFUSED_DELAY_S)
        if self._failures <= 1:
            delay = self._random.uniform(0, FIRST_SPREAD_S)
        else:
            # Jitter comes after the cap: below it every till would end up at the same five minutes.
            delay = self._random.uniform(0, min(BACKOFF_MAX_S, 2.0 ** min(self._failures, 16)))
        return delay + wanted
