"""A snapshot on its way in: parts are verified and encrypted as they come, and the whole takes the replica's place.

Beside the replica: ``replica.incoming.db``, the pages that are here, encrypted with the data folder's key, and
``replica.incoming.json``, which says which. Both survive a restart, so that a load goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, BinaryIO

import zstandard
from sqlalchemy.exc import DBAPIError

from pos_member.db import replica_schema as r
from pos_member.db.arriving import Arrivals
from pos_member.db.engine import Database
from pos_member.db.errors import problem_of
from pos_member.db.feed import apply
from pos_member.db.feed_rights import rights_of
from pos_member.db.own_numbers import OwnNumbers
from pos_member.db.replica import damage_note
from pos_member.db.repositories.presented import erased_of, forget_members, presented_members
from pos_member.db.repositories.rights import SqlRights
from pos_member.db.sealing import PAGE_BYTES, SALT_BYTES, Sealer, Tampered
from pos_member.db.space import WARN_BELOW, FreeSpace, free_bytes
from pos_member.db.values import to_us
from pos_member.domain import codec
from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason, Refusal
from pos_member.services.snapshot_ports import (
    PART_BYTES_MAX,
    PART_PLAIN_BYTES,
    PARTS_MAX,
    SnapshotManifest,
    SnapshotRefused,
)
from pos_member.services.sync_ports import FeedPage

log = logging.getLogger(__name__)
_SEEN = "SELECT entity, id, body FROM snapshot_seen"
_SET_SEEN = {
    "account": "UPDATE account SET included_seq = ? WHERE member_id = ?",
    "coupon": "UPDATE coupon SET included_seq = ? WHERE code = ?",
}
_SET_MARK = "UPDATE mark SET included_seq = ?, as_of_us = ?, revision = ?"
#: Sealed, and looked over before the exchange, at once: whole pages.
_AT_ONCE = 1 << 20


class ReplicaIntake:
    """``services.snapshot_ports.SnapshotIntake``. One thread at a time, inside ``alone`` where there are several; but
    parts may be ``put`` by several."""

    def __init__(
        self, till: Database, replica: Database, free: FreeSpace = free_bytes, rights: SqlRights | None = None
    ) -> None:
        self._till = till
        self._replica = replica
        self._rights = rights or SqlRights(till.read, replica.read, till.write)
        self._free = free
        self._file = replica.path.with_name(f"{replica.path.stem}.incoming{replica.path.suffix}")
        self._note = self._file.with_suffix(".json")
        self._turn = threading.Lock()
        self._manifest: SnapshotManifest | None = None
        self._salt = b""
        self._done: set[int] = set()
        #: The whole was found to be what the manifest says; from then on it is changed.
        self._verified = False
        self._arrivals = Arrivals()
        self._noting = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """See ``SnapshotIntake``."""
        with self._turn:
            yield

    def format(self) -> int:
        """The format this build reads."""
        return r.REPLICA_VERSION

    def pending(self) -> SnapshotManifest | None:
        """See ``SnapshotIntake``."""
        note = self._read_note()
        try:
            return None if note is None else codec.from_wire(SnapshotManifest, note["manifest"])
        except (KeyError, Refusal) as error:
            log.warning("what is noted of a load cannot be read: %s", type(error).__name__)
            return None

    def begin(self, manifest: SnapshotManifest) -> frozenset[int]:
        """See ``SnapshotIntake``."""
        _check(manifest)
        with self._told():
            if not self._goes_on_with(manifest):
                self.forget()
                needed = manifest.bytes + PART_PLAIN_BYTES + WARN_BELOW // 2
                if self._free(self._file.parent) < needed:
                    raise EnvironmentProblem(Reason.DISK_FULL, path=str(self._file.parent))
                self._salt = os.urandom(SALT_BYTES)
                self._file.touch(mode=0o600)
            self._manifest = manifest
            return frozenset(self._done)

    def put(self, number: int, raw: bytes) -> None:
        """See ``SnapshotIntake``."""
        manifest = self._running()
        part = manifest.parts[number]
        if len(raw) != part.bytes or hashlib.sha256(raw).hexdigest() != part.sha256:
            raise SnapshotRefused(f"part {number} is another")
        try:
            plain = zstandard.ZstdDecompressor().decompress(raw, part.plain_bytes)
        except zstandard.ZstdError as error:
            raise SnapshotRefused(f"part {number} is not packed as agreed") from error
        if len(plain) != part.plain_bytes:
            raise SnapshotRefused(f"part {number} is cut off")
        start = sum(each.plain_bytes for each in manifest.parts[:number])
        sealer, written = self._sealer(), 0
        with self._told():
            with self._file.open("r+b") as file:
                file.seek(start)
                for at in range(0, len(plain), _AT_ONCE):
                    try:
                        sealed = sealer.seal((start + at) // PAGE_BYTES + 1, plain[at : at + _AT_ONCE])
                    except ValueError as error:
                        raise SnapshotRefused(f"part {number}: {error}") from error
                    file.write(sealed)
                    written = zlib.crc32(sealed, written)
                file.flush()
                os.fsync(file.fileno())
            with self._noting:
                self._done.add(number)
                self._write_note(manifest)
        self._arrivals.note(number, plain, written)

    def make_way(self) -> None:
        """See ``SnapshotIntake``."""
        self._replica.fold()

    def finish(self, own: FeedPage, cancelled: Callable[[], bool] = lambda: False) -> bool:
        """See ``SnapshotIntake``."""
        manifest = self._running()
        if len(self._done) != len(manifest.parts) or own.cursor != manifest.cursor:
            raise ValueError("not all of it is here")
        try:
            with self._told():
                if not self._verified and not self._verify(manifest, cancelled):
                    return False
                revision = self._next_revision(to_us(own.as_of))
                with closing(self._incoming()) as incoming:
                    self._make_own(incoming, manifest, own, revision)
        except (Tampered, SnapshotRefused, DBAPIError, Refusal) as error:
            self.forget()
            raise SnapshotRefused(str(error)) from error
        if cancelled():
            return False
        self._replica.exchange(self._file, lambda: self._carry_revision(revision))
        damage_note(self._replica.path).unlink(missing_ok=True)
        self.forget()
        self._forget_erased()
        log.info("replica loaded from snapshot %s, up to %d", manifest.id, manifest.cursor)
        return True

    def forget(self) -> None:
        """See ``SnapshotIntake``."""
        self._manifest, self._done, self._salt, self._verified = None, set(), b"", False
        self._arrivals = Arrivals()
        with self._told():
            self._note.unlink(missing_ok=True)
            self._note.with_suffix(".part").unlink(missing_ok=True)
            for suffix in ("", "-wal", "-shm", "-journal"):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)

    def _running(self) -> SnapshotManifest:
        if self._manifest is None:
            raise ValueError("no snapshot is coming in")
        return self._manifest

    def _sealer(self) -> Sealer:
        return Sealer(self._replica.key, self._salt)

    def _goes_on_with(self, manifest: SnapshotManifest) -> bool:
        """Whether parts of the same file are here; what cannot be read is begun anew."""
        note = self._read_note()
        if note is None or self.pending() != manifest:
            return False
        try:
            salt, done = bytes.fromhex(note["salt"]), {int(each) for each in note["done"]}
            verified = note["verified"] is True
        except (ValueError, KeyError, TypeError) as error:
            log.warning("what is noted of a load cannot be read: %s", type(error).__name__)
            return False
        if len(salt) != SALT_BYTES or not done <= set(range(len(manifest.parts))):
            return False
        self._salt, self._done, self._verified = salt, done, verified
        return True

    def _read_note(self) -> dict[str, Any] | None:
        if not self._note.exists() or not self._file.exists():
            return None
        try:
            note = json.loads(self._note.read_bytes())
        except ValueError as error:
            log.warning("what is noted of a load cannot be read: %s", type(error).__name__)
            return None
        return note if isinstance(note, dict) else None

    def _write_note(self, manifest: SnapshotManifest) -> None:
        note = {
            "manifest": codec.to_wire(manifest),
            "salt": self._salt.hex(),
            "done": sorted(self._done),
            "verified": self._verified,
        }
        part = self._note.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(note, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._note)

    def _verify(self, manifest: SnapshotManifest, cancelled: Callable[[], bool]) -> bool:
        """All pages as they lie on the disk are the file of the manifest; ``False`` when cancelled.

        Raises ``SnapshotRefused | Tampered``.
        """
        seen = self._arrivals.sha256(len(manifest.parts))
        with self._file.open("rb") as file:
            found = (
                self._hashed(file, cancelled) if seen is None else self._found_again(file, manifest, seen, cancelled)
            )
            size = file.seek(0, os.SEEK_END)
        if found is None:
            return False
        if size != manifest.bytes or found != manifest.sha256:
            raise SnapshotRefused("the whole is another than its parts")
        self._verified = True
        self._write_note(manifest)
        return True

    def _hashed(self, file: BinaryIO, cancelled: Callable[[], bool]) -> str | None:
        """The hash of all pages, opened one by one; ``None`` when cancelled. Raises ``Tampered``."""
        sealer, found, page = self._sealer(), hashlib.sha256(), 1
        while sealed := file.read(_AT_ONCE):
            found.update(sealer.open(page, sealed))
            page += len(sealed) // PAGE_BYTES
            if cancelled():
                return None
        return found.hexdigest()

    def _found_again(
        self, file: BinaryIO, manifest: SnapshotManifest, seen: str, cancelled: Callable[[], bool]
    ) -> str | None:
        """``seen``, the hash of what came, where it lies there as it was sealed; ``None`` when cancelled."""
        for number, part in enumerate(manifest.parts):
            if not self._arrivals.lie_there(file, number, part.plain_bytes, _AT_ONCE):
                raise Tampered(f"part {number}")
            if cancelled():
                return None
        return seen

    def _incoming(self) -> Database:
        """What came, as a database. What is written to it is done again where the power goes before it is closed, and
        closed it is one file, on the disk."""
        return Database(self._file, self._replica.key, durable=False)

    def _make_own(self, incoming: Database, manifest: SnapshotManifest, own: FeedPage, revision: int) -> None:
        """Add what concerns this till alone. Done twice it is the same."""
        with self._till.read() as connection:
            numbers = OwnNumbers.read(connection)
        self._rights.store(rights_of(own.changes, numbers.till_id))
        with incoming.write() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            cursor, mark = connection.exec_driver_sql("SELECT cursor, feed_mark FROM mark").one()
            if (version, cursor, mark) != (manifest.format, manifest.cursor, manifest.mark):
                raise SnapshotRefused("the file is of another time than its manifest")
            if connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'snapshot_seen'").first():
                for entity, subject, body in connection.exec_driver_sql(_SEEN).all():
                    seen = numbers.of_seen(json.loads(body))
                    if seen and entity in _SET_SEEN:
                        connection.exec_driver_sql(_SET_SEEN[entity], (seen, subject))
                connection.exec_driver_sql("DROP TABLE snapshot_seen")
            apply(connection, own.changes, numbers)
            connection.exec_driver_sql(_SET_MARK, (numbers.of_wire(own.included_seq), to_us(own.as_of), revision))

    def _forget_erased(self) -> None:
        """Nothing that a signed code told is kept of members who are erased: those few are looked up."""
        with self._till.read() as till:
            told = presented_members(till)
        with self._replica.read() as replica:
            gone = erased_of(replica, told)
        if gone:
            with self._till.write() as connection:
                forget_members(connection, gone)

    def _next_revision(self, unknown: int) -> int:
        """Whoever kept something of the old catalogue notices that there is a new one. ``unknown``: never used yet."""
        try:
            with self._replica.read() as connection:
                revision: int = connection.exec_driver_sql("SELECT revision FROM mark").scalar_one()
        except EnvironmentProblem as problem:
            if problem.reason is not Reason.DATABASE_CORRUPT:
                raise
            return unknown
        return revision + 1

    def _carry_revision(self, written: int) -> None:
        """As the last word of the old file, which nobody writes to any more: a page may have come by stick since."""
        following = self._next_revision(written)
        if following > written:
            with closing(self._incoming()) as incoming, incoming.write() as connection:
                connection.exec_driver_sql("UPDATE mark SET revision = ?", (following,))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """File errors as what a person can act on."""
        try:
            yield
        except PosMemberError:
            raise
        except OSError as error:
            problem = problem_of(error, self._file)
            if problem is None:
                raise
            raise problem from error


def _check(manifest: SnapshotManifest) -> None:
    """Raises ``SnapshotRefused`` for a manifest that cannot be true."""
    sizes = [part.plain_bytes for part in manifest.parts]
    fits = (
        manifest.format == r.REPLICA_VERSION
        and 1 <= len(sizes) <= PARTS_MAX
        and sum(sizes) == manifest.bytes
        and all(0 < size <= PART_PLAIN_BYTES and size % PAGE_BYTES == 0 for size in sizes)
        and all(0 < part.bytes <= PART_BYTES_MAX for part in manifest.parts)
        and manifest.cursor >= 0
    )
    if not fits:
        raise SnapshotRefused("a manifest that cannot be")
