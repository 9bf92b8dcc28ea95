"""Epochs of this till: where each begins in the till's own numbers, and what is to be done when one begins.

Own numbers never start anew; on the wire a number counts within its epoch. ``doubt`` stands in ``sync_note`` from the
moment a till finds that its database may not be the one head office knows, until head office gave a new epoch.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pos_member.db.outbox import read_head
from pos_member.db.repositories.facts import acked_own
from pos_member.db.values import from_us, to_us
from pos_member.domain.chain import GENESIS, link
from pos_member.services.sync_ports import Doubt

DATABASE_ID = "database_id"
DOUBT = "doubt"
#: Set once a sidecar was written: a database that has it and finds none beside it was carried here alone.
SIDECAR = "sidecar"

#: At most so many of a series in a day, by the busiest till. What a backup does not know of cannot be more.
USED_PER_DAY = {"bill": 3_000, "return": 500, "member": 300}
#: The gap where nothing else tells: as for so many days, whatever the clock says.
GAP_DAYS_MIN, GAP_DAYS_MAX = 7, 60
#: More numbers than are used while a sidecar lags behind.
LAG_NUMBERS = 100
#: The counter of what ended here without an event: acknowledgements, by which rights to own sales end, and rights that
#: were given back. Only by it does a database that was put back behind such an end differ from the one that was here.
LET_GO = "let_go"
#: By series and first number: the last of a stretch that was left out.
_STRETCH = "left_out_from:"
#: By till and epoch: what the epoch left out, and the doubt before it, stands in stretches. Builds that noted no
#: stretches left neither this nor ``_DOUBT_TOLD``.
_EPOCH_TOLD = "left_out_told:"
#: The same of the doubt that waits for an epoch.
_DOUBT_TOLD = "left_out_told"
#: By the own number it happened at: what builds that noted no stretches left out while a new epoch was awaited already.
_LEFT_OUT = "left_out:"

_NOTE = "SELECT value FROM sync_note WHERE name = ?"
_SET_NOTE = "INSERT OR REPLACE INTO sync_note (name, value) VALUES (?, ?)"
_FORGET_NOTE = "DELETE FROM sync_note WHERE name = ?"
_EPOCH = "INSERT OR REPLACE INTO epoch (till_id, epoch, base) VALUES (?, ?, ?)"
_KNOWN_EPOCH = "SELECT 1 FROM epoch WHERE till_id = ? AND epoch = ?"
_COUNTER = "SELECT value FROM counter WHERE name = ?"
_RAISE = "INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)"
_COUNT = "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
_NOTES = "SELECT name, value FROM sync_note WHERE name >= ? AND name < ?"
_RECHAIN = "UPDATE change_queue SET chain = ? WHERE seq = ?"


def note(connection: Connection, name: str) -> str | None:
    """A remembered value."""
    value: str | None = connection.exec_driver_sql(_NOTE, (name,)).scalar()
    return value


def set_note(connection: Connection, name: str, value: str | None) -> None:
    """Remember a value; ``None`` forgets it."""
    if value is None:
        connection.exec_driver_sql(_FORGET_NOTE, (name,))
    else:
        connection.exec_driver_sql(_SET_NOTE, (name, value))


def doubt_of(connection: Connection) -> Doubt | None:
    """Why this till does not know whether its database is the one head office knows."""
    value = note(connection, DOUBT)
    return None if value is None else Doubt(value)


def remember_epoch(connection: Connection, epoch: int, base: int, till_id: str) -> None:
    """Where an epoch begins: number on the wire = own number - ``base``. Whatever was doubted before is over."""
    known = connection.exec_driver_sql(_KNOWN_EPOCH, (till_id, epoch)).first() is not None
    if not known and (doubt_of(connection) is None or note(connection, _DOUBT_TOLD) is not None):
        set_note(connection, f"{_EPOCH_TOLD}{till_id}:{epoch}", "")
    connection.exec_driver_sql(_EPOCH, (till_id, epoch, base))
    set_note(connection, DOUBT, None)
    set_note(connection, _DOUBT_TOLD, None)


def name_database(connection: Connection, new_id: Callable[[], str]) -> str:
    """This database's own id; given now where it has none."""
    found = note(connection, DATABASE_ID)
    if found is None:
        found = new_id()
        set_note(connection, DATABASE_ID, found)
    return found


def chain_anew(connection: Connection, base: int) -> None:
    """Number and chain every event after own number ``base`` from 1; ids, payloads and hashes stay as they are."""
    chain = GENESIS
    query = "SELECT seq, sha256 FROM change_queue WHERE seq > ? ORDER BY seq"
    for seq, sha in connection.exec_driver_sql(query, (base,)).all():
        chain = link(chain, seq - base, sha.hex())
        connection.exec_driver_sql(_RECHAIN, (bytes.fromhex(chain), seq))


def begin(
    connection: Connection, epoch: int, next_numbers: Mapping[str, int], at: datetime, *, refill: bool = False
) -> None:
    """Go on in ``epoch``: what head office has not acknowledged is numbered from 1, counters start at ``next_numbers``.

    ``refill``: head office lost what it had acknowledged; everything that is kept is sent again.
    """
    till_id: str = connection.exec_driver_sql("SELECT id FROM till_identity").scalar_one()
    base = _refill_base(connection, till_id) if refill else acked_own(connection)
    if refill:
        connection.exec_driver_sql("DELETE FROM ack WHERE seq > ?", (base,))
        if base:
            connection.exec_driver_sql("INSERT OR IGNORE INTO ack (seq, at_us) VALUES (?, ?)", (base, to_us(at)))
    connection.exec_driver_sql("UPDATE till_identity SET epoch = ?, epoch_base = ?", (epoch, base))
    remember_epoch(connection, epoch, base, till_id)
    chain_anew(connection, base)
    for name, number in next_numbers.items():
        _raise(connection, name, number - 1)


