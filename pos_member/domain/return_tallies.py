"""What a return gives back to limits, quotas, budgets, missions, draws, and to the count towards tiers."""

from __future__ import annotations

from dataclasses import replace

from pos_member.domain.bill import Bill
from pos_member.domain.matching import GIFT_CARD
from pos_member.domain.points import earned_towards_tiers
from pos_member.domain.return_shares import Progress
from pos_member.domain.tally import Tally
from pos_member.domain.tiers import MonthSum


def tallies_back(bill: Bill, progress: Progress) -> tuple[Tally, ...]:
    """The bill's tallies with the opposite sign: those of a line with it, the others with the last of the bill."""
    found: list[Tally] = []
    for tally in bill.tallies:
        due = progress.due(tally.amount, tally.line_no)
        if due:
            found.append(replace(tally, amount=-due))
    return tuple(found)


def qualifying_back(bill: Bill, progress: Progress) -> int:
    """Satang that no longer count towards tiers: gift cards never counted."""
    weights = {line.line_no: 0 if GIFT_CARD in line.tags else max(0, line.net_satang) for line in bill.lines}
    return progress.due_by(bill.qualifying_satang, weights)


def qualifying_points_back(bill: Bill, progress: Progress) -> int:
    """Points that no longer count towards tiers: what goods earned that came back, taken back or still owed."""
    earned = earned_towards_tiers(bill.point_entries, bill.member_id)
    return sum(progress.due(entry.points, entry.line_no) for entry in earned)


def month_back(bill: Bill, progress: Progress) -> MonthSum:
    """What the month of the bill loses (figures <= 0): points, spend, the visit."""
    points, satang = qualifying_points_back(bill, progress), qualifying_back(bill, progress)
    return MonthSum(-points, -satang, -1 if progress.complete else 0)
