"""What decides how many of a member's points may be spent at this till now, and which coupons may be taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pos_member.domain.org import Settings
from pos_member.domain.rights import (
    FloorStop,
    FloorUse,
    HeldRight,
    RightKind,
    RightUse,
    SpendingPower,
    coupon_floor_stop,
    draw_rights,
    floor_left,
    guaranteed_points,
)


@dataclass(frozen=True)
class RightsStanding:
    """All that decides what one member may spend on one bill here, read at once.

    ``bound``: whether a head office gives this till rights at all; what stands alone spends what it knows.
    ``held``: rights over the member in this epoch that may count, those of other bills left out. ``suspended``: the
    till was restored or copied, and head office has not spoken to it since. ``denied``: head office lets the member
    spend by what it grants for a bill only. ``good_coupons``: codes that head office called good for this bill, each
    with the moment until which it holds them. ``denied_coupons``: of the codes asked about. ``skew_s``: head office's
    clock less this till's, as of the last contact.
    """

    bound: bool = False
    epoch: int = 1
    held: tuple[HeldRight, ...] = ()
    floor: FloorUse = field(default_factory=FloorUse)
    contact_at: datetime | None = None
    skew_s: int = 0
    suspended: bool = False
    denied: bool = False
    good_coupons: Mapping[str, datetime] = field(default_factory=dict)
    denied_coupons: frozenset[str] = frozenset()

    def clock(self, now: datetime) -> datetime:
        """``now`` by head office's clock, by which rights lapse: never before what it said last."""
        known = now if self.contact_at is None else max(now, self.contact_at)
        return known + timedelta(seconds=self.skew_s)

    def power(self, member_id: str, spendable: int, settings: Settings, now: datetime) -> SpendingPower:
        """Of ``spendable`` points, what is guaranteed and what may be provisional; ``stop``: what bars the rest."""
        margin = timedelta(minutes=settings.rights.margin_minutes)
        held = guaranteed_points(self._usable(), self.clock(now), self.epoch, margin)
        guaranteed = min(spendable, held)
        room, stop = self._room(member_id, settings, now)
        provisional = min(spendable - guaranteed, room)
        return SpendingPower(guaranteed, provisional, stop if guaranteed + provisional < spendable else FloorStop.NONE)

    def without_bill(self) -> RightsStanding:
        """As it would be if head office had granted nothing for this very bill."""
        return replace(self, held=tuple(each for each in self.held if each.right.kind is not RightKind.BILL))

    def draw(self, points: int, settings: Settings, now: datetime) -> tuple[tuple[RightUse, ...], int]:
        """``points`` out of the rights, and what is left over for the floor."""
        margin = timedelta(minutes=settings.rights.margin_minutes)
        return draw_rights(self._usable(), points, self.clock(now), self.epoch, margin)

    def coupon_good(self, code: str, now: datetime) -> bool:
        """Whether head office holds the coupon for this bill."""
        until = self.good_coupons.get(code)
        return until is not None and self.clock(now) < until

    def coupons_stop(self, coupons: int, satang: int, settings: Settings, now: datetime) -> FloorStop:
        """What bars taking so many coupons, worth so much, without knowing their state."""
        if self.suspended:
            return FloorStop.SUSPENDED
        return coupon_floor_stop(settings.floor, self.floor, self.contact_at, now, coupons, satang)

    def _usable(self) -> tuple[HeldRight, ...]:
        if self.suspended:
            return ()
        return tuple(each for each in self.held if not self.denied or each.right.kind is RightKind.BILL)

    def _room(self, member_id: str, settings: Settings, now: datetime) -> tuple[int, FloorStop]:
        if self.suspended:
            return 0, FloorStop.SUSPENDED
        if self.denied:
            return 0, FloorStop.DENIED
        return floor_left(settings.floor, self.floor, member_id, self.contact_at, now)
