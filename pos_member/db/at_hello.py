"""What a till says of itself in a hello: one question to each file, all of it of one moment of that file."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection

from pos_member.domain.chain import GENESIS
from pos_member.domain.org import TillIdentity
from pos_member.services.sync_ports import AtHello, Doubt, TillLink

_STANDS = (
    "SELECT t.id, t.number, t.branch_id, t.label, t.epoch,"
    " t.server_url, t.private_key, t.server_public_key,"
    " t.epoch_base,"
    " (SELECT coalesce(max(seq), 0) FROM change_queue),"
    " (SELECT chain FROM change_queue ORDER BY seq DESC LIMIT 1),"
    " (SELECT coalesce(max(seq), 0) FROM ack),"
    " (SELECT min(seq) FROM change_queue WHERE seq > t.epoch_base),"
    " (SELECT value FROM sync_note WHERE name = 'database_id'),"
    " (SELECT value FROM sync_note WHERE name = 'doubt')"
    " FROM till_identity t"
)
_REACHED = "SELECT cursor, feed_mark, EXISTS (SELECT 1 FROM item WHERE entity = 'replica.load_anew') FROM mark"


class Reached(NamedTuple):
    """How far the replica is, and whether it asks to be loaded anew (``replica_upgrade``)."""

    cursor: int
    feed_mark: str
    asks_for_load: bool


def read_reached(replica: Connection) -> Reached:
    """In one view of ``replica.db``."""
    cursor, feed_mark, asks = replica.exec_driver_sql(_REACHED).one()
    return Reached(cursor, feed_mark, bool(asks))


def read_row(till: Connection) -> tuple[Any, ...] | None:
    """Of ``till.db``, for ``of_row``; ``None`` before the till is enrolled."""
    row = till.exec_driver_sql(_STANDS).one_or_none()
    return None if row is None else tuple(row)


def of_row(row: tuple[Any, ...], database_id: str, reached: Reached) -> AtHello:
    """The row of ``read_row`` with what else is said; numbers as on the wire."""
    base, head, chain, acked, oldest, _, doubt = row[8:]
    return AtHello(
        link=TillLink(TillIdentity(*row[:5]), *row[5:8]),
        head_seq=head - base,
        head_chain=GENESIS if head == base else chain.hex(),
        acked_seq=max(0, acked - base),
        kept_from=0 if oldest is None else oldest - base,
        doubt=None if doubt is None else Doubt(doubt),
        database_id=database_id,
        cursor=reached.cursor,
        feed_mark=reached.feed_mark,
    )


def database_id_of(row: tuple[Any, ...]) -> str | None:
    """What ``read_row`` found; ``None`` where the database has no name yet."""
    found: str | None = row[13]
    return found
