"""What is carried between a till and head office on a stick: one file, packed, hashed and signed by who made it.

``MAGIC`` line · ``CarryHead`` as a line of canonical JSON · signature line (Ed25519 over ``carry_message`` of the head,
hex) · the body: zstd of records, each a line with its length and as many bytes. The head bears the hash of the body, so
the signature holds for all of it. Upwards (kind ``up``, signed by the till) the records are the ``HelloRequest`` and
push bodies; downwards (``down``, signed by head office) a ``CarryAnswer`` and ``PullAnswer`` pages. Where the answer
names a snapshot, its parts come before the pages, then pages of what is the till's own from 0 to the snapshot's cursor.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos_member.domain import codec
from pos_member.domain.codec import optional_field
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.services.snapshot_ports import SnapshotManifest
from pos_member.sync.protocol import PROTOCOL, HelloAnswer

MAGIC = b"pos-member carry 1\n"
UP, DOWN = "up", "down"
UP_ENDING, DOWN_ENDING = ".pmup", ".pmdown"
#: One record: no more than head office or a till takes in one request.
RECORD_BYTES_MAX = 64 << 20
_LINE_MAX = 8_192
_BLOCK = 1 << 20
#: Beside a file that is being written: its body, then all of it.
_LEFT = (".body", ".part")


@dataclass(frozen=True)
class CarryHead:
    """``first`` … ``last``: numbers of the events upwards, of what is acknowledged downwards; 0 for none. ``answers``:
    ``sha256`` of the file this one answers. ``snapshot_format``: upwards, of a snapshot that the till can take in; 0:
    none."""

    kind: str
    protocol: int
    till_id: str
    epoch: int
    first: int
    last: int
    made_at: datetime
    size: int = 0
    sha256: str = ""
    answers: str = optional_field(default="")
    snapshot_format: int = optional_field(default=0)


@dataclass(frozen=True)
class CarryAnswer:
    """First record downwards: what ``hello`` and the pushes came to. ``error``: why the rest was not taken in;
    ``acked_chain``: the chain at ``acked_seq``, empty for none."""

    hello: HelloAnswer
    acked_seq: int
    applied: int
    duplicate: int
    quarantined: int
    error: str = ""
    #: Whose parts are in the file.
    snapshot: SnapshotManifest | None = optional_field(default=None)
    acked_chain: str = optional_field(default="")


@dataclass(frozen=True)
class CarryFile:
    """A file that is whole: its head, the bytes that were signed, and where the body begins."""

    path: Path
    head: CarryHead
    signed: bytes
    signature: bytes
    offset: int

    def signed_by(self, public_key: bytes) -> bool:
        """Whether the holder of this key (raw Ed25519) made it."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, carry_message(self.signed))
        except (ValueError, InvalidSignature):
            return False
        return True

    def records(self) -> Iterator[bytes]:
        """The body. Raises ``EnvironmentProblem``: CARRY_DAMAGED, FILE_NOT_READABLE (the stick was pulled out)."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                yield from _records(self.path, file)
        except OSError as error:
            raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(self.path)) from error


def carry_message(head: bytes) -> bytes:
    """What is signed."""
    return b"pos-member carry v1\n" + head


def not_written(error: OSError, path: Path) -> EnvironmentProblem:
    """Why a file could not be written: FILE_NOT_WRITABLE or CARRY_FULL."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return EnvironmentProblem(Reason.CARRY_FULL if full else Reason.FILE_NOT_WRITABLE, path=str(path))


def clear_leftovers(folder: Path, beginning: str) -> None:
    """Remove what a ``write`` upwards that was broken off left in ``folder`` of files whose names begin like this. What
    cannot be removed stays."""
    for left in _LEFT:
        for path in folder.glob(f"{beginning}*{UP_ENDING}{left}"):
            with suppress(OSError):
                path.unlink()


def write(path: Path, head: CarryHead, records: Iterable[bytes], sign: Callable[[bytes], bytes]) -> CarryHead:
    """Write a file under its name only when it is whole and on the disk. Returns the head with size and hash.

    Raises ``OSError``.
    """
    body, part = (path.with_name(path.name + left) for left in _LEFT)
    try:
        with body.open("wb") as packed, zstandard.ZstdCompressor(level=3).stream_writer(packed) as out:
            for record in records:
                out.write(b"%d\n" % len(record))
                out.write(record)
        done = replace(head, protocol=PROTOCOL, size=body.stat().st_size, sha256=_hash(body))
        line = codec.canonical_bytes(done)
        with part.open("wb") as whole, body.open("rb") as ready:
            whole.write(MAGIC + line + b"\n" + sign(carry_message(line)).hex().encode() + b"\n")
            while block := ready.read(_BLOCK):
                whole.write(block)
            whole.flush()
            os.fsync(whole.fileno())
        part.replace(path)
    finally:
        body.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return done


def read(path: Path, kind: str) -> CarryFile:
    """A file of this kind, read through once. Raises ``EnvironmentProblem``: FILE_NOT_READABLE, CARRY_DAMAGED for one
    that is not whole or no such file; ``Refusal(CARRY_OTHER_KIND | CARRY_NEWER)``."""
    try:
        with path.open("rb") as file:
            if file.readline(_LINE_MAX) != MAGIC:
                raise _damaged(path)
            signed = file.readline(_LINE_MAX).removesuffix(b"\n")
            signature = file.readline(_LINE_MAX).removesuffix(b"\n")
            offset = file.tell()
            digest, size = hashlib.sha256(), 0
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path)) from error
    try:
        head = codec.from_feed_bytes(CarryHead, signed)
        raw_signature = bytes.fromhex(signature.decode("ascii"))
    except (Refusal, ValueError) as error:
        raise _damaged(path) from error
    if (head.size, head.sha256) != (size, digest.hexdigest()):
        raise _damaged(path)
    if head.kind != kind:
        raise Refusal(Reason.CARRY_OTHER_KIND, path=path.name, wanted=UP_ENDING if kind == UP else DOWN_ENDING)
    if head.protocol > PROTOCOL:
        raise Refusal(Reason.CARRY_NEWER, path=str(path))
    return CarryFile(path, head, signed, raw_signature, offset)


def _records(path: Path, packed: IO[bytes]) -> Iterator[bytes]:
    try:
        with zstandard.ZstdDecompressor().stream_reader(packed) as stream:
            while (size := _length(path, stream)) is not None:
                record = b"".join(_blocks(stream, size))
                if len(record) != size:
                    raise _damaged(path)
                yield record
    except zstandard.ZstdError as error:
        raise _damaged(path) from error


def _length(path: Path, stream: zstandard.ZstdDecompressionReader) -> int | None:
    digits = b""
    while (char := stream.read(1)) != b"\n":
        if not char and not digits:
            return None
        digits += char
        if not char.isdigit() or len(digits) > 9:
            raise _damaged(path)
    if not digits or int(digits) > RECORD_BYTES_MAX:
        raise _damaged(path)
    return int(digits)


def _blocks(stream: zstandard.ZstdDecompressionReader, size: int) -> Iterator[bytes]:
    while size > 0 and (block := stream.read(min(size, _BLOCK))):
        size -= len(block)
        yield block


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(path: Path) -> EnvironmentProblem:
    return EnvironmentProblem(Reason.CARRY_DAMAGED, path=path.name)
