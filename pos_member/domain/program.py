"""Programs as data: window × audience × scope × trigger × effect × limits × stacking."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pos_member.domain.codec import optional_field
from pos_member.domain.coupon import Scope
from pos_member.domain.money import Rounding
from pos_member.domain.tally import Period

#: The version of the program file format that this build writes; see docs/programs.md.
PROGRAM_FORMAT = 2


class EffectKind(StrEnum):
    """What a program does when it fires."""

    EARN_PER_STEP = "earn_per_step"  # points for every full step of money
    EARN_IN_PROPORTION = "earn_in_proportion"  # points in proportion to the money, rounded once
    EARN_PER_UNIT = "earn_per_unit"  # points for each unit of the products in scope
    EARN_FIXED = "earn_fixed"  # points for the bill
    MULTIPLY = "multiply"  # factor on the points of EARN_PER_STEP and EARN_IN_PROPORTION programs
    ADD_POINTS = "add_points"  # points on top of a bill that earned any of those
    ISSUE_COUPON = "issue_coupon"  # one coupon, or one per step
    DISCOUNT_PERCENT = "discount_percent"
    DISCOUNT_AMOUNT = "discount_amount"
    FIXED_PRICE = "fixed_price"  # so many units for a price
    CHEAPEST_FREE = "cheapest_free"  # of so many units the cheapest are free, or cheaper by a percentage
    BUY_X_GET_Y = "buy_x_get_y"  # goods free, or cheaper, for goods bought
    REWARD_DISCOUNT = "reward_discount"  # points → money off, chosen by the cashier
    REWARD_PRODUCT = "reward_product"  # points → units free, chosen by the cashier
    REWARD_COUPON = "reward_coupon"  # points → coupons, chosen by the cashier
    DRAW_ENTRIES = "draw_entries"  # entries in a lucky draw
    REFERRAL = "referral"  # points for who was brought along and for who brought them
    TOP_SPENDER = "top_spender"  # coupons for those who spent most in the window; run by head office


KNOWN_KINDS = frozenset(kind.value for kind in EffectKind)


class Basis(StrEnum):
    """Which money counts towards steps and minimums."""

    NET = "net"  # after all discounts
    GROSS = "gross"  # after line discounts, before bill discounts, coupons and points
    LIST = "list"  # before all discounts


class VatBasis(StrEnum):
    """Whether the VAT inside prices counts towards steps and minimums."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class Combine(StrEnum):
    """How the effects of one stacking group combine."""

    SUM = "sum"
    BEST = "best"
    FIRST = "first"


@dataclass(frozen=True)
class Window:
    """When and where. Dates inclusive; weekdays ISO (1 Monday … 7 Sunday); hours ``HH:MM`` from, to (exclusive)."""

    date_from: date | None = None
    date_to: date | None = None
    weekdays: tuple[int, ...] = ()
    hour_from: str = ""
    hour_to: str = ""
    branches: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audience:
    """Who. ``members_only`` is set for everything that moves points."""

    members_only: bool = True
    tiers: tuple[str, ...] = ()
    birthday_month: bool = False
    segments: tuple[str, ...] = optional_field(default=())
    exclude_segments: tuple[str, ...] = optional_field(default=())
    #: Within so many days before and after the birthday; 29 February counts as 28 in other years.
    birthday_days_before: int | None = optional_field(default=None)
    birthday_days_after: int | None = optional_field(default=None)
    #: Which of the member's bills: (1,) the first, (5, 10) the fifth and the tenth. Bills wholly returned do not count.
    visits: tuple[int, ...] = optional_field(default=())
    #: Every n-th bill.
    every_visit: int | None = optional_field(default=None)
    #: Days since the last bill: at least, at most. Someone who never came has no last bill and is left out.
    absent_days_min: int | None = optional_field(default=None)
    absent_days_max: int | None = optional_field(default=None)

    @property
    def birthday_window(self) -> tuple[int, int] | None:
        """Days before and after the birthday; ``None`` where it does not ask for one that is near."""
        if self.birthday_days_before is None and self.birthday_days_after is None:
            return None
        return self.birthday_days_before or 0, self.birthday_days_after or 0


@dataclass(frozen=True)
class Trigger:
    """What the bill must reach, counted on the goods in scope."""

    minimum_satang: int = 0
    minimum_quantity_milli: int = 0
    basis: Basis = Basis.NET
    vat: VatBasis = optional_field(default=VatBasis.INCLUDED)


