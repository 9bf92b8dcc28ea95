"""Coupons: definitions, issued coupons, their life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class CouponState(StrEnum):
    """``issued → reserved → redeemed → reversed``, and the ends. ``reversed`` is usable again, like issued."""

    ISSUED = "issued"
    RESERVED = "reserved"
    REDEEMED = "redeemed"
    REVERSED = "reversed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    VOIDED_BY_RETURN = "voided_by_return"


class CouponValueKind(StrEnum):
    """What a coupon is worth."""

    AMOUNT = "amount"
    PERCENT = "percent"


class OfflinePolicy(StrEnum):
    """What a till may do with a coupon whose state it cannot know."""

    ACCEPT_WITHIN_FLOOR = "accept_within_floor"
    ISSUING_BRANCH = "issuing_branch"
    ONLINE_ONLY = "online_only"


@dataclass(frozen=True)
class Scope:
    """Which goods count. Empty tuples mean "all"; exclusions win. Categories include their sub-categories."""

    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    exclude_products: tuple[str, ...] = ()
    exclude_categories: tuple[str, ...] = ()
    exclude_brands: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class CouponDefinition:
    """The template of a coupon. ``value`` is satang for AMOUNT, hundredths of a percent for PERCENT."""

    id: str
    code: str
    name_th: str
    name_en: str
    value_kind: CouponValueKind
    value: int
    value_max_satang: int | None = None
    minimum_spend_satang: int = 0
    valid_days: int = 30
    #: Days after the issuing bill before it may be used: 0 = from the next bill on, 1 = from the next day.
    valid_after_days: int = 0
    scope: Scope = field(default_factory=Scope)
    #: Branch ids where it may be used; empty means every branch.
    branches: tuple[str, ...] = ()
    #: Bearer coupons work for whoever holds them; personal ones only on the member's own bill.
    bearer: bool = True
    offline: OfflinePolicy = OfflinePolicy.ACCEPT_WITHIN_FLOOR
    #: How many of this definition one bill takes.
    per_bill_max: int = 1
    terms_th: tuple[str, ...] = ()
    terms_en: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True)
class Coupon:
    """One issued coupon. ``valid_from`` and ``valid_to`` are inclusive business dates."""

    code: str
    definition_id: str
    state: CouponState
    member_id: str | None
    issued_bill_id: str | None
    issued_till_id: str
    issued_branch_id: str
    issued_at: datetime
    valid_from: date
    valid_to: date
    #: The bill that used it, while ``redeemed``.
    redeemed_bill_id: str | None = None


class CouponEventKind(StrEnum):
    """What happened to a coupon."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    REVERSED = "reversed"
    CANCELLED = "cancelled"
    VOIDED_BY_RETURN = "voided_by_return"


STATE_AFTER: dict[CouponEventKind, CouponState] = {
    CouponEventKind.ISSUED: CouponState.ISSUED,
    CouponEventKind.REDEEMED: CouponState.REDEEMED,
    CouponEventKind.REVERSED: CouponState.REVERSED,
    CouponEventKind.CANCELLED: CouponState.CANCELLED,
    CouponEventKind.VOIDED_BY_RETURN: CouponState.VOIDED_BY_RETURN,
}

USABLE = frozenset({CouponState.ISSUED, CouponState.REVERSED})
