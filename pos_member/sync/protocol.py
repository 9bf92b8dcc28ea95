"""The wire between a till and head office: one place for both sides. ``docs/sync-protocol.md`` is its prose.

Every answer of head office carries the header ``PROTOCOL_HEADER``; what comes without it came from someone else
(a captive portal, a proxy) and is never believed. Answers may gain fields: a till reads those it knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from json.encoder import encode_basestring
from typing import Any, Protocol, TypeVar

from pos_member.domain import codec
from pos_member.domain.codec import optional_field
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import TillIdentity
from pos_member.services.sync_ports import FeedChange, QueuedEvent

T = TypeVar("T")

PROTOCOL = 1
PROTOCOL_HEADER = "X-Pos-Member-Protocol"
EVENTS_TYPE = "application/vnd.pos-member.events"
JSON_TYPE = "application/json"

#: What a till may send before head office has announced its own limits, and what head office announces.
EVENT_BYTES_MAX = 1 << 20
BATCH_EVENTS_MAX = 500
BATCH_BYTES_MAX = 4 << 20
WIRE_BYTES_MAX = 4 << 20
ANSWER_BYTES_MAX = 32 << 20
PULL_CHANGES_MAX = 1_000
_META_BYTES_MAX = 4_096


class Advice(StrEnum):
    """What head office tells a till to do after ``hello``."""

    OK = "ok"
    RESEND = "resend"  # head office holds less than it acknowledged (restored): send again from ``resend_from``
    FORK = "fork"  # this queue and the one head office holds are two histories of one till
    NEW_EPOCH = "new_epoch"  # the till was restored or cloned: go on in ``HelloAnswer.epoch``, numbers from 1
    UPGRADE = "upgrade"  # the till speaks a protocol head office no longer understands


class ItemStatus(StrEnum):
    """What became of one pushed event. Every one of them is an acknowledgement."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


class ErrorCode(StrEnum):
    """``error`` of an answer with a 4xx or 5xx status."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    UNAUTHORISED = "unauthorised"
    REVOKED = "revoked"
    ENROL_CODE = "enrol_code"
    RATE_LIMITED = "rate_limited"
    GAP = "gap"
    FORK = "fork"
    CHAIN_BROKEN = "chain_broken"
    EPOCH = "epoch"
    #: Another copy of this till has its turn: again after ``retry_after_s``.
    CLONED = "cloned"
    #: The code belongs to another till, and this one still has facts to send under its own name.
    OTHER_TILL = "other_till"
    NOT_FOUND = "not_found"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True)
class Limits:
    """What head office takes in one request. ``batch_bytes`` counts payloads before compression."""

    batch_events: int = BATCH_EVENTS_MAX
    batch_bytes: int = BATCH_BYTES_MAX
    event_bytes: int = EVENT_BYTES_MAX
    pull_changes: int = PULL_CHANGES_MAX


@dataclass(frozen=True)
class EnrolRequest:
    """``public_key``: raw Ed25519, hex. ``proof``: signature over ``enrol_message`` by that key."""

    code: str
    public_key: str
    proof: str
    label: str = ""
    protocol: int = PROTOCOL
    #: The till this one is, its number and its epoch, where it was enrolled before.
    till_id: str = optional_field(default="")
    number: int = optional_field(default=0)
    epoch: int = optional_field(default=0)
    #: It has facts to send under that name: a code for another till is refused.
    keep: bool = optional_field(default=False)


@dataclass(frozen=True)
class EnrolAnswer:
    """Who the till is from now on; one that keeps its name hears of its next epoch with the first ``hello``.

    ``server_public_key`` (hex) verifies what head office signs.
    """

    till: TillIdentity
    server_public_key: str
    server_time: datetime


@dataclass(frozen=True)
class TokenRequest:
    """Without ``challenge`` it asks for one; with ``challenge`` and ``signature`` (hex) it asks for a token."""

    till_id: str
    challenge: str = ""
    signature: str = ""


@dataclass(frozen=True)
class TokenAnswer:
    """Either a challenge to sign or a bearer token, and how long it holds."""

    expires_in_s: int
    challenge: str = ""
    token: str = ""


@dataclass(frozen=True)
class HelloRequest:
    """Where this till stands: its queue's head with the chain there, what it knows as acknowledged, its feed cursor."""

    protocol: int
    app: str
    epoch: int
    head_seq: int
    head_chain: str
    acked_seq: int
    cursor: int
    #: Of the till's database; two that say hello as one till are a till and its copy.
    database_id: str = optional_field(default="")
    #: The till itself noticed that its database was restored or copied.
    restored: bool = optional_field(default=False)
    #: ``PullAnswer.mark`` of the page that the cursor came from.
    cursor_mark: str = optional_field(default="")
    #: Why ``restored`` is said (``services.sync_ports.Doubt``).
    doubt: str = optional_field(default="")
    #: The oldest event of this epoch that the till still keeps; 0 when it keeps none.
    kept_from: int = optional_field(default=0)
    #: The till's clock.
    at: datetime | None = optional_field(default=None)


