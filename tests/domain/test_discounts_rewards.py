"""Points and stamps for money off, for goods, for coupons: what they cost and what they take off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pos_member.domain.bill import BillDiscount, DiscountKind, DraftLine, LineWeight, QuotaLeft
from pos_member.domain.coupon import CouponValueKind, Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.org import Currency
from pos_member.domain.pricing import Evaluation, EvaluationInput, MemberState, UsableReward
from pos_member.domain.program import Combine, EffectKind, Limits, Program, Stacking
from pos_member.domain.tally import Tally, TallyKind
from tests.domain.evaluating import AMOUNT, AT, PERCENT, REWARD, bill, book, definition, keys, line, program, run

PRODUCT = EffectKind.REWARD_PRODUCT
COUPON = EffectKind.REWARD_COUPON
CUP = Currency("cup", "แสตมป์กาแฟ", "coffee stamp")
TEA = Scope(tags=("tea",))
FREE_TEA = program(PRODUCT, "TEA", points=100, scope=TEA)
C20 = definition()
BUY_C20 = program(COUPON, "C", points=200, coupon=C20.id, count=2)


def tea(baht: float, quantity: float = 1, **more: Any) -> DraftLine:
    return line(baht, quantity, tags=("tea",), **more)


def offer(result: Evaluation, rule: Program = FREE_TEA) -> UsableReward:
    (one,) = [reward for reward in result.rewards if reward.program_id == rule.id]
    return one


def told(result: Evaluation, rule: Program = FREE_TEA) -> tuple[str, dict[str, object]]:
    (one,) = [why for why in result.explanations if why.program_id == rule.id]
    return one.key, dict(one.params)


def test_points_for_the_dearest_goods_in_scope() -> None:
    result = run(bill(tea(60), tea(80), line(500), rewards={FREE_TEA.id: 1}), FREE_TEA)
    assert [one.net_satang for one in result.lines] == [6_000, 0, 50_000]
    assert [one.points_paid_satang for one in result.lines] == [0, 8_000, 0]
    assert result.discounts == (
        BillDiscount(
            DiscountKind.POINTS,
            FREE_TEA.id,
            None,
            "รายการ TEA",
            "Program TEA",
            8_000,
            100,
            lines=(LineWeight(2, 8_000),),
        ),
    )
    assert result.points_redeemed == 100
    one = offer(result)
    assert (one.kind, one.currency, one.points_per_time) == ("reward_product", "", 100)
    assert (one.times_chosen, one.times_max, one.amount_per_time_satang, one.why_not) == (1, 2, 8_000, "")
    assert told(result) == ("reward_product", {"times": 1, "points": 100, "units": 1, "amount_satang": 8_000})


def test_goods_that_are_not_on_the_bill_cost_nothing_and_ask_to_be_scanned() -> None:
    result = run(bill(line(500), rewards={FREE_TEA.id: 3}), FREE_TEA)
    assert (result.points_redeemed, result.discounts) == (0, ())
    assert (offer(result).why_not, told(result)) == ("reward_scan", ("reward_scan", {}))
    weighed = run(bill(tea(100, 0.5), rewards={FREE_TEA.id: 1}), FREE_TEA)
    assert (weighed.points_redeemed, offer(weighed).why_not) == (0, "reward_scan")


def test_no_more_times_than_there_are_goods_points_and_limits() -> None:
    asked = {FREE_TEA.id: 9}
    result = run(bill(tea(60, 2), rewards=asked), FREE_TEA)
    assert (result.points_redeemed, result.total_satang, offer(result).times_max) == (200, 0, 2)
    poor = run(bill(tea(60, 2), member=MemberState("m", spendable_points=199), rewards=asked), FREE_TEA)
    assert (poor.points_redeemed, poor.total_satang, offer(poor).times_max) == (100, 6_000, 1)
    once = program(PRODUCT, "TEA", points=100, scope=TEA, limits=Limits(per_bill=1, per_member=5))
    limited = run(bill(tea(60, 2), rewards=asked), once)
    assert (limited.points_redeemed, offer(limited, once).times_max) == (100, 1)
    assert limited.tallies == (Tally(TallyKind.TIMES, once.id, "", 1, "member-1"),)
    spent = MemberState("m", spendable_points=900, counts={f"times|{once.id}|": 5})
    none = run(bill(tea(60), member=spent, rewards=asked), once)
    assert (none.points_redeemed, offer(none, once).why_not) == (0, "limit_life")


def test_two_for_one_reward_and_never_half_of_it() -> None:
    pair = program(PRODUCT, "PAIR", points=150, get=2, scope=TEA)
    result = run(bill(tea(60), tea(80), tea(70), rewards={pair.id: 2}), pair)
    assert (result.points_redeemed, result.discount_satang, offer(result, pair).times_max) == (150, 15_000, 1)
    single = run(bill(tea(60), rewards={pair.id: 1}), pair)
    assert (single.points_redeemed, offer(single, pair).why_not) == (0, "reward_scan")
    on_offer = run(bill(tea(60), tea(80), tea(70), tea(10)), pair)
    assert (offer(on_offer, pair).times_max, offer(on_offer, pair).amount_per_time_satang) == (2, 15_000)
    assert told(on_offer, pair) == (
        "reward_product_open",
        {"times": 2, "points": 300, "units": 4, "amount_satang": 22_000},
    )


def test_a_budget_holds_whole_times_only() -> None:
    rule = program(PRODUCT, "TEA", points=100, scope=TEA, limits=Limits(budget_satang=1_000_000))
    rules = compile_rules(book(rule))
    for satang, times in ((5_999, 0), (6_000, 1), (17_999, 2), (18_000, 3)):
        given = bill(tea(60, 5), rewards={rule.id: 9})
        asked = EvaluationInput(
            given.lines, AT, "b", "b", given.member, (), given.rewards, {rule.id: QuotaLeft(None, satang)}
        )
        result = evaluate(asked, rules)
        assert (result.discount_satang, result.points_redeemed) == (times * 6_000, times * 100)
        assert sum(tally.amount for tally in result.tallies) == times * 6_000


def test_stamps_are_their_own_purse_and_no_points() -> None:
    free = program(PRODUCT, "CUP", points=10, currency="cup", scope=TEA)
    member = MemberState("m", spendable_points=1_000, stamps={"cup": 25})
    result = run(bill(tea(60, 5), member=member, rewards={free.id: 9}), free, currencies=(CUP,))
    assert (result.points_redeemed, result.discount_satang) == (0, 12_000)
    assert (result.discounts[0].points, result.discounts[0].currency) == (20, "cup")
    assert (offer(result, free).times_max, offer(result, free).currency) == (2, "cup")
    names = {"currency_th": "แสตมป์กาแฟ", "currency_en": "coffee stamp"}
    assert told(result, free) == (
        "reward_product_stamps",
        {"times": 2, "points": 20, "units": 2, "amount_satang": 12_000, **names},
    )
    # The most for one bill is about points.
    capped = run(bill(tea(60), member=member, rewards={free.id: 1}), free, redeem_points_per_bill_max=0)
    assert capped.discount_satang == 6_000
    short = run(bill(tea(60), member=MemberState("m", spendable_points=99, stamps={"cup": 4})), free)
    assert told(short, free) == (
        "stamps_short",
        {"missing_points": 6, "currency_th": "cup", "currency_en": "cup"},
    )


def test_points_for_coupons_take_nothing_off_and_are_issued_with_the_bill() -> None:
    result = run(bill(line(100), rewards={BUY_C20.id: 3}), BUY_C20, definitions=(C20,))
    assert (result.total_satang, result.points_redeemed) == (10_000, 600)
    assert result.discounts == (BillDiscount(DiscountKind.POINTS, BUY_C20.id, None, "รายการ C", "Program C", 0, 600),)
    (issue,) = result.coupons_to_issue
    assert (issue.program_id, issue.definition_id, issue.count, issue.points) == (BUY_C20.id, C20.id, 6, 600)
    one = offer(result, BUY_C20)
    assert (one.kind, one.amount_per_time_satang, one.times_chosen, one.times_max) == ("reward_coupon", 0, 3, 5)
    assert told(result, BUY_C20)[0] == "reward_coupon"
    assert told(result, BUY_C20)[1]["count"] == 6


def test_coupons_for_points_keep_to_a_budget_at_face_value() -> None:
    rule = program(COUPON, "C", points=10, coupon=C20.id, count=2, limits=Limits(budget_satang=1_000_000))
    given = bill(line(100), rewards={rule.id: 9})
    for satang, times in ((3_999, 0), (8_500, 2)):
        quotas = {rule.id: QuotaLeft(None, satang)}
        asked = EvaluationInput(given.lines, AT, "b", "b", given.member, (), given.rewards, quotas)
        result = evaluate(asked, compile_rules(book(rule, definitions=(C20,))))
        assert (result.points_redeemed, sum(one.count for one in result.coupons_to_issue)) == (times * 10, times * 2)
        assert sum(tally.amount for tally in result.tallies) == times * 4_000


def test_a_coupon_that_this_build_does_not_know_is_not_given() -> None:
    odd = definition(0, "ODD", value_kind=CouponValueKind.UNKNOWN)
    rule = program(COUPON, "C", points=10, coupon=odd.id)
    result = run(bill(line(100), rewards={rule.id: 1}), rule, definitions=(odd,))
    assert (result.points_redeemed, keys(result)) == (0, {rule.id: "unknown_coupon"})


def test_goods_before_money_off_so_that_points_are_not_wasted() -> None:
    off = program(REWARD, "A", points=100, amount_satang=1_000)
    result = run(bill(tea(60), line(5), rewards={off.id: 1, FREE_TEA.id: 1}), off, FREE_TEA)
    # The tea takes its full price; ten baht do not fit into the five that are left.
    assert (result.discount_satang, result.points_redeemed) == (6_000, 100)
    assert offer(result, off).why_not == "nothing_left"


def test_rewards_come_after_everything_else() -> None:
    tenth = program(PERCENT, "P", percent_bp=1_000)
    fixed = program(AMOUNT, "Q", amount_satang=900)
    result = run(bill(tea(60), tea(40), rewards={FREE_TEA.id: 1}), tenth, fixed, FREE_TEA)
    # 100 − 10 − 9 = 81, of which the dearer tea has 48.60
    assert [one.amount_satang for one in result.discounts] == [1_000, 900, 4_860]


@pytest.mark.parametrize("combine", [Combine.FIRST, Combine.BEST])
def test_one_reward_of_a_group(combine: Combine) -> None:
    one = Stacking(group="reward", combine=combine)
    goods = program(PRODUCT, "A", points=100, scope=TEA, stacking=one)
    coupons = program(COUPON, "B", points=100, coupon=C20.id, stacking=one)
    result = run(bill(tea(60), rewards={goods.id: 1, coupons.id: 1}), goods, coupons, definitions=(C20,))
    assert (result.points_redeemed, result.coupons_to_issue) == (100, ())
    assert offer(result, coupons).why_not == "beaten"


def test_a_coupon_whose_last_day_is_over_costs_no_points() -> None:
    ended = replace(C20, valid_until=AT.date() - timedelta(days=1))
    result = run(bill(line(100), rewards={BUY_C20.id: 1}), BUY_C20, definitions=(ended,))
    assert (result.points_redeemed, result.coupons_to_issue) == (0, ())
    assert offer(result, BUY_C20).why_not == "coupon_ended"
    today = replace(C20, valid_until=AT.date())
    assert run(bill(line(100), rewards={BUY_C20.id: 1}), BUY_C20, definitions=(today,)).points_redeemed == 200
