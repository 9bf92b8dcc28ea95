"""Revisions are forgotten once they order nothing any more.

A revision says which of two tellings of a thing is the newer while both wait for their number; in the feed the number
says it. So a row may go as soon as nothing of its thing waits, and what ``seen`` says the feed says by itself. Told
again, the thing begins at one. ``docs/decisions/0272`` says why this is sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, select, tuple_

from pos_member.headoffice import portable, schema, seen_marks
from pos_member.headoffice.asking import among
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.outgoing import Key, lock_known
from pos_member.headoffice.units import Units

_ROWS = 5_000
_TOLD = schema.revision.c
_KEY = (_TOLD.shard, _TOLD.entity, _TOLD.id)
_PAGE = (
    select(*_KEY, _TOLD.n, _TOLD.seen)
    .where(tuple_(*_KEY) > tuple_(bindparam("of"), bindparam("what"), bindparam("after")))
    .order_by(*_KEY)
    .limit(bindparam("most"))
)
_GONE = delete(schema.revision).where(
    _TOLD.shard == bindparam("of"), _TOLD.entity == bindparam("what"), _TOLD.id == bindparam("after")
)
_OUT = schema.outgoing.c
_WAITING = select(_OUT.shard, _OUT.entity, _OUT.id).where(among(_OUT.shard, "shards"))
_UNCLEARED = select(schema.feed_head.c.cleared_no < schema.feed_head.c.publish_no)


def prune_revisions(units: Units, watch: Watch | None = None) -> int:
    """Take out the rows of all things of which nothing waits. Returns how many. Raises ``JobStopped``."""
    watch = watch or Watch()
    gone, after = 0, ("", "", "")
    while True:
        with units.database.read() as connection:
            page = connection.execute(_PAGE, _named(after) | {"most": _ROWS}).all()
            told = _told_whole(connection, page)
            waiting = _waiting(connection, told)
            # Asked last: what waits no more by then is behind what is cleared.
            if connection.execute(_UNCLEARED).scalar_one():
                return gone  # the stamper makes good what was broken off; the next run goes on
            told = [row for row in told if tuple(row[:3]) not in waiting]
        with units.pack() as pack:
            for part in pack.units_of(told, itemgetter(0)):
                with pack.unit() as connection:
                    gone += _take_out(connection, part)
        if len(page) < _ROWS:
            watch.tell(gone)
            return gone
        after = (page[-1][0], page[-1][1], page[-1][2])
        watch.step(gone)


def _told_whole(connection: Connection, page: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those of which the feed says by itself which events they include."""
    seen: dict[str, dict[str, str]] = {row.seen: orjson.loads(row.seen) for row in page}
    published = seen_marks.published(connection, {till for each in seen.values() for till in each})
    for each in seen.values():
        seen_marks.prune(each, published)
    return [row for row in page if not seen[row.seen]]


def _waiting(connection: Connection, rows: Sequence[Row[Any]]) -> set[Key]:
    """What of these has no number yet."""
    found: set[Key] = set()
    for part in portable.chunks(row.shard for row in rows):
        found.update((row.shard, row.entity, row.id) for row in connection.execute(_WAITING, {"shards": part}))
    return found


def _take_out(connection: Connection, rows: Sequence[Row[Any]]) -> int:
    """Of these, under their locks, what was not told again since it was read."""
    as_read: dict[Key, tuple[int, str]] = {(row.shard, row.entity, row.id): (row.n, row.seen) for row in rows}
    gone = [key for key, now in lock_known(connection, list(as_read)).items() if now == as_read[key]]
    if gone:
        # A row that another run took out, and a telling made anew since, looks as it was read.
        waiting = _waiting(connection, rows)
        gone = [key for key in gone if key not in waiting]
    if gone:
        connection.execute(_GONE, [_named(key) for key in gone])
    return len(gone)


def _named(key: Key) -> dict[str, Any]:
    return {"of": key[0], "what": key[1], "after": key[2]}
