"""What makes the organisation's settings unusable: problems that point at the field, as for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from pos_member.domain.effect_check import POINTS_MAX, Found, Problem, in_range
from pos_member.domain.errors import Refusal
from pos_member.domain.expiry import parse_fixed_day
from pos_member.domain.in_store import usable
from pos_member.domain.money import AMOUNT_MAX_SATANG
from pos_member.domain.org import Currency, Settings
from pos_member.domain.tiers import TierScheme

_MONTHS_MAX = 1_200
_DAYS_MAX = 3_650


def check_settings(settings: Settings) -> list[Problem]:
    """Everything wrong with ``settings``, each at its field (``tiers.levels[1].minimum``); empty for usable ones."""
    found: Found = []
    if not _is_zone(settings.zone):
        found.append(Problem("zone", "a time zone such as Asia/Bangkok"))
    in_range(found, "vat_rate_bp", settings.vat_rate_bp, 0, 10_000)
    in_range(found, "points_paid_earns_bp", settings.points_paid_earns_bp, 0, 10_000)
    in_range(found, "points_pending_days", settings.points_pending_days, 0, _DAYS_MAX)
    in_range(found, "point_value_satang", settings.point_value_satang, 0, AMOUNT_MAX_SATANG)
    in_range(found, "redeem_points_per_bill_max", settings.redeem_points_per_bill_max, 0, 1_000 * POINTS_MAX)
    months, period = settings.points_expiry_months, settings.points_expiry_period_months
    _check_expiry("points_", months, settings.points_expiry_day, period, found)
    _check_currencies(settings.currencies, found)
    for i, rule in enumerate(settings.in_store):
        if not usable(rule):
            found.append(Problem(f"in_store[{i}]", "a prefix from 20 to 28 and figures that make 13 digits"))
    found += twice("in_store", [rule.prefix for rule in settings.in_store], "prefix")
    if settings.tiers is not None:
        _check_tiers(settings.tiers, found)
    return found


def refuse_bad_settings(settings: Settings, where: str) -> None:
    """Raises ``Refusal(PAYLOAD_INVALID, where=…)`` for the first problem; ``where`` goes before its field."""
    for problem in check_settings(settings)[:1]:
        raise problem.refusal(where)


def twice(where: str, values: Sequence[str], name: str) -> list[Problem]:
    """A problem at ``where[i].name`` for each of ``values`` that stands before it already."""
    counts = Counter(values)
    seen: set[str] = set()
    found: list[Problem] = []
    for i, value in enumerate(values):
        if counts[value] > 1 and value in seen:
            found.append(Problem(f"{where}[{i}].{name}", "a value of its own"))
        seen.add(value)
    return found


def _check_expiry(before: str, months: int, day: str, period_months: int, found: Found) -> None:
    in_range(found, f"{before}expiry_months", months, 0, _MONTHS_MAX)
    try:
        parse_fixed_day(day)
    except Refusal:
        found.append(Problem(f"{before}expiry_day", "a day of the year such as 12-31"))
    in_range(found, f"{before}expiry_period_months", period_months, 1, 12)


def _check_currencies(currencies: Sequence[Currency], found: Found) -> None:
    for i, each in enumerate(currencies):
        where = f"currencies[{i}]."
        if not each.code.strip():
            found.append(Problem(f"{where}code", "a value"))
        _check_expiry(where, each.expiry_months, each.expiry_day, each.expiry_period_months, found)
    found += twice("currencies", [each.code for each in currencies], "code")


def _check_tiers(scheme: TierScheme, found: Found) -> None:
    """Levels go up, each with a code of its own."""
    if not scheme.levels:
        found.append(Problem("tiers.levels", "a value"))
    for i, level in enumerate(scheme.levels):
        if not level.code.strip():
            found.append(Problem(f"tiers.levels[{i}].code", "a value"))
    found += twice("tiers.levels", [level.code for level in scheme.levels], "code")
    for level in scheme.levels[:1]:
        in_range(found, "tiers.levels[0].minimum", level.minimum, 0, AMOUNT_MAX_SATANG)
    for i, (below, level) in enumerate(pairwise(scheme.levels), 1):
        if level.minimum <= below.minimum:
            found.append(Problem(f"tiers.levels[{i}].minimum", f"> {below.minimum}"))
    in_range(found, "tiers.window_months", scheme.window_months, 1, _MONTHS_MAX)
    in_range(found, "tiers.start_month", scheme.start_month, 1, 12)
    in_range(found, "tiers.grace_days", scheme.grace_days, 0, _DAYS_MAX)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # A name that is a folder of zones ("Asia") fails in opening it.
        return False
    return True
