"""A small reader of text-mode ESC/POS, written apart from the product: what stands on the paper, line by line."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field


@dataclass
class Row:
    """One line as printed: its text, how it stood, and how many plain cells before it."""

    text: str
    before: int
    wide: int
    tall: int
    bold: bool
    inverse: bool
    page: int

    def cells(self, *, marks_have_cells: bool) -> int:
        """Columns of font A that the line takes, with what it begins with."""
        shown = [c for c in self.text if marks_have_cells or unicodedata.category(c) != "Mn"]
        return self.before + len(shown) * self.wide


@dataclass
class Paper:
    """What one job printed."""

    rows: list[Row] = field(default_factory=list)
    pictures: list[tuple[int, bytes]] = field(default_factory=list)
    cuts: int = 0

    def lines(self) -> list[str]:
        """The texts alone."""
        return [row.text for row in self.rows]


def read(data: bytes) -> Paper:
    """Every command of text mode; raises ``AssertionError`` at the first byte that is none."""
    paper, at = Paper(), 0
    wide, tall, bold, inverse, page, before = 1, 1, False, False, 0, 0
    letters = bytearray()
    while at < len(data):
        two, one = data[at : at + 2], data[at]
        if one == 0x0A:
            paper.rows.append(Row(letters.decode("cp874"), before, wide, tall, bold, inverse, page))
            letters.clear()
            before = 0
            at += 1
        elif one >= 0x20:
            letters.append(one)
            at += 1
        else:
            if letters:
                # What a line begins with may be of another size, as long as nothing of it is seen.
                assert not letters.strip() and wide == 1 and not inverse, f"in the middle of a line: {two.hex()}"
                before += len(letters)
                letters.clear()
            match two:
                case b"\x1b@" | b"\x1c.":
                    wide, tall, bold, inverse, page = (1, 1, False, False, 0) if two == b"\x1b@" else (
                        wide, tall, bold, inverse, page,
                    )  # fmt: skip
                    at += 2
                case b"\x1b2":
                    at += 2
                case b"\x1bR" | b"\x1b3":
                    at += 3
                case b"\x1bt":
                    page = data[at + 2]
                    at += 3
                case b"\x1bE":
                    bold = data[at + 2] == 1
                    at += 3
                case b"\x1d!":
                    wide, tall = (data[at + 2] >> 4) + 1, (data[at + 2] & 7) + 1
                    at += 3
                case b"\x1dB":
                    inverse = data[at + 2] == 1
                    at += 3
                case b"\x1dV":
                    assert data[at + 2] in b"AB", "a cut that feeds first"
                    paper.cuts += 1
                    at += 4
                case b"\x1dv":
                    width, height = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (4, 6))
                    paper.pictures.append((width, data[at + 8 : at + 8 + width * height]))
                    at += 8 + width * height
                case _:
                    raise AssertionError(f"no command of text mode: {two.hex()} at {at}")
    assert not letters, "a line without its end"
    return paper
