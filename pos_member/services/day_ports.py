"""What closing a business date needs of the till's storage: sums of the facts, and the certificates given so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pos_member.domain.day_certificate import DayClosed


@dataclass(frozen=True)
class DaySums:
    """What the facts of one business date come to. ``points_earned``: of bills and of claims, stamps left out."""

    bills: int = 0
    returns: int = 0
    claims: int = 0
    total_satang: int = 0
    refund_satang: int = 0
    points_earned: int = 0
    points_redeemed: int = 0
    members_enrolled: int = 0


@dataclass(frozen=True)
class QueueHead:
    """The end of the change queue as it goes over the wire."""

    epoch: int
    seq: int
    chain: str


class Days(Protocol):
    """This till's business dates: read only, in time that a day's facts bound and not the till's age."""

    def to_close(self, first: date, last: date) -> tuple[date, ...]:
        """Dates from ``first`` to ``last`` with facts that no certificate of this epoch covers, oldest first.

        A certificate that was given under another epoch than its event now bears covers nothing: head office cannot
        hold its number and chain against anything.
        """
        ...

    def sums(self, day: date, before_seq: int | None = None) -> DaySums:
        """The date's facts; ``before_seq`` (the till's own number): only those announced before that event."""
        ...

    def head(self) -> QueueHead:
        """Where the queue ends now."""
        ...

    def certificates(self) -> Iterator[tuple[int, DayClosed]]:
        """(own number of its event, certificate) of every day that was closed, oldest first."""
        ...

    def chain_at(self, epoch: int, seq: int) -> str | None:
        """The chain hash at a number on the wire of ``epoch``; None where the queue does not hold it any more."""
        ...

    def epoch_of(self, seq: int, till_id: str) -> int | None:
        """The epoch of ``till_id`` in which own event ``seq`` is numbered, the latest of those that it was numbered in;
        None where that is not known."""
        ...


class DayWriter(Days, Protocol):
    """As ``Days``, within a unit of work."""

    def add(self, day: DayClosed, seq: int) -> None:
        """The certificate announced as event ``seq``."""
        ...
