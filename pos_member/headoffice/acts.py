"""What one event says, checked and taken apart: pure, without a database, the same on every worker.

An ``Act`` holds everything an event changes. What does not hold raises ``Refusal`` here, before anything is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pos_member.domain import codec, events
from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.consent import Consent
from pos_member.domain.coupon import Coupon, CouponEventKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind
from pos_member.domain.ledger import OWED_REPAID
from pos_member.domain.member import Member
from pos_member.domain.points import PointEntry, PointKind, earned_towards_tiers
from pos_member.domain.rights import Spending
from pos_member.domain.tally import OF_PROGRAM, Tally
from pos_member.domain.tiers import MonthSum
from pos_member.headoffice import quick_read, times

#: More than this is not a sale: sums stay within what every till can read.
ENTRY_POINTS_MAX = 1_000_000_000
ID_LENGTH_MAX = 64
#: Satang, thousandths, times: no bill counts more.
TALLY_AMOUNT_MAX = 10**13
#: Fields that are checked and looked at here, and go no further: whose they are does not matter.
LOOKED_AT: dict[type[events.Payload], tuple[str, ...]] = {
    Bill: ("lines", "discounts", "tenders"),
    BillReturn: ("lines",),
}
# Looked up with every entry of every bill.
_EARN, _REVERSE, _REDEEMED = PointKind.EARN, PointKind.REVERSE, CouponEventKind.REDEEMED
_NOTHING = MonthSum()


@dataclass(frozen=True)
class CouponMove:
    """Something happened to a coupon. ``subject_id``: the bill that used it (and which a reversal undoes)."""

    code: str
    kind: CouponEventKind
    subject_id: str
    amount_satang: int
    at: datetime


@dataclass
class Act:
    """The changes of one event. ``waits_for``: ids whose own event must not lie in quarantine."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    #: Of a member's update, whose ``member`` stands in ``members`` too: what of it counts.
    update: events.MemberUpdated | None = None
    consents: list[Consent] = field(default_factory=list)
    entries: list[PointEntry] = field(default_factory=list)
    issued: list[Coupon] = field(default_factory=list)
    moves: list[CouponMove] = field(default_factory=list)
    member_id: str | None = None
    visited_on: date | None = None
    #: Bills of the member that count: 1 for a bill, -1 for the return of all of one.
    visits: int = 0
    #: What counts towards tiers, and the month (``2026-11``) it counts in.
    month: str = ""
    month_sum: MonthSum = _NOTHING
    #: What a return could not take back, by currency (empty for points).
    owed: dict[str, int] = field(default_factory=dict)
    tallies: tuple[Tally, ...] = ()
    #: The bill, return or claim the tallies belong to, and its business date.
    source_id: str = ""
    day: str = ""
    waits_for: str = ""
    #: Of a bill: how its points were spent, and when and where it was completed.
    spending: Spending | None = None
    completed_at: datetime | None = None
    branch_id: str = ""

    def member_ids(self) -> set[str]:
        """Every member it speaks of."""
        found = {entry.member_id for entry in self.entries}
        if self.member_id:
            found.add(self.member_id)
        found.update(member.id for member in self.members)
        found.update(consent.member_id for consent in self.consents)
        return found

    def codes(self) -> set[str]:
        """Every coupon it touches."""
        return {coupon.code for coupon in self.issued} | {move.code for move in self.moves}


def read_act(till_id: str, seq: int, kind: str, version: int, payload: bytes) -> Act:
    """The act of an event of ``till_id``. Raises ``Refusal(PAYLOAD_INVALID)``."""
    try:
        cls = events.PAYLOADS.get((EventKind(kind), version))
    except ValueError:
        cls = None
    if cls is None:
        raise _bad("kind", "a kind and version this head office knows")
    content = quick_read.read(cls, payload, LOOKED_AT.get(cls, ()))
    claimed = getattr(content, "till_id", till_id)
    if claimed != till_id:
        raise _bad("till_id", "the till that sent it")
    act = take_apart(content, till_id, seq)
    for member_id in act.member_ids():
        if not 0 < len(member_id) <= ID_LENGTH_MAX:
            raise _bad("member_id", "an id")
    _check_tallies(act)
    for entry in act.entries:
        if entry.till_id != till_id:
            raise _bad("point_entries.till_id", "the till that sent it")
        if abs(entry.points) > ENTRY_POINTS_MAX:
            raise _bad("point_entries.points", f"at most {ENTRY_POINTS_MAX}")
    return act


def _bad(where: str, want: str) -> Refusal:
    return Refusal(Reason.PAYLOAD_INVALID, where=where, want=want)


