"""Papers in a printer's own letters: small and quick on a slow line, as good as its Thai. Codes are drawn all the same.

Only for a printer whose page of code pages was printed and read by a person (``codepages``). Layout is in
``textlayout``; here lines become bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pos_member.domain.printers import Marks, PrinterProfile, TextMode
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.blocks import Block
from pos_member.hardware.printing.encoder import INITIALISE, encode_pieces, feed_and_cut
from pos_member.hardware.printing.raster import rasterise_blocks
from pos_member.hardware.printing.textlayout import Gap, Line, Picture, lay_out_text
from pos_member.hardware.printing.thai_text import begin, close_together, encode_line, thai_rows


def encode_text(blocks: Iterable[Block], profile: PrinterProfile, *, cut: bool = True) -> list[bytes]:
    """The whole job as pieces, a command or a line each: reset, code page, lines and pictures, feed, cut.

    Raises ``ValueError`` where ``profile.text`` is not set, ``EnvironmentProblem(FONTS_MISSING)`` for a picture.
    """
    if profile.text is None:
        raise ValueError(f"{profile.name} has no code page for Thai")
    return list(_pieces(blocks, profile, profile.text, cut=cut))


def _pieces(blocks: Iterable[Block], profile: PrinterProfile, text: TextMode, *, cut: bool) -> Iterator[bytes]:
    yield from begin(text.page)
    for piece in lay_out_text(blocks, profile, text):
        match piece:
            case Line():
                # Between lines plain letters are in force: what indents a line is of plain width.
                *above, last = _rows(piece, text, min(text.columns, profile.letters))
                yield from close_together([_line(piece, row) for row in above], _line(piece, last))
            case Gap():
                yield from _drawn(Bitmap(8, bytes(max(1, round(piece.height * profile.dpi / 254)))), profile)
            case Picture():
                yield from _drawn(rasterise_blocks((piece.block,), profile.dots, profile.dpi), profile)
    if cut:
        yield from feed_and_cut(profile)


def _rows(line: Line, text: TextMode, columns: int) -> list[str]:
    if text.marks is not Marks.THREE_ROWS:
        return [line.text]
    rows = thai_rows(line.text)
    # White on black has no holes: every row of a banner is as wide as its letters.
    return [row.ljust(columns // line.look.wide) for row in rows] if line.look.inverse else rows


def _line(line: Line, row: str) -> bytes:
    """One row with what it is switched to: ``GS !``, ``ESC E`` and ``GS B``, and back."""
    look = line.look
    on, off = b"", b""
    for there, command, value in (
        ((look.wide, look.tall) != (1, 1), b"\x1d!", (look.wide - 1) << 4 | (look.tall - 1)),
        (look.bold, b"\x1bE", 1),
        (look.inverse, b"\x1dB", 1),
    ):
        if there:
            on += command + bytes((value,))
            off += command + b"\x00"
    return b" " * line.indent + on + encode_line(row) + off


def _drawn(bitmap: Bitmap, profile: PrinterProfile) -> Iterator[bytes]:
    # Without the reset: it would switch the code page back.
    return (piece for piece in encode_pieces(bitmap, profile, cut=False) if piece != INITIALISE)
