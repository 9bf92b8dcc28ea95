"""What spending rights need from the till's storage; ``pos_member.db.repositories.rights`` does it.

Errors of every method: ``EnvironmentProblem(DISK_FULL | DATABASE_BUSY | DATABASE_CORRUPT | FOLDER_READ_ONLY)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pos_member.domain.rights import RightUse, SpendingRight
from pos_member.domain.rights_standing import RightsStanding


class Rights(Protocol):
    """Reading, for the use cases."""

    def standing(self, member_id: str | None, bill_id: str, codes: Sequence[str] = ()) -> RightsStanding:
        """Of a member on a bill (``""``: on none yet), and of the coupons laid on it."""
        ...

    def touch(self, member_id: str) -> None:
        """A member was identified here: the next talk with head office asks for a right. Any thread, no disk."""
        ...

    def revision(self) -> int:
        """Changes with whatever came from head office that lets more, or less, be spent. Any thread, no disk."""
        ...


class RightsWriter(Protocol):
    """Reading and writing inside a unit of work."""

    def standing(self, member_id: str | None, bill_id: str, codes: Sequence[str] = ()) -> RightsStanding:
        """As ``Rights.standing``, under the write lock."""
        ...

    def add(self, right: SpendingRight) -> None:
        """Hold a right. One that is known already stays as it is."""
        ...

    def take_back(self, right_id: str, points: int, seq: int) -> None:
        """Event ``seq`` (a return) leaves ``points`` less of a right, as far as something is left of it."""
        ...


@dataclass(frozen=True)
class Forgotten:
    """Bills that head office acknowledged: what they earned is no longer this till's by itself.

    ``member_ids``: whose points are to be asked for; ``upto``: the till's own number of the last bill looked at.
    ``acked_seq``, ``head_seq``: the last event acknowledged and the last one made, as on the wire; 0 where this epoch
    has none acknowledged.
    """

    member_ids: tuple[str, ...] = ()
    upto: int = 0
    acked_seq: int = 0
    head_seq: int = 0


class RightsStore(Protocol):
    """What the talk with head office needs. Thread-safe."""

    def quiet(self, now: datetime) -> bool:
        """Whether there is nothing to give back, to tell and to ask about: then ``release`` of nothing, ``to_tell``,
        ``take_touched`` and ``forgotten`` have nothing to do."""
        ...

    def take_touched(self, limit: int) -> tuple[str, ...]:
        """The next members to ask about, each once; they are off the list then."""
        ...

    def touch(self, member_id: str) -> None:
        """Put a member (back) on that list."""
        ...

    def forgotten(self, limit: int, now: datetime) -> Forgotten:
        """Members of bills acknowledged since ``asked``, the oldest ``limit`` bills; what is lapsed is left out."""
        ...

    def asked(self, upto: int) -> None:
        """Head office has answered for bills up to the till's own number ``upto``."""
        ...

    def store(self, rights: Iterable[SpendingRight]) -> int:
        """Hold what was granted, durably; what is known already stays as it is. Returns how many were new."""
        ...

    def release(self, right_ids: Iterable[str], at: datetime) -> tuple[str, ...]:
        """Give back for good what no open or parked bill is using, and rights of bills that are over; returns ids."""
        ...

    def to_tell(self, limit: int) -> tuple[RightUse, ...]:
        """Rights given back that head office does not know of yet, each with all that was spent of it (maybe 0)."""
        ...

    def told(self, right_ids: Iterable[str]) -> None:
        """Head office knows that these were given back."""
        ...

    def note_contact(self, at: datetime, server_time: datetime | None = None) -> None:
        """Head office was heard at ``at`` by the till's clock."""
        ...

    def keep_good(self, bill_id: str, codes: Mapping[str, datetime]) -> None:
        """Coupons that head office holds for a bill, each until when."""
        ...

    def prune(self, now: datetime) -> int:
        """Forget what lapsed long ago and what is acknowledged; returns how many rights went."""
        ...


@dataclass(frozen=True)
class RightRow:
    """One right with everything that was taken out of it, for ``verify``. ``uses``: (``seq``, points)."""

    right: SpendingRight
    uses: tuple[tuple[int, int], ...]
    released: bool


@dataclass(frozen=True)
class FloorRow:
    """One row of what was let pass beyond rights: ``kind`` is ``points`` or ``coupon``."""

    seq: int
    kind: str
    subject_id: str
    points: int
    satang: int


class RightsEvidence(Protocol):
    """The rows that ``verify`` holds against bills."""

    def rights(self) -> Iterator[RightRow]: ...
    def uses_of(self, seq: int) -> Mapping[str, int]:
        """Right id → points, of event ``seq``."""
        ...

    def floor_rows(self) -> Iterator[FloorRow]: ...
    def seq_of(self, bill_id: str) -> int | None: ...
