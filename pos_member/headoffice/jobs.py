"""What head office's jobs share: how far they are, how they are stopped, and who signs the entries they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Stands where a till's id stands, in entries and coupons that head office makes itself.
OFFICE = "head_office"


class JobStopped(Exception):
    """Somebody asked the job to stop. What was done until then is done; running it again goes on from there."""


@dataclass(frozen=True)
class Watch:
    """``tell(done)`` after every part; ``stopped`` is asked before the next one."""

    tell: Callable[[int], None] = lambda _done: None
    stopped: Callable[[], bool] = lambda: False

    def step(self, done: int) -> None:
        """Between two parts. Raises ``JobStopped``."""
        self.tell(done)
        if self.stopped():
            raise JobStopped

    def while_(self, keeps: Callable[[], bool]) -> Watch:
        """As this one, and stopped where ``keeps`` says no: another took the job over."""
        return Watch(self.tell, lambda: self.stopped() or not keeps())


def plain(value: Any) -> str:
    """A figure of a case as short text: ids and numbers, never a person's data."""
    text = str(value)
    return text if len(text) <= 300 else text[:297] + "..."
