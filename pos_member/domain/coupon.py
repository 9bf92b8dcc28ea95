"""Coupons: definitions, issued coupons, their life."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pos_member.domain.codec import optional_field

#: The version of coupon definitions that this build writes.
DEFINITION_FORMAT = 2


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
    """What a coupon is worth.

    PRODUCT: ``value`` units of the goods in scope free, the dearest first. CHEAPEST: ``value`` units free, the cheapest
    first. UNKNOWN stands for a kind of a newer build: such a coupon is inert, not lost.
    """

    AMOUNT = "amount"
    PERCENT = "percent"
    PRODUCT = "product"
    CHEAPEST = "cheapest"
    UNKNOWN = "unknown"


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
    """The template of a coupon. ``value``: satang (AMOUNT), hundredths of a percent (PERCENT), units (the others)."""

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
    #: How often one code may be used.
    uses_per_code: int = optional_field(default=1)
    #: How many of this definition one member may use in a day, a month, ever. Need a member on the bill.
    per_member_day: int | None = optional_field(default=None)
    per_member_month: int | None = optional_field(default=None)
    per_member: int | None = optional_field(default=None)
    #: How many may be used in all; split into quotas per till.
    total: int | None = optional_field(default=None)
    #: Last day of use whatever ``valid_days`` says.
    valid_until: date | None = optional_field(default=None)
    #: Thousandths of the goods in scope that must be on the bill.
    minimum_quantity_milli: int = optional_field(default=0)
    #: Whether its paper bears the signed form, which a branch that has not heard of it yet can check by itself.
    signed: bool = optional_field(default=False)
    format: int = optional_field(default=1)

    @staticmethod
    def readable_part(data: dict[str, Any]) -> dict[str, Any]:
        """Of a newer format or of an unknown kind: id, code and names, of kind UNKNOWN; see ``codec``."""
        written, kind = data.get("format", 1), data.get("value_kind")
        known = {each.value for each in CouponValueKind}
        if isinstance(kind, str) and (kind not in known or (isinstance(written, int) and written > DEFINITION_FORMAT)):
            return CouponDefinition.shell(data)
        return data

    @staticmethod
    def shell(data: dict[str, Any]) -> dict[str, Any]:
        """What is left of a definition that cannot be read whole: its coupons are refused."""
        named: dict[str, Any] = {
            name: data[name] for name in ("id", "code", "name_th", "name_en", "format") if name in data
        }
        return {**named, "value_kind": CouponValueKind.UNKNOWN.value, "value": 0}


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
    #: The bill that used it last, while ``redeemed``.
    redeemed_bill_id: str | None = None
    #: The program that issued it, or empty.
    program_id: str = optional_field(default="")
    #: How often it was used and not taken back, where ``uses_per_code`` is above 1.
    uses: int = optional_field(default=0)


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
#: A coupon never comes back from these.
ENDED = frozenset({CouponState.CANCELLED, CouponState.VOIDED_BY_RETURN})


def after_event(coupon: Coupon, event: CouponEventKind, bill_id: str | None, uses_per_code: int = 1) -> Coupon:
    """``coupon`` once ``event`` happened to it by a bill; ``uses_per_code`` is its definition's.

    A code for several uses counts them and stays as usable as it was until the last; a use given back makes it usable,
    but not one that is cancelled or voided: it never comes back.
    """
    state, uses = STATE_AFTER[event], coupon.uses
    if event is CouponEventKind.REDEEMED and uses_per_code > 1:
        uses += 1
        state = coupon.state if uses < uses_per_code else state
    elif event is CouponEventKind.REVERSED:
        uses = max(0, uses - 1)
        state = coupon.state if coupon.state in ENDED else state
    redeemed = bill_id if state is CouponState.REDEEMED else None
    return replace(coupon, state=state, uses=uses, redeemed_bill_id=redeemed)
