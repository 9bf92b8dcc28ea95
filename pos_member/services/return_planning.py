"""What a return would do, before it is done: the plan of the domain, with what this till knows of coupons and tiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from pos_member.domain.bill import Bill, TenderKind
from pos_member.domain.claiming import as_claimed
from pos_member.domain.coupon import Coupon, CouponEventKind, CouponState
from pos_member.domain.coupons_rules import face_value_satang
from pos_member.domain.points import Account
from pos_member.domain.returns_rules import IssuedCoupon, ReturnPlan, plan_return
from pos_member.domain.tally import Period, period_key
from pos_member.domain.tiers import MonthSum, TierChange
from pos_member.services.context import Shop
from pos_member.services.member_state import tier_code
from pos_member.services.ports import Facts


def plan_of(
    shop: Shop,
    bill: Bill,
    lines: Mapping[int, int],
    facts: Facts,
    coupon: Callable[[str], Coupon | None],
    at: datetime,
    tender: TenderKind,
) -> tuple[ReturnPlan, Account | None]:
    """The plan for returning ``lines`` (line number → thousandths), and the member's account it goes by.

    ``facts`` and ``coupon`` read what is stored, inside a transaction or outside. Raises ``Refusal(RETURN_NOTHING |
    RETURN_EXCEEDS)``.
    """
    book = shop.book()
    account = shop.store.members.account(bill.member_id) if bill.member_id is not None else None
    plan = plan_return(
        bill,
        facts.returns_of(bill.id),
        lines,
        account=account,
        today=book.day(at),
        owed_policy=book.settings.owed_policy,
        issued=[_issued(shop, facts, coupon(issued.code) or issued) for issued in bill.coupons_issued],
        settings=book.settings,
        cash_step_satang=book.settings.cash_rounding_satang if tender is TenderKind.CASH else 0,
    )
    return plan, account


def with_its_member(facts: Facts, bill: Bill) -> Bill:
    """The bill, with who claimed it after it was paid: a return goes by it as if they had been on it."""
    claim = None if bill.member_id is not None else facts.claim_of(bill.id)
    return bill if claim is None else as_claimed(bill, claim)


def tier_change(shop: Shop, bill: Bill, plan: ReturnPlan, account: Account | None, at: datetime) -> TierChange | None:
    """The tier that falls with what comes back; the month of the bill loses it, however long ago that was."""
    book, today = shop.book(), shop.book().day(at)
    member = shop.store.members.by_id(bill.member_id) if bill.member_id is not None else None
    if member is None or account is None:
        return None
    month = period_key(Period.MONTH, bill.business_date)
    months = {**account.months, month: account.months.get(month, MonthSum()) + plan.month}
    before = tier_code(book, member, account, today)
    after = tier_code(book, member, replace(account, months=months), today)
    return TierChange(before, after) if before != after else None


def _issued(shop: Shop, facts: Facts, coupon: Coupon) -> IssuedCoupon:
    """A coupon the bill gave, as it stands now, and what it took off the bills that used it."""
    times = max(coupon.uses, int(coupon.state is CouponState.REDEEMED))
    if not times:
        return IssuedCoupon(coupon.code, coupon.state)
    here: Counter[str] = Counter()
    for row in facts.coupon_events(coupon.code):
        if row.bill_id is not None:
            here[row.bill_id] += (row.event is CouponEventKind.REDEEMED) - (row.event is CouponEventKind.REVERSED)
    used = 0
    known = [bill_id for bill_id, count in here.items() if count > 0][:times]
    for bill_id in known:
        other = facts.bill(bill_id)
        uses = other.coupons_used if other is not None else ()
        used += sum(use.amount_satang for use in uses if use.code == coupon.code)
    definition = shop.book().definitions.get(coupon.definition_id)
    if definition is not None:
        # Used at another till: what it was worth there is not known here, its face value is.
        used += (times - len(known)) * face_value_satang(definition)
    return IssuedCoupon(coupon.code, coupon.state, used)
