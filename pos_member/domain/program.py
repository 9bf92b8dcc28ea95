"""Programs as data: window × audience × scope × trigger × effect × limits × stacking."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pos_member.domain.coupon import Scope
from pos_member.domain.money import Rounding

#: The version of the program file format that this build writes; see docs/programs.md.
PROGRAM_FORMAT = 1


class EffectKind(StrEnum):
    """What a program does when it fires."""

    EARN_PER_STEP = "earn_per_step"  # points for every full step of money
    EARN_PER_UNIT = "earn_per_unit"  # points for each unit of the products in scope
    EARN_FIXED = "earn_fixed"  # points for the bill
    MULTIPLY = "multiply"  # factor on the points of EARN_PER_STEP programs
    ISSUE_COUPON = "issue_coupon"  # one coupon, or one per step
    DISCOUNT_PERCENT = "discount_percent"
    DISCOUNT_AMOUNT = "discount_amount"
    REWARD_DISCOUNT = "reward_discount"  # points → money off, chosen by the cashier


KNOWN_KINDS = frozenset(kind.value for kind in EffectKind)


class Basis(StrEnum):
    """Which money counts towards steps and minimums."""

    NET = "net"  # after all discounts
    GROSS = "gross"  # before bill discounts and coupons


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


@dataclass(frozen=True)
class Trigger:
    """What the bill must reach, counted on the goods in scope."""

    minimum_satang: int = 0
    minimum_quantity_milli: int = 0
    basis: Basis = Basis.NET


@dataclass(frozen=True)
class Effect:
    """What happens. Which fields are read depends on ``kind``; a kind this build does not know is inert.

    EARN_PER_STEP: ``points`` per ``step_satang``. EARN_PER_UNIT, EARN_FIXED: ``points``. MULTIPLY: ``factor``.
    ISSUE_COUPON: ``coupon`` (definition id), ``count``, per ``step_satang`` when > 0. DISCOUNT_PERCENT: ``percent_bp``,
    ``maximum_satang``. DISCOUNT_AMOUNT: ``amount_satang``. REWARD_DISCOUNT: each ``points`` buy ``amount_satang``.
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


@dataclass(frozen=True)
class Limits:
    """How often. ``None`` means without limit."""

    per_bill: int | None = None


@dataclass(frozen=True)
class Stacking:
    """Programs of one ``group`` combine by ``combine``; lower ``priority`` goes first."""

    group: str = ""
    combine: Combine = Combine.SUM
    priority: int = 100


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
    format: int = PROGRAM_FORMAT

    @staticmethod
    def readable_part(data: dict[str, Any]) -> dict[str, Any]:
        """The part of a program's wire form that this build can read; see ``codec``.

        Of a newer format: id, code, names, kind. Of an unknown kind: all but the effect's unknown fields. Either is
        inert, so that tills and head office upgrade in any order. Whoever passes programs on passes the bytes on.
        """
        written, effect = data.get("format"), data.get("effect")
        kind = effect.get("kind") if isinstance(effect, dict) else None
        if isinstance(written, int) and written > PROGRAM_FORMAT:
            shell = {name: data[name] for name in _SHELL if name in data}
            return {**shell, "effect": {"kind": kind if isinstance(kind, str) else ""}}
        if isinstance(effect, dict) and isinstance(kind, str) and kind not in KNOWN_KINDS:
            return {**data, "effect": {name: effect[name] for name in _EFFECT_FIELDS if name in effect}}
        return data


_SHELL = ("id", "code", "name_th", "name_en", "active", "version", "format")
_EFFECT_FIELDS = tuple(field.name for field in fields(Effect))
