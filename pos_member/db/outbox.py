"""The change queue: every fact is announced in the transaction that makes it, in one unbroken, hash-chained row.

Two numbers, told apart: ``seq`` in the file is the till's own and never starts anew; on the wire a number counts
within the epoch (own number − ``epoch_base``), and so does the chain.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from pos_member.db import schema as s
from pos_member.db.sql import Insert
from pos_member.db.values import to_us
from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.codec import canonical_bytes
from pos_member.domain.events import EventKind, Payload

_EVENT = Insert(s.change_queue)
_HEAD = (
    "SELECT coalesce((SELECT max(seq) FROM change_queue), 0), coalesce((SELECT epoch_base FROM till_identity), 0),"
    " (SELECT chain FROM change_queue ORDER BY seq DESC LIMIT 1)"
)


def read_head(connection: Connection) -> tuple[int, int, str]:
    """(last own number, epoch base, chain hash in hex) of the queue."""
    seq, base, chain = connection.exec_driver_sql(_HEAD).one()
    return seq, base, GENESIS if seq == base else chain.hex()


class Outbox:
    """Appends to the queue within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._head: tuple[int, int, str] | None = None

    def announce(self, kind: EventKind, event_id: str, payload: Payload, version: int, at: datetime) -> int:
        """Append one event; returns its own number. An event id that is there already is refused by the database."""
        seq, base, chain = self._head or read_head(self._connection)
        seq += 1
        raw = canonical_bytes(payload)
        sha = payload_hash(raw)
        chain = link(chain, seq - base, sha)
        _EVENT.one(
            self._connection,
            (seq, event_id, kind.value, version, to_us(at), bytes.fromhex(sha), bytes.fromhex(chain), raw),
        )
        self._head = (seq, base, chain)
        return seq
