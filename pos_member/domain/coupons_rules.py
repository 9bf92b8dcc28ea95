"""Issuing a coupon, and whether one may be used here and now."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pos_member.domain.coupon import USABLE, Coupon, CouponDefinition, CouponState
from pos_member.domain.errors import Reason, Refusal

_REFUSED = {
    CouponState.REDEEMED: Reason.COUPON_USED,
    CouponState.CANCELLED: Reason.COUPON_CANCELLED,
    CouponState.VOIDED_BY_RETURN: Reason.COUPON_VOIDED,
    CouponState.EXPIRED: Reason.COUPON_EXPIRED,
    CouponState.RESERVED: Reason.COUPON_RESERVED,
}


def validity(definition: CouponDefinition, issued_on: date) -> tuple[date, date]:
    """First and last day of use, both inclusive.

    ``valid_days`` counts days on which it can be used: 30 days from 1 November are 1 to 30 November, the day of issue
    being the first unless ``valid_after_days`` puts it off. Dates beyond the calendar clamp to its end.
    """
    first = _later(issued_on, definition.valid_after_days)
    return first, _later(first, max(0, definition.valid_days - 1))


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
) -> None:
    """Raise the ``Refusal`` that says why ``coupon`` cannot be used; return when it can.

    ``gross_in_scope_satang`` is ``matching.gross_in_scope`` of the open bill; leave it out while the bill is still
    being rung, since more goods may come. What is wrong with the coupon itself is said before what is wrong with the
    place.

    Raises ``COUPON_USED | _CANCELLED | _VOIDED | _EXPIRED | _RESERVED | _SAME_BILL | _NOT_YET | _OF_OTHER_MEMBER |
    _OTHER_BRANCH | _MINIMUM``.
    """
    if coupon.state not in USABLE:
        raise Refusal(_REFUSED[coupon.state], valid_to=coupon.valid_to)
    if today > coupon.valid_to:
        raise Refusal(Reason.COUPON_EXPIRED, valid_to=coupon.valid_to)
    if bill_id is not None and coupon.issued_bill_id == bill_id:
        raise Refusal(Reason.COUPON_SAME_BILL)
    if today < coupon.valid_from:
        raise Refusal(Reason.COUPON_NOT_YET, valid_from=coupon.valid_from)
    if not definition.bearer and coupon.member_id != member_id:
        raise Refusal(Reason.COUPON_OF_OTHER_MEMBER)
    if definition.branches and branch_id not in definition.branches:
        raise Refusal(Reason.COUPON_OTHER_BRANCH)
    if gross_in_scope_satang is not None and gross_in_scope_satang < definition.minimum_spend_satang:
        missing = definition.minimum_spend_satang - gross_in_scope_satang
        raise Refusal(Reason.COUPON_MINIMUM, minimum_satang=definition.minimum_spend_satang, missing_satang=missing)


def _later(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))
