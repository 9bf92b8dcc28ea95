"""The test shop with a program of every kind: stamps, tiers, missions, quotas, limits, referral, rewards in goods."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.org import Currency, PointsExpiry, Settings
from pos_member.domain.program import Audience, Effect, EffectKind, Goal, GoalMetric, Limits, Program, Stacking, Trigger
from pos_member.domain.tally import Period
from pos_member.domain.tiers import TierLevel, TierMetric, TierScheme, TierWindow
from pos_member.services.sync_ports import FeedQuota
from tests.factories import QuickHasher, World, make_settings, make_things, make_world

CUP = Currency("COFFEE", "แสตมป์กาแฟ", "Coffee stamps", PointsExpiry.NEVER)
LEVELS = (TierLevel("silver", "ซิลเวอร์", "Silver", 100_000), TierLevel("gold", "โกลด์", "Gold", 300_000))
DRINKS = Scope(categories=("cat-drinks",))


def program(name: str, kind: EffectKind, priority: int = 200, **more: Any) -> Program:
    """``more``: fields of the effect, and of the program (scope, limits, audience, trigger, goal)."""
    own = {key: more.pop(key) for key in ("scope", "limits", "audience", "trigger", "goal") if key in more}
    effect = Effect(kind.value, **more)
    return Program(
        name, name.upper(), f"โปรแกรม {name}", name.capitalize(), effect, stacking=Stacking(priority=priority),
        format=2, **own,
    )  # fmt: skip


def definition(name: str, kind: CouponValueKind, value: int, **more: Any) -> CouponDefinition:
    return CouponDefinition(name, name.upper(), f"คูปอง {name}", name.capitalize(), kind, value, format=2, **more)


DEFINITIONS = (
    definition("free-cake", CouponValueKind.PRODUCT, 1, scope=Scope(products=("cake",)), value_max_satang=12_000),
    definition("three-times", CouponValueKind.AMOUNT, 1_000, uses_per_code=3, per_member_day=2),
    definition("rare", CouponValueKind.AMOUNT, 2_000, total=2),
    definition("cheapest", CouponValueKind.CHEAPEST, 1, minimum_quantity_milli=3_000),
)
K = EffectKind
PROGRAMS = (
    program("stamp", K.EARN_PER_UNIT, points=1, currency="COFFEE", scope=DRINKS),
    program("free-cup", K.REWARD_PRODUCT, 60, points=5, get=1, currency="COFFEE", scope=DRINKS),
    program("silver-x15", K.MULTIPLY, factor=Fraction(3, 2), audience=Audience(tiers=("silver", "gold"))),
    program(
        "mission", K.EARN_FIXED, points=10, goal=Goal(GoalMetric.SPEND, 50_000, Period.MONTH, None), trigger=Trigger()
    ),
    program("third-bill", K.ISSUE_COUPON, coupon="free-cake", goal=Goal(GoalMetric.BILLS, 3, Period.WEEK, 1)),
    program("friend", K.REFERRAL, points=50, referrer_points=30, trigger=Trigger(minimum_satang=10_000)),
    program("draw", K.DRAW_ENTRIES, count=1, step_satang=20_000),
    program(
        "half-mug", K.DISCOUNT_PERCENT, 5, percent_bp=5_000, scope=Scope(products=("mug",)),
        limits=Limits(per_member_day=1, total=3), audience=Audience(),
    ),
    program(
        "cake-off", K.DISCOUNT_AMOUNT, 6, amount_satang=2_000, scope=Scope(products=("cake",)),
        limits=Limits(budget_satang=5_000), audience=Audience(members_only=False),
    ),
    program("cookies", K.BUY_X_GET_Y, 7, buy=2, get=1, percent_bp=10_000, scope=Scope(products=("cookie",)),
            limits=Limits(per_bill=2), audience=Audience(members_only=False)),
    program("syrup-carry", K.EARN_PER_STEP, points=3, step_satang=50_000, carry=True, scope=Scope(products=("syrup",))),
    program("buy-coupon", K.REWARD_COUPON, 65, points=40, coupon="three-times", count=1),
    program("beans-coupon", K.ISSUE_COUPON, coupon="rare", scope=Scope(tags=("coffee_beans",)),
            trigger=Trigger(minimum_satang=30_000)),
    program("filter-coupon", K.ISSUE_COUPON, coupon="cheapest", scope=Scope(products=("filter",))),
)  # fmt: skip
QUOTAS = (
    FeedQuota("half-mug", "till-1", times=3),
    FeedQuota("cake-off", "till-1", satang=5_000),
    FeedQuota("rare", "till-1", times=2),
)


def rich_settings(**more: object) -> Settings:
    scheme = TierScheme(TierMetric.SPEND, LEVELS, TierWindow.ROLLING, window_months=12)
    return make_settings(currencies=(CUP,), tiers=scheme, **more)


def rich_world(tmp_path: Path, *, quotas: bool = True, seed: int = 0, **more: object) -> World:
    """A till with everything; the caller closes ``world.folder``."""
    things = make_things(QuickHasher(), rich_settings(**more))
    return make_world(tmp_path, [*things, *DEFINITIONS, *PROGRAMS, *(QUOTAS if quotas else ())], seed=seed)


def without(world_program: str, **changes: Any) -> Program:
    """One of ``PROGRAMS`` with changes, to be put over it."""
    found = next(each for each in PROGRAMS if each.id == world_program)
    return replace(found, **changes)
