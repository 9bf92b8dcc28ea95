"""The frame of a TrueType or OpenType file: its tables by name, and the same file under another family name.

A shop's font is loaded under a name of our own, made from its content: two files that call themselves by one name,
or a font of the system that does, can then not be taken for one another.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_OUTLINES = (b"\x00\x01\x00\x00", b"OTTO", b"true")
_WINDOWS, _UNICODE, _ENGLISH = 3, 1, 0x0409
_FAMILY, _SUBFAMILY, _FULL, _POSTSCRIPT = 1, 2, 4, 6


def tables_of(font: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The four bytes that tell the kind of outlines, and the tables. Raises ``ValueError`` for anything else."""
    try:
        kind, count = struct.unpack(">4sH", font[:6])
        records = [struct.unpack(">4sIII", font[12 + 16 * at : 28 + 16 * at]) for at in range(count)]
    except struct.error as error:
        raise ValueError("no font file") from error
    if kind not in _OUTLINES or any(start + length > len(font) for _, _, start, length in records):
        raise ValueError("no single TrueType or OpenType font, or not the whole of it")
    return kind, {tag.decode("latin-1"): font[start : start + length] for tag, _, start, length in records}


def font_of(kind: bytes, tables: Mapping[str, bytes]) -> bytes:
    """A font file of ``tables``."""
    count = len(tables)
    power = count.bit_length() - 1
    span = 16 << power
    head = struct.pack(">4sHHHH", kind, count, span, power, 16 * count - span)
    records, body = b"", b""
    for tag in sorted(tables):
        table = tables[tag]
        start = 12 + 16 * count + len(body)
        records += struct.pack(">4sIII", tag.encode("latin-1"), _checksum(table), start, len(table))
        body += table + bytes(-len(table) % 4)
    return head + records + body


def renamed(font: bytes, family: str) -> bytes:
    """``font`` with ``family`` as its only name. Raises ``ValueError`` where it is no font."""
    kind, tables = tables_of(font)
    names = {_FAMILY: family, _SUBFAMILY: "Regular", _FULL: family, _POSTSCRIPT: family.replace(" ", "")}
    records, texts = b"", b""
    for name, text in names.items():
        said = text.encode("utf-16-be")
        records += struct.pack(">6H", _WINDOWS, _UNICODE, _ENGLISH, name, len(said), len(texts))
        texts += said
    head = struct.pack(">3H", 0, len(names), 6 + len(records))
    return font_of(kind, tables | {"name": head + records + texts})


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF
