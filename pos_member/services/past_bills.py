"""Past bills for a replay, and where they come from: a till's folder, or head office's database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.member import Member
from pos_member.domain.pricing import RuleBook
from pos_member.domain.replay import Past
from pos_member.domain.replay_member import Profile


@dataclass(frozen=True)
class Fact:
    """A bill or a return, read or still in the bytes it was announced with (decoded by the process that replays it).

    ``shard`` names who must replay it: the member, or the bill where there is none. ``profile`` comes with the first
    fact of a member.
    """

    shard: str
    bill: Bill | bytes | None = None
    document: BillReturn | bytes | None = None
    profile: Profile | None = None


class Source(Protocol):
    """Where past bills come from."""

    def past(self) -> Past:
        """Definitions and brands as they are now."""
        ...

    def book(self) -> RuleBook:
        """The programs that run now, with the shop's categories and settings."""
        ...

    def count(self, first: date, last: date) -> int | None:
        """How many facts there are, where that is known without reading them."""
        ...

    def returned(self, first: date, last: date) -> frozenset[str]:
        """Ids of the bills with a return in the period."""
        ...

    def facts(self, first: date, last: date) -> Iterator[Fact]:
        """Bills and returns of those business dates, in the order of time."""
        ...

    def number(self, member_id: str) -> str:
        """The member's number, masked."""
        ...


def profile_of(member: Member | None) -> Profile:
    """What a replay may know of a member."""
    if member is None:
        return Profile()
    return Profile(member.tier, member.birthday, member.segments, member.referred_by)
