"""Who owes whom for redeemed points: the branch that gave a point pays the branch that took it.

A pure walk over the entries of one member, in the order of the ledger (what undoes comes after what it undoes). Every
point that comes in makes a lot of the branch whose till wrote it; a redemption uses up the earliest lots of the bucket
it drew; a reversal of a redemption puts back what that redemption used, last used first. A reversal of an earn, an
expiry and a correction take from lots too: such rows are same-branch (``from_branch`` = ``to_branch``) and say whose
points they were. Where the points of an undone earn were spent already and others made up for them, those others pay
for that redemption instead.

What was redeemed and has no lot (a balance brought over from elsewhere, or an overdrawn bucket) waits for points of
that bucket to come; what never finds any is ``UNATTRIBUTED``, as are opening balances.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pos_member.domain.points import Buckets, PointEntry, PointKind, bucket_order

#: The branch of points that nobody issued here: head office clears for them.
UNATTRIBUTED = ""


@dataclass(frozen=True)
class Transfer:
    """Points that ``from_branch`` issued and ``to_branch`` took; ``satang`` at the value of a point.

    Negative where a return undid it. ``kind`` is REDEEM for what is cleared; of other kinds (expired, corrected, taken
    back) both branches are the same. ``bill_id`` and ``day``: of the redemption, also where it is undone; for the
    others, of the entry.
    """

    kind: PointKind
    from_branch: str
    to_branch: str
    points: int
    satang: int
    bill_id: str | None
    day: date


@dataclass(frozen=True)
class NetDebt:
    """After all is set off: ``payer`` owes ``payee`` for ``points`` > 0 worth ``satang`` >= 0."""

    payer: str
    payee: str
    points: int
    satang: int


@dataclass
class _Lot:
    """What one entry brought in, and what is left of it. ``order``: place in the ledger."""

    entry_id: str
    bill_id: str | None
    branch: str
    left: int
    order: int


@dataclass
class _Redemption:
    """One REDEEM entry: which branches' points it used (in the order of use), and what has no lot yet."""

    entry: PointEntry
    branch: str
    parts: list[tuple[_Lot, int]] = field(default_factory=list)
    uncovered: int = 0


class _Walk:
    """The state of one member's walk through one currency."""

    def __init__(self, branch_of: Callable[[str], str], point_value_satang: int, opening: Buckets) -> None:
        self._branch_of = branch_of
        self._value = point_value_satang
        self._order = 0
        self._lots: dict[date | None, list[_Lot]] = {}
        #: Taken out of a bucket that did not hold it, other than by redemptions: fills up without anybody paying.
        self._debts: dict[date | None, int] = {}
        self._redemptions: dict[str, _Redemption] = {}
        self._waiting: list[_Redemption] = []
        #: Entry that brought points in → its branch.
        self._branches: dict[str, str] = {}
        for bucket in sorted(opening, key=bucket_order):
            if opening[bucket] > 0:
                self._add(bucket, _Lot("", None, UNATTRIBUTED, opening[bucket], 0))
            elif opening[bucket] < 0:
                self._debts[bucket] = -opening[bucket]

    def step(self, entry: PointEntry) -> Iterator[Transfer]:
        """Rows of one entry."""
        self._order += 1
        if entry.kind is PointKind.REDEEM and entry.points < 0:
            yield from self._redeem(entry)
        elif entry.points < 0:
            yield from self._take(entry)
        elif entry.points > 0:
            undone = self._redemptions.get(entry.reverses_id or "")
            if undone is None:
                yield from self._bring(entry.bucket, self._lot_of(entry, entry.points))
            else:
                yield from self._undo(undone, entry)

    def close(self) -> Iterator[Transfer]:
        """Rows of what was redeemed and never found a lot."""
        for redemption in self._waiting:
            if redemption.uncovered:
                yield self._row(redemption, UNATTRIBUTED, redemption.uncovered)

    def _lot_of(self, entry: PointEntry, points: int) -> _Lot:
        branch = self._branch_of(entry.till_id)
        self._branches[entry.id] = branch
        return _Lot(entry.id, entry.bill_id, branch, points, self._order)

    def _add(self, bucket: date | None, lot: _Lot) -> None:
        lots = self._lots.setdefault(bucket, [])
        lots.append(lot)
        if len(lots) > 1 and lots[-2].order > lot.order:
            lots.sort(key=lambda each: each.order)

    def _bring(self, bucket: date | None, lot: _Lot) -> Iterator[Transfer]:
        """Points come in: they make good what was taken before they were there, the earliest redemption first."""
        for redemption in self._waiting:
            if redemption.uncovered and redemption.entry.bucket == bucket and lot.left:
                covered = min(redemption.uncovered, lot.left)
                redemption.uncovered -= covered
                lot.left -= covered
                redemption.parts.append((lot, covered))
                yield self._row(redemption, lot.branch, covered)
        self._waiting = [each for each in self._waiting if each.uncovered]
        filled = min(self._debts.get(bucket, 0), lot.left)
        if filled:
            self._debts[bucket] -= filled
            lot.left -= filled
        if lot.left:
            self._add(bucket, lot)

    def _redeem(self, entry: PointEntry) -> Iterator[Transfer]:
        redemption = _Redemption(entry, self._branch_of(entry.till_id))
        self._redemptions[entry.id] = redemption
        redemption.parts, redemption.uncovered = self._consume(self._in(entry.bucket), -entry.points)
        if redemption.uncovered:
            self._waiting.append(redemption)
        for lot, points in redemption.parts:
            yield self._row(redemption, lot.branch, points)
        self._sweep(entry.bucket)

    def _take(self, entry: PointEntry) -> Iterator[Transfer]:
        """A reversal takes from the lot it undoes first, a repayment from its bill's, all else from the earliest."""
        lots = self._in(entry.bucket)
        own: list[_Lot] = []
        if entry.kind is PointKind.REVERSE:
            own = [each for each in lots if self._belongs(each, entry)]
            lots = [*own, *(each for each in lots if each not in own)]
        parts, short = self._consume(lots, -entry.points)
        for lot, points in parts:
            spent = 0
            if entry.reverses_id is not None and lot not in own:
                spent = yield from self._charge(entry.reverses_id, lot, points)
            undone = self._branches.get(entry.reverses_id or "", lot.branch)
            for branch, count in ((undone, spent), (lot.branch, points - spent)):
                if count:
                    yield Transfer(entry.kind, branch, branch, count, 0, entry.bill_id, entry.business_date)
        if short:
            self._debts[entry.bucket] = self._debts.get(entry.bucket, 0) + short
        self._sweep(entry.bucket)

    @staticmethod
    def _belongs(lot: _Lot, entry: PointEntry) -> bool:
        if entry.reverses_id is not None:
            return lot.entry_id == entry.reverses_id
        return lot.bill_id is not None and lot.bill_id == entry.bill_id

    def _charge(self, undone_id: str, lot: _Lot, points: int) -> Generator[Transfer, None, int]:
        """Points of an undone earn were spent already: ``lot``, which made up for them, pays those redemptions instead.

        How many of ``points`` that was.
        """
        left = points
        for redemption in self._redemptions.values():
            for i in range(len(redemption.parts) - 1, -1, -1):
                used, count = redemption.parts[i]
                if left and used.entry_id == undone_id:
                    moved = min(left, count)
                    left -= moved
                    redemption.parts[i : i + 1] = [(used, count - moved)] * (count > moved) + [(lot, moved)]
                    if used.branch != lot.branch:
                        yield self._row(redemption, used.branch, -moved)
                        yield self._row(redemption, lot.branch, moved)
        return points - left

    def _undo(self, redemption: _Redemption, entry: PointEntry) -> Iterator[Transfer]:
        left = entry.points
        freed = min(left, redemption.uncovered)
        redemption.uncovered -= freed
        left -= freed
        while left and redemption.parts:
            lot, points = redemption.parts.pop()
            back = min(left, points)
            if back < points:
                redemption.parts.append((lot, points - back))
            left -= back
            yield self._row(redemption, lot.branch, -back)
            yield from self._bring(entry.bucket, _Lot(lot.entry_id, lot.bill_id, lot.branch, back, lot.order))
        if left:
            # More than the redemption took: nobody issued it.
            yield from self._bring(entry.bucket, _Lot(entry.id, entry.bill_id, UNATTRIBUTED, left, self._order))

    def _in(self, bucket: date | None) -> list[_Lot]:
        return self._lots.get(bucket, [])

    def _consume(self, lots: list[_Lot], points: int) -> tuple[list[tuple[_Lot, int]], int]:
        """Parts taken from ``lots`` in their order, and what they do not hold."""
        parts: list[tuple[_Lot, int]] = []
        for lot in lots:
            if not points:
                break
            taken = min(lot.left, points)
            if taken:
                lot.left -= taken
                points -= taken
                parts.append((lot, taken))
        return parts, points

    def _sweep(self, bucket: date | None) -> None:
        self._lots[bucket] = [each for each in self._in(bucket) if each.left]

    def _row(self, redemption: _Redemption, branch: str, points: int) -> Transfer:
        entry = redemption.entry
        satang = points * self._value
        return Transfer(PointKind.REDEEM, branch, redemption.branch, points, satang, entry.bill_id, entry.business_date)


