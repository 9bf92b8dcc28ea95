"""An act divided by whose rows it changes: one part per member, one per coupon. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pos_member.domain.consent import Consent
from pos_member.domain.coupon import Coupon
from pos_member.domain.events import MemberUpdated
from pos_member.domain.member import Member
from pos_member.domain.points import PointEntry
from pos_member.headoffice.acts import Act, CouponMove


@dataclass(frozen=True)
class Told:
    """An event that was taken in, and what it says. ``late``: it was set aside before; its till counts it as told."""

    epoch: int
    seq: int
    event_id: str
    kind: str
    act: Act
    late: bool = False

    @cached_property
    def parts(self) -> list[Part]:
        """Its parts, taken apart once."""
        return parts_of(self)


@dataclass(frozen=True)
class MemberPart:
    """What an event changes of one member. ``own``: the act is this member's, not only some entries of it."""

    told: Told
    member_id: str
    own: bool
    members: tuple[Member, ...]
    update: MemberUpdated | None
    consents: tuple[Consent, ...]
    entries: tuple[PointEntry, ...]

    @property
    def touches_account(self) -> bool:
        """Whether it changes any figure of the member."""
        act = self.told.act
        return bool(self.entries or (self.own and (act.visited_on or act.visits or act.owed or act.tallies)))


@dataclass(frozen=True)
class CouponPart:
    """What an event does to one coupon."""

    told: Told
    code: str
    issued: Coupon | None
    moves: tuple[CouponMove, ...]


Part = MemberPart | CouponPart


def parts_of(told: Told) -> list[Part]:
    """The parts of an event: members by id, then coupons by code."""
    act = told.act
    found: list[Part] = [_of_member(told, member_id) for member_id in sorted(act.member_ids())]
    for code in sorted(act.codes()):
        issued = next((coupon for coupon in act.issued if coupon.code == code), None)
        found.append(CouponPart(told, code, issued, tuple(move for move in act.moves if move.code == code)))
    return found


def _of_member(told: Told, member_id: str) -> MemberPart:
    act = told.act
    members = tuple(member for member in act.members if member.id == member_id)
    return MemberPart(
        told,
        member_id,
        act.member_id == member_id,
        members,
        act.update if members else None,
        tuple(consent for consent in act.consents if consent.member_id == member_id),
        tuple(entry for entry in act.entries if entry.member_id == member_id),
    )


def members_of(parts: Sequence[Part]) -> list[str]:
    """Their members, sorted."""
    return sorted({part.member_id for part in parts if isinstance(part, MemberPart)})


def codes_of(parts: Sequence[Part]) -> list[str]:
    """Their coupons, sorted."""
    return sorted({part.code for part in parts if isinstance(part, CouponPart)})
