"""Request bodies from strangers: bounded on the wire, bounded after decompression, JSON by the strict codec."""

from __future__ import annotations

import zlib
from typing import TypeVar

from fastapi import Request

from pos_member.domain import codec
from pos_member.domain.errors import Refusal
from pos_member.headoffice.problems import Problem
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

T = TypeVar("T")
JSON_BYTES_MAX = 16 << 10


async def wire_body(request: Request) -> bytes:
    """The body as sent, at most ``WIRE_BYTES_MAX``. Raises ``Problem(TOO_LARGE)`` before reading more."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:12]) > protocol.WIRE_BYTES_MAX:
        raise Problem(ErrorCode.TOO_LARGE, bytes_max=protocol.WIRE_BYTES_MAX)
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > protocol.WIRE_BYTES_MAX:
            raise Problem(ErrorCode.TOO_LARGE, bytes_max=protocol.WIRE_BYTES_MAX)
        parts.append(chunk)
    return b"".join(parts)


def decompress(raw: bytes, encoding: str, bytes_max: int) -> bytes:
    """``raw`` without its gzip, never making more than ``bytes_max`` of it. Raises ``Problem``."""
    if encoding in ("", "identity"):
        if len(raw) > bytes_max:
            raise Problem(ErrorCode.TOO_LARGE, bytes_max=bytes_max)
        return raw
    if encoding != "gzip":
        raise Problem(ErrorCode.MALFORMED, where="content-encoding")
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        data = reader.decompress(raw, bytes_max)
    except zlib.error:
        raise Problem(ErrorCode.MALFORMED, where="gzip") from None
    if reader.unconsumed_tail:
        raise Problem(ErrorCode.TOO_LARGE, bytes_max=bytes_max)
    if not reader.eof or reader.unused_data:
        raise Problem(ErrorCode.MALFORMED, where="gzip")
    return data


def read_json(cls: type[T], raw: bytes, encoding: str) -> T:
    """A small JSON body as ``cls``. Raises ``Problem(MALFORMED | TOO_LARGE)``."""
    try:
        return codec.from_bytes(cls, decompress(raw, encoding, JSON_BYTES_MAX))
    except Refusal as refusal:
        raise Problem(ErrorCode.MALFORMED, where=str(refusal.params.get("where", ""))[:80]) from refusal
