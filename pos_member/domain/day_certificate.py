"""The day certificate: what a till says its day came to, so that head office can tell a complete day from a gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pos_member.domain.codec import optional_field


@dataclass(frozen=True)
class DayClosed:
    """All of one business date at one till up to ``last_seq`` (number on the wire in ``epoch``), with the chain there.

    Given again when more was sold on that date afterwards: the latest (highest ``last_seq``) counts, and each covers
    the whole date. Points are those of bills, and what claims earned; stamps are left out. ``staff_id``: who closed the
    shift with it; empty where the till did by itself.
    """

    id: str
    till_id: str
    epoch: int
    business_date: date
    at: datetime
    staff_id: str
    bills: int
    returns: int
    total_satang: int
    refund_satang: int
    points_earned: int
    points_redeemed: int
    last_seq: int
    chain: str
    claims: int = optional_field(default=0)
    members_enrolled: int = optional_field(default=0)
