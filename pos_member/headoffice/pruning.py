"""What nobody asks for any more is taken out: ``applied``, of which every bill leaves rows.

A row keeps an effect from being applied twice. Once the effect's own row is gone nobody applies it again, but for a
worker that had read it before. So a row goes when its effect was done at one run and at the next, a day later at the
earliest. What lies in quarantine may be taken in again: its rows stay. ``docs/decisions/0260`` says why this is sound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

import orjson
from sqlalchemy import Connection, bindparam, delete, func, select, tuple_, union_all

from pos_member.headoffice import portable, schema, times
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.kept import read_setting
from pos_member.headoffice.seen_marks import Position, before
from pos_member.headoffice.units import Units

#: Where the marks of the last run are kept, in ``setting``.
MARKS = "applied_marks"
#: No worker holds an effect for so long between reading and applying it.
MARGIN = timedelta(hours=20)
_ROWS = 5_000
#: Events of one till that are kept track of one by one; of a till with more, nothing after the first of them goes.
_HELD_MAX = 200

#: (member, till, epoch, seq).
Key = tuple[str, str, int, int]
_APPLIED = schema.applied.c
_KEY = (_APPLIED.member_id, _APPLIED.till_id, _APPLIED.epoch, _APPLIED.seq)
_PAGE = (
    select(*_KEY)
    .where(tuple_(*_KEY) > tuple_(bindparam("member"), bindparam("till"), bindparam("of"), bindparam("after")))
    .order_by(*_KEY)
    .limit(bindparam("most"))
)
_GONE = delete(schema.applied).where(
    _APPLIED.member_id == bindparam("member"),
    _APPLIED.till_id == bindparam("till"),
    _APPLIED.epoch == bindparam("of"),
    _APPLIED.seq == bindparam("after"),
)


@dataclass(frozen=True)
class Marks:
    """How far every till's effects were done ``at`` a moment. ``held``: (till, epoch, seq) up to there that may yet be
    applied, being late or in quarantine."""

    at: datetime
    upto: Mapping[str, Position]
    held: frozenset[tuple[str, int, int]]

    def both(self, other: Marks) -> Marks:
        """What is done by either."""
        upto = {till: min(mark, other.upto[till]) for till, mark in self.upto.items() if till in other.upto}
        return Marks(max(self.at, other.at), upto, self.held | other.held)

    def done(self, key: Key) -> bool:
        """Whether this effect was done."""
        _, till, epoch, seq = key
        return till in self.upto and (epoch, seq) <= self.upto[till] and (till, epoch, seq) not in self.held


def prune_applied(units: Units, now: datetime, watch: Watch | None = None) -> int:
    """Take out the rows of effects that were done a day ago. Returns how many. Raises ``JobStopped``.

    For the daily work: run more often, it does nothing. A clock that was set back begins anew.
    """
    watch = watch or Watch()
    with units.database.read() as connection:
        last, current = _stored_marks(connection), _marks(connection, now)
    if last is not None and timedelta() <= now - last.at < MARGIN:
        return 0
    gone = 0 if last is None or last.at > now else _take_out(units, last.both(current), watch)
    with units.database.write() as connection:
        text = orjson.dumps([times.stored(now), current.upto, sorted(current.held)]).decode()
        portable.upsert(connection, schema.setting, [{"name": MARKS, "value": text}])
    return gone


def _take_out(units: Units, marks: Marks, watch: Watch) -> int:
    gone, after = 0, ("", "", 0, 0)
    while True:
        with units.database.read() as connection:
            rows = connection.execute(_PAGE, _named(after) | {"most": _ROWS}).all()
        page = [(row[0], row[1], row[2], row[3]) for row in rows]
        done = [key for key in page if marks.done(key)]
        with units.pack() as pack:
            for keys in pack.units_of(done, itemgetter(0)):
                with pack.unit() as connection:
                    connection.execute(_GONE, [_named(key) for key in keys])
        gone += len(done)
        if len(page) < _ROWS:
            watch.tell(gone)
            return gone
        after = page[-1]
        watch.step(gone)


def _named(key: Key) -> dict[str, str | int]:
    return {"member": key[0], "till": key[1], "of": key[2], "after": key[3]}


def _stored_marks(connection: Connection) -> Marks | None:
    text = read_setting(connection, MARKS)
    if not text:
        return None
    at, upto, held = orjson.loads(text)
    return Marks(
        times.read(at),
        {till: (epoch, seq) for till, (epoch, seq) in upto.items()},
        frozenset((till, epoch, seq) for till, epoch, seq in held),
    )


def _marks(connection: Connection, now: datetime) -> Marks:
    till, effect, aside = schema.till, schema.effect, schema.quarantine
    upto = {
        row.id: (row.epoch, row.last_seq)
        for row in connection.execute(select(till.c.id, till.c.epoch, till.c.last_seq))
    }
    first = select(effect.c.till_id, effect.c.epoch, func.min(effect.c.seq)).where(effect.c.late.is_(False))
    for till_id, epoch, seq in connection.execute(first.group_by(effect.c.till_id, effect.c.epoch)):
        upto[till_id] = before(upto.get(till_id), (epoch, seq))
    late = select(effect.c.till_id, effect.c.epoch, effect.c.seq).where(effect.c.late.is_(True))
    both = union_all(late, select(aside.c.till_id, aside.c.epoch, aside.c.seq)).order_by("till_id", "epoch", "seq")
    held: set[tuple[str, int, int]] = set()
    for till_id, rows in groupby(connection.execute(both).tuples().all(), key=lambda row: row[0]):
        positions: Sequence[Position] = [(row[1], row[2]) for row in rows]
        if len(positions) > _HELD_MAX:
            upto[till_id] = before(upto.get(till_id), positions[0])
        else:
            held.update((till_id, *position) for position in positions)
    return Marks(now, upto, frozenset(held))
