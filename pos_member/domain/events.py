"""The facts a till announces to head office: one completed act, one event, immutable bytes.

Wire form of every payload: ``codec.canonical_bytes``. A kind and its version together name the type; a change
of shape is a new version with an upcaster, never an edit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from enum import StrEnum

from pos_member.domain.bill import Basis, Bill, BillReturn
from pos_member.domain.codec import optional_field
from pos_member.domain.consent import Consent
from pos_member.domain.day_certificate import DayClosed as DayClosed
from pos_member.domain.member import Identified, Member
from pos_member.domain.points import PointEntry, PointKind
from pos_member.domain.tally import Tally
from pos_member.domain.tiers import TierChange


class EventKind(StrEnum):
    """What happened."""

    BILL_COMPLETED = "bill.completed"
    BILL_RETURNED = "bill.returned"
    MEMBER_ENROLLED = "member.enrolled"
    MEMBER_UPDATED = "member.updated"
    CONSENT_CHANGED = "consent.changed"
    POINTS_ADJUSTED = "points.adjusted"
    COUPON_CANCELLED = "coupon.cancelled"
    SHIFT_OPENED = "shift.opened"
    SHIFT_CLOSED = "shift.closed"
    BILL_CLAIMED = "bill.claimed"
    AUDIT = "audit.recorded"
    DAY_CLOSED = "day.closed"


@dataclass(frozen=True)
class MemberEnrolled:
    """A new member and the consents given."""

    member: Member
    consents: tuple[Consent, ...]


@dataclass(frozen=True)
class MemberUpdated:
    """The member as this till now knows them, and the names of the fields it changed (none: all).

    What a till did not change it may know from long ago: only the named fields count.
    """

    member: Member
    fields: tuple[str, ...] = ()

    def onto(self, known: Member) -> Member:
        """``known`` with what was changed. Names that this build does not know change nothing."""
        if not self.fields:
            return self.member
        mine = {field.name for field in dataclass_fields(Member)} - {"id"}
        return replace(known, **{name: getattr(self.member, name) for name in self.fields if name in mine})


@dataclass(frozen=True)
class ConsentChanged:
    """One decision."""

    consent: Consent


@dataclass(frozen=True)
class PointsAdjusted:
    """A manual correction: entries, the reason, and who approved."""

    id: str
    member_id: str
    entries: tuple[PointEntry, ...]
    reason: str
    staff_id: str
    approved_by: str


@dataclass(frozen=True)
class CouponCancelled:
    """A coupon taken out of use."""

    code: str
    staff_id: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class ShiftOpened:
    """A cashier's drawer opened."""

    id: str
    staff_id: str
    till_id: str
    at: datetime
    business_date: date
    float_satang: int


@dataclass(frozen=True)
class ShiftClosed:
    """A drawer closed blind: what was counted, and what the till expected."""

    id: str
    shift_id: str
    staff_id: str
    at: datetime
    business_date: date
    counted_satang: int
    expected_satang: int
    bills: int
    returns: int


@dataclass(frozen=True)
class BillClaimed:
    """Points after the bill: the member who showed a bill's receipt on the same day, and what it earned them.

    ``point_entries`` and ``tallies`` are the member's alone; the bill keeps its lines, discounts and payment.
    ``basis``: what this was computed from, as on a bill.
    """

    id: str
    bill_id: str
    member_id: str
    identified: Identified
    till_id: str
    staff_id: str
    approved_by: str
    at: datetime
    business_date: date
    point_entries: tuple[PointEntry, ...]
    tallies: tuple[Tally, ...] = ()
    qualifying_satang: int = 0
    tier_change: TierChange | None = optional_field(default=None)
    basis: Basis | None = optional_field(default=None)

    @property
    def points_earned(self) -> int:
        """Points, not stamps; what of them repaid a debt included."""
        return sum(entry.points for entry in self.point_entries if entry.kind is PointKind.EARN and not entry.currency)


@dataclass(frozen=True)
class AuditRecord:
    """A sensitive act. ``detail`` holds ids and figures, never personal data."""

    id: str
    act: str
    staff_id: str
    approved_by: str
    till_id: str
    at: datetime
    subject_id: str
    detail: str


Payload = (
    Bill
    | BillReturn
    | MemberEnrolled
    | MemberUpdated
    | ConsentChanged
    | PointsAdjusted
    | CouponCancelled
    | ShiftOpened
    | ShiftClosed
    | BillClaimed
    | AuditRecord
    | DayClosed
)

PAYLOADS: dict[tuple[EventKind, int], type[Payload]] = {
    (EventKind.BILL_COMPLETED, 1): Bill,
    (EventKind.BILL_RETURNED, 1): BillReturn,
    (EventKind.MEMBER_ENROLLED, 1): MemberEnrolled,
    (EventKind.MEMBER_UPDATED, 1): MemberUpdated,
    (EventKind.CONSENT_CHANGED, 1): ConsentChanged,
    (EventKind.POINTS_ADJUSTED, 1): PointsAdjusted,
    (EventKind.COUPON_CANCELLED, 1): CouponCancelled,
    (EventKind.SHIFT_OPENED, 1): ShiftOpened,
    (EventKind.SHIFT_CLOSED, 1): ShiftClosed,
    (EventKind.BILL_CLAIMED, 1): BillClaimed,
    (EventKind.AUDIT, 1): AuditRecord,
    (EventKind.DAY_CLOSED, 1): DayClosed,
}
