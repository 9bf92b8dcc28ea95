"""A snapshot made: one consistent read of head office into a replica's file, cut into parts, compressed, hashed."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import zstandard
from sqlalchemy.exc import OperationalError

from pos_member.db.plain_replica import plain_replica
from pos_member.db.replica_schema import REPLICA_VERSION
from pos_member.db.sealing import PAGE_BYTES
from pos_member.domain import codec
from pos_member.headoffice import feed, snapshot_rows
from pos_member.headoffice.portable import Database
from pos_member.headoffice.snapshot_rows import Cancelled
from pos_member.services.snapshot_ports import PART_BYTES_MAX, PART_PLAIN_BYTES, SnapshotManifest, SnapshotPart

log = logging.getLogger(__name__)
MANIFEST = "manifest.json"
#: Ends the name of a folder that is being filled.
UNFINISHED = ".part"
_LEVEL = 6
#: The library lets go of the interpreter while it compresses.
_PACKERS = 2


def part_name(number: int) -> str:
    """The file of a part within its snapshot's folder."""
    return f"{number:05d}.zst"


def part_plain_bytes(size: int) -> int:
    """How much of a file of ``size`` bytes goes into one part: as much in each, and of them an even number, for a till
    works on two at the same time."""
    alone = size <= PART_PLAIN_BYTES // 4  # so little is not worth two requests
    count = 1 if alone else 2 * -(-size // (2 * PART_PLAIN_BYTES))
    return -(-size // (count * PAGE_BYTES)) * PAGE_BYTES


def build(
    database: Database, folder: Path, name: str, now: datetime, cancelled: Callable[[], bool] = lambda: False
) -> SnapshotManifest:
    """Make snapshot ``name`` as a folder below ``folder``; it has its name once it is whole and on the disk.

    Rows are read and written in batches; an index's keys are sorted in memory, one index at a time. Raises
    ``Cancelled``, ``OSError`` (a full disk), and as the databases do; nothing is left behind then.
    """
    making = folder / f"{name}{UNFINISHED}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700, parents=True)
    try:
        plain = making / "replica.db"
        try:
            manifest = _write_plain(database, plain, name, now, cancelled)
        except OperationalError:
            if cancelled():
                raise Cancelled from None
            raise
        manifest = _cut(plain, making, manifest, cancelled)
        plain.unlink()
        _write(making / MANIFEST, codec.canonical_bytes(manifest))
        making.replace(folder / name)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return manifest


def _write_plain(
    database: Database, plain: Path, name: str, now: datetime, cancelled: Callable[[], bool]
) -> SnapshotManifest:
    with database.read() as source, plain_replica(plain, cancelled) as target:
        cursor = feed.horizon(source)
        mark = feed.mark_at(source, cursor)
        members = snapshot_rows.fill(source, target, cursor, mark, now, cancelled)
    return SnapshotManifest(name, REPLICA_VERSION, cursor, mark, now, 0, "", (), members)


def _cut(plain: Path, folder: Path, manifest: SnapshotManifest, cancelled: Callable[[], bool]) -> SnapshotManifest:
    """Compressed by several threads, of which each has one part in its hands, read in one go."""
    whole, size = hashlib.sha256(), plain.stat().st_size
    step = part_plain_bytes(size)
    parts: list[SnapshotPart] = []
    packing: deque[Future[SnapshotPart]] = deque()
    with plain.open("rb") as file, ThreadPoolExecutor(_PACKERS, thread_name_prefix="snapshot") as packers:
        while piece := file.read(step):
            if cancelled():
                raise Cancelled
            packing.append(packers.submit(_pack, folder / part_name(len(parts) + len(packing)), piece))
            whole.update(piece)
            if len(packing) > _PACKERS:
                parts.append(packing.popleft().result())
        parts += [each.result() for each in packing]
    return replace(manifest, bytes=size, sha256=whole.hexdigest(), parts=tuple(parts))


def _pack(path: Path, piece: bytes) -> SnapshotPart:
    packed = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(piece)
    if len(packed) > PART_BYTES_MAX:
        raise ValueError("a part that compresses so badly is no part of a replica")
    _write(path, packed)
    return SnapshotPart(len(packed), hashlib.sha256(packed).hexdigest(), len(piece))


def _write(path: Path, raw: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
