"""What the simulation itself wrote down of every fact a till made: the book that head office is held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from pos_member.domain import codec
from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.events import PAYLOADS, BillClaimed, EventKind, PointsAdjusted
from pos_member.domain.points import PointEntry


@dataclass(frozen=True)
class Fact:
    """One event as its till committed it. ``own_seq``: the till's own number of it."""

    maker: str
    own_seq: int
    event_id: str
    kind: str
    version: int
    payload: bytes


@dataclass
class Ledger:
    """``must``: ids that head office has to hold in the end. ``may``: those that went with a disk, and may have left
    it before; whichever of them arrives counts in full. ``unaware``: ids of tills whose whole machine was set back, who
    cannot know which numbers they gave before they hear of it."""

    facts: dict[str, Fact] = field(default_factory=dict)
    must: set[str] = field(default_factory=set)
    may: set[str] = field(default_factory=set)
    poison: set[str] = field(default_factory=set)
    unaware: set[str] = field(default_factory=set)

    def note(self, fact: Fact) -> None:
        """A fact that a till's disk holds."""
        known = self.facts.setdefault(fact.event_id, fact)
        assert (known.kind, known.version, known.payload) == (fact.kind, fact.version, fact.payload), (
            f"{fact.maker}: event {fact.event_id} changed after it was committed"
        )
        self.must.add(fact.event_id)
        self.may.discard(fact.event_id)

    def promised(self, event_id: str) -> None:
        """The cashier was told that this is done."""
        self.must.add(event_id)

    def lost(self, event_id: str) -> None:
        """The only copy went with a disk."""
        self.must.discard(event_id)
        self.may.add(event_id)


def content(fact: Fact) -> object:
    """What an event says; ``None`` for one that head office does not know either."""
    return said_by(fact.kind, fact.version, fact.payload)


@lru_cache(maxsize=4096)
def said_by(kind: str, version: int, payload: bytes) -> object:
    """As ``content``."""
    cls = PAYLOADS.get((EventKind(kind), version))
    return None if cls is None else codec.from_bytes(cls, payload)


def entries_of(said: object) -> tuple[PointEntry, ...]:
    """The points an event moves."""
    if isinstance(said, Bill | BillReturn | BillClaimed):
        return said.point_entries
    return said.entries if isinstance(said, PointsAdjusted) else ()
