"""Coupons on the bill: for goods, their order, limits of codes, members and definitions."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from pos_member.domain.bill import DraftLine, QuotaLeft
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.pricing import Evaluation, EvaluationInput, HeldCoupon, MemberState
from pos_member.domain.program import Basis, Trigger
from pos_member.domain.tally import Tally, TallyKind
from tests.domain.evaluating import AT, ISSUE, bill, book, coupon, definition, line, program, run

TEA = Scope(tags=("tea",))
FREE_TEA = definition(1, "TEA", value_kind=CouponValueKind.PRODUCT, scope=TEA)
CHEAPEST = definition(1, "CHEAP", value_kind=CouponValueKind.CHEAPEST, scope=TEA)


def tea(baht: float, quantity: float = 1) -> DraftLine:
    return line(baht, quantity, tags=("tea",))


def lay(*lines: DraftLine, of: CouponDefinition, member: MemberState | None = None, **more: Any) -> Evaluation:
    return run(bill(*lines, coupons=(coupon(of),), member=member, **more), definitions=(of,))


def idle(result: Evaluation) -> tuple[str, dict[str, object]]:
    assert (result.discounts, result.coupons_used) == ((), ())
    (why,) = result.explanations
    assert not why.fired
    return why.key, {name: value for name, value in why.params.items() if name != "code"}


def test_units_free_the_dearest_or_the_cheapest() -> None:
    lines = (tea(60), tea(90), line(500))
    assert [one.net_satang for one in lay(*lines, of=FREE_TEA).lines] == [6_000, 0, 50_000]
    assert [one.net_satang for one in lay(*lines, of=CHEAPEST).lines] == [0, 9_000, 50_000]
    two = replace(FREE_TEA, value=2)
    assert lay(tea(60, 3), of=two).discount_satang == 12_000
    assert lay(tea(60), of=two).coupons_used[0].amount_satang == 6_000


def test_a_coupon_for_goods_has_its_maximum() -> None:
    capped = replace(FREE_TEA, value=2, value_max_satang=9_000)
    result = lay(tea(80), tea(40), of=capped)
    assert [one.net_satang for one in result.lines] == [2_000, 1_000]


def test_no_goods_no_use() -> None:
    assert idle(lay(line(60), of=FREE_TEA)) == ("scope", {})
    assert idle(lay(tea(60, 0.5), of=FREE_TEA)) == ("no_units", {})
    assert idle(lay(tea(0), of=CHEAPEST)) == ("no_units", {})


def test_two_coupons_do_not_give_the_same_unit() -> None:
    both = replace(FREE_TEA, per_bill_max=2)
    result = run(bill(tea(60), coupons=(coupon(both, "1"), coupon(both, "2"))), definitions=(both,))
    assert (result.total_satang, result.coupons_idle) == (0, ("2",))
    pair = run(bill(tea(60, 2), coupons=(coupon(both, "1"), coupon(FREE_TEA, "2"))), definitions=(both,))
    assert pair.discount_satang == 6_000  # one definition: two versions of it count together


def test_goods_then_percentages_then_amounts_in_any_order_of_scanning() -> None:
    tenth = definition(1_000, "P", value_kind=CouponValueKind.PERCENT)
    fifty = definition(5_000, "A")
    twenty = definition(2_000, "B", scope=TEA)
    all_of = (FREE_TEA, CHEAPEST, tenth, fifty, twenty)
    lines = (tea(60), tea(40), tea(90), line(100))
    # 290 − 90 − 40 = 160; − 16 = 144; − 50 = 94; − 20 = 74
    for order in permutations(all_of):
        laid = tuple(coupon(of, of.code) for of in order)
        result = run(bill(*lines, coupons=laid), definitions=all_of)
        assert result.total_satang == 7_400
        assert [use.code for use in result.coupons_used] == ["TEA", "CHEAP", "P", "A", "B"]


def test_a_minimum_quantity() -> None:
    three = definition(2_000, minimum_quantity_milli=3_000, scope=TEA)
    assert idle(lay(tea(10, 1.5), of=three)) == ("coupon_quantity", {"missing_quantity": 2})
    assert lay(tea(10, 3), of=three).discount_satang == 2_000


def test_a_code_is_used_as_often_as_it_may_be() -> None:
    thrice = definition(2_000, uses_per_code=3)
    for uses, off in ((0, 2_000), (2, 2_000), (3, 0)):
        held = coupon(thrice)
        laid = HeldCoupon(replace(held.coupon, uses=uses), thrice)
        result = run(bill(line(100), coupons=(laid,)), definitions=(thrice,))
        assert result.discount_satang == off
    assert idle(result) == ("coupon_used_up", {})


@pytest.mark.parametrize(
    ("limit", "period"), [("per_member_day", "2026-11-21"), ("per_member_month", "2026-11"), ("per_member", "")]
)
def test_limits_of_a_member(limit: str, period: str) -> None:
    own: dict[str, Any] = {limit: 2}
    twice = definition(2_000, per_bill_max=9, **own)
    laid = tuple(coupon(twice, str(i)) for i in range(3))
    key = f"times|{twice.id}|{period}"
    for used, left in ((0, 2), (1, 1), (2, 0)):
        member = MemberState("m", counts={key: used})
        result = run(bill(line(100), member=member, coupons=laid), definitions=(twice,))
        assert len(result.coupons_used) == left
        assert result.tallies == (Tally(TallyKind.TIMES, twice.id, period, 1, "m"),) * left
    assert {why.params["times"] for why in result.explanations} == {2}
    stranger = run(bill(line(100), member=None, coupons=laid[:1]), definitions=(twice,))
    assert idle(stranger) == ("needs_member", {})


def test_a_total_needs_a_quota() -> None:
    some = replace(definition(2_000), total=100, per_bill_max=9)
    laid = tuple(coupon(some, str(i)) for i in range(3))
    rules = compile_rules(book(definitions=(some,)))
    for quotas, used, key in (({}, 0, "quota_none"), ({some.id: QuotaLeft(2)}, 2, "quota_spent")):
        result = evaluate(EvaluationInput((line(100),), AT, "b", "b", None, laid, quotas=quotas), rules)
        assert len(result.coupons_used) == used
        assert result.explanations[-1].key == key
        assert result.tallies == (Tally(TallyKind.TOTAL, some.id, "", 1),) * used


def test_a_coupon_of_an_unknown_kind_is_inert() -> None:
    odd = definition(0, "ODD", value_kind=CouponValueKind.UNKNOWN)
    assert idle(lay(line(100), of=odd)) == ("coupon_unknown_kind", {})


def test_gift_cards_are_not_bought_with_coupons() -> None:
    card = line(500, tags=("gift_card",))
    assert idle(lay(card, of=definition(2_000))) == ("scope", {})
    assert lay(card, of=definition(2_000, scope=Scope(tags=("gift_card",)))).discount_satang == 2_000


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("step", [0, 1_000])
def test_a_coupon_that_pays_the_whole_bill_does_not_buy_the_next(basis: Basis, step: int) -> None:
    whole = definition(10_000, "WHOLE", value_kind=CouponValueKind.PERCENT)
    give = program(ISSUE, coupon=whole.id, step_satang=step, trigger=Trigger(basis=basis))
    result = run(bill(line(50), coupons=(coupon(whole),)), give, definitions=(whole,))
    assert (result.total_satang, result.coupons_to_issue) == (0, ())
    assert not next(why for why in result.explanations if why.program_id == give.id).fired