def take_apart(content: events.Payload, till_id: str, seq: int) -> Act:
    """The act of what an event says; what of it could be wrong by itself is not looked at."""
    match content:
        case Bill():
            return _bill(content, seq)
        case BillReturn():
            return _return(content, seq)
        case events.MemberEnrolled():
            return Act(members=[content.member], consents=list(content.consents))
        case events.MemberUpdated():
            return Act(members=[content.member], update=content, waits_for=content.member.id)
        case events.ConsentChanged():
            return Act(consents=[content.consent], waits_for=content.consent.member_id)
        case events.PointsAdjusted():
            _check_entries(content.entries, content.member_id)
            return Act(entries=list(content.entries), member_id=content.member_id)
        case events.CouponCancelled():
            return Act(moves=[CouponMove(content.code, CouponEventKind.CANCELLED, "", 0, content.at)])
        case events.ShiftOpened():
            return Act()
        case events.ShiftClosed():
            return Act(rows={"shift": [_shift_row(content, till_id)]}, waits_for=content.shift_id)
        case events.BillClaimed():
            return _claim(content, seq)
        case events.AuditRecord():
            return Act(rows={"audit": [_audit_row(content, seq)]})
        case events.DayClosed():
            return Act(rows={"day_certificate": [_day_row(content, seq)]})


def _check_entries(entries: tuple[PointEntry, ...], member_id: str | None) -> None:
    if any(entry.member_id != member_id for entry in entries):
        raise _bad("point_entries.member_id", "the member of the act")


def _check_tallies(act: Act) -> None:
    for tally in act.tallies:
        owner = None if tally.kind in OF_PROGRAM else act.member_id
        if tally.member_id != owner:
            raise _bad("tallies.member_id", "the member of the act")
        if not 0 < len(tally.key) <= ID_LENGTH_MAX or "|" in tally.key + tally.period or len(tally.period) > 10:
            raise _bad("tallies.key", "an id")
        if abs(tally.amount) > TALLY_AMOUNT_MAX:
            raise _bad("tallies.amount", f"at most {TALLY_AMOUNT_MAX}")


def _check_bill_entries(bill: Bill) -> None:
    """A bill moves its member's points; and gives points to the one who brought that member, whom it names."""
    referrer = bill.basis.referred_by if bill.basis is not None else None
    for entry in bill.point_entries:
        if entry.member_id == bill.member_id:
            continue
        given = entry.kind is _EARN or (entry.kind is _REVERSE and entry.reason == OWED_REPAID)
        if entry.member_id == referrer and bill.member_id and given:
            continue
        raise _bad("point_entries.member_id", "the member of the act")


def _check_return_entries(document: BillReturn) -> None:
    """A return moves its member's points; of another it only undoes what the bill gave."""
    for entry in document.point_entries:
        undone = entry.kind is PointKind.REVERSE and entry.points < 0 and entry.reverses_id is not None
        if entry.member_id != document.member_id and not (undone and document.complete and document.member_id):
            raise _bad("point_entries.member_id", "the member of the act")


def _bill(bill: Bill, seq: int) -> Act:
    _check_bill_entries(bill)
    at, day, member_id = bill.completed_at, bill.business_date.isoformat(), bill.member_id
    row = {
        "till_id": bill.till_id,
        "id": bill.id,
        "seq": seq,
        "number": bill.number,
        "branch_id": bill.branch_id,
        "staff_id": bill.staff_id,
        "member_id": member_id,
        "business_date": day,
        "completed_at": times.stored(at),
        "lines": len(bill.lines),
        "gross_satang": bill.gross_satang,
        "discount_satang": bill.discount_satang,
        "total_satang": bill.total_satang,
        "vat_satang": bill.vat_satang,
        "points_earned": bill.points_earned,
        "points_redeemed": bill.points_redeemed,
    }
    act = Act(
        rows={"bill": [row], "bill_program": _program_rows(bill, day)},
        entries=list(bill.point_entries),
        issued=list(bill.coupons_issued),
        moves=[CouponMove(used.code, _REDEEMED, bill.id, used.amount_satang, at) for used in bill.coupons_used],
        member_id=member_id,
        tallies=bill.tallies,
        source_id=bill.id,
        day=day,
        spending=bill.spending,
        completed_at=at,
        branch_id=bill.branch_id,
    )
    if member_id is not None:
        act.visited_on = bill.business_date
        act.visits = 1
        act.month = day[:7]
        points = sum(entry.points for entry in earned_towards_tiers(bill.point_entries, member_id))
        act.month_sum = MonthSum(points, bill.qualifying_satang, 1)
    return act


def _program_rows(bill: Bill, day: str) -> list[dict[str, Any]]:
    """What each program did on the bill: a row of ``bill_program`` per program."""
    figures: dict[str, int] = {}
    for discount in bill.discounts:
        if discount.program_id:
            figures[discount.program_id] = figures.get(discount.program_id, 0) + discount.amount_satang
    for source in (bill.point_entries, bill.coupons_issued):
        for each in source:
            if each.program_id:
                figures.setdefault(each.program_id, 0)
    for tally in bill.tallies:
        if tally.key:
            figures.setdefault(tally.key, 0)
    till_id, bill_id = bill.till_id, bill.id
    return [
        {
            "till_id": till_id,
            "bill_id": bill_id,
            "business_date": day,
            "program_id": program_id,
            "discount_satang": figures[program_id],
        }
        for program_id in sorted(figures)
    ]


