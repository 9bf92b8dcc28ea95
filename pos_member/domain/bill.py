"""Bills: the draft being rung (a value; every change makes a new one), the completed bill, the return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from pos_member.domain.codec import optional_field
from pos_member.domain.coupon import Coupon
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Identified
from pos_member.domain.money import AMOUNT_MAX_SATANG, Rounding, round_ratio
from pos_member.domain.org import Product
from pos_member.domain.points import PointEntry
from pos_member.domain.rights import Spending
from pos_member.domain.tally import Tally
from pos_member.domain.tiers import TierChange

LINES_MAX = 500
QUANTITY_MAX_MILLI = 9_999_000
MILLI = 1_000


class TenderKind(StrEnum):
    """Means of payment noted on a bill."""

    CASH = "cash"
    CARD = "card"
    PROMPTPAY = "promptpay"


@dataclass(frozen=True)
class Tender:
    """A payment. For cash ``amount_satang`` is what was handed over; change is on the bill."""

    kind: TenderKind
    amount_satang: int
    reference: str = ""


@dataclass(frozen=True)
class DraftLine:
    """A line being rung. ``product_id`` is ``None`` for a line keyed by amount only."""

    product_id: str | None
    barcode: str
    name_th: str
    name_en: str
    category_id: str
    brand_id: str
    tags: tuple[str, ...]
    quantity_milli: int
    unit_price_satang: int

    @property
    def gross_satang(self) -> int:
        """Quantity × price, halves up (a weighed line)."""
        return line_amount(self.quantity_milli, self.unit_price_satang)


def line_amount(quantity_milli: int, unit_price_satang: int) -> int:
    """Satang of a quantity in thousandths at a unit price, half up."""
    return round_ratio(quantity_milli * unit_price_satang, MILLI, Rounding.HALF_UP)


@dataclass(frozen=True)
class ChosenReward:
    """A reward the cashier switched on: ``times`` × the program's step of points."""

    program_id: str
    times: int


