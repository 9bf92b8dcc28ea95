"""What holds for any bill and any programs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import BillDiscount, ChosenReward, DiscountKind, DraftLine, QuotaLeft
from pos_member.domain.codec import canonical_bytes
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.explain import ENTRIES, KEYS, POINTS, STAMPS
from pos_member.domain.member import Birthday
from pos_member.domain.money import Rounding
from pos_member.domain.org import PointsPaidEarns, Settings
from pos_member.domain.pricing import Evaluation, EvaluationInput, HeldCoupon, MemberState, RuleBook
from pos_member.domain.program import (
    Audience,
    Basis,
    Combine,
    Effect,
    EffectKind,
    Goal,
    GoalMetric,
    Limits,
    Program,
    Stacking,
    Trigger,
    VatBasis,
    Window,
)
from pos_member.domain.tally import OF_PROGRAM, Period, TallyKind, count_key, period_key, sums
from pos_member.domain.tier_rules import higher
from pos_member.domain.tiers import TierLevel, TierMetric, TierScheme
from pos_member.wording import say
from tests.domain.evaluating import AT, coupon

_tags = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True).map(tuple)
_scopes = st.one_of(st.just(Scope()), st.builds(Scope, tags=_tags, exclude_tags=_tags))
_lines = st.builds(
    DraftLine,
    product_id=st.none(),
    barcode=st.just(""),
    name_th=st.just("สินค้า"),
    name_en=st.just("Goods"),
    category_id=st.just(""),
    brand_id=st.just(""),
    tags=_tags,
    quantity_milli=st.sampled_from([1_000, 2_000, 3_000, 7_000, 1, 1_234]),
    unit_price_satang=st.integers(0, 100_000),
)
_definitions = st.builds(
    CouponDefinition,
    id=st.sampled_from(["d1", "d2", "d3"]),
    code=st.just("C"),
    name_th=st.just("คูปอง"),
    name_en=st.just("Coupon"),
    value_kind=st.sampled_from([*CouponValueKind, *3 * (CouponValueKind.AMOUNT,)]),
    value=st.integers(1, 10_000),
    value_max_satang=st.one_of(st.none(), st.integers(1, 20_000)),
    minimum_spend_satang=st.sampled_from([0, 0, 30_000]),
    scope=_scopes,
    per_bill_max=st.integers(1, 3),
)
_POINTS = st.sampled_from([1, 2, 7, 50])
_STEPS = st.sampled_from([1_000, 2_500, 10_000, 33_333])
_CURRENCIES = st.sampled_from(["", "", "", "cup"])
_MAXIMUMS = st.one_of(st.none(), st.integers(1, 10_000))
_COUPONS = st.sampled_from(["d1", "d2"])


def _of(kind: EffectKind, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Effect]:
    return st.builds(Effect, kind=st.just(kind.value), **fields)


#: Every kind as head office would write it.
_SOUND = [
    _of(EffectKind.EARN_PER_STEP, points=_POINTS, step_satang=_STEPS, currency=_CURRENCIES, carry=st.booleans()),
    _of(EffectKind.EARN_IN_PROPORTION, points=_POINTS, step_satang=_STEPS, currency=_CURRENCIES),
    _of(EffectKind.EARN_PER_UNIT, points=_POINTS, currency=_CURRENCIES),
    _of(EffectKind.EARN_FIXED, points=_POINTS, currency=_CURRENCIES),
    _of(EffectKind.MULTIPLY, factor=st.sampled_from([Fraction(2), Fraction(3, 2), Fraction(4, 3)])),
    _of(EffectKind.ADD_POINTS, points=_POINTS),
    _of(EffectKind.ISSUE_COUPON, coupon=_COUPONS, count=st.integers(1, 3), step_satang=st.just(0) | _STEPS),
    _of(EffectKind.DISCOUNT_PERCENT, percent_bp=st.sampled_from([500, 3_333]), maximum_satang=_MAXIMUMS),
    _of(EffectKind.DISCOUNT_AMOUNT, amount_satang=st.integers(1, 9_000)),
    _of(EffectKind.FIXED_PRICE, buy=st.integers(1, 3), amount_satang=st.integers(1, 60_000)),
    _of(EffectKind.CHEAPEST_FREE, buy=st.integers(2, 4), get=st.just(1), percent_bp=st.sampled_from([5_000, 10_000])),
    _of(EffectKind.BUY_X_GET_Y, buy=st.integers(1, 3), get=st.integers(1, 2), percent_bp=st.just(10_000)),
    _of(EffectKind.REWARD_DISCOUNT, points=_POINTS, amount_satang=st.integers(1, 5_000), currency=_CURRENCIES),
    _of(EffectKind.REWARD_PRODUCT, points=_POINTS, get=st.just(1), currency=_CURRENCIES),
    _of(EffectKind.REWARD_COUPON, points=_POINTS, coupon=_COUPONS, currency=_CURRENCIES),
    _of(EffectKind.DRAW_ENTRIES, count=st.integers(1, 3), step_satang=st.just(0) | _STEPS),
    _of(EffectKind.REFERRAL, points=st.integers(0, 9), referrer_points=st.integers(1, 9)),
    _of(EffectKind.TOP_SPENDER, coupon=_COUPONS),
]
_WILD = st.builds(
    Effect,
    kind=st.sampled_from([*EffectKind, "of_tomorrow"]),
    points=st.integers(0, 300),
    step_satang=st.integers(0, 50_000),
    factor=st.fractions(0, 5, max_denominator=10),
    coupon=st.sampled_from(["d1", "d2", "nowhere"]),
    count=st.integers(0, 3),
    percent_bp=st.integers(0, 10_001),
    amount_satang=st.integers(0, 30_000),
    maximum_satang=st.one_of(st.none(), st.integers(0, 10_000)),
    buy=st.integers(0, 4),
    get=st.integers(0, 3),
)
_effects = st.one_of(*_SOUND, _WILD)
_triggers = st.builds(
    Trigger,
    st.sampled_from([0, 0, 20_000]),
    st.sampled_from([0, 0, 2_000]),
    st.sampled_from(Basis),
    st.sampled_from(VatBasis),
)
_WITH_GOAL = {EffectKind.EARN_FIXED.value, EffectKind.ISSUE_COUPON.value, EffectKind.DRAW_ENTRIES.value}
_goals = st.builds(
    Goal,
    metric=st.sampled_from(GoalMetric),
    target=st.sampled_from([1, 2, 3_000, 50_000]),
    period=st.sampled_from(Period),
    times_max=st.sampled_from([None, 1, 3]),
)
_limits = st.one_of(
    st.just(Limits()),
    st.just(Limits()),
    st.builds(
        Limits,
        per_bill=st.sampled_from([None, 1, 3]),
        per_member_day=st.sampled_from([None, None, 2]),
        per_member=st.sampled_from([None, None, 3]),
        total=st.sampled_from([None, None, 50]),
        budget_satang=st.sampled_from([None, None, 100_000]),
    ),
)
_audiences = st.one_of(
    st.just(Audience()),
    st.just(Audience()),
    st.sampled_from([Audience(), Audience(False), Audience(birthday_month=True), Audience(tiers=("gold",))]),
    st.builds(
        Audience,
        segments=st.sampled_from([(), ("vip",)]),
        visits=st.sampled_from([(), (1,)]),
        absent_days_min=st.sampled_from([None, 30]),
        birthday_days_before=st.sampled_from([None, 25]),
    ),
)
_SCHEME = TierScheme(TierMetric.POINTS, (TierLevel("silver", "", "", 10), TierLevel("gold", "", "", 40)))
_schemes = st.one_of(st.none(), st.builds(replace, st.just(_SCHEME), metric=st.sampled_from(TierMetric)))


def _may_have_goal(effect: Effect) -> bool:
    return effect.kind in _WITH_GOAL and not effect.step_satang


@st.composite
def _programs(draw: st.DrawFn) -> list[Program]:
    effects = draw(st.lists(_effects, min_size=draw(st.sampled_from([0, 4, 8])), max_size=12))
    return [
        Program(
            id=f"program-{i}",
            code=draw(st.sampled_from(["A", "B", "C"])),
            name_th="รายการ",
            name_en="Program",
            effect=effect,
            window=draw(st.sampled_from([Window(), Window(), Window(weekdays=(6,)), Window(weekdays=(3,))])),
            audience=draw(_audiences),
            scope=draw(_scopes),
            trigger=draw(_triggers),
            limits=draw(_limits),
            goal=draw(_goals) if _may_have_goal(effect) and draw(st.booleans()) else None,
            stacking=Stacking(
                draw(st.sampled_from(["", "", "g"])), draw(st.sampled_from(Combine)), draw(st.integers(1, 3))
            ),
            rounding=Rounding.DOWN if effect.carry else draw(st.sampled_from(Rounding)),
            format=3 if draw(st.integers(0, 20)) == 20 else 2,
        )
        for i, effect in enumerate(effects)
    ]


_COUNTS = [
    count_key(kind, f"program-{i}", period_key(period, AT.date()))
    for kind in (TallyKind.TIMES, TallyKind.PROGRESS, TallyKind.REWARDED, TallyKind.REMAINDER)
    for period in (Period.DAY, Period.MONTH, Period.LIFE)
    for i in range(4)
]
_left = st.one_of(st.none(), st.integers(0, 3))
_quotas = st.dictionaries(
    st.sampled_from([f"program-{i}" for i in range(12)]),
    st.builds(QuotaLeft, _left, st.one_of(st.none(), st.integers(0, 5_000))),
    max_size=12,
)


_member = st.builds(
    MemberState,
    st.just("m"),
    tier=st.sampled_from(["", "silver", "gold"]),
    birthday=st.sampled_from([None, Birthday(1, 11)]),
    spendable_points=st.integers(-50, 5_000),
    visits=st.sampled_from([0, 0, 7]),
    last_visit=st.sampled_from([None, date(2026, 11, 1), date(2026, 1, 1)]),
    segments=st.sampled_from([(), ("vip",)]),
    referred_by=st.sampled_from([None, "m", "friend"]),
    tier_count=st.sampled_from([0, 9, 39]),
    stamps=st.sampled_from([{}, {"cup": 60}]),
    counts=st.dictionaries(st.sampled_from(_COUNTS), st.integers(-5, 60_000), max_size=6),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[EvaluationInput, RuleBook]:
    programs = draw(_programs())
    definitions = {
        one.id: one
        for one in draw(
            st.lists(_definitions, min_size=draw(st.sampled_from([0, 3, 3])), max_size=3, unique_by=lambda one: one.id)
        )
    }
    held: list[HeldCoupon] = []
    if definitions:
        for i, chosen in enumerate(draw(st.lists(st.sampled_from(sorted(definitions)), max_size=4))):
            held.append(coupon(definitions[chosen], f"code-{i}"))
    member = draw(_member) if draw(st.integers(0, 9)) else None
    bill = EvaluationInput(
        lines=tuple(draw(st.lists(_lines, min_size=draw(st.sampled_from([0, 2, 4])), max_size=6))),
        at=AT,
        branch_id="branch",
        brand_id="brand",
        member=member,
        coupons=tuple(held),
        rewards=tuple(ChosenReward(p.id, draw(st.integers(-1, 9))) for p in programs),
        quotas=draw(_quotas),
    )
    own = Settings(
        points_paid_earns=draw(st.sampled_from(PointsPaidEarns)),
        points_paid_earns_bp=draw(st.sampled_from([0, 3_333, 10_000])),
        redeem_points_per_bill_max=draw(st.sampled_from([0, 300, 5_000])),
        tiers=draw(_schemes),
    )
    return bill, RuleBook(tuple(programs), definitions, {}, own, draw(st.sampled_from([0, 700])))


def _check_money(bill: EvaluationInput, result: Evaluation) -> None:
    assert result.gross_satang == sum(line.gross_satang for line in bill.lines)
    assert result.gross_satang - result.discount_satang == result.total_satang >= 0
    assert sum(one.amount_satang for one in result.discounts) == result.discount_satang
    assert sum(line.net_satang for line in result.lines) == result.total_satang
    paid = 0
    for number, line in enumerate(result.lines, start=1):
        assert line.line_no == number
        assert line.gross_satang - line.discount_satang == line.net_satang >= 0
        assert 0 <= line.points_paid_satang <= line.discount_satang
        paid += line.points_paid_satang
    by_points = [one for one in result.discounts if one.kind is DiscountKind.POINTS]
    assert paid == sum(one.amount_satang for one in by_points)
    assert all(one.amount_satang > 0 or (one.kind is DiscountKind.POINTS and one.points) for one in result.discounts)
    assert 0 <= result.qualifying_satang <= result.total_satang


def _check_points(bill: EvaluationInput, book: RuleBook, result: Evaluation) -> None:
    mine = [earn for earn in result.earns if earn.member_id is None]
    assert result.points_earned == sum(earn.points for earn in mine if not earn.currency)
    assert result.points_earned == sum(line.points_earned for line in result.lines)
    for earn in result.earns:
        assert earn.points > 0
        assert sum(earn.by_line.values()) == (earn.points if earn.member_id is None else 0)
        assert all(share > 0 for share in earn.by_line.values())
        assert not (earn.qualifying and (earn.currency or earn.member_id))
    spendable = max(0, bill.member.spendable_points) if bill.member is not None else 0
    assert 0 <= result.points_redeemed <= min(spendable, book.settings.redeem_points_per_bill_max)
    programs = {program.id: program for program in book.programs}
    for reward in result.rewards:
        effect = programs[reward.program_id].effect
        assert 0 <= reward.times_chosen <= reward.times_max
        assert bool(reward.why_not) is (reward.times_max == 0)
        taken = [one for one in result.discounts if one.program_id == reward.program_id]
        assert sum(one.points for one in taken) == reward.times_chosen * effect.points
        if effect.kind == EffectKind.REWARD_DISCOUNT:
            assert sum(one.amount_satang for one in taken) == reward.times_chosen * effect.amount_satang
    if bill.member is None:
        assert (result.points_earned, result.points_redeemed) == (0, 0)


def _check_explanations(bill: EvaluationInput, book: RuleBook, result: Evaluation) -> None:
    told = [why.program_id for why in result.explanations]
    assert sorted(told) == sorted([*(p.id for p in book.programs), *(held.definition.id for held in bill.coupons)])
    fired = {why.program_id: why for why in result.explanations if why.fired}
    told_of = [one.program_id for one in result.discounts]
    told_of += [one.program_id for one in result.earns] + [one.program_id for one in result.coupons_to_issue]
    entries = [tally for tally in result.tallies if tally.kind is TallyKind.ENTRIES]
    assert {*told_of, *(tally.key for tally in entries)} - {None} == {one for one in fired if one.startswith("program")}
    for program_id, why in fired.items():
        taken = [one for one in result.discounts if one.program_id == program_id]
        earned = [one for one in result.earns if one.program_id == program_id]
        issued = [one.count for one in result.coupons_to_issue if one.program_id == program_id]
        given = why.params
        if taken:
            assert sum(one.amount_satang for one in taken) == given.get("amount_satang", 0)
            assert sum(one.points for one in taken) in (0, given.get("points"))
        if earned:
            points = sum(one.points for one in earned if one.member_id is None)
            others = sum(one.points for one in earned if one.member_id is not None)
            assert points == given["points" if why.key in POINTS else "stamps"]
            assert others == (given["referrer_points"] if why.key == "referral" else 0)
            assert why.key in POINTS | STAMPS
        assert sum(issued) == (given["count"] if issued else 0)
        if why.key in ENTRIES:
            assert sum(tally.amount for tally in entries if tally.key == program_id) == given["entries"]
    coupons = sum(int(str(why.params["amount_satang"])) for why in result.explanations if why.key == "coupon")
    assert coupons == sum(use.amount_satang for use in result.coupons_used)
    points = sum(int(str(why.params["points"])) for why in result.explanations if why.fired and why.key in POINTS)
    assert points == result.points_earned
    for why in (*result.explanations, *((result.nearest,) if result.nearest else ())):
        assert why.key in KEYS
        assert why.missing_satang >= 0
        for language in ("th", "en"):
            assert "–" not in say("explain", why.key, language, why.params)


def _check_tallies(bill: EvaluationInput, book: RuleBook, result: Evaluation) -> None:
    """What is counted belongs to whom it should, and stays within what is left."""
    programs = {program.id: program for program in book.programs}
    before: Mapping[str, int] = {} if bill.member is None else bill.member.counts
    for tally in result.tallies:
        shared = tally.kind in OF_PROGRAM
        assert tally.amount
        assert tally.member_id == (None if shared or bill.member is None else bill.member.member_id)
        assert tally.line_no is None or 1 <= tally.line_no <= len(bill.lines)
    for key, amount in sums(result.tallies).items():
        kind, program_id, period = key.split("|")
        if kind == TallyKind.TIMES and program_id in programs:
            mosts = dict(programs[program_id].limits.per_member_periods())
            for of, most in mosts.items():
                if period_key(of, AT.date()) == period:
                    assert before.get(key, 0) + amount <= most
        elif kind == TallyKind.TOTAL:
            assert amount <= (bill.quotas[program_id].times or 0)
        elif kind == TallyKind.BUDGET:
            assert amount <= (bill.quotas[program_id].satang or 0)
    shown = {goal.program_id: goal for goal in result.goals}
    for goal in result.goals:
        assert goal.done >= 0 <= goal.times_paid
        assert programs[goal.program_id].goal is not None
    assert {tally.key for tally in result.tallies if tally.kind is TallyKind.PROGRESS} <= set(shown)
    if result.tier_change is not None and book.settings.tiers is not None:
        change = result.tier_change
        assert higher(book.settings.tiers, change.before, change.after) == change.after != change.before


@given(cases())
@settings(max_examples=120)
def test_sums_agree_nothing_is_negative_and_every_program_is_explained(
    case: tuple[EvaluationInput, RuleBook],
) -> None:
    bill, book = case
    result = evaluate(bill, compile_rules(book))
    _check_money(bill, result)
    _check_points(bill, book, result)
    _check_explanations(bill, book, result)
    _check_tallies(bill, book, result)
    laid = sorted(held.coupon.code for held in bill.coupons)
    assert sorted([*(use.code for use in result.coupons_used), *result.coupons_idle]) == laid
    assert all(use.amount_satang > 0 for use in result.coupons_used)


@given(cases(), st.integers())
@settings(max_examples=60)
def test_the_same_input_gives_the_same_bytes_in_any_order_of_programs(
    case: tuple[EvaluationInput, RuleBook], seed: int
) -> None:
    bill, book = case
    shuffled = list(book.programs)
    random.Random(seed).shuffle(shuffled)
    other = RuleBook(tuple(shuffled), book.definitions, book.category_parents, book.settings, book.vat_rate_bp)
    first = canonical_bytes(evaluate(bill, compile_rules(book)))
    assert canonical_bytes(evaluate(bill, compile_rules(book))) == first
    assert canonical_bytes(evaluate(bill, compile_rules(other))) == first


@given(cases())
@settings(max_examples=60)
def test_what_has_no_effect_can_be_left_out(case: tuple[EvaluationInput, RuleBook]) -> None:
    """Idle coupons and rewards that did not apply change neither the price nor the points."""
    bill, book = case
    rules = compile_rules(book)
    result = evaluate(bill, rules)
    used = {use.code for use in result.coupons_used}
    times = {reward.program_id: reward.times_chosen for reward in result.rewards}
    lean = EvaluationInput(
        bill.lines,
        bill.at,
        bill.branch_id,
        bill.brand_id,
        bill.member,
        tuple(held for held in bill.coupons if held.coupon.code in used),
        tuple(ChosenReward(program_id, n) for program_id, n in times.items() if n),
        bill.quotas,
    )
    again = evaluate(lean, rules)
    assert (again.lines, again.discounts, again.earns) == (result.lines, result.discounts, result.earns)


@given(st.lists(_lines, min_size=1, max_size=5), st.integers(1, 3_000))
def test_spending_what_the_near_miss_asks_wins_it(lines: list[DraftLine], step_baht: int) -> None:
    program = Program(
        "p", "P", "รายการ", "Program", Effect(kind=EffectKind.EARN_PER_STEP, points=1, step_satang=step_baht * 100)
    )
    rules = compile_rules(RuleBook((program,), {}, {}, Settings()))
    member = MemberState("m")
    before = evaluate(EvaluationInput(tuple(lines), AT, "b", "b", member), rules)
    near = before.nearest
    if near is None:
        return
    more = DraftLine(None, "", "", "", "", "", (), 1_000, near.missing_satang)
    assert evaluate(EvaluationInput((*lines, more), AT, "b", "b", member), rules).points_earned == 1
    less = DraftLine(None, "", "", "", "", "", (), 1_000, near.missing_satang - 1)
    assert evaluate(EvaluationInput((*lines, less), AT, "b", "b", member), rules).points_earned == 0


def test_a_multiplier_of_a_fraction_is_exact() -> None:
    """A third more of 10 points is 3.33: rounded once, down, to 3, not per line."""
    earn = Program("e", "E", "", "E", Effect(kind=EffectKind.EARN_PER_STEP, points=1, step_satang=100))
    more = Program("m", "M", "", "M", Effect(kind=EffectKind.MULTIPLY, factor=Fraction(4, 3)))
    rules = compile_rules(RuleBook((earn, more), {}, {}, Settings()))
    lines = tuple(DraftLine(None, "", "", "", "", "", (), 1_000, 500) for _ in range(2))
    result = evaluate(EvaluationInput(lines, AT, "b", "b", MemberState("m")), rules)
    assert result.points_earned == 13


def _goods_of(bill: EvaluationInput, discount: BillDiscount) -> list[tuple[str, int]]:
    """What a discount took off which goods, whatever the numbers of their lines."""
    return sorted((repr(bill.lines[each.line_no - 1]), each.weight) for each in discount.lines)


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_lines_changes_nothing_but_their_numbers(
    case: tuple[EvaluationInput, RuleBook], rng: random.Random
) -> None:
    bill, book = case
    order = list(range(len(bill.lines)))
    rng.shuffle(order)
    other = replace(bill, lines=tuple(bill.lines[i] for i in order))
    rules = compile_rules(book)
    first, second = evaluate(bill, rules), evaluate(other, rules)
    assert [replace(each, lines=()) for each in second.discounts] == [replace(e, lines=()) for e in first.discounts]
    assert [_goods_of(other, each) for each in second.discounts] == [_goods_of(bill, each) for each in first.discounts]
    assert (second.total_satang, second.points_earned) == (first.total_satang, first.points_earned)
    assert second.explanations == first.explanations
    assert (second.goals, second.tier_change, second.rewards) == (first.goals, first.tier_change, first.rewards)
    assert sums(second.tallies) == sums(first.tallies)
    given = [(one.program_id, one.definition_id, one.count) for one in first.coupons_to_issue]
    assert [(one.program_id, one.definition_id, one.count) for one in second.coupons_to_issue] == given
