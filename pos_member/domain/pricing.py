"""One evaluation of a bill: the same function previews, completes, replays and re-checks.

Types only; ``evaluate`` lives in ``domain.evaluation``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pos_member.domain.bill import BillDiscount, BillLine, ChosenReward, CouponUse, DraftLine, QuotaLeft
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.member import Birthday
from pos_member.domain.org import Settings
from pos_member.domain.program import Program
from pos_member.domain.tally import Tally
from pos_member.domain.tiers import TierChange


@dataclass(frozen=True)
class MemberState:
    """What rules may know of the member: no name, no phone. ``tier`` is the one held before this bill."""

    member_id: str
    tier: str = ""
    birthday: Birthday | None = None
    spendable_points: int = 0
    #: Bills completed and not wholly returned.
    visits: int = 0
    last_visit: date | None = None
    segments: tuple[str, ...] = ()
    #: The member who brought this one.
    referred_by: str | None = None
    #: What counts towards tiers in the running window, before this bill; in the scheme's metric.
    tier_count: int = 0
    #: Spendable stamps per currency.
    stamps: Mapping[str, int] = field(default_factory=dict)
    #: Sums of this member's tallies, by ``tally.count_key``.
    counts: Mapping[str, int] = field(default_factory=dict)
    #: Of ``spendable_points``, what the till may let go by its rights and within its floor; ``None``: all of them.
    points_at_hand: int | None = None


@dataclass(frozen=True)
class HeldCoupon:
    """A coupon laid on the bill that was found usable, with its definition."""

    coupon: Coupon
    definition: CouponDefinition


@dataclass(frozen=True)
class LateMember:
    """Who shows the receipt after a bill without a member was paid: what it earns is theirs, its prices stay.

    ``paid_satang``: what was left to pay of each line, as charged. ``quotas``: as in ``EvaluationInput``, but now.
    """

    member: MemberState
    paid_satang: tuple[int, ...]
    quotas: Mapping[str, QuotaLeft] = field(default_factory=dict)


@dataclass(frozen=True)
class EvaluationInput:
    """A bill to evaluate. ``at`` is aware UTC; the shop's zone comes from the rule book's settings.

    With ``late`` the bill has no ``member``: it is priced as it was without one, and only earns for that member.
    """

    lines: tuple[DraftLine, ...]
    at: datetime
    branch_id: str
    brand_id: str
    member: MemberState | None = None
    coupons: tuple[HeldCoupon, ...] = ()
    rewards: tuple[ChosenReward, ...] = ()
    #: What this till may still give, by id of program or coupon definition; one with a total limit and without an entry
    #: here does not run.
    quotas: Mapping[str, QuotaLeft] = field(default_factory=dict)
    late: LateMember | None = None


@dataclass(frozen=True)
class RuleBook:
    """Everything evaluation reads besides the bill: immutable, built once per change of programs.

    ``category_parents`` maps a category id to its parent's id (or ``None``).
    """

    programs: tuple[Program, ...]
    definitions: Mapping[str, CouponDefinition]
    category_parents: Mapping[str, str | None]
    settings: Settings
    #: Of the VAT inside prices; 0 for a seller who is not registered.
    vat_rate_bp: int = 0


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
    """Points of one program: the total, and how it spreads over the lines (line number → points).

    ``currency``: empty for points, else a stamp currency. ``qualifying``: whether it counts towards tiers.
    ``member_id``: who gets them where it is not the bill's member (referral).
    """

    program_id: str
    points: int
    by_line: Mapping[int, int]
    currency: str = ""
    qualifying: bool = True
    member_id: str | None = None


@dataclass(frozen=True)
class CouponIssue:
    """Coupons to issue at completion."""

    program_id: str
    definition_id: str
    count: int
    #: As in ``bill.CouponGrant``; ``by_line``: line number → satang of the goods in scope.
    step_satang: int = 0
    per_step: int = 0
    minimum_satang: int = 0
    by_line: Mapping[int, int] = field(default_factory=dict)
    points: int = 0


@dataclass(frozen=True)
class GoalProgress:
    """Where the bill's member stands in a mission, this bill included. ``unit`` is a ``program.GoalMetric``.

    ``done`` is all of the period, what was paid for already included: the round that runs is at ``done`` −
    ``times_paid`` × ``target``, which returns may take below zero.
    """

    program_id: str
    name_th: str
    name_en: str
    unit: str
    done: int
    target: int
    times_paid: int
    times_max: int | None


@dataclass(frozen=True)
class UsableReward:
    """A reward on offer for this bill, usable or not: ``times_max`` now, or the reason why not.

    ``kind`` is an ``EffectKind``. ``amount_per_time_satang`` is 0 for a coupon; for a product what one time would take
    off now. ``currency``: what it costs.
    """

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
    kind: str = "reward_discount"
    currency: str = ""
    #: How often it could be chosen if the till held rights over all that is spendable; at least ``times_max``.
    times_asking: int = 0


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

    ``points_earned`` and ``points_redeemed`` are points, not stamps; ``discounts`` say what each reward cost.
    ``qualifying_satang`` counts towards tiers; ``tier_change`` is the tier reached with this bill.

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
    tallies: tuple[Tally, ...] = ()
    goals: tuple[GoalProgress, ...] = ()
    tier_change: TierChange | None = None
    qualifying_satang: int = 0

    @property
    def stamps_earned(self) -> dict[str, int]:
        """Stamps of the bill's member, per currency; none that come to nothing."""
        earned: dict[str, int] = {}
        for each in self.earns:
            if each.currency and each.points and each.member_id is None:
                earned[each.currency] = earned.get(each.currency, 0) + each.points
        return earned


def as_rung(line: BillLine) -> DraftLine:
    """The line of a completed bill as it was rung: what is evaluated again."""
    return DraftLine(
        product_id=line.product_id,
        barcode=line.barcode,
        name_th=line.name_th,
        name_en=line.name_en,
        category_id=line.category_id,
        brand_id=line.brand_id,
        tags=line.tags,
        quantity_milli=line.quantity_milli,
        unit_price_satang=line.unit_price_satang,
    )


def as_completed(line: DraftLine, result: LineResult) -> BillLine:
    """A line as a completed bill stores it: as it was rung, and what the evaluation made of it."""
    return BillLine(
        line_no=result.line_no,
        product_id=line.product_id,
        barcode=line.barcode,
        name_th=line.name_th,
        name_en=line.name_en,
        category_id=line.category_id,
        brand_id=line.brand_id,
        tags=line.tags,
        quantity_milli=line.quantity_milli,
        unit_price_satang=line.unit_price_satang,
        gross_satang=result.gross_satang,
        discount_satang=result.discount_satang,
        net_satang=result.net_satang,
        points_earned=result.points_earned,
        points_paid_satang=result.points_paid_satang,
    )
