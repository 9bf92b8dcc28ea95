"""A friend brought along: points for both, with the friend's first bill that is not wholly returned."""

from __future__ import annotations

from pos_member.domain.capping import cap, left_of, points_value
from pos_member.domain.compiled import CompiledProgram, Stage
from pos_member.domain.money import allocate
from pos_member.domain.pricing import EarnResult
from pos_member.domain.tally import TallyKind
from pos_member.domain.workings import Quote, Workings


def apply_referral(w: Workings) -> None:
    """Points for who was brought along and for who brought them; once in a member's life."""
    for group in w.rules.stages[Stage.REFERRAL]:
        w.settle(group, lambda compiled: _quote(w, compiled), lambda compiled, offer: _pay(w, compiled, offer))


def _quote(w: Workings, compiled: CompiledProgram) -> Quote | None:
    program, effect, member = compiled.program, compiled.program.effect, w.now.member
    if member is None:
        w.explain(compiled, "needs_member")
        return None
    left = left_of(w, compiled)
    if left is None:
        return None
    why = ""
    if not member.referred_by:
        why = "referral_none"
    elif member.referred_by == member.member_id:
        why = "self_referral"
    elif member.visits > 0:
        why = "referral_first"
    elif w.limits.count(TallyKind.TIMES, program.id) > 0:
        why = "referral_done"
    if why and not compiled.gate.closed_by(w.now):
        w.explain(compiled, why)
        return None
    reached = w.reached(compiled, w.earning_net, w.earning_gross)
    if reached is None:
        return None
    lines, weights, amount = reached
    if amount <= 0:
        w.explain(compiled, "nothing_left")
        return None
    capped = cap(left, 1, points_value(w, compiled, effect.points + effect.referrer_points))
    if capped.times <= 0:
        w.explain(compiled, capped.why, capped.params)
        return None
    params = {"points": effect.points, "referrer_points": effect.referrer_points}
    return Quote(effect.points + effect.referrer_points, lines, weights, "referral", params)


def _pay(w: Workings, compiled: CompiledProgram, offer: Quote) -> None:
    program, effect, member = compiled.program, compiled.program.effect, w.now.member
    if member is None or member.referred_by is None:
        return
    if effect.points:
        by_line = {}
        for i, share in zip(offer.lines, allocate(effect.points, offer.weights), strict=True):
            if share:
                by_line[i + 1] = share
                w.line_points[i] += share
        w.output.earns.append(EarnResult(program.id, effect.points, by_line, qualifying=False))
    if effect.referrer_points:
        # No line carries them: they go back with the whole bill.
        other = EarnResult(program.id, effect.referrer_points, {}, "", False, member.referred_by)
        w.output.earns.append(other)
    w.limits.use(program, 1, satang=points_value(w, compiled, offer.worth))
    if program.limits.per_member is None:
        w.limits.note(TallyKind.TIMES, program.id, "", 1)
