"""Each kind of earning: figures, rounding, the money it counts, what is carried, what a bill adds to a tier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from pos_member.domain.coupon import Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.money import Rounding
from pos_member.domain.org import Currency, PointsPaidEarns
from pos_member.domain.pricing import Evaluation, EvaluationInput, MemberState
from pos_member.domain.program import Audience, Basis, Combine, EffectKind, Program, Stacking, Trigger, VatBasis
from pos_member.domain.tally import Tally, TallyKind, merged, sums
from pos_member.domain.tiers import TierChange, TierLevel, TierMetric, TierScheme
from tests.domain.evaluating import (
    AMOUNT,
    FIXED,
    ISSUE,
    MULTIPLY,
    PER_STEP,
    PER_UNIT,
    REWARD,
    bill,
    book,
    definition,
    keys,
    line,
    program,
    run,
)

SHARE = EffectKind.EARN_IN_PROPORTION
ADD = EffectKind.ADD_POINTS
DRAW = EffectKind.DRAW_ENTRIES
REFERRAL = EffectKind.REFERRAL
POINT_25 = program(PER_STEP, "P25", points=1, step_satang=2_500)
REDEEM = program(REWARD, "R100", points=100, amount_satang=1_000)


def with_vat(of: EvaluationInput, rate_bp: int, *programs: Program) -> Evaluation:
    return evaluate(of, compile_rules(replace(book(*programs), vat_rate_bp=rate_bp)))


def counted(result: Evaluation, before: dict[str, int] | None = None) -> dict[str, int]:
    """The member's sums after the bill."""
    return merged(before or {}, sums(each for each in result.tallies if each.member_id is not None))


def back(result: Evaluation) -> dict[str, int]:
    """What the return of all of the bill adds to the sums."""
    return sums(replace(each, amount=-each.amount) for each in result.tallies)


@pytest.mark.parametrize(("rounding", "points"), [(Rounding.DOWN, 3), (Rounding.HALF_UP, 4), (Rounding.UP, 4)])
def test_points_in_proportion_round_once(rounding: Rounding, points: int) -> None:
    """2 points for 25 baht: 45 baht are 3.6 points, whatever the lines."""
    rule = program(SHARE, points=2, step_satang=2_500, rounding=rounding)
    result = run(bill(line(15), line(30)), rule)
    assert (result.points_earned, keys(result)["id-P1"]) == (points, "points_share")
    assert sum(one.points_earned for one in result.lines) == points


@pytest.mark.parametrize("rounding", [Rounding.DOWN, Rounding.HALF_UP])
def test_the_near_miss_of_a_proportion_is_exact(rounding: Rounding) -> None:
    rule = program(SHARE, points=3, step_satang=10_000, rounding=rounding)
    near = run(bill(line(10)), rule).nearest
    assert near is not None
    missing = near.missing_satang / 100
    assert run(bill(line(10), line(missing)), rule).points_earned == 1
    assert run(bill(line(10), line(missing - 0.01)), rule).points_earned == 0


def test_additional_points_need_base_points_of_the_goods_in_scope() -> None:
    fruit = Scope(categories=("fruit",))
    more = program(ADD, "ADD", points=50, scope=fruit)
    double = program(MULTIPLY, "X2", factor=Fraction(2))
    result = run(bill(line(100, category_id="fruit"), line(100)), POINT_25, more, double)
    assert {earn.program_id: (earn.points, earn.qualifying) for earn in result.earns} == {
        "id-P25": (8, True),
        "id-X2": (8, False),
        "id-ADD": (50, False),
    }
    assert keys(run(bill(line(10, category_id="fruit")), POINT_25, more))["id-ADD"] == "no_points_to_add"
    unit = program(PER_UNIT, "U", points=5)
    assert keys(run(bill(line(10, category_id="fruit")), unit, more))["id-ADD"] == "no_points_to_add"


