"""The sentences at the foot of a receipt: what was reached, how far the missions are, and what was just missed."""

from __future__ import annotations

from pos_member.domain.bill import Bill
from pos_member.domain.pricing import Evaluation, Explanation, GoalProgress
from pos_member.domain.program import GoalMetric
from pos_member.domain.tally import TallyKind
from pos_member.services.context import Shop
from pos_member.services.lookup import tier_name

#: A receipt is no leaflet: of the missions under way only the first few are told.
GOALS_TOLD_MAX = 2


def bill_notes(shop: Shop, bill: Bill, evaluation: Evaluation, language: str) -> tuple[str, ...]:
    """Notes of ``bill``, the best news first."""
    notes: list[str] = []
    if bill.tier_change is not None:
        notes.append(shop.say("tier_reached", language, tier=tier_name(shop, bill.tier_change.after, language)))
    entries = sum(tally.amount for tally in bill.tallies if tally.kind is TallyKind.ENTRIES)
    if entries:
        notes.append(shop.say("draw_entries", language, count=entries))
    waiting = [e.spendable_from for e in bill.point_entries if e.spendable_from and e.member_id == bill.member_id]
    if waiting:
        notes.append(shop.say("points_pending", language, first=min(waiting)))
    notes += [goal_note(shop, goal, language) for goal in evaluation.goals[:GOALS_TOLD_MAX]]
    nearest = evaluation.nearest or nearest_in_units(evaluation)
    if nearest is not None:
        notes.append(nearest_note(shop, nearest, language))
    return tuple(notes)


def nearest_note(shop: Shop, nearest: Explanation, language: str) -> str:
    """What was just missed, in words: ``ซื้ออีก ฿40 …``; where goods are missing, with the name of what they win."""
    text = shop.context.say("explain", nearest.key, language, nearest.params)
    if nearest.missing_satang > 0:
        return text
    name = nearest.name_th if language == "th" else nearest.name_en
    return f"{name}: {text}"


def nearest_in_units(evaluation: Evaluation) -> Explanation | None:
    """Of the programs that goods were on the bill for, but too few, the one with the fewest missing."""
    near = [why for why in evaluation.explanations if not why.fired and missing_units(why) > 0]
    return min(near, key=missing_units, default=None)


def missing_units(why: Explanation) -> int:
    """How many more units an explanation asks for; 0 where it asks for none."""
    missing = why.params.get("missing_quantity")
    return missing if isinstance(missing, int) else 0


def goal_note(shop: Shop, goal: GoalProgress, language: str) -> str:
    """``แก้วที่ 5: อีก 2 บิล``: what is still to do until a mission pays, or that it has."""
    name = goal.name_th if language == "th" else goal.name_en
    if goal.times_max is not None and goal.times_paid >= goal.times_max:
        return shop.say("goal_done", language, name=name)
    missing = max(0, goal.target * (goal.times_paid + 1) - goal.done)
    if goal.unit == GoalMetric.SPEND:
        return shop.say("goal_spend", language, name=name, missing_satang=missing)
    # Thousandths of a unit round up: what is missing must be enough.
    count = -(-missing // 1000) if goal.unit == GoalMetric.QUANTITY else missing
    return shop.say(f"goal_{goal.unit}", language, name=name, count=count)
