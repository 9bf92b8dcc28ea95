"""What is large and can wait comes in the shop's night, where the till is set up so."""

from __future__ import annotations

from collections.abc import Callable

from pos_member.domain.clock import Clock
from pos_member.domain.line_setup import LineSetup


class Night:
    """Asked before every large download. Bills, rights and small changes never ask."""

    def __init__(self, setup: Callable[[], LineSetup], clock: Clock, zone: Callable[[], str]) -> None:
        self._setup = setup
        self._clock = clock
        self._zone = zone
        self._waits = False

    def may_load(self, size_bytes: int, *, needed: bool = False) -> bool:
        """Whether a download of this size may come now. ``needed``: the till cannot sell without it, so it may."""
        setup = self._setup()
        self._waits = not needed and setup.is_large(size_bytes) and not setup.is_night(self._clock.now(), self._zone())
        return not self._waits

    def begin_round(self) -> None:
        """Whether anything waits is found out anew."""
        self._waits = False

    @property
    def waits_for(self) -> str:
        """When it may come, ``22:00``; empty while nothing waits."""
        return self._setup().night_from if self._waits else ""

    @property
    def limited(self) -> bool:
        """Whether either direction is held back."""
        setup = self._setup()
        return bool(setup.upload_kbit or setup.download_kbit)

    def upload_bytes_s(self) -> int:
        """The limit upwards; 0: none."""
        return self._setup().upload_bytes_s
