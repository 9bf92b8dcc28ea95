"""A snapshot without a head office: the file made from changes, cut as head office cuts it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import zstandard

from pos_member.db.feed import apply
from pos_member.db.plain_replica import SEEN_INSERT, plain_replica, set_mark
from pos_member.db.replica_schema import REPLICA_VERSION
from pos_member.db.sealing import PAGE_BYTES
from pos_member.db.values import to_json, to_us
from pos_member.services.snapshot_ports import SnapshotManifest, SnapshotPart
from tests.db_support import NOW, change


@dataclass(frozen=True)
class Made:
    """A manifest and the parts it names."""

    manifest: SnapshotManifest
    parts: tuple[bytes, ...]


def make_snapshot(
    folder: Path,
    things: Iterable[object],
    cursor: int,
    *,
    mark: str = "here",
    seen: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
    part_pages: int = 4,
    name: str = "snap-1",
    wal: bool = True,
) -> Made:
    """``seen``: (entity, id) → as ``FeedChange.seen``. ``wal``: ``False`` as older builds of head office made it."""
    path = folder / f"{name}.plain"
    with plain_replica(path) as connection:
        apply(connection, [change(thing) for thing in things])
        for (entity, subject), positions in (seen or {}).items():
            connection.exec_driver_sql(SEEN_INSERT, (entity, subject, to_json(positions)))
        set_mark(connection, cursor, to_us(NOW), mark)
    plain = path.read_bytes()
    path.unlink()
    assert plain[18:20] == b"\2\2", "as a till wants it"
    if not wal:
        plain = plain[:18] + b"\1\1" + plain[20:]
    size = part_pages * PAGE_BYTES
    pieces = [plain[start : start + size] for start in range(0, len(plain), size)]
    parts = tuple(zstandard.ZstdCompressor().compress(piece) for piece in pieces)
    named = tuple(
        SnapshotPart(len(raw), hashlib.sha256(raw).hexdigest(), len(piece))
        for raw, piece in zip(parts, pieces, strict=True)
    )
    whole = hashlib.sha256(plain).hexdigest()
    return Made(SnapshotManifest(name, REPLICA_VERSION, cursor, mark, NOW, len(plain), whole, named), parts)