@dataclass(frozen=True)
class Effect:
    """What happens. Which fields are read depends on ``kind``; a kind this build does not know is inert.

    EARN_PER_STEP: ``points`` per ``step_satang``. EARN_PER_UNIT, EARN_FIXED: ``points``. MULTIPLY: ``factor``.
    ISSUE_COUPON: ``coupon`` (definition id), ``count``, per ``step_satang`` when > 0. DISCOUNT_PERCENT: ``percent_bp``,
    ``maximum_satang``. DISCOUNT_AMOUNT: ``amount_satang``. REWARD_DISCOUNT: each ``points`` buy ``amount_satang``.
    EARN_IN_PROPORTION: as EARN_PER_STEP. ADD_POINTS: ``points``. FIXED_PRICE: every ``buy`` units for
    ``amount_satang``. CHEAPEST_FREE: of every ``buy`` units the ``get`` cheapest at ``percent_bp`` off (10000: free).
    BUY_X_GET_Y: for every ``buy`` units in scope up to ``get`` units of ``get_scope`` (of the scope itself where
    ``None``) at ``percent_bp`` off. Those three take ``maximum_satang``. REWARD_PRODUCT: ``points`` buy ``get`` units
    in scope. REWARD_COUPON: ``points`` buy ``count`` of ``coupon``. DRAW_ENTRIES: ``count`` entries, per
    ``step_satang`` when > 0. REFERRAL: ``points`` for the new member, ``referrer_points`` for the other. TOP_SPENDER:
    ``coupon`` for the first ``count``.

    ``currency``: of the points earned or spent; empty for points, else a stamp currency. ``carry``: EARN_PER_STEP keeps
    the unearned remainder of a step for the member's next bill.
    """

    kind: str
    points: int = 0
    step_satang: int = 0
    factor: Fraction = Fraction(1)
    coupon: str = ""
    count: int = 1
    percent_bp: int = 0
    amount_satang: int = 0
    maximum_satang: int | None = None
    buy: int = optional_field(default=0)
    get: int = optional_field(default=0)
    get_scope: Scope | None = optional_field(default=None)
    currency: str = optional_field(default="")
    carry: bool = optional_field(default=False)
    referrer_points: int = optional_field(default=0)


class GoalMetric(StrEnum):
    """What a mission counts, on the goods in scope of the bills that meet window, audience and trigger."""

    SPEND = "spend"  # satang
    QUANTITY = "quantity"  # thousandths
    BILLS = "bills"


@dataclass(frozen=True)
class Goal:
    """A mission: the effect comes once the member's bills of one ``period`` add up to ``target``.

    LIFE: over the program's whole window. ``times_max``: how often in one period (``None``: at every multiple).
    """

    metric: GoalMetric
    target: int
    period: Period = Period.LIFE
    times_max: int | None = 1


@dataclass(frozen=True)
class Limits:
    """How often, in times (steps, units, groups, rewards). ``None`` means without limit.

    ``total`` and ``budget_satang`` are split by head office into quotas per till, so that they hold offline: a till
    without a quota does not run the program.
    """

    per_bill: int | None = None
    per_member_day: int | None = optional_field(default=None)
    per_member_month: int | None = optional_field(default=None)
    per_member_year: int | None = optional_field(default=None)
    per_member: int | None = optional_field(default=None)
    total: int | None = optional_field(default=None)
    budget_satang: int | None = optional_field(default=None)

    @property
    def needs_quota(self) -> bool:
        """Whether something is shared between tills."""
        return self.total is not None or self.budget_satang is not None

    def per_member_periods(self) -> tuple[tuple[Period, int], ...]:
        """The limits per member that are set."""
        found = (
            (Period.DAY, self.per_member_day),
            (Period.MONTH, self.per_member_month),
            (Period.YEAR, self.per_member_year),
            (Period.LIFE, self.per_member),
        )
        return tuple((period, most) for period, most in found if most is not None)


@dataclass(frozen=True)
class Stacking:
    """Programs of one ``group`` combine by ``combine``; lower ``priority`` goes first.

    ``exclusive`` (discounts): not together with any other discount program of the same step on the same goods.
    """

    group: str = ""
    combine: Combine = Combine.SUM
    priority: int = 100
    exclusive: bool = optional_field(default=False)


@dataclass(frozen=True)
class Program:
    """One rule of the shop, as head office wrote it."""

    id: str
    code: str
    name_th: str
    name_en: str
    effect: Effect
    window: Window = field(default_factory=Window)
    audience: Audience = field(default_factory=Audience)
    scope: Scope = field(default_factory=Scope)
    trigger: Trigger = field(default_factory=Trigger)
    limits: Limits = field(default_factory=Limits)
    stacking: Stacking = field(default_factory=Stacking)
    rounding: Rounding = Rounding.DOWN
    active: bool = True
    version: int = 1
    format: int = 1
    goal: Goal | None = optional_field(default=None)

    @staticmethod
    def readable_part(data: dict[str, Any]) -> dict[str, Any]:
        """The part of a program's wire form that this build can read; see ``codec``.

        Of a newer format: id, code, names, kind. Of an unknown kind: all but the effect's unknown fields. Either is
        inert, so that tills and head office upgrade in any order. Whoever passes programs on passes the bytes on.
        """
        written, effect = data.get("format"), data.get("effect")
        kind = effect.get("kind") if isinstance(effect, dict) else None
        if isinstance(written, int) and written > PROGRAM_FORMAT:
            return Program.shell(data)
        if isinstance(effect, dict) and isinstance(kind, str) and kind not in KNOWN_KINDS:
            return {**data, "effect": {name: effect[name] for name in _EFFECT_FIELDS if name in effect}}
        return data

    @staticmethod
    def shell(data: dict[str, Any]) -> dict[str, Any]:
        """What is left of a program that cannot be read whole, whatever format it says it is of: it is inert."""
        written, effect = data.get("format"), data.get("effect")
        kind = effect.get("kind") if isinstance(effect, dict) else None
        named = {name: data[name] for name in _SHELL if name in data}
        of_a_newer = written if isinstance(written, int) and written > PROGRAM_FORMAT else PROGRAM_FORMAT + 1
        return {**named, "format": of_a_newer, "effect": {"kind": kind if isinstance(kind, str) else ""}}


_SHELL = ("id", "code", "name_th", "name_en", "active", "version", "format")
_EFFECT_FIELDS = tuple(field.name for field in fields(Effect))
