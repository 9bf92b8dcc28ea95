"""The points ledger: append-only entries, buckets by expiry, first-expiring drawn first.

``balances`` says what entries come to: points, pending points, stamps, debts repaid. Whoever keeps such sums in tables
keeps these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pos_member.domain.codec import optional_field
from pos_member.domain.expiry import account_end
from pos_member.domain.org import Settings
from pos_member.domain.tiers import Months

#: ``PointEntry.reason`` of points that an earn paid back to an earlier return; see ``ledger``.
OWED_REPAID = "owed_repaid"

#: Last day of a lot (``None`` = does not end by itself) → points.
Buckets = Mapping[date | None, int]
#: (first day of use, last day of the lot) → points of that lot which are not spendable before.
Pending = Mapping[tuple[date, date | None], int]


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
    pending points; what is taken out of the pending part of a lot carries it too, so that Σ over entries with one
    ``spendable_from`` is what is left of that part. ``qualifying``: whether it counts towards a tier.
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
    buckets: Buckets
    as_of: datetime | None
    own_points_since: int
    qualifying: int
    visits: int
    last_visit: date | None
    #: Points a return could not take back (policy ``within_balance``); the next earn repays them: ``domain.ledger``.
    owed: int = 0
    #: Of ``buckets``, what is not spendable before a day: (first day of use, last day of the lot) → points.
    pending: Pending = field(default_factory=dict)
    #: Stamps: currency → last day of the lot → stamps.
    wallets: Mapping[str, Buckets] = field(default_factory=dict)
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

    def lots(self, currency: str = "") -> Buckets:
        """The lots of points, or of a stamp currency."""
        return self.wallets.get(currency, {}) if currency else self.buckets

    def ends(self, settings: Settings | None, currency: str = "") -> date | None:
        """Last day of everything in one currency, by inactivity; ``None`` without ``settings`` or such a policy."""
        return None if settings is None else account_end(settings, self.last_visit, currency)

    def unexpired(self, today: date, settings: Settings | None = None, currency: str = "") -> int:
        """Points in lots that have not ended; below zero where a return took more than was there.

        ``settings`` are needed where points end by inactivity.
        """
        end = self.ends(settings, currency)
        return sum(points for lot, points in self.lots(currency).items() if not has_ended(lot, today, end))

    def immature(self, today: date, settings: Settings | None = None) -> int:
        """Points that are there and not yet spendable."""
        end = self.ends(settings)
        return sum(points for lot, points in immature(self.pending, today).items() if not has_ended(lot, today, end))

    def spendable(self, today: date, settings: Settings | None = None, currency: str = "") -> int:
        """What can be redeemed today: neither ended nor pending, and never below zero. Stamps are never pending."""
        waiting = 0 if currency else self.immature(today, settings)
        return max(0, self.unexpired(today, settings, currency) - waiting)

    def expiring(
        self, today: date, until: date, settings: Settings | None = None, currency: str = ""
    ) -> tuple[int, date | None]:
        """Points that end in [today, until], and the nearest such day."""
        end = self.ends(settings, currency)
        ends: dict[date, int] = {}
        for lot, points in self.lots(currency).items():
            last = min(filter(None, (lot, end)), default=None)
            if last is not None and today <= last <= until and points > 0:
                ends[last] = ends.get(last, 0) + points
        return sum(ends.values()), min(ends, default=None)


@dataclass
class Balances:
    """Figures of one member, summed from entries; zeros are left out by ``clean``, which ``balances`` has called.

    ``buckets``, ``pending`` and ``wallets`` as in ``Account``. ``repaid``: currency → points that earns paid back to
    earlier returns (> 0): what is owed is Σ ``points_owed`` (``stamps_owed``) of the returns less this. ``pending``
    keeps lots that have become spendable meanwhile: they are the past, and no reader counts them (``immature``).
    """

    buckets: dict[date | None, int] = field(default_factory=dict)
    pending: dict[tuple[date, date | None], int] = field(default_factory=dict)
    wallets: dict[str, dict[date | None, int]] = field(default_factory=dict)
    repaid: dict[str, int] = field(default_factory=dict)

    def add(self, entry: PointEntry) -> None:
        """Count one more entry."""
        lots = self.wallets.setdefault(entry.currency, {}) if entry.currency else self.buckets
        lots[entry.bucket] = lots.get(entry.bucket, 0) + entry.points
        if entry.spendable_from is not None and not entry.currency:
            key = (entry.spendable_from, entry.bucket)
            self.pending[key] = self.pending.get(key, 0) + entry.points
        if entry.reason == OWED_REPAID:
            self.repaid[entry.currency] = self.repaid.get(entry.currency, 0) - entry.points

    def plus(
        self, buckets: Buckets, pending: Pending | None = None, wallets: Mapping[str, Buckets] | None = None
    ) -> Balances:
        """With the figures of another source added (head office's, under this till's own)."""
        both = Balances(dict(self.buckets), dict(self.pending), {c: dict(w) for c, w in self.wallets.items()})
        both.repaid = dict(self.repaid)
        for lot, points in buckets.items():
            both.buckets[lot] = both.buckets.get(lot, 0) + points
        for key, points in (pending or {}).items():
            both.pending[key] = both.pending.get(key, 0) + points
        for currency, lots in (wallets or {}).items():
            wallet = both.wallets.setdefault(currency, {})
            for lot, points in lots.items():
                wallet[lot] = wallet.get(lot, 0) + points
        return both.clean()

    def clean(self, today: date | None = None) -> Balances:
        """Without zeros; with ``today`` also without pending lots that are spendable by then."""
        self.buckets = {lot: points for lot, points in self.buckets.items() if points}
        self.pending = {
            key: points for key, points in self.pending.items() if points and (today is None or key[0] > today)
        }
        wallets = {c: {lot: n for lot, n in lots.items() if n} for c, lots in self.wallets.items()}
        self.wallets = {currency: lots for currency, lots in wallets.items() if lots}
        self.repaid = {currency: points for currency, points in self.repaid.items() if points}
        return self


def balances(entries: Iterable[PointEntry]) -> Balances:
    """The figures of one member from that member's entries, in any order.

    A bill may carry entries of the member who referred the other: group by ``PointEntry.member_id`` first, or use
    ``balances_by_member``.
    """
    found = Balances()
    for entry in entries:
        found.add(entry)
    return found.clean()


def balances_by_member(entries: Iterable[PointEntry]) -> dict[str, Balances]:
    """Member id → figures."""
    found: dict[str, Balances] = {}
    for entry in entries:
        found.setdefault(entry.member_id, Balances()).add(entry)
    return {member_id: each.clean() for member_id, each in found.items()}


def earned_towards_tiers(entries: Iterable[PointEntry], member_id: str | None) -> list[PointEntry]:
    """Of a bill's entries those by which its member earned what counts towards a tier."""
    earned = (entry for entry in entries if entry.kind is PointKind.EARN and entry.qualifying and not entry.currency)
    return [entry for entry in earned if entry.member_id == member_id]


