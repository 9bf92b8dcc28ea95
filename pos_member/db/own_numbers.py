"""From head office's numbers of this till's events to the till's own: those of the wire begin anew with every epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

_NUMBERS = (
    "SELECT t.id, t.epoch, t.epoch_base, e.epoch, e.base FROM till_identity t LEFT JOIN epoch e ON e.till_id = t.id"
)


@dataclass(frozen=True)
class OwnNumbers:
    """``bases``: own number before the first event of each epoch of ``till_id``. Without an identity there are none."""

    till_id: str = ""
    base: int = 0
    bases: Mapping[int, int] | None = None

    @classmethod
    def read(cls, connection: Connection) -> OwnNumbers:
        """As ``till.db`` has them now."""
        rows = connection.exec_driver_sql(_NUMBERS).all()
        if not rows:
            return cls()
        till_id, epoch, base = rows[0][:3]
        bases: dict[int, int] = {row[3]: row[4] for row in rows if row[3] is not None}
        return cls(till_id, base, {**bases, epoch: base})

    def of_wire(self, seq: int) -> int:
        """The own number of event ``seq`` of this epoch."""
        return self.base + seq

    def of_seen(self, seen: Mapping[str, str]) -> int:
        """The own number that ``FeedChange.seen`` names for this till; 0 where it says nothing of it.

        What an older epoch held beyond its last acknowledged event was sent again under new numbers: a number of it
        never reaches into the next epoch. What this till cannot read counts as nothing seen.
        """
        text = seen.get(self.till_id) if self.till_id else None
        if text is None or self.bases is None:
            return 0
        epoch, dot, seq = text.partition(".")
        if not (dot and _is_number(epoch) and _is_number(seq)) or int(epoch) not in self.bases:
            return 0
        own = self.bases[int(epoch)] + int(seq)
        later = [base for each, base in self.bases.items() if each > int(epoch)]
        return min([own, *later])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 17
