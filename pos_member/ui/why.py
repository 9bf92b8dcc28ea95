"""Why each program gave something to this bill or not, in the order a person asks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pos_member.domain.explain import CLOSED, SINGLE_DAYS
from pos_member.domain.pricing import Evaluation, Explanation
from pos_member.ui.i18n import language, pick
from pos_member.wording import say

_MISSING = "missing_"
_NEAR_PIECES = 2
#: Programs that no act at the till can bring about: last of all.
_INERT = frozenset({"inactive", "invalid", "unknown_kind", "newer_format"})
_SHUT = (CLOSED | SINGLE_DAYS) - {"needs_member"}


class Standing(StrEnum):
    """How a program stands to the bill."""

    FIRED = "fired"
    NEAR = "near"  # something that can be counted is missing
    OPEN = "open"  # it runs, and gave nothing
    SHUT = "shut"  # not for this day, place or member, or switched off


@dataclass(frozen=True)
class Why:
    """One row: the program, its standing and the sentence, in the window's language."""

    program_id: str
    name: str
    standing: Standing
    said: str

    def holds(self, wanted: str) -> bool:
        """Whether every word of ``wanted`` stands in it, whatever the case."""
        text = f"{self.name} {self.said}".casefold()
        return all(word in text for word in wanted.casefold().split())


def standing(explanation: Explanation) -> Standing:
    """How the program of ``explanation`` stands to the bill."""
    if explanation.fired:
        return Standing.FIRED
    if _missing(explanation) is not None:
        return Standing.NEAR
    return Standing.SHUT if explanation.key in _SHUT else Standing.OPEN


def reasons(evaluation: Evaluation) -> tuple[Why, ...]:
    """What fired in the order it did; then what did not: by what is missing, money before pieces, the nearest first."""
    return tuple(
        Why(each.program_id, pick(each.name_th, each.name_en), standing(each), said(each))
        for each in sorted(evaluation.explanations, key=_place)
    )


def said(explanation: Explanation) -> str:
    """An explanation in words, without the program's name."""
    return say("explain", explanation.key, language(), explanation.params)


def nearest_in_pieces(explanations: Iterable[Explanation]) -> Explanation | None:
    """The program that the fewest more pieces of goods would bring about; ``None`` where goods are not what is missing.

    More than a few pieces are no near miss: somebody who buys one cup is not told to buy nine more.
    """
    pieces = [
        (missing, at, each)
        for at, each in enumerate(explanations)
        if not each.fired and 0 < (missing := missing_pieces(each)) <= _NEAR_PIECES
    ]
    return min(pieces)[2] if pieces else None


def missing_pieces(explanation: Explanation) -> int:
    """How many more pieces of goods a program asks for; 0 where that is not what is missing."""
    return _count(explanation, "missing_quantity")


def _place(explanation: Explanation) -> tuple[int, int]:
    if explanation.fired:
        return 0, 0
    if explanation.missing_satang:
        return 1, explanation.missing_satang
    missing = _missing(explanation)
    if missing is not None:
        return 2, missing
    if explanation.key in _INERT:
        return 5, 0
    return (4 if explanation.key in _SHUT else 3), 0


def _missing(explanation: Explanation) -> int | None:
    """How much is missing, in satang or in whatever else the explanation counts."""
    if explanation.missing_satang:
        return explanation.missing_satang
    found = [_count(explanation, name) for name in explanation.params if name.startswith(_MISSING)]
    counted = [count for count in found if count]
    return min(counted) if counted else None


def _count(explanation: Explanation, name: str) -> int:
    value = explanation.params.get(name)
    return value if isinstance(value, int) else 0
