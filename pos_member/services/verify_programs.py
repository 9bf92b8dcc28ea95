"""What programs did: tallies add up and stay within quotas, and bills of the present rules come out the same again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.coupon import Coupon
from pos_member.domain.events import BillClaimed, MemberEnrolled, MemberUpdated
from pos_member.domain.member import Birthday
from pos_member.domain.tally import OF_PROGRAM, Tally, TallyKind, count_key
from pos_member.services.context import FIRST_DAY, LAST_DAY, Shop
from pos_member.services.recheck import comparable, recheck, recheck_claim
from pos_member.services.verify_queue import Findings, payload_of

#: Sums of these may lie below zero: what a step left over is used up by the next bill.
_SIGNED = frozenset({TallyKind.REMAINDER})


def check_tallies(shop: Shop) -> Findings:
    """Tallies are those of the bills and returns, the sums kept of them are true, none below zero or over a quota."""
    evidence, facts = shop.store.evidence, shop.store.facts
    rows: Counter[Tally] = Counter()
    sums: Counter[tuple[str | None, str]] = Counter()
    for _, tally in evidence.tallies():
        yield None
        rows[tally] += 1
        sums[tally.member_id, count_key(tally.kind, tally.key, tally.period)] += tally.amount
        if (tally.kind in OF_PROGRAM) != (tally.member_id is None):
            yield f"tally {tally.kind} of {tally.key}: counted for the wrong one"
    written: Counter[Tally] = Counter()
    given: Counter[tuple[str, TallyKind, str]] = Counter()
    for paper in _papers(shop):
        written.update(paper.tallies)
        for tally in paper.tallies:
            if tally.kind in OF_PROGRAM:
                given[paper.till_id, tally.kind, tally.key] += tally.amount
    if rows != written:
        yield f"{len(rows - written) + len(written - rows)} tallies are in rows or on papers, but not both"
    kept: Counter[tuple[str, TallyKind, str]] = Counter()
    for till_id, kind, key, amount in evidence.given():
        kept[till_id, kind, key] += amount
    for of in sorted(kept.keys() | given.keys()):
        if kept[of] != given[of]:
            yield f"{of[1]} of {of[2]}: {kept[of]} is kept, the tallies make {given[of]}"
    for (_, name), amount in sums.items():
        if amount < 0 and TallyKind(name.partition("|")[0]) not in _SIGNED:
            yield f"{name}: {-amount} more came back than was counted"
    yield from _quotas(shop, facts.given())


def _quotas(shop: Shop, given: Mapping[str, int]) -> Findings:
    """Head office only ever raises a quota: what was given stays within what there is."""
    for key, quota in shop.book().quotas.items():
        for kind, most in ((TallyKind.TOTAL, quota.times), (TallyKind.BUDGET, quota.satang)):
            amount = given.get(count_key(kind, key, ""), 0)
            if most is not None and amount > most:
                yield f"{kind} of {key}: {amount} was given of a quota of {most}"


def _papers(shop: Shop) -> Iterator[Bill | BillReturn | BillClaimed]:
    yield from shop.store.facts.claims_between(FIRST_DAY, LAST_DAY)
    yield from shop.store.facts.bills_between(FIRST_DAY, LAST_DAY)
    yield from shop.store.facts.returns_between(FIRST_DAY, LAST_DAY)


def check_rules(shop: Shop) -> Findings:
    """Every bill made under the rules of today says what they give: nothing was changed afterwards."""
    book = shop.book()
    birthdays = _birthdays(shop)
    coupons = {coupon.code: coupon for coupon in shop.store.evidence.coupons()}
    for bill in shop.store.facts.bills_between(FIRST_DAY, LAST_DAY):
        branch = book.branches.get(bill.branch_id)
        # A coupon of another till that head office had told of is in no file of this till.
        told = all(use.code in coupons for use in bill.coupons_used)
        if branch is None or not told or not comparable(bill, book.rules):
            continue
        yield None
        known = _known(shop, bill.member_id, birthdays)
        for each in recheck(bill, book.rules, brand_id=branch.brand_id, coupons=coupons, birthdays=known):
            yield f"bill {bill.number}: {each.what} is {each.stored}, the rules make {each.computed}"
    yield from _claims(shop, coupons, birthdays)


def _claims(shop: Shop, coupons: Mapping[str, Coupon], birthdays: dict[str, set[Birthday | None]]) -> Findings:
    """As for bills, of points given after them."""
    book = shop.book()
    for claim in shop.store.facts.claims_between(FIRST_DAY, LAST_DAY):
        bill = shop.store.facts.bill(claim.bill_id)
        branch = None if bill is None else book.branches.get(bill.branch_id)
        if bill is None or branch is None or bill.member_id is not None:
            continue
        told = all(use.code in coupons for use in bill.coupons_used)
        if not told or claim.basis is None or claim.basis.rules != book.rules.digest:
            continue
        yield None
        known = _known(shop, claim.member_id, birthdays)
        for each in recheck_claim(bill, claim, book.rules, brand_id=branch.brand_id, coupons=coupons, birthdays=known):
            yield f"claim of bill {bill.number}: {each.what} is {each.stored}, the rules make {each.computed}"


def _known(
    shop: Shop, member_id: str | None, birthdays: dict[str, set[Birthday | None]]
) -> tuple[Birthday | None, ...]:
    """The birthdays that a bill's member has had here, the present one first."""
    if member_id is None:
        return (None,)
    member = shop.store.members.by_id(member_id)
    now = None if member is None else member.birthday
    # A bill of somebody whom only a signed code told of knew no birthday.
    return (now, *(birthdays.get(member_id, set()) - {now, None}), None)


def _birthdays(shop: Shop) -> dict[str, set[Birthday | None]]:
    """What members said here of their birthday over time: a bill goes by the one of its day."""
    found: dict[str, set[Birthday | None]] = {}
    for row in shop.store.evidence.queue():
        payload = payload_of(row)
        if isinstance(payload, MemberEnrolled | MemberUpdated):
            found.setdefault(payload.member.id, set()).add(payload.member.birthday)
    return found
