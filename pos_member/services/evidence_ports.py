"""What ``verify`` asks of a till's storage: the raw rows of ``till.db``, as they lie there.

Implemented by ``pos_member.db``. Errors as in ``services.ports``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pos_member.domain.coupon import Coupon, CouponEventKind
from pos_member.domain.events import Payload
from pos_member.domain.points import PointEntry
from pos_member.domain.tally import Tally, TallyKind


@dataclass(frozen=True)
class QueueRow:
    """One row of the change queue as it lies on disk. ``sha256`` and ``chain`` are hex, see ``domain.chain``."""

    seq: int
    kind: str
    version: int
    event_id: str
    payload: bytes
    sha256: str
    chain: str


@dataclass(frozen=True)
class CouponEventRow:
    """One step in a coupon's life at this till, in the order it was written."""

    code: str
    event: CouponEventKind
    at: datetime
    bill_id: str | None
    seq: int


class Evidence(Protocol):
    """The raw rows of ``till.db`` that ``verify`` holds against each other. Read only; each call streams."""

    def queue(self) -> Iterator[QueueRow]:
        """The whole change queue by ``seq``, the till's own number. The oldest acknowledged rows may be gone."""
        ...

    def as_stored(self, payload: Payload, seq: int) -> Payload | None:
        """The payload of event ``seq`` (not of a bill or return) with all that the tables hold of it; None for none."""
        ...

    def epoch_base(self) -> int:
        """Own numbers up to here belong to earlier epochs, whose chain ended; the chain counts from here on."""
        ...

    def left_out(self, series: str) -> Sequence[tuple[int, int]]:
        """The stretches (first, last) of a series that were left out on purpose, in order."""
        ...

    def untold_begins(self) -> Sequence[int]:
        """The own numbers after which older builds, which did not note them, left a stretch out: one after each."""
        ...

    def numbers(self, series: str) -> Iterator[tuple[int, str]]:
        """(``seq``, number) of every ``bill`` or ``return``, as they were written."""

    def counters(self) -> dict[str, int]:
        """The last number given out of every series."""
        ...

    def balances(self) -> Iterator[tuple[str, date | None, int]]:
        """The stored projection of this till's own entries of points, not stamps: (member id, bucket, points)."""
        ...

    def wallets(self) -> Iterator[tuple[str, str, date | None, int]]:
        """As ``balances``, of stamps: (member id, currency, bucket, stamps)."""
        ...

    def debts(self) -> Iterator[tuple[str, int]]:
        """(member id, points owed) of this till's own acts: what returns left over less what earns repaid."""
        ...

    def stamp_debts(self) -> Iterator[tuple[str, str, int]]:
        """As ``debts``, of stamps: (member id, currency, stamps owed)."""
        ...

    def tallies(self) -> Iterator[tuple[int, Tally]]:
        """(``seq``, tally) of every bill and return of this till, in the order they were written."""
        ...

    def given(self) -> Iterator[tuple[str, TallyKind, str, int]]:
        """The stored sums of the tallies of no member: (till id of the bill or return, kind, key, amount)."""
        ...

    def entries(self) -> Iterator[PointEntry]:
        """Every point entry of this till."""
        ...

    def coupons(self) -> Iterator[Coupon]:
        """Every coupon this till issued or touched, with its stored state."""
        ...

    def coupon_events(self) -> Iterator[CouponEventRow]:
        """Every coupon event of this till, oldest first."""
        ...

    def fact_seqs(self) -> Iterator[tuple[str, int]]:
        """(table, ``seq``) of every stored fact: the event that it says announced it."""
        ...