def _refill_base(connection: Connection, till_id: str) -> int:
    """The own number before the oldest kept event that bears this till's name."""
    mine = connection.exec_driver_sql("SELECT min(base) FROM epoch WHERE till_id = ?", (till_id,)).scalar()
    kept: int = connection.exec_driver_sql("SELECT coalesce(min(seq), 1) FROM change_queue").scalar_one()
    return max(kept - 1, mine or 0)


def raise_doubt(connection: Connection, doubt: Doubt, new_database_id: str | None = None) -> None:
    """From now on rights are suspended and ``hello`` says why. A copy gets a name of its own."""
    if doubt_of(connection) is None:
        set_note(connection, _DOUBT_TOLD, "")
    set_note(connection, DOUBT, doubt.value)
    if new_database_id is not None:
        set_note(connection, DATABASE_ID, new_database_id)


def counters(connection: Connection) -> dict[str, int]:
    """The last number given of each series, and how often something ended (``LET_GO``)."""
    rows = connection.exec_driver_sql("SELECT name, value FROM counter").tuples().all()
    return dict(rows)


def let_go(connection: Connection) -> None:
    """Count that something ended here, in the transaction in which it does."""
    connection.exec_driver_sql(_COUNT, (LET_GO,))


def skip_numbers(connection: Connection, now: datetime, noted: Mapping[str, int] | None) -> None:
    """Move the counters past every number that may have been used without this database knowing.

    ``noted``: what a sidecar knows to have been used; ``None`` when nothing tells. Then as many are left out as the
    busiest till uses in the time since the newest event here, at least a week's; and by chance up to as many more, so
    that a backup that is put back twice does not begin at the same number twice.
    """
    here = counters(connection)
    for name, per_day in USED_PER_DAY.items():
        if noted is not None:
            _raise(connection, name, noted.get(name, 0) + LAG_NUMBERS)
        else:
            gap = per_day * _days_unknown(connection, now)
            _raise(connection, name, here.get(name, 0) + gap + secrets.randbelow(gap))


def _raise(connection: Connection, name: str, last: int) -> None:
    """The counter goes on after ``last``, where it is not beyond. What is left out by that is noted."""
    before: int = connection.exec_driver_sql(_COUNTER, (name,)).scalar() or 0
    if last > before:
        connection.exec_driver_sql(_RAISE, (name, last))
        set_note(connection, f"{_STRETCH}{name}:{before + 1}", str(last))


def left_out(connection: Connection, name: str) -> list[tuple[int, int]]:
    """The stretches (first, last) that were left out of a series, in order, as far as they were noted."""
    prefix = f"{_STRETCH}{name}:"
    found = connection.exec_driver_sql(_NOTES, (prefix, prefix + "~")).tuples()
    return sorted((int(name.removeprefix(prefix)), int(last)) for name, last in found)


def untold_begins(connection: Connection) -> list[int]:
    """The own numbers after which builds that noted no stretches left one out, nobody knows where: those before every
    epoch but the first, before the one that is awaited, and wherever a till in doubt was put back again."""
    told = {name for name, _ in connection.exec_driver_sql(_NOTES, (_EPOCH_TOLD, _EPOCH_TOLD + "~")).tuples()}
    begun = connection.exec_driver_sql("SELECT till_id, epoch, base FROM epoch").tuples()
    bases = [
        base
        for till_id, epoch, base in begun
        if (epoch, base) != (1, 0) and f"{_EPOCH_TOLD}{till_id}:{epoch}" not in told
    ]
    if doubt_of(connection) is not None and note(connection, _DOUBT_TOLD) is None:
        bases.append(acked_own(connection))
    again = connection.exec_driver_sql(_NOTES, (_LEFT_OUT, _LEFT_OUT + "~")).tuples()
    return sorted([*bases, *(int(name.removeprefix(_LEFT_OUT)) for name, _ in again)])


def _days_unknown(connection: Connection, now: datetime) -> int:
    newest = connection.exec_driver_sql("SELECT created_at_us FROM change_queue ORDER BY seq DESC LIMIT 1").scalar()
    days = 0 if newest is None else (now - from_us(newest)) // timedelta(days=1) + 1
    return min(max(days, GAP_DAYS_MIN), GAP_DAYS_MAX)


def chain_at(connection: Connection, seq: int) -> str | None:
    """The chain hash of own number ``seq``, as ``own_head`` tells it; ``None`` where the event is not kept.

    The number an epoch begins after bears the end of the chain before: in this epoch nothing is chained yet.
    """
    if seq <= 0:
        return None
    if seq == read_head(connection)[1]:
        return GENESIS
    chain = connection.exec_driver_sql("SELECT chain FROM change_queue WHERE seq = ?", (seq,)).scalar()
    return None if chain is None else chain.hex()


def own_head(connection: Connection) -> tuple[int, str]:
    """(last own number, chain hash there)."""
    seq, _, chain = read_head(connection)
    return seq, chain
