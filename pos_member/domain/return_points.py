"""Points and stamps of a return: redeemed ones go back to their lots, earned ones are taken back.

What is taken back comes from what is still pending first, then from the lot that was earned, then from the others,
first-expiring first. ``OwedPolicy`` says what happens where that is not enough: WITHIN_BALANCE remembers the rest as
owed, UNLIMITED takes it from the earned lot whatever is there, PENDING_ONLY takes only what is not yet spendable and
forgives the rest. Stamps are never pending, so PENDING_ONLY leaves them with the member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pos_member.domain.bill import Bill, DiscountKind
from pos_member.domain.ledger import Movement
from pos_member.domain.org import OwedPolicy, Settings
from pos_member.domain.points import Account, PointEntry, PointKind, bucket_order, has_ended
from pos_member.domain.return_shares import Progress


@dataclass
class PointsBack:
    """Movements of a return; the figures are the bill's member's, by currency (empty: points), all >= 0.

    ``by_line``: points of the line that the return undoes, owed ones included; without a line under ``None``.
    """

    movements: list[Movement] = field(default_factory=list)
    given: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)
    by_line: dict[int | None, int] = field(default_factory=dict)


#: (last day of the lot, points > 0, first day of use of the pending part they are taken from)
_Part = tuple[date | None, int, date | None]


class _Holdings:
    """What is left in the account while the return is planned."""

    def __init__(self, account: Account | None, today: date, settings: Settings | None) -> None:
        self._account = account
        self._settings = settings
        self.today = today
        self._lots: dict[str, dict[date | None, int]] = {}
        self.pending = dict(account.pending) if account is not None else {}

    def lots(self, currency: str) -> dict[date | None, int]:
        if currency not in self._lots:
            self._lots[currency] = {} if self._account is None else dict(self._account.lots(currency))
        return self._lots[currency]

    def ended(self, bucket: date | None, currency: str) -> bool:
        end = None if self._account is None else self._account.ends(self._settings, currency)
        return has_ended(bucket, self.today, end)

    def alive(self, currency: str) -> list[date | None]:
        return sorted((lot for lot in self.lots(currency) if not self.ended(lot, currency)), key=bucket_order)

    def waiting(self, entry: PointEntry) -> list[tuple[date, date | None]]:
        """Pending parts, those of the entry's own lot first. Only points have any."""
        if entry.currency:
            return []
        keys = [
            key
            for key, points in self.pending.items()
            if key[0] > self.today and points > 0 and not self.ended(key[1], "")
        ]
        own = (entry.spendable_from, entry.bucket)
        return sorted(keys, key=lambda key: (key != own, *bucket_order(key[1]), key[0]))

    def marked(self, entry: PointEntry, points: int) -> list[_Part]:
        """``points`` of the entry's own lot: as pending as far as that part of it still is on record, else without.

        So no more is ever taken from a pending part than came into it.
        """
        first = entry.spendable_from
        left = 0 if first is None or entry.currency else max(0, self.pending.get((first, entry.bucket), 0))
        of_pending = min(points, left)
        parts = [(entry.bucket, of_pending, first), (entry.bucket, points - of_pending, None)]
        return [part for part in parts if part[1]]

    def take(self, currency: str, bucket: date | None, points: int, first: date | None) -> None:
        lots = self.lots(currency)
        lots[bucket] = lots.get(bucket, 0) - points
        if first is not None and not currency:
            self.pending[first, bucket] = self.pending.get((first, bucket), 0) - points


def points_back(
    bill: Bill,
    progress: Progress,
    account: Account | None,
    today: date,
    policy: OwedPolicy,
    settings: Settings | None = None,
) -> PointsBack:
    """All point movements of a return. ``settings`` are needed where points end by inactivity."""
    back = PointsBack()
    holdings = _Holdings(account, today, settings)
    _give(bill, progress, back)
    for move in back.movements:
        holdings.take(move.currency, move.bucket, -move.points, None)
    for entry in bill.point_entries:
        if entry.kind is not PointKind.EARN:
            continue
        if entry.member_id != bill.member_id:
            # Whoever brought the member loses the gift with the last of the bill, as it was given.
            due = entry.points if progress.complete else 0
            if due:
                back.movements.append(_movement(entry, -due, entry.bucket, entry.spendable_from, entry.member_id))
            continue
        due = progress.due(entry.points, entry.line_no)
        if due:
            _take(entry, due, holdings, policy, back)
    return back


def points_weights(bill: Bill) -> dict[int, int]:
    """How all points payments of a bill lie on its lines: as stored; else by what was paid, else by price."""
    for weights in (
        {line.line_no: line.points_paid_satang for line in bill.lines},
        {line.line_no: line.net_satang for line in bill.lines},
        {line.line_no: line.gross_satang for line in bill.lines},
    ):
        if any(weights.values()):
            return weights
    return {line.line_no: 1 for line in bill.lines}


