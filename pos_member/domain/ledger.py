"""Point entries of a sale, a return and the expiry run: pure builders; whoever calls stores them.

Owed points (policy ``within_balance``). A return that cannot take back all it should stores the rest as
``BillReturn.points_owed``. The next earn repays: beside its EARN entries stands a REVERSE entry with the reason
``OWED_REPAID`` that takes the repaid points out of the new lot again. So the outstanding debt is a sum over stored
facts, Σ ``BillReturn.points_owed`` less the points of the ``OWED_REPAID`` entries (``outstanding``). The till reads it
as ``Account.owed``.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pos_member.domain.bill import BillReturn
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.ids import NewId
from pos_member.domain.org import PointsExpiry, Settings
from pos_member.domain.points import Account, PointEntry, PointKind, bucket_order, draw
from pos_member.domain.pricing import EarnResult

#: ``PointEntry.reason`` of points that an earn paid back to an earlier return.
OWED_REPAID = "owed_repaid"


@dataclass(frozen=True)
class EntryContext:
    """What all entries of one act share. ``at`` is aware UTC; ``bill_id`` the bill they belong to, if any."""

    member_id: str
    bill_id: str | None
    staff_id: str
    till_id: str
    at: datetime
    business_date: date
    new_id: NewId

    def entry(
        self,
        kind: PointKind,
        points: int,
        bucket: date | None,
        *,
        line_no: int | None = None,
        program_id: str | None = None,
        reason: str = "",
        reverses_id: str | None = None,
    ) -> PointEntry:
        """One entry with a new id."""
        return PointEntry(
            id=self.new_id(),
            member_id=self.member_id,
            kind=kind,
            points=points,
            bucket=bucket,
            bill_id=self.bill_id,
            line_no=line_no,
            program_id=program_id,
            reason=reason,
            staff_id=self.staff_id,
            till_id=self.till_id,
            at=self.at,
            business_date=self.business_date,
            reverses_id=reverses_id,
        )


@dataclass(frozen=True)
class Movement:
    """A signed change of one lot, before it becomes an entry: what a return plan is made of."""

    points: int
    bucket: date | None
    line_no: int | None
    program_id: str | None
    reverses_id: str | None


def earn_bucket(settings: Settings, today: date) -> date | None:
    """Last day of the points earned today, inclusive; ``None`` for never.

    Both policies go ``points_expiry_months`` on, then to the end of that month or of that year. 24 months and YEAR_END
    on 21 Nov 2026 give 31 Dec 2028; with 0 months it is the end of the running year.
    """
    if settings.points_expiry is PointsExpiry.NEVER:
        return None
    months = today.year * 12 + today.month - 1 + max(0, settings.points_expiry_months)
    year, month = min(months // 12, date.max.year), months % 12 + 1
    if settings.points_expiry is PointsExpiry.YEAR_END:
        month = 12
    return date(year, month, calendar.monthrange(year, month)[1])


def earn_entries(
    earns: Iterable[EarnResult], settings: Settings, context: EntryContext, owed: int = 0
) -> tuple[PointEntry, ...]:
    """Entries of what a bill earned, one per program and line, and the repayment of ``owed`` points out of them."""
    bucket = earn_bucket(settings, context.business_date)
    entries = [
        context.entry(PointKind.EARN, points, bucket, line_no=line_no, program_id=earn.program_id)
        for earn in earns
        for line_no, points in earn.by_line.items()
        if points
    ]
    repaid = min(max(0, owed), sum(entry.points for entry in entries))
    if repaid:
        entries.append(context.entry(PointKind.REVERSE, -repaid, bucket, reason=OWED_REPAID))
    return tuple(entries)


def redeem_entries(
    redeemed: Iterable[tuple[str, int]], account: Account, context: EntryContext
) -> tuple[PointEntry, ...]:
    """Entries of points spent: ``redeemed`` is (program id, points > 0) per reward; first-expiring lots go first.

    Raises ``Refusal(POINTS_SHORT)`` when the account does not hold them today: a redemption never overdraws.
    """
    today = context.business_date
    wanted = list(redeemed)
    spendable = account.spendable(today)
    if sum(points for _, points in wanted) > spendable:
        raise Refusal(Reason.POINTS_SHORT, spendable_points=spendable)
    buckets = dict(account.buckets)
    entries: list[PointEntry] = []
    for program_id, points in wanted:
        for bucket, taken in draw(buckets, points, today):
            buckets[bucket] -= taken
            entries.append(context.entry(PointKind.REDEEM, -taken, bucket, program_id=program_id))
    return tuple(entries)


def return_entries(movements: Iterable[Movement], context: EntryContext, reason: str = "") -> tuple[PointEntry, ...]:
    """Entries of a return from its plan (``returns_rules.plan_return``)."""
    return tuple(
        context.entry(
            PointKind.REVERSE,
            move.points,
            move.bucket,
            line_no=move.line_no,
            program_id=move.program_id,
            reason=reason,
            reverses_id=move.reverses_id,
        )
        for move in movements
    )


def expire_entries(buckets: Mapping[date | None, int], today: date, context: EntryContext) -> tuple[PointEntry, ...]:
    """Bring every lot past its last day to zero. A lot overdrawn by a late return is made good the same way."""
    return tuple(
        context.entry(PointKind.EXPIRE, -buckets[bucket], bucket)
        for bucket in sorted(buckets, key=bucket_order)
        if bucket is not None and bucket < today and buckets[bucket]
    )


def outstanding(returns: Iterable[BillReturn], entries: Iterable[PointEntry]) -> int:
    """Points a member still owes, from all returns and entries of that member."""
    owed = sum(document.points_owed for document in returns)
    return owed + sum(entry.points for entry in entries if entry.reason == OWED_REPAID)