def has_ended(bucket: date | None, today: date, end: date | None = None) -> bool:
    """Whether a lot is past its last day, or its account past ``end``."""
    return (bucket is not None and bucket < today) or (end is not None and end < today)


def immature(pending: Pending, today: date) -> dict[date | None, int]:
    """Bucket → points in it that are not yet spendable; never below zero."""
    found: dict[date | None, int] = {}
    for (first, bucket), points in pending.items():
        if first > today and points > 0:
            found[bucket] = found.get(bucket, 0) + points
    return found


def bucket_order(bucket: date | None) -> tuple[bool, date]:
    """Sort key: the lot that ends first comes first, the never-ending last."""
    return (bucket is None, bucket or date.max)


def draw(
    buckets: Buckets, points: int, today: date, pending: Pending | None = None, end: date | None = None
) -> list[tuple[date | None, int]]:
    """Which lots ``points`` come from, first-expiring first: ``[(bucket, n > 0), …]``.

    What is ``pending`` is not touched before its day; ``end`` is ``Account.ends``. Raises ``ValueError`` when the
    spendable lots do not hold them; callers refuse before they get here.
    """
    waiting = immature(pending or {}, today)
    parts: list[tuple[date | None, int]] = []
    left = points
    for bucket in sorted(buckets, key=bucket_order):
        if left <= 0:
            break
        if has_ended(bucket, today, end):
            continue
        taken = min(left, max(0, buckets[bucket] - waiting.get(bucket, 0)))
        if taken:
            parts.append((bucket, taken))
            left -= taken
    if left > 0:
        raise ValueError(f"{left} points more than the lots hold")
    return parts
