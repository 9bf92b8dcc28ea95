"""When points and stamps end: the last day of a lot, and of an account that nobody uses.

Days are inclusive, and a month is counted to the same day of a later month, clamped to its end (31 January + 1 month =
28 or 29 February). Everything beyond the calendar clamps to its last day.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import PointsExpiry, Settings

_FIXED_DAY = re.compile(r"(\d{2})-(\d{2})")


@dataclass(frozen=True)
class Terms:
    """One policy with its figures. ``day`` is ``MM-DD``; ``months`` is n; ``period_months`` the length of a period."""

    policy: PointsExpiry
    months: int
    day: str
    period_months: int


_NEVER = Terms(PointsExpiry.NEVER, 0, "12-31", 12)


def terms_of(settings: Settings, currency: str = "") -> Terms:
    """The terms of points, or of a stamp currency. Stamps of a currency that is no longer kept never end."""
    if not currency:
        return Terms(
            settings.points_expiry,
            settings.points_expiry_months,
            settings.points_expiry_day,
            settings.points_expiry_period_months,
        )
    for each in settings.currencies:
        if each.code == currency:
            return Terms(each.expiry, each.expiry_months, each.expiry_day, each.expiry_period_months)
    return _NEVER


def earn_bucket(settings: Settings, today: date, currency: str = "") -> date | None:
    """Last day of what is earned ``today``, inclusive; ``None`` where the lot does not end by itself.

    24 months and YEAR_END on 21 Nov 2026 give 31 Dec 2028; with 0 months it is the end of the running year.
    Raises ``Refusal(DATE_INVALID)`` for a FIXED_DAY that is no day.
    """
    return lot_end(terms_of(settings, currency), today)


def lot_end(terms: Terms, today: date) -> date | None:
    """As ``earn_bucket``, of explicit terms."""
    if terms.policy in (PointsExpiry.NEVER, PointsExpiry.INACTIVITY):
        return None
    later = add_months(today, terms.months)
    match terms.policy:
        case PointsExpiry.MONTHS:
            return later
        case PointsExpiry.MONTHS_TO_MONTH_END:
            return month_end(later.year, later.month)
        case PointsExpiry.YEAR_END:
            return date(later.year, 12, 31)
        case PointsExpiry.FIXED_DAY:
            return _next_fixed_day(terms.day, later)
        case PointsExpiry.PERIOD_END:
            length = min(12, max(1, terms.period_months))
            # Periods begin with the calendar year; the last one is shorter where the length does not divide it.
            return month_end(later.year, min(12, ((later.month - 1) // length + 1) * length))


def account_end(settings: Settings, last_visit: date | None, currency: str = "") -> date | None:
    """Last day of everything in an account, by inactivity; ``None`` where that is not the policy, or without a bill."""
    terms = terms_of(settings, currency)
    if terms.policy is not PointsExpiry.INACTIVITY or last_visit is None:
        return None
    return add_months(last_visit, terms.months)


def first_day_of_use(settings: Settings, today: date, currency: str = "") -> date | None:
    """From when points earned ``today`` can be spent; ``None`` for at once. Stamps always at once."""
    if currency or settings.points_pending_days <= 0:
        return None
    return date.fromordinal(min(today.toordinal() + settings.points_pending_days, date.max.toordinal()))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, clamped to its end; never before ``day``."""
    total = day.year * 12 + day.month - 1 + max(0, months)
    year, month = divmod(total, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def parse_fixed_day(text: str) -> tuple[int, int]:
    """Month and day of ``MM-DD``; ``02-29`` is a day (28 February in other years). Raises ``Refusal(DATE_INVALID)``."""
    found = _FIXED_DAY.fullmatch(text)
    if found is not None:
        month, day = int(found[1]), int(found[2])
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]:
            return month, day
    raise Refusal(Reason.DATE_INVALID, text=text[:20])


def _next_fixed_day(text: str, since: date) -> date:
    month, day = parse_fixed_day(text)
    for year in (since.year, since.year + 1):
        if year > date.max.year:
            break
        found = date(year, month, min(day, calendar.monthrange(year, month)[1]))
        if found >= since:
            return found
    return date.max
