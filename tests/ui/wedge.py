"""The real burst classifier behind the window's port, as the composition root puts it."""

from __future__ import annotations

from pos_member.app.bursts import WindowBursts


class RealBursts(WindowBursts):
    """A till without any reader set up: every reader that types fits."""

    def __init__(self) -> None:
        super().__init__()
