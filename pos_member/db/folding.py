"""Text as it is searched: composed, without case, single spaces."""

from __future__ import annotations

import re
import unicodedata

# SQLite ends a text at NUL, and half a surrogate pair has no bytes; neither is in any name.
_UNSEARCHABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LAST = "\U0010ffff"


def fold(text: str) -> str:
    """``text`` for comparing: compatibility-composed, case-folded, trimmed.

    Thai SARA AM is left as typed: NFKC would split it into two characters and move marks apart.
    """
    plain = _UNSEARCHABLE.sub(" ", text)
    if "\u0e33" not in plain:
        return " ".join(unicodedata.normalize("NFKC", plain).casefold().split())
    parts = [unicodedata.normalize("NFKC", part) for part in plain.split("\u0e33")]
    return " ".join("\u0e33".join(parts).casefold().split())


def after_prefix(prefix: str) -> str:
    """The upper end of the range of texts that begin with ``prefix`` (SQLite compares by code point)."""
    return prefix + _LAST


def digits_of(text: str) -> str:
    """The ASCII digits of a number typed with spaces, dashes or Thai digits; empty when there is anything else."""
    kept = "".join(char for char in unicodedata.normalize("NFKC", text) if char not in " -().+\u2010\u2011\u2013")
    if not kept or not all(char.isdecimal() for char in kept):
        return ""
    return "".join(str(unicodedata.decimal(char)) for char in kept)


def national_digits(phone: str) -> str:
    """An E.164 phone as it is dialled and searched: ``0812345678`` for a Thai one, else its digits."""
    return "0" + phone[3:] if phone.startswith("+66") else phone.removeprefix("+")


def trigrams(text: str) -> list[str]:
    """Every three characters in a row, each once."""
    return list(dict.fromkeys(text[i : i + 3] for i in range(len(text) - 2)))
