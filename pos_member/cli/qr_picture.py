"""A QR code as a PNG file: one bit a pixel, nothing but the standard library around the modules."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing.qr import QUIET_ZONE_MODULES, modules

#: Pixels of a module: a version 6 code is 490 pixels wide, 41 mm at 300 dots an inch.
_PIXELS = 10
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(text: str) -> bytes:
    """The picture, black on white with its quiet zone. Raises ``ValueError`` for a text that no QR code holds."""
    rows = modules(text)
    edge = bytes(QUIET_ZONE_MODULES)
    blank = bytes(len(rows) + 2 * QUIET_ZONE_MODULES)
    framed = [*[blank] * QUIET_ZONE_MODULES, *(edge + row + edge for row in rows), *[blank] * QUIET_ZONE_MODULES]
    lines = b"".join((b"\x00" + _packed(row)) * _PIXELS for row in framed)
    side = len(framed) * _PIXELS
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")


def save(path: Path, text: str) -> None:
    """Write the picture. Raises ``EnvironmentProblem(FILE_NOT_WRITABLE)``."""
    try:
        path.write_bytes(png(text))
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None


def _packed(row: bytes) -> bytes:
    """A line of pixels, eight to a byte; in PNG a set bit is white."""
    bits = "".join(("0" if module else "1") * _PIXELS for module in row)
    bits = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
