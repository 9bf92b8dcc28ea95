"""Which tier a member holds on a day: a pure function of the scheme, the sums per month and the day.

Each level has an end. A window in which the count comes to the level's minimum carries the level to that window's last
day: windows are the calendar's years (from ``start_month``), or, rolling, every run of ``window_months`` months: so
a level reached in January with twelve months is held while January is within the last twelve. With the demotion
ONE_STEP the level below is held for one window more than the level above. A level is held to its end and
``grace_days`` beyond; the tier is the highest level held. With RECOMPUTED what is left is the level that the running
window reaches by itself.

So more spending never gives a lower tier, a return that takes a count under a minimum takes the tier that rested on it,
and a changed scheme holds at once: nothing is stored but the sums. Months after the day do not count.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pos_member.domain.tiers import Demotion, Months, MonthSum, TierLevel, TierMetric, TierScheme, TierWindow

_YEAR = 12
#: A hundred years: a slip in a scheme must not keep a till counting.
_WINDOW_MAX = 1_200
_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


@dataclass(frozen=True)
class TierStanding:
    """Where a member stands. ``count``: of the running window, in the scheme's metric.

    ``next_code`` and ``missing``: the next tier up and what it takes in this window; empty and 0 at the top.
    ``keeps_until``: last day of ``code`` if nothing more is bought; ``None`` without a tier, for one held by hand or
    for nothing, and where it lies beyond the calendar.
    """

    code: str
    count: int
    next_code: str
    missing: int
    keeps_until: date | None


def standing(scheme: TierScheme, months: Months, today: date, floor: str = "") -> TierStanding:
    """The tier on ``today`` and the way to the next; ``floor`` is the tier given by hand, which is never undercut."""
    levels = _ordered(scheme)
    now = _number(today)
    counts = _counts(scheme, months, now)
    count = _window_count(scheme, counts, now)
    ends = _ends(scheme, levels, counts, now, now)
    reached = max((i for i, end in ends.items() if _day_held(scheme, end) >= today), default=-1)
    earned = levels[reached].code if reached >= 0 else ""
    code = higher(scheme, floor, earned)
    above = next((level for level in levels[_rank(levels, code) + 1 if code else 0 :] if level.minimum > count), None)
    keeps = None
    if reached >= 0 and code == earned != floor and levels[reached].minimum > 0:
        held = _day_held(scheme, _ends(scheme, levels, counts, now, now + _length(scheme))[reached])
        keeps = held if held < date.max else None
    return TierStanding(code, count, above.code if above else "", above.minimum - count if above else 0, keeps)


def level_for(scheme: TierScheme, count: int) -> str:
    """The highest level that ``count`` reaches, or empty."""
    reached = [level.code for level in _ordered(scheme) if level.minimum <= count]
    return reached[-1] if reached else ""


def higher(scheme: TierScheme, a: str, b: str) -> str:
    """The higher of two tiers; ``a`` where they are equal.

    A code that is not of the scheme (given by hand, or of a scheme before) is above none and below the first level.
    """
    levels = _ordered(scheme)
    return b if _rank(levels, b) > _rank(levels, a) else a


def metric_of(scheme: TierScheme, month: MonthSum) -> int:
    """What of a month counts."""
    match scheme.metric:
        case TierMetric.POINTS:
            return month.points
        case TierMetric.SPEND:
            return month.spend_satang
        case TierMetric.VISITS:
            return month.visits


def _ordered(scheme: TierScheme) -> list[TierLevel]:
    return sorted(scheme.levels, key=lambda level: level.minimum)


def _rank(levels: list[TierLevel], code: str) -> int:
    if not code:
        return -2
    return next((i for i, level in enumerate(levels) if level.code == code), -1)


def _number(day: date) -> int:
    """Months since year 0."""
    return day.year * _YEAR + day.month - 1


def _counts(scheme: TierScheme, months: Months, now: int) -> dict[int, int]:
    """Month number → what counted, up to the running month. A month that cannot be read is of a newer build."""
    found: dict[int, int] = {}
    for name, month in months.items():
        if _MONTH.fullmatch(name) is None:
            continue
        number = int(name[:4]) * _YEAR + int(name[5:7]) - 1
        if number <= now:
            found[number] = found.get(number, 0) + metric_of(scheme, month)
    return found


def _length(scheme: TierScheme) -> int:
    """Months of a window."""
    return _YEAR if scheme.window is TierWindow.CALENDAR else min(max(1, scheme.window_months), _WINDOW_MAX)


def _window_end(scheme: TierScheme, month: int) -> int:
    """The last month of the window that runs in ``month``."""
    if scheme.window is TierWindow.ROLLING:
        return month
    start = min(max(scheme.start_month, 1), _YEAR) - 1
    return month + _YEAR - 1 - (month - start) % _YEAR


def _window_count(scheme: TierScheme, counts: Mapping[int, int], month: int) -> int:
    """What counted in the window that runs in ``month``, as far as it is known."""
    end = _window_end(scheme, month)
    first = end - _length(scheme) + 1
    return sum(amount for number, amount in counts.items() if first <= number <= end)


def _ends(
    scheme: TierScheme, levels: list[TierLevel], counts: Mapping[int, int], now: int, until: int
) -> dict[int, int]:
    """Index of a level → the last month of its window, for every level that a window up to ``until`` reached."""
    if not levels:
        return {}
    length = _length(scheme)
    # Windows of the months with a count are enough: a window without any reaches only what costs nothing.
    first = min(counts, default=now)
    candidates = {now}
    for number in counts:
        candidates.update(range(number, min(number + length - 1, until) + 1))
    ends: dict[int, int] = {}
    for month in sorted(candidates):
        if first <= month <= until:
            end, count = _window_end(scheme, month), _window_count(scheme, counts, month)
            for i, level in enumerate(levels):
                if level.minimum <= count:
                    ends[i] = max(end, ends.get(i, end))
    if scheme.demotion is Demotion.ONE_STEP:
        for i in range(len(levels) - 2, -1, -1):
            if i + 1 in ends:
                ends[i] = max(ends.get(i, 0), ends[i + 1] + length)
    return ends


def _day_held(scheme: TierScheme, month: int) -> date:
    """The last day of ``month`` and the grace after it; the end of the calendar beyond that."""
    year, index = divmod(month, _YEAR)
    if year > date.max.year:
        return date.max
    last = date(year, index + 1, calendar.monthrange(year, index + 1)[1])
    room = (date.max - last).days
    return last + timedelta(days=min(max(0, scheme.grace_days), room))
