"""Which events head office holds: by number, within an epoch; by id, over all epochs of a till."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from pos_member.headoffice.asking import among
from pos_member.headoffice.reading import Line
from pos_member.headoffice.schema import event, event_again

_BY_ID = select(event.c.event_id, event.c.sha256).where(
    event.c.till_id == bindparam("till_id"), among(event.c.event_id, "ids")
)


@dataclass(frozen=True)
class Held:
    """The hash of an event's bytes and the chain up to it."""

    sha256: str
    chain: str


def span(connection: Connection, till_id: str, epoch: int, first: int, last: int) -> dict[int, Held]:
    """What is held of one epoch from ``first`` to ``last``, by seq; told again or not."""
    found: dict[int, Held] = {}
    for table in (event, event_again):
        here = (table.c.till_id == till_id) & (table.c.epoch == epoch) & table.c.seq.between(first, last)
        for row in connection.execute(select(table.c.seq, table.c.sha256, table.c.chain).where(here)):
            found[row.seq] = Held(row.sha256, row.chain)
    return found


def chain_at(connection: Connection, till_id: str, epoch: int, seq: int) -> str | None:
    """The chain up to an event; ``None`` where it is not held."""
    held = span(connection, till_id, epoch, seq, seq).get(seq)
    return None if held is None else held.chain


def told_before(connection: Connection, till_id: str, events: Sequence[tuple[str, str]]) -> tuple[set[int], set[int]]:
    """Of ``(event id, sha256)`` in their order the places of those that are known by id, and of these the ones that
    now have another body."""
    ids = sorted({event_id for event_id, _ in events})
    known: dict[str, str] = {
        row.event_id: row.sha256 for row in connection.execute(_BY_ID, {"till_id": till_id, "ids": ids})
    }
    again, forked = set(), set()
    for place, (event_id, sha256) in enumerate(events):
        if event_id in known:
            again.add(place)
            if known[event_id] != sha256:
                forked.add(place)
        else:
            known[event_id] = sha256
    return again, forked


def again_row(row: Row[Any], meta: Line, chain: str, at: str, payload: bytes | None) -> dict[str, Any]:
    """A row of ``event_again`` of the till in ``row``. ``payload``: of a fork."""
    return {
        "till_id": row.id,
        "epoch": row.epoch,
        "seq": meta.seq,
        "event_id": meta.event_id,
        "sha256": meta.sha256,
        "chain": chain,
        "received_at": at,
        "payload": payload,
    }
