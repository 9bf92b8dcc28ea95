"""Points after the bill: every claim has its bill, without a member, of the same day; and adds up as a bill would."""

from __future__ import annotations

from pos_member.domain.bill import Bill
from pos_member.domain.claiming import as_claimed
from pos_member.domain.events import BillClaimed
from pos_member.services.context import FIRST_DAY, LAST_DAY, Shop
from pos_member.services.verify_queue import Findings
from pos_member.services.verify_sales import check_bill


def check_claims(shop: Shop) -> Findings:
    """Each claim, and that no bill was claimed twice. (A return from before the claim would name no member.)"""
    seen: set[str] = set()
    facts = shop.store.facts
    for claim in facts.claims_between(FIRST_DAY, LAST_DAY):
        yield None
        bill = facts.bill(claim.bill_id)
        if bill is None:
            yield f"claim {claim.id}: its bill is not here"
            continue
        if bill.id in seen:
            yield f"bill {bill.number}: claimed twice"
        seen.add(bill.id)
        yield from _of(bill, claim)


def _of(bill: Bill, claim: BillClaimed) -> Findings:
    if bill.member_id is not None:
        yield f"bill {bill.number}: claimed, and it has a member"
        return
    if (bill.business_date, bill.till_id) != (claim.business_date, claim.till_id):
        yield f"bill {bill.number}: claimed on another day or at another till"
    if not 0 <= claim.qualifying_satang <= sum(line.net_satang for line in bill.lines):
        yield f"bill {bill.number}: {claim.qualifying_satang} of it counts towards tiers"
    if any(tally.member_id not in (None, claim.member_id) for tally in claim.tallies):
        yield f"bill {bill.number}: its claim counts for another member"
    yield from check_bill(as_claimed(bill, claim))
