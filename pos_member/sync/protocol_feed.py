"""The feed by other ways than page by page: whole segments, a till's own part of it, snapshots."""

from __future__ import annotations

from dataclasses import dataclass

from pos_member.domain.codec import optional_field
from pos_member.services.snapshot_ports import SnapshotManifest
from pos_member.services.sync_ports import FeedChange

#: A part of a snapshot: bytes (zstd), no JSON.
PART_TYPE = "application/vnd.pos-member.part"
#: A piece of a part, asked for with ``after`` and ``most``, has at most so many bytes.
PIECE_BYTES_MAX = 1 << 20
#: A till that is at least so many whole segments behind reads them as segments.
SEGMENTS_FROM = 2
#: Segments that are fetched before what is the till's own in them is asked for, and all of it written.
SEGMENTS_AT_ONCE = 10
#: Changes of one segment of the feed; a full one never changes again.
SEGMENT = 1_000


@dataclass(frozen=True)
class SegmentAnswer:
    """All changes in the scope of the organisation with publish numbers from ``first`` to ``last``, each thing as it
    was told last among them. It never changes.

    ``before`` and ``mark`` name the positions ``first`` - 1 and ``last`` of this feed, as ``PullAnswer.mark``: a
    segment of another history, from a cache on the way, fits neither its neighbours nor what is the till's own.
    """

    number: int
    first: int
    last: int
    changes: tuple[FeedChange, ...]
    before: str = optional_field(default="")
    mark: str = optional_field(default="")


@dataclass(frozen=True)
class ManifestAnswer:
    """The newest snapshot; ``None`` where there is none. ``horizon``: how far the feed is."""

    snapshot: SnapshotManifest | None
    horizon: int
