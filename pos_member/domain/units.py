"""Goods by the piece: bundles at a price, the cheapest free, goods free for goods bought, units free.

What one unit is worth: what is left to pay of its line, split over the line's units to the satang. A line that an
earlier discount made cheaper so has cheaper units; units given away whole are no longer counted, neither as bought nor
to be given again. Only lines of whole units take part: a weighed line does not, nor what costs nothing.

Units lie in runs (so many of one worth on one line), dearest first; of equal worth in the order of ``Workings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pos_member.domain.bill import MILLI
from pos_member.domain.money import allocate
from pos_member.domain.workings import Workings


@dataclass(frozen=True, slots=True)
class Run:
    """``count`` units worth ``satang`` each on the line of that index."""

    satang: int
    line: int
    count: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What a rule would take: ``groups`` of it, ``units`` cheaper or free, their runs, and the lines it used.

    ``money``: line → satang that may come off it, before any percentage, maximum or budget.
    """

    groups: int
    units: int
    given: Sequence[Run]
    used: frozenset[int]
    money: dict[int, int]


def units_of(w: Workings, lines: Iterable[int]) -> list[Run]:
    """The units of ``lines`` that are still to pay, dearest first."""
    runs: list[Run] = []
    for i in lines:
        whole, part = divmod(w.bill.lines[i].quantity_milli, MILLI)
        left = whole - w.free_units.get(i, 0)
        if part or left <= 0 or w.net[i] <= 0:
            continue
        satang, dearer = divmod(w.net[i], left)
        if dearer:
            runs.append(Run(satang + 1, i, dearer))
        if satang:
            runs.append(Run(satang, i, left - dearer))
    # A stable sort: among units of one worth the order of the lines stays.
    return sorted(runs, key=lambda run: -run.satang)


def give(w: Workings, runs: Iterable[Run]) -> None:
    """Note units as given away whole."""
    for run in runs:
        w.free_units[run.line] = w.free_units.get(run.line, 0) + run.count


def count_of(runs: Iterable[Run]) -> int:
    """How many units there are."""
    return sum(run.count for run in runs)


def bundles(runs: Sequence[Run], size: int, price_satang: int, most: int | None) -> Taken:
    """Every ``size`` units for ``price_satang``, dearest first, at most ``most`` times; never dearer than before."""
    money: dict[int, int] = {}
    groups = 0
    for parts, alike in _in_groups(runs, size):
        times = alike if most is None else min(alike, most - groups)
        worth = sum(part.satang * part.count for part in parts)
        if times <= 0 or worth <= price_satang:
            break
        groups += times
        shares = allocate(worth - price_satang, [part.satang * part.count for part in parts])
        for part, share in zip(parts, shares, strict=True):
            money[part.line] = money.get(part.line, 0) + share * times
    return Taken(groups, groups * size, (), frozenset(money), money)


def cheapest(runs: Sequence[Run], size: int, get: int, most: int | None) -> Taken:
    """Of every ``size`` units, dearest first, the ``get`` cheapest: the grouping that is best for who buys."""
    given: list[Run] = []
    used: set[int] = set()
    groups = 0
    for parts, alike in _in_groups(runs, size):
        times = alike if most is None else min(alike, most - groups)
        if times <= 0:
            break
        groups += times
        used.update(part.line for part in parts)
        given += _times(_last(parts, get), times)
    return _taken(groups, given, used)


def beyond(runs: Sequence[Run], buy: int, get: int, most: int | None) -> Taken:
    """Units beyond the first ``buy`` of each group of ``buy`` + ``get``, dearest first; the last may be incomplete."""
    given: list[Run] = []
    used: set[int] = set()
    groups = 0
    for parts, alike in _in_groups(runs, buy + get, rest=True):
        times = alike if most is None else min(alike, most - groups)
        free = count_of(parts) - buy
        if times <= 0 or free <= 0:
            break
        groups += times
        used.update(part.line for part in parts)
        given += _times(_last(parts, free), times)
    return _taken(groups, given, used)


