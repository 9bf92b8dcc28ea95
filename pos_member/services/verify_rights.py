"""Rights are never spent twice: uses within each right, what bills say of their spending, the floor of its time."""

from __future__ import annotations

from collections import Counter

from pos_member.domain.bill import Bill
from pos_member.domain.rights import Spending
from pos_member.services.context import FIRST_DAY, LAST_DAY, Shop
from pos_member.services.verify_queue import Findings


def check_rights(shop: Shop) -> Findings:
    """Σ uses ≤ right; the spending of a bill is its redeemed points; its rows are what it says."""
    evidence = shop.store.rights_evidence
    kept: set[str] = set()
    for row in evidence.rights():
        yield None
        kept.add(row.right.id)
        used = sum(points for _, points in row.uses)
        if used > row.right.points:
            yield f"right {row.right.id}: {used} of {row.right.points} points are spent"
    floor = {(each.seq, each.kind, each.subject_id): each.points for each in evidence.floor_rows()}
    for bill in shop.store.facts.bills_between(FIRST_DAY, LAST_DAY):
        spending = bill.spending
        if spending is None:
            continue
        yield None
        yield from _of_bill(bill, spending)
        seq = evidence.seq_of(bill.id)
        if seq is None:
            yield f"bill {bill.number}: its event is not known"
            continue
        said = {use.right_id: use.points for use in spending.rights if use.right_id in kept}
        if said != dict(evidence.uses_of(seq)):
            yield f"bill {bill.number}: the rights it says it used and those marked as used differ"
        wanted = {(seq, "points", bill.member_id): spending.provisional} if spending.provisional else {}
        wanted |= {(seq, "coupon", code): 0 for code in spending.coupons}
        if wanted != {key: points for key, points in floor.items() if key[0] == seq}:
            yield f"bill {bill.number}: what it was let beyond rights is not noted as it says"


def _of_bill(bill: Bill, spending: Spending) -> Findings:
    parts = sum(use.points for use in spending.rights) + spending.provisional
    if parts != bill.points_redeemed:
        yield f"bill {bill.number}: {bill.points_redeemed} points are redeemed, rights and floor make {parts}"
    if spending.provisional < 0 or any(use.points <= 0 for use in spending.rights):
        yield f"bill {bill.number}: a part of its spending is not above zero"
    if any(count > 1 for count in Counter(use.right_id for use in spending.rights).values()):
        yield f"bill {bill.number}: it names a right twice"
    used = {use.code for use in bill.coupons_used}
    if not set(spending.coupons) <= used:
        yield f"bill {bill.number}: it took coupons on trust that it did not use"
    if bill.member_id is None and parts:
        yield f"bill {bill.number}: points of nobody are spent"
