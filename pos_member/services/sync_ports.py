"""What the sync engine needs from the till's storage: the change queue upwards, the feed downwards.

``pos_member.db`` implements ``SyncStore``. Errors of every method: ``EnvironmentProblem(DISK_FULL | DATABASE_BUSY |
DATABASE_CORRUPT | FOLDER_READ_ONLY)``; bodies that do not fit raise ``Refusal(PAYLOAD_INVALID)`` and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pos_member.domain.codec import optional_field
from pos_member.domain.org import TillIdentity
from pos_member.domain.tiers import MonthSum
from pos_member.services.ports import QueueStatus
from pos_member.services.rights_ports import RightsStore

#: How long a till keeps events head office has acknowledged, so that it can refill a restored head office.
KEEP_ACKED_DAYS = 35


class Doubt(StrEnum):
    """Why a till does not know whether its database is the one head office knows; goes with ``hello``."""

    RESTORED = "restored"  # older than, or another history than, what was noted beside it
    CLONED = "cloned"  # noted for another machine or folder
    UNSURE = "unsure"  # what was noted beside it is gone
    FORK = "fork"  # head office holds another history under the same numbers


@dataclass(frozen=True)
class QueuedEvent:
    """One row of the change queue.

    ``payload`` is what was committed, byte for byte; ``sha256`` its hex digest; ``chain`` is
    ``domain.chain.link(chain before, seq, sha256)``.
    """

    seq: int
    event_id: str
    kind: str
    version: int
    payload: bytes
    sha256: str
    chain: str
    created_at: datetime


class FeedEntity(StrEnum):
    """The entities of the feed that this build understands; others are kept as they came."""

    ORGANISATION = "organisation"
    BRAND = "brand"
    BRANCH = "branch"
    STAFF = "staff"
    CATEGORY = "category"
    PRODUCT = "product"
    PROGRAM = "program"
    COUPON_DEFINITION = "coupon_definition"
    MEMBER = "member"
    ACCOUNT = "account"
    COUPON = "coupon"
    QUOTA = "quota"
    CODE_KEY = "code_key"
    TILL_CERTIFICATE = "till_certificate"
    #: ``domain.rights.SpendingRight``, in the scope of its till; the change's id is the right's.
    RIGHT = "right"
    #: ``FeedDenied``; the change's id is ``<kind>:<subject id>``.
    DENIED = "denied"


@dataclass(frozen=True)
class FeedBucket:
    """Points of one lot; ``bucket`` is its last day as ISO date, ``None`` for never."""

    bucket: str | None
    points: int


@dataclass(frozen=True)
class FeedAccount:
    """The body of an ``account`` change: head office's figures of one member. The change's id is the member's."""

    member_id: str
    buckets: tuple[FeedBucket, ...]
    qualifying: int = 0
    visits: int = 0
    #: ISO date or ``None``.
    last_visit: str | None = None
    owed: int = 0
    #: Of ``buckets``, what is pending; each with its first day of use.
    pending: tuple[FeedPending, ...] = optional_field(default=())
    #: Stamps per currency.
    wallets: Mapping[str, tuple[FeedBucket, ...]] = optional_field(default_factory=dict)
    #: What counts towards tiers, per month (``2026-11``).
    months: Mapping[str, MonthSum] = optional_field(default_factory=dict)
    #: Sums of tallies that are still live, by ``tally.count_key``.
    counts: Mapping[str, int] = optional_field(default_factory=dict)
    owed_stamps: Mapping[str, int] = optional_field(default_factory=dict)


@dataclass(frozen=True)
class FeedPending:
    """Points of a lot that can be used from ``first`` on (ISO date)."""

    first: str
    bucket: str | None
    points: int


@dataclass(frozen=True)
class FeedQuota:
    """The body of a ``quota`` change: what one till may give of a program in all its life; head office only raises it.

    ``key``: id of a program or coupon definition; the change's id is ``<key>|<till_id>``. ``None``: not limited.
    """

    key: str
    till_id: str
    times: int | None = None
    satang: int | None = None


@dataclass(frozen=True)
class FeedDenied:
    """The body of a ``denied`` change: a member (id) or coupon (code) that no till may let spend offline."""

    kind: str
    subject_id: str
    reason: str = ""


@dataclass(frozen=True)
class FeedChange:
    """One change of head office's data.

    ``body`` is the wire form (``codec.to_wire``) of the domain type of the entity: ``Organisation``, ``Brand``,
    ``Branch``, ``Staff``, ``Category``, ``Product``, ``Program``, ``CouponDefinition``, ``Member``, ``Coupon``, or
    of ``FeedAccount`` or ``FeedQuota``. ``id`` is the entity's id (for a coupon its code, for an account
    the member's id). When ``deleted`` the body is not read.

    ``seen`` (of accounts and coupons): till id → ``"<epoch>.<seq>"``, the last event of that till which this body
    includes, for tills whose events may not all be included in the feed so far. The till of that id counts only its
    later own rows on top of the body, whatever ``included_seq`` of the page says.
    """

    entity: str
    id: str
    deleted: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, str] = optional_field(default_factory=dict)


@dataclass(frozen=True)
class TillLink:
    """How this till reaches head office. Keys are raw Ed25519 bytes; ``None`` until enrolled."""

    identity: TillIdentity
    server_url: str
    private_key: bytes | None = None
    server_public_key: bytes | None = None


