"""One time for all, and clocks that are wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.db_support import NOW


@dataclass
class World:
    """True time."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def forward(self, step: timedelta) -> None:
        self.at += step


@dataclass
class WrongClock:
    """A clock of somebody: true time and an error."""

    world: World
    error: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return self.world.at + self.error