def test_stamps_are_a_currency_of_their_own() -> None:
    cup = program(PER_UNIT, "CUP", points=1, currency="cup", scope=Scope(tags=("coffee",)))
    double = program(MULTIPLY, "X2", factor=Fraction(2))
    double_cups = program(PER_STEP, "STEP", points=1, step_satang=5_000, currency="cup")
    only_cups = program(MULTIPLY, "X3", factor=Fraction(3), currency="cup")
    coins = (Currency("cup", "แก้ว", "Cup"),)
    result = run(bill(line(50, 2, tags=("coffee",))), POINT_25, cup, double, double_cups, only_cups, currencies=coins)
    found = {earn.program_id: (earn.points, earn.currency, earn.qualifying) for earn in result.earns}
    assert found == {
        "id-P25": (4, "", True),
        "id-X2": (4, "", False),
        "id-CUP": (2, "cup", False),
        "id-STEP": (2, "cup", False),
        "id-X3": (4, "cup", False),
    }
    assert (result.points_earned, result.lines[0].points_earned) == (8, 8)
    told = {why.program_id: why for why in result.explanations}["id-CUP"]
    assert (told.key, told.params) == ("stamps", {"stamps": 2, "currency_th": "แก้ว", "currency_en": "Cup"})
    near = run(bill(line(20)), double_cups)
    assert keys(near)["id-STEP"] == "near_stamps"


CARRY = program(PER_STEP, "CARRY", points=1, step_satang=10_000, carry=True)


def test_the_remainder_of_a_step_is_carried_to_the_next_bill() -> None:
    member = MemberState("m")
    counts: dict[str, int] = {}
    earned = []
    for baht in (60, 60, 90, 250.5, 39.5):
        result = run(bill(line(baht), member=replace(member, counts=counts)), CARRY)
        earned.append(result.points_earned)
        counts = counted(result, counts)
    assert earned == [0, 1, 1, 2, 1]
    assert counts == {}  # 500 baht: 5 steps and nothing left over
    near = run(bill(line(30), member=replace(member, counts={"remainder|id-CARRY|": 6_000})), CARRY)
    assert near.nearest is not None
    assert near.nearest.missing_satang == 1_000


def test_a_remainder_that_came_back_is_worked_off() -> None:
    """99 baht carried, 1 baht makes the step, the 99 come back: the next 99 carry nothing again."""
    member = MemberState("m")
    first = run(bill(line(99), member=member), CARRY)
    second = run(bill(line(1), member=replace(member, counts=counted(first))), CARRY)
    assert (first.points_earned, second.points_earned) == (0, 1)
    after = merged(counted(second, counted(first)), back(first))
    assert after == {"remainder|id-CARRY|": -9_900}
    third = run(bill(line(99), member=replace(member, counts=after)), CARRY)
    fourth = run(bill(line(1), member=replace(member, counts=counted(third, after))), CARRY)
    assert (third.points_earned, fourth.points_earned) == (0, 0)


def test_what_another_of_the_group_earned_is_not_carried() -> None:
    best = Stacking(group="g", combine=Combine.BEST)
    carry = replace(CARRY, stacking=best)
    other = program(FIXED, "FIX", points=5, stacking=best)
    assert run(bill(line(60)), carry, other).tallies == ()
    assert [each.amount for each in run(bill(line(60)), carry).tallies] == [6_000]


def test_money_before_and_after_vat() -> None:
    """107 baht with 7 % VAT are 100 without."""
    rule = program(PER_STEP, points=1, step_satang=10_000, trigger=Trigger(vat=VatBasis.EXCLUDED))
    assert with_vat(bill(line(107)), 700, rule).points_earned == 1
    near = with_vat(bill(line(106)), 700, rule)
    assert near.points_earned == 0
    assert near.nearest is not None
    missing = near.nearest.missing_satang / 100
    assert with_vat(bill(line(106), line(missing)), 700, rule).points_earned == 1
    assert with_vat(bill(line(106), line(missing - 0.01)), 700, rule).points_earned == 0
    # A seller who is not registered has no VAT inside the prices.
    assert with_vat(bill(line(100)), 0, rule).points_earned == 1


@pytest.mark.parametrize(("basis", "points"), [(Basis.LIST, 10), (Basis.GROSS, 8), (Basis.NET, 7)])
def test_money_before_all_discounts_before_bill_discounts_and_after_all(basis: Basis, points: int) -> None:
    line_off = program(AMOUNT, "A", amount_satang=2_000, scope=Scope(tags=("x",)))
    bill_off = program(AMOUNT, "B", amount_satang=1_000)
    rule = program(PER_STEP, "P", points=1, step_satang=1_000, trigger=Trigger(basis=basis))
    result = run(bill(line(100, tags=("x",))), line_off, bill_off, rule)
    assert result.points_earned == points


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize(
    ("setting", "bp", "points"),
    [
        (PointsPaidEarns.NONE, 0, 90),
        (PointsPaidEarns.ALL, 0, 100),
        (PointsPaidEarns.FRACTION, 5_000, 95),
        (PointsPaidEarns.FRACTION, 3_333, 93),
        (PointsPaidEarns.FRACTION, 0, 90),
        (PointsPaidEarns.FRACTION, 10_000, 100),
    ],
)
def test_the_part_paid_with_points_earns_none_all_or_a_fraction(
    basis: Basis, setting: PointsPaidEarns, bp: int, points: int
) -> None:
    rule = program(PER_STEP, "P", points=1, step_satang=100, trigger=Trigger(basis=basis))
    paid = bill(line(33.33), line(33.33), line(33.34), rewards={REDEEM.id: 1})
    result = run(paid, rule, REDEEM, points_paid_earns=setting, points_paid_earns_bp=bp)
    assert (result.total_satang, result.points_earned) == (9_000, points)


