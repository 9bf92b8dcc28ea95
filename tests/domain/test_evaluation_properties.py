"""What holds for any bill and any programs."""

from __future__ import annotations

import random
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import ChosenReward, DiscountKind, DraftLine
from pos_member.domain.codec import canonical_bytes
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.explain import KEYS
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
    Limits,
    Program,
    Stacking,
    Trigger,
    Window,
)
from pos_member.wording import say
from tests.domain.evaluating import AT, coupon

_tags = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True).map(tuple)
_scopes = st.builds(Scope, tags=_tags, exclude_tags=_tags)
_lines = st.builds(
    DraftLine,
    product_id=st.none(),
    barcode=st.just(""),
    name_th=st.just("สินค้า"),
    name_en=st.just("Goods"),
    category_id=st.just(""),
    brand_id=st.just(""),
    tags=_tags,
    quantity_milli=st.integers(1, 5_000),
    unit_price_satang=st.integers(0, 100_000),
)
_definitions = st.builds(
    CouponDefinition,
    id=st.sampled_from(["d1", "d2", "d3"]),
    code=st.just("C"),
    name_th=st.just("คูปอง"),
    name_en=st.just("Coupon"),
    value_kind=st.sampled_from(CouponValueKind),
    value=st.integers(1, 10_000),
    value_max_satang=st.one_of(st.none(), st.integers(1, 20_000)),
    minimum_spend_satang=st.sampled_from([0, 0, 30_000]),
    scope=_scopes,
    per_bill_max=st.integers(1, 3),
)
_effects = st.builds(
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
)


@st.composite
def _programs(draw: st.DrawFn) -> list[Program]:
    effects = draw(st.lists(_effects, max_size=12))
    return [
        Program(
            id=f"program-{i}",
            code=draw(st.sampled_from(["A", "B", "C"])),
            name_th="รายการ",
            name_en="Program",
            effect=effect,
            window=draw(st.sampled_from([Window(), Window(weekdays=(6,)), Window(weekdays=(3,))])),
            audience=draw(st.sampled_from([Audience(), Audience(False), Audience(birthday_month=True)])),
            scope=draw(_scopes),
            trigger=draw(st.builds(Trigger, st.sampled_from([0, 0, 20_000]), st.just(0), st.sampled_from(Basis))),
            limits=Limits(draw(st.sampled_from([None, 1, 3]))),
            stacking=Stacking(
                draw(st.sampled_from(["", "", "g"])), draw(st.sampled_from(Combine)), draw(st.integers(1, 3))
            ),
            rounding=draw(st.sampled_from(Rounding)),
            format=draw(st.sampled_from([1, 1, 1, 2])),
        )
        for i, effect in enumerate(effects)
    ]


@st.composite
def cases(draw: st.DrawFn) -> tuple[EvaluationInput, RuleBook]:
    programs = draw(_programs())
    definitions = {one.id: one for one in draw(st.lists(_definitions, max_size=3))}
    held: list[HeldCoupon] = []
    if definitions:
        for i, chosen in enumerate(draw(st.lists(st.sampled_from(sorted(definitions)), max_size=4))):
            held.append(coupon(definitions[chosen], f"code-{i}"))
    member = draw(
        st.one_of(
            st.none(),
            st.builds(
                MemberState,
                st.just("m"),
                birthday=st.sampled_from([None, Birthday(1, 11)]),
                spendable_points=st.integers(-50, 5_000),
            ),
        )
    )
    bill = EvaluationInput(
        lines=tuple(draw(st.lists(_lines, max_size=6))),
        at=AT,
        branch_id="branch",
        brand_id="brand",
        member=member,
        coupons=tuple(held),
        rewards=tuple(ChosenReward(p.id, draw(st.integers(-1, 9))) for p in programs),
    )
    own = Settings(
        points_paid_earns=draw(st.sampled_from(PointsPaidEarns)),
        redeem_points_per_bill_max=draw(st.sampled_from([0, 300, 5_000])),
    )
    return bill, RuleBook(tuple(programs), definitions, {}, own)


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
    assert all(one.amount_satang > 0 for one in result.discounts)


def _check_points(bill: EvaluationInput, book: RuleBook, result: Evaluation) -> None:
    assert result.points_earned == sum(earn.points for earn in result.earns)
    assert result.points_earned == sum(line.points_earned for line in result.lines)
    for earn in result.earns:
        assert earn.points == sum(earn.by_line.values()) > 0
    spendable = max(0, bill.member.spendable_points) if bill.member is not None else 0
    assert 0 <= result.points_redeemed <= min(spendable, book.settings.redeem_points_per_bill_max)
    programs = {program.id: program for program in book.programs}
    for reward in result.rewards:
        effect = programs[reward.program_id].effect
        assert 0 <= reward.times_chosen <= reward.times_max
        assert bool(reward.why_not) is (reward.times_max == 0)
        taken = [one for one in result.discounts if one.program_id == reward.program_id]
        assert sum(one.points for one in taken) == reward.times_chosen * effect.points
        assert sum(one.amount_satang for one in taken) == reward.times_chosen * effect.amount_satang
    if bill.member is None:
        assert (result.points_earned, result.points_redeemed) == (0, 0)


def _check_explanations(bill: EvaluationInput, book: RuleBook, result: Evaluation) -> None:
    told = [why.program_id for why in result.explanations]
    assert sorted(told) == sorted([*(p.id for p in book.programs), *(held.definition.id for held in bill.coupons)])
    fired = {why.program_id: why for why in result.explanations if why.fired}
    effects = {one.program_id for one in (*result.discounts, *result.earns, *result.coupons_to_issue) if one.program_id}
    assert effects == {program_id for program_id in fired if program_id.startswith("program")}
    amounts = sum(int(str(why.params.get("amount_satang"))) for why in result.explanations if why.key in _OFF)
    assert amounts == result.discount_satang
    points = sum(int(str(why.params["points"])) for why in result.explanations if why.key in _POINTS)
    assert points == result.points_earned
    for why in (*result.explanations, *((result.nearest,) if result.nearest else ())):
        assert why.key in KEYS
        assert why.missing_satang >= 0
        for language in ("th", "en"):
            assert "–" not in say("explain", why.key, language, why.params)


_OFF = {"discount", "coupon", "reward"}
_POINTS = {"points_step", "points_unit", "points_fixed", "multiplied"}


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
    other = RuleBook(tuple(shuffled), book.definitions, book.category_parents, book.settings)
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
