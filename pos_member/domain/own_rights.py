"""The right a till has from the moment of a sale: to what that bill earned its member, until head office knows it.

Till and head office make the same one, each from the bill alone.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pos_member.domain.bill import Bill
from pos_member.domain.org import Settings
from pos_member.domain.points import PointEntry, PointKind
from pos_member.domain.rights import RightKind, SpendingRight


def own_right(bill: Bill, epoch: int, settings: Settings) -> SpendingRight | None:
    """The right of kind OWN that ``bill`` makes at its till in ``epoch``; ``None`` where it earned nothing to spend."""
    if bill.member_id is None:
        return None
    return right_earned(bill.id, bill.member_id, bill.till_id, epoch, bill.point_entries, bill.completed_at, settings)


def right_earned(
    bill_id: str,
    member_id: str,
    till_id: str,
    epoch: int,
    entries: tuple[PointEntry, ...] | list[PointEntry],
    completed_at: datetime,
    settings: Settings,
) -> SpendingRight | None:
    """As ``own_right``, from the parts of a bill.

    What is pending, stamps, what somebody else gets and what repaid a debt do not count. It never outlives the lot:
    otherwise it would be spent out of lots that other tills hold rights to.
    """
    mine = [entry for entry in entries if entry.member_id == member_id and not entry.currency]
    earned = [entry for entry in mine if entry.kind is not PointKind.REDEEM and entry.spendable_from is None]
    points = sum(entry.points for entry in earned)
    hours = settings.rights.own_hours
    if points <= 0 or hours <= 0:
        return None
    lapses_at = completed_at + timedelta(hours=hours)
    for last_day in {entry.bucket for entry in earned if entry.bucket is not None}:
        end = datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(settings.zone))
        lapses_at = min(lapses_at, end)
    return SpendingRight(
        bill_id,
        member_id,
        till_id,
        epoch,
        RightKind.OWN,
        points,
        completed_at,
        lapses_at.astimezone(completed_at.tzinfo),
    )
