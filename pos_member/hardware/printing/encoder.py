"""A 1-bit picture → ESC/POS bytes: ``GS v 0`` bands, small, and free of anything that acts in real time.

Blank paper is sent as a raster one byte wide: unlike ``ESC J`` its length does not depend on the motion unit,
which differs between brands and models. Every band is as wide as its blackest row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pos_member.domain.printers import Cut, PrinterProfile
from pos_member.hardware.printing.bitmap import Bitmap

INITIALISE = b"\x1b@"
#: A band may be this many bytes heavier before it is worth splitting by width: what the header of another costs.
_SPLIT_GAIN = 8
#: A single narrow row is no reason to: looked at together with the next, the bands come within 0.4 % of the best split.
_AHEAD = 2

# Printers obey these wherever they stand, even inside an image: DLE EOT (status), DLE ENQ (recover, cancel),
# DLE DC4 (drawer, power, clear buffer); NCR, Axiohm and their kin take GS ETX, GS EOT, GS ENQ and GS DC4 too.
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]|\x1d[\x03\x04\x05\x14]")
_DLE = re.compile(rb"\x10(?=[\x04\x05\x14])")
_GS = re.compile(rb"\x1d(?=[\x03\x04\x05\x14])")


def make_safe(raster: bytes) -> bytes:
    """``raster`` without real-time sequences, by one added dot each.

    ``10`` is a single black dot between white ones and becomes ``18``; ``1D`` holds a single white dot between
    black ones and becomes ``1F``. Codes are drawn with modules of two dots or more, so neither pattern can lie
    inside one: QR and bar codes are never touched.
    """
    return _GS.sub(b"\x1f", _DLE.sub(b"\x18", raster))


def encode(bitmap: Bitmap, profile: PrinterProfile, *, cut: bool = True) -> bytes:
    """The whole job as bytes: reset, picture, feed, cut. Raises ``ValueError`` where the picture is too wide."""
    return b"".join(encode_pieces(bitmap, profile, cut=cut))


def encode_pieces(bitmap: Bitmap, profile: PrinterProfile, *, cut: bool = True) -> Iterator[bytes]:
    """As ``encode``, one command at a time."""
    if bitmap.width > profile.dots:
        raise ValueError(f"a picture {bitmap.width} dots wide for a printer of {profile.dots}")
    yield INITIALISE
    widths = [len(row.rstrip(b"\x00")) for row in bitmap.rows()]
    for top, bottom in _bands(widths, profile.band_rows):
        yield band(bitmap, top, bottom, max(1, *widths[top:bottom]) if bottom - top > 1 else max(1, widths[top]))
    if cut:
        yield from feed_and_cut(profile)


def band(bitmap: Bitmap, top: int, bottom: int, width: int) -> bytes:
    """``GS v 0``: rows ``top`` to ``bottom`` (not included), ``width`` bytes of each."""
    stride = bitmap.stride
    rows = b"".join(bitmap.data[at * stride : at * stride + width] for at in range(top, bottom))
    return _raster(make_safe(rows), width, bottom - top)


def feed_and_cut(profile: PrinterProfile) -> Iterator[bytes]:
    """``GS V`` function B, which feeds the paper to the cutter first; without a cutter, blank paper to tear at."""
    match profile.cut:
        case Cut.PARTIAL:
            yield b"\x1dVB\x00"
        case Cut.FULL:
            yield b"\x1dVA\x00"
        case Cut.NONE:
            rows = round(profile.tear_mm * profile.dpi / 25.4)
            for top in range(0, rows, profile.band_rows):
                height = min(profile.band_rows, rows - top)
                yield _raster(bytes(height), 1, height)


def drawer_pulse(profile: PrinterProfile) -> bytes:
    """``ESC p`` on the profile's pin, with its times (sent in steps of 2 ms)."""
    return b"\x1bp" + bytes((profile.drawer_pin, profile.drawer_on_ms // 2, profile.drawer_off_ms // 2))


def _raster(rows: bytes, width: int, height: int) -> bytes:
    return b"\x1dv0\x00" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + rows


def _bands(widths: list[int], rows_max: int) -> Iterator[tuple[int, int]]:
    """(top, bottom) of each band: split at blank runs, and where a lasting change of width pays for a new header."""
    top, wide = 0, 0
    for at, width in enumerate(widths):
        rows = at - top
        if rows and (rows == rows_max or _splits(widths, top, at, wide)):
            yield top, at
            top, wide = at, 0
        wide = max(wide, width)
    if widths:
        yield top, len(widths)


def _splits(widths: list[int], top: int, at: int, wide: int) -> bool:
    """Whether a new band at ``at`` is smaller than going on with the one from ``top``, ``wide`` bytes broad."""
    ahead = widths[at : at + _AHEAD]
    if max(ahead) < wide:
        return (wide - max(1, *ahead)) * len(ahead) > _SPLIT_GAIN
    return (widths[at] - wide) * (at - top) > _SPLIT_GAIN
