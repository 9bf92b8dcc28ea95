"""A batch as it came, read and checked before any lock is taken: pure, without a database, in whatever process.

What is wrong with an event is a matter of that event alone; what is wrong with the frame is a ``Problem``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_member.domain.chain import payload_hash
from pos_member.domain.errors import Refusal
from pos_member.headoffice import quick_read, times
from pos_member.headoffice.acts import Act, read_act
from pos_member.headoffice.outlines import Outline
from pos_member.headoffice.problems import Problem
from pos_member.sync import protocol
from pos_member.sync.protocol import BatchHeader, ErrorCode, WireEvent


@dataclass(slots=True)
class Line:
    """The line of an event, as it is kept. ``created_at``: stored time."""

    seq: int
    event_id: str
    kind: str
    version: int
    sha256: str
    created_at: str


@dataclass(slots=True)
class Read:
    """An event with its act, or what intake needs of one, or with why it has none."""

    meta: Line
    payload: bytes
    act: Act | Outline | None
    fault: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Batch:
    """What a till sent, read."""

    header: BatchHeader
    events: list[Read]


def read_batch(till_id: str, body: bytes, events_max: int, event_bytes_max: int) -> Batch:
    """A push of ``till_id``. ``body``: decompressed. Raises ``Problem(MALFORMED)``."""
    try:
        header, events = protocol.decode_batch(body, events_max, quick_read.read)
    except Refusal as refusal:
        raise Problem(ErrorCode.MALFORMED, where=str(refusal.params.get("where", ""))) from refusal
    if header.protocol != protocol.PROTOCOL:
        raise Problem(ErrorCode.MALFORMED, where="protocol")
    return Batch(header, read_events(till_id, events, event_bytes_max))


def read_events(till_id: str, events: Sequence[WireEvent], event_bytes_max: int) -> list[Read]:
    """Check and decode. A bad event becomes a ``Read`` with its fault."""
    return [_read(till_id, event, event_bytes_max) for event in events]


def _read(till_id: str, event: WireEvent, event_bytes_max: int) -> Read:
    meta, payload = event.meta, event.payload
    line = Line(meta.seq, meta.event_id, meta.kind, meta.version, meta.sha256, times.stored(meta.created_at))
    if len(payload) > event_bytes_max:
        return Read(line, payload, None, "too_large", str(len(payload)))
    if payload_hash(payload) != meta.sha256:
        return Read(line, payload, None, "hash", "payload and its hash differ")
    try:
        return Read(line, payload, read_act(till_id, meta.seq, meta.kind, meta.version, payload))
    except Refusal as refusal:
        return Read(line, payload, None, "payload", str(refusal)[:400])