def test_gift_cards_earn_nothing_unless_named() -> None:
    card = line(500, tags=("gift_card",))
    assert run(bill(card, line(100)), POINT_25).points_earned == 4
    named = replace(POINT_25, scope=Scope(tags=("gift_card",)))
    assert run(bill(card, line(100)), named).points_earned == 20
    assert run(bill(card, line(100)), POINT_25).qualifying_satang == 10_000


FRIEND = program(REFERRAL, "FRIEND", points=100, referrer_points=200, trigger=Trigger(10_000))
BROUGHT = MemberState("new", referred_by="old")


def test_a_referral_pays_both_with_the_first_bill() -> None:
    result = run(bill(line(100), line(50), member=BROUGHT), FRIEND)
    mine, other = result.earns
    assert (mine.points, mine.member_id, dict(mine.by_line), mine.qualifying) == (100, None, {1: 67, 2: 33}, False)
    assert (other.points, other.member_id, dict(other.by_line), other.qualifying) == (200, "old", {}, False)
    assert result.points_earned == 100
    assert result.tallies == (Tally(TallyKind.TIMES, FRIEND.id, "", 1, "new"),)
    assert result.explanations[0].params == {"points": 100, "referrer_points": 200}


@pytest.mark.parametrize(
    ("member", "key"),
    [
        (MemberState("m"), "referral_none"),
        (MemberState("m", referred_by="m"), "self_referral"),
        (replace(BROUGHT, visits=1), "referral_first"),
        (replace(BROUGHT, counts={"times|id-FRIEND|": 1}), "referral_done"),
        (None, "needs_member"),
    ],
)
def test_a_referral_is_not_paid(member: MemberState | None, key: str) -> None:
    result = run(bill(line(100), member=member), FRIEND)
    assert (result.earns, result.tallies, keys(result)) == ((), (), {FRIEND.id: key})


def test_a_referral_waits_for_a_bill_that_is_large_enough_and_stays() -> None:
    small = run(bill(line(60), member=BROUGHT), FRIEND)
    assert small.nearest is not None
    assert (small.earns, small.nearest.missing_satang) == ((), 4_000)
    first = run(bill(line(100), member=BROUGHT), FRIEND)
    # The first bill came back whole: no visit, no use; the next is the first again.
    again = replace(BROUGHT, counts=merged(counted(first), back(first)))
    assert run(bill(line(100), member=again), FRIEND).points_earned == 100


def test_entries_in_a_draw_one_a_bill_or_for_every_step() -> None:
    one = program(DRAW, "ONE", count=3, trigger=Trigger(20_000))
    step = program(DRAW, "STEP", count=2, step_satang=10_000)
    result = run(bill(line(200), line(150)), one, step)
    assert counted(result) == {"entries|id-ONE|": 3, "entries|id-STEP|": 6}
    assert sum(each.amount for each in result.tallies if each.line_no is not None) == 6
    assert keys(run(bill(line(50)), one, step)) == {"id-ONE": "near_entries", "id-STEP": "near_entries"}
    assert keys(run(bill(line(500), member=None), step)) == {"id-STEP": "needs_member"}


def test_a_coupon_says_on_what_terms_it_was_given() -> None:
    c20 = definition()
    step = program(ISSUE, "STEP", coupon=c20.id, count=2, step_satang=10_000)
    minimum = program(ISSUE, "MIN", coupon=c20.id, trigger=Trigger(minimum_satang=20_000))
    units = program(ISSUE, "UNITS", coupon=c20.id, trigger=Trigger(minimum_quantity_milli=2_000))
    result = run(bill(line(150), line(100)), step, minimum, units, definitions=(c20,))
    issues = {each.program_id: each for each in result.coupons_to_issue}
    first = issues[step.id]
    assert (first.count, first.step_satang, first.per_step, dict(first.by_line)) == (
        4,
        10_000,
        2,
        {1: 15_000, 2: 10_000},
    )
    assert (issues[minimum.id].minimum_satang, issues[minimum.id].step_satang) == (20_000, 0)
    # Where no money is asked, the terms are in thousandths of the goods.
    assert (issues[units.id].minimum_satang, dict(issues[units.id].by_line)) == (2_000, {1: 1_000, 2: 1_000})


