"""Tallies of bills and returns, and what this till has given away of what is shared between tills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from pos_member.db import schema as s
from pos_member.db.sql import Insert
from pos_member.domain.tally import OF_PROGRAM, Tally, TallyKind, count_key

_TALLY = Insert(s.tally)
_GIVE = (
    'INSERT INTO given (till_id, kind, "key", amount) VALUES (?, ?, ?, ?)'
    ' ON CONFLICT (till_id, kind, "key") DO UPDATE SET amount = amount + excluded.amount'
)
# What was given under another till id counts against that till's quotas.
_GIVEN = 'SELECT kind, "key", amount FROM given WHERE till_id = (SELECT id FROM till_identity) AND amount != 0'
_OF = select(s.tally).where(s.tally.c.seq.in_(bindparam("seqs", expanding=True))).order_by("seq", "position")


def insert_tallies(connection: Connection, tallies: Sequence[Tally], seq: int, till_id: str) -> None:
    """Tallies of event ``seq``; those of no member are added to what ``till_id`` has given. Nothing for none."""
    if not tallies:
        return
    rows: list[tuple[Any, ...]] = []
    given: dict[tuple[str, str], int] = {}
    for position, tally in enumerate(tallies):
        kind = tally.kind.value
        rows.append((seq, position, tally.member_id, kind, tally.key, tally.period, tally.amount, tally.line_no))
        if tally.kind in OF_PROGRAM:
            given[kind, tally.key] = given.get((kind, tally.key), 0) + tally.amount
    _TALLY.many(connection, rows)
    if given:
        connection.exec_driver_sql(_GIVE, [(till_id, kind, key, amount) for (kind, key), amount in given.items()])


def load_tallies(connection: Connection, seqs: Iterable[int]) -> dict[int, list[Tally]]:
    """Tallies per event, in the order they were added."""
    found: dict[int, list[Tally]] = defaultdict(list)
    for row in connection.execute(_OF, {"seqs": list(seqs)}):
        found[row.seq].append(tally_of(row))
    return found


def tally_of(row: Row[Any]) -> Tally:
    """The tally of a row."""
    return Tally(TallyKind(row.kind), row.key, row.period, row.amount, row.member_id, row.line_no)


def read_given(connection: Connection) -> dict[str, int]:
    """What this till has given in all its life, by ``tally.count_key``; sums of zero are left out."""
    rows = connection.exec_driver_sql(_GIVEN)
    return {count_key(TallyKind(kind), key, ""): amount for kind, key, amount in rows}
