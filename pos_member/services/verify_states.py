"""What is kept as a state equals what the facts make of it: balances, debts, coupons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.coupon import ENDED, STATE_AFTER, USABLE, Coupon, CouponEventKind, CouponState
from pos_member.domain.events import BillClaimed, PointsAdjusted
from pos_member.domain.ledger import outstanding
from pos_member.domain.points import Balances, PointEntry, balances_by_member
from pos_member.services.context import FIRST_DAY, LAST_DAY, Shop
from pos_member.services.evidence_ports import CouponEventRow, QueueRow
from pos_member.services.verify_queue import Findings, payload_of

#: (member id, currency, last day of the lot)
Lot = tuple[str, str, date | None]


def check_points(shop: Shop) -> Findings:
    """Σ entries per member, currency and bucket: as stored in rows, as projected, and as announced in the queue."""
    evidence = shop.store.evidence
    kept: dict[str, Balances] = {}
    ids: set[str] = set()
    for entry in evidence.entries():
        yield None
        if entry.id in ids:
            yield f"point entry {entry.id} is there twice"
        ids.add(entry.id)
        kept.setdefault(entry.member_id, Balances()).add(entry)
    # Of pending points nothing can be said here: a return takes those that were earned at other tills, too.
    yield from _check_debts(shop, kept)
    queue = _Announced()
    announced = _lots_of(balances_by_member(queue.entries(evidence.queue())))
    # Events acknowledged long ago leave the queue; their entries stay.
    astray = (ids ^ queue.ids) if queue.whole else (queue.ids - ids)
    if astray:
        yield f"{len(astray)} point entries are stored or announced, but not both"
    projected: Counter[Lot] = Counter()
    for member_id, bucket, points in evidence.balances():
        projected[member_id, "", bucket] += points
    for member_id, currency, bucket, points in evidence.wallets():
        projected[member_id, currency, bucket] += points
    rows = _lots_of(kept)
    compared = [("projected", projected), *([("announced", announced)] if queue.whole else [])]
    for what, other in compared:
        for lot in sorted(rows.keys() | other.keys(), key=str):
            if rows[lot] != other[lot]:
                name = f"{lot[1]} {lot[2] or 'never'}".strip()
                yield f"member {lot[0]} lot {name}: entries make {rows[lot]}, {what} {other[lot]}"


@dataclass
class _Announced:
    """What the queue says of points. ``whole``: no event has left it; ``ids``: of the entries in it."""

    ids: set[str] = field(default_factory=set)
    whole: bool = True

    def entries(self, queue: Iterable[QueueRow]) -> Iterator[PointEntry]:
        for i, queued in enumerate(queue, 1):
            self.whole = self.whole and queued.seq == i
            payload = payload_of(queued)
            moved: tuple[PointEntry, ...] = ()
            if isinstance(payload, Bill | BillReturn | BillClaimed):
                moved = payload.point_entries
            elif isinstance(payload, PointsAdjusted):
                moved = payload.entries
            self.ids.update(entry.id for entry in moved)
            yield from moved


def _lots_of(members: Mapping[str, Balances]) -> Counter[Lot]:
    found: Counter[Lot] = Counter()
    for member_id, own in members.items():
        for currency, lots in {"": own.buckets, **own.wallets}.items():
            for bucket, points in lots.items():
                found[member_id, currency, bucket] += points
    return found


def _check_debts(shop: Shop, kept: Mapping[str, Balances]) -> Findings:
    """What members owe is what returns could not take back, less what was repaid."""
    returns: dict[str, list[BillReturn]] = {}
    for document in shop.store.facts.returns_between(FIRST_DAY, LAST_DAY):
        if document.member_id is not None and (document.points_owed or document.stamps_owed):
            returns.setdefault(document.member_id, []).append(document)
    evidence = shop.store.evidence
    stored = {(member_id, ""): points for member_id, points in evidence.debts()}
    stored |= {(member_id, currency): count for member_id, currency, count in evidence.stamp_debts()}
    named = {(who, currency) for who, own in kept.items() for currency in own.repaid}
    named |= {(who, currency) for who, each in returns.items() for one in each for currency in ("", *one.stamps_owed)}
    for who, currency in sorted(named | stored.keys()):
        owed = outstanding(returns.get(who, ()), kept.get(who, Balances()), currency)
        if owed != stored.get((who, currency), 0):
            what = f"debt of {stored.get((who, currency), 0)} {currency}".strip()
            yield f"member {who}: a {what} is stored, the facts make {owed}"


#: The state a coupon must be in for an event to be able to happen to it.
_BEFORE: dict[CouponEventKind, frozenset[CouponState]] = {
    CouponEventKind.REDEEMED: USABLE,
    CouponEventKind.REVERSED: frozenset({CouponState.REDEEMED}),
    CouponEventKind.CANCELLED: USABLE,
    CouponEventKind.VOIDED_BY_RETURN: USABLE | {CouponState.RESERVED},
}


def check_coupons(shop: Shop) -> Findings:
    """Every coupon's events replay, in an order that can happen, to the stored state: redeemed once at a time.

    A code for several uses may be used at other tills in between: of such a one only the end is certain.
    """
    evidence = shop.store.evidence
    stored = {coupon.code: coupon for coupon in evidence.coupons()}
    several = {code for code, coupon in stored.items() if _several(shop, coupon)}
    states: dict[str, tuple[CouponState, str | None]] = {}
    uses: Counter[str] = Counter()
    issued: set[str] = set()
    for row in evidence.coupon_events():
        yield None
        before = states.get(row.code)
        wrong = _cannot_follow(row, None if before is None else before[0], several=row.code in several)
        if wrong:
            yield wrong
        if row.event is CouponEventKind.ISSUED:
            issued.add(row.code)
        redeemed = row.bill_id if row.event is CouponEventKind.REDEEMED else None
        uses[row.code] += (row.event is CouponEventKind.REDEEMED) - (row.event is CouponEventKind.REVERSED)
        given_back_late = row.event is CouponEventKind.REVERSED and before is not None and before[0] in ENDED
        states[row.code] = before if before is not None and given_back_late else (STATE_AFTER[row.event], redeemed)
    yield from _told_by_papers(shop)
    # What a till issued before it was set back to a backup came to it again through head office.
    identity = shop.store.facts.identity()
    here = identity.id if identity is not None and identity.epoch == 1 else None
    for code, coupon in stored.items():
        if code in states and code not in issued and coupon.issued_till_id == here:
            yield f"coupon {_short(code)}: stored without an event of its issue"
        replayed = states.get(code)
        if replayed is None:
            yield f"coupon {_short(code)}: stored without an event"
        elif code in several:
            if (coupon.state in ENDED or replayed[0] in ENDED) and coupon.state is not replayed[0]:
                yield f"coupon {_short(code)}: stored as {coupon.state}, its events make {replayed[0]}"
            if coupon.issued_till_id == here and coupon.uses < uses[code]:
                yield f"coupon {_short(code)}: {coupon.uses} uses are stored, its events make {uses[code]}"
        elif replayed != (coupon.state, coupon.redeemed_bill_id):
            yield f"coupon {_short(code)}: stored as {coupon.state}, its events make {replayed[0]}"
    for code in sorted(states.keys() - stored.keys()):
        yield f"coupon {_short(code)}: events without the coupon"


def _several(shop: Shop, coupon: Coupon) -> bool:
    definition = shop.book().definitions.get(coupon.definition_id)
    return coupon.uses > 0 or (definition is not None and definition.uses_per_code > 1)


def _told_by_papers(shop: Shop) -> Findings:
    """Coupons live by bills and returns: what these issued, used, gave back and voided are the events, one each."""
    kinds, facts = CouponEventKind, shop.store.facts
    wanted: Counter[tuple[str, CouponEventKind, str | None]] = Counter()
    for bill in facts.bills_between(FIRST_DAY, LAST_DAY):
        wanted.update((coupon.code, kinds.ISSUED, bill.id) for coupon in bill.coupons_issued)
        wanted.update((use.code, kinds.REDEEMED, bill.id) for use in bill.coupons_used)
    for document in facts.returns_between(FIRST_DAY, LAST_DAY):
        wanted.update((code, kinds.REVERSED, document.bill_id) for code in document.coupons_restored)
        wanted.update((code, kinds.VOIDED_BY_RETURN, document.bill_id) for code in document.coupons_voided)
    wanted.subtract(
        (row.code, row.event, row.bill_id)
        for row in shop.store.evidence.coupon_events()
        if row.event is not kinds.CANCELLED
    )
    for (code, event, bill_id), missing in wanted.items():
        if missing:
            what = "is not in its events" if missing > 0 else "is in its events and on no paper"
            yield f"coupon {_short(code)}: {event} by bill {bill_id} {what}"


def _cannot_follow(row: CouponEventRow, before: CouponState | None, *, several: bool) -> str:
    """What is wrong with this event after that state; empty where nothing is.

    A coupon of another till has no ISSUED event here: its first event here stands on what head office told.
    """
    if row.event is CouponEventKind.ISSUED:
        return "" if before is None else f"coupon {_short(row.code)}: issued twice"
    can = _BEFORE[row.event] if not several else USABLE | {CouponState.REDEEMED}
    if several and row.event is CouponEventKind.REVERSED:
        can |= ENDED  # one of several uses is given back after the code itself ended
    if before is not None and before not in can:
        return f"coupon {_short(row.code)}: {row.event} while {before} (event {row.seq})"
    return ""


def _short(code: str) -> str:
    """A code is worth money: reports show its end only."""
    return f"…{code[-4:]}"