def _give(bill: Bill, progress: Progress, back: PointsBack) -> None:
    """Redeemed points, to the lots they came from, even where such a lot has ended meanwhile.

    Those of a reward come back with the lines it took something off, also where nothing was left to pay on them; where
    a bill of an older build does not say which, with all that was paid with points. What bought coupons comes back with
    the last of the bill: no goods carry it.
    """
    spent = [entry for entry in bill.point_entries if entry.kind is PointKind.REDEEM]
    if not spent:
        return
    together = points_weights(bill)
    by_reward = {
        (discount.program_id, discount.currency): {part.line_no: part.weight for part in discount.lines}
        for discount in bill.discounts
        if discount.kind is DiscountKind.POINTS and discount.lines
    }
    for_coupons = {grant.program_id for grant in bill.grants if grant.points}
    for entry in spent:
        if entry.program_id in for_coupons:
            points = progress.due(-entry.points, None)
        else:
            lines = by_reward.get((entry.program_id, entry.currency), together)
            points = progress.due_by(-entry.points, lines)
        if points:
            back.movements.append(_movement(entry, points, entry.bucket, entry.spendable_from))
            back.given[entry.currency] = back.given.get(entry.currency, 0) + points


def _take(entry: PointEntry, due: int, holdings: _Holdings, policy: OwedPolicy, back: PointsBack) -> None:
    """Take ``due`` points of one earned entry, as far as the policy goes."""
    currency = entry.currency
    if policy is OwedPolicy.UNLIMITED:
        parts = holdings.marked(entry, due)
    elif policy is OwedPolicy.PENDING_ONLY:
        parts = _from_pending(entry, due, holdings)
    elif holdings.ended(entry.bucket, currency):
        # Those points are gone or will be, and the expiry run evens it out.
        parts = holdings.marked(entry, due)
    else:
        parts = _within_balance(entry, due, holdings)
    taken = sum(points for _, points, _ in parts)
    for bucket, points, first in parts:
        holdings.take(currency, bucket, points, first)
        back.movements.append(_movement(entry, -points, bucket, first))
    _add(back.taken, currency, taken)
    if policy is OwedPolicy.WITHIN_BALANCE:
        _add(back.owed, currency, due - taken)
    if not currency:
        undone = taken if policy is OwedPolicy.PENDING_ONLY else due
        back.by_line[entry.line_no] = back.by_line.get(entry.line_no, 0) + undone


def _from_pending(entry: PointEntry, points: int, holdings: _Holdings) -> list[_Part]:
    """What pending parts hold of ``points``; no more than is in their lot."""
    parts: list[_Part] = []
    room = {bucket: max(0, n) for bucket, n in holdings.lots(entry.currency).items()}
    for first, bucket in holdings.waiting(entry):
        taken = min(points, holdings.pending[first, bucket], room.get(bucket, 0))
        if taken > 0:
            parts.append((bucket, taken, first))
            room[bucket] -= taken
            points -= taken
    return parts


def _within_balance(entry: PointEntry, due: int, holdings: _Holdings) -> list[_Part]:
    lots = holdings.lots(entry.currency)
    alive = holdings.alive(entry.currency)
    # A lot in debt is paid by the others before anything is there to take.
    left = min(due, max(0, sum(lots[lot] for lot in alive)))
    parts = _from_pending(entry, left, holdings)
    room = dict(lots)
    for bucket, points, _ in parts:
        room[bucket] -= points
        left -= points
    # All that is pending today is taken by now.
    own = [entry.bucket] if entry.bucket in alive else []
    for bucket in (*own, *(lot for lot in alive if lot != entry.bucket)):
        taken = min(left, max(0, room[bucket]))
        if taken:
            parts.append((bucket, taken, None))
            left -= taken
    return parts


def _movement(
    entry: PointEntry, points: int, bucket: date | None, first: date | None, member_id: str | None = None
) -> Movement:
    return Movement(
        points=points,
        bucket=bucket,
        line_no=entry.line_no if entry.kind is PointKind.EARN else None,
        program_id=entry.program_id,
        reverses_id=entry.id,
        currency=entry.currency,
        spendable_from=first,
        qualifying=entry.qualifying,
        member_id=member_id,
    )


def _add(figures: dict[str, int], currency: str, points: int) -> None:
    if points:
        figures[currency] = figures.get(currency, 0) + points


def others(figures: Mapping[str, int]) -> dict[str, int]:
    """The stamps among figures by currency; zeros are left out."""
    return {currency: points for currency, points in figures.items() if currency and points}
