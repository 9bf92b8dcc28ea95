"""Limits and budgets: per bill, per member and period, in total by quotas; over many bills and tills."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import QuotaLeft
from pos_member.domain.coupon import CouponValueKind
from pos_member.domain.coupons_rules import face_value_satang
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.org import Settings
from pos_member.domain.pricing import Evaluation, EvaluationInput, MemberState, RuleBook
from pos_member.domain.program import EffectKind, Limits, Program
from pos_member.domain.tally import TallyKind, count_key, merged, period_key, sums
from tests.domain.evaluating import AT, FIXED, ISSUE, MULTIPLY, PER_STEP, PER_UNIT, bill, definition, keys, line, run
from tests.domain.evaluating import program as make

SHARE = EffectKind.EARN_IN_PROPORTION
ADD = EffectKind.ADD_POINTS
DRAW = EffectKind.DRAW_ENTRIES
REFERRAL = EffectKind.REFERRAL
C20 = definition()
BASE = make(PER_STEP, "BASE", points=1, step_satang=10_000)
EARNING = {
    PER_STEP: make(PER_STEP, points=2, step_satang=10_000),
    SHARE: make(SHARE, points=20, step_satang=10_000),
    PER_UNIT: make(PER_UNIT, points=2),
    FIXED: make(FIXED, points=2),
    MULTIPLY: make(MULTIPLY, factor=Fraction(3)),
    ADD: make(ADD, points=2),
    ISSUE: make(ISSUE, coupon=C20.id, step_satang=10_000),
    DRAW: make(DRAW, step_satang=10_000),
    REFERRAL: make(REFERRAL, points=1, referrer_points=1),
}
MEMBER = MemberState("m", referred_by="other")


def counts(**of: int) -> MemberState:
    """``day=1``: so often today."""
    name = {"day": "2026-11-21", "month": "2026-11", "year": "2026", "life": ""}
    return replace(MEMBER, counts={count_key(TallyKind.TIMES, "id-P1", name[key]): n for key, n in of.items()})


@pytest.mark.parametrize("kind", EARNING)
@pytest.mark.parametrize(
    ("limits", "key", "state"),
    [
        (Limits(per_member_day=3), "limit_day", counts(day=3, month=3)),
        (Limits(per_member_month=3), "limit_month", counts(month=4)),
        (Limits(per_member_year=3), "limit_year", counts(year=3)),
        (Limits(per_member=3), "limit_life", counts(life=3)),
        (Limits(per_member_day=9, per_member=3), "limit_life", counts(day=1, life=3)),
        (Limits(total=3), "quota_none", MEMBER),
        (Limits(budget_satang=3), "quota_none", MEMBER),
    ],
)
def test_a_limit_that_is_used_up_stops_every_kind(
    kind: EffectKind, limits: Limits, key: str, state: MemberState
) -> None:
    rule = replace(EARNING[kind], limits=limits)
    result = run(bill(line(500), member=state), rule, BASE, definitions=(C20,))
    assert keys(result)["id-P1"] == key
    assert not [each for each in result.tallies if each.key == "id-P1"]
    fresh = replace(state, counts={})
    open_bill = replace(bill(line(500), member=fresh), quotas={"id-P1": QuotaLeft(9, 10**9)})
    assert keys(run(open_bill, rule, BASE, definitions=(C20,)))["id-P1"] != key


@pytest.mark.parametrize("kind", EARNING)
@pytest.mark.parametrize(("quota", "key"), [(QuotaLeft(0, 5), "quota_spent"), (QuotaLeft(5, 0), "budget_spent")])
def test_a_spent_quota_stops_every_kind(kind: EffectKind, quota: QuotaLeft, key: str) -> None:
    rule = replace(EARNING[kind], limits=Limits(total=9, budget_satang=9))
    asked = replace(bill(line(500), member=MEMBER), quotas={"id-P1": quota})
    assert keys(run(asked, rule, BASE, definitions=(C20,)))["id-P1"] == key


@pytest.mark.parametrize("kind", EARNING)
def test_without_a_member_nothing_that_is_limited_per_member_runs(kind: EffectKind) -> None:
    rule = replace(EARNING[kind], limits=Limits(per_member_day=1))
    result = run(bill(line(500), member=None), rule, definitions=(C20,))
    assert keys(result) == {"id-P1": "needs_member"}


@pytest.mark.parametrize(
    ("kind", "given"), [(PER_STEP, 4), (SHARE, 40), (PER_UNIT, 4), (ISSUE, 2), (DRAW, 2), (FIXED, 2), (ADD, 2)]
)
@pytest.mark.parametrize(
    ("limits", "cut"),
    [
        (Limits(per_bill=2), "bill"),
        (Limits(per_member_day=2), "member"),
        (Limits(per_member_year=2), "member"),
        (Limits(total=2), "shared"),
    ],
)
def test_a_limit_cuts_and_the_explanation_says_so(kind: EffectKind, given: int, limits: Limits, cut: str) -> None:
    rule = replace(EARNING[kind], limits=limits)
    asked = replace(bill(line(100, 5), member=MEMBER), quotas={"id-P1": QuotaLeft(2)})
    result = run(asked, rule, BASE, definitions=(C20,))
    told = next(why for why in result.explanations if why.program_id == "id-P1")
    assert next(told.params[name] for name in ("points", "count", "entries") if name in told.params) == given
    once = kind in (FIXED, ADD)
    assert told.key.endswith(f"_cut_{cut}") is not once
    times = [each.amount for each in result.tallies if each.kind in (TallyKind.TIMES, TallyKind.TOTAL)]
    assert times == ([] if limits.per_bill else [1 if once else 2])


@pytest.mark.parametrize(
    ("kind", "satang", "given", "spent"),
    [
        (PER_STEP, 79, 6, 60),  # 2 points of 10 satang a step
        (SHARE, 79, 7, 70),
        (PER_UNIT, 45, 4, 40),
        (MULTIPLY, 79, 7, 70),
        (ISSUE, 4_500, 2, 4_000),
    ],
)
def test_a_budget_cuts_and_is_noted_in_satang(kind: EffectKind, satang: int, given: int, spent: int) -> None:
    rule = replace(EARNING[kind], limits=Limits(budget_satang=10**6))
    asked = replace(bill(line(100, 5), member=MEMBER), quotas={"id-P1": QuotaLeft(None, satang)})
    result = run(asked, rule, BASE, definitions=(C20,))
    told = next(why for why in result.explanations if why.program_id == "id-P1")
    assert told.key.endswith("_cut_shared")
    assert told.params.get("points", told.params.get("count")) == given
    assert sums(result.tallies)["budget|id-P1|"] == spent
    assert all(each.member_id is None for each in result.tallies if each.kind is TallyKind.BUDGET)


@pytest.mark.parametrize("kind", [PER_STEP, SHARE, PER_UNIT, FIXED, MULTIPLY, ADD, ISSUE, REFERRAL])
def test_a_budget_too_small_for_one_gives_nothing(kind: EffectKind) -> None:
    rule = replace(EARNING[kind], limits=Limits(budget_satang=10**6))
    asked = replace(bill(line(100, 5), member=MEMBER), quotas={"id-P1": QuotaLeft(None, 9)})
    assert keys(run(asked, rule, BASE, definitions=(C20,)))["id-P1"] == "budget_spent"


def test_stamps_cost_a_budget_nothing_and_points_what_the_shop_says() -> None:
    stamps = make(FIXED, points=5, currency="cup", limits=Limits(budget_satang=10**6))
    asked = replace(bill(line(100)), quotas={"id-P1": QuotaLeft(None, 1)})
    assert run(asked, stamps).tallies == ()
    points = replace(EARNING[FIXED], limits=Limits(budget_satang=10**6))
    asked = replace(bill(line(100)), quotas={"id-P1": QuotaLeft(None, 1_000)})
    assert sums(run(asked, points, point_value_satang=25).tallies) == {"budget|id-P1|": 50}
    assert sums(run(asked, points, point_value_satang=0).tallies) == {}


@pytest.mark.parametrize(
    ("kind", "value", "most", "face"),
    [
        (CouponValueKind.AMOUNT, 2_000, None, 2_000),
        (CouponValueKind.AMOUNT, 2_000, 1_500, 1_500),
        (CouponValueKind.PERCENT, 1_000, 5_000, 5_000),
        (CouponValueKind.PERCENT, 1_000, None, 0),
        (CouponValueKind.PRODUCT, 1, 4_000, 4_000),
        (CouponValueKind.CHEAPEST, 1, None, 0),
    ],
)
def test_the_face_value_of_a_coupon(kind: CouponValueKind, value: int, most: int | None, face: int) -> None:
    assert face_value_satang(definition(value, value_kind=kind, value_max_satang=most)) == face


def test_no_near_miss_for_what_a_limit_keeps_away() -> None:
    rule = replace(EARNING[PER_STEP], limits=Limits(per_member_day=1))
    assert run(bill(line(60), member=counts(day=1)), rule).nearest is None
    coupons = replace(EARNING[ISSUE], limits=Limits(per_member_day=2))
    # One of two is left: the next step would give nothing.
    assert run(bill(line(150), member=counts(day=1)), coupons, definitions=(C20,)).nearest is None
    assert run(bill(line(150), member=MEMBER), coupons, definitions=(C20,)).nearest is not None


_most = st.one_of(st.none(), st.integers(1, 6))
_limits = st.builds(
    Limits,
    per_bill=_most,
    per_member_day=_most,
    per_member_month=_most,
    per_member_year=_most,
    per_member=_most,
    total=st.one_of(st.none(), st.integers(1, 15)),
    budget_satang=st.one_of(st.none(), st.integers(10, 6_000)),
)
#: Who buys at which till, how much, how many days after the bill before.
_visits = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.integers(1, 900), st.sampled_from([0, 0, 1, 20, 200])),
    max_size=15,
)


def _given(rule: Program, result: Evaluation) -> tuple[int, int]:
    """Times (for points in proportion: hundredths of a time) and satang that a bill gave."""
    times = sum(each.points for each in result.earns if each.program_id == rule.id)
    worth = 10 * times
    if rule.effect.kind == ISSUE:
        times = sum(each.count for each in result.coupons_to_issue)
        worth = 2_000 * times
    if rule.effect.kind == DRAW:
        return sum(each.amount for each in result.tallies if each.kind is TallyKind.ENTRIES), 0
    return times, worth


_PER_TIME = {PER_STEP: 2, SHARE: 20, PER_UNIT: 2, FIXED: 2, ADD: 2, ISSUE: 1, DRAW: 1, REFERRAL: 2}


@given(st.sampled_from(sorted(_PER_TIME)), _limits, _visits, st.permutations(range(15)))
@settings(max_examples=150)
def test_no_limit_is_exceeded_by_any_bills_at_any_tills(
    kind: EffectKind, limits: Limits, visits: list[tuple[str, int, int, int]], order: list[int]
) -> None:
    """Each till draws on its own quota, in any order of the bills; a member's sums are known everywhere."""
    rule = replace(EARNING[kind], limits=limits)
    rules = compile_rules(RuleBook((rule, BASE), {C20.id: C20}, {}, Settings()))
    shares = [QuotaLeft(_part(limits.total, n), _part(limits.budget_satang, n)) for n in range(3)]
    known: dict[str, dict[str, int]] = {}
    used: dict[tuple[str, str], int] = {}
    all_times = all_worth = 0
    at = AT
    for index in (i for i in order if i < len(visits)):
        who, till, baht, days = visits[index]
        at += timedelta(days=days)
        state = MemberState(who, referred_by="z", counts=known.get(who, {}))
        asked = EvaluationInput((line(baht, 2),), at, "b", "b", state, quotas={rule.id: shares[till]})
        result = evaluate(asked, rules)
        known[who] = merged(known.get(who, {}), sums(each for each in result.tallies if each.member_id == who))
        spent = sums(each for each in result.tallies if each.member_id is None)
        shares[till] = QuotaLeft(
            _less(shares[till].times, spent.get(f"total|{rule.id}|", 0)),
            _less(shares[till].satang, spent.get(f"budget|{rule.id}|", 0)),
        )
        times, worth = _given(rule, result)
        all_times, all_worth = all_times + times, all_worth + worth
        assert limits.per_bill is None or times <= limits.per_bill * _PER_TIME[kind]
        for period, most in limits.per_member_periods():
            name = (who, period_key(period, at.date()))
            used[name] = used.get(name, 0) + times
            assert used[name] <= most * _PER_TIME[kind]
    assert limits.total is None or all_times <= limits.total * _PER_TIME[kind]
    assert limits.budget_satang is None or all_worth <= limits.budget_satang


def _part(whole: int | None, till: int) -> int | None:
    """A till's share; the third gets what the others leave."""
    return None if whole is None else whole // 3 if till < 2 else whole - 2 * (whole // 3)


def _less(left: int | None, spent: int) -> int | None:
    if left is None:
        return None
    assert spent <= left
    return left - spent
