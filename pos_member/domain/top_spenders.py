"""Who spent most in a period: the ranking behind a TOP_SPENDER program, computed at head office.

Net spend is what bills came to, less what returns of those bills gave back. Equal spend: whoever reached it first (the
earlier last bill) goes first; bills at the same instant: the smaller member id. So there is one ranking, whatever the
order in which bills came in, and there are never more winners than prizes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Spend:
    """Money of one bill (satang > 0, ``at`` its completion) or of one return of it (satang < 0)."""

    member_id: str
    satang: int
    at: datetime


@dataclass(frozen=True)
class Spender:
    """One member's period. ``last_bill_at`` is aware UTC; returns do not move it."""

    member_id: str
    net_satang: int
    last_bill_at: datetime


@dataclass(frozen=True)
class Ranked:
    """A place in the ranking, from 1; no two share one."""

    place: int
    member_id: str
    net_satang: int
    last_bill_at: datetime


def spenders(spends: Iterable[Spend]) -> tuple[Spender, ...]:
    """Net spend per member, by member id. A member of whom there are only returns is left out."""
    sums: dict[str, int] = {}
    last: dict[str, datetime] = {}
    for spend in spends:
        sums[spend.member_id] = sums.get(spend.member_id, 0) + spend.satang
        if spend.satang > 0:
            last[spend.member_id] = max(spend.at, last.get(spend.member_id, spend.at))
    return tuple(Spender(member_id, sums[member_id], last[member_id]) for member_id in sorted(last))


def rank(found: Iterable[Spender], first: int, minimum_satang: int = 1) -> tuple[Ranked, ...]:
    """The ``first`` so many members who spent at least ``minimum_satang``, and anything at all."""
    fit = [each for each in found if each.net_satang >= max(1, minimum_satang)]
    fit.sort(key=lambda each: (-each.net_satang, each.last_bill_at, each.member_id))
    return tuple(
        Ranked(place, each.member_id, each.net_satang, each.last_bill_at)
        for place, each in enumerate(fit[: max(0, first)], 1)
    )
