"""Goods by the piece: bundles at a price, the cheapest free, goods free for goods bought."""

from __future__ import annotations

from typing import Any

import pytest

from pos_member.domain.bill import DraftLine, QuotaLeft
from pos_member.domain.coupon import Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.money import Rounding
from pos_member.domain.pricing import Evaluation, EvaluationInput, MemberState
from pos_member.domain.program import Basis, Combine, EffectKind, Limits, Program, Stacking, Trigger
from pos_member.domain.tally import Tally, TallyKind
from tests.domain.evaluating import AMOUNT, AT, PERCENT, bill, book, keys, line, program, run

PRICE = EffectKind.FIXED_PRICE
CHEAPEST = EffectKind.CHEAPEST_FREE
BUY_GET = EffectKind.BUY_X_GET_Y
TEA = Scope(tags=("tea",))
CAKE = Scope(tags=("cake",))


def tea(baht: float, quantity: float = 1, **more: Any) -> DraftLine:
    return line(baht, quantity, tags=("tea",), **more)


def cake(baht: float, quantity: float = 1, **more: Any) -> DraftLine:
    return line(baht, quantity, tags=("cake",), **more)


def nets(result: Evaluation) -> list[int]:
    return [one.net_satang for one in result.lines]


def why(result: Evaluation, rule: Program) -> tuple[str, dict[str, object]]:
    (one,) = [told for told in result.explanations if told.program_id == rule.id]
    return one.key, dict(one.params)


def test_a_member_price_is_never_dearer() -> None:
    rule = program(PRICE, amount_satang=4_500, scope=TEA)
    result = run(bill(tea(50, 2), tea(40), line(60)), rule)
    assert nets(result) == [9_000, 4_000, 6_000]
    assert why(result, rule) == (
        "fixed_price",
        {"amount_satang": 1_000, "units": 2, "buy": 1, "price_satang": 4_500},
    )
    assert why(run(bill(tea(45)), rule), rule) == ("not_cheaper", {"price_satang": 4_500})


@pytest.mark.parametrize(
    ("quantities", "total"),
    [((2,), 8_000), ((3,), 10_000), ((5,), 18_000), ((6,), 20_000), ((7,), 24_000)],
)
def test_three_for_a_hundred(quantities: tuple[int, ...], total: int) -> None:
    rule = program(PRICE, buy=3, amount_satang=10_000)
    assert run(bill(*(tea(40, n) for n in quantities)), rule).total_satang == total


def test_the_dearest_go_into_the_bundle_and_its_saving_is_spread_over_them() -> None:
    rule = program(PRICE, buy=3, amount_satang=10_000)
    result = run(bill(tea(30), tea(60), tea(50), tea(40)), rule)
    # 60 + 50 + 40 = 150 for 100: 50 off, by 60 : 50 : 40 = 20, 16.67, 13.33
    assert nets(result) == [3_000, 4_000, 3_333, 2_667]
    assert result.total_satang == 13_000


def test_a_bundle_that_costs_less_already_is_left_alone() -> None:
    rule = program(PRICE, buy=2, amount_satang=5_000)
    result = run(bill(tea(40, 2), tea(20, 2)), rule)
    assert (result.total_satang, why(result, rule)[1]["units"]) == (9_000, 2)


def test_how_many_are_missing_to_a_bundle() -> None:
    rule = program(PRICE, buy=3, amount_satang=10_000)
    near = run(bill(tea(40)), rule)
    assert near.nearest is not None
    assert near.nearest.key == "near_bundle"
    assert near.nearest.params == {"missing_quantity": 2, "buy": 3, "price_satang": 10_000}


@pytest.mark.parametrize(
    ("buy", "get", "prices", "off"),
    [
        (3, 1, (100, 90, 80), 80),
        (3, 1, (100, 90, 80, 10), 80),
        (2, 1, (100, 90, 80, 10), 100),  # 100 + 90, 80 + 10: 90 and 10
        (3, 2, (100, 90, 80, 70, 60, 50), 280),  # 90 + 80, 60 + 50
        (4, 1, (100, 90, 80), 0),
        (1, 1, (100, 90), 190),
    ],
)
def test_of_so_many_the_cheapest_are_free(buy: int, get: int, prices: tuple[int, ...], off: int) -> None:
    rule = program(CHEAPEST, buy=buy, get=get)
    for order in (prices, prices[::-1]):
        assert run(bill(*(tea(p, name_en=str(p)) for p in order)), rule).discount_satang == off * 100


