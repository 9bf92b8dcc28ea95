"""Bodies made small for the wire and whole again, never larger than was asked for: gzip everywhere, zstd where known.

A side sends zstd only to a side that said it reads it: the till in ``Accept-Encoding`` of its requests, head office in
``Accept-Encoding`` of its answers (RFC 9110, 12.5.3). Before the first answer, and from an older head office: gzip.
"""

from __future__ import annotations

import gzip
import zlib

import zstandard

GZIP, ZSTD = "gzip", "zstd"
#: What this build reads, the one it would rather have first.
READS = f"{ZSTD}, {GZIP}"
_ZSTD_LEVEL = 3
_GZIP_LEVEL = 6
#: What a decoder must be ready to keep (RFC 8878, 3.1.1.1.2); a frame that asks for more is refused.
_WINDOW_BYTES_MAX = 8 << 20


class Unpackable(Exception):
    """A body that cannot be made whole. ``too_large``: it is sound as far as it was read, and larger than allowed;
    ``cut``: its end is missing."""

    def __init__(self, encoding: str, *, too_large: bool = False, cut: bool = False) -> None:
        super().__init__(encoding)
        self.encoding = encoding
        self.too_large = too_large
        self.cut = cut


def named(header: str, encoding: str) -> bool:
    """Whether an ``Accept-Encoding`` header names ``encoding`` and does not rule it out."""
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def best(header: str) -> str:
    """The encoding to use for whoever sent this ``Accept-Encoding``; empty where none of ours is named."""
    return next((encoding for encoding in (ZSTD, GZIP) if named(header, encoding)), "")


def pack(raw: bytes, encoding: str) -> bytes:
    """``raw`` as ``gzip`` or ``zstd``, the same bytes for the same ``raw``."""
    if encoding == ZSTD:
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=False).compress(raw)
    return gzip.compress(raw, compresslevel=_GZIP_LEVEL, mtime=0)


class Body(bytes):
    """What is to be sent, packed once and, where it is known as what, before its turn."""

    _packed: tuple[str, bytes] = ("", b"")

    def packed(self, encoding: str) -> bytes:
        """As ``pack``. One thread at a time."""
        if self._packed[0] != encoding:
            self._packed = (encoding, pack(self, encoding))
        return self._packed[1]

    @property
    def encoding(self) -> str:
        """What it was packed as; empty before."""
        return self._packed[0]


def unpack(raw: bytes, encoding: str, bytes_max: int) -> bytes:
    """The reverse, of a stranger's bytes: at most ``bytes_max`` are made. An empty ``encoding`` gives ``raw`` back.

    Raises ``Unpackable``, also for an encoding that is none of ours.
    """
    if encoding in ("", "identity"):
        if len(raw) > bytes_max:
            raise Unpackable(encoding, too_large=True)
        return raw
    if encoding == ZSTD:
        return _unzstd(raw, bytes_max)
    if encoding == GZIP:
        return _gunzip(raw, bytes_max)
    raise Unpackable(encoding)


def _unzstd(raw: bytes, bytes_max: int) -> bytes:
    try:
        size = zstandard.frame_content_size(raw)
        if size > bytes_max:
            raise Unpackable(ZSTD, too_large=True)
        reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES_MAX)
        if size < 0:
            return _unzstd_streamed(reader, raw, bytes_max)
        return reader.decompress(raw, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Unpackable(ZSTD, cut="full frame" in str(error)) from error


def _unzstd_streamed(reader: zstandard.ZstdDecompressor, raw: bytes, bytes_max: int) -> bytes:
    """A frame that does not say how large it becomes, as streaming encoders write it."""
    with reader.stream_reader(raw) as stream:
        data = stream.read(bytes_max + 1)
    if len(data) > bytes_max:
        raise Unpackable(ZSTD, too_large=True)
    # With room for all of it the decoder tells a frame without its end, and what follows one.
    return reader.decompress(raw, max_output_size=max(1, len(data)), allow_extra_data=False)


def _gunzip(raw: bytes, bytes_max: int) -> bytes:
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        data = reader.decompress(raw, bytes_max)
    except zlib.error as error:
        raise Unpackable(GZIP) from error
    if reader.unconsumed_tail:
        raise Unpackable(GZIP, too_large=True)
    if not reader.eof:
        raise Unpackable(GZIP, cut=True)
    if reader.unused_data:
        raise Unpackable(GZIP)
    return data
