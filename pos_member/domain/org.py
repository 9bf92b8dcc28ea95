"""The organisation and what it sells: brands, branches, tills, staff, categories, products, settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pos_member.domain.codec import optional_field
from pos_member.domain.rights import FloorLimits, RightsPolicy
from pos_member.domain.tiers import TierScheme


class Role(StrEnum):
    """What a person may do; rights per role are in ``permission``."""

    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    HEAD_OFFICE = "head_office"


class PointsPaidEarns(StrEnum):
    """Whether the part of a bill paid with points earns points."""

    NONE = "none"
    ALL = "all"
    FRACTION = "fraction"  # ``Settings.points_paid_earns_bp`` of it


class OwedPolicy(StrEnum):
    """What happens when a return takes back more points than the member has."""

    WITHIN_BALANCE = "within_balance"
    UNLIMITED = "unlimited"
    PENDING_ONLY = "pending_only"


class PointsExpiry(StrEnum):
    """When a lot of earned points ends; ``points_expiry_months`` gives n. Days are inclusive, month ends clamp.

    FIXED_DAY: the first ``points_expiry_day`` (``MM-DD``) that is n months on or later. PERIOD_END: n months on, to the
    end of that period of ``points_expiry_period_months`` (3: quarters of the calendar year). INACTIVITY: all points end
    n months after the member's last bill, to the day.
    """

    NEVER = "never"
    MONTHS = "months"
    MONTHS_TO_MONTH_END = "months_to_month_end"
    YEAR_END = "year_end"
    FIXED_DAY = "fixed_day"
    PERIOD_END = "period_end"
    INACTIVITY = "inactivity"


@dataclass(frozen=True)
class Currency:
    """A stamp currency: counted apart from points, never worth money by itself. Expiry as for points."""

    code: str
    name_th: str
    name_en: str
    expiry: PointsExpiry = PointsExpiry.NEVER
    expiry_months: int = 0
    expiry_day: str = "12-31"
    expiry_period_months: int = 12


class InStoreValue(StrEnum):
    """What the figures in a shop's own bar code say."""

    PRICE = "price"  # satang of this package
    WEIGHT = "weight"  # grams: thousandths of the unit that the price is for


@dataclass(frozen=True)
class InStoreCode:
    """Bar codes of the shop's own scales: ``prefix`` (two digits, 20 … 28), then the item, then the value, EAN-13.

    ``item_digits`` + ``value_digits`` are 10, or 9 with a check digit of the value between them (``value_check``). A
    product's barcode is the same code with zeros for the value (and its check digits right).
    """

    prefix: str
    value: InStoreValue
    item_digits: int = 5
    value_digits: int = 5
    value_check: bool = False


@dataclass(frozen=True)
class Settings:
    """The organisation's choices that rules and screens read."""

    zone: str = "Asia/Bangkok"
    currency: str = "THB"
    language: str = "th"
    vat_rate_bp: int = 700
    points_expiry: PointsExpiry = PointsExpiry.YEAR_END
    points_expiry_months: int = 24
    owed_policy: OwedPolicy = OwedPolicy.WITHIN_BALANCE
    points_paid_earns: PointsPaidEarns = PointsPaidEarns.NONE
    #: Largest total of points one bill may redeem; a floor limit against a stolen card.
    redeem_points_per_bill_max: int = 5_000
    adjust_points_max: int = 10_000
    auto_lock_s: int = 300
    cash_rounding_satang: int = 25
    consent_notice_version: str = "2569-1"
    consent_notice_th: str = ""
    consent_notice_en: str = ""
    #: Key of the permutation that makes member numbers unguessable in order; the same at every till.
    member_number_key: str = ""
    #: Of the part paid with points, for ``PointsPaidEarns.FRACTION``: 5000 = half of it earns.
    points_paid_earns_bp: int = optional_field(default=0)
    points_expiry_day: str = optional_field(default="12-31")
    points_expiry_period_months: int = optional_field(default=12)
    #: Earned points become spendable this many days after the bill: 0 at once.
    points_pending_days: int = optional_field(default=0)
    #: What a point costs the shop: for budgets and for clearing between branches.
    point_value_satang: int = optional_field(default=10)
    currencies: tuple[Currency, ...] = optional_field(default=())
    tiers: TierScheme | None = optional_field(default=None)
    #: PromptPay number that customers pay to, for branches without one of their own; "" for none.
    promptpay: str = optional_field(default="")
    #: Weighed and priced goods by prefix.
    in_store: tuple[InStoreCode, ...] = optional_field(default=())
    #: The weakest way of recognising a member (an ``Identified``) with which points may be spent; "" for any.
    redeem_identified: str = optional_field(default="")
    #: How long after a bill its points may still be claimed with its receipt: the same business day only, or never.
    points_after_bill: bool = optional_field(default=True)
    #: What tills may let members spend beyond the rights they hold.
    floor: FloorLimits = optional_field(default_factory=FloorLimits)
    #: How head office gives spending rights.
    rights: RightsPolicy = optional_field(default_factory=RightsPolicy)

    @staticmethod
    def readable_part(data: dict[str, Any]) -> dict[str, Any]:
        """What this build can read: settings of newer builds do not stop a till."""
        return {name: value for name, value in data.items() if name in Settings.__dataclass_fields__}


@dataclass(frozen=True)
class Organisation:
    """One company."""

    id: str
    name_th: str
    name_en: str
    tax_id: str
    vat_registered: bool
    settings: Settings


@dataclass(frozen=True)
class Brand:
    """A brand of the organisation."""

    id: str
    code: str
    name_th: str
    name_en: str


@dataclass(frozen=True)
class Branch:
    """A shop of a brand."""

    id: str
    code: str
    brand_id: str
    name_th: str
    name_en: str
    address_th: str
    address_en: str
    tax_branch: str
    #: PromptPay number of this branch; "" for the company's.
    promptpay: str = optional_field(default="")


@dataclass(frozen=True)
class TillIdentity:
    """One installation of the app at a counter. ``number`` (1…9999) is unique in the organisation."""

    id: str
    number: int
    branch_id: str
    label: str
    epoch: int


@dataclass(frozen=True)
class Staff:
    """A person who signs in. ``pin_hash`` is an encoded argon2id hash, never a PIN."""

    id: str
    code: str
    name_th: str
    name_en: str
    role: Role
    branch_id: str
    pin_hash: str
    active: bool = True
    #: The 18 digits on the person's badge; "" for none. Names the person and never replaces the PIN.
    badge: str = optional_field(default="")


@dataclass(frozen=True)
class Category:
    """A group of products; ``parent_id`` makes a tree."""

    id: str
    code: str
    name_th: str
    name_en: str
    parent_id: str | None = None


@dataclass(frozen=True)
class Product:
    """Something sold. Prices include VAT. ``barcode`` is unique; quantities are in thousandths."""

    id: str
    sku: str
    barcode: str
    name_th: str
    name_en: str
    category_id: str
    brand_id: str
    price_satang: int
    tags: tuple[str, ...] = ()
    active: bool = True