def test_the_cheapest_at_half_price_rounds_once() -> None:
    rule = program(CHEAPEST, buy=2, get=1, percent_bp=5_000)
    result = run(bill(tea(10.01), tea(9.99), tea(0.99), tea(0.99)), rule)
    # 9.99 and 0.99 at half: 5.49 of 10.98, rounded once and not per piece (4.99 + 0.49)
    assert result.discount_satang == 549
    assert why(result, rule) == ("units_cheaper", {"amount_satang": 549, "units": 2, "percent": "50"})
    up = program(CHEAPEST, buy=2, get=1, percent_bp=5_000, rounding=Rounding.UP)
    assert run(bill(tea(10.01), tea(9.99)), up).discount_satang == 500


def test_free_units_of_a_line_come_off_that_line() -> None:
    rule = program(CHEAPEST, buy=3, get=1)
    assert nets(run(bill(tea(10, 7), tea(100, 2)), rule)) == [4_000, 20_000]


@pytest.mark.parametrize(("count", "free"), [(9, 0), (10, 0), (11, 1), (12, 2), (13, 3), (14, 3), (24, 4), (26, 6)])
def test_buy_ten_take_three(count: int, free: int) -> None:
    """Twelve pens at 3.20 cost 32.00 (Odoo's loyalty tests)."""
    rule = program(BUY_GET, buy=10, get=3)
    result = run(bill(line(3.20, count)), rule)
    assert result.total_satang == (count - free) * 320
    split = run(bill(line(3.20, count - 4, barcode="a"), line(3.20, 4, barcode="b")), rule)
    assert split.total_satang == result.total_satang


def test_what_is_free_already_and_waits_to_be_scanned_is_said_first() -> None:
    rule = program(BUY_GET, buy=10, get=3)
    near = program(AMOUNT, "NEAR", amount_satang=100, trigger=Trigger(3_201))
    for count, missing in ((10, 3), (12, 1), (23, 3)):
        result = run(bill(line(3.20, count)), rule, near)
        assert result.nearest is not None
        assert (result.nearest.key, result.nearest.params) == ("free_waiting", {"missing_quantity": missing})
    done = run(bill(line(3.20, 13)), rule)
    assert done.nearest is not None
    assert (done.nearest.key, done.nearest.params) == ("near_free", {"missing_quantity": 10, "units": 3})


def test_goods_free_for_other_goods_are_the_cheapest_of_them() -> None:
    rule = program(BUY_GET, buy=2, get=1, scope=TEA, get_scope=CAKE)
    result = run(bill(tea(40, 5), cake(80), cake(50), cake(60)), rule)
    assert nets(result) == [20_000, 8_000, 0, 0]
    assert why(result, rule) == ("units_free", {"amount_satang": 11_000, "units": 2})
    assert why(run(bill(tea(40), cake(50)), rule), rule) == ("near_free", {"missing_quantity": 1, "units": 1})
    assert why(run(bill(tea(40, 2)), rule), rule) == ("free_waiting", {"missing_quantity": 1})
    assert why(run(bill(cake(40, 2)), rule), rule) == ("scope", {})
    part = run(bill(tea(40, 4), cake(50)), rule)
    assert part.nearest is not None
    assert (part.nearest.key, part.nearest.params) == ("free_waiting", {"missing_quantity": 1})


def test_other_goods_at_half_price() -> None:
    rule = program(BUY_GET, buy=1, get=2, scope=TEA, get_scope=CAKE, percent_bp=5_000)
    result = run(bill(tea(40), cake(80), cake(50), cake(60)), rule)
    assert (result.discount_satang, nets(result)) == (5_500, [4_000, 8_000, 2_500, 3_000])


@pytest.mark.parametrize(("both", "own", "free"), [(1, 0, 0), (2, 0, 1), (3, 0, 1), (4, 0, 2), (2, 1, 1), (2, 2, 2)])
def test_nothing_is_bought_and_free_at_once(both: int, own: int, free: int) -> None:
    """Tea buys tea or cake; a cup that is also in the other scope counts once."""
    either = Scope(tags=("tea", "cake"))
    rule = program(BUY_GET, buy=1, get=1, scope=either, get_scope=TEA)
    lines = [tea(10, both)] + ([cake(90, own)] if own else [])
    assert run(bill(*lines), rule).discount_satang == free * 1_000


