"""The one place where reasons become sentences, for window, command line, console and paper alike.

``resources/i18n/reasons.json`` holds ``{reason: {"th": …, "en": …}}``; placeholders are ``{name}``. A name
that ends in ``_satang`` is shown in baht, a ``date`` in the language's calendar.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import cast

from pos_member.config import resource
from pos_member.domain.clock import format_date
from pos_member.domain.errors import PosMemberError
from pos_member.domain.money import format_baht

LANGUAGES = ("th", "en")


@cache
def _texts(table: str) -> dict[str, dict[str, str]]:
    raw = resource("i18n", f"{table}.json").read_text(encoding="utf-8")
    return cast(dict[str, dict[str, str]], json.loads(raw))


def _shown(name: str, value: object, language: str) -> object:
    if name.endswith("_satang") and isinstance(value, int):
        return format_baht(value, trim=True)
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_date(value, language)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return value


class _Shown(dict[str, object]):
    """A missing parameter shows as a dash: a sentence with a gap beats a crash while saying no."""

    def __missing__(self, key: str) -> str:
        return "–"


def say(table: str, key: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence ``key`` of ``table`` (``reasons``, ``explain``, ``paper`` …) in ``language``."""
    template = _texts(table)[key][language]
    shown = _Shown({name: _shown(name, value, language) for name, value in (params or {}).items()})
    # A thing with a name in each language comes as ``coupon_th`` and ``coupon_en``; both texts call it ``{coupon}``.
    own = f"_{language}"
    shown |= {name.removesuffix(own): value for name, value in shown.items() if name.endswith(own)}
    return template.format_map(shown)


def keys(table: str) -> frozenset[str]:
    """Every key of a table."""
    return frozenset(_texts(table))


#: Reasons with a closer sentence in a table of their own: (table, the parameter that picks it).
_CLOSER = {"code_foreign": ("foreign", "hint")}


def say_error(error: PosMemberError, language: str) -> str:
    """What a person is told about a refusal or an environment problem, with what to do next."""
    table, name = _CLOSER.get(error.reason.value, ("", ""))
    picked = error.params.get(name)
    if table and isinstance(picked, str) and picked in _texts(table):
        return say(table, picked, language, error.params)
    return say("reasons", error.reason.value, language, error.params)
