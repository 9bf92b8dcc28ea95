"""What is kept as a state equals what the facts make of it: balances, debts, coupons."""

from __future__ import annotations

from collections import Counter
from datetime import date

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.coupon import STATE_AFTER, USABLE, CouponEventKind, CouponState
from pos_member.domain.events import PointsAdjusted
from pos_member.domain.ledger import OWED_REPAID
from pos_member.domain.points import PointEntry
from pos_member.services.context import FIRST_DAY, LAST_DAY, Shop
from pos_member.services.ports import CouponEventRow
from pos_member.services.verify_queue import Findings, payload_of

Lot = tuple[str, date | None]


def check_points(shop: Shop) -> Findings:
    """Σ entries per member and bucket: as stored in rows, as projected, and as announced in the queue."""
    evidence = shop.store.evidence
    rows: Counter[Lot] = Counter()
    ids: set[str] = set()
    owed: Counter[str] = Counter()
    for entry in evidence.entries():
        yield None
        if entry.id in ids:
            yield f"point entry {entry.id} is there twice"
        ids.add(entry.id)
        rows[entry.member_id, entry.bucket] += entry.points
        if entry.reason == OWED_REPAID:
            owed[entry.member_id] += entry.points
    yield from _check_debts(shop, owed)
    announced: Counter[Lot] = Counter()
    announced_ids: set[str] = set()
    whole = True
    for i, queued in enumerate(evidence.queue(), 1):
        whole = whole and queued.seq == i
        payload = payload_of(queued)
        moved: tuple[PointEntry, ...] = ()
        if isinstance(payload, Bill | BillReturn):
            moved = payload.point_entries
        elif isinstance(payload, PointsAdjusted):
            moved = payload.entries
        for entry in moved:
            announced[entry.member_id, entry.bucket] += entry.points
            announced_ids.add(entry.id)
    # Events acknowledged long ago leave the queue; their entries stay.
    astray = (ids ^ announced_ids) if whole else (announced_ids - ids)
    if astray:
        yield f"{len(astray)} point entries are stored or announced, but not both"
    projected: Counter[Lot] = Counter()
    for member_id, bucket, points in evidence.balances():
        projected[member_id, bucket] += points
    compared = [("projected", projected), *([("announced", announced)] if whole else [])]
    for what, other in compared:
        for lot in sorted(rows.keys() | other.keys(), key=str):
            if rows[lot] != other[lot]:
                yield f"member {lot[0]} lot {lot[1] or 'never'}: entries make {rows[lot]}, {what} {other[lot]}"


def _check_debts(shop: Shop, repaid: Counter[str]) -> Findings:
    """What members owe is what returns could not take back, less what was repaid (``repaid`` is negative)."""
    owed = Counter(repaid)
    for document in shop.store.facts.returns_between(FIRST_DAY, LAST_DAY):
        if document.points_owed and document.member_id is not None:
            owed[document.member_id] += document.points_owed
    stored = dict(shop.store.evidence.debts())
    for member_id in sorted(owed.keys() | stored.keys()):
        kept = stored.get(member_id, 0)
        if owed[member_id] != kept:
            yield f"member {member_id}: a debt of {kept} is stored, the facts make {owed[member_id]}"


#: The state a coupon must be in for an event to be able to happen to it.
_BEFORE: dict[CouponEventKind, frozenset[CouponState]] = {
    CouponEventKind.REDEEMED: USABLE,
    CouponEventKind.REVERSED: frozenset({CouponState.REDEEMED}),
    CouponEventKind.CANCELLED: USABLE,
    CouponEventKind.VOIDED_BY_RETURN: USABLE | {CouponState.RESERVED},
}


def check_coupons(shop: Shop) -> Findings:
    """Every coupon's events replay, in an order that can happen, to the stored state: redeemed once at a time."""
    evidence = shop.store.evidence
    states: dict[str, tuple[CouponState, str | None]] = {}
    for row in evidence.coupon_events():
        yield None
        before = states.get(row.code)
        wrong = _cannot_follow(row, None if before is None else before[0])
        if wrong:
            yield wrong
        redeemed = row.bill_id if row.event is CouponEventKind.REDEEMED else None
        states[row.code] = (STATE_AFTER[row.event], redeemed)
    yield from _told_by_papers(shop)
    stored: set[str] = set()
    for coupon in evidence.coupons():
        stored.add(coupon.code)
        replayed = states.get(coupon.code)
        if replayed is None:
            yield f"coupon {_short(coupon.code)}: stored without an event"
        elif replayed != (coupon.state, coupon.redeemed_bill_id):
            yield f"coupon {_short(coupon.code)}: stored as {coupon.state}, its events make {replayed[0]}"
    for code in sorted(states.keys() - stored):
        yield f"coupon {_short(code)}: events without the coupon"


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


def _cannot_follow(row: CouponEventRow, before: CouponState | None) -> str:
    """What is wrong with this event after that state; empty where nothing is.

    A coupon of another till has no ISSUED event here: its first event here stands on what head office told.
    """
    if row.event is CouponEventKind.ISSUED:
        return "" if before is None else f"coupon {_short(row.code)}: issued twice"
    if before is not None and before not in _BEFORE[row.event]:
        return f"coupon {_short(row.code)}: {row.event} while {before} (event {row.seq})"
    return ""


def _short(code: str) -> str:
    """A code is worth money: reports show its end only."""
    return f"…{code[-4:]}"
