"""One evaluation of a bill: the same function previews, completes, replays and re-checks.

Types only; ``evaluate`` lives in ``domain.evaluation``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pos_member.domain.bill import BillDiscount, ChosenReward, CouponUse, DraftLine
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.member import Birthday
from pos_member.domain.org import Settings
from pos_member.domain.program import Program


@dataclass(frozen=True)
class MemberState:
    """What rules may know of the member: no name, no phone."""

    member_id: str
    tier: str = ""
    birthday: Birthday | None = None
    spendable_points: int = 0
    visits: int = 0
    last_visit: date | None = None


@dataclass(frozen=True)
class HeldCoupon:
    """A coupon laid on the bill that was found usable, with its definition."""

    coupon: Coupon
    definition: CouponDefinition


@dataclass(frozen=True)
class EvaluationInput:
    """A bill to evaluate. ``at`` is aware UTC; the shop's zone comes from the rule book's settings."""

    lines: tuple[DraftLine, ...]
    at: datetime
    branch_id: str
    brand_id: str
    member: MemberState | None = None
    coupons: tuple[HeldCoupon, ...] = ()
    rewards: tuple[ChosenReward, ...] = ()


@dataclass(frozen=True)
class RuleBook:
    """Everything evaluation reads besides the bill: immutable, built once per change of programs.

    ``category_parents`` maps a category id to its parent's id (or ``None``).
    """

    programs: tuple[Program, ...]
    definitions: Mapping[str, CouponDefinition]
    category_parents: Mapping[str, str | None]
    settings: Settings


@dataclass(frozen=True)
class LineResult:
    """One line after evaluation; ``discount_satang`` includes its share of bill discounts, coupons and points.

    ``points_paid_satang`` is the points part of it.
    """

    line_no: int
    gross_satang: int
    discount_satang: int
    net_satang: int
    points_earned: int
    points_paid_satang: int = 0


@dataclass(frozen=True)
class EarnResult:
    """Points of one program: the total, and how it spreads over the lines (line number → points)."""

    program_id: str
    points: int
    by_line: Mapping[int, int]


@dataclass(frozen=True)
class CouponIssue:
    """Coupons to issue at completion."""

    program_id: str
    definition_id: str
    count: int


@dataclass(frozen=True)
class UsableReward:
    """A reward on offer for this bill, usable or not: ``times_max`` now, or the reason why not."""

    program_id: str
    name_th: str
    name_en: str
    points_per_time: int
    amount_per_time_satang: int
    times_max: int
    times_chosen: int
    #: Key of the ``explain`` wording table and its parameters, where ``times_max`` is 0.
    why_not: str = ""
    why_params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """Why a program fired or not. ``key``/``params`` are worded by the ``explain`` table (``resources/i18n``).

    ``fired`` rows say what and how much; the others what is missing. ``missing_satang`` > 0 marks a near miss.
    """

    program_id: str
    name_th: str
    name_en: str
    fired: bool
    key: str
    params: Mapping[str, object]
    missing_satang: int = 0


@dataclass(frozen=True)
class Evaluation:
    """The result: what the bill costs and gives, and why.

    ``total_satang`` is before cash rounding, which depends on the tender. ``coupons_used`` holds only coupons that
    had an effect; ``coupons_idle`` the codes that had none and stay unused. ``nearest`` is the closest near miss.
    """

    lines: tuple[LineResult, ...]
    discounts: tuple[BillDiscount, ...]
    gross_satang: int
    discount_satang: int
    total_satang: int
    earns: tuple[EarnResult, ...]
    points_earned: int
    points_redeemed: int
    coupons_used: tuple[CouponUse, ...]
    coupons_idle: tuple[str, ...]
    coupons_to_issue: tuple[CouponIssue, ...]
    rewards: tuple[UsableReward, ...]
    explanations: tuple[Explanation, ...]
    nearest: Explanation | None
