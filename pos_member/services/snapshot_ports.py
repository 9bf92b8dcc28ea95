"""Snapshots: head office's data as one file, in parts, and what a till's storage does with them.

``pos_member.db`` implements ``SnapshotIntake``. Errors of every method: ``EnvironmentProblem(DISK_FULL |
DATABASE_BUSY | DATABASE_CORRUPT | FOLDER_READ_ONLY)``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pos_member.domain.codec import optional_field
from pos_member.services.sync_ports import FeedPage

#: A part before compression: whole pages, so that each can be kept encrypted by itself.
PART_PLAIN_BYTES = 8 << 20
PART_BYTES_MAX = 4 << 20
PARTS_MAX = 20_000


@dataclass(frozen=True)
class SnapshotPart:
    """One part: its size as sent (zstd), the SHA-256 (hex) of that, and its size before compression."""

    bytes: int
    sha256: str
    plain_bytes: int


@dataclass(frozen=True)
class SnapshotManifest:
    """A plain SQLite file in the format of ``replica.db`` version ``format``, true as of feed position ``cursor``.

    ``mark`` names that position (``ReplicaMark.feed_mark``). ``bytes`` and ``sha256`` (hex) are those of the file
    before compression. ``members``: how many there are in it.
    """

    id: str
    format: int
    cursor: int
    mark: str
    at: datetime
    bytes: int
    sha256: str
    parts: tuple[SnapshotPart, ...]
    members: int = optional_field(default=0)


class SnapshotRefused(Exception):
    """What came is not what the manifest says. Nothing of it was kept."""


class SnapshotIntake(Protocol):
    """The till's storage while a snapshot comes in. The replica in use is untouched before ``finish``.

    Whoever brings one, by line or by stick, does so inside ``alone``.
    """

    def alone(self) -> AbstractContextManager[None]:
        """One load at a time: waits until another's is done or broken off."""
        ...

    def format(self) -> int:
        """The format this build reads."""
        ...

    def pending(self) -> SnapshotManifest | None:
        """The one that was begun and not finished, perhaps before a restart."""
        ...

    def begin(self, manifest: SnapshotManifest) -> frozenset[int]:
        """Make room for it, or go on with it; returns the numbers (from 0) of the parts that are here already.

        Raises ``EnvironmentProblem(DISK_FULL)`` where it would not fit beside the replica, ``SnapshotRefused`` for a
        manifest that cannot be.
        """
        ...

    def put(self, number: int, raw: bytes) -> None:
        """Keep part ``number`` as it was sent; durable on return. Several threads may, each another part.

        Raises ``SnapshotRefused``.
        """
        ...

    def make_way(self) -> None:
        """While parts are being kept: do what of ``finish`` needs none of them. Never needed, and raises nothing."""
        ...

    def finish(self, own: FeedPage, cancelled: Callable[[], bool] = lambda: False) -> bool:
        """All parts are here: verify the whole, add what is this till's own, and put it in the replica's place.

        ``own``: changes in the scope of this till and its branch up to the snapshot's cursor, with what the balances
        include of this till. ``False`` when cancelled: it can be gone on with. Raises ``SnapshotRefused``: then
        everything that came in is thrown away.
        """
        ...

    def forget(self) -> None:
        """Throw away what came in."""
        ...
