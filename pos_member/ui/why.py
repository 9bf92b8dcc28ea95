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
_INERT = frozenset({"inactive", "invalid", "unknown_kind", "newer_format", "unknown_coupon", "head_office"})
#: A reward that a key would put on the bill.
_ON_OFFER = frozenset(
    {"reward_open", "reward_open_stamps", "reward_product_open", "reward_product_open_stamps"}
    | {"reward_coupon_open", "reward_coupon_open_stamps"}
)
#: The customer has a right to goods that are not on the bill yet.
_WAITING = "free_waiting"
#: A card would bring them about.
_MEMBERS = "needs_member"
_SHUT = (CLOSED | SINGLE_DAYS) - {_MEMBERS}


class Standing(StrEnum):
    """How a program stands to the bill."""

    FIRED = "fired"
    USABLE = "usable"  # the cashier can put it on the bill
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
    if explanation.key in _ON_OFFER:
        return Standing.USABLE
    if _missing(explanation) is not None:
        return Standing.NEAR
    return Standing.SHUT if explanation.key in _SHUT else Standing.OPEN


def reasons(evaluation: Evaluation) -> tuple[Why, ...]:
    """What fired in the order it did, what can be used; then by what is missing: money, other things, nearest first."""
    return tuple(
        Why(each.program_id, pick(each.name_th, each.name_en), standing(each), said(each))
        for each in sorted(evaluation.explanations, key=_place)
    )


def said(explanation: Explanation) -> str:
    """An explanation in words, without the program's name."""
    return say("explain", explanation.key, language(), explanation.params)


def nearest_in_pieces(explanations: Iterable[Explanation]) -> Explanation | None:
    """The program that the fewest more pieces of goods would bring about; ``None`` where goods are not what is missing.

    What is paid for and not picked up yet comes first. More than a few pieces are no near miss: somebody who buys one
    cup is not told to buy nine more. Missions are told of by their bars.
    """
    told = tuple(explanations)
    pieces = [
        (each.key != _WAITING, missing, at)
        for at, each in enumerate(told)
        if not each.fired and not each.key.startswith("goal") and 0 < (missing := missing_pieces(each)) <= _NEAR_PIECES
    ]
    return told[min(pieces)[2]] if pieces else None


def waits_for_goods(explanation: Explanation) -> bool:
    """Whether the customer has a right to goods that only have to be picked up and scanned."""
    return explanation.key == _WAITING


def missing_pieces(explanation: Explanation) -> int:
    """How many more pieces of goods a program asks for; 0 where that is not what is missing."""
    return _count(explanation, "missing_quantity")


def _place(explanation: Explanation) -> tuple[int, int]:
    stands = standing(explanation)
    if explanation.key == _WAITING:
        return 2, 0
    if stands is Standing.NEAR:
        return (3, explanation.missing_satang) if explanation.missing_satang else (4, _missing(explanation) or 0)
    if explanation.key == _MEMBERS:
        return 5, 0
    if explanation.key in _INERT:
        return 8, 0
    return {Standing.FIRED: 0, Standing.USABLE: 1, Standing.OPEN: 6, Standing.SHUT: 7}[stands], 0


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
