"""What a return gives back and takes back, by the figures stored on the bill; never by today's rules.

Every share is cumulative: what has come back so far is worth f(quantity so far), and this return is worth the
difference to what earlier returns gave. So any sequence of partial returns adds up to exactly what the bill took.

Issued coupons are voided when the last of the bill has come back. A bill does not record what spend each coupon
needed, so a partial return leaves them alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pos_member.domain.bill import Bill, BillLine, BillReturn, ReturnLine
from pos_member.domain.coupon import CouponState
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.ledger import Movement
from pos_member.domain.money import Rounding, round_ratio
from pos_member.domain.org import OwedPolicy
from pos_member.domain.points import Account, PointEntry, PointKind, bucket_order


@dataclass(frozen=True)
class IssuedCoupon:
    """What has become of a coupon that the bill gave; ``used_satang`` is what it took off another bill."""

    code: str
    state: CouponState
    used_satang: int = 0


@dataclass(frozen=True)
class ReturnPlan:
    """A return before it is done. Σ ``lines.refund_satang`` = ``refund_satang`` + ``withheld_satang``.

    ``refund_satang`` is what is handed back. ``movements`` become entries by ``ledger.return_entries``; their sum is
    ``points_given_back - points_taken_back``. ``points_owed`` could not be taken back now. ``complete``: nothing of the
    bill is left with the customer.
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


def plan_return(
    bill: Bill,
    earlier: Iterable[BillReturn],
    lines: Mapping[int, int],
    *,
    account: Account | None,
    today: date,
    owed_policy: OwedPolicy,
    issued: Iterable[IssuedCoupon] = (),
) -> ReturnPlan:
    """Plan the return of ``lines`` (line number → thousandths) of ``bill`` after the ``earlier`` returns of it.

    ``account`` is the member's as of now (``None`` for a bill without a member); ``issued`` the present state of the
    bill's issued coupons. Raises ``Refusal(RETURN_NOTHING | RETURN_EXCEEDS)``.
    """
    past = tuple(earlier)
    before = _returned(past)
    chosen = {number: quantity for number, quantity in lines.items() if quantity}
    _check(bill, before, chosen)
    after = {line.line_no: before.get(line.line_no, 0) + chosen.get(line.line_no, 0) for line in bill.lines}
    complete = all(after[line.line_no] == line.quantity_milli for line in bill.lines)
    back = _given_back(bill, before, after)
    taken, reversed_by_line, owed = _taken_back(bill, before, after, account, today, owed_policy, back)
    refunds = _refunds(bill, past, chosen, after, complete=complete)
    voided, withheld = _coupons(issued, sum(refunds.values())) if complete else ((), 0)
    return ReturnPlan(
        lines=tuple(
            ReturnLine(number, chosen[number], refunds[number], reversed_by_line.get(number, 0))
            for number in sorted(chosen)
        ),
        refund_satang=sum(refunds.values()) - withheld,
        withheld_satang=withheld,
        points_taken_back=-sum(move.points for move in taken),
        points_given_back=sum(move.points for move in back),
        points_owed=owed,
        movements=(*back, *taken),
        coupons_restored=tuple(use.code for use in bill.coupons_used) if complete else (),
        coupons_voided=voided,
        complete=complete,
    )


def returnable(bill: Bill, earlier: Iterable[BillReturn]) -> dict[int, int]:
    """Line number → thousandths that may still come back."""
    before = _returned(tuple(earlier))
    return {line.line_no: line.quantity_milli - before.get(line.line_no, 0) for line in bill.lines}


def _returned(past: tuple[BillReturn, ...]) -> dict[int, int]:
    quantities: dict[int, int] = {}
    for document in past:
        for line in document.lines:
            quantities[line.line_no] = quantities.get(line.line_no, 0) + line.quantity_milli
    return quantities


def _check(bill: Bill, before: Mapping[int, int], chosen: Mapping[int, int]) -> None:
    if not chosen:
        raise Refusal(Reason.RETURN_NOTHING)
    sold = {line.line_no: line.quantity_milli for line in bill.lines}
    for number, quantity in chosen.items():
        left = sold.get(number, 0) - before.get(number, 0)
        if not 0 < quantity <= left:
            raise Refusal(Reason.RETURN_EXCEEDS, line_no=number, left_milli=left)


def _share(whole: int, quantity: int, line: BillLine) -> int:
    """The part of ``whole`` that goes with ``quantity`` of ``line``: monotonic, and all of it with the whole line."""
    return whole * quantity // line.quantity_milli