@dataclass(frozen=True)
class HelloAnswer:
    """Where head office stands and what to do. ``horizon`` is the newest number of the feed.

    ``reload``: the till's cursor is not one of this feed (head office was restored): load a snapshot, or read from the
    start. ``epoch``, ``next_numbers`` and ``refill`` go with NEW_EPOCH: the counters (``bill``, ``return``, ``member``)
    start at least there; with ``refill`` everything that is kept is sent again, for head office was restored.
    ``recalls``: ids of rights that head office asks back. ``snapshot``: cursor of the newest snapshot, for a till that
    has less than that.
    """

    advice: Advice
    last_seq: int
    resend_from: int
    horizon: int
    revoked: bool
    reload: bool
    limits: Limits
    server_time: datetime
    epoch: int = 0
    next_numbers: Mapping[str, int] = field(default_factory=dict)
    recalls: tuple[str, ...] = ()
    snapshot: int | None = None
    refill: bool = False
    #: What head office speaks; says with UPGRADE which side is behind.
    protocol: int = 0
    #: With NEW_EPOCH: another copy bears this database's name, too, and keeps it.
    new_name: bool = optional_field(default=False)


@dataclass(frozen=True)
class PushItem:
    """The fate of one event; ``reason`` is set for quarantined ones."""

    seq: int
    status: ItemStatus
    reason: str = ""


@dataclass(frozen=True)
class PushAnswer:
    """``last_seq`` and everything before it is held durably: it may be marked as acknowledged."""

    items: tuple[PushItem, ...]
    last_seq: int
    server_time: datetime


@dataclass(frozen=True)
class PullAnswer:
    """Changes after ``after`` up to ``upto``, cut between acts, never inside one.

    Applying all of them moves the cursor to ``upto``. ``included_seq`` is the asking till's own last event whose
    effects the balances then include. ``more`` says that another page waits.
    """

    after: int
    upto: int
    horizon: int
    included_seq: int
    more: bool
    changes: tuple[FeedChange, ...]
    server_time: datetime
    #: Names this position of this feed; goes back in ``HelloRequest.cursor_mark``.
    mark: str = ""
    #: The till that asked: one that gets another's page from a cache on the way does not believe it.
    till_id: str = optional_field(default="")
    #: Names the position ``after`` as ``mark`` does ``upto``: of a page that came without a hello before it, this says
    #: that it goes on from where the till is. Empty at 0, and from head offices that do not say it.
    before: str = optional_field(default="")
    #: The epoch that ``included_seq`` counts in; 0 from head offices that do not say it.
    epoch: int = optional_field(default=0)


@dataclass(frozen=True)
class BatchHeader:
    """First line of a push. ``chain`` is the chain hash after the last event of the batch."""

    protocol: int
    epoch: int
    count: int
    chain: str


@dataclass(frozen=True)
class EventMeta:
    """The line before each payload; ``size`` bytes and a line end follow it."""

    seq: int
    event_id: str
    kind: str
    version: int
    sha256: str
    created_at: datetime
    size: int


