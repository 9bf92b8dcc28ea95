"""What screens and papers are given to show: masked, decided, ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pos_member.domain.bill import Bill
from pos_member.domain.coupon import Coupon
from pos_member.domain.member import Identified, MemberStatus
from pos_member.domain.org import Product, Settings
from pos_member.domain.rights import SpendingPower
from pos_member.domain.scan_meaning import ScanMeaning


@dataclass(frozen=True)
class MemberCardView:
    """A member without anything that a person behind the cashier should not read, but for the number."""

    member_id: str
    number: str
    number_masked: str
    name_masked: str
    phone_masked: str
    tier_code: str
    tier_name_th: str
    tier_name_en: str
    status: MemberStatus

    @property
    def who(self) -> str:
        """What the member is called by: name, else phone, else number, masked."""
        return self.name_masked or self.phone_masked or self.number_masked

    @property
    def ids(self) -> str:
        """Phone and number, masked; empty for a member known by a signed code alone: ``who`` is the number then."""
        shown = (self.phone_masked, "" if self.who == self.number_masked else self.number_masked)
        return " · ".join(filter(None, shown))


@dataclass(frozen=True)
class CouponView:
    """A coupon as listed: ``value_text`` is ready to show (``฿20``, ``10%``, ``ฟรี 1 ชิ้น``); ``usable`` here today.

    ``value_text_en``: the same in English, where it is words. ``uses_left``: how often it still works.
    """

    code: str
    code_shown: str
    definition_id: str
    name_th: str
    name_en: str
    value_text: str
    valid_to: date
    minimum_spend_satang: int
    usable: bool
    value_text_en: str = ""
    uses_left: int = 1


@dataclass(frozen=True)
class StampView:
    """A stamp card: what of a currency can be used now, and how many the nearest reward costs (0: none is running)."""

    currency: str
    name_th: str
    name_en: str
    count: int
    target: int


@dataclass(frozen=True)
class TierView:
    """The way to the next tier. ``metric`` is a ``tiers.TierMetric``; ``missing`` in its unit; no next: the highest."""

    metric: str
    count: int
    next_name_th: str = ""
    next_name_en: str = ""
    missing: int = 0
    keeps_until: date | None = None


@dataclass(frozen=True)
class MemberPanel:
    """Everything the member panel shows. ``as_of`` is None while head office has never told a figure."""

    card: MemberCardView
    balance: int
    spendable: int
    worth_satang: int
    as_of: datetime | None
    own_points_since: int
    expiring_points: int
    expiring_on: date | None
    coupons: tuple[CouponView, ...]
    birthday_month: bool
    visits: int
    last_visit: date | None
    owed: int
    #: Earned, and not yet to be used; the first day on which some of it can.
    pending_points: int = 0
    pending_until: date | None = None
    stamps: tuple[StampView, ...] = ()
    tier: TierView | None = None
    #: Masked name of the member who brought this one, or empty.
    referred_by_masked: str = ""
    #: Only a signed code told this till of the member: no name, and what they have at head office is not known here.
    presented: bool = False
    #: What of ``spendable`` may be spent at this till now; ``None``: all of it.
    power: SpendingPower | None = None


@dataclass(frozen=True)
class MemberRow:
    """A member in a list."""

    card: MemberCardView
    balance: int


@dataclass(frozen=True)
class Resolved:
    """What a scan or a typed text led to; the one that fits ``meaning.kind`` is set (a free text sets none).

    ``quantity_milli`` and ``price_satang`` are what the code of weighed or priced goods says besides the product.
    """

    meaning: ScanMeaning
    member: MemberPanel | None = None
    product: Product | None = None
    coupon: Coupon | None = None
    bill: Bill | None = None
    quantity_milli: int | None = None
    price_satang: int | None = None
    #: How well it proves who the member is.
    identified: Identified | None = None


@dataclass(frozen=True)
class Header:
    """Who and where we are, for the window's head."""

    organisation_name_th: str
    organisation_name_en: str
    brand_name_th: str
    brand_name_en: str
    branch_name_th: str
    branch_name_en: str
    till_label: str
    practice: bool
    settings: Settings
    #: Whom a PromptPay code pays; "" where head office has named nobody, and in practice.
    promptpay: str = ""
