"""A till's upload carried in on a stick: through the same ``hello``, ``push`` and ``pull`` as over the line.

What is in a file may be old: its till may have been on the line since. Events are judged by their numbers and hashes as
ever; what the till said of itself is judged only where it can still be true (``_stale``), so that an old file makes no
new epoch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Row, select

from pos_member.domain import codec
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.headoffice import feed_ways, held_events, schema
from pos_member.headoffice.kept import SIGNING_KEY, read_setting
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.schema_sync import event_again, till_epoch
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshots import Snapshots
from pos_member.services.snapshot_ports import SnapshotManifest
from pos_member.sync import protocol, protocol_carry
from pos_member.sync.protocol import Advice, ErrorCode, HelloAnswer, HelloRequest, ItemStatus
from pos_member.sync.protocol_carry import CarryAnswer, CarryFile, CarryHead

_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
_SAID = frozenset({ErrorCode.FORK, ErrorCode.CHAIN_BROKEN, ErrorCode.GAP, ErrorCode.EPOCH})
#: A till that is so many changes behind gets a snapshot, and one that has nothing.
FAR_BEHIND = 100_000


@dataclass(frozen=True)
class Carried:
    """What a file came to; ``answer`` is for its till. ``error``: why the rest of it was not taken in (an error code
    of the wire), empty when all was."""

    till_id: str
    number: int
    label: str
    applied: int
    duplicate: int
    quarantined: int
    answer: Path
    error: str = ""
    new_epoch: int = 0


def carry_in(office: HeadOffice, path: Path, folder: Path | None = None, snapshots: Snapshots | None = None) -> Carried:
    """Take a till's file in and write the answer beside it, or into ``folder``. Twice is as once.

    A till that is far behind gets the newest of ``snapshots``, and what changed since.

    Raises ``EnvironmentProblem``: FILE_NOT_READABLE, CARRY_DAMAGED, FILE_NOT_WRITABLE, CARRY_FULL; ``Refusal``:
    CARRY_NOT_SIGNED, CARRY_OTHER_EPOCH, CARRY_NEWER, CARRY_OTHER_TURN (another copy of the till has its turn).
    """
    file = protocol_carry.read(path, protocol_carry.UP)
    with office.database.read() as connection:
        till = connection.execute(select(schema.till).where(schema.till.c.id == file.head.till_id)).one_or_none()
        signing = bytes.fromhex(read_setting(connection, SIGNING_KEY))
    if till is None or not file.signed_by(bytes.fromhex(till.public_key)):
        raise Refusal(Reason.CARRY_NOT_SIGNED)
    records = file.records()
    request = _hello(next(records, b""), file)
    hello = _greet(office, till, request, _said_at(office, file))
    done = CarryAnswer(hello, hello.last_seq, 0, 0, 0)
    if hello.advice is not Advice.NEW_EPOCH:
        done = _push_all(office, till.id, done, records)
    snapshot = _worth_taking(snapshots, file.head, request, hello)
    done = replace(done, acked_chain=_chain_at(office, till.id, file.head.epoch, done.acked_seq), snapshot=snapshot)
    answer = (folder or path.parent) / (path.stem + protocol_carry.DOWN_ENDING)
    head = CarryHead(
        kind=protocol_carry.DOWN,
        protocol=protocol.PROTOCOL,
        till_id=till.id,
        epoch=file.head.epoch,
        first=0,
        last=done.acked_seq,
        made_at=office.clock.now(),
        answers=file.head.sha256,
    )
    key = Ed25519PrivateKey.from_private_bytes(signing)
    try:
        protocol_carry.write(answer, head, _down(office, till, request, done, snapshots), key.sign)
    except OSError as error:
        raise protocol_carry.not_written(error, answer) from error
    return Carried(
        till_id=till.id,
        number=till.number,
        label=till.label,
        applied=done.applied,
        duplicate=done.duplicate,
        quarantined=done.quarantined,
        answer=answer,
        error=done.error,
        new_epoch=hello.epoch if hello.advice is Advice.NEW_EPOCH else 0,
    )


def _hello(record: bytes, file: CarryFile) -> HelloRequest:
    try:
        request = codec.from_feed_bytes(HelloRequest, record)
    except Refusal as refusal:
        raise EnvironmentProblem(Reason.CARRY_DAMAGED, path=file.path.name) from refusal
    if request.epoch != file.head.epoch:
        raise EnvironmentProblem(Reason.CARRY_DAMAGED, path=file.path.name)
    # The clock was read when the file was made, not when it came here.
    return replace(request, at=None)


def _said_at(office: HeadOffice, file: CarryFile) -> datetime:
    """When the till said what is in the file: it may have spent rights since, and nothing of that is in it."""
    made_at, now = file.head.made_at, office.clock.now()
    # Ahead of head office's its clock tells nothing: no right is taken for lapsed by it.
    return made_at if made_at <= now else _LONG_AGO


def _greet(office: HeadOffice, till: Row[Any], request: HelloRequest, said_at: datetime) -> HelloAnswer:
    stale = _stale(office, till, request)
    if stale and request.epoch < till.epoch:
        raise Refusal(Reason.CARRY_OTHER_EPOCH)
    if stale:
        # As this till stands by now: what it said is true of some earlier moment, and its events are all here.
        request = replace(request, head_seq=till.last_seq, head_chain=till.chain, restored=False, doubt="")
    try:
        return office.hello(till.id, request, said_at)
    except Problem as problem:
        if problem.code is ErrorCode.CLONED:
            minutes = -(-(problem.retry_after_s or 0) // 60)
            raise Refusal(Reason.CARRY_OTHER_TURN, till=till.label, minutes=minutes) from problem
        raise Refusal(Reason.HEADOFFICE_REFUSED, detail=problem.code.value) from problem


def _stale(office: HeadOffice, till: Row[Any], request: HelloRequest) -> bool:
    """Whether head office has heard more of this very database since the file was made."""
    epochs = till_epoch
    with office.database.read() as connection:
        if request.epoch < till.epoch:
            mine = (epochs.c.till_id == till.id) & (epochs.c.database_id == request.database_id)
            later = connection.execute(select(epochs.c.epoch).where(mine, epochs.c.epoch > request.epoch)).first()
            return later is not None and till.last_seq > 0
        if request.epoch > till.epoch or request.head_seq > till.last_seq or request.restored:
            return False
        if request.head_seq in (0, till.last_seq):
            return request.head_seq == 0 or bool(request.head_chain == till.chain)
        chains = set()
        for table in (schema.event, event_again):
            here = (table.c.till_id == till.id) & (table.c.epoch == till.epoch) & (table.c.seq == request.head_seq)
            chains |= set(connection.execute(select(table.c.chain).where(here)).scalars())
    return request.head_chain in chains


def _push_all(office: HeadOffice, till_id: str, done: CarryAnswer, records: Iterator[bytes]) -> CarryAnswer:
    for body in records:
        try:
            pushed = office.push(till_id, body)
        except Problem as problem:
            if problem.code not in _SAID:
                raise Refusal(Reason.HEADOFFICE_REFUSED, detail=problem.code.value) from problem
            return replace(done, error=problem.code.value)
        count = {status: sum(item.status is status for item in pushed.items) for status in ItemStatus}
        done = replace(
            done,
            acked_seq=max(done.acked_seq, pushed.last_seq),
            applied=done.applied + count[ItemStatus.APPLIED],
            duplicate=done.duplicate + count[ItemStatus.DUPLICATE],
            quarantined=done.quarantined + count[ItemStatus.QUARANTINED],
        )
    return done


def _chain_at(office: HeadOffice, till_id: str, epoch: int, seq: int) -> str:
    """By this its till knows that the events up to ``seq`` are those it has itself: it may be put back before the
    answer comes to it, and may have used the numbers again."""
    with office.database.read() as connection:
        return (held_events.chain_at(connection, till_id, epoch, seq) or "") if seq else ""


def _worth_taking(
    snapshots: Snapshots | None, head: CarryHead, request: HelloRequest, hello: HelloAnswer
) -> SnapshotManifest | None:
    """The snapshot for a till that can read it and is far behind; it is kept on the disk from here on."""
    if snapshots is None or not head.snapshot_format or hello.revoked or hello.advice is Advice.NEW_EPOCH:
        return None
    newest = snapshots.newest()
    after = 0 if hello.reload else request.cursor
    if newest is None or newest.format != head.snapshot_format or (after and newest.cursor - after < FAR_BEHIND):
        return None
    return newest if snapshots.part(newest.id, 0) is not None else None


def _down(
    office: HeadOffice, till: Row[Any], request: HelloRequest, done: CarryAnswer, snapshots: Snapshots | None
) -> Iterator[bytes]:
    yield codec.canonical_bytes(done)
    if till.revoked or done.hello.advice is Advice.NEW_EPOCH:
        return
    after = 0 if done.hello.reload else request.cursor
    if snapshots is not None and done.snapshot is not None:
        yield from _snapshot(office, till.id, snapshots, done.snapshot)
        after = done.snapshot.cursor
    while True:
        page = office.pull(till.id, after, office.limits.pull_changes)
        yield codec.canonical_bytes(page)
        if not page.more:
            return
        after = page.upto


def _snapshot(office: HeadOffice, till_id: str, snapshots: Snapshots, manifest: SnapshotManifest) -> Iterator[bytes]:
    """Its parts, then what is the till's own up to its cursor."""
    for number in range(len(manifest.parts)):
        path = snapshots.part(manifest.id, number)
        if path is None:
            raise FileNotFoundError(manifest.id)
        yield path.read_bytes()
    reached, more = 0, True
    while more:
        with office.database.read() as connection:
            limit = office.limits.pull_changes
            page = feed_ways.own(connection, till_id, reached, manifest.cursor, limit, office.clock.now())
        yield codec.canonical_bytes(page)
        reached, more = page.upto, page.more
