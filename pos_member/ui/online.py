"""Asking head office about the bill at hand, as the window sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from pos_member.domain.errors import Refusal
from pos_member.domain.scan_meaning import ScanKind, classify

if TYPE_CHECKING:
    from pos_member.services.online import OnlineWord

#: Its questions wait for the network, for a few seconds at most; nothing else may wait with them.
LANE = "online"
_MEMBERS = frozenset({ScanKind.MEMBER, ScanKind.MEMBER_SIGNED, ScanKind.MEMBER_ROTATING, ScanKind.PHONE})


def names_a_member(text: str) -> bool:
    """Whether ``text``, scanned or typed, is a whole member number, code or phone."""
    try:
        return classify(text).kind in _MEMBERS
    except Refusal:
        return False


class OnlineAsker(Protocol):
    """Quick questions to head office."""

    def up(self) -> bool:
        """Whether it is worth asking (UI thread, no reading)."""
        ...

    def alone(self) -> bool:
        """Whether this till belongs to no head office: there is nobody to ask (UI thread, no reading)."""
        ...

    def redeem(self, bill_id: str, member_id: str, points: int, coupons: Sequence[str]) -> OnlineWord:
        """Points for one bill, in all, and coupons; safe to repeat. On the lane ``LANE``.

        Raises ``EnvironmentProblem`` within a few seconds where there is no answer.
        """
        ...

    def find_member(self, text: str) -> bool:
        """Whether head office knows who ``text`` names (``names_a_member``); this till then does, too. On ``LANE``.

        Raises ``EnvironmentProblem`` as ``redeem``.
        """
        ...

    def give_up(self) -> None:
        """End the question that is under way (any thread)."""
        ...
