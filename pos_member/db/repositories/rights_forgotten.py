"""Rights to own sales that ended with head office's acknowledgement: whose points are to be asked for anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from pos_member.db.outbox import read_head
from pos_member.db.values import to_us
from pos_member.services.rights_ports import Forgotten

#: Up to which own number of a bill head office was asked.
ASKED = "rights_asked"
_ACKED = "SELECT coalesce(max(seq), 0) FROM ack"
_DUE = (
    "SELECT b.seq, r.member_id FROM bill b JOIN spending_right r ON r.id = b.id"
    " WHERE b.seq > ? AND b.seq <= ? AND r.kind = 'own' AND r.lapses_at_us > ? ORDER BY b.seq LIMIT ?"
)


def forgotten_since(connection: Connection, asked: int, limit: int, now: datetime) -> Forgotten:
    """Members of acknowledged bills after own number ``asked``, of ``limit`` bills at most; in one view of the data."""
    acked: int = connection.exec_driver_sql(_ACKED).scalar_one()
    head, base, _ = read_head(connection)
    if acked <= base:
        return Forgotten(upto=asked)
    rows = connection.exec_driver_sql(_DUE, (asked, acked, to_us(now), limit)).all() if acked > asked else ()
    upto = rows[-1].seq if rows and len(rows) == limit else max(asked, acked)
    return Forgotten(tuple(dict.fromkeys(row.member_id for row in rows)), upto, acked - base, head - base)
