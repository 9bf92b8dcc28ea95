"""What the customer is told to buy brings what was promised, and not a satang less would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pos_member.domain.coupon import Scope
from pos_member.domain.evaluation import CompiledRules, compile_rules, evaluate
from pos_member.domain.money import Rounding
from pos_member.domain.pricing import Evaluation, MemberState
from pos_member.domain.program import Basis, EffectKind, Goal, GoalMetric, Program, Trigger, VatBasis
from pos_member.domain.tally import Period, TallyKind, count_key
from tests.domain.evaluating import FIXED, ISSUE, PER_STEP, bill, book, definition, keys, line, program, run

K = EffectKind
_COUPON = definition(2_000)


def _goal(**more: Any) -> Program:
    return program(FIXED, points=3, goal=Goal(**more), trigger=Trigger(10_000))


def _counts(done: int, paid: int = 0) -> MemberState:
    found = {count_key(TallyKind.PROGRESS, "id-P1", ""): done, count_key(TallyKind.REWARDED, "id-P1", ""): paid}
    return MemberState("m", counts={key: n for key, n in found.items() if n})


def test_below_the_minimum_the_step_counts_too() -> None:
    """A coupon for every 300 from 100 on: at 60 baht 240 are missing, not 40."""
    result = run(
        bill(line(60)),
        program(ISSUE, coupon=_COUPON.id, step_satang=30_000, trigger=Trigger(10_000)),
        program(PER_STEP, "STEP", points=1, step_satang=20_000, trigger=Trigger(10_000)),
        definitions=(_COUPON,),
    )
    assert {why.key: why.missing_satang for why in result.explanations} == {
        "near_coupon": 24_000,
        "near_points": 14_000,
    }


@pytest.mark.parametrize(
    ("goal", "done", "paid", "key", "missing"),
    [
        ({"metric": GoalMetric.SPEND, "target": 50_000}, 0, 0, "near_points", 44_000),
        ({"metric": GoalMetric.SPEND, "target": 50_000}, 48_000, 0, "near_points", 4_000),
        ({"metric": GoalMetric.SPEND, "target": 50_000}, 48_000, 1, "goal_done", 0),
        ({"metric": GoalMetric.SPEND, "target": 50_000, "times_max": None}, 48_000, 1, "near_points", 46_000),
        ({"metric": GoalMetric.BILLS, "target": 5}, 4, 0, "near_points", 4_000),
        ({"metric": GoalMetric.BILLS, "target": 5}, 1, 0, "goal_bills", 0),
        ({"metric": GoalMetric.QUANTITY, "target": 5_000}, 1_000, 0, "goal_quantity", 0),
    ],
)
def test_below_the_minimum_a_mission_promises_no_more_than_it_keeps(
    goal: dict[str, Any], done: int, paid: int, key: str, missing: int
) -> None:
    result = run(bill(line(60), member=_counts(done, paid)), _goal(period=Period.LIFE, **goal))
    assert keys(result) == {"id-P1": key}
    assert result.explanations[0].missing_satang == missing


@st.composite
def _programs(draw: st.DrawFn) -> Program:
    kind = draw(st.sampled_from([PER_STEP, K.EARN_IN_PROPORTION, FIXED, ISSUE, K.DRAW_ENTRIES]))
    step = draw(st.sampled_from([1, 333, 2_500, 9_999]))
    effects: dict[EffectKind, dict[str, Any]] = {
        PER_STEP: {"points": 3, "step_satang": step, "carry": draw(st.booleans())},
        K.EARN_IN_PROPORTION: {"points": draw(st.sampled_from([1, 3, 7])), "step_satang": step},
        FIXED: {"points": 3},
        ISSUE: {"coupon": _COUPON.id, "step_satang": draw(st.sampled_from([0, step]))},
        K.DRAW_ENTRIES: {"step_satang": draw(st.sampled_from([0, step]))},
    }
    goal = None
    if kind is FIXED and draw(st.booleans()):
        goal = Goal(
            GoalMetric.SPEND, draw(st.sampled_from([1_000, 7_777])), times_max=draw(st.sampled_from([None, 1, 2]))
        )
    return program(
        kind,
        scope=draw(st.sampled_from([Scope(), Scope(tags=("a",))])),
        trigger=Trigger(
            draw(st.sampled_from([0, 500, 12_345])), 0, draw(st.sampled_from(Basis)), draw(st.sampled_from(VatBasis))
        ),
        rounding=draw(st.sampled_from(Rounding)),
        goal=goal,
        **effects[kind],
    )


def _gives(result: Evaluation) -> int:
    entries = sum(tally.amount for tally in result.tallies if tally.kind is TallyKind.ENTRIES)
    return result.points_earned + entries + sum(one.count for one in result.coupons_to_issue)


@given(
    _programs(),
    st.lists(st.integers(1, 9_000), min_size=1, max_size=2),
    st.sampled_from([0, 100, 5_000, -50]),
    st.sampled_from([0, 500, -20]),
    st.sampled_from([0, 700, 1_500]),
)
def test_exactly_what_is_missing(offer: Program, prices: list[int], carried: int, done: int, vat_bp: int) -> None:
    rules: CompiledRules = compile_rules(replace(book(offer, definitions=(_COUPON,)), vat_rate_bp=vat_bp))
    counts = {**_counts(done).counts, count_key(TallyKind.REMAINDER, "id-P1", ""): carried}
    member = MemberState("m", counts=counts)
    lines = [line(satang / 100, tags=("a",)) for satang in prices]
    now = evaluate(bill(*lines, member=member), rules)
    assume(now.nearest is not None and now.nearest.missing_satang > 0)
    assert now.nearest is not None

    def with_more(satang: int) -> int:
        return _gives(evaluate(bill(*lines, line(satang / 100, tags=("a",)), member=member), rules))

    assert with_more(now.nearest.missing_satang) > _gives(now)
    if now.nearest.missing_satang > 1:
        assert with_more(now.nearest.missing_satang - 1) == _gives(now)
