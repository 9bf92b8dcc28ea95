"""Coupons: their dates, and the clear no for each state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.coupon import USABLE, Coupon, CouponEventKind, CouponState, CouponValueKind, after_event
from pos_member.domain.coupons_rules import check_usable, face_value_satang, issue, still_of_use, validity
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.limits import Left
from tests.domain.evaluating import definition

TODAY = date(2026, 11, 21)
C20 = definition()
OWN = definition(code="OWN", bearer=False, branches=("b1", "b2"), minimum_spend_satang=10_000)


def _coupon(of: Any = C20, **more: Any) -> Coupon:
    made = issue(
        of,
        code="1234",
        member_id="m1",
        bill_id="bill-1",
        till_id="till",
        branch_id="b1",
        at=datetime(2026, 11, 20, 5, tzinfo=UTC),
        today=date(2026, 11, 20),
    )
    return replace(made, **more)


def _refusal(coupon: Coupon, of: Any = C20, **more: Any) -> Refusal:
    asked: dict[str, Any] = {"today": TODAY, "branch_id": "b1", "member_id": "m1"}
    with pytest.raises(Refusal) as refused:
        check_usable(coupon, of, **(asked | more))
    return refused.value


def test_thirty_days_include_the_first_and_the_last() -> None:
    assert validity(C20, date(2026, 11, 1)) == (date(2026, 11, 1), date(2026, 11, 30))
    tomorrow = replace(C20, valid_after_days=1, valid_days=1)
    assert validity(tomorrow, date(2026, 12, 31)) == (date(2027, 1, 1), date(2027, 1, 1))


@given(st.dates(), st.integers(1, 36_500), st.integers(0, 3_650))
def test_dates_stay_in_the_calendar(day: date, days: int, after: int) -> None:
    first, last = validity(replace(C20, valid_days=days, valid_after_days=after), day)
    assert day <= first <= last <= date.max
    if last < date.max:
        assert (last - first).days == days - 1


def test_a_coupon_is_good_on_its_first_and_last_day_for_whoever_holds_it() -> None:
    coupon = _coupon()
    assert (coupon.state, coupon.issued_bill_id, coupon.member_id) == (CouponState.ISSUED, "bill-1", "m1")
    for today in (coupon.valid_from, coupon.valid_to):
        check_usable(coupon, C20, today=today, branch_id="b9", member_id=None, gross_in_scope_satang=0)
    check_usable(replace(coupon, state=CouponState.REVERSED), C20, today=TODAY, branch_id="b9", member_id=None)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CouponState.REDEEMED, Reason.COUPON_USED),
        (CouponState.CANCELLED, Reason.COUPON_CANCELLED),
        (CouponState.VOIDED_BY_RETURN, Reason.COUPON_VOIDED),
        (CouponState.EXPIRED, Reason.COUPON_EXPIRED),
        (CouponState.RESERVED, Reason.COUPON_RESERVED),
    ],
)
def test_each_state_has_its_refusal(state: CouponState, reason: Reason) -> None:
    assert _refusal(_coupon(state=state)).reason is reason


def test_every_state_is_usable_or_refused() -> None:
    for state in CouponState:
        try:
            check_usable(_coupon(state=state), C20, today=TODAY, branch_id="b", member_id=None)
        except Refusal:
            continue
        assert state in (CouponState.ISSUED, CouponState.REVERSED)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"today": date(2026, 12, 20)}, Reason.COUPON_EXPIRED),
        ({"today": date(2026, 11, 19)}, Reason.COUPON_NOT_YET),
        ({"bill_id": "bill-1"}, Reason.COUPON_SAME_BILL),
        ({"member_id": "m2"}, Reason.COUPON_OF_OTHER_MEMBER),
        ({"member_id": None}, Reason.COUPON_OF_OTHER_MEMBER),
        ({"branch_id": "b3"}, Reason.COUPON_OTHER_BRANCH),
        ({"gross_in_scope_satang": 9_999}, Reason.COUPON_MINIMUM),
    ],
)
def test_place_time_person_and_minimum(asked: dict[str, Any], reason: Reason) -> None:
    coupon = _coupon(OWN)
    check_usable(coupon, OWN, today=TODAY, branch_id="b2", member_id="m1", gross_in_scope_satang=10_000, bill_id="b")
    assert _refusal(coupon, OWN, **asked).reason is reason


def test_a_refusal_brings_its_figures() -> None:
    assert _refusal(_coupon(OWN), OWN, gross_in_scope_satang=4_000).params["missing_satang"] == 6_000
    assert _refusal(_coupon(), today=date(2027, 1, 1)).params["valid_to"] == date(2026, 12, 19)


def test_what_is_wrong_with_the_coupon_is_said_first() -> None:
    used = _coupon(OWN, state=CouponState.REDEEMED)
    assert _refusal(used, OWN, today=date(2027, 1, 1), branch_id="b9", member_id=None).reason is Reason.COUPON_USED


def test_a_last_day_for_all() -> None:
    until = replace(C20, valid_until=date(2026, 11, 25))
    assert validity(until, date(2026, 11, 1)) == (date(2026, 11, 1), date(2026, 11, 25))
    assert validity(until, date(2026, 11, 25)) == (date(2026, 11, 25), date(2026, 11, 25))
    assert [still_of_use(until, date(2026, 11, day)) for day in (25, 26)] == [True, False]
    assert _refusal(_coupon(), until, today=date(2026, 11, 26)).params["valid_to"] == date(2026, 11, 25)
    check_usable(_coupon(), until, today=date(2026, 11, 25), branch_id="b1", member_id=None)


def test_a_code_of_several_uses() -> None:
    thrice = replace(C20, uses_per_code=3)
    for state in (CouponState.ISSUED, CouponState.REDEEMED, CouponState.REVERSED):
        check_usable(_coupon(thrice, state=state, uses=2), thrice, today=TODAY, branch_id="b", member_id=None)
        assert _refusal(_coupon(thrice, state=state, uses=3), thrice).reason is Reason.COUPON_USED
    assert _refusal(_coupon(state=CouponState.REDEEMED)).reason is Reason.COUPON_USED


def test_a_kind_of_tomorrow_is_refused_and_not_lost() -> None:
    odd = replace(C20, value_kind=CouponValueKind.UNKNOWN, value=0)
    assert _refusal(_coupon(odd), odd).reason is Reason.COUPON_UNKNOWN_KIND


def test_goods_missing_to_a_minimum_quantity_are_whole() -> None:
    three = replace(C20, minimum_quantity_milli=3_000)
    asked: dict[str, Any] = {"today": TODAY, "branch_id": "b", "member_id": None}
    check_usable(_coupon(three), three, **asked, quantity_in_scope_milli=3_000)
    check_usable(_coupon(three), three, **asked)
    refused = _refusal(_coupon(three), three, quantity_in_scope_milli=1_500)
    assert (refused.reason, refused.params["missing_quantity"]) == (Reason.COUPON_MINIMUM_QUANTITY, 2)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("needs_member", Reason.COUPON_NEEDS_MEMBER),
        ("limit_day", Reason.COUPON_LIMIT),
        ("limit_month", Reason.COUPON_LIMIT),
        ("limit_life", Reason.COUPON_LIMIT),
        ("quota_none", Reason.COUPON_QUOTA),
        ("quota_spent", Reason.COUPON_QUOTA),
    ],
)
def test_limits_refuse_with_their_figures(key: str, reason: Reason) -> None:
    refused = _refusal(_coupon(), left=Left(0, None, key, {"times": 2}))
    assert (refused.reason, refused.params) == (reason, {"times": 2})
    check_usable(_coupon(), C20, today=TODAY, branch_id="b", member_id=None, left=Left(1, None, key))
    # How many one bill takes is a matter of the bill: the coupon stays idle there.
    check_usable(_coupon(), C20, today=TODAY, branch_id="b", member_id=None, left=Left(0, None, "limit"))


@pytest.mark.parametrize(
    ("more", "satang"),
    [
        ({}, 2_000),
        ({"value_max_satang": 1_500}, 1_500),
        ({"value_max_satang": 9_900}, 2_000),
        ({"value_kind": CouponValueKind.PERCENT}, 0),
        ({"value_kind": CouponValueKind.PERCENT, "value_max_satang": 5_000}, 5_000),
        ({"value_kind": CouponValueKind.PRODUCT, "value_max_satang": 5_000}, 5_000),
        ({"value_kind": CouponValueKind.CHEAPEST}, 0),
    ],
)
def test_what_a_coupon_costs_at_most(more: dict[str, Any], satang: int) -> None:
    assert face_value_satang(replace(C20, **more)) == satang


@pytest.mark.parametrize("end", [CouponEventKind.CANCELLED, CouponEventKind.VOIDED_BY_RETURN])
def test_a_use_given_back_does_not_bring_an_ended_code_back(end: CouponEventKind) -> None:
    """A code for several uses: used once, its issuing bill comes back, then the bill that used it."""
    used = after_event(_coupon(), CouponEventKind.REDEEMED, "b", uses_per_code=3)
    ended = after_event(used, end, "a", uses_per_code=3)
    late = after_event(ended, CouponEventKind.REVERSED, "b", uses_per_code=3)
    assert (used.state, used.uses) == (CouponState.ISSUED, 1)
    assert late.state is ended.state is not CouponState.ISSUED and late.state not in USABLE
    assert late.uses == 0
    given_back = after_event(used, CouponEventKind.REVERSED, "b", uses_per_code=3)
    assert given_back.state in USABLE and given_back.uses == 0
