"""Push, first stage: the one transaction that makes an upload exactly-once. It writes the till's own rows alone.

The till's row is locked; a gap, another history or a broken chain is refused and changes nothing; what is known is
dropped after comparing hashes; the rest is inserted with all that it says of its till, what it does to members and
coupons is noted down as waiting (``effects``), and ``last_seq`` moves, all in one commit. An event is known by its id,
whatever epoch it was told in. One that cannot be applied is kept with its bytes, set aside and acknowledged: it never
holds up those behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from pos_member.domain.chain import link
from pos_member.domain.errors import Refusal
from pos_member.headoffice import exceptions, held_events, portable, schema, till_facts, times
from pos_member.headoffice.acts import Act
from pos_member.headoffice.exceptions import ExceptionKind
from pos_member.headoffice.outlines import Outline, has_effects
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.quarantine import awaited_and_aside, poison_finding, set_aside_row
from pos_member.headoffice.reading import Read
from pos_member.headoffice.steps import STEPS as STEPS
from pos_member.headoffice.steps import Step as Step
from pos_member.sync.protocol import BatchHeader, ErrorCode, ItemStatus, PushItem

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """A batch that was taken in. ``waiting``: events whose effects on members and coupons are to be applied; ``acts``:
    (epoch, seq) → the acts of these, where they are known."""

    items: list[PushItem]
    last_seq: int
    acts: dict[tuple[int, int], Act]
    waiting: int = 0


def push(
    connection: Connection, till_id: str, header: BatchHeader, events: Sequence[Read], now: datetime, step: Step
) -> Taken:
    """Take a batch in. Raises ``Problem`` as the module says."""
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
    taken = Taken([PushItem(event.meta.seq, ItemStatus.DUPLICATE) for event in known], max(row.last_seq, last), {})
    return _take_in(connection, row, fresh, chains, now, step, taken) if fresh else taken


def _compare(connection: Connection, row: Row[Any], known: Sequence[Read]) -> str:
    """The chain hash at the last known event. Raises ``Problem(FORK)`` when a known number has another body."""
    if not known:
        return ""
    held = held_events.span(connection, row.id, row.epoch, known[0].meta.seq, known[-1].meta.seq)
    for event in known:
        if event.meta.seq not in held or held[event.meta.seq].sha256 != event.meta.sha256:
            raise Problem(ErrorCode.FORK, seq=event.meta.seq)
    return held[known[-1].meta.seq].chain


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
    connection: Connection,
    row: Row[Any],
    fresh: Sequence[Read],
    chains: list[str],
    now: datetime,
    step: Step,
    taken: Taken,
) -> Taken:
    at = times.stored(now)
    again, forked = held_events.told_before(connection, row.id, [(e.meta.event_id, e.meta.sha256) for e in fresh])
    rows, repeated = [], []
    for place, (event, chain) in enumerate(zip(fresh, chains, strict=True)):
        if place in again:
            kept = event.payload if place in forked else None
            repeated.append(held_events.again_row(row, event.meta, chain, at, kept))
        else:
            rows.append(_event_row(row, event, chain, at))
    portable.insert_many(connection, schema.event, rows)
    portable.insert_many(connection, schema.event_again, repeated)
    step("inserted")
    new = [event for place, event in enumerate(fresh) if place not in again]
    faults = _set_aside(connection, row.id, new)
    good = [(event, event.act) for event in new if event.act is not None and event.meta.seq not in faults]
    faults |= _write(connection, row.id, good, at)
    waiting = {event.meta.seq: act for event, act in good if event.meta.seq not in faults and has_effects(act)}
    keys = {"till_id": row.id, "epoch": row.epoch, "at": at, "late": False}
    portable.insert_many(connection, schema.effect, [keys | {"seq": seq} for seq in waiting])
    faults |= {fresh[place].meta.seq: ("fork", "another body under this id is held") for place in forked}
    _quarantine(connection, row, fresh, faults, at)
    step("applied")
    moved = {"last_seq": fresh[-1].meta.seq, "chain": chains[-1], "last_contact_at": at}
    connection.execute(update(schema.till).where(schema.till.c.id == row.id).values(**moved))
    step("advanced")
    known = {fresh[place].meta.seq for place in again - forked}
    items = [_item(event.meta.seq, faults, known) for event in fresh]
    acts = {(row.epoch, seq): act for seq, act in waiting.items() if isinstance(act, Act)}
    return Taken([*taken.items, *items], fresh[-1].meta.seq, acts, len(waiting))


def _item(seq: int, faults: dict[int, tuple[str, str]], known: set[int]) -> PushItem:
    if seq in faults:
        return PushItem(seq, ItemStatus.QUARANTINED, faults[seq][0])
    return PushItem(seq, ItemStatus.DUPLICATE if seq in known else ItemStatus.APPLIED)


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
        "created_at": event.meta.created_at,
        "received_at": at,
    }


def _set_aside(connection: Connection, till_id: str, fresh: Sequence[Read]) -> dict[int, tuple[str, str]]:
    """Events that cannot be applied, and those that follow one that could not: ``{seq: (reason, detail)}``."""
    aside = awaited_and_aside(connection, till_id, [event.act for event in fresh if event.act is not None])
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


def _write(
    connection: Connection, till_id: str, good: Sequence[tuple[Read, Act | Outline]], at: str
) -> dict[int, tuple[str, str]]:
    """The till's own rows, all at once; when that fails, one by one, so that only the event at fault is set aside."""
    if not good:
        return {}
    try:
        with connection.begin_nested():
            till_facts.write(connection, till_id, [(event.meta.seq, act) for event, act in good], at)
    except (OperationalError, Problem, Refusal):
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and portable.is_overload(error):
            raise
        if len(good) > 1:
            log.exception("a batch of till %s does not apply as one; going one by one", till_id)
            faults: dict[int, tuple[str, str]] = {}
            for one in good:
                faults |= _write(connection, till_id, [one], at)
            return faults
        log.exception("event %d of till %s does not apply", good[0][0].meta.seq, till_id)
        return {good[0][0].meta.seq: ("apply", "see the log")}
    return {}


def _quarantine(
    connection: Connection, row: Row[Any], fresh: Sequence[Read], faults: dict[int, tuple[str, str]], at: str
) -> None:
    rows, findings = [], []
    for event in fresh:
        if event.meta.seq not in faults:
            continue
        meta, (reason, detail) = event.meta, faults[event.meta.seq]
        rows.append(set_aside_row(row.id, row.epoch, meta.seq, meta.event_id, meta.kind, reason, detail, at))
        finding = poison_finding(row.id, row.epoch, meta.seq, meta.kind, reason)
        findings.append(replace(finding, kind=ExceptionKind.FORK) if reason == "fork" else finding)
    portable.insert_many(connection, schema.quarantine, rows)
    exceptions.record(connection, findings, at)
