"""What a return gives back and takes back, by the figures stored on the bill; never by today's rules.

Every share is cumulative (``return_shares``): any sequence of partial returns adds up to exactly what the bill took.
Points are in ``return_points``, coupons in ``return_coupons``, limits and tiers in ``return_tallies``; here is the
money, and the plan that holds all of it together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pos_member.domain.bill import Bill, BillReturn, ReturnLine
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.ledger import Movement
from pos_member.domain.money import Rounding, round_ratio
from pos_member.domain.org import OwedPolicy, Settings
from pos_member.domain.points import Account
from pos_member.domain.return_coupons import IssuedCoupon as IssuedCoupon
from pos_member.domain.return_coupons import coupons_back
from pos_member.domain.return_points import others, points_back
from pos_member.domain.return_shares import Progress, returned
from pos_member.domain.return_tallies import month_back, qualifying_back, tallies_back
from pos_member.domain.tally import Tally
from pos_member.domain.tiers import MonthSum


@dataclass(frozen=True)
class ReturnPlan:
    """A return before it is done. Σ ``lines.refund_satang`` = ``refund_satang`` + ``withheld_satang``.

    ``refund_satang`` is what is handed back. ``movements`` become entries by ``ledger.return_entries``; the sum of
    those of points of the bill's member is ``points_given_back - points_taken_back``. ``points_owed`` could not be
    taken back now (Σ ``lines.points_reversed`` = taken back + owed); ``stamps_*`` say the same per currency.
    ``complete``: nothing of the bill is left with the customer.
    ``coupons_withheld``: code → satang, in all ``withheld_satang``. ``month`` is what the bill's month loses,
    points that are owed included.
    """

    lines: tuple[ReturnLine, ...]
    refund_satang: int
    withheld_satang: int
    points_taken_back: int
    points_given_back: int
    points_owed: int
    movements: tuple[Movement, ...]
    coupons_restored: tuple[str, ...]
    coupons_voided: tuple[str, ...]
    complete: bool
    tallies: tuple[Tally, ...] = ()
    qualifying_satang: int = 0
    stamps_taken_back: Mapping[str, int] = field(default_factory=dict)
    stamps_given_back: Mapping[str, int] = field(default_factory=dict)
    stamps_owed: Mapping[str, int] = field(default_factory=dict)
    coupons_withheld: Mapping[str, int] = field(default_factory=dict)
    month: MonthSum = field(default_factory=MonthSum)


def plan_return(
    bill: Bill,
    earlier: Iterable[BillReturn],
    lines: Mapping[int, int],
    *,
    account: Account | None,
    today: date,
    owed_policy: OwedPolicy,
    issued: Iterable[IssuedCoupon] = (),
    settings: Settings | None = None,
    cash_step_satang: int = 0,
) -> ReturnPlan:
    """Plan the return of ``lines`` (line number → thousandths) of ``bill`` after the ``earlier`` returns of it.

    ``account`` is the member's as of now (``None`` for a bill without a member); ``issued`` the present state of the
    bill's issued coupons; ``settings`` are needed where points end by inactivity. With ``cash_step_satang`` > 0 what is
    handed back is a multiple of it: the nearest to what the returns so far are worth, and in sum never more than the
    bill took; the last return comes to the bill's total (or, where that is no multiple, to the step below it).
    Raises ``Refusal(RETURN_NOTHING | RETURN_EXCEEDS)``.
    """
    past = tuple(earlier)
    chosen = {number: quantity for number, quantity in lines.items() if quantity}
    _check(returnable(bill, past), chosen)
    progress = Progress.of(bill, past, chosen)
    points = points_back(bill, progress, account, today, owed_policy, settings)
    refunds = _refunds(bill, past, progress, chosen)
    coupons = coupons_back(bill, past, progress, issued, sum(refunds.values()))
    withheld = coupons.withheld_satang
    if cash_step_satang > 0:
        refunds = _in_cash(bill, past, progress, refunds, withheld, cash_step_satang)
    # What no line carried shows on the last one: the lines come to what is taken back and owed.
    undone = {**points.by_line, max(chosen): points.by_line.get(max(chosen), 0) + points.by_line.get(None, 0)}
    return ReturnPlan(
        lines=tuple(
            ReturnLine(number, chosen[number], refunds[number], undone.get(number, 0)) for number in sorted(chosen)
        ),
        refund_satang=sum(refunds.values()) - withheld,
        withheld_satang=withheld,
        points_taken_back=points.taken.get("", 0),
        points_given_back=points.given.get("", 0),
        points_owed=points.owed.get("", 0),
        movements=tuple(points.movements),
        coupons_restored=tuple(use.code for use in bill.coupons_used) if progress.complete else (),
        coupons_voided=coupons.voided,
        complete=progress.complete,
        tallies=tallies_back(bill, progress),
        qualifying_satang=qualifying_back(bill, progress),
        stamps_taken_back=others(points.taken),
        stamps_given_back=others(points.given),
        stamps_owed=others(points.owed),
        coupons_withheld=coupons.withheld,
        month=month_back(bill, progress),
    )


def returnable(bill: Bill, earlier: Iterable[BillReturn]) -> dict[int, int]:
    """Line number → thousandths that may still come back."""
    before = returned(earlier)
    return {line.line_no: line.quantity_milli - before.get(line.line_no, 0) for line in bill.lines}


def _check(left: Mapping[int, int], chosen: Mapping[int, int]) -> None:
    if not chosen:
        raise Refusal(Reason.RETURN_NOTHING)
    for number, quantity in chosen.items():
        most = left.get(number, 0)
        if not 0 < quantity <= most:
            raise Refusal(Reason.RETURN_EXCEEDS, line_no=number, left_milli=most)


def _refunds(bill: Bill, past: tuple[BillReturn, ...], progress: Progress, chosen: Mapping[int, int]) -> dict[int, int]:
    """Satang per returned line.

    Cash rounding makes the bill's total differ from its lines by some satang: no return goes beyond the total, and
    the last one settles to it exactly.
    """
    already: dict[int, int] = {}
    for back in (back for document in past for back in document.lines):
        already[back.line_no] = already.get(back.line_no, 0) + back.refund_satang
    refunds: dict[int, int] = {}
    for line in bill.lines:
        if line.line_no in chosen:
            due = _worth(line.net_satang, progress.after[line.line_no], line.quantity_milli)
            refunds[line.line_no] = max(0, due - already.get(line.line_no, 0))
    left = max(0, bill.total_satang - sum(already.values()))
    return _settled(refunds, left if progress.complete else min(sum(refunds.values()), left))


def _worth(net_satang: int, quantity: int, of: int) -> int:
    return round_ratio(net_satang * quantity, of, Rounding.HALF_UP)


def _settled(refunds: Mapping[int, int], target: int) -> dict[int, int]:
    """``refunds`` changed from the last line on so that they come to ``target`` (>= 0); none falls below zero."""
    settled = dict(refunds)
    total = sum(settled.values())
    for number in sorted(settled, reverse=True):
        change = max(-settled[number], target - total)
        settled[number] += change
        total += change
    return settled


def _in_cash(
    bill: Bill,
    past: tuple[BillReturn, ...],
    progress: Progress,
    refunds: Mapping[int, int],
    withheld_satang: int,
    step: int,
) -> dict[int, int]:
    """``refunds`` so that what is handed back can be paid in coins.

    Looks at all returns together, so that what one of them rounded off comes with the next.
    """
    kept = withheld_satang + sum(document.withheld_satang for document in past)
    handed = sum(document.refund_satang for document in past)
    most = max(0, bill.total_satang - kept - handed) // step * step
    worth = sum(_worth(line.net_satang, progress.after[line.line_no], line.quantity_milli) for line in bill.lines)
    nearest = round_ratio(max(0, worth - kept - handed), step, Rounding.HALF_UP) * step
    return _settled(refunds, withheld_satang + (most if progress.complete else min(nearest, most)))