@dataclass(frozen=True)
class WireEvent:
    """One event as it came in: its line and its bytes, whatever they are."""

    meta: EventMeta
    payload: bytes


def enrol_message(code: str, public_key_hex: str) -> bytes:
    """What the till signs to enrol."""
    return f"pos-member enrol v1\n{code}\n{public_key_hex}".encode()


def token_message(till_id: str, challenge: str) -> bytes:
    """What the till signs to get a token."""
    return f"pos-member token v1\n{till_id}\n{challenge}".encode()


def normalise_code(text: str) -> str:
    """An enrolment code as typed (spaces, dashes, Thai digits) → its digits."""
    return "".join(str(int(char)) for char in text if char.isdecimal())


def read_answer(cls: type[T], data: Mapping[str, Any]) -> T:
    """An answer, without the fields of a newer protocol. Raises ``Refusal(PAYLOAD_INVALID)``."""
    return codec.from_feed(cls, data)


def encode_batch(epoch: int, events: Iterable[QueuedEvent]) -> bytes:
    """A push body before compression: the header line, then line, payload, line end for each event."""
    listed = list(events)
    header = BatchHeader(PROTOCOL, epoch, len(listed), listed[-1].chain)
    parts = [codec.canonical_bytes(header), b"\n"]
    for event in listed:
        parts += [_meta_line(event), b"\n", event.payload, b"\n"]
    return b"".join(parts)


def _meta_line(event: QueuedEvent) -> bytes:
    """The canonical bytes of the ``EventMeta`` of an event, written out: there are as many as events."""
    return (
        f'{{"created_at":"{codec.to_wire(event.created_at)}","event_id":{encode_basestring(event.event_id)},'
        f'"kind":{encode_basestring(event.kind)},"seq":{event.seq},"sha256":{encode_basestring(event.sha256)},'
        f'"size":{len(event.payload)},"version":{event.version}}}'
    ).encode()


class ReadAs(Protocol):
    """``codec.from_bytes``, or what says the same faster."""

    def __call__(self, cls: type[T], raw: bytes, /) -> T: ...


def decode_batch(raw: bytes, events_max: int, read: ReadAs = codec.from_bytes) -> tuple[BatchHeader, list[WireEvent]]:
    """The reverse of ``encode_batch``. Raises ``Refusal(PAYLOAD_INVALID)`` when the framing does not hold.

    Payloads are not looked into: a bad one is a matter of that event alone. ``read``: of the lines.
    """
    header, at = _line(BatchHeader, raw, 0, read)
    if not 1 <= header.count <= events_max:
        raise Refusal(Reason.PAYLOAD_INVALID, where="BatchHeader.count", want=f"1…{events_max}")
    events = []
    for _ in range(header.count):
        meta, at = _line(EventMeta, raw, at, read)
        end = at + meta.size
        if meta.size < 0 or raw[end : end + 1] != b"\n":
            raise Refusal(Reason.PAYLOAD_INVALID, where="EventMeta.size", want="a line end after the payload")
        events.append(WireEvent(meta, raw[at:end]))
        at = end + 1
    if at != len(raw):
        raise Refusal(Reason.PAYLOAD_INVALID, where="batch", want="nothing after the last event")
    return header, events


def _line(cls: type[T], raw: bytes, at: int, read: ReadAs) -> tuple[T, int]:
    end = raw.find(b"\n", at, at + _META_BYTES_MAX)
    if end < 0:
        raise Refusal(Reason.PAYLOAD_INVALID, where=cls.__name__, want="a line")
    return read(cls, raw[at:end]), end + 1


def read_json_object(raw: bytes) -> dict[str, Any]:
    """A JSON object from untrusted bytes. Raises ``Refusal(PAYLOAD_INVALID)``."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refusal(Reason.PAYLOAD_INVALID, where="body", want="JSON") from None
    if not isinstance(data, dict):
        raise Refusal(Reason.PAYLOAD_INVALID, where="body", want="object")
    return data
