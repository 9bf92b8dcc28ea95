"""What a till says of itself in a hello: one question to each file, all of it of one moment of that file."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from pos_member.db.replica_upgrade import LOAD_ANEW
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
_REACHED = "SELECT cursor, feed_mark, EXISTS (SELECT 1 FROM item WHERE entity = ?) FROM mark"


class Reached(NamedTuple):
    """How far the replica is, and whether it asks to be loaded anew (``replica_upgrade``)."""

    cursor: int
    feed_mark: str
    asks_for_load: bool


def read_reached(replica: Connection) -> Reached:
    """In one view of ``replica.db``."""
    cursor, feed_mark, asks = replica.exec_driver_sql(_REACHED, (LOAD_ANEW,)).one()
    return Reached(cursor, feed_mark, bool(asks))


class Stands(NamedTuple):
    """Where the till stands, as ``till.db`` counts: numbers of its own, not those of the epoch on the wire."""

    till_id: str
    number: int
    branch_id: str
    label: str
    epoch: int
    server_url: str
    private_key: bytes
    server_public_key: bytes
    base: int
    head: int
    #: ``None`` while there is no event.
    chain: bytes | None
    acked: int
    #: The first event of this epoch that is kept; ``None`` where there is none.
    oldest: int | None
    #: ``None`` where the database has no name yet.
    database_id: str | None
    doubt: str | None


def read_stands(till: Connection) -> Stands | None:
    """Of ``till.db``; ``None`` before the till is enrolled."""
    row = till.exec_driver_sql(_STANDS).one_or_none()
    return None if row is None else Stands(*row)


def said(at: Stands, database_id: str, reached: Reached) -> AtHello:
    """``at`` with what else is said; numbers as on the wire."""
    identity = TillIdentity(at.till_id, at.number, at.branch_id, at.label, at.epoch)
    return AtHello(
        link=TillLink(identity, at.server_url, at.private_key, at.server_public_key),
        head_seq=at.head - at.base,
        head_chain=GENESIS if at.chain is None or at.head == at.base else at.chain.hex(),
        acked_seq=max(0, at.acked - at.base),
        kept_from=0 if at.oldest is None else at.oldest - at.base,
        doubt=None if at.doubt is None else Doubt(at.doubt),
        database_id=database_id,
        cursor=reached.cursor,
        feed_mark=reached.feed_mark,
    )
