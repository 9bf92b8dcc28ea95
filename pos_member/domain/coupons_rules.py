"""Issuing a coupon, and whether one may be used here and now."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pos_member.domain.bill import MILLI
from pos_member.domain.coupon import USABLE, Coupon, CouponDefinition, CouponState, CouponValueKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.limits import Left

_REFUSED = {
    CouponState.CANCELLED: Reason.COUPON_CANCELLED,
    CouponState.VOIDED_BY_RETURN: Reason.COUPON_VOIDED,
    CouponState.EXPIRED: Reason.COUPON_EXPIRED,
    CouponState.RESERVED: Reason.COUPON_RESERVED,
}
#: What the limits of a definition say no with.
_SPENT = {
    "needs_member": Reason.COUPON_NEEDS_MEMBER,
    "limit_day": Reason.COUPON_LIMIT,
    "limit_month": Reason.COUPON_LIMIT,
    "limit_life": Reason.COUPON_LIMIT,
    "quota_none": Reason.COUPON_QUOTA,
    "quota_spent": Reason.COUPON_QUOTA,
}


def validity(definition: CouponDefinition, issued_on: date) -> tuple[date, date]:
    """First and last day of use, both inclusive.

    ``valid_days`` counts days on which it can be used: 30 days from 1 November are 1 to 30 November, the day of issue
    being the first unless ``valid_after_days`` puts it off. Dates beyond the calendar clamp to its end. After
    ``valid_until`` none is of use: a coupon issued too late for it has its last day before its first.
    """
    first = _later(issued_on, definition.valid_after_days)
    last = _later(first, max(0, definition.valid_days - 1))
    return first, last if definition.valid_until is None else min(last, definition.valid_until)


def still_of_use(definition: CouponDefinition, issued_on: date) -> bool:
    """Whether a coupon issued on that day could be used on any day."""
    first, last = validity(definition, issued_on)
    return first <= last


def face_value_satang(definition: CouponDefinition) -> int:
    """What a coupon costs the shop at most, for budgets; 0 where its value is not known before it is used."""
    if definition.value_kind is CouponValueKind.AMOUNT:
        most = definition.value_max_satang
        return definition.value if most is None else min(definition.value, most)
    return definition.value_max_satang or 0


def issue(
    definition: CouponDefinition,
    *,
    code: str,
    member_id: str | None,
    bill_id: str | None,
    till_id: str,
    branch_id: str,
    at: datetime,
    today: date,
) -> Coupon:
    """A new coupon of ``definition``. ``code`` is the till's own (``domain.codes``); ``today`` the business date."""
    valid_from, valid_to = validity(definition, today)
    return Coupon(
        code=code,
        definition_id=definition.id,
        state=CouponState.ISSUED,
        member_id=member_id,
        issued_bill_id=bill_id,
        issued_till_id=till_id,
        issued_branch_id=branch_id,
        issued_at=at,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def check_usable(
    coupon: Coupon,
    definition: CouponDefinition,
    *,
    today: date,
    branch_id: str,
    member_id: str | None,
    gross_in_scope_satang: int | None = None,
    bill_id: str | None = None,
    quantity_in_scope_milli: int | None = None,
    left: Left | None = None,
) -> None:
    """Raise the ``Refusal`` that says why ``coupon`` cannot be used; return when it can.

    ``gross_in_scope_satang`` is ``matching.gross_in_scope`` of the open bill; leave it out while the bill is still
    being rung, since more goods may come; so with ``quantity_in_scope_milli``. ``left`` is
    ``limits.Limiter.coupon_left``: how many the member, and this till, may still use. What is wrong with the coupon
    itself is said before what is wrong with the place.

    Raises ``COUPON_UNKNOWN_KIND | _USED | _CANCELLED | _VOIDED | _EXPIRED | _RESERVED | _SAME_BILL | _NOT_YET |
    _OF_OTHER_MEMBER | _OTHER_BRANCH | _NEEDS_MEMBER | _LIMIT | _QUOTA | _MINIMUM | _MINIMUM_QUANTITY``.
    """
    if definition.value_kind is CouponValueKind.UNKNOWN:
        raise Refusal(Reason.COUPON_UNKNOWN_KIND)
    valid_to = coupon.valid_to if definition.valid_until is None else min(coupon.valid_to, definition.valid_until)
    if used_up(coupon, definition):
        raise Refusal(Reason.COUPON_USED, valid_to=valid_to)
    if coupon.state not in USABLE and coupon.state is not CouponState.REDEEMED:
        raise Refusal(_REFUSED[coupon.state], valid_to=valid_to)
    if today > valid_to:
        raise Refusal(Reason.COUPON_EXPIRED, valid_to=valid_to)
    if bill_id is not None and coupon.issued_bill_id == bill_id:
        raise Refusal(Reason.COUPON_SAME_BILL)
    if today < coupon.valid_from:
        raise Refusal(Reason.COUPON_NOT_YET, valid_from=coupon.valid_from)
    if not definition.bearer and coupon.member_id != member_id:
        raise Refusal(Reason.COUPON_OF_OTHER_MEMBER)
    if definition.branches and branch_id not in definition.branches:
        raise Refusal(Reason.COUPON_OTHER_BRANCH)
    if left is not None and left.times == 0 and left.key in _SPENT:
        raise Refusal(_SPENT[left.key], **left.params)
    if gross_in_scope_satang is not None and gross_in_scope_satang < definition.minimum_spend_satang:
        missing = definition.minimum_spend_satang - gross_in_scope_satang
        raise Refusal(Reason.COUPON_MINIMUM, minimum_satang=definition.minimum_spend_satang, missing_satang=missing)
    if quantity_in_scope_milli is not None and quantity_in_scope_milli < definition.minimum_quantity_milli:
        short = -((quantity_in_scope_milli - definition.minimum_quantity_milli) // MILLI)
        raise Refusal(Reason.COUPON_MINIMUM_QUANTITY, missing_quantity=short)


def used_up(coupon: Coupon, definition: CouponDefinition) -> bool:
    """Whether its code was used as often as it may be."""
    if definition.uses_per_code > 1:
        return coupon.uses >= definition.uses_per_code
    return coupon.state is CouponState.REDEEMED


def _later(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))
