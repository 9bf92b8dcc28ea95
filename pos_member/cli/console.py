"""What commands say and how: one language, text or JSON, errors to standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pos_member.domain.codec import to_wire
from pos_member.domain.errors import PosMemberError
from pos_member.wording import LANGUAGES, say, say_error


def default_language() -> str:
    """``POS_MEMBER_LANG``, else Thai where the locale is Thai, else English."""
    named = os.environ.get("POS_MEMBER_LANG", "")
    if named in LANGUAGES:
        return named
    return "th" if os.environ.get("LANG", "").startswith("th") else "en"


def _plain(value: object) -> object:
    """What JSON does not know. Unlike on the wire a fraction is fine here: milliseconds have them."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return to_wire(value)


class Console:
    """Standard output of a command."""

    def __init__(self, language: str, *, as_json: bool = False) -> None:
        self.language = language
        self.as_json = as_json

    def say(self, key: str, **params: object) -> None:
        """A sentence for a person; silent when JSON was asked for, so that output stays parseable."""
        if not self.as_json:
            self.line(self.text(key, **params))

    def text(self, key: str, **params: object) -> str:
        """The sentence ``key`` of the ``cli`` table."""
        return say("cli", key, self.language, params)

    def line(self, text: str) -> None:
        """One line, written through at once: a crash test reads what was acknowledged."""
        try:
            print(text, flush=True)
        except UnicodeEncodeError:
            # A console of another code page must not turn a done thing into a failure.
            encoding = sys.stdout.encoding or "ascii"
            print(text.encode(encoding, "replace").decode(encoding), flush=True)

    def json(self, data: object) -> None:
        """One JSON document."""
        self.line(json.dumps(data, default=_plain, ensure_ascii=False, indent=2))

    def json_line(self, data: object) -> None:
        """One JSON document on one line."""
        self.line(json.dumps(data, default=_plain, ensure_ascii=False))

    def result(self, data: Mapping[str, Any], key: str, **params: object) -> None:
        """The result: JSON when asked for, else the sentence ``key``."""
        if self.as_json:
            self.json(data)
        else:
            self.say(key, **params)

    def error(self, error: PosMemberError) -> None:
        """Why it was not done and what to do next."""
        if self.as_json:
            print(
                json.dumps({"error": error.reason.value, "params": {k: str(v) for k, v in error.params.items()}}),
                file=sys.stderr,
            )
        print(say_error(error, self.language), file=sys.stderr, flush=True)
