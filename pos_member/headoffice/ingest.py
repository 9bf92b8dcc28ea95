"""Push: the one transaction that makes an upload exactly-once.

The till's row is locked; a gap, another history or a broken chain is refused and changes nothing; what is known is
dropped after comparing hashes; the rest is inserted, applied and published, and ``last_seq`` moves, all in one commit.
An event that cannot be applied is kept with its bytes, set aside and acknowledged: it never holds up those behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import OperationalError

from pos_member.domain.chain import link, payload_hash
from pos_member.domain.errors import Refusal
from pos_member.headoffice import exceptions, feed, portable, quotas, schema, times
from pos_member.headoffice.acts import Act, read_act
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.world import World
from pos_member.sync.protocol import BatchHeader, ErrorCode, EventMeta, ItemStatus, PushItem, WireEvent

log = logging.getLogger(__name__)

#: The places a process can die in, in order; tests stop at each of them.
STEPS = ("locked", "inserted", "applied", "published", "advanced", "committed")
Step = Callable[[str], None]


@dataclass(frozen=True)
class Read:
    """An event with its act, or with why it has none."""

    meta: EventMeta
    payload: bytes
    act: Act | None
    fault: str = ""
    detail: str = ""


def read_events(till_id: str, events: Sequence[WireEvent], event_bytes_max: int) -> list[Read]:
    """Check and decode before the lock is taken. A bad event becomes a ``Read`` with its fault."""
    return [_read(till_id, event, event_bytes_max) for event in events]


def _read(till_id: str, event: WireEvent, event_bytes_max: int) -> Read:
    meta, payload = event.meta, event.payload
    if len(payload) > event_bytes_max:
        return Read(meta, payload, None, "too_large", str(len(payload)))
    if payload_hash(payload) != meta.sha256:
        return Read(meta, payload, None, "hash", "payload and its hash differ")
    try:
        return Read(meta, payload, read_act(till_id, meta.seq, meta.kind, meta.version, payload))
    except Refusal as refusal:
        return Read(meta, payload, None, "payload", str(refusal)[:400])


def push(
    connection: Connection, till_id: str, header: BatchHeader, events: Sequence[Read], now: datetime, step: Step
) -> tuple[list[PushItem], int]:
    """Take a batch in. Returns the fate of each event and the last seq held. Raises ``Problem`` as the module says."""
    row = connection.execute(select(schema.till).where(schema.till.c.id == till_id).with_for_update()).one_or_none()
    if row is None:
        raise Problem(ErrorCode.UNAUTHORISED)
    step("locked")
    if header.epoch != row.epoch:
        raise Problem(ErrorCode.EPOCH, epoch=row.epoch)
    first, last = events[0].meta.seq, events[-1].meta.seq
    if [event.meta.seq for event in events] != list(range(first, last + 1)) or first < 1:
        raise Problem(ErrorCode.MALFORMED, where="seq")
    if first > row.last_seq + 1:
        raise Problem(ErrorCode.GAP, expected_seq=row.last_seq + 1)
    known = [event for event in events if event.meta.seq <= row.last_seq]
    fresh = [event for event in events if event.meta.seq > row.last_seq]
    held_chain = _compare(connection, row, known)
    chains = _chain(row.chain, fresh)
    if header.chain != (chains[-1] if chains else held_chain):
        raise Problem(ErrorCode.CHAIN_BROKEN, seq=first)
    items = [PushItem(event.meta.seq, ItemStatus.DUPLICATE) for event in known]
    if fresh:
        items += _take_in(connection, row, fresh, chains, now, step)
        quotas.top_up(connection, till_id)
    return items, max(row.last_seq, last)


def _compare(connection: Connection, row: Row[Any], known: Sequence[Read]) -> str:
    """The chain hash at the last known event. Raises ``Problem(FORK)`` when a known number has another body."""
    if not known:
        return ""
    table = schema.event
    span = table.c.seq.between(known[0].meta.seq, known[-1].meta.seq)
    query = select(table.c.seq, table.c.sha256, table.c.chain).where(
        table.c.till_id == row.id, table.c.epoch == row.epoch, span
    )
    held = {found.seq: found for found in connection.execute(query)}
    for event in known:
        if event.meta.seq not in held or held[event.meta.seq].sha256 != event.meta.sha256:
            raise Problem(ErrorCode.FORK, seq=event.meta.seq)
    return str(held[known[-1].meta.seq].chain)


def _chain(previous: str, fresh: Sequence[Read]) -> list[str]:
    chains = []
    for event in fresh:
        try:
            previous = link(previous, event.meta.seq, event.meta.sha256)
        except ValueError:
            raise Problem(ErrorCode.MALFORMED, where="sha256") from None
        chains.append(previous)
    return chains


def _take_in(
    connection: Connection, row: Row[Any], fresh: Sequence[Read], chains: list[str], now: datetime, step: Step
) -> list[PushItem]:
    at = times.stored(now)
    rows = [_event_row(row, event, chain, at) for event, chain in zip(fresh, chains, strict=True)]
    connection.execute(insert(schema.event), rows)
    step("inserted")
    faults = _set_aside(connection, row.id, fresh)
    good = [(event, event.act) for event in fresh if event.act is not None and event.meta.seq not in faults]
    faults |= _apply(connection, row.id, good, at, step)
    _quarantine(connection, row, fresh, faults, at)
    step("published")
    moved = {"last_seq": fresh[-1].meta.seq, "chain": chains[-1], "last_contact_at": at}
    connection.execute(update(schema.till).where(schema.till.c.id == row.id).values(**moved))
    step("advanced")
    return [_item(event.meta.seq, faults) for event in fresh]


def _item(seq: int, faults: dict[int, tuple[str, str]]) -> PushItem:
    if seq in faults:
        return PushItem(seq, ItemStatus.QUARANTINED, faults[seq][0])
    return PushItem(seq, ItemStatus.APPLIED)


def _event_row(row: Row[Any], event: Read, chain: str, at: str) -> dict[str, Any]:
    return {
        "till_id": row.id,
        "epoch": row.epoch,
        "seq": event.meta.seq,
        "event_id": event.meta.event_id,
        "kind": event.meta.kind,
        "version": event.meta.version,
        "payload": event.payload,
        "sha256": event.meta.sha256,
        "chain": chain,
        "created_at": times.stored(event.meta.created_at),
        "received_at": at,
    }


def _set_aside(connection: Connection, till_id: str, fresh: Sequence[Read]) -> dict[int, tuple[str, str]]:
    """Events that cannot be applied, and those that follow one that could not: ``{seq: (reason, detail)}``."""
    table = schema.quarantine
    awaited = {event.act.waits_for for event in fresh if event.act is not None and event.act.waits_for}
    aside: set[str] = set()
    for part in portable.chunks(awaited):
        query = select(table.c.event_id).where(table.c.till_id == till_id, table.c.event_id.in_(part))
        aside |= set(connection.execute(query).scalars())
    faults: dict[int, tuple[str, str]] = {}
    for event in fresh:
        if event.act is None:
            faults[event.meta.seq] = (event.fault, event.detail)
        elif event.act.waits_for in aside:
            faults[event.meta.seq] = ("waits", event.act.waits_for)
        else:
            continue
        aside.add(event.meta.event_id)
    return faults


def awaits_quarantined(connection: Connection, till_id: str, act: Act) -> bool:
    """Whether ``act`` speaks of something whose own event still lies in quarantine."""
    table = schema.quarantine
    query = select(table.c.seq).where(table.c.till_id == till_id, table.c.event_id == act.waits_for)
    return bool(act.waits_for) and connection.execute(query).first() is not None


def poison_subject(till_id: str, epoch: int, seq: int) -> str:
    """What the case of an event in quarantine is kept under."""
    return f"{till_id}:{epoch}:{seq}"


def _apply(
    connection: Connection, till_id: str, good: Sequence[tuple[Read, Act]], at: str, step: Step
) -> dict[int, tuple[str, str]]:
    """Apply all at once; when that fails, one by one, so that only the event at fault is set aside."""
    if not good:
        return {}
    try:
        with connection.begin_nested():
            _apply_together(connection, till_id, good, at, step)
    except (OperationalError, Problem, Refusal):
        raise
    except Exception:
        if len(good) > 1:
            log.exception("a batch of till %s does not apply as one; going one by one", till_id)
            faults: dict[int, tuple[str, str]] = {}
            for one in good:
                faults |= _apply(connection, till_id, [one], at, step)
            return faults
        log.exception("event %d of till %s does not apply", good[0][0].meta.seq, till_id)
        return {good[0][0].meta.seq: ("apply", "see the log")}
    return {}


def _apply_together(
    connection: Connection, till_id: str, good: Sequence[tuple[Read, Act]], at: str, step: Step
) -> None:
    world = World(connection, till_id, [act for _, act in good], times.read(at).date())
    groups = [(till_id, event.meta.seq, world.apply(act, event.meta.seq)) for event, act in good]
    world.flush(connection, at)
    step("applied")
    feed.publish(connection, groups)


def _quarantine(
    connection: Connection, row: Row[Any], fresh: Sequence[Read], faults: dict[int, tuple[str, str]], at: str
) -> None:
    if not faults:
        return
    rows, findings = [], []
    for event in fresh:
        seq = event.meta.seq
        if seq not in faults:
            continue
        reason, detail = faults[seq]
        keys = {"till_id": row.id, "epoch": row.epoch, "seq": seq, "event_id": event.meta.event_id}
        rows.append(keys | {"kind": event.meta.kind, "reason": reason, "detail": detail, "at": at})
        subject = poison_subject(row.id, row.epoch, seq)
        shown = {"till_id": row.id, "seq": seq, "kind": event.meta.kind, "reason": reason}
        findings.append(Finding(ExceptionKind.POISON, subject, True, detail=shown))
    connection.execute(insert(schema.quarantine), rows)
    exceptions.record(connection, findings, at)
