"""Whether every character the product says can be drawn, read from the fonts' own tables.

Without Qt: where Qt cannot start, ``doctor`` must still be able to say why the window is empty. Only the table
``cmap`` is read (OpenType specification, formats 4 and 12), and only ours: small, known files.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from pos_member.config import fonts_folder, resource
from pos_member.doctor.findings import Finding, Level, found

#: Families that the window and the paper are drawn with; every one must have every character.
FAMILIES = ("IBMPlexSansThai", "Sarabun")
#: Never drawn: places to break a line, joins, ends of lines.
_NOT_DRAWN = frozenset("\u200b\u200d\ufeff\n\t\r")
#: Said in a terminal, which draws with a font of its own.
_TERMINAL = frozenset({"cli.json", "doctor.json", "program.json"})


def check_fonts(folder: Path | None = None, texts: str | None = None) -> Iterator[Finding]:
    """Every file of both families is there, and none lacks a character of the product's texts."""
    place = fonts_folder() if folder is None else folder
    wanted = set(said_characters() if texts is None else texts) - _NOT_DRAWN
    for family in FAMILIES:
        files = sorted(place.glob(f"{family}_*.ttf"))
        if not files:
            yield found("fonts", Level.ERROR, "fonts_missing", family=family, folder=place)
            continue
        try:
            missing = {char for file in files for char in wanted - characters_of(file.read_bytes()) if char != " "}
        except (ValueError, struct.error):
            yield found("fonts", Level.ERROR, "fonts_damaged", family=family, folder=place)
            continue
        if missing:
            shown = " ".join(f"{char} (U+{ord(char):04X})" for char in sorted(missing)[:12])
            yield found("fonts", Level.WARNING, "fonts_lack", family=family, characters=shown)
        else:
            yield found("fonts", Level.OK, "fonts_ok", family=family, count=len(wanted))


def said_characters() -> str:
    """Every character that window or paper says: sentences, translations, templates of paper."""
    said: set[str] = set()
    for path in (*resource("i18n").glob("*.json"), *resource("receipts").glob("*.json")):
        if path.name not in _TERMINAL:
            said |= _characters(json.loads(path.read_text(encoding="utf-8")))
    for path in resource("i18n").glob("*.ts"):
        said |= set(path.read_text(encoding="utf-8"))
    return "".join(sorted(said))


def _characters(node: object) -> set[str]:
    if isinstance(node, str):
        return set(node)
    if isinstance(node, Mapping):
        return set().union(*map(_characters, node.values()))
    if isinstance(node, list):
        return set().union(*map(_characters, node))
    return set()


def characters_of(font: bytes) -> set[str]:
    """The characters a TrueType or OpenType font has a glyph for. Raises ``ValueError`` or ``struct.error``."""
    tables = struct.unpack_from(">H", font, 4)[0]
    for record in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * record)
        if tag == b"cmap":
            return _of_cmap(font, offset)
    raise ValueError("no cmap table")


def _of_cmap(font: bytes, start: int) -> set[str]:
    codes: set[int] = set()
    for record in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">HHI", font, start + 4 + 8 * record)[2]
        kind = struct.unpack_from(">H", font, at)[0]
        if kind == 4:
            codes |= _format_4(font, at)
        elif kind == 12:
            codes |= _format_12(font, at)
    return {chr(code) for code in codes}


def _format_4(font: bytes, at: int) -> set[int]:
    """Segments of the basic plane; a character with glyph 0 is one the font does not have."""
    doubled = struct.unpack_from(">H", font, at + 6)[0]
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * doubled)
    ranges_at = at + 16 + 3 * doubled
    ranges = struct.unpack_from(f">{count}H", font, ranges_at)
    codes: set[int] = set()
    for number, (first, last, delta, way) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            if way == 0:
                glyph = (code + delta) & 0xFFFF
            else:
                glyph = struct.unpack_from(">H", font, ranges_at + 2 * number + way + 2 * (code - first))[0]
            if glyph:
                codes.add(code)
    return codes


def _format_12(font: bytes, at: int) -> set[int]:
    """Groups over all planes."""
    codes: set[int] = set()
    for group in range(struct.unpack_from(">I", font, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * group)
        if last > 0x10FFFF or first > last:
            raise ValueError("a group outside Unicode")
        codes.update(range(first + (glyph == 0), last + 1))
    return codes
