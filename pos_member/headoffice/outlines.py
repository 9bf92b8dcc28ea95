"""What intake needs of an act: the rows of its till, and what else is decided there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pos_member.domain.tally import Tally, TallyKind
from pos_member.headoffice.acts import Act

#: An ``Outline`` in plain values, as they go from one process to another.
Plain = tuple[Any, ...]


@dataclass(slots=True)
class Outline:
    """An act without what is done to members and coupons: that is read from its event again, where it is applied."""

    rows: dict[str, list[dict[str, Any]]]
    tallies: tuple[Tally, ...]
    waits_for: str
    source_id: str
    day: str
    #: Whether it changes anything beyond the rows of its till.
    has_effects: bool


def has_effects(act: Act | Outline) -> bool:
    """Whether it changes anything beyond the rows of its till."""
    if isinstance(act, Outline):
        return act.has_effects
    return bool(act.member_id or act.entries or act.members or act.consents or act.issued or act.moves)


def plain(act: Act) -> Plain:
    """Its outline in plain values."""
    tallies = [(each.kind.value, *_rest(each)) for each in act.tallies]
    return act.rows, tallies, act.waits_for, act.source_id, act.day, has_effects(act)


def outline(told: Plain) -> Outline:
    """The reverse of ``plain``."""
    rows, tallies, waits_for, source_id, day, effects = told
    made = tuple([Tally(TallyKind(kind), *rest) for kind, *rest in tallies])
    return Outline(rows, made, waits_for, source_id, day, effects)


def _rest(tally: Tally) -> Plain:
    return tally.key, tally.period, tally.amount, tally.member_id, tally.line_no
