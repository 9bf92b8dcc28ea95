"""The online part of spending rights on the wire: ``/v1/rights``, ``/v1/redeem``, ``/v1/members``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pos_member.domain.codec import optional_field
from pos_member.domain.rights import RightUse, SpendingRight
from pos_member.services.sync_ports import FeedChange

#: Members, rights or coupons in one request.
RIGHTS_ITEMS_MAX = 200


@dataclass(frozen=True)
class RightsRequest:
    """``touch``: ids of members identified here just now. ``release``: rights given back for good, each with what of it
    was spent in all (its uses are in the change queue, acknowledged or not): the till has stopped using them durably.

    ``acked_seq``: the last event the till knows as acknowledged, so that it has let go of the rights to its own sales
    up to there; ``head_seq``: the last one it made by then. Head office may then give what those sales earned anew.
    0: not said. ``earned``: so many of the last of ``touch`` stand there for that alone, nobody waits for them.
    """

    epoch: int
    touch: tuple[str, ...] = ()
    release: tuple[RightUse, ...] = ()
    acked_seq: int = optional_field(default=0)
    head_seq: int = optional_field(default=0)
    earned: int = optional_field(default=0)


@dataclass(frozen=True)
class RightsAnswer:
    """``granted``: live rights of this till over the touched members, old and new. ``released``: ids taken back.

    ``later``: not all up to ``head_seq`` is applied yet; what the sales up to ``acked_seq`` earned may be asked for
    again in a while.
    """

    granted: tuple[SpendingRight, ...]
    released: tuple[str, ...]
    server_time: datetime
    later: bool = optional_field(default=False)


@dataclass(frozen=True)
class RedeemRequest:
    """A right over ``points`` of a member for one bill, and coupons for it. Said again it gives the same answer."""

    epoch: int
    bill_id: str
    member_id: str = ""
    points: int = 0
    coupons: tuple[str, ...] = ()


class CouponVerdict(StrEnum):
    """What head office says of a coupon for a bill."""

    GOOD = "good"  # held for that bill for a while; no other till is told good meanwhile
    USED = "used"
    HELD = "held"  # for another bill
    UNKNOWN = "unknown"
    ENDED = "ended"


@dataclass(frozen=True)
class RedeemAnswer:
    """``right`` is ``None`` where there were not so many points free: ``free`` says how many.

    ``elsewhere``: points that other tills hold now, until ``elsewhere_until`` at the latest; without it one of them is
    cut off, and nobody can say until when. ``more``: further rights for the bill, where it was asked for again with
    more points.
    """

    right: SpendingRight | None
    free: int
    server_time: datetime
    elsewhere: int = 0
    elsewhere_until: datetime | None = None
    coupons: Mapping[str, CouponVerdict] = field(default_factory=dict)
    more: tuple[SpendingRight, ...] = optional_field(default=())


@dataclass(frozen=True)
class MembersAnswer:
    """A member that the till has not heard of (yet): as changes of the feed, none for nobody."""

    changes: tuple[FeedChange, ...]
    server_time: datetime
