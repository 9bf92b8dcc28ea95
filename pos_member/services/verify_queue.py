"""The change queue: contiguous, hashed, chained, and one with the stored facts."""

from __future__ import annotations

from collections.abc import Iterator

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.codec import from_bytes
from pos_member.domain.errors import Refusal
from pos_member.domain.events import PAYLOADS, ConsentChanged, EventKind, MemberEnrolled, MemberUpdated, Payload
from pos_member.services.context import Shop
from pos_member.services.evidence_ports import QueueRow

#: None for each thing looked at, a description for each thing wrong. For operators and support, in English like a log.
Findings = Iterator[str | None]


def check_queue(shop: Shop) -> Findings:
    """``seq`` without a gap, every hash true, the chain unbroken, every event with its fact and the other way round."""
    evidence = shop.store.evidence
    base = evidence.epoch_base()
    first = expected = None
    previous = GENESIS
    seqs: set[int] = set()
    for row in evidence.queue():
        yield None
        first = first or row.seq
        if expected is not None and row.seq != expected:
            yield f"queue: {expected} expected, {row.seq} found"
        if payload_hash(row.payload) != row.sha256:
            yield f"queue {row.seq}: the payload does not match its hash"
        # The chain is that of this epoch; earlier events, and those before the oldest kept, are held by head office.
        chained = row.seq > base and (row.seq == base + 1 or row.seq != first)
        if chained and link(previous, row.seq - base, row.sha256) != row.chain:
            yield f"queue {row.seq}: the chain is broken"
        expected, previous = row.seq + 1, GENESIS if row.seq == base else row.chain
        seqs.add(row.seq)
        yield from _same_as_stored(shop, row)
    yield from _acknowledged(shop, first)
    told: set[int] = set()
    for table, seq in evidence.fact_seqs():
        told.add(seq)
        if seq not in seqs and seq >= (first or 0):
            yield f"{table}: a fact says event {seq}, which is not in the queue"
    for seq in sorted(seqs - told):
        yield f"queue {seq}: an event without its fact"


def _acknowledged(shop: Shop, first: int | None) -> Findings:
    """What head office holds may leave the queue; nothing else may, and nothing is acknowledged before it exists."""
    status = shop.store.facts.queue_status()
    if status.acked_seq > status.head_seq:
        yield f"queue: {status.acked_seq} is acknowledged, the last event is {status.head_seq}"
    if first is not None and first > status.acked_seq + 1:
        yield f"queue: it begins at {first}, and head office holds no more than {status.acked_seq}"


def payload_of(row: QueueRow) -> Payload | None:
    """What the row announces; None for a kind or version this build does not know or a body it cannot read."""
    try:
        cls = PAYLOADS.get((EventKind(row.kind), row.version))
        return None if cls is None else from_bytes(cls, row.payload)
    except (ValueError, Refusal):
        return None


def _same_as_stored(shop: Shop, row: QueueRow) -> Findings:
    """The announced fact is the stored one, to the last field, and the event carries its id."""
    payload = payload_of(row)
    if payload is None:
        yield f"queue {row.seq}: {row.kind} version {row.version} cannot be read"
    elif isinstance(payload, Bill) and shop.store.facts.bill(payload.id) != payload:
        yield f"queue {row.seq}: bill {payload.number} is not what was stored"
    elif isinstance(payload, BillReturn) and shop.store.facts.return_by_id(payload.id) != payload:
        yield f"queue {row.seq}: return {payload.number} is not what was stored"
    elif not isinstance(payload, Bill | BillReturn) and shop.store.evidence.as_stored(payload, row.seq) != payload:
        yield f"queue {row.seq}: the fact of {row.kind} is not what was stored"
    if payload is not None and _fact_id(payload) not in (None, row.event_id):
        yield f"queue {row.seq}: the event and its fact have different ids"


def _fact_id(payload: Payload) -> str | None:
    """The id that the event of a fact carries; None for facts that lend it none (an update, a cancelled coupon)."""
    match payload:
        case MemberEnrolled():
            return payload.member.id
        case ConsentChanged():
            return payload.consent.id
        case MemberUpdated():
            return None
    found = getattr(payload, "id", None)
    return found if isinstance(found, str) else None