def test_a_weighed_line_and_goods_that_cost_nothing_take_no_part() -> None:
    rule = program(CHEAPEST, buy=2, get=1)
    weighed = run(bill(tea(100, 1.5), tea(50)), rule)
    assert why(weighed, rule) == ("near_free", {"missing_quantity": 1, "units": 1})
    assert why(run(bill(tea(100, 0.5)), rule), rule) == ("no_units", {})
    assert run(bill(tea(100), tea(50), tea(0)), rule).discount_satang == 5_000
    assert why(run(bill(tea(100), tea(0)), rule), rule)[0] == "near_free"


def test_limits_count_groups_the_dearest_first() -> None:
    for kind, off in ((CHEAPEST, 9_000), (BUY_GET, 9_000)):
        size = {"buy": 2, "get": 1} if kind is CHEAPEST else {"buy": 1, "get": 1}
        rule = program(kind, limits=Limits(per_bill=1), **size)
        result = run(bill(tea(100), tea(90), tea(80), tea(10)), rule)
        assert result.discount_satang == off
        assert result.nearest is None
    price = program(PRICE, buy=2, amount_satang=10_000, limits=Limits(per_bill=1))
    assert run(bill(tea(100, 6)), price).discount_satang == 10_000
    others = program(BUY_GET, buy=1, get=1, scope=TEA, get_scope=CAKE, limits=Limits(per_bill=2))
    assert run(bill(tea(10, 5), cake(20, 5)), others).discount_satang == 4_000


def test_a_maximum_caps_the_money_and_spreads_it() -> None:
    rule = program(CHEAPEST, buy=2, get=2, maximum_satang=6_000)
    result = run(bill(tea(80), tea(40)), rule)
    assert nets(result) == [4_000, 2_000]
    assert why(result, rule)[1]["amount_satang"] == 6_000


def test_a_budget_cuts_the_money_and_leaves_a_tally_on_each_line() -> None:
    rule = program(CHEAPEST, buy=2, get=2, limits=Limits(budget_satang=100_000, total=50))
    rules = compile_rules(book(rule))
    given = EvaluationInput((tea(80), tea(40)), AT, "b", "b", None, quotas={rule.id: QuotaLeft(10, 6_000)})
    member = MemberState("m")
    assert why(evaluate(given, rules), rule)[0] == "needs_member"
    result = evaluate(EvaluationInput(given.lines, AT, "b", "b", member, quotas=given.quotas), rules)
    assert nets(result) == [4_000, 2_000]
    assert sorted(result.tallies, key=lambda t: (t.kind, t.line_no or 0)) == [
        Tally(TallyKind.BUDGET, rule.id, "", 4_000, None, 1),
        Tally(TallyKind.BUDGET, rule.id, "", 2_000, None, 2),
        Tally(TallyKind.TOTAL, rule.id, "", 1, None, None),
    ]
    for quotas, key in (
        ({}, "quota_none"),
        ({rule.id: QuotaLeft(0, 6_000)}, "quota_spent"),
        ({rule.id: QuotaLeft(1, 0)}, "budget_spent"),
    ):
        none = evaluate(EvaluationInput(given.lines, AT, "b", "b", member, quotas=quotas), rules)
        assert (none.discount_satang, why(none, rule)[0]) == (0, key)


def test_free_goods_are_neither_bought_nor_free_again() -> None:
    first = program(CHEAPEST, "A", buy=3, get=1)
    second = program(CHEAPEST, "B", buy=3, get=1)
    result = run(bill(tea(90, 4)), first, second)
    assert result.discount_satang == 18_000
    assert why(result, second)[1] == {"amount_satang": 9_000, "units": 1}
    assert keys(run(bill(tea(90, 3)), first, second)) == {first.id: "units_free", second.id: "near_free"}


def test_a_unit_of_a_line_made_cheaper_is_worth_its_share_of_what_is_left() -> None:
    off = program(AMOUNT, "OFF", amount_satang=1_000, scope=TEA)
    free = program(CHEAPEST, "FREE", buy=3, get=1)
    # 90.00 less 10.00 is 80.00 for three: 26.67, 26.67 and 26.66
    result = run(bill(tea(30, 3)), off, free)
    assert [one.amount_satang for one in result.discounts] == [1_000, 2_666]


def test_line_prices_free_goods_bill_discounts_in_this_order() -> None:
    price = program(PRICE, "Z1", amount_satang=9_000, scope=TEA)
    free = program(CHEAPEST, "Z2", buy=2, get=1, scope=TEA)
    whole = program(PERCENT, "A", percent_bp=1_000)
    result = run(bill(tea(100, 2), line(10)), whole, free, price)
    assert [(one.program_id, one.amount_satang) for one in result.discounts] == [
        (price.id, 2_000),
        (free.id, 9_000),
        (whole.id, 1_000),
    ]


