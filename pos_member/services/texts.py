"""Free texts that staff type for a reason: one line, bounded, printable."""

from __future__ import annotations

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import clean_name

NOTE_MAX = 200


def note_text(text: str, *, required: bool = False) -> str:
    """The note as stored. Raises ``Refusal(REASON_REQUIRED | TEXT_TOO_LONG | TEXT_NOT_PRINTABLE)``."""
    if len(text) > NOTE_MAX:
        raise Refusal(Reason.TEXT_TOO_LONG, length_max=NOTE_MAX)
    # Names and notes are cleaned alike; a note may be longer, so it is cleaned word by word.
    cleaned = " ".join(part for part in (clean_name(word) for word in _words(text)) if part)
    if required and not cleaned:
        raise Refusal(Reason.REASON_REQUIRED)
    return cleaned


def _words(text: str) -> list[str]:
    return [text[start : start + 40] for start in range(0, len(text), 40)] if " " not in text.strip() else text.split()