def transfers(
    entries: Iterable[PointEntry],
    branch_of: Callable[[str], str],
    *,
    point_value_satang: int,
    opening: Buckets | None = None,
    currency: str = "",
) -> Iterator[Transfer]:
    """Rows for the entries of one member, in the order of the ledger; those of other currencies are passed over.

    ``branch_of`` gives the branch of a till id. ``opening``: points per bucket that were there before the first entry.
    Σ points of the REDEEM rows = points redeemed less those given back.
    """
    walk = _Walk(branch_of, point_value_satang, opening or {})
    for entry in entries:
        if entry.currency == currency:
            yield from walk.step(entry)
    yield from walk.close()


def net(rows: Iterable[Transfer], party_of: Callable[[str], str] | None = None) -> tuple[NetDebt, ...]:
    """Debts set off per pair of parties: of branches, or with ``party_of`` (branch id → brand id) of brands.

    Sorted by payer and payee. What a party owes itself is left out, and so is what comes to nothing.
    """
    pairs: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row.kind is not PointKind.REDEEM:
            continue
        giver, taker = (each if party_of is None else party_of(each) for each in (row.from_branch, row.to_branch))
        if giver == taker:
            continue
        first, second = sorted((giver, taker))
        sign = 1 if giver == first else -1
        sums = pairs.setdefault((first, second), [0, 0])
        sums[0] += sign * row.points
        sums[1] += sign * row.satang
    found = [
        NetDebt(first, second, points, satang) if points > 0 else NetDebt(second, first, -points, -satang)
        for (first, second), (points, satang) in pairs.items()
        if points
    ]
    return tuple(sorted(found, key=lambda each: (each.payer, each.payee)))


def totals(rows: Iterable[Transfer]) -> Mapping[tuple[str, str], tuple[int, int]]:
    """(issuing branch, redeeming branch) → (points, satang) of the REDEEM rows that is left, same-branch included."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        if row.kind is PointKind.REDEEM:
            points, satang = found.get((row.from_branch, row.to_branch), (0, 0))
            found[row.from_branch, row.to_branch] = (points + row.points, satang + row.satang)
    return {pair: sums for pair, sums in found.items() if sums != (0, 0)}