@dataclass(frozen=True)
class ReplicaMark:
    """How far the replica is: feed cursor, own events its balances include, and the moment it was true."""

    cursor: int
    included_seq: int
    as_of: datetime | None
    #: Head office's name for ``cursor``'s position; tells a feed from another that was restored.
    feed_mark: str = ""


@dataclass(frozen=True)
class AtHello:
    """Where a till stands when it says hello: that of the queue is of one moment, and so is that of the replica.

    ``head_seq`` … ``acked_seq`` as of ``SyncStore.head`` and ``acked_seq``. ``kept_from``: the oldest event of this
    epoch that is still kept; 0 when there is none.
    """

    link: TillLink
    head_seq: int
    head_chain: str
    acked_seq: int
    kept_from: int
    doubt: Doubt | None
    database_id: str
    cursor: int
    feed_mark: str


@dataclass(frozen=True)
class FeedPage:
    """Some changes in a row, and how far the replica is once they are applied (see ``apply_changes``)."""

    changes: tuple[FeedChange, ...]
    cursor: int
    included_seq: int
    as_of: datetime
    feed_mark: str = ""


class SyncStore(Protocol):
    """The till's storage as the sync engine sees it. Thread-safe."""

    @property
    def rights(self) -> RightsStore:
        """What is held, given back, and to be asked about."""
        ...

    def identity(self) -> TillIdentity | None: ...
    def link(self) -> TillLink | None: ...
    def at_hello(self) -> AtHello | None:
        """All that a hello says; ``None`` before the till is enrolled."""
        ...

    def set_identity(
        self,
        identity: TillIdentity,
        server_url: str,
        private_key: bytes | None = None,
        server_public_key: bytes | None = None,
    ) -> None:
        """Who this till is. A new epoch starts the change queue's numbering and chain anew."""
        ...

    def begin_epoch(
        self,
        epoch: int,
        next_numbers: Mapping[str, int],
        at: datetime,
        *,
        refill: bool = False,
        new_name: bool = False,
    ) -> TillIdentity:
        """Go on in ``epoch``, in one transaction: numbers and chain from 1, counters at least ``next_numbers``.

        What head office has not acknowledged is sent in it; with ``refill`` everything that is kept. Ends ``doubt``.
        ``new_name``: under another ``database_id``.
        """
        ...

    def database_id(self) -> str:
        """Tells this database from a copy of it; made at the first call."""
        ...

    def doubt(self) -> Doubt | None: ...

    def raise_doubt(self, doubt: Doubt) -> None:
        """From now on spending rights are suspended, until ``begin_epoch``."""
        ...

    def suspended(self) -> bool:
        """Whether spending rights are: ``doubt`` says why."""
        ...

    def keep_sidecar(self) -> None:
        """Note beside the database where it stands, now: before anything is sent."""
        ...

    def pending(self, limit: int = 200, max_bytes: int = 1_000_000) -> tuple[QueuedEvent, ...]:
        """The oldest events not acknowledged, in order; at least one when any waits, however large."""
        ...

    def events_from(self, seq: int, limit: int = 200, max_bytes: int = 1_000_000) -> tuple[QueuedEvent, ...]:
        """Kept events from ``seq`` on, acknowledged or not: what refills a restored head office."""
        ...

    def mark_acked(self, seq: int, at: datetime) -> None:
        """Everything up to ``seq`` is held durably by head office. Never goes back; never beyond the head."""
        ...

    def acked_seq(self) -> int: ...
    def waits(self) -> bool:
        """Whether anything is not acknowledged."""
        ...

    def head(self) -> tuple[int, str]:
        """(last seq, chain hash) of this epoch; ``(0, chain.GENESIS)`` when nothing happened yet."""
        ...

    def queue_status(self) -> QueueStatus: ...

    def prune_acked(self, now: datetime) -> int:
        """Drop events acknowledged more than ``KEEP_ACKED_DAYS`` ago; the chain goes on. Returns how many."""
        ...

    def cursor(self) -> int: ...
    def reached(self) -> tuple[int, bool]:
        """(``cursor``, whether the replica is an earlier build's that wants ``load_anew``), in one view."""
        ...

    def mark(self) -> ReplicaMark: ...

    def apply_changes(
        self,
        changes: Sequence[FeedChange],
        cursor: int,
        included_seq: int | None,
        as_of: datetime,
        feed_mark: str = "",
    ) -> None:
        """Rows and cursor in one transaction of ``replica.db``; rights are kept in ``till.db`` before.

        A page that brings nothing but a later ``as_of`` may be left unwritten for half a minute.

        ``included_seq``: the last event of this till that the balances and coupon states in the replica include from
        now on; ``None`` leaves it as it was. ``feed_mark``: as of ``ReplicaMark``.
        """
        ...

    def bring(self, changes: Sequence[FeedChange]) -> None:
        """What head office told when asked, ahead of the feed: rows without a cursor; the feed brings them again."""
        ...

    def bulk_load(self, changes: Iterable[FeedChange], cursor: int, included_seq: int | None, as_of: datetime) -> int:
        """As ``apply_changes`` for a first load of up to millions of rows, in bounded memory. Returns how many."""
        ...

    def load_anew(self, pages: Iterable[FeedPage]) -> int:
        """Put all of ``pages``, read from cursor 0, in the place of what is there. Returns how many changes.

        One transaction, in bounded memory: until the last page is in, everyone reads the old rows and the old mark,
        and an exception out of ``pages`` leaves them. Raises ``ValueError`` when there are no pages.
        """
        ...

    def clear_replica(self) -> None:
        """Forget head office's data and the cursor, before loading it anew."""
        ...
