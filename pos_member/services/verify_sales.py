"""Bills add up, returns never give back more than the bill took, and no number is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from pos_member.domain.bill import Bill, BillReturn, DiscountKind, TenderKind, line_amount
from pos_member.domain.points import PointEntry, PointKind, earned_towards_tiers
from pos_member.domain.tally import Tally
from pos_member.services.context import FIRST_DAY, LAST_DAY, Shop
from pos_member.services.return_planning import with_its_member
from pos_member.services.verify_queue import Findings

_COUNTER = re.compile(r"-R?(\d+)$")


def check_bills(shop: Shop) -> Findings:
    """Σ lines = bill, Σ discounts = discount, tenders − change = total, points = Σ entries."""
    for bill in shop.store.facts.bills_between(FIRST_DAY, LAST_DAY):
        yield None
        yield from check_bill(bill)
        # The rate of that day is not on the bill, and today's may be another: only what no rate can make is wrong.
        if not 0 <= bill.vat_satang <= bill.total_satang:
            yield f"bill {bill.number}: VAT is {bill.vat_satang} in a total of {bill.total_satang}"


def check_bill(bill: Bill) -> Findings:
    """One bill's sums and entries, or those of one as it was claimed."""
    for what, stored, computed in _sums(bill):
        if stored != computed:
            yield f"bill {bill.number}: {what} is {stored}, its parts make {computed}"
    yield from _shape(bill)


def _own(bill: Bill, entry: PointEntry) -> bool:
    return entry.member_id == bill.member_id


def _sums(bill: Bill) -> Iterable[tuple[str, object, object]]:
    """(what, stored, computed) for everything on a bill that is a sum."""
    lines, entries = bill.lines, bill.point_entries
    yield "gross", bill.gross_satang, sum(line.gross_satang for line in lines)
    yield "discount", bill.discount_satang, sum(line.discount_satang for line in lines)
    yield "discounts", bill.discount_satang, sum(discount.amount_satang for discount in bill.discounts)
    yield "net", bill.gross_satang - bill.discount_satang, sum(line.net_satang for line in lines)
    yield "total", bill.total_satang, bill.gross_satang - bill.discount_satang + bill.cash_rounding_satang
    yield "payment", bill.total_satang, sum(t.amount_satang for t in bill.tenders) - bill.change_satang
    yield "points earned by line", bill.points_earned, sum(line.points_earned for line in lines)
    paid = [discount for discount in bill.discounts if discount.kind is DiscountKind.POINTS]
    yield "part paid with points", sum(d.amount_satang for d in paid), sum(line.points_paid_satang for line in lines)
    for reward in paid:
        if reward.lines:
            yield "reward by line", reward.amount_satang, sum(part.weight for part in reward.lines)
    rewards = sum(discount.points for discount in bill.discounts if not discount.currency)
    yield "points of rewards", bill.points_redeemed, rewards
    coupons = sum(d.amount_satang for d in bill.discounts if d.kind is DiscountKind.COUPON)
    yield "coupons", coupons, sum(use.amount_satang for use in bill.coupons_used)
    for line in lines:
        yield f"line {line.line_no}", line.gross_satang, line_amount(line.quantity_milli, line.unit_price_satang)
    if bill.member_id is not None:
        earned = (e.points for e in entries if e.kind is PointKind.EARN and _own(bill, e) and not e.currency)
        yield "points earned", bill.points_earned, sum(earned)
        for currency in sorted({*(d.currency for d in bill.discounts), *(e.currency for e in entries)}):
            spent = sum(d.points for d in bill.discounts if d.currency == currency)
            redeemed = (e.points for e in entries if e.kind is PointKind.REDEEM and e.currency == currency)
            yield f"{currency or 'points'} redeemed", -spent, sum(redeemed)
    granted = [code for grant in bill.grants for code in grant.codes]
    if granted:
        yield "coupons granted", granted, [coupon.code for coupon in bill.coupons_issued]


