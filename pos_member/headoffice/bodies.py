"""Request bodies from strangers: bounded on the wire, bounded after decompression, JSON by the strict codec."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

from pos_member.domain import codec
from pos_member.domain.errors import Refusal
from pos_member.headoffice.problems import Problem
from pos_member.sync import packing, protocol
from pos_member.sync.packing import Unpackable
from pos_member.sync.protocol import ErrorCode

T = TypeVar("T")
JSON_BYTES_MAX = 16 << 10
_PACK_FROM_BYTES = 1_000


async def wire_body(request: Request) -> bytes:
    """The body as sent, at most ``WIRE_BYTES_MAX``. Raises ``Problem``: TOO_LARGE before reading more, MALFORMED where
    the line broke before its end (nobody hears that answer; it is no failure of ours)."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:12]) > protocol.WIRE_BYTES_MAX:
        raise Problem(ErrorCode.TOO_LARGE, bytes_max=protocol.WIRE_BYTES_MAX)
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > protocol.WIRE_BYTES_MAX:
                raise Problem(ErrorCode.TOO_LARGE, bytes_max=protocol.WIRE_BYTES_MAX)
            parts.append(chunk)
    except ClientDisconnect:
        raise Problem(ErrorCode.MALFORMED, where="body") from None
    return b"".join(parts)


def decompress(raw: bytes, encoding: str, bytes_max: int) -> bytes:
    """``raw`` without its gzip or zstd, never making more than ``bytes_max`` of it. Raises ``Problem``."""
    try:
        return packing.unpack(raw, encoding, bytes_max)
    except Unpackable as error:
        if error.too_large:
            raise Problem(ErrorCode.TOO_LARGE, bytes_max=bytes_max) from None
        raise Problem(ErrorCode.MALFORMED, where="content-encoding") from None


def packed(raw: bytes, accepts: str) -> tuple[bytes, dict[str, str]]:
    """An answer's body for a caller with this ``Accept-Encoding``, with the headers that go with it: what it is packed
    in, where that is worth it, and what we read."""
    headers = {"Accept-Encoding": packing.READS, "Vary": "Accept-Encoding"}
    encoding = packing.best(accepts) if len(raw) >= _PACK_FROM_BYTES else ""
    if not encoding:
        return raw, headers
    return packing.pack(raw, encoding), headers | {"Content-Encoding": encoding}


def read_json(cls: type[T], raw: bytes, encoding: str) -> T:
    """A small JSON body as ``cls``. Raises ``Problem(MALFORMED | TOO_LARGE)``."""
    try:
        return codec.from_bytes(cls, decompress(raw, encoding, JSON_BYTES_MAX))
    except Refusal as refusal:
        raise Problem(ErrorCode.MALFORMED, where=str(refusal.params.get("where", ""))[:80]) from refusal
