"""Upload and download by stick, where there is no line: export, carry, import, with the rules of the wire.

What is exported stays in the queue until an answer is imported. Nothing is lost with a stick, nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.events import EventKind
from pos_member.services.snapshot_ports import SnapshotIntake, SnapshotRefused
from pos_member.services.sync_ports import Doubt, QueuedEvent, ReplicaMark, SyncStore
from pos_member.sync import protocol, protocol_carry
from pos_member.sync.carry_snapshot import CarryStopped as CarryStopped
from pos_member.sync.carry_snapshot import Tell, bring, pass_over
from pos_member.sync.epochs import follow, hello_request
from pos_member.sync.pages import page_of, write_page
from pos_member.sync.protocol import Advice, ErrorCode, HelloRequest, PullAnswer
from pos_member.sync.protocol_carry import CarryAnswer, CarryFile, CarryHead

T = TypeVar("T")
_FORKED = frozenset({ErrorCode.FORK.value, ErrorCode.CHAIN_BROKEN.value})


@dataclass(frozen=True)
class Exported:
    """A file for head office: events ``first`` … ``last``, 0 for none; ``bills`` of them, from ``oldest`` to ``newest``
    (``None`` where there is nothing)."""

    path: Path
    first: int
    last: int
    bills: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None


@dataclass(frozen=True)
class Imported:
    """What an answer came to. ``epoch``: a new one began: export once more. ``again``: head office wants earlier
    events too: export from there. ``known``: all of it was here already. ``left``: there is more in it, but it goes on
    from where this till stood once (its file was written before another answer came): export once more."""

    acked_seq: int
    quarantined: int
    changes: int
    epoch: int = 0
    again: int = 0
    known: bool = False
    left: bool = False


def export(
    store: SyncStore,
    target: Path,
    clock: Clock,
    *,
    app_version: str = "",
    from_seq: int | None = None,
    intake: SnapshotIntake | None = None,
    tell: Tell = lambda done, total: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Exported:
    """Write what head office has not acknowledged, or everything kept from ``from_seq`` on, to ``target``: a file that
    does not exist, or a folder. ``intake``: the till's, where the answer may bring a snapshot.

    Raises ``Refusal``: TILL_NOT_ENROLLED, FILE_EXISTS; ``EnvironmentProblem``: FILE_NOT_WRITABLE, CARRY_FULL;
    ``CarryStopped``. No file is left behind then.
    """
    link = store.link()
    if link is None or link.private_key is None:
        raise Refusal(Reason.TILL_NOT_ENROLLED)
    store.keep_sidecar()
    stands = store.at_hello()
    assert stands is not None, "enrolled, as was seen"
    hello = hello_request(stands, clock, app_version)
    first = hello.acked_seq + 1 if from_seq is None else max(1, from_seq)
    target = _file_at(target, link.identity.number, f"{clock.now():%Y%m%d-%H%M%S}-{hello.head_seq}")
    held = store.events_from(first, limit=1)
    head = CarryHead(
        kind=protocol_carry.UP,
        protocol=protocol.PROTOCOL,
        till_id=link.identity.id,
        epoch=link.identity.epoch,
        first=held[0].seq if held else 0,
        last=hello.head_seq if held else 0,
        made_at=clock.now(),
        snapshot_format=0 if intake is None else intake.format(),
    )
    key = Ed25519PrivateKey.from_private_bytes(link.private_key)
    packing = _Packing(store, hello, head, tell, stopping)
    try:
        protocol_carry.write(target, head, packing.records(), key.sign)
    except OSError as error:
        raise protocol_carry.not_written(error, target) from error
    return Exported(target, head.first, head.last, packing.bills, packing.oldest, packing.newest)


def _file_at(target: Path, number: int, named: str) -> Path:
    """The file to be written: ``target``, or one of this till's in it where it is a folder. Raises as ``export``."""
    try:
        if target.is_dir():
            # Where the power failed, or the stick was pulled out: nobody else takes that room back.
            protocol_carry.clear_leftovers(target, f"{number:04d}-")
            target = target / f"{number:04d}-{named}{protocol_carry.UP_ENDING}"
        there = target.exists()
    except OSError as error:  # gone, and still mounted
        raise protocol_carry.not_written(error, target) from error
    if there:
        raise Refusal(Reason.FILE_EXISTS, path=str(target))
    return target


