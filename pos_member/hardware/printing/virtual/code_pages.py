"""Bytes to letters as printers do it: one table in force (``ESC t n``), which table carries which number differs."""

from __future__ import annotations

from functools import lru_cache

THAI = "cp874"
#: Numbers of Epson's reference; everything else prints as 437, as on printers that lack the page.
_PAGES = {2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858"}
_FALLBACK = "cp437"
#: What a byte without a letter prints as: an empty box, as in the printed page of numbered lines.
BOX = "□"


@lru_cache(maxsize=64)
def page(number: int, thai_page: int | None) -> tuple[str, ...]:
    """The 256 letters of page ``number`` where Thai lies on ``thai_page`` (None = the printer knows no Thai)."""
    name = THAI if number == thai_page else _PAGES.get(number, _FALLBACK)
    letters = (bytes((code,)).decode(name, "replace") for code in range(256))
    return tuple(
        BOX if letter == "\N{REPLACEMENT CHARACTER}" or not letter.isprintable() else letter for letter in letters
    )


def is_mark(letter: str) -> bool:
    """A Thai vowel or tone mark above or below the letter before it."""
    return letter == "\u0e31" or "\u0e34" <= letter <= "\u0e3a" or "\u0e47" <= letter <= "\u0e4e"