def _refunds(
    bill: Bill, past: tuple[BillReturn, ...], chosen: Mapping[int, int], after: Mapping[int, int], *, complete: bool
) -> dict[int, int]:
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
            due = round_ratio(line.net_satang * after[line.line_no], line.quantity_milli, Rounding.HALF_UP)
            refunds[line.line_no] = max(0, due - already.get(line.line_no, 0))
    left = max(0, bill.total_satang - sum(already.values()))
    total = sum(refunds.values())
    target = left if complete else min(total, left)
    for number in sorted(refunds, reverse=True):
        change = max(-refunds[number], target - total)
        refunds[number] += change
        total += change
    return refunds


def _points_weights(bill: Bill) -> dict[int, int]:
    """How the points payment of the bill lies on its lines: as stored; else by what was paid, else by price."""
    for weights in (
        {line.line_no: line.points_paid_satang for line in bill.lines},
        {line.line_no: line.net_satang for line in bill.lines},
        {line.line_no: line.gross_satang for line in bill.lines},
    ):
        if any(weights.values()):
            return weights
    return {line.line_no: 1 for line in bill.lines}


def _given_back(bill: Bill, before: Mapping[int, int], after: Mapping[int, int]) -> list[Movement]:
    """Redeemed points, to the lots they came from, even where such a lot has ended meanwhile."""
    spent = [entry for entry in bill.point_entries if entry.kind is PointKind.REDEEM]
    if not spent:
        return []
    weights = _points_weights(bill)
    whole = sum(weights.values())
    was, now = (
        sum(_share(weights[line.line_no], quantities.get(line.line_no, 0), line) for line in bill.lines)
        for quantities in (before, after)
    )
    moves: list[Movement] = []
    for entry in spent:
        used = -entry.points
        points = used * now // whole - used * was // whole
        if points:
            moves.append(Movement(points, entry.bucket, None, entry.program_id, entry.id))
    return moves


def _taken_back(
    bill: Bill,
    before: Mapping[int, int],
    after: Mapping[int, int],
    account: Account | None,
    today: date,
    policy: OwedPolicy,
    back: list[Movement],
) -> tuple[list[Movement], dict[int, int], int]:
    """Earned points of the returned lines: the movements, points per line as earned, and what stays owed."""
    if policy is OwedPolicy.PENDING_ONLY:
        # Points are spendable at once here: none is ever pending, so a return takes none back and none is owed.
        return [], {}, 0
    by_line = {line.line_no: line for line in bill.lines}
    lots = dict(account.buckets) if account is not None else {}
    for move in back:
        lots[move.bucket] = lots.get(move.bucket, 0) + move.points
    moves: list[Movement] = []
    reversed_by_line: dict[int, int] = {}
    owed = 0
    for entry in bill.point_entries:
        if entry.kind is not PointKind.EARN or entry.line_no is None:
            continue
        line = by_line[entry.line_no]
        was, now = before.get(entry.line_no, 0), after[entry.line_no]
        due = _share(entry.points, now, line) - _share(entry.points, was, line)
        if due:
            reversed_by_line[entry.line_no] = reversed_by_line.get(entry.line_no, 0) + due
            owed += _claw(entry, due, lots, today, policy, moves)
    return moves, reversed_by_line, owed


def _claw(
    entry: PointEntry, due: int, lots: dict[date | None, int], today: date, policy: OwedPolicy, moves: list[Movement]
) -> int:
    """Take ``due`` points of one earned entry; the points that could not be taken.

    A lot that has ended is reversed in full in that lot: those points are gone or will be, and the expiry run evens
    it out.
    """
    ended = entry.bucket is not None and entry.bucket < today
    if policy is OwedPolicy.UNLIMITED or ended:
        _move(entry, entry.bucket, due, lots, moves)
        return 0
    others = sorted((lot for lot in lots if lot != entry.bucket and (lot is None or lot >= today)), key=bucket_order)
    # A lot in debt is paid by the others before anything is there to take.
    there = max(0, sum(lots[lot] for lot in {*others, entry.bucket} if lot in lots))
    left = min(due, there)
    owed = due - left
    for lot in (entry.bucket, *others):
        taken = min(left, max(0, lots.get(lot, 0)))
        if taken:
            _move(entry, lot, taken, lots, moves)
            left -= taken
    return owed


def _move(
    entry: PointEntry, lot: date | None, points: int, lots: dict[date | None, int], moves: list[Movement]
) -> None:
    lots[lot] = lots.get(lot, 0) - points
    moves.append(Movement(-points, lot, entry.line_no, entry.program_id, entry.id))


def _coupons(issued: Iterable[IssuedCoupon], refund_satang: int) -> tuple[tuple[str, ...], int]:
    """Codes to void, and the value of those already used, as far as the refund covers it."""
    voided: list[str] = []
    used = 0
    for coupon in issued:
        if coupon.state is CouponState.REDEEMED:
            used += coupon.used_satang
        elif coupon.state in (CouponState.ISSUED, CouponState.REVERSED, CouponState.RESERVED):
            voided.append(coupon.code)
    return tuple(voided), min(used, refund_satang)
