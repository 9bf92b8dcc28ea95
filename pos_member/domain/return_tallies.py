"""What a return gives back to limits, quotas, budgets, missions, draws, and to the count towards tiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pos_member.domain.bill import Bill
from pos_member.domain.ledger import Movement
from pos_member.domain.matching import GIFT_CARD
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


def month_back(bill: Bill, progress: Progress, movements: Iterable[Movement]) -> MonthSum:
    """What the month of the bill loses (figures <= 0): points as far as they were taken back, spend, the visit."""
    points = sum(
        move.points
        for move in movements
        if move.points < 0 and move.qualifying and not move.currency and move.member_id is None
    )
    return MonthSum(points, -qualifying_back(bill, progress), -1 if progress.complete else 0)