def test_free_goods_are_not_in_gross_and_the_list_price_keeps_everything() -> None:
    free = program(CHEAPEST, "FREE", buy=2, get=1)
    for basis, key in ((Basis.NET, "near_discount"), (Basis.GROSS, "near_discount"), (Basis.LIST, "discount")):
        rule = program(AMOUNT, "OFF", amount_satang=100, trigger=Trigger(20_000, basis=basis))
        assert why(run(bill(tea(100, 2)), free, rule), rule)[0] == key


def test_the_best_of_a_group_compares_discounts_of_different_steps() -> None:
    best = Stacking(group="tea", combine=Combine.BEST)
    free = program(CHEAPEST, "FREE", buy=3, get=1, scope=TEA, stacking=best)
    percent = program(PERCENT, "PERCENT", percent_bp=3_000, scope=TEA, stacking=best)
    even = run(bill(tea(100, 3)), free, percent)
    assert (even.discount_satang, keys(even)) == (10_000, {free.id: "units_free", percent.id: "beaten"})
    odd = run(bill(tea(100, 4)), free, percent)
    assert (odd.discount_satang, keys(odd)) == (12_000, {free.id: "beaten", percent.id: "discount"})
    first = Stacking(group="tea", combine=Combine.FIRST)
    free, percent = (
        program(CHEAPEST, "A", buy=3, get=1, stacking=first),
        program(PERCENT, "B", percent_bp=9_000, scope=TEA, stacking=first),
    )
    assert run(bill(tea(100, 3)), percent, free).discount_satang == 10_000


def test_an_exclusive_program_takes_untouched_goods_and_closes_them() -> None:
    alone = Stacking(exclusive=True, priority=2)
    price = program(PRICE, "PRICE", amount_satang=5_000, scope=TEA, stacking=Stacking(priority=1))
    half = program(PERCENT, "HALF", percent_bp=5_000, scope=Scope(tags=("tea", "cake")), stacking=alone)
    later = program(PERCENT, "LATER", percent_bp=1_000, scope=CAKE, stacking=Stacking(priority=3))
    result = run(bill(tea(60), cake(40)), price, half, later)
    assert nets(result) == [5_000, 2_000]
    assert keys(result) == {price.id: "fixed_price", half.id: "discount", later.id: "exclusive"}
    assert keys(run(bill(tea(60)), price, half))[half.id] == "exclusive"
    # The next step is open to all: a bill discount comes on top.
    bill_off = program(PERCENT, "BILL", percent_bp=1_000)
    assert run(bill(tea(60), cake(40)), price, half, bill_off).total_satang == 6_300


def test_goods_that_had_to_be_bought_are_used_by_an_exclusive_program_too() -> None:
    first = program(
        BUY_GET, "A", buy=1, get=1, scope=TEA, get_scope=CAKE, stacking=Stacking(exclusive=True, priority=1)
    )
    second = program(CHEAPEST, "B", buy=1, get=1, scope=TEA)
    result = run(bill(tea(60), cake(40)), first, second)
    assert (nets(result), keys(result)[second.id]) == ([6_000, 0], "exclusive")


def test_gift_cards_are_in_no_scope_that_does_not_name_them() -> None:
    card = line(500, product_id="card-500", tags=("gift_card", "tea"))
    assert run(bill(card, tea(100)), program(PERCENT, percent_bp=1_000)).discount_satang == 1_000
    assert run(bill(card, tea(100)), program(PERCENT, percent_bp=1_000, scope=TEA)).discount_satang == 1_000
    for named in (Scope(tags=("gift_card",)), Scope(products=("card-500",))):
        assert run(bill(card, tea(100)), program(PERCENT, percent_bp=1_000, scope=named)).discount_satang == 5_000
    assert keys(run(bill(card), program(PERCENT, percent_bp=1_000)))["id-P1"] == "scope"


def test_many_units_are_counted_and_not_listed() -> None:
    rule = program(CHEAPEST, buy=3, get=1)
    result = run(bill(tea(10, 9_999), tea(11, 9_998)), rule)
    # 9,998 at 11 are 3,332 groups and two; those two and one at 10 are a group; 9,998 at 10 are 3,332 groups.
    assert result.discount_satang == 3_332 * 1_100 + 1_000 + 3_332 * 1_000
