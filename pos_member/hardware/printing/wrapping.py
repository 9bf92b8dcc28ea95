"""Lines of a paragraph, broken by us: at spaces, at Thai word boundaries, and inside a word only in need.

Qt would break Thai differently with libthai and without, and after the full stop of อ.เมือง; a paper must not
depend on that. A mark is never parted from its letter, nor a leading vowel from its consonant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from pos_member.services.thai_words import ZWSP, break_opportunities

Measure = Callable[[str], float]

_PIECE = re.compile(rf"[^ {ZWSP}]+[ {ZWSP}]*|[ {ZWSP}]+")
_LEADING_VOWELS = frozenset("เแโใไ")
_THAI_FOLLOWERS = frozenset("ะาำๅ")


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """``text`` in lines of at most ``width`` as ``measure`` tells; at least one line, without spaces at its ends.

    A cluster that is wider than ``width`` by itself stands alone on its line.
    """
    lines: list[str] = []
    line = ""
    for piece in _PIECE.findall(break_opportunities(text)):
        grown = line + piece.replace(ZWSP, "")
        if measure(grown.rstrip()) <= width:
            line = grown
            continue
        if line.strip():
            lines.append(line.strip())
        line = piece.replace(ZWSP, "")
        if measure(line.rstrip()) > width:
            *full, line = _torn(line, width, measure)
            lines += full
    if line.strip() or not lines:
        lines.append(line.strip())
    return lines


def clusters(text: str) -> list[str]:
    """``text`` in pieces that must stay together: a letter with its marks, vowels around it and joined signs."""
    found: list[str] = []
    for char in text:
        follows = unicodedata.category(char).startswith("M") or char in _THAI_FOLLOWERS
        if found and (follows or found[-1][-1] in _LEADING_VOWELS):
            found[-1] += char
        else:
            found.append(char)
    return found


def _torn(word: str, width: float, measure: Measure) -> list[str]:
    """One word over several lines, each as full as it goes. Halving finds the length: words may be long."""
    parts, lines = clusters(word), []
    while parts:
        low, high = 1, len(parts)
        while low < high:
            middle = (low + high + 1) // 2
            if measure("".join(parts[:middle]).rstrip()) <= width:
                low = middle
            else:
                high = middle - 1
        lines.append("".join(parts[:low]))
        del parts[:low]
    return lines
