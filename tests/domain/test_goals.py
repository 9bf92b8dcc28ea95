"""Missions: progress, payment, returns; nothing is paid twice for the same money."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.coupon import Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.pricing import Evaluation, MemberState
from pos_member.domain.program import EffectKind, Goal, GoalMetric, Limits, Program, Trigger, VatBasis
from pos_member.domain.tally import Period, TallyKind, merged, sums
from tests.domain.evaluating import AT, FIXED, ISSUE, bill, book, definition, keys, line, program, run

SPEND = program(FIXED, "G", points=50, goal=Goal(GoalMetric.SPEND, 50_000))
C20 = definition()


def member(counts: dict[str, int] | None = None) -> MemberState:
    return MemberState("m", counts=counts or {})


def after(result: Evaluation, before: dict[str, int] | None = None) -> dict[str, int]:
    return merged(before or {}, sums(result.tallies))


def test_bills_add_up_to_the_target_and_the_last_one_pays() -> None:
    first = run(bill(line(200), line(180), member=member()), SPEND)
    assert (first.points_earned, keys(first)) == (0, {SPEND.id: "goal_spend"})
    assert first.nearest is not None
    assert first.nearest.params == {"missing_satang": 12_000, "goal_th": SPEND.name_th, "goal_en": SPEND.name_en}
    assert {each.line_no: each.amount for each in first.tallies} == {1: 20_000, 2: 18_000}
    (shown,) = first.goals
    assert (shown.unit, shown.done, shown.target, shown.times_paid, shown.times_max) == ("spend", 38_000, 50_000, 0, 1)
    second = run(bill(line(120), member=member(after(first))), SPEND)
    assert (second.points_earned, keys(second), second.earns[0].qualifying) == (50, {SPEND.id: "points_goal"}, False)
    assert (second.goals[0].done, second.goals[0].times_paid) == (50_000, 1)
    third = run(bill(line(900), member=member(after(second, after(first)))), SPEND)
    assert (third.points_earned, keys(third)) == (0, {SPEND.id: "goal_done"})


@pytest.mark.parametrize(("times_max", "points"), [(None, 150), (2, 100), (1, 50)])
def test_one_bill_may_reach_the_target_several_times(times_max: int | None, points: int) -> None:
    rule = replace(SPEND, goal=Goal(GoalMetric.SPEND, 50_000, times_max=times_max))
    result = run(bill(line(1_700), member=member()), rule)
    assert result.points_earned == points
    assert sums(each for each in result.tallies if each.kind is TallyKind.REWARDED) == {"rewarded|id-G|": points // 50}


def test_units_and_bills_are_counted_too() -> None:
    coffee = Scope(tags=("coffee",))
    cups = program(FIXED, "CUPS", points=10, scope=coffee, goal=Goal(GoalMetric.QUANTITY, 10_000))
    found = run(bill(line(50, 7, tags=("coffee",)), line(0, 9, tags=("coffee",)), line(9, 5), member=member()), cups)
    assert after(found) == {"progress|id-CUPS|": 7_000}
    assert found.explanations[0].params["missing_quantity"] == 3
    visits = program(FIXED, "BILLS", points=10, trigger=Trigger(10_000), goal=Goal(GoalMetric.BILLS, 3))
    counts: dict[str, int] = {}
    earned = []
    for baht in (100, 99, 200, 100):
        result = run(bill(line(baht), member=member(counts)), visits)
        earned.append(result.points_earned)
        counts = after(result, counts)
    assert earned == [0, 0, 0, 10]
    assert keys(run(bill(line(100), member=member()), visits)) == {"id-BILLS": "goal_bills"}


def test_a_period_begins_anew() -> None:
    monthly = replace(SPEND, goal=Goal(GoalMetric.SPEND, 50_000, Period.MONTH))
    first = run(bill(line(500), member=member()), monthly)
    assert first.points_earned == 50
    assert after(first) == {"progress|id-G|2026-11": 50_000, "rewarded|id-G|2026-11": 1}
    same = run(bill(line(500), member=member(after(first))), monthly)
    december = run(bill(line(500), member=member(after(first)), at=AT.replace(month=12)), monthly)
    assert (same.points_earned, december.points_earned) == (0, 50)


def test_a_mission_gives_coupons_or_entries_until_the_bill_comes_back() -> None:
    goal = Goal(GoalMetric.SPEND, 10_000, times_max=None)
    coupons = program(ISSUE, "C", coupon=C20.id, count=2, goal=goal)
    draw = program(EffectKind.DRAW_ENTRIES, "D", count=5, goal=goal)
    result = run(bill(line(250), member=member()), coupons, draw, definitions=(C20,))
    (issue,) = result.coupons_to_issue
    assert (issue.count, issue.step_satang, issue.minimum_satang, dict(issue.by_line)) == (4, 0, 0, {})
    assert after(result)["entries|id-D|"] == 10
    assert keys(run(bill(line(50), member=None), coupons, draw, definitions=(C20,))) == {
        "id-C": "needs_member",
        "id-D": "needs_member",
    }


def test_every_mission_that_is_open_is_shown_and_no_other() -> None:
    closed = replace(SPEND, id="closed", active=False)
    other = replace(SPEND, id="other", scope=Scope(tags=("x",)))
    result = run(bill(line(10), member=member({"progress|other|": 700})), SPEND, closed, other)
    assert [(each.program_id, each.done) for each in result.goals] == [("id-G", 1_000), ("other", 700)]
    assert run(bill(line(10), member=None), SPEND).goals == ()


def test_what_a_limit_kept_back_stays_due() -> None:
    rule = replace(SPEND, goal=Goal(GoalMetric.SPEND, 50_000, times_max=None), limits=Limits(per_member_day=1))
    today = run(bill(line(1_500), member=member()), rule)
    assert (today.points_earned, keys(today)) == (50, {"id-G": "points_cut_member"})
    again = run(bill(line(1), member=member(after(today))), rule)
    assert (again.points_earned, keys(again)) == (0, {"id-G": "limit_day"})
    tomorrow = run(bill(line(1), member=member(after(again, after(today))), at=AT.replace(day=22)), rule)
    assert tomorrow.points_earned == 50


def test_progress_without_vat_asks_for_prices_with_it() -> None:
    rule = replace(SPEND, trigger=Trigger(vat=VatBasis.EXCLUDED))
    rules = compile_rules(replace(book(rule), vat_rate_bp=700))
    found = evaluate(bill(line(107), line(53.5), member=member()), rules)
    assert after(found) == {"progress|id-G|": 15_000}
    assert found.nearest is not None
    missing = found.nearest.missing_satang / 100
    assert evaluate(bill(line(107), line(53.5), line(missing), member=member()), rules).points_earned == 50
    assert evaluate(bill(line(107), line(53.5), line(missing - 0.01), member=member()), rules).points_earned == 0


_acts = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.lists(st.integers(1, 900), min_size=1, max_size=3)),
        st.tuples(st.just("return"), st.integers(0, 30)),
        st.tuples(st.just("return_line"), st.integers(0, 30)),
    ),
    max_size=25,
)


@given(_acts, st.sampled_from([1, 2, None]), st.sampled_from([10_000, 33_300, 50_000]))
def test_nothing_is_paid_twice_for_the_same_money(
    acts: list[tuple[str, list[int] | int]], times_max: int | None, target: int
) -> None:
    """Whatever is bought and brought back: paid = due for the most that was ever kept, less what came back whole."""
    goal = Goal(GoalMetric.SPEND, target, times_max=times_max)
    rule: Program = program(FIXED, "G", points=1, goal=goal)
    rules = compile_rules(book(rule))
    counts: dict[str, int] = {}
    sold: list[tuple[Evaluation, set[int]]] = []
    for kind, what in acts:
        if kind == "buy" and isinstance(what, list):
            result = evaluate(bill(*(line(baht) for baht in what), member=member(counts)), rules)
            paid_before = counts.get("rewarded|id-G|", 0)
            counts = after(result, counts)
            sold.append((result, set(range(1, len(what) + 1))))
            kept = sum(lines.lines[n - 1].net_satang for lines, left in sold for n in left)
            assert counts.get("progress|id-G|", 0) == kept
            due = kept // target if times_max is None else min(kept // target, times_max)
            # A bill pays what is due and not a point more; what was paid before is not paid again.
            assert result.points_earned == max(0, due - paid_before)
        elif sold and isinstance(what, int):
            result, left = sold[what % len(sold)]
            gone = set(left) if kind == "return" else set(sorted(left)[:1])
            left -= gone
            undone = [
                replace(each, amount=-each.amount)
                for each in result.tallies
                if each.line_no in gone or (each.line_no is None and gone and not left)
            ]
            counts = merged(counts, sums(undone))
        paid = counts.get("rewarded|id-G|", 0)
        assert paid >= 0
        assert times_max is None or paid <= times_max