@dataclass(frozen=True)
class BillDraft:
    """The open bill. ``id`` is fixed at the start, so that completing twice completes once."""

    id: str
    opened_at: datetime
    lines: tuple[DraftLine, ...] = ()
    member_id: str | None = None
    identified: Identified | None = None
    coupon_codes: tuple[str, ...] = ()
    rewards: tuple[ChosenReward, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing on it worth keeping."""
        return not self.lines and self.member_id is None and not self.coupon_codes

    @property
    def gross_satang(self) -> int:
        """Sum of the lines before any discount."""
        return sum(line.gross_satang for line in self.lines)

    def add_product(self, product: Product, quantity_milli: int = MILLI) -> BillDraft:
        """With ``quantity_milli`` more of ``product``; the same product at the same price joins its line.

        Raises ``Refusal(QUANTITY_OUT_OF_RANGE | AMOUNT_OUT_OF_RANGE | BILL_TOO_LONG)``.
        """
        for i, line in enumerate(self.lines):
            if line.product_id == product.id and line.unit_price_satang == product.price_satang:
                return self.set_quantity(i, line.quantity_milli + quantity_milli)
        line = DraftLine(
            product_id=product.id,
            barcode=product.barcode,
            name_th=product.name_th,
            name_en=product.name_en,
            category_id=product.category_id,
            brand_id=product.brand_id,
            tags=product.tags,
            quantity_milli=quantity_milli,
            unit_price_satang=product.price_satang,
        )
        return self._with_lines((*self.lines, line))

    def add_amount(self, amount_satang: int, name_th: str = "ยอดขาย", name_en: str = "Sale") -> BillDraft:
        """With a line keyed by amount only. Raises as ``add_product``."""
        if amount_satang <= 0:
            raise Refusal(Reason.AMOUNT_OUT_OF_RANGE, max_satang=AMOUNT_MAX_SATANG)
        line = DraftLine(None, "", name_th, name_en, "", "", (), MILLI, amount_satang)
        return self._with_lines((*self.lines, line))

    def set_quantity(self, index: int, quantity_milli: int) -> BillDraft:
        """With line ``index`` at another quantity; zero takes it off."""
        if quantity_milli == 0:
            return replace(self, lines=self.lines[:index] + self.lines[index + 1 :])
        line = replace(self.lines[index], quantity_milli=quantity_milli)
        return self._with_lines((*self.lines[:index], line, *self.lines[index + 1 :]))

    def with_member(self, member_id: str | None, identified: Identified | None) -> BillDraft:
        """With another member (or none); rewards chosen for the one before fall away.

        The same member once more: a stronger way of recognising replaces a weaker one, never the other way round.
        """
        if member_id is None or member_id != self.member_id:
            return replace(self, member_id=member_id, identified=identified, rewards=())
        before = self.identified
        if before is not None and (identified is None or before.proves(identified)):
            return self
        return replace(self, identified=identified)

    def with_coupon(self, code: str) -> BillDraft:
        """With a coupon code. Raises ``Refusal(COUPON_ON_BILL)`` when it is on the bill already."""
        if code in self.coupon_codes:
            raise Refusal(Reason.COUPON_ON_BILL)
        return replace(self, coupon_codes=(*self.coupon_codes, code))

    def without_coupon(self, code: str) -> BillDraft:
        """Without that coupon."""
        return replace(self, coupon_codes=tuple(c for c in self.coupon_codes if c != code))

    def with_reward(self, program_id: str, times: int) -> BillDraft:
        """With a reward chosen ``times`` times; zero takes it off."""
        others = tuple(reward for reward in self.rewards if reward.program_id != program_id)
        return replace(self, rewards=(*others, ChosenReward(program_id, times)) if times else others)

    def check(self) -> None:
        """Raises as ``add_product`` for a draft that was not made by adding: one read back, or made by hand."""
        self._with_lines(self.lines)

    def _with_lines(self, lines: tuple[DraftLine, ...]) -> BillDraft:
        if len(lines) > LINES_MAX:
            raise Refusal(Reason.BILL_TOO_LONG, lines_max=LINES_MAX)
        for line in lines:
            if not 0 < line.quantity_milli <= QUANTITY_MAX_MILLI:
                raise Refusal(Reason.QUANTITY_OUT_OF_RANGE, quantity_max=QUANTITY_MAX_MILLI // MILLI)
            if line.unit_price_satang < 0 or line.gross_satang > AMOUNT_MAX_SATANG:
                raise Refusal(Reason.AMOUNT_OUT_OF_RANGE, max_satang=AMOUNT_MAX_SATANG)
        if sum(line.gross_satang for line in lines) > AMOUNT_MAX_SATANG:
            raise Refusal(Reason.AMOUNT_OUT_OF_RANGE, max_satang=AMOUNT_MAX_SATANG)
        return replace(self, lines=lines)


class DiscountKind(StrEnum):
    """Where a discount comes from."""

    PROGRAM = "program"
    COUPON = "coupon"
    POINTS = "points"


@dataclass(frozen=True)
class BillDiscount:
    """One discount of a completed bill. ``points`` of ``currency`` is what it cost, for a reward.

    A reward that gives coupons takes nothing off: its ``amount_satang`` is 0. ``lines`` says of any other reward what
    it took off which line (Σ = ``amount_satang``): what its points come back by. Empty for what is no reward, and on
    bills of builds that did not note it.
    """

    kind: DiscountKind
    program_id: str | None
    coupon_code: str | None
    label_th: str
    label_en: str
    amount_satang: int
    points: int = 0
    currency: str = optional_field(default="")
    lines: tuple[LineWeight, ...] = optional_field(default=())


@dataclass(frozen=True)
class BillLine:
    """A line of a completed bill: ``net = gross - discount``; ``points_earned`` is stored, never recomputed."""

    line_no: int
    product_id: str | None
    barcode: str
    name_th: str
    name_en: str
    category_id: str
    brand_id: str
    tags: tuple[str, ...]
    quantity_milli: int
    unit_price_satang: int
    gross_satang: int
    discount_satang: int
    net_satang: int
    points_earned: int
    #: The part of the discount that was paid with points: what a partial return gives points back by.
    points_paid_satang: int = 0


@dataclass(frozen=True)
class CouponUse:
    """A coupon used on a bill, and what it was worth there."""

    code: str
    definition_id: str
    amount_satang: int


@dataclass(frozen=True)
class LineWeight:
    """What of a sum lies on a line, in satang (or thousandths, where there is no money)."""

    line_no: int
    weight: int


@dataclass(frozen=True)
class CouponGrant:
    """The terms on which a program gave coupons with a bill: what a return of part of it takes back.

    The goods in scope were worth Σ ``lines``. With a step, ``per_step`` coupons were due for each full
    ``step_satang`` of them; without, all of them as long as they came to ``minimum_satang``. ``points``: what they cost
    as a reward; such a grant is undone by the return of the whole bill only. ``codes`` in the order of issue.
    """

    program_id: str
    codes: tuple[str, ...]
    step_satang: int
    per_step: int
    minimum_satang: int
    lines: tuple[LineWeight, ...]
    points: int = optional_field(default=0)


@dataclass(frozen=True)
class Basis:
    """What the evaluation of a bill was based on, besides the bill: with it head office computes the same again.

    ``rules``: ``CompiledRules.digest``. Of the member: the tier and the count towards tiers before this bill, spendable
    points and stamps, visits, last visit, segments, and the sums of tallies that its programs read. ``quotas``: what
    the till had left, ``QuotaLeft`` by program. No personal data: the birthday is head office's to know.
    """

    rules: str
    tier: str = optional_field(default="")
    tier_count: int = optional_field(default=0)
    spendable_points: int = optional_field(default=0)
    stamps: Mapping[str, int] = optional_field(default_factory=dict)
    visits: int = optional_field(default=0)
    last_visit: date | None = optional_field(default=None)
    segments: tuple[str, ...] = optional_field(default=())
    referred_by: str | None = optional_field(default=None)
    counts: Mapping[str, int] = optional_field(default_factory=dict)
    quotas: Mapping[str, QuotaLeft] = optional_field(default_factory=dict)


@dataclass(frozen=True)
class QuotaLeft:
    """What one till may still give of a program (or use of a coupon definition); ``None``: not limited."""

    times: int | None = optional_field(default=None)
    satang: int | None = optional_field(default=None)


@dataclass(frozen=True)
class Bill:
    """A completed bill with every effect it had: one fact, one event, applied whole or not at all."""

    id: str
    number: str
    receipt_code: str
    till_id: str
    branch_id: str
    staff_id: str
    shift_id: str | None
    member_id: str | None
    identified: Identified | None
    opened_at: datetime
    completed_at: datetime
    business_date: date
    lines: tuple[BillLine, ...]
    discounts: tuple[BillDiscount, ...]
    tenders: tuple[Tender, ...]
    gross_satang: int
    discount_satang: int
    #: What was to pay: gross − discounts + cash rounding.
    total_satang: int
    cash_rounding_satang: int
    change_satang: int
    vat_satang: int
    points_earned: int
    points_redeemed: int
    point_entries: tuple[PointEntry, ...]
    coupons_issued: tuple[Coupon, ...]
    coupons_used: tuple[CouponUse, ...]
    #: ``point_entries`` may hold those of the member who referred this one: their ``member_id`` says so.
    tallies: tuple[Tally, ...] = optional_field(default=())
    grants: tuple[CouponGrant, ...] = optional_field(default=())
    tier_change: TierChange | None = optional_field(default=None)
    basis: Basis | None = optional_field(default=None)
    #: What of ``total_satang`` counts towards tiers: goods, less gift cards.
    qualifying_satang: int = optional_field(default=0)
    #: How its points were spent; ``None`` where none were, and on bills of builds before rights.
    spending: Spending | None = optional_field(default=None)


@dataclass(frozen=True)
class ReturnLine:
    """How much of one line of the original bill comes back, and for how much."""

    line_no: int
    quantity_milli: int
    refund_satang: int
    points_reversed: int


@dataclass(frozen=True)
class BillReturn:
    """A return: a new document after a bill, never a change of it."""

    id: str
    number: str
    receipt_code: str
    bill_id: str
    bill_number: str
    till_id: str
    branch_id: str
    staff_id: str
    approved_by: str
    shift_id: str | None
    member_id: str | None
    completed_at: datetime
    business_date: date
    lines: tuple[ReturnLine, ...]
    refund_satang: int
    #: Value of issued coupons that were already used, taken off the refund.
    withheld_satang: int
    tender: TenderKind
    points_taken_back: int
    points_given_back: int
    #: Earned points that could not be taken back now (policy ``within_balance``): repaid by the next earn.
    points_owed: int
    point_entries: tuple[PointEntry, ...]
    coupons_restored: tuple[str, ...]
    coupons_voided: tuple[str, ...]
    reason: str = ""
    #: What is given back to limits, quotas, goals …: amounts with the opposite sign of the bill's.
    tallies: tuple[Tally, ...] = optional_field(default=())
    #: Nothing of the bill is left with the customer: it no longer counts as a visit.
    complete: bool = optional_field(default=False)
    #: What no longer counts towards tiers, booked in the month of the bill (``bill_date``).
    qualifying_satang: int = optional_field(default=0)
    bill_date: date | None = optional_field(default=None)
    #: As ``points_owed``, per stamp currency.
    stamps_owed: Mapping[str, int] = optional_field(default_factory=dict)
    #: ``withheld_satang`` by code of the coupon it is for.
    coupons_withheld: Mapping[str, int] = optional_field(default_factory=dict)
    #: Points that no longer count towards tiers, also those that could not be taken back (``points_owed``); booked as
    #: ``qualifying_satang``. Returns of older builds have none: of them what was taken back no longer counts.
    qualifying_points: int = optional_field(default=0)
