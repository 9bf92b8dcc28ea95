"""What head office says when it is asked about the bill at hand; ``app`` asks, on a lane of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CouponWord(StrEnum):
    """What head office says of a coupon for a bill."""

    GOOD = "good"
    USED = "used"
    HELD = "held"
    UNKNOWN = "unknown"
    ENDED = "ended"


@dataclass(frozen=True)
class OnlineWord:
    """Head office's answer; what it granted is on disk. ``points``: granted for this bill in all, of ``asked``.

    ``free``: how many there were else; ``elsewhere``: held by other tills, until ``elsewhere_until`` at the latest.
    """

    asked: int = 0
    points: int = 0
    free: int = 0
    elsewhere: int = 0
    elsewhere_until: datetime | None = None
    coupons: Mapping[str, CouponWord] = field(default_factory=dict)

    @property
    def enough(self) -> bool:
        """Whether all points asked for were granted."""
        return self.points >= self.asked
