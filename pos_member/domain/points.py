"""The points ledger: append-only entries, buckets by expiry, first-expiring drawn first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pos_member.domain.codec import optional_field
from pos_member.domain.tiers import Months


class PointKind(StrEnum):
    """Why points moved."""

    EARN = "earn"
    REDEEM = "redeem"
    ADJUST = "adjust"
    EXPIRE = "expire"
    REVERSE = "reverse"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class PointEntry:
    """One movement. ``points`` is signed; ``bucket`` is the last day of the lot, ``None`` for never.

    ``line_no`` ties an earned part to its bill line; ``reverses_id`` names the entry a reversal undoes. ``currency`` is
    empty for points, else the code of a stamp currency (``org.Currency``). ``spendable_from``: first day of use of
    pending points; a reversal carries that of the entry it undoes. ``qualifying``: whether it counts towards a tier.
    """

    id: str
    member_id: str
    kind: PointKind
    points: int
    bucket: date | None
    bill_id: str | None
    line_no: int | None
    program_id: str | None
    reason: str
    staff_id: str
    till_id: str
    at: datetime
    business_date: date
    reverses_id: str | None = None
    currency: str = optional_field(default="")
    spendable_from: date | None = optional_field(default=None)
    qualifying: bool = optional_field(default=True)


@dataclass(frozen=True)
class Account:
    """What a till knows of a member's points: head office's figures as of a time, plus this till's own entries since.

    ``buckets`` maps the last day of a lot (``None`` = never expires) to its points and already includes
    ``own_points_since``. ``qualifying`` counts towards tiers. ``visits`` counts completed bills.
    """

    member_id: str
    buckets: Mapping[date | None, int]
    as_of: datetime | None
    own_points_since: int
    qualifying: int
    visits: int
    last_visit: date | None
    #: Points a return could not take back (policy ``within_balance``); the next earn repays them: ``domain.ledger``.
    owed: int = 0
    #: Of ``buckets``, what is not spendable before a day: (first day of use, last day of the lot) → points.
    pending: Mapping[tuple[date, date | None], int] = field(default_factory=dict)
    #: Stamps: currency → last day of the lot → stamps.
    wallets: Mapping[str, Mapping[date | None, int]] = field(default_factory=dict)
    #: What counts towards tiers, per month.
    months: Months = field(default_factory=dict)
    #: Sums of tallies, by ``tally.count_key``.
    counts: Mapping[str, int] = field(default_factory=dict)
    #: Stamps still to be taken back, per currency (policy ``within_balance``).
    owed_stamps: Mapping[str, int] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        """All points, expired lots not yet run included."""
        return sum(self.buckets.values())

    def unexpired(self, today: date) -> int:
        """Points in lots that have not ended; below zero where a return took more than was there."""
        return sum(points for last, points in self.buckets.items() if last is None or last >= today)

    def spendable(self, today: date) -> int:
        """Points that can be redeemed today: lots not past their last day, and never below zero."""
        return max(0, self.unexpired(today))

    def expiring(self, today: date, until: date) -> tuple[int, date | None]:
        """Points whose lot ends in [today, until], and the nearest such day."""
        ends = {last: n for last, n in self.buckets.items() if last is not None and today <= last <= until and n > 0}
        return sum(ends.values()), min(ends, default=None)


def bucket_order(bucket: date | None) -> tuple[bool, date]:
    """Sort key: the lot that ends first comes first, the never-ending last."""
    return (bucket is None, bucket or date.max)


def sum_buckets(entries: Iterable[PointEntry]) -> dict[date | None, int]:
    """Balance per bucket; buckets that sum to zero are left out."""
    sums: dict[date | None, int] = {}
    for entry in entries:
        sums[entry.bucket] = sums.get(entry.bucket, 0) + entry.points
    return {bucket: points for bucket, points in sums.items() if points}


def draw(buckets: Mapping[date | None, int], points: int, today: date) -> list[tuple[date | None, int]]:
    """Which lots ``points`` come from, first-expiring first: ``[(bucket, n > 0), …]``.

    Raises ``ValueError`` when the unexpired lots do not hold them; callers refuse before they get here.
    """
    parts: list[tuple[date | None, int]] = []
    left = points
    for bucket in sorted(buckets, key=bucket_order):
        if left <= 0:
            break
        if bucket is not None and bucket < today:
            continue
        taken = min(left, max(0, buckets[bucket]))
        if taken:
            parts.append((bucket, taken))
            left -= taken
    if left > 0:
        raise ValueError(f"{left} points more than the lots hold")
    return parts
