"""The evaluation and a second, plain one written from the page agree on bills of every main kind."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.bill import DraftLine, QuotaLeft
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.money import Rounding
from pos_member.domain.org import PointsPaidEarns, Settings
from pos_member.domain.pricing import EvaluationInput, MemberState, RuleBook
from pos_member.domain.program import Audience, Basis, Combine, EffectKind, Limits, Program, Stacking, Trigger
from tests.domain.evaluating import AT, bill, coupon, definition, program
from tests.domain.oracle import Oracle

K = EffectKind
_A = Scope(tags=("a",), exclude_tags=("b",))
_B = Scope(tags=("b",))
_SCOPES = (Scope(), _A, _B, Scope(tags=("a", "b")), Scope(exclude_tags=("a",)))
_PRICES = st.one_of(st.sampled_from([0, 1, 25, 100, 333, 5_000, 10_001]), st.integers(0, 60_000))


@st.composite
def _lines(draw: st.DrawFn) -> tuple[DraftLine, ...]:
    found = []
    for n in range(draw(st.integers(1, 5))):
        quantity = draw(st.sampled_from([1_000, 1_000, 2_000, 3_000, 7_000, 500, 1_250]))
        tags = draw(st.sampled_from([("a",), ("a",), ("b",), ("a", "b"), (), ("gift_card",)]))
        # Each product once: of lines that are alike it does not matter which one bears a satang.
        found.append(DraftLine(f"p{n}", "", "", "", "", "", tags, quantity, draw(_PRICES)))
    return tuple(draw(st.permutations(found)))


def _effect(draw: st.DrawFn, kind: EffectKind) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if kind in (K.DISCOUNT_PERCENT, K.DISCOUNT_AMOUNT, K.FIXED_PRICE, K.CHEAPEST_FREE, K.BUY_X_GET_Y):
        more["maximum_satang"] = draw(st.sampled_from([None, None, 1, 2_000]))
    match kind:
        case K.DISCOUNT_PERCENT:
            more["percent_bp"] = draw(st.sampled_from([1, 700, 3_333, 5_000, 10_000]))
        case K.DISCOUNT_AMOUNT:
            more["amount_satang"] = draw(st.sampled_from([1, 999, 10_000, 99_999_999]))
        case K.FIXED_PRICE:
            more |= {"buy": draw(st.integers(1, 4)), "amount_satang": draw(st.sampled_from([1, 99, 5_000, 20_000]))}
        case K.CHEAPEST_FREE:
            buy = draw(st.integers(2, 4))
            more |= {"buy": buy, "get": draw(st.integers(1, buy - 1)), "percent_bp": draw(_BP)}
        case K.BUY_X_GET_Y:
            more |= {"buy": draw(st.integers(1, 3)), "get": draw(st.integers(1, 3)), "percent_bp": draw(_BP)}
        case K.REWARD_DISCOUNT:
            more |= {"points": draw(st.sampled_from([1, 100])), "amount_satang": draw(st.sampled_from([1, 1_000]))}
        case K.MULTIPLY:
            more["factor"] = draw(st.sampled_from([Fraction(2), Fraction(3, 2), Fraction(7, 3)]))
        case K.ISSUE_COUPON:
            more |= {"coupon": "def-C20", "step_satang": draw(st.sampled_from([0, 1, 30_000])), "count": 2}
        case _:
            more |= {"points": draw(st.integers(1, 7)), "step_satang": draw(st.sampled_from([1, 2_500, 9_999]))}
    return more


_BP = st.sampled_from([0, 10_000, 5_000, 3_333])
_DISCOUNTS = (K.DISCOUNT_PERCENT, K.DISCOUNT_AMOUNT, K.FIXED_PRICE, K.CHEAPEST_FREE, K.BUY_X_GET_Y)
_EARNS = (K.EARN_PER_STEP, K.EARN_IN_PROPORTION, K.EARN_PER_UNIT, K.EARN_FIXED, K.MULTIPLY, K.ADD_POINTS)
_KINDS = (*_DISCOUNTS, *_DISCOUNTS, *_EARNS, K.REWARD_DISCOUNT, K.ISSUE_COUPON)


@st.composite
def _program(draw: st.DrawFn, number: int) -> Program:
    kind = draw(st.sampled_from(_KINDS))
    scope = draw(st.sampled_from(_SCOPES))
    effect = _effect(draw, kind)
    if kind is K.BUY_X_GET_Y and scope in (_A, _B) and draw(st.booleans()):
        effect["get_scope"] = _B if scope == _A else _A
    limits = Limits(per_bill=draw(st.sampled_from([None, None, 1, 2])))
    stacking = Stacking(priority=draw(st.integers(1, 3)))
    if kind in _DISCOUNTS:
        group = draw(st.sampled_from(["", "", "g", "h"]))
        combine = {"": Combine.SUM, "g": Combine.BEST, "h": Combine.FIRST}[group]
        stacking = Stacking(group, combine, stacking.priority, draw(st.sampled_from([False, False, True])))
        if draw(st.integers(0, 3)) == 0:
            limits = Limits(per_bill=limits.per_bill, budget_satang=10**9)
    members = kind not in (*_DISCOUNTS, K.ISSUE_COUPON)
    return program(
        kind,
        f"P{number}",
        scope=scope,
        limits=limits,
        stacking=stacking,
        rounding=draw(st.sampled_from(Rounding)),
        trigger=Trigger(
            draw(st.sampled_from([0, 0, 1, 10_000])),
            draw(st.sampled_from([0, 0, 0, 2_000])),
            draw(st.sampled_from(Basis)),
        ),
        audience=Audience(members_only=members),
        **effect,
    )


_DEFINITIONS: tuple[CouponDefinition, ...] = (
    definition(2_000),
    definition(3_333, "B", value_kind=CouponValueKind.PERCENT, value_max_satang=5_000, scope=_SCOPES[3]),
    definition(2, "C", value_kind=CouponValueKind.PRODUCT, scope=_A, value_max_satang=7_000),
    definition(1, "D", value_kind=CouponValueKind.CHEAPEST),
    definition(10_000, "E", value_kind=CouponValueKind.PERCENT, minimum_spend_satang=20_000),
    definition(99_999, "F", scope=_B, per_bill_max=2),
)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[EvaluationInput, RuleBook]:
    programs = tuple(draw(_program(n)) for n in range(draw(st.integers(1, 7))))
    chosen = {p.id: draw(st.integers(0, 99)) for p in programs if p.effect.kind == K.REWARD_DISCOUNT}
    held = [coupon(d, f"{d.code}-{n}") for d in _DEFINITIONS for n in range(draw(st.sampled_from([0, 0, 0, 1, 2])))]
    member = draw(
        st.sampled_from([None, MemberState("m", spendable_points=150), MemberState("m", spendable_points=9_999)])
    )
    quotas = {
        p.id: QuotaLeft(satang=draw(st.sampled_from([0, 1, 777, 10**8]))) for p in programs if p.limits.needs_quota
    }
    asked = bill(*draw(_lines()), member=member, coupons=tuple(held), rewards=chosen, at=AT)
    asked = EvaluationInput(
        asked.lines, asked.at, asked.branch_id, asked.brand_id, asked.member, asked.coupons, asked.rewards, quotas
    )
    kept = Settings(
        points_paid_earns=draw(st.sampled_from([PointsPaidEarns.NONE, PointsPaidEarns.ALL])),
        redeem_points_per_bill_max=draw(st.sampled_from([10**6, 120])),
    )
    return asked, RuleBook(programs, {d.id: d for d in _DEFINITIONS}, {}, kept)


@settings(max_examples=400, deadline=None)
@given(_cases())
def test_both_evaluations_agree(case: tuple[EvaluationInput, RuleBook]) -> None:
    asked, rules = case
    result = evaluate(asked, compile_rules(rules))
    plain = Oracle(asked, rules.programs, rules.settings).run()
    assert not [why for why in result.explanations if why.key == "invalid"]
    assert {d.program_id: d.amount_satang for d in result.discounts if d.program_id} == plain.discounts
    assert {use.code: use.amount_satang for use in result.coupons_used} == plain.used
    assert [one.net_satang for one in result.lines] == plain.lines
    assert result.total_satang == plain.total
    assert result.points_redeemed == plain.redeemed
    assert {earn.program_id: earn.points for earn in result.earns} == plain.points
    assert {one.program_id: one.count for one in result.coupons_to_issue} == plain.coupons
