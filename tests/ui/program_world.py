"""The test shop with a program of every kind that the window shows: stamps, tiers, missions, bundles, referral."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_member.domain.coupon import DEFINITION_FORMAT, CouponDefinition, CouponValueKind, Scope
from pos_member.domain.org import Currency, Settings
from pos_member.domain.program import PROGRAM_FORMAT, Audience, Effect, EffectKind, Goal, GoalMetric, Program
from pos_member.domain.tally import Period
from pos_member.domain.tiers import TierLevel, TierMetric, TierScheme
from tests.factories import QuickHasher, World, make_settings, make_things, make_world

STAMPS = "CUP"
SETTINGS = make_settings(
    currencies=(Currency(STAMPS, "ดวงกาแฟ", "coffee stamps"),),
    tiers=TierScheme(
        TierMetric.SPEND,
        (TierLevel("SILVER", "ซิลเวอร์", "Silver", 1_000_00), TierLevel("GOLD", "โกลด์", "Gold", 5_000_00)),
    ),
)
FREE_COOKIE = CouponDefinition(
    id="def-cookie",
    code="COOKIE",
    name_th="คุกกี้ฟรี",
    name_en="Free cookie",
    value_kind=CouponValueKind.PRODUCT,
    value=1,
    scope=Scope(products=("cookie",)),
    uses_per_code=3,
    bearer=False,
    format=DEFINITION_FORMAT,
)


def _program(code: str, thai: str, english: str, effect: Effect, **more: object) -> Program:
    return Program(f"prog-{code}", code, thai, english, effect, format=PROGRAM_FORMAT, **more)  # type: ignore[arg-type]


PROGRAMS = (
    _program(
        "tea",
        "ชา ซื้อ 2 แถม 1",
        "Tea: buy 2, get 1",
        Effect(EffectKind.BUY_X_GET_Y, buy=2, get=1, percent_bp=10_000),
        scope=Scope(products=("tea",)),
        audience=Audience(members_only=False),
    ),
    _program(
        "cup",
        "กาแฟแก้วละ 1 ดวง",
        "A stamp for each cup",
        Effect(EffectKind.EARN_PER_UNIT, points=1, currency=STAMPS),
        scope=Scope(products=("espresso", "latte")),
    ),
    _program(
        "cup-free",
        "แลก 3 ดวง ฟรีลาเต้ 1 แก้ว",
        "3 stamps: a free latte",
        Effect(EffectKind.REWARD_PRODUCT, points=3, get=1, currency=STAMPS),
        scope=Scope(products=("latte",)),
    ),
    _program(
        "mission",
        "ครบ 1,000 บาทในเดือน รับ 50 แต้ม",
        "Spend ฿1,000 in a month: 50 points",
        Effect(EffectKind.EARN_FIXED, points=50),
        goal=Goal(GoalMetric.SPEND, 1_000_00, Period.MONTH),
    ),
    _program(
        "friend",
        "เพื่อนชวนเพื่อน",
        "Bring a friend",
        Effect(EffectKind.REFERRAL, points=20, referrer_points=30),
    ),
    _program(
        "cookie",
        "แลก 20 แต้ม รับคูปองคุกกี้",
        "20 points for a cookie coupon",
        Effect(EffectKind.REWARD_COUPON, points=20, coupon=FREE_COOKIE.id),
    ),
)


def make_program_world(tmp_path: Path, settings: Settings = SETTINGS) -> World:
    """A till with all of it; the caller closes ``world.folder``."""
    things = make_things(QuickHasher(), settings)
    return make_world(tmp_path, [*things, FREE_COOKIE, *PROGRAMS])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """In place of the plain test shop: the ``driver`` opens its window over this one."""
    made = make_program_world(tmp_path)
    yield made
    made.folder.close()
