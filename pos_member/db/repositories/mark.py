"""How far the replica is: the one row of its ``mark`` table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from pos_member.db.values import from_us_or_none


@dataclass(frozen=True)
class Mark:
    """``included_seq`` is in this till's own numbers; ``revision`` counts changes of the catalogue.

    A row of an account or coupon may include more than that: ``row_includes`` says up to which own event.
    """

    cursor: int
    included_seq: int
    as_of: datetime | None
    revision: int
    feed_mark: str = ""

    def row_includes(self, row_included_seq: int) -> int:
        """Own events beyond this come on top of a row that says ``row_included_seq``."""
        return max(self.included_seq, row_included_seq)


def read_mark(connection: Connection) -> Mark:
    """The replica's mark; a new replica is at zero."""
    row = connection.exec_driver_sql("SELECT cursor, included_seq, as_of_us, revision, feed_mark FROM mark").one()
    return Mark(row[0], row[1], from_us_or_none(row[2]), row[3], row[4])