def _shape(bill: Bill) -> Findings:
    """What is no sum: whose points move, what each line earned, that only cash gives change."""
    referrer = None if bill.basis is None else bill.basis.referred_by
    for entry in bill.point_entries:
        theirs = entry.member_id == referrer and entry.kind is PointKind.EARN and entry.line_no is None
        if entry.bill_id != bill.id or not (_own(bill, entry) or theirs):
            yield f"bill {bill.number}: a point entry is another member's or another bill's"
    earned: Counter[int | None] = Counter()
    for entry in bill.point_entries:
        if entry.kind is PointKind.EARN and _own(bill, entry) and entry.line_no is not None and not entry.currency:
            earned[entry.line_no] += entry.points
    if bill.member_id is not None and +earned != +Counter({x.line_no: x.points_earned for x in bill.lines}):
        yield f"bill {bill.number}: its lines and its entries do not earn the same"
    cash = sum(tender.amount_satang for tender in bill.tenders if tender.kind is TenderKind.CASH)
    if bill.change_satang > cash:
        yield f"bill {bill.number}: {bill.change_satang} change from {cash} cash"


def check_returns(shop: Shop) -> Findings:
    """Over all returns of a bill: quantity, money, points and coupons stay within what the bill took and gave."""
    by_bill: dict[str, list[BillReturn]] = {}
    for document in shop.store.facts.returns_between(FIRST_DAY, LAST_DAY):
        yield None
        by_bill.setdefault(document.bill_id, []).append(document)
        own = [entry for entry in document.point_entries if entry.member_id == document.member_id]
        moved = sum(entry.points for entry in own if not entry.currency)
        if moved != document.points_given_back - document.points_taken_back:
            yield f"return {document.number}: its entries move {moved} points"
        lines = sum(line.refund_satang for line in document.lines)
        if lines != document.refund_satang + document.withheld_satang:
            yield f"return {document.number}: refund is not the sum of its lines"
        reversed_points = sum(line.points_reversed for line in document.lines)
        if reversed_points != document.points_taken_back + document.points_owed:
            yield f"return {document.number}: points taken back and owed are not those of its lines"
        if sum(document.coupons_withheld.values()) not in (0, document.withheld_satang):
            yield f"return {document.number}: {document.withheld_satang} is withheld, not the sum over its coupons"
    for bill_id, documents in by_bill.items():
        bill = shop.store.facts.bill(bill_id)
        if bill is None:
            yield f"return {documents[0].number}: its bill is not here"
        else:
            yield from _within(with_its_member(shop.store.facts, bill), documents)


def _within(bill: Bill, documents: list[BillReturn]) -> Findings:
    if any((d.member_id, d.bill_number) != (bill.member_id, bill.number) for d in documents):
        yield f"bill {bill.number}: a return of it names another member or number"
    sold = {line.line_no: line.quantity_milli for line in bill.lines}
    back: Counter[int] = Counter()
    for line in (line for document in documents for line in document.lines):
        back[line.line_no] += line.quantity_milli
    for line_no, quantity in back.items():
        if quantity > sold.get(line_no, 0):
            yield f"bill {bill.number} line {line_no}: {quantity} of {sold.get(line_no, 0)} thousandths came back"
    limits = (
        ("money", sum(d.refund_satang + d.withheld_satang for d in documents), bill.total_satang),
        ("earned points", sum(d.points_taken_back + d.points_owed for d in documents), bill.points_earned),
        ("redeemed points", sum(d.points_given_back for d in documents), bill.points_redeemed),
    )
    for what, came, limit in limits:
        if came > limit:
            yield f"bill {bill.number}: {came} of {limit} {what} came back"
    yield from _given_back(bill, documents)
    for what, codes, allowed in (
        ("voided", [c for d in documents for c in d.coupons_voided], {c.code for c in bill.coupons_issued}),
        ("restored", [c for d in documents for c in d.coupons_restored], {c.code for c in bill.coupons_used}),
    ):
        if len(codes) != len(set(codes)) or not set(codes) <= allowed:
            yield f"bill {bill.number}: coupons {what} twice or not of this bill"


