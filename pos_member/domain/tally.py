"""Tallies: what programs count besides points. Facts of a bill, given back by its return; sums are projections.

A limit, a quota, a budget, a mission and the remainder of a step all read sums of tallies. A tally says at the sale
which sum it belongs to (``period``), so that a return gives back to that sum, however much later it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pos_member.domain.codec import optional_field


class TallyKind(StrEnum):
    """What is counted; ``key`` is the id of a program, or of a coupon definition for its redemption limits."""

    TIMES = "times"  # uses by one member: limits per member
    TOTAL = "total"  # uses by anyone: total limits, drawn from the till's quota
    BUDGET = "budget"  # satang given away by anyone: budgets, drawn from the till's quota
    PROGRESS = "progress"  # towards a goal, in the goal's unit (satang, thousandths, bills)
    REWARDED = "rewarded"  # times a goal was paid
    REMAINDER = "remainder"  # satang of a step not yet full, carried to the member's next bill
    ENTRIES = "entries"  # entries in a lucky draw


#: Kinds that belong to a program and not to a member.
OF_PROGRAM = frozenset({TallyKind.TOTAL, TallyKind.BUDGET})


class Period(StrEnum):
    """Over what is summed."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    LIFE = "life"


@dataclass(frozen=True)
class Tally:
    """One count of a bill, or what a return undoes of it (negative).

    ``period`` is ``period_key`` of the bill's business date. ``line_no`` ties a part to its line: it is given back with
    that line, cumulatively in proportion; without one it is given back when all of the bill has come back.
    ``member_id`` is ``None`` for the kinds of ``OF_PROGRAM``.
    """

    kind: TallyKind
    key: str
    period: str
    amount: int
    member_id: str | None = optional_field(default=None)
    line_no: int | None = optional_field(default=None)


def period_key(period: Period, day: date) -> str:
    """``2026-11-21``, ``2026-W47`` (ISO), ``2026-11``, ``2026``, or empty for life."""
    match period:
        case Period.DAY:
            return day.isoformat()
        case Period.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        case Period.MONTH:
            return f"{day.year:04d}-{day.month:02d}"
        case Period.YEAR:
            return f"{day.year:04d}"
        case Period.LIFE:
            return ""


def count_key(kind: TallyKind, key: str, period: str) -> str:
    """The name of a sum: ``times|<program>|2026-11-21``. Ids never hold ``|``."""
    return f"{kind.value}|{key}|{period}"


def sums(tallies: Iterable[Tally]) -> dict[str, int]:
    """``count_key`` → sum; sums of zero are left out. Of one member, or of the kinds of ``OF_PROGRAM``."""
    found: dict[str, int] = {}
    for tally in tallies:
        key = count_key(tally.kind, tally.key, tally.period)
        found[key] = found.get(key, 0) + tally.amount
    return {key: amount for key, amount in found.items() if amount}


def merged(*parts: Mapping[str, int]) -> dict[str, int]:
    """Sums added up: head office's and this till's since."""
    found: dict[str, int] = {}
    for part in parts:
        for key, amount in part.items():
            found[key] = found.get(key, 0) + amount
    return {key: amount for key, amount in found.items() if amount}


def is_live(key: str, today: date) -> bool:
    """Whether the sum named ``key`` can still matter: life, this and the last year, days and weeks of the last 62 days.

    What is no longer live may be dropped from projections; the facts remain.
    """
    period = key.rpartition("|")[2]
    if not period:
        return True
    if len(period) == 4 or len(period) == 7:
        return int(period[:4]) >= today.year - 1
    day = date.fromisoformat(period if "W" not in period else f"{period}-7")
    return (today - day).days <= 62
