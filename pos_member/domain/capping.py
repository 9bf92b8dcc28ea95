"""What limits and budgets leave of what a program would give, and how the explanation says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_member.domain.bill import MILLI
from pos_member.domain.compiled import CompiledProgram
from pos_member.domain.limits import Left
from pos_member.domain.workings import Workings

#: What cut a program short, by the key of ``limits.Left``: the bill's limit, the member's, or what all tills share.
_CUTS = {"limit": "bill", "quota_spent": "shared"}


@dataclass(frozen=True, slots=True)
class Capped:
    """How often a program runs. ``cut``: what made it less (``bill``, ``member``, ``shared``), or empty.

    ``why`` and ``params`` explain a program that does not run at all.
    """

    times: int
    cut: str = ""
    why: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def key(self, thing: str, plain: str) -> str:
        """The key for a program that fired: ``plain``, or that it gave less ``thing`` than the bill was good for."""
        return f"{thing}_cut_{self.cut}" if self.cut else plain


def cap(left: Left, times: int, satang_each: int) -> Capped:
    """``times`` as far as ``left`` goes; one time gives away ``satang_each``."""
    found = Capped(times)
    if left.times is not None and left.times < times:
        found = Capped(left.times, _CUTS.get(left.key, "member"), left.key, left.params)
    if left.satang is not None and satang_each > 0 and left.satang // satang_each < found.times:
        found = Capped(left.satang // satang_each, "shared", "budget_spent")
    return found


def left_of(w: Workings, compiled: CompiledProgram) -> Left | None:
    """What the program may still do; ``None`` (explained) where nothing is left of an open program."""
    left = w.limits.left(compiled.program)
    if left.spent and not compiled.gate.closed_by(w.now):
        w.explain(compiled, left.key, left.params)
        return None
    return left


def points_value(w: Workings, compiled: CompiledProgram, points: int) -> int:
    """What points cost a budget, in satang; stamps are worth no money by themselves."""
    return 0 if compiled.program.effect.currency else points * w.rules.settings.point_value_satang


def bought_milli(w: Workings, index: int) -> int:
    """Thousandths of a line that were bought: what was given away whole does not count."""
    return max(0, w.bill.lines[index].quantity_milli - MILLI * w.free_units.get(index, 0))