def tiers(metric: TierMetric, *minimums: int) -> TierScheme:
    names = ("silver", "gold")
    return TierScheme(metric, tuple(TierLevel(n, n, n, least) for n, least in zip(names, minimums, strict=False)))


GOLD_X2 = program(MULTIPLY, "X2", factor=Fraction(2), audience=Audience(tiers=("gold",)))


@pytest.mark.parametrize(
    ("metric", "count", "minimum", "change"),
    [
        (TierMetric.SPEND, 0, 20_000, True),
        (TierMetric.SPEND, 0, 20_001, False),
        (TierMetric.SPEND, 5_000, 25_000, True),
        (TierMetric.VISITS, 4, 5, True),
        (TierMetric.VISITS, 3, 5, False),
        (TierMetric.POINTS, 0, 8, True),
        (TierMetric.POINTS, 0, 9, False),
        (TierMetric.POINTS, 92, 100, True),
    ],
)
def test_the_tier_reached_with_the_bill_holds_for_it(
    metric: TierMetric, count: int, minimum: int, change: bool
) -> None:
    member = MemberState("m", tier="silver", tier_count=count)
    result = run(bill(line(200), member=member), POINT_25, GOLD_X2, tiers=tiers(metric, 0, minimum))
    assert result.points_earned == (16 if change else 8)
    assert result.tier_change == (TierChange("silver", "gold") if change else None)


def test_prices_go_by_the_tier_the_member_came_with() -> None:
    off = program(AMOUNT, "OFF", amount_satang=1_000, audience=Audience(tiers=("gold",)))
    result = run(bill(line(200)), off, POINT_25, tiers=tiers(TierMetric.SPEND, 100, 1_000))
    assert result.tier_change == TierChange("", "gold")
    assert keys(result)["id-OFF"] == "tier"


def test_multipliers_gifts_and_stamps_count_towards_no_tier() -> None:
    more = program(ADD, "ADD", points=1_000)
    stamps = program(FIXED, "ST", points=1_000, currency="cup")
    double = program(MULTIPLY, "X", factor=Fraction(100))
    result = run(bill(line(200)), POINT_25, more, stamps, double, tiers=tiers(TierMetric.POINTS, 9))
    assert (result.points_earned, result.tier_change) == (8 + 99 * 8 + 1_000, None)


def test_a_tier_never_falls_at_the_till() -> None:
    member = MemberState("m", tier="gold", tier_count=0)
    assert run(bill(line(200), member=member), tiers=tiers(TierMetric.SPEND, 100, 10**9)).tier_change is None
    assert run(bill(member=MemberState("m")), tiers=tiers(TierMetric.VISITS, 1)).tier_change is None


def test_what_counts_towards_tiers_is_what_was_paid_for_goods() -> None:
    off = program(AMOUNT, "OFF", amount_satang=1_000)
    goods = (line(100), line(500, tags=("gift_card",)))
    result = run(bill(*goods, rewards={REDEEM.id: 1}), off, REDEEM)
    assert result.qualifying_satang == 8_000
    assert run(bill(*goods, member=None), off).qualifying_satang == 0


def test_a_coupon_that_could_not_be_used_any_more_is_not_given() -> None:
    for until, key in ((date(2026, 11, 20), "coupon_ended"), (date(2026, 11, 21), "coupon_issued")):
        ended = definition(valid_until=until)
        result = run(bill(line(100)), program(ISSUE, coupon=ended.id), definitions=(ended,))
        assert keys(result)["id-P1"] == key
        assert len(result.coupons_to_issue) == (key == "coupon_issued")


def test_a_coupon_for_the_tier_just_reached() -> None:
    c20 = definition()
    gift: Any = program(ISSUE, "GIFT", coupon=c20.id, audience=Audience(tiers=("gold",)))
    scheme = tiers(TierMetric.POINTS, 1, 8)
    assert len(run(bill(line(200)), POINT_25, gift, definitions=(c20,), tiers=scheme).coupons_to_issue) == 1
    assert run(bill(line(199)), POINT_25, gift, definitions=(c20,), tiers=scheme).coupons_to_issue == ()
