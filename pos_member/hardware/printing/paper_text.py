"""Texts from outside made fit for paper: one line, no control characters, no hidden direction marks."""

from __future__ import annotations

import re
import unicodedata

#: Longer texts end in an ellipsis; a name of 1 MB must not become a roll of paper.
TEXT_MAX = 300
#: Thai stacks at most three marks on a letter; more is vandalism that would print over other lines.
MARKS_MAX = 3

_SPACES = re.compile(r"\s+")
#: Control, format (bidirectional overrides, joiners), surrogates, private use, not assigned.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean(text: str) -> str:
    """``text`` on one line, in NFC, at most ``TEXT_MAX`` characters, safe to draw.

    Direction overrides are dropped because they could make an amount read backwards.
    """
    kept: list[str] = []
    marks = 0
    # Four times the limit is looked at, so that what is dropped does not eat the visible text.
    for char in _SPACES.sub(" ", unicodedata.normalize("NFC", text[: TEXT_MAX * 4])):
        category = unicodedata.category(char)
        if category in _DROPPED:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MARKS_MAX:
            kept.append(char)
    shown = "".join(kept).strip()
    return shown if len(shown) <= TEXT_MAX else f"{shown[: TEXT_MAX - 1].rstrip()}…"


def printable(text: str, kept: str = "") -> str:
    """``text`` in NFC without control, format and unassigned characters, but for those in ``kept``.

    For what must not be shortened or have its spaces changed: the content of codes, the words of a template.
    """
    whole = unicodedata.normalize("NFC", text)
    return "".join(char for char in whole if char in kept or unicodedata.category(char) not in _DROPPED)


def grouped(code: str, size: int = 4) -> str:
    """``8123456789012345`` as ``8123 4567 8901 2345``."""
    return " ".join(code[at : at + size] for at in range(0, len(code), size))


def quantity(milli: int) -> str:
    """Thousandths as a person writes them: ``2``, ``1.5``, ``0.125``."""
    whole, rest = divmod(abs(milli), 1000)
    digits = f"{whole:,}.{rest:03d}".rstrip("0").rstrip(".") if rest else f"{whole:,}"
    return f"{'−' if milli < 0 else ''}{digits}"