def others(bought: Sequence[Run], offered: Sequence[Run], buy: int, get: int, most: int | None) -> Taken:
    """For every ``buy`` units of ``bought`` up to ``get`` of ``offered``, the cheapest of them.

    Goods in both count as bought only as far as the others do not suffice, the dearest of them; nothing is both.
    """
    shared_lines = {run.line for run in bought} & {run.line for run in offered}
    only, shared = [r for r in bought if r.line not in shared_lines], [r for r in bought if r.line in shared_lines]
    own, both = count_of(only), count_of(shared)
    there = count_of(offered)
    groups = _best_groups(own, both, there, buy, get, most)
    needed = max(0, groups * buy - own)
    free = min(groups * get, there - needed)
    kept = _first(shared, needed)
    spent = {(run.line, run.satang): run.count for run in kept}
    rest = [Run(r.satang, r.line, r.count - spent.get((r.line, r.satang), 0)) for r in offered]
    given = _last([run for run in rest if run.count], free)
    # Groups that nothing is left for have not happened.
    groups = -(-free // get)
    used = {run.line for run in (*_first(only, min(own, groups * buy)), *kept, *given)} if free else set()
    return _taken(groups, given, used)


def dearest(runs: Sequence[Run], count: int) -> Taken:
    """The ``count`` dearest units, or as many as there are."""
    given = _first(runs, count)
    return _taken(count_of(given), given, {run.line for run in given})


def least_dear(runs: Sequence[Run], count: int) -> Taken:
    """The ``count`` cheapest units, or as many as there are."""
    given = _last(runs, count)
    return _taken(count_of(given), given, {run.line for run in given})


def _best_groups(own: int, both: int, there: int, buy: int, get: int, most: int | None) -> int:
    """How many groups give most units: each needs ``buy`` bought, and what is bought of ``both`` cannot be given."""

    def given(groups: int) -> int:
        return min(groups * get, there - max(0, groups * buy - own))

    limit = (own + both) // buy
    if most is not None:
        limit = min(limit, most)
    low, high = 0, limit
    while low < high:
        # Up to the last group that is given in full more groups give more; the one after may still give a part.
        middle = (low + high + 1) // 2
        low, high = (middle, high) if given(middle) == middle * get else (low, middle - 1)
    return low + 1 if low < limit and given(low + 1) > given(low) else low


def _taken(groups: int, given: Sequence[Run], used: Iterable[int]) -> Taken:
    money: dict[int, int] = {}
    for run in given:
        money[run.line] = money.get(run.line, 0) + run.satang * run.count
    return Taken(groups, count_of(given), given, frozenset(used), money)


def _in_groups(runs: Sequence[Run], size: int, *, rest: bool = False) -> Iterable[tuple[list[Run], int]]:
    """Groups of ``size`` in the order of ``runs``, equal ones in one go; with ``rest`` what is left over as well."""
    parts: list[Run] = []
    held = 0
    for run in runs:
        count = run.count
        if held:
            taken = min(count, size - held)
            parts.append(Run(run.satang, run.line, taken))
            held, count = held + taken, count - taken
            if held < size:
                continue
            yield parts, 1
            parts, held = [], 0
        whole, count = divmod(count, size)
        if whole:
            yield [Run(run.satang, run.line, size)], whole
        if count:
            parts, held = [Run(run.satang, run.line, count)], count
    if rest and held:
        yield parts, 1


def _first(runs: Iterable[Run], count: int) -> list[Run]:
    found: list[Run] = []
    for run in runs:
        taken = min(count, run.count)
        if taken <= 0:
            break
        found.append(Run(run.satang, run.line, taken))
        count -= taken
    return found


def _last(runs: Sequence[Run], count: int) -> list[Run]:
    return _first(reversed(runs), count)


def _times(runs: Iterable[Run], times: int) -> list[Run]:
    return [Run(run.satang, run.line, run.count * times) for run in runs]
