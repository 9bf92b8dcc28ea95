"""Spending rights: what a till may spend of a member's points without asking anyone, and what lies beyond.

A right is held by one till of one epoch and by nobody else. Head office keeps Σ live rights ≤ balance, so what is spent
out of rights is *guaranteed*: it never overdraws, whatever the line does. Beyond rights a spending is *provisional*,
within floor limits that bound the loss; beyond those it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pos_member.domain.codec import optional_field


class RightKind(StrEnum):
    """How a till came by a right."""

    TOUCH = "touch"  # the member was identified here while the line was up
    HOME = "home"  # given ahead to a till of the member's home branch
    OWN = "own"  # earned on a bill of this till; its id is the bill's
    BILL = "bill"  # asked for one bill, at once (online redemption); its id is the bill's with ``ONLINE_SUFFIX``


ONLINE_SUFFIX = ":online"


@dataclass(frozen=True)
class SpendingRight:
    """``points`` of one member that only till ``till_id`` in ``epoch`` may spend, until ``lapses_at`` (aware UTC).

    Never changed once given: what was spent of it stands in the bills (``Spending``).
    """

    id: str
    member_id: str
    till_id: str
    epoch: int
    kind: RightKind
    points: int
    granted_at: datetime
    lapses_at: datetime


@dataclass(frozen=True)
class RightUse:
    """``points`` > 0 spent out of one right."""

    right_id: str
    points: int


@dataclass(frozen=True)
class Spending:
    """How the points of a bill were spent: out of rights, and provisionally. Stands on the bill.

    ``contact_at``: the last contact with head office before it, ``None`` for none. Σ ``rights`` + ``provisional`` =
    points (not stamps) redeemed on the bill. ``coupons``: codes used without knowing their state for certain.
    """

    rights: tuple[RightUse, ...] = ()
    provisional: int = optional_field(default=0)
    contact_at: datetime | None = optional_field(default=None)
    coupons: tuple[str, ...] = optional_field(default=())


@dataclass(frozen=True)
class FloorLimits:
    """What tills may let members spend beyond rights. A limit of 0 turns provisional spending off.

    Amounts in points: on one bill; of one member at one till, and of one till in all, both since its last contact;
    ``count_per_till``: such bills since the last contact; ``contact_hours_max``: how old the last contact may be, 0 for
    any age and none at all.
    Coupons of other tills whose state is not known for certain: how many, and worth how much, since the last contact.
    """

    per_bill: int = 100
    per_member: int = 200
    per_till: int = 2_000
    count_per_till: int = 20
    contact_hours_max: int = 72
    coupons_per_till: int = optional_field(default=20)
    coupons_satang_per_till: int = optional_field(default=100_000)


@dataclass(frozen=True)
class RightsPolicy:
    """How head office gives rights, and for how long. ``margin_minutes``: for clocks that differ; head office takes a
    right back only this long after it lapsed."""

    touch_hours: int = 12
    touch_points_max: int = 5_000
    home_hours: int = 48
    #: Of the free balance, in hundredths of a percent; at most ``home_points_max``.
    home_share_bp: int = 5_000
    home_points_max: int = 2_000
    own_hours: int = 72
    bill_minutes: int = 15
    margin_minutes: int = 30


@dataclass(frozen=True)
class HeldRight:
    """A right at its till: what of it is spent, and whether it was given back."""

    right: SpendingRight
    spent: int = 0
    released: bool = False

    def left(self, now: datetime, epoch: int, margin: timedelta = timedelta(0)) -> int:
        """Points that can still be spent at ``now`` in ``epoch``; ``margin`` before it lapses it is left alone.

        One that was asked for a bill lives minutes only and was given a moment ago: it is used until it lapses.
        """
        ahead = timedelta(0) if self.right.kind is RightKind.BILL else margin
        if self.released or self.right.epoch != epoch or now + ahead >= self.right.lapses_at:
            return 0
        return max(0, self.right.points - self.spent)


@dataclass(frozen=True)
class FloorUse:
    """What a till let pass beyond rights since its last contact."""

    points: int = 0
    count: int = 0
    #: Of each member.
    by_member: Mapping[str, int] = optional_field(default_factory=dict)
    coupons: int = optional_field(default=0)
    coupons_satang: int = optional_field(default=0)


class FloorStop(StrEnum):
    """Which limit keeps a provisional spending from being larger; the value is the key of its wording."""

    NONE = ""
    OFF = "floor_off"
    PER_BILL = "floor_per_bill"
    PER_MEMBER = "floor_per_member"
    PER_TILL = "floor_per_till"
    COUNT = "floor_count"
    CONTACT = "floor_contact"
    COUPONS = "floor_coupons"
    COUPONS_WORTH = "floor_coupons_worth"
    DENIED = "floor_denied"
    SUSPENDED = "floor_suspended"  # this till was restored or copied and has not heard from head office since


@dataclass(frozen=True)
class SpendingPower:
    """What a member may spend here now: ``guaranteed`` points, ``provisional`` ones beyond, and what stops more."""

    guaranteed: int
    provisional: int
    stop: FloorStop = FloorStop.NONE

    @property
    def total(self) -> int:
        """Both."""
        return self.guaranteed + self.provisional


def guaranteed_points(held: Iterable[HeldRight], now: datetime, epoch: int, margin: timedelta) -> int:
    """Σ of what is left of live rights."""
    return sum(each.left(now, epoch, margin) for each in held)


def floor_left(
    limits: FloorLimits, used: FloorUse, member_id: str, contact_at: datetime | None, now: datetime
) -> tuple[int, FloorStop]:
    """Points that may be spent provisionally on one bill now, and the limit that binds."""
    if min(limits.per_bill, limits.per_member, limits.per_till, limits.count_per_till) <= 0:
        return 0, FloorStop.OFF
    if _long_alone(limits, contact_at, now):
        return 0, FloorStop.CONTACT
    if used.count >= limits.count_per_till:
        return 0, FloorStop.COUNT
    rooms = (
        (limits.per_bill, FloorStop.PER_BILL),
        (limits.per_member - used.by_member.get(member_id, 0), FloorStop.PER_MEMBER),
        (limits.per_till - used.points, FloorStop.PER_TILL),
    )
    room, stop = min(rooms, key=lambda each: each[0])
    return max(0, room), stop


def coupon_floor_stop(
    limits: FloorLimits, used: FloorUse, contact_at: datetime | None, now: datetime, coupons: int, satang: int
) -> FloorStop:
    """What keeps ``coupons`` worth ``satang`` in all from being taken though their state is not known; or ``NONE``."""
    if min(limits.coupons_per_till, limits.coupons_satang_per_till) <= 0:
        return FloorStop.OFF
    if _long_alone(limits, contact_at, now):
        return FloorStop.CONTACT
    if used.coupons + coupons > limits.coupons_per_till:
        return FloorStop.COUPONS
    if used.coupons_satang + satang > limits.coupons_satang_per_till:
        return FloorStop.COUPONS_WORTH
    return FloorStop.NONE


def _long_alone(limits: FloorLimits, contact_at: datetime | None, now: datetime) -> bool:
    if not limits.contact_hours_max:
        return False
    return contact_at is None or now - contact_at > timedelta(hours=limits.contact_hours_max)


def draw_rights(
    held: Sequence[HeldRight], points: int, now: datetime, epoch: int, margin: timedelta
) -> tuple[tuple[RightUse, ...], int]:
    """``points`` out of live rights, those that lapse first first; and what is left over for the floor."""
    uses = []
    for each in sorted(held, key=lambda one: (one.right.lapses_at, one.right.id)):
        part = min(points, each.left(now, epoch, margin))
        if part > 0:
            uses.append(RightUse(each.right.id, part))
            points -= part
    return tuple(uses), points
