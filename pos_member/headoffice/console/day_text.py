"""What differs on a day, in words: the same on the page and on the command line."""

from __future__ import annotations

from pos_member.domain.money import format_baht
from pos_member.headoffice.days import Difference
from pos_member.wording import say


def difference_told(one: Difference, language: str) -> str:
    """Which figure of a day the till and head office do not agree on, and what each of them has."""
    if one.figure == "chain":
        return say("console", "day_chain_told", language)
    what = say("console", f"day_{one.figure}", language)
    money = one.figure.endswith("_satang")
    said, held = (format_baht(value, trim=True) if money else f"{value:,}" for value in (one.said, one.held))
    return say("console", "day_differs_told", language, {"what": what, "said": said, "held": held})
