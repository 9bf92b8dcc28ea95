"""The organisation and what it sells: brands, branches, tills, staff, categories, products, settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


class OwedPolicy(StrEnum):
    """What happens when a return takes back more points than the member has."""

    WITHIN_BALANCE = "within_balance"
    UNLIMITED = "unlimited"
    PENDING_ONLY = "pending_only"


class PointsExpiry(StrEnum):
    """When a lot of earned points ends; ``Settings.points_expiry_months`` gives n."""

    NEVER = "never"
    MONTHS_TO_MONTH_END = "months_to_month_end"
    YEAR_END = "year_end"


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