class _Packing:
    """The records of a file, and what was seen of them on the way."""

    def __init__(
        self, store: SyncStore, hello: HelloRequest, head: CarryHead, tell: Tell, stopping: Callable[[], bool]
    ) -> None:
        self._store, self._hello, self._head = store, hello, head
        self._tell, self._stopping = tell, stopping
        self.bills = 0
        self.oldest: datetime | None = None
        self.newest: datetime | None = None

    def records(self) -> Iterator[bytes]:
        """The till's hello, then everything as push bodies."""
        head = self._head
        yield codec.canonical_bytes(self._hello)
        seq, total = head.first, head.last - head.first + 1 if head.first else 0
        while seq and seq <= head.last:
            if self._stopping():
                raise CarryStopped
            found = self._store.events_from(seq, protocol.BATCH_EVENTS_MAX, protocol.BATCH_BYTES_MAX // 2)
            # What was sold since the export began is for the next one.
            events = [event for event in found if event.seq <= head.last]
            self._see(events)
            yield protocol.encode_batch(head.epoch, events)
            seq = events[-1].seq + 1
            self._tell(seq - head.first, total)

    def _see(self, events: Sequence[QueuedEvent]) -> None:
        self.bills += sum(event.kind == EventKind.BILL_COMPLETED.value for event in events)
        # A clock that was set back gives a later event an earlier time.
        ats = [event.created_at for event in events] + [at for at in (self.oldest, self.newest) if at is not None]
        self.oldest, self.newest = min(ats), max(ats)


def take_in(
    store: SyncStore,
    path: Path,
    clock: Clock,
    *,
    intake: SnapshotIntake | None = None,
    tell: Tell = lambda done, total: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Imported:
    """Import head office's answer. The same one twice, or an old one after a newer one, changes nothing.

    ``tell`` counts parts of a snapshot, then changes of the feed. Raises ``Refusal``: TILL_NOT_ENROLLED,
    CARRY_OTHER_TILL, CARRY_OTHER_OFFICE, CARRY_OTHER_EPOCH, CARRY_NEWER; ``EnvironmentProblem``: FILE_NOT_READABLE,
    CARRY_DAMAGED: nothing is changed then; DISK_FULL where a snapshot has no room. ``CarryStopped``: what came so far
    is in; the file can be imported again.
    """
    link = store.link()
    if link is None or link.server_public_key is None:
        raise Refusal(Reason.TILL_NOT_ENROLLED)
    file = protocol_carry.read(path, protocol_carry.DOWN)
    if file.head.till_id != link.identity.id:
        raise Refusal(Reason.CARRY_OTHER_TILL, till=file.head.till_id)
    if not file.signed_by(link.server_public_key):
        raise Refusal(Reason.CARRY_OTHER_OFFICE)
    if file.head.epoch != link.identity.epoch:
        raise Refusal(Reason.CARRY_OTHER_EPOCH)
    records = file.records()
    answer = _read(CarryAnswer, next(records, b""), file)
    if answer.hello.advice is Advice.NEW_EPOCH:
        follow(store, link, answer.hello, clock)
        return Imported(0, 0, 0, epoch=answer.hello.epoch)
    if answer.error in _FORKED:
        store.raise_doubt(Doubt.FORK)
    stood = store.acked_seq(), store.mark()
    _acknowledged(store, answer, clock)
    changes, left = _changes(store, file, answer, records, intake, tell, stopping)
    missing = answer.error == ErrorCode.GAP and answer.acked_seq < store.acked_seq()
    known = not left and not missing and stood == (store.acked_seq(), store.mark())
    again = answer.acked_seq + 1 if missing else 0
    return Imported(store.acked_seq(), answer.quarantined, changes, again=again, known=known, left=left)


def _acknowledged(store: SyncStore, answer: CarryAnswer, clock: Clock) -> None:
    """Mark what head office holds; but nothing where it holds other events under these numbers, or more than there are
    here: this till was put back, or copied, since it wrote the file. The next hello settles that."""
    seq = answer.acked_seq
    if seq <= store.acked_seq():
        return
    mine = store.events_from(seq, limit=1)
    if mine and mine[0].chain == answer.acked_chain:
        store.mark_acked(seq, max(clock.now(), answer.hello.server_time))
    elif store.doubt() is None:
        store.raise_doubt(Doubt.FORK if mine else Doubt.RESTORED)


def _changes(
    store: SyncStore,
    file: CarryFile,
    answer: CarryAnswer,
    records: Iterator[bytes],
    intake: SnapshotIntake | None,
    tell: Tell,
    stopping: Callable[[], bool],
) -> tuple[int, bool]:
    """Bring the replica to the end of the file; returns how many changes, or members of a snapshot, came, and whether
    there are others that go on from another place."""
    if answer.hello.revoked:
        return 0, False  # nothing is told to such a till any more: what it has stays as it is
    changes, left, anew, snapshot = 0, False, answer.hello.reload, answer.snapshot
    # When it is imported a second time the till stands at its end already.
    if anew and store.mark().feed_mark == _last_mark(file, answer):
        return 0, False
    if snapshot is not None:
        read_page = partial(_read, PullAnswer, file=file)
        try:
            if intake is not None and (anew or store.cursor() < snapshot.cursor):
                with intake.alone():
                    bring(intake, snapshot, records, read_page, tell, stopping)
                changes, anew = snapshot.members, False
            else:
                pass_over(snapshot, records, read_page)
        except SnapshotRefused as refusal:
            raise EnvironmentProblem(Reason.CARRY_DAMAGED, path=file.path.name) from refusal
    pages = _answers(records, file, answer.hello.horizon, tell, stopping)
    if anew:
        changes = store.load_anew(map(page_of, pages))
    else:
        for found in pages:
            mark = store.mark()
            if _follows(found, mark):
                changes += write_page(store, page_of(found))
            else:
                left = left or found.upto > mark.cursor
    return changes, left


def _follows(found: PullAnswer, mark: ReplicaMark) -> bool:
    """Whether a page goes on where this till stands, in the same feed.

    One that begins earlier says how everything in it stands at its end; but where head office was put back since, the
    till may have read other changes under these numbers: it waits for the next stick, or for the line. A head office
    that does not name its positions yet is taken at its word.
    """
    if found.upto <= mark.cursor:
        return False
    if found.after == mark.cursor:
        return found.before in ("", mark.feed_mark)
    return 0 < found.after < mark.cursor and not found.before


def _answers(
    records: Iterator[bytes], file: CarryFile, horizon: int, tell: Tell, stopping: Callable[[], bool]
) -> Iterator[PullAnswer]:
    first: int | None = None
    for record in records:
        if stopping():
            raise CarryStopped
        found = _read(PullAnswer, record, file)
        first = found.after if first is None else first
        yield found
        tell(found.upto - first, max(horizon, found.upto) - first)


def _last_mark(file: CarryFile, answer: CarryAnswer) -> str:
    mark = ""
    first = 1 + (len(answer.snapshot.parts) if answer.snapshot is not None else 0)
    for record in islice(file.records(), first, None):
        mark = _read(PullAnswer, record, file).mark
    return mark


def _read(cls: type[T], record: bytes, file: CarryFile) -> T:
    try:
        return codec.from_feed_bytes(cls, record)
    except Refusal as refusal:
        raise EnvironmentProblem(Reason.CARRY_DAMAGED, path=file.path.name) from refusal
