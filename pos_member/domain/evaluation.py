"""The one evaluation of a bill: previews it, completes it, replays it, and re-checks it at head office.

Order: line prices → line discounts (fixed prices, discounts with a scope) → free goods → bill discounts (those on all
goods) → coupons → rewards for points and stamps → earning on the net → multipliers → coupons to issue. Within a step
programs run by priority, then code, then id. Later discounts compound on what the earlier ones left. docs/programs.md
has an example of each.

Pure and deterministic: integers throughout, the same input gives the same result, whatever the order of the programs.
The order of the lines changes nothing but their numbers: which line a satang left over falls on goes by its goods and
price. Laid coupons work by kind, then in the order they were shown.

Prices go by the tier the member came with; the tier reached with this bill holds from earning on (counted in spend or
visits), or from the multipliers on (counted in points).

A bill that a member claims after it was paid (``EvaluationInput.late``) runs the same steps: priced without a member,
then earning with one; it issues no coupons and no entries in draws, and pays no referral. What it says then is what the
claim gives: the discounts, and what they counted, are the bill's.
"""

from __future__ import annotations

from pos_member.domain.compiled import CompiledRules, Stage, compile_rules
from pos_member.domain.coupons_worth import apply_coupons
from pos_member.domain.discounts import apply_discounts
from pos_member.domain.earning import apply_earning, apply_extra
from pos_member.domain.issuing import apply_draws, apply_issue
from pos_member.domain.pricing import Evaluation, EvaluationInput, Explanation, LineResult
from pos_member.domain.promotion import promote, qualifying_satang
from pos_member.domain.referral import apply_referral
from pos_member.domain.rewards import apply_rewards
from pos_member.domain.tiers import TierMetric
from pos_member.domain.workings import Workings

__all__ = ["CompiledRules", "compile_rules", "evaluate"]


def evaluate(bill: EvaluationInput, rules: CompiledRules) -> Evaluation:
    """What ``bill`` costs and gives under ``rules``, and why.

    Line numbers are 1-based positions in ``bill.lines``. Money in satang; nothing goes below zero. A reward chosen
    more often than it can apply applies as often as it can (``UsableReward.times_chosen``). Multipliers add: two of ×2
    make ×3 (``domain.earning``). Programs that are broken or unknown raise nothing: they are inert and explained.
    Any thread.
    """
    w = Workings(bill, rules)
    apply_discounts(w, Stage.LINE_DISCOUNT)
    apply_discounts(w, Stage.FREE_GOODS)
    w.close_line_discounts()
    apply_discounts(w, Stage.BILL_DISCOUNT)
    apply_coupons(w)
    apply_rewards(w)
    if bill.late is not None:
        w.hand_over(bill.late)
    w.open_earning()
    promote(w, TierMetric.SPEND, TierMetric.VISITS)
    apply_earning(w)
    promote(w, TierMetric.POINTS)
    apply_extra(w)
    if bill.late is None:
        apply_issue(w)
        apply_draws(w)
        apply_referral(w)
    return _result(w)


def _result(w: Workings) -> Evaluation:
    output = w.output
    lines = tuple(
        LineResult(i + 1, gross, gross - net, net, points, paid)
        for i, (gross, net, points, paid) in enumerate(zip(w.gross, w.net, w.line_points, w.points_paid, strict=True))
    )
    gross_satang, total_satang = sum(w.gross), sum(w.net)
    return Evaluation(
        lines=lines,
        discounts=tuple(output.discounts),
        gross_satang=gross_satang,
        discount_satang=gross_satang - total_satang,
        total_satang=total_satang,
        earns=tuple(output.earns),
        points_earned=sum(w.line_points),
        points_redeemed=sum(discount.points for discount in output.discounts if not discount.currency),
        coupons_used=tuple(output.coupons_used),
        coupons_idle=tuple(output.coupons_idle),
        coupons_to_issue=tuple(output.issues),
        rewards=tuple(output.rewards),
        explanations=(*output.explanations, *w.rules.inert),
        nearest=_nearest(w),
        tallies=tuple(w.limits.tallies),
        goals=tuple(output.goals.values()),
        tier_change=output.tier_change,
        qualifying_satang=qualifying_satang(w),
    )


def _nearest(w: Workings) -> Explanation | None:
    """What to tell the customer: goods that are free already and only wait to be scanned; else the near miss with the
    least money missing; else the one with the fewest goods missing. A program that would fire once more counts too.
    None on an empty bill.
    """
    if not w.gross:
        return None
    candidates = [*w.output.explanations, *w.output.again]
    waiting = next((why for why in candidates if why.key == "free_waiting"), None)
    if waiting is not None:
        return waiting
    by_money = min(
        (why for why in candidates if why.missing_satang > 0), key=lambda why: why.missing_satang, default=None
    )
    if by_money is not None:
        return by_money
    return min((why for why in candidates if _pieces(why)), key=_pieces, default=None)


def _pieces(why: Explanation) -> int:
    missing = why.params.get("missing_quantity", 0)
    return missing if isinstance(missing, int) else 0
