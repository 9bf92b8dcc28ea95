"""Asking head office about the bill at hand, as the window sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pos_member.services.online import OnlineWord

#: Its questions wait for the network, for a few seconds at most; nothing else may wait with them.
LANE = "online"


class OnlineAsker(Protocol):
    """Quick questions to head office."""

    def up(self) -> bool:
        """Whether it is worth asking (UI thread, no reading)."""
        ...

    def redeem(self, bill_id: str, member_id: str, points: int, coupons: Sequence[str]) -> OnlineWord:
        """Points for one bill, in all, and coupons; safe to repeat. On the lane ``LANE``.

        Raises ``EnvironmentProblem`` within a few seconds where there is no answer.
        """
        ...

    def give_up(self) -> None:
        """End the question that is under way (any thread)."""
        ...