def _given_back(bill: Bill, documents: list[BillReturn]) -> Findings:
    """Returns undo what the bill counted and earned, and no more: tallies, stamps, the referrer's points, tiers."""
    noted, back = _tally_sums(bill.tallies), _tally_sums(t for d in documents for t in d.tallies)
    for key, amount in back.items():
        # A remainder may have either sign; what comes back lies between nothing and all of it.
        if not min(0, -noted[key]) <= amount <= max(0, -noted[key]):
            yield f"bill {bill.number}: {-amount} of {noted[key]} {key[0]} of {key[1]} came back"
    originals = {entry.id: entry for entry in bill.point_entries}
    reversed_by: Counter[str] = Counter()
    for entry in (entry for document in documents for entry in document.point_entries):
        undone = originals.get(entry.reverses_id or "")
        if undone is None or (undone.member_id, undone.currency) != (entry.member_id, entry.currency):
            yield f"bill {bill.number}: a return moves points that the bill did not move"
        else:
            reversed_by[undone.id] += entry.points
    for entry_id, points in reversed_by.items():
        moved = originals[entry_id].points
        if not min(0, -moved) <= points <= max(0, -moved):
            yield f"bill {bill.number}: {-points} of {moved} points of one entry came back"
    money = sum(document.qualifying_satang for document in documents)
    if not 0 <= money <= max(0, bill.qualifying_satang):
        yield f"bill {bill.number}: {money} of {bill.qualifying_satang} towards tiers came back"
    most = sum(entry.points for entry in earned_towards_tiers(bill.point_entries, bill.member_id))
    points = sum(document.qualifying_points for document in documents)
    if not 0 <= points <= most:
        yield f"bill {bill.number}: {points} of {most} points towards tiers came back"
    sold = sum(line.quantity_milli for line in bill.lines)
    everything = sold == sum(line.quantity_milli for document in documents for line in document.lines)
    if sum(document.complete for document in documents) > int(everything):
        yield f"bill {bill.number}: a return says all has come back, and goods are out"
    if any(document.bill_date not in (None, bill.business_date) for document in documents):
        yield f"bill {bill.number}: a return of it names another day"


def _tally_sums(tallies: Iterable[Tally]) -> Counter[tuple[str, str, str, str | None, int | None]]:
    found: Counter[tuple[str, str, str, str | None, int | None]] = Counter()
    for tally in tallies:
        found[tally.kind.value, tally.key, tally.period, tally.member_id, tally.line_no] += tally.amount
    return found


def check_counters(shop: Shop) -> Findings:
    """Numbers given out run from 1 to the counter; those that are missing are named.

    A till that was restored or copied leaves out those that another copy of it may have given, and notes which. Builds
    that noted nothing left a stretch out once in every new epoch, and once more wherever such a till was put back while
    it waited for one: where one of theirs began, one stretch may be missing after it.
    """
    facts, evidence = shop.store.facts, shop.store.evidence
    counters, begins = evidence.counters(), evidence.untold_begins()
    for series in ("bill", "return"):
        skipped = evidence.left_out(series)
        yield from _contiguous(series, evidence.numbers(series), counters.get(series, 0), skipped, begins)
    members = len(facts.members_enrolled_between(FIRST_DAY, LAST_DAY))
    yield None
    given = counters.get("member", 0)
    here = given - sum(last - first + 1 for first, last in evidence.left_out("member"))
    if members > here or (members < here and not begins):
        yield f"counter member is {given}, {members} were enrolled"


def _contiguous(
    name: str,
    numbers: Iterable[tuple[int, str]],
    last: int,
    skipped: Sequence[tuple[int, int]],
    begins: Sequence[int],
) -> Findings:
    """In the order they were written; ``skipped`` is left out, and a stretch for each of ``begins`` that lies before
    it."""
    before, used = 0, 0
    for seq, number in numbers:
        yield None
        found = _COUNTER.search(number)
        counter = int(found[1]) if found is not None else 0
        if not before < counter <= last:
            yield f"{name} {number}: given out twice or beyond the counter ({last})"
            continue
        for gap in _between(before, counter, skipped):
            if used < sum(base < seq for base in begins):
                used += 1
            else:
                yield _missing(name, *gap)
        before = counter
    for gap in _between(before, last + 1, skipped):
        if used < len(begins):
            used += 1
        else:
            yield _missing(name, *gap)


def _between(before: int, after: int, skipped: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """The stretches of numbers between two that are not ``skipped``."""
    if after <= before + 1:
        return
    for first, last in skipped:
        if before < last and first < after:
            if first > before + 1:
                yield before + 1, first - 1
            before = last
    if before + 1 < after:
        yield before + 1, after - 1


def _missing(name: str, first: int, last: int) -> str:
    if first == last:
        return f"{name} number {first} is missing"
    return f"{name} numbers {first} to {last} are missing ({last - first + 1})"
