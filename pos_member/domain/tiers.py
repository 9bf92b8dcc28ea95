"""Tiers: what counts, over which window, and which tier a member holds on a day.

A member's tier is a pure function of the scheme, the sums per month and the day: nothing is stored that could drift,
a late return counts at once, and till and head office cannot disagree. ``domain.tier_rules`` computes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pos_member.domain.codec import optional_field


class TierMetric(StrEnum):
    """What counts towards a tier. Points: those marked as qualifying, multipliers and gifts excluded."""

    POINTS = "points"
    SPEND = "spend"
    VISITS = "visits"


class TierWindow(StrEnum):
    """Rolling: the last ``window_months`` months, the running one included. Calendar: years from ``start_month``."""

    ROLLING = "rolling"
    CALENDAR = "calendar"


class Demotion(StrEnum):
    """What happens after window and grace to a member who no longer qualifies."""

    ONE_STEP = "one_step"
    RECOMPUTED = "recomputed"


@dataclass(frozen=True)
class TierLevel:
    """One tier; ``minimum`` of the scheme's metric reaches it (points, satang, bills)."""

    code: str
    name_th: str
    name_en: str
    minimum: int


@dataclass(frozen=True)
class TierScheme:
    """The organisation's tiers, lowest first. Below the first level's minimum a member has no tier.

    ``grace_days`` after the end of a window a tier that is no longer reached falls.
    """

    metric: TierMetric
    levels: tuple[TierLevel, ...]
    window: TierWindow = TierWindow.CALENDAR
    window_months: int = 12
    start_month: int = 1
    grace_days: int = 0
    demotion: Demotion = Demotion.RECOMPUTED


@dataclass(frozen=True)
class MonthSum:
    """What counted in one month, less what returns undid of it (booked in the month of the bill)."""

    points: int = optional_field(default=0)
    spend_satang: int = optional_field(default=0)
    visits: int = optional_field(default=0)

    def __add__(self, other: MonthSum) -> MonthSum:
        return MonthSum(self.points + other.points, self.spend_satang + other.spend_satang, self.visits + other.visits)


#: Month (``2026-11``) → what counted in it.
Months = Mapping[str, MonthSum]


@dataclass(frozen=True)
class TierChange:
    """A member went up with this bill. Codes of tiers; ``before`` is empty for none."""

    before: str
    after: str
