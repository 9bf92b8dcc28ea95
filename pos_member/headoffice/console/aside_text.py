"""Why an event was set aside, in words: what is kept of it is written for a log."""

from __future__ import annotations

import re

from pos_member.headoffice.console.program_text import said_want
from pos_member.headoffice.effects import UNREADABLE
from pos_member.wording import keys, say

#: Of what nobody made words for.
_SHOWN_MAX = 160
_INVALID = re.compile(r"payload_invalid\(where=(['\"])(?P<where>.*?)\1, want=(['\"])(?P<want>.*)\3\)", re.DOTALL)
#: The reason says it all.
_SAID = frozenset({"hash", "apply", "fork"})


def aside_detail(reason: str, detail: str, language: str) -> str:
    """What is to be known of an event in quarantine beside its reason; empty where there is nothing."""
    if reason in _SAID:
        return ""
    if reason == "too_large" and detail.isascii() and detail.isdigit():
        return say("console", "bytes", language, {"n": int(detail)})
    if reason == "waits":
        return say("console", "aside_waits_for", language, {"id": _shown(detail)})
    if detail == UNREADABLE:
        return say("console", "aside_unreadable", language)
    found = _INVALID.fullmatch(detail)
    if found is None:
        return _shown(detail)
    want = found["want"]
    key = f"aside_want_{want.replace(' ', '_')}"
    says = say("console", key, language) if key in keys("console") else said_want(_shown(want), language)
    return f"{_shown(found['where'])}: {says}"


def _shown(text: str) -> str:
    """On one line, without what turns letters round, and no longer than a person reads."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= _SHOWN_MAX else plain[: _SHOWN_MAX - 1] + "…"
