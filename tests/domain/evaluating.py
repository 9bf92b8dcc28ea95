"""Short ways to say a bill, a program and a rule book."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pos_member.domain.bill import ChosenReward, DraftLine
from pos_member.domain.coupon import Coupon, CouponDefinition, CouponState, CouponValueKind
from pos_member.domain.evaluation import compile_rules, evaluate
from pos_member.domain.org import Settings
from pos_member.domain.pricing import Evaluation, EvaluationInput, HeldCoupon, MemberState, RuleBook
from pos_member.domain.program import Effect, EffectKind, Program

#: A Saturday, noon in Bangkok.
AT = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
MEMBER = MemberState("member-1", spendable_points=1_000)


def line(baht: float, quantity: float = 1, **more: Any) -> DraftLine:
    values: dict[str, Any] = {
        "product_id": None,
        "barcode": "",
        "name_th": "สินค้า",
        "name_en": "Goods",
        "category_id": "",
        "brand_id": "",
        "tags": (),
        "quantity_milli": round(quantity * 1000),
        "unit_price_satang": round(baht * 100),
    }
    return DraftLine(**(values | more))


def program(kind: str, code: str = "P1", /, **more: Any) -> Program:
    """``effect`` fields are told apart from fields of the program by name."""
    outer = {name: more.pop(name) for name in list(more) if name in Program.__dataclass_fields__}
    effect = Effect(kind=kind, **more)
    values: dict[str, Any] = {
        "id": f"id-{code}",
        "code": code,
        "name_th": f"รายการ {code}",
        "name_en": f"Program {code}",
    }
    return Program(**(values | outer), effect=effect)


def definition(value: int = 2000, code: str = "C20", **more: Any) -> CouponDefinition:
    values: dict[str, Any] = {
        "id": f"def-{code}",
        "code": code,
        "name_th": "คูปอง",
        "name_en": "Coupon",
        "value_kind": CouponValueKind.AMOUNT,
        "value": value,
    }
    return CouponDefinition(**(values | more))


def coupon(of: CouponDefinition, code: str = "1", member_id: str | None = None) -> HeldCoupon:
    held = Coupon(
        code=code,
        definition_id=of.id,
        state=CouponState.ISSUED,
        member_id=member_id,
        issued_bill_id=None,
        issued_till_id="till",
        issued_branch_id="branch",
        issued_at=AT,
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    )
    return HeldCoupon(held, of)


def book(
    *programs: Program,
    definitions: tuple[CouponDefinition, ...] = (),
    parents: dict[str, str | None] | None = None,
    **settings: Any,
) -> RuleBook:
    return RuleBook(programs, {d.id: d for d in definitions}, parents or {}, Settings(**settings))


def bill(
    *lines: DraftLine,
    member: MemberState | None = MEMBER,
    coupons: tuple[HeldCoupon, ...] = (),
    rewards: dict[str, int] | None = None,
    at: datetime = AT,
    branch: str = "branch",
    brand: str = "brand",
) -> EvaluationInput:
    chosen = tuple(ChosenReward(program_id, times) for program_id, times in (rewards or {}).items())
    return EvaluationInput(lines, at, branch, brand, member, coupons, chosen)


def run(of: EvaluationInput, *programs: Program, **more: Any) -> Evaluation:
    return evaluate(of, compile_rules(book(*programs, **more)))


PER_STEP = EffectKind.EARN_PER_STEP
PER_UNIT = EffectKind.EARN_PER_UNIT
FIXED = EffectKind.EARN_FIXED
MULTIPLY = EffectKind.MULTIPLY
ISSUE = EffectKind.ISSUE_COUPON
PERCENT = EffectKind.DISCOUNT_PERCENT
AMOUNT = EffectKind.DISCOUNT_AMOUNT
REWARD = EffectKind.REWARD_DISCOUNT


def keys(result: Evaluation) -> dict[str, str]:
    """Program id → key of its explanation."""
    return {why.program_id: why.key for why in result.explanations}