def _claim(claim: events.BillClaimed, seq: int) -> Act:
    """As of a bill, but for the money: that is in the bill, which is another event."""
    _check_entries(claim.point_entries, claim.member_id)
    kinds = (PointKind.EARN, PointKind.EXPIRE)
    for entry in claim.point_entries:
        if entry.bill_id != claim.bill_id:
            raise _bad("point_entries.bill_id", "the bill of the claim")
        if entry.kind not in kinds and entry.reason != OWED_REPAID:
            raise _bad("point_entries.kind", "what was earned")
    day = claim.business_date.isoformat()
    row = {
        "till_id": claim.till_id,
        "bill_id": claim.bill_id,
        "id": claim.id,
        "seq": seq,
        "member_id": claim.member_id,
        "staff_id": claim.staff_id,
        "approved_by": claim.approved_by,
        "business_date": day,
        "at": times.stored(claim.at),
        "points": claim.points_earned,
    }
    keys = {"till_id": claim.till_id, "bill_id": claim.bill_id, "business_date": day, "discount_satang": 0}
    at_work = {entry.program_id for entry in claim.point_entries} | {tally.key for tally in claim.tallies}
    programs = [keys | {"program_id": each} for each in sorted(filter(None, at_work))]
    points = sum(entry.points for entry in earned_towards_tiers(claim.point_entries, claim.member_id))
    return Act(
        rows={"bill_claim": [row], "claim_program": programs},
        entries=list(claim.point_entries),
        member_id=claim.member_id,
        visited_on=claim.business_date,
        visits=1,
        month=day[:7],
        month_sum=MonthSum(points, claim.qualifying_satang, 1),
        tallies=claim.tallies,
        source_id=claim.id,
        day=day,
        waits_for=claim.bill_id,
    )


def _return(document: BillReturn, seq: int) -> Act:
    _check_return_entries(document)
    row = {
        "till_id": document.till_id,
        "id": document.id,
        "seq": seq,
        "number": document.number,
        "bill_id": document.bill_id,
        "branch_id": document.branch_id,
        "staff_id": document.staff_id,
        "member_id": document.member_id,
        "business_date": document.business_date.isoformat(),
        "completed_at": times.stored(document.completed_at),
        "refund_satang": document.refund_satang,
        "points_taken_back": document.points_taken_back,
        "points_given_back": document.points_given_back,
        "complete": document.complete,
    }
    reversed_, voided = CouponEventKind.REVERSED, CouponEventKind.VOIDED_BY_RETURN
    at = document.completed_at
    moves = [CouponMove(code, reversed_, document.bill_id, 0, at) for code in document.coupons_restored]
    moves += [CouponMove(code, voided, "", 0, at) for code in document.coupons_voided]
    act = Act(rows={"bill_return": [row]}, entries=list(document.point_entries), moves=moves)
    act.waits_for = document.bill_id
    act.tallies, act.source_id, act.day = document.tallies, document.id, document.business_date.isoformat()
    if document.member_id is not None:
        act.member_id = document.member_id
        act.visits = -1 if document.complete else 0
        act.month = (document.bill_date or document.business_date).isoformat()[:7]
        mine = [entry for entry in document.point_entries if entry.member_id == document.member_id]
        # Returns of older builds do not say what no longer counts: what was taken back.
        taken = sum(taken_back(entry) for entry in mine if entry.qualifying and not entry.currency)
        act.month_sum = MonthSum(-document.qualifying_points or taken, -document.qualifying_satang, act.visits)
        act.owed = {"": document.points_owed, **document.stamps_owed}
    return act


def taken_back(entry: PointEntry) -> int:
    """The part of an entry by which a return lowers a balance (negative or zero)."""
    return min(0, entry.points) if entry.kind is PointKind.REVERSE else 0


def qualifies(entry: PointEntry) -> int:
    """What an entry counts towards a tier: what was earned, less what a return took back of it. As at the till."""
    if not entry.qualifying or entry.currency:
        return 0
    return entry.points if entry.kind is PointKind.EARN else taken_back(entry)


def _shift_row(shift: events.ShiftClosed, till_id: str) -> dict[str, Any]:
    return {
        "till_id": till_id,
        "id": shift.id,
        "staff_id": shift.staff_id,
        "business_date": shift.business_date.isoformat(),
        "counted_satang": shift.counted_satang,
        "expected_satang": shift.expected_satang,
        "closed_at": times.stored(shift.at),
    }


def _day_row(day: events.DayClosed, seq: int) -> dict[str, Any]:
    # It may bear another number by now: numbered anew in a later epoch, it is said again in that (``days``).
    if day.last_seq < 0 or len(day.chain) != 64:
        raise _bad("last_seq", "an event before the certificate's own")
    return {
        "till_id": day.till_id,
        "id": day.id,
        "epoch": day.epoch,
        "seq": seq,
        "business_date": day.business_date.isoformat(),
        "at": times.stored(day.at),
        "last_seq": day.last_seq,
        "chain": day.chain,
        "body": codec.canonical_bytes(day).decode(),
    }


def _audit_row(record: events.AuditRecord, seq: int) -> dict[str, Any]:
    return {
        "till_id": record.till_id,
        "id": record.id,
        "seq": seq,
        "act": record.act,
        "staff_id": record.staff_id,
        "at": times.stored(record.at),
    }
