"""Missions: how far the member has come with this bill, and how often the effect is due.

The progress of a bill is noted whether or not anything is due, line by line, so that a return takes it back. What is
due is counted over the whole period, less what was paid: money that came back and is spent again pays nothing twice.
What limits keep from being paid stays due until the period ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pos_member.domain.capping import Capped, bought_milli, cap
from pos_member.domain.compiled import CompiledProgram
from pos_member.domain.money import allocate
from pos_member.domain.pricing import GoalProgress
from pos_member.domain.program import Goal, GoalMetric
from pos_member.domain.tally import TallyKind, period_key
from pos_member.domain.workings import Workings


@dataclass(frozen=True, slots=True)
class Due:
    """A mission that pays now: how often, and on which lines of the bill its points lie."""

    capped: Capped
    lines: Sequence[int]
    weights: Sequence[int]


def due_now(w: Workings, compiled: CompiledProgram, satang_each: int) -> Due | None:
    """Count the bill towards the program's goal; what is due now, ``None`` (explained) where nothing is.

    ``satang_each``: what one time costs a budget. Whoever pays it calls ``paid``.
    """
    program = compiled.program
    goal = program.goal
    if goal is None:
        raise ValueError(program.id)
    if w.now.member is None:
        w.explain(compiled, "needs_member")
        return None
    if not compiled.gate.closed_by(w.now):
        _show(w, compiled, goal, 0)
    period = period_key(goal.period, w.now.day)
    done = w.limits.count(TallyKind.PROGRESS, program.id, period)
    before = w.limits.count(TallyKind.REWARDED, program.id, period)

    def short(amount: int) -> None:
        _explain_short(w, compiled, goal, (before + 1) * goal.target - done, before, amount)

    reached = w.reached(compiled, w.earning_net, w.earning_gross, short=short)
    if reached is None:
        return None
    lines, weights, amount = reached
    if amount <= 0:
        w.explain(compiled, "nothing_left")
        return None
    now = _note(w, compiled, goal, lines, weights, amount)
    _show(w, compiled, goal, now)
    total = done + now
    owed = total // goal.target
    owed = owed if goal.times_max is None else min(owed, goal.times_max)
    if owed <= before:
        _explain_missing(w, compiled, goal, now, (before + 1) * goal.target - total, before, sum(weights))
        return None
    capped = cap(w.limits.left(program), owed - before, satang_each)
    if capped.times <= 0:
        w.explain(compiled, capped.why, capped.params)
        return None
    return Due(capped, lines, weights)


def paid(w: Workings, compiled: CompiledProgram, times: int) -> None:
    """The effect of the goal came ``times`` times."""
    program, goal = compiled.program, compiled.program.goal
    if goal is None:
        return
    w.limits.note(TallyKind.REWARDED, program.id, period_key(goal.period, w.now.day), times)
    shown = w.output.goals[program.id]
    w.output.goals[program.id] = replace(shown, times_paid=shown.times_paid + times)


def _note(
    w: Workings, compiled: CompiledProgram, goal: Goal, lines: Sequence[int], weights: Sequence[int], amount: int
) -> int:
    """Note what the bill adds to the goal, in the goal's unit."""
    program_id, period = compiled.program.id, period_key(goal.period, w.now.day)
    if goal.metric is GoalMetric.BILLS:
        w.limits.note(TallyKind.PROGRESS, program_id, period, 1)
        return 1
    if goal.metric is GoalMetric.SPEND:
        parts = list(allocate(amount, weights))
    else:
        parts = [bought_milli(w, i) if money > 0 else 0 for i, money in zip(lines, weights, strict=True)]
    for i, part in zip(lines, parts, strict=True):
        w.limits.note(TallyKind.PROGRESS, program_id, period, part, line_no=i + 1)
    return sum(parts)


def _show(w: Workings, compiled: CompiledProgram, goal: Goal, now: int) -> None:
    program, period = compiled.program, period_key(goal.period, w.now.day)
    w.output.goals[program.id] = GoalProgress(
        program_id=program.id,
        name_th=program.name_th,
        name_en=program.name_en,
        unit=goal.metric.value,
        done=max(0, w.limits.count(TallyKind.PROGRESS, program.id, period) + now),
        target=goal.target,
        times_paid=max(0, w.limits.count(TallyKind.REWARDED, program.id, period)),
        times_max=goal.times_max,
    )


def _explain_short(
    w: Workings, compiled: CompiledProgram, goal: Goal, missing: int, before: int, with_vat: int
) -> None:
    """Of a bill below the program's minimum: what would bring the effect, not only what would make the bill count."""
    spend = goal.metric is GoalMetric.SPEND
    finished = goal.times_max is not None and before >= goal.times_max
    least = max(compiled.program.trigger.minimum_satang, missing if spend else 0)
    if not finished and (spend or (goal.metric is GoalMetric.BILLS and missing <= 1)):
        w.near(compiled, w.to_add(compiled, least, with_vat))
    else:
        _explain_missing(w, compiled, goal, 0, missing, before, with_vat)


def _explain_missing(
    w: Workings, compiled: CompiledProgram, goal: Goal, now: int, missing: int, before: int, with_vat: int
) -> None:
    names = {"goal_th": compiled.program.name_th, "goal_en": compiled.program.name_en}
    if goal.times_max is not None and before >= goal.times_max:
        w.explain(compiled, "goal_done", {"times": before})
    elif goal.metric is GoalMetric.SPEND:
        w.explain(compiled, "goal_spend", names, w.to_add(compiled, now + missing, with_vat))
    elif goal.metric is GoalMetric.QUANTITY:
        w.explain(compiled, "goal_quantity", {"missing_quantity": -(-missing // 1000), **names})
    else:
        w.explain(compiled, "goal_bills", {"missing_bills": missing, **names})
