"""Thai as a printer's own letters: which bytes, how many cells of a line, and rows for printers that know no Thai."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pos_member.domain.printers import Marks
from pos_member.hardware.printing.encoder import INITIALISE

#: Chinese clones start in two-byte mode, in which Thai letters come out as Chinese ones.
ONE_BYTE_LETTERS = b"\x1c."
#: ``# $ @ [ \\ ]`` as in ASCII, whatever country the printer is set to.
ASCII_SIGNS = b"\x1bR\x00"
ENCODING = "cp874"
#: The height of font A, in the printer's units of a dot; and what ``ESC @`` leaves.
_CLOSE, _USUAL = b"\x1b3\x18", b"\x1b2"
#: What stands for a character that the printer's Thai page does not have.
MISSING = "?"

_ABOVE = frozenset("\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47\u0e4d")
_TOP = frozenset("\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4e")
_BELOW = frozenset("\u0e38\u0e39\u0e3a")
_MARKS = _ABOVE | _TOP | _BELOW
_SARA_AM, _NIKHAHIT, _SARA_AA = "\u0e33", "\u0e4d", "\u0e32"
#: 80–9F differ from brand to brand even where the rest is CP874, so what lies there is written otherwise.
_WRITTEN = str.maketrans(
    {
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "·": "-", "•": "*", "…": "...", "‘": "'", "’": "'", "“": '"',
        "”": '"', "×": "x", "÷": "/", "€": "EUR", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "™": "TM", "©": "(C)",
        "®": "(R)", "°": "*", "½": "1/2", "¼": "1/4", "¾": "3/4", "→": "->", "\u200b": "", "\u200c": "", "\u200d": "",
        "\ufeff": "", "\t": " ", "\n": " ", "\r": " ",
    }
)  # fmt: skip


def begin(page: int) -> Iterator[bytes]:
    """What must stand before the first letter: reset, one-byte letters, ASCII signs, ``ESC t page``."""
    yield INITIALISE
    yield ONE_BYTE_LETTERS
    yield ASCII_SIGNS
    yield b"\x1bt" + bytes((page,))


def close_together(above: Sequence[bytes], last: bytes) -> Iterator[bytes]:
    """Rows of marks and letters without the space that parts lines; the last of them is parted from what follows."""
    if above:
        yield _CLOSE
        yield from above
        yield _USUAL
    yield last


def printable(text: str) -> str:
    """``text`` in characters that every Thai page has; what cannot be written is a visible ``?``, never dropped.

    Signs are written otherwise (``–`` as ``-``, ``…`` as three stops), Latin letters lose their accents.
    """
    return "".join(_plain(char) for char in text.translate(_WRITTEN))


def _plain(char: str) -> str:
    if _fits(char):
        return char
    if unicodedata.combining(char):
        return ""  # an accent of the Latin letter before it
    bare = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return bare if bare and all(_fits(part) for part in bare) else MISSING


def _fits(char: str) -> bool:
    return " " <= char <= "~" or "\u0e01" <= char <= "\u0e3a" or "\u0e3f" <= char <= "\u0e5b"


def encode_line(text: str) -> bytes:
    """One line with its line feed. Raises ``UnicodeEncodeError`` for what ``printable`` would have replaced."""
    return text.encode(ENCODING) + b"\n"


def cells(text: str, marks: Marks) -> int:
    """How many cells of a line ``text`` takes."""
    if marks is Marks.OWN_CELL:
        return len(text)
    taken = sum(char not in _MARKS for char in text)
    # A mark with nothing to stand on is put on an empty cell (``thai_rows``); stacking printers print it over nothing.
    return taken + 1 if marks is Marks.THREE_ROWS and text[:1] in _MARKS else taken


@dataclass
class _Cell:
    """One letter with what stands over and under it."""

    letter: str
    top: str = " "
    above: str = " "
    below: str = " "

    def add(self, mark: str) -> None:
        if mark in _BELOW:
            self.below = mark
        elif mark in _ABOVE and self.above == " ":
            self.above = mark
        else:
            self.top = mark


def thai_rows(text: str) -> list[str]:
    """``text`` in the rows that show its marks in cells of their own over and under the letters.

    From the top: tone marks over vowels, vowels and tone marks, letters, vowels below; rows that would be blank are
    left out, the letters' row never is (``letters_row`` tells which it is).
    """
    parts: list[_Cell] = []
    for char in text:
        if char == _SARA_AM:
            # It is two signs: a ring over the consonant before it, under a tone mark if there is one, and the letter า.
            carrier = parts[-1] if parts and parts[-1].letter != " " else None
            parts.append(_Cell(_SARA_AA))
            target = carrier or parts[-1]
            target.top = target.above if target.top == " " else target.top
            target.above = _NIKHAHIT
        elif char in _MARKS:
            if not parts:
                parts.append(_Cell(" "))
            parts[-1].add(char)
        else:
            parts.append(_Cell(char))
    for part in parts:
        if part.above == " ":
            # A tone mark over a bare consonant stands right over it, as it would between two lines.
            part.above, part.top = part.top, " "
    rows = ["".join(getattr(part, name) for part in parts) for name in ("top", "above", "letter", "below")]
    return [row.rstrip() for at, row in enumerate(rows) if at == 2 or row.strip()]


def letters_row(rows: list[str]) -> int:
    """Which of ``thai_rows`` holds the letters."""
    return next(
        (at for at, row in enumerate(rows) if any(char not in _MARKS and char != " " for char in row)), len(rows) - 1
    )
