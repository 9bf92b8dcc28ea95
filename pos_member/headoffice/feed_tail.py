"""The newest changes of the feed, read once for all tills of this process.

Tills that wait for news are told of the same changes within milliseconds, whatever their branch. What one of them had
read is kept for the others; which of it concerns a till is looked at row by row. Numbers are given out once and their
rows never change, so nothing here grows old; that the database is still the one it came from is seen by the marks.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from pos_member.headoffice.schema import feed
from pos_member.headoffice.schema_feed import SEGMENT

#: Rows that are kept. A till that is further behind reads for itself.
ROWS_MAX = 2_000
#: Of their bodies, as JSON. A row has some 400 bytes; one large product more.
BYTES_MAX = 16 << 20
#: How long one waits for another who reads for all: that one's database may be held up.
BUSY_S = 0.5
_FEED = feed.c
#: What a row of a page has, here and in ``feed``.
COLUMNS = (
    _FEED.publish_no,
    _FEED.entity,
    _FEED.id,
    _FEED.deleted,
    _FEED.body,
    _FEED.seen,
    _FEED.scope,
    _FEED.mark,
)
_SPAN = (
    select(*COLUMNS)
    .where(_FEED.segment >= bindparam("segment"), _FEED.publish_no >= bindparam("first"))
    .where(_FEED.segment <= bindparam("last_segment"), _FEED.publish_no <= bindparam("last"))
    .order_by(_FEED.segment, _FEED.publish_no)
)


class Tail:
    """Rows of the feed with numbers in a row, up to the newest that was asked for. Thread-safe."""

    def __init__(self, rows_max: int = ROWS_MAX, bytes_max: int = BYTES_MAX, busy_s: float = BUSY_S) -> None:
        self._rows_max, self._bytes_max, self._busy_s = rows_max, bytes_max, busy_s
        self._lock = threading.Lock()
        self._rows: list[Row[Any]] = []

    def between(self, connection: Connection, after: int, newest: int, mark: str) -> Sequence[Row[Any]] | None:
        """All rows after ``after`` up to ``newest``, the horizon of this connection's view, whose mark is ``mark``.

        ``None`` where they are too many to be kept, do not follow one another, or another reads for too long.
        """
        if not 0 < newest - after <= self._rows_max:
            return None
        if not self._lock.acquire(timeout=self._busy_s):
            return None
        try:
            if not self._holds(after, newest, mark) and not self._read(connection, after, newest):
                return None
            first = self._rows[0].publish_no
            return self._rows[after + 1 - first : newest + 1 - first]
        finally:
            self._lock.release()

    def _holds(self, after: int, newest: int, mark: str) -> bool:
        if not self._rows or not self._rows[0].publish_no <= after + 1 <= newest <= self._rows[-1].publish_no:
            return False
        held: str = self._rows[newest - self._rows[0].publish_no].mark
        return held == mark

    def _read(self, connection: Connection, after: int, newest: int) -> bool:
        """What is missing at the end, or all of it anew; ``False`` where it has a hole or is too much."""
        known = self._rows
        goes_on = known and known[0].publish_no <= after + 1 and known[-1].publish_no < newest
        first = known[-1].publish_no if goes_on else after + 1
        rows = list(connection.execute(_SPAN, _span(first, newest)))
        if goes_on and rows and (rows[0].publish_no, rows[0].mark) == (first, known[-1].mark):
            rows = [*known, *rows[1:]]
        elif goes_on:  # another history of head office
            rows = list(connection.execute(_SPAN, _span(after + 1, newest)))
        if [row.publish_no for row in rows] != list(range(newest - len(rows) + 1, newest + 1)):
            self._rows = []
            return False
        kept = rows[-self._rows_max :]
        if sum(_bytes(row.body) for row in kept) > self._bytes_max:
            self._rows = []
            return False
        self._rows = kept
        return bool(kept) and kept[0].publish_no <= after + 1


def _bytes(text: str) -> int:
    """As UTF-8: a Thai letter is three of them."""
    return len(text) if text.isascii() else len(text.encode())


def _span(first: int, last: int) -> dict[str, int]:
    return {"segment": first // SEGMENT, "last_segment": last // SEGMENT, "first": first, "last": last}
