"""What the bill gives besides points: coupons for the next bill, with the terms a return reads, and draw entries."""

from __future__ import annotations

from pos_member.domain.capping import Capped, cap, left_of
from pos_member.domain.compiled import CompiledProgram, Stage
from pos_member.domain.coupons_rules import face_value_satang, still_of_use
from pos_member.domain.explain import missed
from pos_member.domain.goals import due_now, paid
from pos_member.domain.limits import Left
from pos_member.domain.money import allocate
from pos_member.domain.pricing import CouponIssue
from pos_member.domain.tally import TallyKind
from pos_member.domain.workings import Quote, Workings

#: A slip in a program (a coupon for every satang) must not print paper until the roll ends.
COUPONS_PER_BILL_MAX = 100


def apply_issue(w: Workings) -> None:
    """Coupons to issue at completion."""
    for group in w.rules.stages[Stage.ISSUE]:
        w.settle(group, lambda compiled: _quote_issue(w, compiled), lambda compiled, offer: _issue(w, compiled, offer))


def apply_draws(w: Workings) -> None:
    """Entries in lucky draws."""
    for group in w.rules.stages[Stage.DRAW]:
        w.settle(group, lambda compiled: _quote_draw(w, compiled), lambda compiled, offer: _enter(w, compiled, offer))


def _quote_issue(w: Workings, compiled: CompiledProgram) -> Quote | None:
    program, effect = compiled.program, compiled.program.effect
    definition = w.rules.definitions[effect.coupon]
    face = face_value_satang(definition) * effect.count
    names = {"coupon_th": definition.name_th, "coupon_en": definition.name_en}
    if not still_of_use(definition, w.now.day):
        w.explain(compiled, "coupon_ended", {"valid_until": definition.valid_until})
        return None
    if program.goal is not None:
        due = due_now(w, compiled, face)
        if due is None:
            return None
        capped = _on_paper(due.capped, effect.count)
        params = {"count": capped.times * effect.count, **names}
        worth = capped.times * effect.count * definition.value
        return Quote(worth, (), (), capped.key("coupon", "coupon_issued"), params, capped.times)
    quoted = _quote_times(w, compiled, face)
    if quoted is None:
        return None
    left, quote = quoted
    step, wanted = effect.step_satang, quote.times
    capped = _on_paper(cap(left, wanted, face), effect.count)
    if capped.times <= 0:
        w.explain(compiled, capped.why, capped.params)
        return None
    if step and cap(left, wanted + 1, face).times > wanted and wanted < COUPONS_PER_BILL_MAX // effect.count:
        missing = w.to_add(compiled, (wanted + 1) * step, sum(quote.weights))
        again = missed(program, "near_coupon_again", {"count": effect.count, **names}, missing)
        w.output.again.append(again)
    count = capped.times * effect.count
    # The best of a group is the largest count × value; a percentage compares by its figure.
    params = {"count": count, "amount_satang": quote.worth, **names}
    key = capped.key("coupon", "coupon_issued")
    return Quote(count * definition.value, quote.lines, quote.weights, key, params, capped.times)


def _on_paper(capped: Capped, count: int) -> Capped:
    most = COUPONS_PER_BILL_MAX // count
    return capped if capped.times <= most else Capped(most, "bill")


def _quote_times(w: Workings, compiled: CompiledProgram, satang_each: int) -> tuple[Left, Quote] | None:
    """How often the bill is good for it: once, or for every step; ``worth`` is the money that counts."""
    left = left_of(w, compiled)
    if left is None:
        return None
    if left.satang is not None and 0 < left.satang < satang_each and not compiled.gate.closed_by(w.now):
        w.explain(compiled, "budget_spent")
        return None
    step = compiled.program.effect.step_satang
    reached = w.reached(compiled, w.earning_net, w.earning_gross, least=step)
    if reached is None:
        return None
    lines, weights, amount = reached
    if amount <= 0 and not step:
        # Else a coupon could buy the next coupon for ever.
        w.explain(compiled, "nothing_left")
        return None
    times = amount // step if step else 1
    if times <= 0:
        w.near(compiled, w.to_add(compiled, step, sum(weights)))
        return None
    if not any(w.earning_net[i] for i in lines):
        # The same on a basis that does not see what a coupon took off.
        w.explain(compiled, "nothing_left")
        return None
    return left, Quote(amount, lines, weights, "", {}, times)


def _issue(w: Workings, compiled: CompiledProgram, offer: Quote) -> None:
    program, effect = compiled.program, compiled.program.effect
    trigger = program.trigger
    weights = list(offer.weights)
    minimum = trigger.minimum_satang
    if program.goal is not None:
        # The mission is not this bill's alone: its coupons are the customer's until nothing of the bill is.
        minimum = 0
    elif not effect.step_satang and not minimum and trigger.minimum_quantity_milli:
        minimum = trigger.minimum_quantity_milli
        weights = [w.bill.lines[i].quantity_milli for i in offer.lines]
    else:
        weights = list(allocate(w.counted(compiled, sum(weights)), weights))
    w.output.issues.append(
        CouponIssue(
            program_id=program.id,
            definition_id=effect.coupon,
            count=offer.times * effect.count,
            step_satang=0 if program.goal is not None else effect.step_satang,
            per_step=effect.count,
            minimum_satang=minimum,
            by_line={i + 1: weight for i, weight in sorted(zip(offer.lines, weights, strict=True)) if weight},
        )
    )
    paid(w, compiled, offer.times)
    face = face_value_satang(w.rules.definitions[effect.coupon]) * effect.count
    w.limits.use(program, offer.times, satang=offer.times * face)


def _quote_draw(w: Workings, compiled: CompiledProgram) -> Quote | None:
    if w.now.member is None:
        w.explain(compiled, "needs_member")
        return None
    count = compiled.program.effect.count
    if compiled.program.goal is not None:
        due = due_now(w, compiled, 0)
        if due is None:
            return None
        entries = due.capped.times * count
        return Quote(entries, (), (), due.capped.key("entries", "entries"), {"entries": entries}, due.capped.times)
    quoted = _quote_times(w, compiled, 0)
    if quoted is None:
        return None
    left, quote = quoted
    capped = cap(left, quote.times, 0)
    entries = capped.times * count
    return Quote(
        entries, quote.lines, quote.weights, capped.key("entries", "entries"), {"entries": entries}, capped.times
    )


def _enter(w: Workings, compiled: CompiledProgram, offer: Quote) -> None:
    """Entries for every step lie on the lines and go back with them; others go back with the whole bill."""
    program = compiled.program
    if program.effect.step_satang and program.goal is None:
        for i, share in zip(offer.lines, allocate(offer.worth, offer.weights), strict=True):
            w.limits.note(TallyKind.ENTRIES, program.id, "", share, line_no=i + 1)
    else:
        w.limits.note(TallyKind.ENTRIES, program.id, "", offer.worth)
    paid(w, compiled, offer.times)
    w.limits.use(program, offer.times)
